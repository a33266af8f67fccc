//! A till over a WebSocket: each message is one text frame.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message, WebSocket, WebSocketUpgrade};
use axum::extract::{Path, State};
use axum::http::HeaderMap;
use axum::response::Response;
use tillsync_core::protocol::{ErrorCode, MESSAGE_BYTES_MAX, ServerMessage};
use tokio::time::{Instant, timeout};

use super::connection::Connection;
use super::door::Door;
use super::message::{Goodbye, Text, bad, error, text};
use crate::hub::Access;
use crate::room::audience::Inbox;

/// How long a till may take to say `hello`.
const HELLO_WITHIN: Duration = Duration::from_secs(10);

/// A till that has not been heard for so long is asked whether it is there.
const SILENCE_MAX: Duration = Duration::from_secs(90);

/// How long it may take to answer.
const PONG_WITHIN: Duration = Duration::from_secs(30);

/// How long a message may take to go out: a till that reads slower has lost its network.
const SEND_WITHIN: Duration = Duration::from_secs(15);

/// Messages that go out at once.
const FLUSH_MAX: usize = 64;

/// What a socket reads at once, in bytes: most messages are far smaller, and idle tills are many.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// The close code of an error, from the range that is for applications.
const CLOSED_WITH_ERROR: u16 = 4_000;

/// `…/sync/KEY` and `…/sync`
pub async fn open(
    State(door): State<Door>,
    key: Option<Path<String>>,
    headers: HeaderMap,
    upgrade: WebSocketUpgrade,
) -> Response {
    let key = key.map(|Path(key)| key);
    let upgrade = upgrade
        .max_message_size(MESSAGE_BYTES_MAX + 1)
        .max_frame_size(MESSAGE_BYTES_MAX + 1)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0);
    let access = door.access(key.as_deref(), &headers).await;
    upgrade.on_upgrade(move |mut socket| async move {
        let error = match access {
            Ok(access) => serve(&mut socket, &door, &access, key.as_deref()).await.err(),
            Err(error) => Some(error),
        };
        // Whoever went away needs no reason.
        let Some(error) = error else { return };
        let reason = CloseFrame { code: CLOSED_WITH_ERROR, reason: "see the last message".into() };
        let goodbye = async {
            socket.send(Message::Text(text(&error.message()))).await.ok();
            socket.send(Message::Close(Some(reason))).await.ok();
        };
        timeout(SEND_WITHIN, goodbye).await.ok();
    })
}

/// Serves a till until it goes away, or until there is an error to be told.
async fn serve(
    socket: &mut WebSocket,
    door: &Door,
    access: &Arc<Access>,
    key: Option<&str>,
) -> Result<(), Goodbye> {
    let mut stopping = door.hub.stopping.clone();
    let stopped = || error(ErrorCode::Stopping, "the server is stopping; the till tries again by itself");
    let first = tokio::select! {
        first = timeout(HELLO_WITHIN, read(socket)) => first,
        _ = stopping.changed() => return Err(stopped()),
    };
    let Some(first) = first.map_err(|_| bad("no 'hello' came"))?? else { return Ok(()) };
    let (connection, welcome, inbox) = Connection::open(&door.hub, access, &first).await?;
    let Inbox { mut messages, end } = inbox;
    send(socket, vec![welcome]).await?;
    let removed = door.removed(key);
    tokio::pin!(removed);
    let mut heard = Instant::now();
    let mut asked = None;
    loop {
        let quiet_until = asked.map_or(heard + SILENCE_MAX, |asked: Instant| asked + PONG_WITHIN);
        tokio::select! {
            said = read(socket) => {
                let Some(said) = said? else { return Ok(()) };
                (heard, asked) = (Instant::now(), None);
                connection.take(&said).await?;
            }
            first = messages.recv() => {
                let Some(first) = first else {
                    let why = *end.borrow();
                    return why.map_or_else(|| Err(stopped()), |why| why.goodbye().map_or(Ok(()), Err));
                };
                let mut batch = vec![first];
                while batch.len() < FLUSH_MAX && let Ok(next) = messages.try_recv() {
                    batch.push(next);
                }
                send(socket, batch).await?;
            }
            () = tokio::time::sleep_until(quiet_until) => {
                if asked.is_some() {
                    return Ok(());
                }
                asked = Some(Instant::now());
                send(socket, vec![text(&ServerMessage::Ping { at: 0.into() })]).await?;
            }
            error = &mut removed => return Err(error),
            _ = stopping.changed() => return Err(stopped()),
        }
    }
}

/// The till's next message; none when it went away.
async fn read(socket: &mut WebSocket) -> Result<Option<Text>, Goodbye> {
    loop {
        match socket.recv().await {
            Some(Ok(Message::Text(text))) => return Ok(Some(text)),
            Some(Ok(Message::Binary(_))) => return Err(bad("messages are text frames")),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_))) | None => return Ok(None),
            Some(Err(failed)) => {
                let failed = failed.to_string();
                return match failed.contains("too long")
                    || failed.contains("too large")
                    || failed.contains("too big")
                {
                    true => Err(bad(&format!("a message has {MESSAGE_BYTES_MAX} bytes at most"))),
                    false => Ok(None),
                };
            }
        }
    }
}

/// Sends messages together; an error when the till does not read them in time.
async fn send(socket: &mut WebSocket, messages: Vec<Text>) -> Result<(), Goodbye> {
    use futures::SinkExt;
    let sending = async {
        for message in messages {
            socket.feed(Message::Text(message)).await?;
        }
        socket.flush().await
    };
    match timeout(SEND_WITHIN, sending).await {
        // A socket that fails is found out by reading it.
        Ok(Ok(()) | Err(_)) => Ok(()),
        Err(_) => Err(error(ErrorCode::TooSlow, "the till did not read what it was told; it connects again")),
    }
}
