//! A WebSocket that counts what is on the wire, and says what to do when there are no sockets left.

use std::fs;
use std::io;

use anyhow::{Context, bail};
use futures::{SinkExt, StreamExt};
use tokio::net::TcpStream;
use tokio_tungstenite::tungstenite::protocol::WebSocketConfig;
use tokio_tungstenite::tungstenite::{Message, Utf8Bytes};
use tokio_tungstenite::{WebSocketStream, client_async_with_config};

use crate::bench::address::Address;

/// Files that a process has open beside its sockets, with room to spare.
const FILES_BESIDE: usize = 100;

/// What a socket reads at once, in bytes: most messages are far smaller, and tills are many. As in the server.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// A frame that is sent by a till is masked with so many bytes.
const MASK_BYTES: usize = 4;

/// A connection of a till.
pub struct Socket(WebSocketStream<TcpStream>);

impl Socket {
    /// Connects.
    pub async fn open(address: &Address) -> anyhow::Result<Self> {
        let host = &address.host;
        let stream = TcpStream::connect(host).await.map_err(|error| {
            let advice = advice(&error);
            anyhow::Error::new(error).context(format!("no connection to {host}{advice}"))
        })?;
        stream.set_nodelay(true)?;
        let path = if address.path.is_empty() { "/sync" } else { &address.path };
        let opened = client_async_with_config(format!("ws://{host}{path}"), stream, Some(config())).await;
        let (socket, _) = opened.context("the server opens no WebSocket there")?;
        Ok(Self(socket))
    }

    /// Sends a message; the bytes of its frame.
    pub async fn send(&mut self, text: String) -> anyhow::Result<usize> {
        let bytes = frame_bytes(text.len()) + MASK_BYTES;
        self.0.send(Message::text(text)).await?;
        Ok(bytes)
    }

    /// The next message and the bytes of its frame. May be dropped and asked again: nothing is lost.
    pub async fn next(&mut self) -> anyhow::Result<(Utf8Bytes, usize)> {
        loop {
            match self.0.next().await {
                Some(Ok(Message::Text(text))) => {
                    let bytes = frame_bytes(text.len());
                    return Ok((text, bytes));
                }
                Some(Ok(Message::Close(why))) => bail!("the server closed the connection: {why:?}"),
                Some(Ok(_)) => {}
                Some(Err(error)) => return Err(error.into()),
                None => bail!("the server closed the connection"),
            }
        }
    }
}

/// How a WebSocket of the bench is set up, at either end.
pub fn config() -> WebSocketConfig {
    WebSocketConfig::default().read_buffer_size(READ_BUFFER_BYTES).write_buffer_size(0)
}

/// Fails when this process may not open so many sockets, before the first is opened.
pub fn check_files(sockets: usize) -> anyhow::Result<()> {
    let needed = sockets + FILES_BESIDE;
    match files_max() {
        Some(max) if max < needed => bail!(
            "{sockets} tills need as many sockets, here and in the server, and a process may open {max} files; \
             type 'ulimit -n {needed}' before (as root, or with a higher 'nofile' in /etc/security/limits.conf), \
             or ask for fewer tills"
        ),
        Some(_) | None => Ok(()),
    }
}

/// How many files this process may open; none where there is no `/proc`, or no limit.
fn files_max() -> Option<usize> {
    let limits = fs::read_to_string("/proc/self/limits").ok()?;
    let line = limits.lines().find(|line| line.starts_with("Max open files"))?;
    line.split_whitespace().nth(3)?.parse().ok()
}

/// What can be done about it, if it is the machine that has no more.
fn advice(error: &io::Error) -> &'static str {
    // EMFILE and ENFILE: too many open files, in this process or on the machine.
    match (error.raw_os_error(), error.kind()) {
        (Some(23 | 24), _) => ": type 'ulimit -n 65536' before, or ask for fewer tills",
        (_, io::ErrorKind::AddrNotAvailable) => {
            ": this machine has no ports left; type 'sysctl -w net.ipv4.ip_local_port_range=\"1024 65535\"', \
             wait a minute after the last bench, or ask for fewer tills"
        }
        _ => "",
    }
}

/// A frame with a payload of so many bytes, unmasked.
fn frame_bytes(payload: usize) -> usize {
    match payload {
        0..126 => 2 + payload,
        126..65_536 => 4 + payload,
        _ => 10 + payload,
    }
}
