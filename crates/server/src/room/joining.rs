//! How a till of our own comes into a room: its POS joins, the device logs in, and it is told where the log is.

use tillsync_core::author::Author;
use tillsync_core::command::{Action, Answer, Command, JoinPos, LogIn, OpenSession};
use tillsync_core::event::Event;
use tillsync_core::id::{CommandId, Till, stable_id};
use tillsync_core::json::Fields;
use tillsync_core::protocol::{ErrorCode, Hello, PROTOCOL, ServerMessage, TillEvent, Welcome, till_name};
use tillsync_store::StoreError;

use super::OwnError;
use super::native::Joined;
use super::task::RoomTask;
use crate::clock::now_ms;
use crate::native::message::{Goodbye, Text, error, text};

/// Events that a till is told one by one when it comes back; beyond it gets a snapshot.
const TAIL_MAX: usize = 500;

/// A tail of so many events is not compared with a snapshot.
const SHORT_TAIL: usize = 50;

impl RoomTask {
    /// Lets a till in: the connection, and what it is told first.
    pub(super) async fn join(&mut self, hello: &Hello) -> Result<Joined, Goodbye> {
        self.join_pos(hello).await?;
        let login = match (hello.session, hello.login) {
            (Some(session), Some(login)) => Some((session, login)),
            _ => self.log_in(hello).await?,
        };
        let till = login.map(|(session, login)| till_name(&hello.device, session, login));
        if let Some(till) = &till {
            self.know(till).await.map_err(|error| self.busy(&error))?;
        }
        let tail = self.tail(hello).await.map_err(|error| self.busy(&error))?;
        let state = &self.book.state;
        let open = state.poses.get(&hello.pos.id).and_then(|seat| seat.session.as_ref());
        let welcome = Welcome {
            protocol: PROTOCOL,
            server: self.identity.server.to_string(),
            epoch: self.identity.epoch,
            time_ms: now_ms(),
            database: self.id.database.to_string(),
            multi_session: self.id.multi_session,
            active: state.active,
            offline_edits: state.offline_edits,
            till: till.clone(),
            session: login.map(|(session, _)| session),
            login: login.map(|(_, login)| login),
            session_open: open.is_some_and(|open| login.is_some_and(|(session, _)| session == open.id)),
            last_command: till.as_ref().map_or(0, |till| self.last(till)),
            run: state.run,
            seq: state.seq,
            seq_ms: state.seq_ms,
            tail: None,
            snapshot: None,
            present: self.audience.present(till.as_ref()),
        };
        let replica = match tail {
            Some(tail) => format!("\"tail\":[{tail}]"),
            None => format!("\"snapshot\":{{\"orders\":[{}]}}", self.audience.snapshot(state)),
        };
        let (member, inbox) = self.audience.join(till, hello.mark(), hello.app.clone(), now_ms());
        // The replica is spelled once for many tills, so it is put in as text.
        let welcome = text(&ServerMessage::Welcome(Box::new(welcome)));
        let welcome = format!("{},{replica}}}", welcome.strip_suffix('}').unwrap_or(&welcome));
        Ok(Joined { member, inbox, welcome: welcome.into() })
    }

    async fn join_pos(&mut self, hello: &Hello) -> Result<(), Goodbye> {
        let known = self.book.state.poses.get(&hello.pos.id).map(|seat| seat.name.as_str());
        if known == Some(hello.pos.name.as_str()) {
            return Ok(());
        }
        let join = JoinPos { pos: hello.pos.id, name: hello.pos.name.clone(), receipts: 0 };
        self.own_for(hello, vec![Action::JoinPos(join)]).await.map(drop)
    }

    /// Logs the device in to its POS's session; none if that is closed and stays so.
    async fn log_in(&mut self, hello: &Hello) -> Result<Option<(u32, u32)>, Goodbye> {
        let pos = hello.pos.id;
        let open = self.book.state.poses.get(&pos).and_then(|seat| seat.session.as_ref());
        let mut actions = Vec::new();
        let session = match open {
            Some(open) => open.id,
            None if !hello.open_session => return Ok(None),
            None => {
                let next = self.store.next_session_id(&self.id.database).await;
                let session = next.map_err(|error| self.busy(&error))?;
                actions.push(Action::OpenSession(OpenSession {
                    pos,
                    session,
                    user: hello.user.clone(),
                    opening: Fields::new(),
                }));
                session
            }
        };
        actions.push(Action::LogIn(LogIn { pos }));
        let answer = self.own_for(hello, actions).await?;
        Ok(answer.login.map(|login| (session, login)))
    }

    /// A command of the server's own in a till's name.
    async fn own_for(&mut self, hello: &Hello, actions: Vec<Action>) -> Result<Answer, Goodbye> {
        let author = Author { till: Till::new(&hello.device), mark: hello.mark(), device_time_ms: None };
        let chance: [u64; 2] = rand::random();
        let id = CommandId::new(stable_id(&["hello", &hello.device, &format!("{chance:?}")]));
        let command = Command { id, number: None, author, actions };
        match self.take_own(&command).await {
            Ok(answer) => Ok(answer),
            Err(OwnError::Refused(refusal)) => Err(error(ErrorCode::Access, &refusal.to_string())),
            Err(OwnError::Store(failed)) => Err(self.busy(&failed)),
        }
    }

    /// The events after what a till has, as JSON texts; none if it needs a snapshot.
    async fn tail(&mut self, hello: &Hello) -> Result<Option<String>, StoreError> {
        let known = hello.server.as_deref() == Some(&*self.identity.server)
            && hello.epoch == Some(self.identity.epoch);
        let Some(after) = hello.seq.filter(|seq| known && *seq <= self.book.state.seq) else {
            return Ok(None);
        };
        if self.book.state.seq - after > TAIL_MAX as u64 {
            return Ok(None);
        }
        // The event that the till had last is looked at, too: there may be another one in its place, since a backup was
        // put back.
        let last_ms = hello.seq_ms.filter(|_| after > 0);
        let from = after - u64::from(last_ms.is_some());
        let mut events = self.store.tail(&self.id, from, TAIL_MAX + 1).await?;
        if let Some(last_ms) = last_ms {
            let is_it = events.first().is_some_and(|last| last.seq == after && last.time_ms == last_ms);
            if !is_it {
                return Ok(None);
            }
            events.remove(0);
        }
        // What another process landed since is told as an event.
        events.retain(|event| event.seq <= self.book.state.seq);
        let state = &self.book.state;
        let spell = |event: &Event| text(&ServerMessage::Event(Box::new(TillEvent::new(event, state))));
        let tail: Vec<Text> = events.iter().map(spell).collect();
        let bytes: usize = tail.iter().map(|text| text.len() + 1).sum();
        if tail.len() > SHORT_TAIL && bytes > self.audience.snapshot(&self.book.state).len() {
            return Ok(None);
        }
        Ok(Some(tail.iter().map(|text| text.as_str()).collect::<Vec<_>>().join(",")))
    }
}
