//! What a till says and is told, whatever carries it.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tillsync_core::id::is_name;
use tillsync_core::protocol::{ErrorCode, Hello, SentCommand, TillMessage};

use super::message::{self, Goodbye, Said, Text, bad, error, is_shown};
use crate::config::SOCKETS_MAX;
use crate::hub::{Access, Hub};
use crate::room::Room;
use crate::room::audience::{Inbox, Waits};
use crate::room::native::{Joined, NativeRequest};

/// A till that was let in. Dropping it takes the till out of the room.
pub struct Connection {
    room: Room,
    member: u64,
    hub: Arc<Hub>,
}

impl Connection {
    /// Lets a till in that says `hello`: the connection, what it is told first, and what from then on.
    pub async fn open(hub: &Arc<Hub>, access: &Access, first: &str) -> Result<(Self, Text, Inbox), Goodbye> {
        let Said::Message(TillMessage::Hello(hello)) = message::read(first)? else {
            return Err(bad("the first message has to be 'hello'"));
        };
        check(&hello)?;
        if hub.sockets_open.fetch_add(1, Ordering::Relaxed) >= SOCKETS_MAX {
            hub.sockets_open.fetch_sub(1, Ordering::Relaxed);
            return Err(error(
                ErrorCode::Busy,
                "too many tills are connected; the till tries again by itself",
            ));
        }
        let opened = Self::join(hub, access, hello).await;
        if opened.is_err() {
            hub.sockets_open.fetch_sub(1, Ordering::Relaxed);
        }
        opened
    }

    async fn join(
        hub: &Arc<Hub>,
        access: &Access,
        hello: Box<Hello>,
    ) -> Result<(Self, Text, Inbox), Goodbye> {
        let (room, claim) = hub.room_for(access, &hello).await?;
        let (reply, joined) = tokio::sync::oneshot::channel();
        let stopping =
            || error(ErrorCode::Stopping, "the server is stopping; the till tries again by itself");
        if !room.native(NativeRequest::Join { hello, reply }).await {
            return Err(stopping());
        }
        let Joined { member, inbox, welcome } = joined.await.map_err(|_| stopping())??;
        claim.keep();
        Ok((Self { room, member, hub: hub.clone() }, welcome, inbox))
    }

    /// Takes what the till says. An error ends the connection.
    pub async fn take(&self, said: &str) -> Result<(), Goodbye> {
        let member = self.member;
        let said = match message::read(said)? {
            Said::Message(message) => message,
            Said::Faulty(command, _) if !is_numbered(&command) => return Err(not_numbered()),
            Said::Faulty(command, wrong) => {
                return self.pass(NativeRequest::Command { member, command, fault: Some(wrong) }).await;
            }
        };
        let request = match said {
            TillMessage::Hello(_) => return Err(bad("'hello' was said already")),
            TillMessage::Command(command) if !is_numbered(&command) => return Err(not_numbered()),
            TillMessage::Command(command) => NativeRequest::Command { member, command, fault: None },
            TillMessage::Presence { order, unsent, oldest_ms, delay_ms } => {
                let waits = Waits { unsent, oldest_ms, delay_ms };
                NativeRequest::Presence { member, order, waits }
            }
            TillMessage::Ping { at } => NativeRequest::Ping { member, at },
            TillMessage::Pong { .. } => return Ok(()),
        };
        self.pass(request).await
    }

    async fn pass(&self, request: NativeRequest) -> Result<(), Goodbye> {
        match self.room.native(request).await {
            true => Ok(()),
            false => {
                Err(error(ErrorCode::Stopping, "the server is stopping; the till tries again by itself"))
            }
        }
    }
}

impl Drop for Connection {
    fn drop(&mut self) {
        self.hub.sockets_open.fetch_sub(1, Ordering::Relaxed);
        if let Err(leave) = self.room.native_now(NativeRequest::Leave { member: self.member }) {
            let room = self.room.clone();
            // Without a runtime the room is gone, too.
            if let Ok(runtime) = tokio::runtime::Handle::try_current() {
                runtime.spawn(async move { room.native(leave).await });
            }
        }
    }
}

fn is_numbered(command: &SentCommand) -> bool {
    command.number > 0 && is_name(command.id.as_str())
}

fn not_numbered() -> Goodbye {
    bad("a command has a number from 1 on, and an id")
}

fn check(hello: &Hello) -> Result<(), Goodbye> {
    let is_device = |name: &str| is_name(name) && name.len() <= 120 && !name.contains(['/', '|']);
    if !is_device(&hello.device) {
        return Err(bad("'device' is a name of 1 to 120 bytes without '/', '|' and control characters"));
    }
    if !is_name(&hello.database) || hello.multi_session < 1 || hello.pos.id < 1 {
        return Err(bad("'database' is a name, 'multi_session' and the POS's id are numbers from 1 on"));
    }
    if !is_shown(&hello.pos.name) || !is_shown(&hello.user.name) {
        return Err(bad("the POS and the user have names of 1 to 200 bytes"));
    }
    if hello.session.is_some() != hello.login.is_some() {
        return Err(bad("'session' and 'login' come together"));
    }
    Ok(())
}
