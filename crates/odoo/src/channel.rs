//! A POS's channel: what its tills are to be told, and how far each of them has been told.
//!
//! The client keeps one number, the largest message id that it has seen from any server, and sends it with
//! every poll. It may be another server's. So the channel remembers by itself how far each poller is, and takes
//! the client's number only where it names the end of something that was delivered here.

use std::collections::VecDeque;

use serde_json::Value;
use tillsync_core::author::Mark;
use tillsync_core::id::{OrderUid, Till};

use crate::looks::Flags;
use crate::message::till;

/// Messages that are kept for a POS. A till that is further behind gets the whole list instead.
pub const ENTRIES_MAX: usize = 400;

/// Messages that one poll answers at most; beyond it the whole list is shorter.
pub const PENDING_MAX: usize = 60;

/// Pollers of one POS that are remembered.
pub const SLOTS_MAX: usize = 16;

/// Tills of one POS that are remembered.
pub const SEATS_MAX: usize = 8;

/// How long a PONG is fresh.
const PONG_FRESH_MS: u64 = 60_000;

/// A client that is there has begun a poll within this time: none is held longer than 50 s.
const POLL_AGAIN_MS: u64 = 60_000;

/// How long a poller that does not come back is remembered.
const SLOT_IDLE_MS: u64 = 10 * 60_000;

/// What an entry tells.
#[derive(Debug, Clone, PartialEq)]
pub enum Topic {
    /// An order changed, came or went: it is told as it is at the moment of telling.
    Order {
        /// The order.
        uid: OrderUid,
        /// The session and login that did it; 0 and 0 for the server.
        from: (i64, i64),
        /// Lines to repaint whatever the till is known to show.
        paint: Flags,
    },
    /// The whole list, or one order, for whoever asked; 0 and 0 for all tills of the POS.
    List {
        /// The session and login that asked.
        asked_by: (i64, i64),
        /// Only this order.
        only: Option<OrderUid>,
        /// A list for a POS that was never seen before: the till keeps what it has.
        first_ever: bool,
    },
    /// A message that is passed on as it is.
    PassedOn {
        /// The whole message.
        message: Value,
    },
    /// The answer to a PING.
    Pong {
        /// When it was queued, in milliseconds since 1970.
        at_ms: u64,
    },
}

/// A message that a POS is to get.
#[derive(Debug, Clone, PartialEq)]
pub struct Entry {
    /// Its id on the channel: small, growing.
    pub id: u64,
    /// The client's own counter of messages; 0 for a PONG, which does not count.
    pub message_id: u64,
    /// What it tells.
    pub topic: Topic,
}

/// Which of a POS's two channels a poll names.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Wants {
    /// Only `pos.longpolling`.
    Pongs,
    /// `pos.multi_session`, with or without the other.
    Orders,
}

/// Who polls, as far as that can be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Identity {
    /// A hash of the address and the browser's name: two devices behind one address may have the same.
    pub who: u64,
    /// The connection, which a browser keeps for its next poll if it can.
    pub connection: u64,
}

/// What is known of whoever polls.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Poller {
    /// What its tills were told was told here.
    Known,
    /// Its page was loaded before the server began: something that was told then may have arrived just now.
    FromBefore,
}

/// A poller.
#[derive(Debug, Clone)]
pub struct Slot {
    pub(crate) id: u64,
    identity: Identity,
    /// The last entry that it was given.
    pub(crate) cursor: u64,
    /// The last entry that it was given when it polled last: that it has processed.
    processed: u64,
    /// Where its page began: that knew everything up to here, and may still name an older entry.
    began: u64,
    /// Whether a poll is being held for it.
    held: bool,
    polled_at_ms: u64,
    /// The last ids of the answers that it got, newest last.
    ends: VecDeque<u64>,
}

/// A till of the POS.
#[derive(Debug, Clone, PartialEq)]
pub struct Seat {
    /// The POS session.
    pub session: i64,
    /// The login.
    pub login: i64,
    /// How it came to be here.
    pub came: Came,
}

/// What a till that sent something did with it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Sat {
    /// It has its seat already.
    Before,
    /// It sits down.
    Down,
}

/// How a till came to sit at its POS.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Came {
    /// Its page was loaded here: what it was told since is known, and it has nothing else.
    WithItsPage,
    /// It was there before this was known: it may show anything.
    Midway,
}

/// A POS's channel.
#[derive(Debug, Clone, Default)]
pub struct Channel {
    entries: VecDeque<Entry>,
    last_id: u64,
    /// The last message number given.
    pub message_id: u64,
    slots: Vec<Slot>,
    slots_made: u64,
    /// The tills that sent something, latest last.
    pub seats: Vec<Seat>,
    /// The run that the POS's tills are in.
    pub run: u32,
    /// Who was last seen at it.
    pub person: Option<Mark>,
    /// The POS's first page has just loaded: the list that it asks for next must not make it destroy what it has.
    pub greeted: bool,
    /// Until when the channel is silent, in milliseconds since 1970, see [`Channel::hold`].
    held_until_ms: u64,
    /// Where a page that has just loaded begins.
    loaded_at: Option<u64>,
}

