//! Who listens to a room: the connections of tills of our own, and what waits for each.

use std::collections::BTreeMap;
use std::sync::Arc;

use tillsync_core::author::Mark;
use tillsync_core::event::Event;
use tillsync_core::id::{OrderUid, Till};
use tillsync_core::multi_session::MultiSession;
use tillsync_core::protocol::{ErrorCode, OUTBOX_MESSAGES_MAX, Present, ServerMessage, TillEvent};
use tokio::sync::{mpsc, watch};

use crate::native::message::{self, Goodbye, Text, text};

/// A connection's end of its outbox: what the room has for it, and why it ends.
pub struct Inbox {
    /// Messages, oldest first. Closed when the room is through with the connection.
    pub messages: mpsc::Receiver<Text>,
    /// Why the connection ends; none while it does not.
    pub end: watch::Receiver<Option<End>>,
}

/// Why a room is through with a connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// Too much waited for it.
    TooSlow,
    /// Its till has connected a second time.
    Replaced,
    /// For what the till was told last.
    Told,
}

impl End {
    /// What the till is told; nothing if it was told already.
    pub fn goodbye(self) -> Option<Goodbye> {
        let (code, text) = match self {
            End::TooSlow => (
                ErrorCode::TooSlow,
                "the till did not read what it was told; it connects again and goes on from where it is",
            ),
            End::Replaced => {
                (ErrorCode::Replaced, "this till has connected a second time; that connection goes on")
            }
            End::Told => return None,
        };
        Some(message::error(code, text))
    }
}

/// A till that is connected.
#[derive(Debug, Clone)]
pub struct Connected {
    /// Who is there, as other tills are told it.
    pub present: Present,
    /// The program that it runs, and its version.
    pub app: String,
    /// Since when, in milliseconds since 1970.
    pub since_ms: u64,
    /// What waits there.
    pub waits: Waits,
}

/// What a till says of what it has not sent.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Waits {
    /// Commands without an answer.
    pub unsent: u64,
    /// How old the oldest of these is, in milliseconds.
    pub oldest_ms: Option<u64>,
    /// How long the last command took from being sent to being answered, in milliseconds.
    pub delay_ms: Option<u64>,
}

/// The room's end of a connection.
pub(super) struct Member {
    /// The till; none for one that has no login and only listens.
    pub till: Option<Till>,
    /// Who and where.
    pub mark: Mark,
    /// Its till was told to log in anew: nothing more of it is taken here.
    pub is_to_renumber: bool,
    app: String,
    since_ms: u64,
    order: Option<OrderUid>,
    waits: Waits,
    /// When it said so.
    noted_ms: u64,
    messages: mpsc::Sender<Text>,
    end: watch::Sender<Option<End>>,
}

/// All connections of a room.
#[derive(Default)]
pub(super) struct Audience {
    members: BTreeMap<u64, Member>,
    joined: u64,
    /// The drafts as a snapshot has them, and the seq that they are of.
    snapshot: Option<(u64, Arc<str>)>,
}

impl Audience {
    /// A connection comes. Its till's former connection, if there is one, ends.
    pub fn join(&mut self, till: Option<Till>, mark: Mark, app: String, since_ms: u64) -> (u64, Inbox) {
        let former = till
            .as_ref()
            .and_then(|till| self.members.iter().find(|(_, one)| one.till.as_ref() == Some(till)));
        if let Some(former) = former.map(|(id, _)| *id) {
            self.cut(former, End::Replaced);
        }
        let (messages, waiting) = mpsc::channel(OUTBOX_MESSAGES_MAX);
        let (end, ended) = watch::channel(None);
        self.joined += 1;
        let (is_to_renumber, order, waits) = (false, None, Waits::default());
        let member = Member {
            till,
            mark,
            is_to_renumber,
            app,
            since_ms,
            order,
            waits,
            noted_ms: since_ms,
            messages,
            end,
        };
        let present = member.present();
        self.members.insert(self.joined, member);
        if let Some(present) = present {
            self.tell_others(self.joined, &ServerMessage::Presence(present));
        }
        (self.joined, Inbox { messages: waiting, end: ended })
    }

    /// A connection went away.
    pub fn leave(&mut self, id: u64) {
        let Some(Member { till: Some(till), .. }) = self.members.remove(&id) else { return };
        // A till that came back before its former connection was given up is still there.
        if self.members.values().all(|other| other.till.as_ref() != Some(&till)) {
            self.tell_others(id, &ServerMessage::Gone { till });
        }
    }

