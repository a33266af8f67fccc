//! A till over HTTP requests, for networks that let no WebSocket through: the same messages, in lists.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use axum::body::Body;
use axum::extract::{Path, Request, State};
use axum::http::{HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt, Limited};
use serde::Deserialize;
use serde_json::value::RawValue;
use tillsync_core::protocol::{ErrorCode, MESSAGE_BYTES_MAX, SEND_MESSAGES_MAX};
use tokio::time::{Instant, timeout};

use super::connection::Connection;
use super::door::Door;
use super::message::{Goodbye, Text, bad, error, text};
use crate::config::REQUEST_READ_MAX;
use crate::cors;
use crate::hub::Access;
use crate::room::audience::{End, Inbox};

/// How long a poll is held before it is answered with nothing.
const HOLD: Duration = Duration::from_secs(25);

/// A connection that was not polled for so long is over.
const POLLED_WITHIN: Duration = Duration::from_secs(40);

/// How often connections that are over are looked for.
const SWEEP_EVERY: Duration = Duration::from_secs(5);

/// Messages in one answer.
const ANSWER_MESSAGES_MAX: usize = 256;

/// All connections by long polling.
#[derive(Default)]
pub struct LongPolls {
    connections: Mutex<HashMap<String, Arc<Polled>>>,
}

/// A connection that is polled.
struct Polled {
    connection: Connection,
    access: Arc<Access>,
    inbox: tokio::sync::Mutex<Inbox>,
    polled: Mutex<Instant>,
}

/// The routes' state.
#[derive(Clone)]
pub struct LongPollState {
    /// Who is let in.
    pub door: Door,
    /// All connections.
    pub polls: Arc<LongPolls>,
}

/// A list of messages.
#[derive(Deserialize)]
struct Sent {
    messages: Vec<Box<RawValue>>,
}

/// `…/sync/KEY/open`, and without a key
pub async fn open(state: State<LongPollState>, key: Option<Path<String>>, request: Request) -> Response {
    let key = key.map(|Path(key)| key);
    serve(state.0, key, request, Asked::Open).await
}

