//! A connection that is kept: one request at a time, every byte counted.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use anyhow::{Context, bail};
use http::{Request, Uri, header};
use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::client::conn::http1::{SendRequest, handshake};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;

/// Bytes of bodies, there and back.
#[derive(Debug, Default)]
pub struct Bytecount {
    /// Sent.
    pub sent: AtomicU64,
    /// Received.
    pub received: AtomicU64,
}

/// Where the server is.
#[derive(Debug, Clone)]
pub struct Address {
    host: String,
    path: String,
}

impl Address {
    /// Reads `http://host:port/path`; only this machine.
    pub fn read(url: &str) -> anyhow::Result<Self> {
        let uri: Uri = url.trim_end_matches('/').parse().with_context(|| format!("'{url}' is no address"))?;
        let host = uri.authority().map(ToString::to_string).unwrap_or_default();
        let name = uri.host().unwrap_or_default();
        if uri.scheme_str() != Some("http") || !["127.0.0.1", "localhost", "[::1]"].contains(&name) {
            bail!("'{url}' is not on this machine: the bench loads only http://127.0.0.1:PORT");
        }
        let host = if uri.port().is_some() { host } else { format!("{host}:80") };
        Ok(Self { host, path: uri.path().trim_end_matches('/').to_owned() })
    }
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
