//! Full lists that tills were given. A till destroys what a list lacks, and says so as if a person had deleted it.

use std::collections::BTreeSet;

use tillsync_core::id::{OrderUid, Till};
use tillsync_core::multi_session::MultiSession;

use super::Desk;
use crate::channel::Topic;
use crate::looks::Flags;

/// How long a till may take to destroy what a full list lacked. A removal within it is not a person's wish.
pub(super) const DESTROYING_MS: u64 = 10_000;

/// How long a list of which that is not known is reckoned to be on its way.
const UNDER_WAY_MS: u64 = 3_000;

/// Lists that are remembered.
const LISTS_MAX: usize = 2_000;

/// A list that was given.
#[derive(Debug, Clone)]
pub(super) struct ListGiven {
    pub(super) pos: i64,
    /// The till that asked for it; none if every till of the POS takes it, known here or not.
    pub(super) till: Option<Till>,
    pub(super) at_ms: u64,
    pub(super) orders: BTreeSet<OrderUid>,
    pub(super) arrival: Arrival,
}

/// What is known of a list's arrival.
#[derive(Debug, Clone, Copy)]
pub(super) enum Arrival {
    /// It is the answer to a request.
    Unknown,
    /// On the channel, as this entry, and not known to have been heard.
    UnderWay { entry: u64 },
    /// It was on the channel, and has been heard.
    Taken { at_ms: u64 },
}

impl ListGiven {
    /// Until when, at the latest, the till has taken it. What is registered later it cannot destroy.
    pub(super) fn taken_until_ms(&self, now_ms: u64) -> u64 {
        match self.arrival {
            Arrival::Unknown => self.at_ms + UNDER_WAY_MS,
            Arrival::UnderWay { .. } => now_ms,
            Arrival::Taken { at_ms } => at_ms,
        }
    }

    /// Until when the till may say that it has destroyed what it lacks.
    pub(super) fn destroys_until_ms(&self, now_ms: u64) -> u64 {
        let from_ms = match self.arrival {
            Arrival::Unknown => self.at_ms,
            Arrival::UnderWay { .. } => now_ms,
            Arrival::Taken { at_ms } => at_ms,
        };
        from_ms + DESTROYING_MS
    }
}

impl Desk {
    pub(super) fn note_list(&mut self, given: ListGiven) {
        self.lists.retain(|list| list.destroys_until_ms(given.at_ms) > given.at_ms);
        self.lists.push_back(given);
        if self.lists.len() > LISTS_MAX {
            self.lists.pop_front();
        }
    }

    /// Orders that were registered while a list without them was on its way here are gone from the screen that took
    /// it, and a client without a connection does not say so.
    pub(super) fn bring_back_lacked(&mut self, state: &MultiSession, pos: i64, heard: u64, now_ms: u64) {
        let mut lacked = Vec::new();
        for list in self.lists.iter_mut().filter(|list| list.pos == pos) {
            let Arrival::UnderWay { entry } = list.arrival else { continue };
            if entry > heard {
                continue;
            }
            list.arrival = Arrival::Taken { at_ms: now_ms };
            let later = self.registered.iter().filter(|(_, at_ms)| *at_ms >= list.at_ms);
            lacked.extend(later.map(|(uid, _)| uid).filter(|uid| !list.orders.contains(*uid)).cloned());
        }
        for uid in lacked.iter().filter(|uid| state.order(uid).is_some()) {
            self.push(pos, Topic::Order { uid: uid.clone(), from: (0, 0), paint: Flags::none() });
            self.push(pos, Topic::Order { uid: uid.clone(), from: (0, 0), paint: Flags::All });
        }
    }
}
