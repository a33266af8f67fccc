//! A connection that is kept: one request at a time, every byte counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, bail};
use http::{Request, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

use crate::bench::address::Address;

/// Bytes of bodies, there and back.
#[derive(Debug, Default)]
pub struct Bytecount {
    /// Sent.
    pub sent: AtomicU64,
    /// Received.
    pub received: AtomicU64,
}

/// A connection.
pub struct Connection {
    address: Arc<Address>,
    bytes: Arc<Bytecount>,
    sender: Option<SendRequest<Full<Bytes>>>,
}

impl Connection {
    /// A connection that opens with its first request.
    pub fn new(address: Arc<Address>, bytes: Arc<Bytecount>) -> Self {
        Self { address, bytes, sender: None }
    }

    /// Sends a JSON body and reads the whole answer.
    pub async fn post(&mut self, path: &str, body: String) -> anyhow::Result<Bytes> {
        let sent = body.len();
        let sender = match self.sender.take().filter(|sender| !sender.is_closed()) {
            Some(sender) => self.sender.insert(sender),
            None => self.sender.insert(open(&self.address.host).await?),
        };
        sender.ready().await?;
        let request = Request::post(format!("{}{path}", self.address.path))
            .header(header::HOST, &self.address.host)
            .header(header::CONTENT_TYPE, "application/json")
            .body(Full::new(Bytes::from(body)))?;
        let response = sender.send_request(request).await?;
        if response.status() != 200 {
            bail!("status {}", response.status());
        }
        let answer = response.into_body().collect().await?.to_bytes();
        self.bytes.sent.fetch_add(sent as u64, Ordering::Relaxed);
        self.bytes.received.fetch_add(answer.len() as u64, Ordering::Relaxed);
        Ok(answer)
    }
}

async fn open(host: &str) -> anyhow::Result<SendRequest<Full<Bytes>>> {
    let stream = TcpStream::connect(host).await.with_context(|| format!("{host} does not answer"))?;
    stream.set_nodelay(true)?;
    let (sender, connection) = handshake(TokioIo::new(stream)).await?;
    tokio::spawn(async move {
        connection.await.ok();
    });
    Ok(sender)
}
