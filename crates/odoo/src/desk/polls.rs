//! Polls that begin and end, and what they tell of the tills' screens: whoever polls again has processed what it was
//! given before. What is due at a time of its own stands here, too.

use std::sync::Arc;

use tillsync_core::id::{OrderUid, Till};
use tillsync_core::multi_session::MultiSession;

use super::{AnswerGiven, Desk};
use crate::channel::{Channel, Identity, Poller, Topic};
use crate::looks::Flags;

/// A poll that is being held.
#[derive(Debug, Clone, PartialEq)]
pub struct PollAt {
    /// The database, as the channels name it.
    pub database: Arc<str>,
    /// The POS.
    pub pos: i64,
    /// The poller's slot.
    pub slot: u64,
    /// The largest id that the client says it has seen.
    pub last: u64,
}

impl Desk {
    /// A poll begins; the number of its slot, to be handed to the other calls.
    pub fn begin_poll(
        &mut self,
        state: &MultiSession,
        pos: i64,
        identity: Identity,
        last: u64,
        now_ms: u64,
    ) -> u64 {
        let channel = self.channels.entry(pos).or_default();
        let (slot, poller) = channel.begin_poll(identity, last, now_ms);
        // Whoever polls again has processed what it was given before.
        let processed = channel.processed(now_ms);
        let tills: Vec<Till> = channel.tills().collect();
        if poller == Poller::FromBefore {
            tills.iter().for_each(|till| self.forget(till));
        }
        self.bring_back_lacked(state, pos, processed, now_ms);
        if let Some(to_strangers) = self.to_strangers.get_mut(&pos) {
            to_strangers.retain(|given| given.entry > processed);
        }
        for till in &tills {
            for uid in self.under_way.remove(till).unwrap_or_default() {
                let Some(seen) = self.seen.get_mut(&uid).and_then(|tills| tills.get_mut(till)) else {
                    continue;
                };
                seen.processed(processed, self.deliveries, now_ms);
                if seen.has_under_way() {
                    self.under_way.entry(till.clone()).or_default().insert(uid);
                } else if !self.is_whole(state, pos, &uid, till) && !self.is_to_tell(pos, slot, &uid, till) {
                    // What arrived overtook something, or was overtaken.
                    self.push(pos, Topic::Order { uid, from: (0, 0), paint: Flags::none() });
                }
            }
        }
        self.tick(state, now_ms);
        slot
    }

    /// Whether there is something for a held poll.
    pub fn has_news(&self, at: &PollAt) -> bool {
        self.channels.get(&at.pos).is_some_and(|channel| channel.has_news(at.slot))
    }

    /// A poll ended: answered, or abandoned.
    pub fn end_poll(&mut self, pos: i64, slot: u64) {
        if let Some(channel) = self.channels.get_mut(&pos) {
            channel.end_poll(slot);
        }
    }

    /// Ends the silence of channels whose time has come, and makes tills whole whose screen an answer of long ago may
    /// have changed.
    pub fn tick(&mut self, state: &MultiSession, now_ms: u64) {
        for (pos, channel) in &mut self.channels {
            if channel.held_until_ms().is_some_and(|until| until <= now_ms) {
                channel.hold(0);
                self.rung.insert(*pos);
            }
        }
        while let Some(given) = self.answers.pop_front_if(|given| given.ends_ms <= now_ms) {
            let AnswerGiven { order: uid, till, pos, number, .. } = given;
            let Some(seen) = self.seen.get_mut(&uid).and_then(|tills| tills.get_mut(&till)) else { continue };
            seen.settle(number, self.deliveries);
            // What is under way is looked at when it has arrived.
            if !seen.has_under_way() && !self.is_whole(state, pos, &uid, &till) {
                self.push(pos, Topic::Order { uid, from: (0, 0), paint: Flags::none() });
            }
        }
    }

    /// When [`tick`](Self::tick) has something to do, in milliseconds since 1970.
    pub fn next_tick_ms(&self) -> Option<u64> {
        let held = self.channels.values().filter_map(Channel::held_until_ms);
        held.chain(self.answers.front().map(|given| given.ends_ms)).min()
    }

    fn is_to_tell(&self, pos: i64, slot: u64, uid: &OrderUid, till: &Till) -> bool {
        self.channels.get(&pos).is_some_and(|channel| channel.is_to_tell(slot, uid, till))
    }
}
