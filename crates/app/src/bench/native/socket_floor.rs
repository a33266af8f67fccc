//! The floor of the wire: a bare WebSocket broadcast. It takes each command, hands an event of the same bytes to every
//! till of the multi-session, and answers, with nothing in between: no JSON, no rules, no disk, no axum.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use clap::Args;
use futures::{SinkExt, StreamExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::mpsc;
use tokio_tungstenite::accept_async_with_config;
use tokio_tungstenite::tungstenite::{self, Message, Utf8Bytes};

use super::socket::config;

use crate::bench::slice::{between, number_after};
use crate::say::say;

/// Messages that wait for a till; what is beyond is lost.
const WAITING_MAX: usize = 1_000;

/// Messages that go out at once.
const FLUSH_MAX: usize = 64;

/// Serve the floor until the process is ended.
#[derive(Debug, Args)]
pub struct SocketFloor {}

/// A multi-session: how many events it had, and who listens.
#[derive(Default)]
struct Room {
    seq: usize,
    tills: Vec<mpsc::Sender<Utf8Bytes>>,
}

type Rooms = Arc<Mutex<HashMap<usize, Arc<Mutex<Room>>>>>;

/// What the floor keeps of a till's `hello`.
struct Guest {
    room: Arc<Mutex<Room>>,
    till: String,
    pos: String,
    outbox: mpsc::Sender<Utf8Bytes>,
}

impl SocketFloor {
    /// Serves.
    pub async fn run(self) -> anyhow::Result<()> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        say!("The floor is ready on http://{}", listener.local_addr()?);
        let rooms = Rooms::default();
        loop {
            let (stream, _) = listener.accept().await?;
            stream.set_nodelay(true)?;
            let rooms = rooms.clone();
            tokio::spawn(async move {
                serve(stream, &rooms).await.ok();
            });
        }
    }
}

async fn serve(stream: TcpStream, rooms: &Rooms) -> Result<(), tungstenite::Error> {
    let mut socket = accept_async_with_config(stream, Some(config())).await?;
    let (outbox, mut waiting) = mpsc::channel::<Utf8Bytes>(WAITING_MAX);
    let mut guest = None;
    loop {
        tokio::select! {
            said = socket.next() => match said {
                Some(Ok(Message::Text(text))) => match &guest {
                    None => guest = Some(Guest::enter(&text, rooms, &outbox)),
                    Some(guest) => guest.command(&text),
                },
                Some(Ok(Message::Close(_))) | None => return Ok(()),
                Some(other) => drop(other?),
            },
            Some(first) = waiting.recv() => {
                socket.feed(Message::Text(first)).await?;
                for _ in 1..FLUSH_MAX {
                    let Ok(next) = waiting.try_recv() else { break };
                    socket.feed(Message::Text(next)).await?;
                }
                socket.flush().await?;
            }
        }
    }
}

impl Guest {
    fn enter(hello: &str, rooms: &Rooms, outbox: &mpsc::Sender<Utf8Bytes>) -> Self {
        let multi_session = number_after(hello, "\"multi_session\":").unwrap_or_default();
        let device = between(hello, "\"device\":\"", "\"").unwrap_or_default();
        let pos = between(hello, "\"pos\":", ",\"user\"").unwrap_or("null");
        let (pos, session) = (pos.to_owned(), number_after(pos, "\"id\":").unwrap_or_default());
        let till = format!("{device}/{session:05}-001");
        let room = lock(rooms).entry(multi_session).or_default().clone();
        let mut inside = lock(&room);
        let seq = inside.seq;
        let welcome = format!(
            "{{\"type\":\"welcome\",\"protocol\":1,\"till\":\"{till}\",\"session\":{session},\"login\":1,\"run\":1,\
             \"seq\":{seq},\"snapshot\":{{\"orders\":[]}},\"present\":[]}}"
        );
        outbox.try_send(welcome.into()).ok();
        inside.tills.push(outbox.clone());
        drop(inside);
        Self { room, till, pos, outbox: outbox.clone() }
    }

    /// An event with what the command holds, spelled as the server does; then the answer.
    fn command(&self, text: &str) {
        let Some(number) = number_after(text, "\"number\":") else { return };
        let user = between(text, "\"user\":", ",\"device_time_ms\"").unwrap_or("null");
        let order = between(text, "\"order\":\"", "\"").unwrap_or_default();
        let time = number_after(text, "\"device_time_ms\":").unwrap_or_default();
        // The operations are the end of the one action, the actions that of the command.
        let operations = text.split_once("\"operations\":").and_then(|(_, rest)| rest.strip_suffix("}]}"));
        let operations = operations.unwrap_or("[]");
        let Guest { till, pos, .. } = self;
        let mut room = lock(&self.room);
        room.seq += 1;
        let seq = room.seq;
        let event = Utf8Bytes::from(format!(
            "{{\"type\":\"event\",\"seq\":{seq},\"time_ms\":{time},\"till\":\"{till}\",\"number\":{number},\
             \"user\":{user},\"pos\":{pos},\"changes\":[{{\"change\":\"updated\",\"order\":\"{order}\",\
             \"revision\":{seq},\"operations\":{operations}}}]}}"
        ));
        for till in &room.tills {
            till.try_send(event.clone()).ok();
        }
        let answer = format!(
            "{{\"type\":\"accepted\",\"number\":{number},\"seq\":{seq},\
             \"answer\":{{\"order\":\"{order}\",\"number\":1,\"revision\":{seq}}}}}"
        );
        self.outbox.try_send(answer.into()).ok();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