impl Channel {
    /// An empty channel of a POS whose tills are in this run.
    pub fn in_run(run: u32) -> Self {
        Self { run, ..Self::default() }
    }

    /// Queues a message for the POS.
    pub fn push(&mut self, topic: Topic) {
        self.last_id += 1;
        let message_id = match topic {
            Topic::Pong { .. } => 0,
            Topic::Order { .. } | Topic::List { .. } | Topic::PassedOn { .. } => {
                self.message_id += 1;
                self.message_id
            }
        };
        self.entries.push_back(Entry { id: self.last_id, message_id, topic });
        if self.entries.len() > ENTRIES_MAX {
            self.entries.pop_front();
        }
    }

    /// Notes that a till of this session and login is at the POS. Whether it sat there before.
    pub fn seat(&mut self, session: i64, login: i64) -> Sat {
        let at = self.seats.iter().position(|seat| (seat.session, seat.login) == (session, login));
        let seat = at.map(|at| self.seats.remove(at));
        let sat = if seat.is_some() { Sat::Before } else { Sat::Down };
        self.seats.push(seat.unwrap_or(Seat { session, login, came: Came::Midway }));
        if self.seats.len() > SEATS_MAX {
            self.seats.remove(0);
        }
        sat
    }

    /// A page loads: it knows everything up to now from the answer that it is given.
    pub fn page_loaded(&mut self, session: i64, login: i64) {
        // The page that was there before is gone; another device of the POS sits down again when it sends.
        self.seats = vec![Seat { session, login, came: Came::WithItsPage }];
        self.loaded_at = Some(self.last_id);
        if let [only] = self.slots.as_mut_slice() {
            only.cursor = only.cursor.max(self.last_id);
            only.began = self.last_id;
        }
    }

    /// Whether there are pollers that no known till accounts for.
    pub fn has_strangers(&self, now_ms: u64) -> bool {
        self.pollers(now_ms).count() > self.seats.len()
    }

    /// Those that poll now, or are about to poll again.
    fn pollers(&self, now_ms: u64) -> impl Iterator<Item = &Slot> {
        self.slots.iter().filter(move |slot| slot.held || slot.polled_at_ms + POLL_AGAIN_MS > now_ms)
    }

    /// The last entry that every poller has processed: which of them is which till is not known.
    pub fn processed(&self, now_ms: u64) -> u64 {
        self.pollers(now_ms).map(|slot| slot.processed).min().unwrap_or(0)
    }

