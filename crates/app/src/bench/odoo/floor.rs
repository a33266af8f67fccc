//! The floor: the least that any server must do for the same requests. It reads each update, answers it, and hands
//! the same bytes to every till of the multi-session, with nothing in between: no JSON, no rules, no disk, no axum.

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clap::Args;
use http::{Request, Response, header};
use http_body_util::{BodyExt, Full};
use hyper::body::{Bytes, Incoming};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::sync::Notify;

use super::body::POSES_MAX;

use crate::bench::slice::{between, number_after};
use crate::say::say;

/// Serve the floor until the process is ended.
#[derive(Debug, Args)]
pub struct Floor {}

/// A POS: messages that wait for its poll.
#[derive(Default)]
struct Pos {
    waiting: Mutex<Vec<Bytes>>,
    bell: Notify,
}

type Poses = Arc<Mutex<HashMap<usize, HashMap<usize, Arc<Pos>>>>>;

impl Floor {
    /// Serves.
    pub async fn run(self) -> anyhow::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        say!("The floor is ready on http://{}", listener.local_addr()?);
        let poses = Poses::default();
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let poses = poses.clone();
            tokio::spawn(async move {
                let service = service_fn(|request| serve(poses.clone(), request));
                http1::Builder::new().serve_connection(TokioIo::new(stream), service).await.ok();
            });
        }
    }
}

async fn serve(poses: Poses, request: Request<Incoming>) -> Result<Response<Full<Bytes>>, Infallible> {
    let is_poll = request.uri().path().ends_with("/poll");
    let body = request.into_body().collect().await.map(|body| body.to_bytes()).unwrap_or_default();
    let text = String::from_utf8_lossy(&body);
    let answer = if is_poll { poll(&poses, &text).await } else { update(&poses, &text) };
    let mut response = Response::new(Full::new(answer));
    let json = header::HeaderValue::from_static("application/json");
    response.headers_mut().insert(header::CONTENT_TYPE, json);
    Ok(response)
}

fn update(poses: &Poses, text: &str) -> Bytes {
    let multi_session = number_after(text, "\"multi_session_id\":").unwrap_or_default();
    let message = between(text, "\"message\":", ",\"dbname\"").unwrap_or("null");
    if message.starts_with("{\"action\":\"sync_all\"") {
        let pos = number_after(message, "\"pos_id\":").unwrap_or_default();
        lock(poses).entry(multi_session).or_default().entry(pos).or_default();
        return Bytes::from_static(
            b"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"action\":\"sync_all\",\"data\":{\"orders\":[]}}}",
        );
    }
    let entry = Bytes::from(format!(
        "{{\"id\":1,\"channel\":\"[\\\"bench\\\",\\\"pos.multi_session\\\",\\\"10001\\\"]\",\"message\":{message}}}"
    ));
    for pos in lock(poses).entry(multi_session).or_default().values() {
        lock(&pos.waiting).push(entry.clone());
        pos.bell.notify_one();
    }
    Bytes::from_static(
        b"{\"jsonrpc\":\"2.0\",\"id\":1,\"result\":{\"action\":\"update_revision_ID\",\"revision_ID\":1,\
          \"uid\":\"00001-001-0001\",\"order_ID\":1,\"run_ID\":1}}",
    )
}

async fn poll(poses: &Poses, text: &str) -> Bytes {
    let id = number_after(text, "pos.longpolling\\\",\\\"").unwrap_or_default();
    let pos = lock(poses).entry(id / POSES_MAX).or_default().entry(id).or_default().clone();
    loop {
        let rung = pos.bell.notified();
        let waiting = std::mem::take(&mut *lock(&pos.waiting));
        if waiting.is_empty() {
            rung.await;
            continue;
        }
        let mut answer = Vec::with_capacity(64 + waiting.iter().map(|entry| entry.len() + 1).sum::<usize>());
        answer.extend_from_slice(b"{\"jsonrpc\":\"2.0\",\"id\":2,\"result\":[");
        for (at, entry) in waiting.iter().enumerate() {
            if at > 0 {
                answer.push(b',');
            }
            answer.extend_from_slice(entry);
        }
        answer.extend_from_slice(b"]}");
        return answer.into();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