    /// Which till a connection is, and where.
    pub fn member(&self, id: u64) -> Option<&Member> {
        self.members.get(&id)
    }

    /// A connection's till has to log in anew.
    pub fn has_to_renumber(&mut self, id: u64) {
        if let Some(member) = self.members.get_mut(&id) {
            member.is_to_renumber = true;
        }
    }

    /// Whoever is there, but for this one.
    pub fn present(&self, but: Option<&Till>) -> Vec<Present> {
        let others = self.members.values().filter(|member| but.is_none() || member.till.as_ref() != but);
        others.filter_map(Member::present).collect()
    }

    /// Whoever is there, with what only the server knows of them.
    pub fn connected(&self, now_ms: u64) -> Vec<Connected> {
        let connected = |member: &Member| {
            let (app, since_ms) = (member.app.clone(), member.since_ms);
            // What waited then has become older.
            let older = |oldest_ms| oldest_ms + now_ms.saturating_sub(member.noted_ms);
            let waits = Waits { oldest_ms: member.waits.oldest_ms.map(older), ..member.waits };
            Some(Connected { present: member.present()?, app, since_ms, waits })
        };
        self.members.values().filter_map(connected).collect()
    }

    /// A till says which order is on its screen.
    pub fn note_presence(&mut self, id: u64, order: Option<OrderUid>, waits: Waits, now_ms: u64) {
        let Some(member) = self.members.get_mut(&id) else { return };
        let is_news = member.order != order || member.waits.unsent != waits.unsent;
        (member.order, member.waits) = (order, waits);
        member.noted_ms = now_ms;
        if !is_news {
            return;
        }
        if let Some(present) = member.present() {
            self.tell_others(id, &ServerMessage::Presence(present));
        }
    }

    /// Tells everyone of an event: encoded once. `state` is the one after it.
    pub fn publish(&mut self, event: &Event, state: &MultiSession) {
        if self.members.is_empty() {
            return;
        }
        let text = text(&ServerMessage::Event(Box::new(TillEvent::new(event, state))));
        let all: Vec<u64> = self.members.keys().copied().collect();
        all.into_iter().for_each(|id| self.push(id, text.clone()));
    }

    /// Tells everyone something that is no event.
    pub fn tell_all(&mut self, message: &ServerMessage) {
        let text = text(message);
        let all: Vec<u64> = self.members.keys().copied().collect();
        all.into_iter().for_each(|id| self.push(id, text.clone()));
    }

    /// Tells one connection something.
    pub fn tell(&mut self, id: u64, message: &ServerMessage) {
        self.push(id, text(message));
    }

    /// The drafts as JSON texts, one after the other: encoded once for all that come at one seq.
    pub fn snapshot(&mut self, state: &MultiSession) -> Arc<str> {
        match &self.snapshot {
            Some((seq, text)) if *seq == state.seq => text.clone(),
            Some(_) | None => {
                let orders: Vec<String> =
                    state.drafts().iter().map(|order| order.replica().to_string()).collect();
                let text: Arc<str> = orders.join(",").into();
                self.snapshot = Some((state.seq, text.clone()));
                text
            }
        }
    }

    /// Tells a connection why it ends.
    pub fn dismiss(&mut self, id: u64, why: Goodbye) {
        self.tell(id, &why.message());
        self.cut(id, End::Told);
    }

    fn tell_others(&mut self, but: u64, message: &ServerMessage) {
        let text = text(message);
        let others: Vec<u64> = self.members.keys().copied().filter(|id| *id != but).collect();
        others.into_iter().for_each(|id| self.push(id, text.clone()));
    }

    fn push(&mut self, id: u64, text: Text) {
        let full = self.members.get(&id).is_some_and(|member| member.messages.try_send(text).is_err());
        if full {
            self.cut(id, End::TooSlow);
        }
    }

    fn cut(&mut self, id: u64, why: End) {
        if let Some(member) = self.members.remove(&id) {
            member.end.send_replace(Some(why));
            if why == End::TooSlow {
                metrics::counter!("tillsync_tills_cut_off_total").increment(1);
            }
            if let Some(till) = member.till.filter(|_| why != End::Replaced) {
                self.tell_others(id, &ServerMessage::Gone { till });
            }
        }
    }
}

impl Member {
    fn present(&self) -> Option<Present> {
        let till = self.till.clone()?;
        let unsent = self.waits.unsent;
        Some(Present { till, mark: self.mark.clone(), order: self.order.clone(), unsent })
    }
}
