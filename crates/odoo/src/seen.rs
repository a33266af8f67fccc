//! What a till may show of an order, and so what it has to repaint.
//!
//! Nothing that a till means hangs on this (that is [`crate::before`]'s): it only decides what is told. A till is
//! whole when all that it may show is the order as it is; whoever is not is told.

use std::sync::Arc;

use crate::encode::{Flags, Looks, differing};
use crate::painted::Painted;

/// Messages about one order on their way to one till. Beyond it the till counts as unknown.
const UNDER_WAY_MAX: usize = 8;

/// What one till may show of one order.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    screen: Screen,
    /// Messages in polls' answers that the till may not have processed yet, oldest first.
    under_way: Vec<Delivery>,
    /// The latest revision that it was told of.
    told: u64,
}

/// What a till showed at the last moment of which that is known.
#[derive(Debug, Clone, Default)]
enum Screen {
    /// It has not been told of the order, as far as is known here.
    #[default]
    Unknown,
    /// It has let the order go.
    Gone,
    /// These lines, looking so.
    Lines(Looks),
}

#[derive(Debug, Clone)]
struct Delivery {
    /// The message's id on the channel.
    entry: u64,
    number: u64,
    looks: Arc<Looks>,
    flags: Flags,
}

impl Screen {
    /// The till takes a message: lines that it lacks come, flagged ones are repainted, others go.
    fn take(&mut self, looks: &Looks, flags: &Flags) {
        let Screen::Lines(shown) = self else {
            *self = Screen::Lines(looks.clone());
            return;
        };
        shown.retain(|uid, _| looks.contains_key(uid));
        for (uid, look) in looks {
            if flags.has(uid) || !shown.contains_key(uid) {
                shown.insert(uid.clone(), *look);
            }
        }
    }
}

impl Seen {
    /// The till sent the order so; `painted` is the message that it had taken last.
    pub fn sent(&mut self, looks: Looks, painted: Option<Painted>) {
        let taken = |painted: Painted| self.under_way.iter().position(|way| way.number == painted.delivery);
        if let Some(at) = painted.and_then(taken) {
            self.under_way.drain(..=at);
        }
        self.screen = Screen::Lines(looks);
    }

    /// The order was in the answer to the till's own request.
    pub fn answered(&mut self, looks: &Looks, flags: &Flags) {
        self.screen.take(looks, flags);
    }

    /// The order was in a poll's answer, as the entry with this id.
    pub fn delivered(&mut self, looks: Arc<Looks>, flags: &Flags, entry: u64, painted: Painted) {
        self.told = self.told.max(painted.revision);
        if let Some(last) = self.under_way.last_mut().filter(|last| Arc::ptr_eq(&last.looks, &looks)) {
            let flags = std::mem::replace(&mut last.flags, Flags::none()).and(flags.clone());
            *last = Delivery { entry, number: painted.delivery, looks, flags };
            return;
        }
        if self.under_way.len() == UNDER_WAY_MAX {
            self.under_way.clear();
            self.screen = Screen::Unknown;
        }
        self.under_way.push(Delivery { entry, number: painted.delivery, looks, flags: flags.clone() });
    }

    /// The till has processed everything up to this entry.
    pub fn processed(&mut self, entry: u64) {
        let done = self.under_way.partition_point(|way| way.entry <= entry);
        for way in self.under_way.drain(..done) {
            self.screen.take(&way.looks, &way.flags);
        }
    }

    /// The till has the order no longer. What is on its way may bring it back there.
    pub fn let_go(&mut self) {
        self.screen = Screen::Gone;
    }

    /// The till is told that the order is gone: whatever was on its way comes before that.
    pub fn told_gone(&mut self) {
        self.under_way.clear();
        self.screen = Screen::Gone;
    }

    /// Whether the till has been given the order at all.
    pub fn has_order(&self) -> bool {
        matches!(self.screen, Screen::Lines(_)) || !self.under_way.is_empty()
    }

    /// Whether a message may be on its way.
    pub fn has_under_way(&self) -> bool {
        !self.under_way.is_empty()
    }

    /// Whether the till was told of a later revision than this one.
    pub fn was_told_after(&self, revision: u64) -> bool {
        self.told > revision
    }

    /// The lines that the till has to repaint to show the order as it is.
    pub fn flags(&self, now: &Looks) -> Flags {
        let mut screen = self.screen.clone();
        let mut flags = match (&screen, self.under_way.is_empty()) {
            (Screen::Lines(shown), _) => differing(now, shown),
            (Screen::Unknown | Screen::Gone, true) => return Flags::All,
            (Screen::Unknown | Screen::Gone, false) => Flags::none(),
        };
        for way in &self.under_way {
            screen.take(&way.looks, &way.flags);
            if let Screen::Lines(shown) = &screen {
                flags = flags.and(differing(now, shown));
            }
        }
        flags
    }

    /// Whether the till shows the order as it is, once all that is on its way has arrived. `now` is none for an
    /// order that tills do not show.
    pub fn is_whole(&self, now: Option<&Looks>) -> bool {
        let mut screen = self.screen.clone();
        self.under_way.iter().for_each(|way| screen.take(&way.looks, &way.flags));
        match (&screen, now) {
            (Screen::Unknown, _) => true,
            (Screen::Gone, now) => now.is_none(),
            (Screen::Lines(shown), Some(now)) => shown == now,
            (Screen::Lines(_), None) => false,
        }
    }
}