/// `…/sync/KEY/send/CONNECTION`
pub async fn send(
    state: State<LongPollState>,
    Path((key, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    serve(state.0, Some(key), request, Asked::Send(id)).await
}

/// `…/sync/send/CONNECTION`
pub async fn send_open(state: State<LongPollState>, Path(id): Path<String>, request: Request) -> Response {
    serve(state.0, None, request, Asked::Send(id)).await
}

/// `…/sync/KEY/poll/CONNECTION`
pub async fn poll(
    state: State<LongPollState>,
    Path((key, id)): Path<(String, String)>,
    request: Request,
) -> Response {
    serve(state.0, Some(key), request, Asked::Poll(id)).await
}

/// `…/sync/poll/CONNECTION`
pub async fn poll_open(state: State<LongPollState>, Path(id): Path<String>, request: Request) -> Response {
    serve(state.0, None, request, Asked::Poll(id)).await
}

enum Asked {
    Open,
    Send(String),
    Poll(String),
}

async fn serve(state: LongPollState, key: Option<String>, request: Request, asked: Asked) -> Response {
    let (parts, body) = request.into_parts();
    let access = state.door.access(key.as_deref(), &parts.headers).await;
    let known = access.as_ref().ok().cloned();
    // Without a key only pages of this server itself are let in, and those ask for no CORS.
    let cors_for = known.as_deref().filter(|_| key.is_some());
    if cors::is_preflight(&parts.method) {
        return match cors_for {
            Some(access) => cors::preflight(Some(access), &parts.headers),
            None => StatusCode::NO_CONTENT.into_response(),
        };
    }
    if parts.method != Method::POST {
        let text = "This is an address for Tillsync's tills.\n";
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST, OPTIONS")], text).into_response();
    }
    let answered = match access {
        Ok(access) => answer(&state, access, key.as_deref(), body, asked).await,
        Err(error) => Err(error),
    };
    let json =
        answered.unwrap_or_else(|error| format!("{{\"messages\":[{}]}}", text(&error.message()).as_str()));
    let mut response = Response::new(Body::from(json));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    if let Some(access) = cors_for {
        cors::allow(Some(access), &parts.headers, response.headers_mut());
    }
    response
}

async fn answer(
    state: &LongPollState,
    access: Arc<Access>,
    key: Option<&str>,
    body: Body,
    asked: Asked,
) -> Result<String, Goodbye> {
    let body = read(body).await?;
    match asked {
        Asked::Open => {
            let (connection, welcome, inbox) = Connection::open(&state.door.hub, &access, &body).await?;
            let chance: [u64; 2] = rand::random();
            let id = format!("{:016x}{:016x}", chance[0], chance[1]);
            let polled = Polled {
                connection,
                access,
                inbox: tokio::sync::Mutex::new(inbox),
                polled: Mutex::new(Instant::now()),
            };
            state.polls.insert(id.clone(), Arc::new(polled));
            Ok(format!("{{\"connection\":\"{id}\",\"messages\":[{}]}}", welcome.as_str()))
        }
        Asked::Send(id) => {
            let polled = state.polls.find(&id, &access)?;
            let sent = messages(&body).inspect_err(|_| state.polls.remove(&id))?;
            for message in &sent.messages {
                let taken = polled.connection.take(message.get()).await;
                taken.inspect_err(|_| state.polls.remove(&id))?;
            }
            Ok("{}".into())
        }
        Asked::Poll(id) => {
            let polled = state.polls.find(&id, &access)?;
            let messages = tokio::select! {
                messages = polled.wait(state) => messages,
                error = state.door.removed(key) => Err(error),
            };
            *lock(&polled.polled) = Instant::now();
            let messages = messages.inspect_err(|_| state.polls.remove(&id))?;
            let texts: Vec<&str> = messages.iter().map(|text| text.as_str()).collect();
            Ok(format!("{{\"messages\":[{}]}}", texts.join(",")))
        }
    }
}

fn messages(body: &str) -> Result<Sent, Goodbye> {
    let sent: Sent = serde_json::from_str(body).map_err(|error| bad(&error.to_string()))?;
    match sent.messages.len() {
        0..=SEND_MESSAGES_MAX => Ok(sent),
        _ => Err(bad(&format!("a list has {SEND_MESSAGES_MAX} messages at most"))),
    }
}

async fn read(body: Body) -> Result<String, Goodbye> {
    let collected = timeout(REQUEST_READ_MAX, Limited::new(body, MESSAGE_BYTES_MAX).collect()).await;
    let collected = collected.map_err(|_| bad("the request took too long to arrive"))?;
    let too_large = |_| bad(&format!("a request has {MESSAGE_BYTES_MAX} bytes at most"));
    let bytes = collected.map_err(too_large)?.to_bytes();
    String::from_utf8(bytes.into()).map_err(|_| bad("it is no UTF-8"))
}

impl Polled {
    /// What there is for the till, at once or within the time that a poll is held.
    async fn wait(&self, state: &LongPollState) -> Result<Vec<Text>, Goodbye> {
        *lock(&self.polled) = Instant::now() + HOLD;
        let twice = || error(ErrorCode::Busy, "the connection is polled already; one poll at a time");
        let mut inbox = self.inbox.try_lock().map_err(|_| twice())?;
        let mut stopping = state.door.hub.stopping.clone();
        let stopped = || error(ErrorCode::Stopping, "the server is stopping; the till tries again by itself");
        let first = tokio::select! {
            first = inbox.messages.recv() => first,
            () = tokio::time::sleep(HOLD) => return Ok(Vec::new()),
            _ = stopping.changed() => return Err(stopped()),
        };
        let Some(first) = first else {
            let end = *inbox.end.borrow();
            return Err(end.and_then(End::goodbye).unwrap_or_else(stopped));
        };
        let mut messages = vec![first];
        while messages.len() < ANSWER_MESSAGES_MAX
            && let Ok(next) = inbox.messages.try_recv()
        {
            messages.push(next);
        }
        Ok(messages)
    }
}

impl LongPolls {
    /// Gives up connections that are polled no more, as long as anybody has this.
    pub async fn sweep(polls: std::sync::Weak<Self>) {
        loop {
            tokio::time::sleep(SWEEP_EVERY).await;
            let Some(polls) = polls.upgrade() else { return };
            let now = Instant::now();
            lock(&polls.connections).retain(|_, polled| *lock(&polled.polled) + POLLED_WITHIN > now);
        }
    }

    fn insert(&self, id: String, polled: Arc<Polled>) {
        lock(&self.connections).insert(id, polled);
    }

    fn find(&self, id: &str, access: &Access) -> Result<Arc<Polled>, Goodbye> {
        let found = lock(&self.connections).get(id).filter(|polled| *polled.access == *access).cloned();
        found.ok_or_else(|| error(ErrorCode::Busy, "this connection is over; open a new one"))
    }

    fn remove(&self, id: &str) {
        lock(&self.connections).remove(id);
    }
}

fn lock<T>(mutex: &Mutex<T>) -> std::sync::MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