    /// The names of the tills at the POS.
    pub fn tills(&self) -> impl Iterator<Item = Till> + '_ {
        self.seats.iter().map(|seat| till(seat.session, seat.login))
    }

    /// Whether a till of this name may show what it was told before it sat down here.
    pub fn came_midway(&self, name: &Till) -> bool {
        self.seats.iter().any(|seat| till(seat.session, seat.login) == *name && seat.came == Came::Midway)
    }

    /// The message number that the till of the POS has been told, as far as that is known.
    pub fn told_message_id(&self) -> u64 {
        let latest = self.slots.iter().max_by_key(|slot| slot.polled_at_ms);
        self.message_id_at(latest.map_or(self.loaded_at.unwrap_or(self.last_id), |slot| slot.cursor))
    }

    fn message_id_at(&self, cursor: u64) -> u64 {
        let later = self.entries.iter().find(|entry| entry.id > cursor && entry.message_id > 0);
        later.map_or(self.message_id, |entry| entry.message_id - 1)
    }

    /// A poll begins: finds out who it is and how far that poller is. Returns the poller's slot.
    pub fn begin_poll(&mut self, identity: Identity, last: u64, now_ms: u64) -> (u64, Poller) {
        self.slots.retain(|slot| slot.held || now_ms.saturating_sub(slot.polled_at_ms) < SLOT_IDLE_MS);
        let delivered = self.slots.iter().any(|slot| slot.ends.contains(&last));
        // On another connection it is the same client only if it names what this slot was given, or nothing that
        // is ours: another device may look the same and come just between two polls of this one.
        let known = |slot: &&mut Slot| {
            let same = slot.identity.connection == identity.connection
                || slot.ends.contains(&last)
                || last > self.last_id;
            slot.identity.who == identity.who && !slot.held && same
        };
        let mut best: Option<&mut Slot> = None;
        for slot in self.slots.iter_mut().filter(|slot| known(slot)) {
            let rank = |slot: &Slot| {
                (
                    slot.identity.connection == identity.connection,
                    slot.ends.contains(&last),
                    slot.polled_at_ms,
                )
            };
            let better = best.as_ref().is_none_or(|best| rank(slot) > rank(best));
            if better {
                best = Some(slot);
            }
        }
        if let Some(slot) = best {
            if delivered {
                // It names what this client has had: an answer after that never arrived, or another client that
                // looks the same has had this slot.
                slot.cursor = last.max(slot.began);
            }
            (slot.held, slot.polled_at_ms, slot.identity) = (true, now_ms, identity);
            slot.processed = slot.cursor;
            return (slot.id, Poller::Known);
        }
        let mut poller = Poller::Known;
        let cursor = match self.loaded_at {
            // The poll before may be held still, for a client that has hung up.
            Some(loaded_at) if delivered && last >= loaded_at => last,
            Some(loaded_at) => loaded_at,
            None => {
                // Nobody has loaded a page here since the server began: the till has to be told everything.
                let cursor = self.last_id;
                self.push(Topic::List { asked_by: (0, 0), only: None, first_ever: false });
                poller = Poller::FromBefore;
                cursor
            }
        };
        if self.slots.len() >= SLOTS_MAX {
            let oldest = (0..self.slots.len()).min_by_key(|at| self.slots[*at].polled_at_ms);
            oldest.map(|at| self.slots.remove(at));
        }
        self.slots_made += 1;
        let id = self.slots_made;
        let ends = VecDeque::new();
        let (processed, began) = (cursor, cursor);
        let held = true;
        self.slots.push(Slot { id, identity, cursor, processed, began, held, polled_at_ms: now_ms, ends });
        (id, poller)
    }

    /// A poll ended: it was answered, or whoever polled is gone.
    pub fn end_poll(&mut self, slot: u64) {
        if let Some(slot) = self.slots.iter_mut().find(|other| other.id == slot) {
            slot.held = false;
        }
    }

    /// Keeps the channel silent until then: its till has been told something that what is waiting here would
    /// paint over.
    pub fn hold(&mut self, until_ms: u64) {
        self.held_until_ms = until_ms;
    }

    /// Until when the channel is silent; none if it is not.
    pub fn held_until_ms(&self) -> Option<u64> {
        (self.held_until_ms > 0).then_some(self.held_until_ms)
    }

    /// Whether there is something for the poller.
    pub fn has_news(&self, slot: u64) -> bool {
        self.held_until_ms == 0
            && self.slots.iter().any(|other| other.id == slot && other.cursor < self.last_id)
    }

    /// Whether a message about the order waits for the poller that a till of this name does not pass over.
    pub fn is_to_tell(&self, slot: u64, order: &OrderUid, name: &Till) -> bool {
        let cursor = self.slots.iter().find(|other| other.id == slot).map_or(0, |slot| slot.cursor);
        let about = |entry: &Entry| match &entry.topic {
            Topic::Order { uid, from, .. } => uid == order && till(from.0, from.1) != *name,
            Topic::List { .. } | Topic::PassedOn { .. } | Topic::Pong { .. } => false,
        };
        self.entries.iter().rev().take_while(|entry| entry.id > cursor).any(about)
    }

    /// Takes what the poller is to be given now; a list alone when it is too far behind.
    pub fn take(&mut self, slot: u64) -> Vec<Entry> {
        let Some(at) = self.slots.iter().position(|other| other.id == slot) else { return Vec::new() };
        let cursor = self.slots[at].cursor;
        let first = self.entries.front().map_or(self.last_id + 1, |entry| entry.id);
        let mut pending: Vec<Entry> =
            self.entries.iter().filter(|entry| entry.id > cursor).cloned().collect();
        if pending.len() > PENDING_MAX || cursor + 1 < first {
            self.push(Topic::List { asked_by: (0, 0), only: None, first_ever: false });
            pending = self.entries.back().cloned().into_iter().collect();
        }
        let slot = &mut self.slots[at];
        slot.cursor = self.last_id;
        if let Some(last) = pending.last() {
            slot.ends.push_back(last.id);
            if slot.ends.len() > 16 {
                slot.ends.pop_front();
            }
        }
        pending
    }

    /// PONGs for a poll that names only `pos.longpolling`: fresh ones that the client has not had.
    pub fn pongs(&self, last: u64, now_ms: u64) -> Vec<Entry> {
        let after = if last <= self.last_id { last } else { 0 };
        let fresh = |entry: &&Entry| match entry.topic {
            Topic::Pong { at_ms } => entry.id > after && at_ms + PONG_FRESH_MS > now_ms,
            Topic::Order { .. } | Topic::List { .. } | Topic::PassedOn { .. } => false,
        };
        self.entries.iter().filter(fresh).cloned().collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CLIENT: Identity = Identity { who: 1, connection: 1 };

    fn pong() -> Topic {
        Topic::Pong { at_ms: 0 }
    }

    #[test]
    fn a_first_answer_that_a_reloaded_page_never_got_is_given_again() {
        let mut channel = Channel::in_run(1);
        channel.page_loaded(1, 1);
        for _ in 0..2 {
            channel.push(pong());
        }
        let (slot, _) = channel.begin_poll(CLIENT, 0, 0);
        assert_eq!(channel.take(slot).last().map(|entry| entry.id), Some(2));
        channel.end_poll(slot);
        channel.push(pong());
        // The new page knows everything up to 3 from the answer that it loaded with, and still names 2.
        channel.page_loaded(1, 2);
        channel.push(pong());
        for _ in 0..2 {
            let (slot, _) = channel.begin_poll(CLIENT, 2, 1);
            let ids: Vec<u64> = channel.take(slot).iter().map(|entry| entry.id).collect();
            assert_eq!(ids, [4]);
            assert_eq!(channel.processed(1), 3);
            channel.end_poll(slot);
        }
    }
}
