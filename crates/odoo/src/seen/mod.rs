//! What a till may show of an order, and so what it has to repaint.
//!
//! What a till means by an update does not hang on this (that is [`crate::before`]'s), only what it is told; and what a
//! payer showed is found by what his till was told (`shown.rs`). A till is whole when all that it may show is the order
//! as it is; whoever is not is told.

mod told;

use std::collections::BTreeMap;
use std::sync::Arc;

use tillsync_core::id::LineUid;

use crate::looks::{Flags, Looks};
use crate::painted::{Painted, Reach};
use told::{DeliveryState, Order, ToldBy};

pub use told::Told;

/// Lines that a till sent under their true names, and the message that brought or last repainted each, if any did.
pub type LinesPainted = BTreeMap<LineUid, Option<Painted>>;

/// Messages about one order that are remembered for one till.
const TOLD_MAX: usize = 8;

/// What one till may show of one order.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    /// What it showed when that was last known.
    screen: Screen,
    /// What it was told that may have changed that since, oldest first.
    since: Vec<Told>,
    /// The number of the last delivery that is not remembered any more.
    forgotten: u64,
    /// The latest revision that it was told of.
    told: u64,
    /// Whether `since` is all that it was told since it sent the order.
    is_since_sent: bool,
    /// What `since` was when the till was told that the order is gone: it may pay it until it has taken that.
    until_gone: Option<Vec<Told>>,
}

/// What one till showed of one order at some moment.
#[derive(Debug, Clone, Default)]
enum Screen {
    /// It has not been told of the order, as far as is known here.
    #[default]
    Unknown,
    /// It has let the order go.
    Gone,
    /// It has the order, which may look anyhow there.
    Anyhow,
    /// It has the order, looking so.
    Shows(Looks),
}

/// How late an answer is reckoned to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lateness {
    /// As late as it can.
    Any,
    /// Not after a poll's answer that was made later and is known to be taken: for now, until it is settled.
    Likely,
}

impl Screen {
    /// The till takes a message.
    fn take(&mut self, told: &Told) {
        match self {
            Screen::Shows(shown) => shown.take(&told.looks, &told.flags),
            Screen::Anyhow if told.flags != Flags::All => {}
            Screen::Anyhow | Screen::Unknown | Screen::Gone => *self = Screen::Shows((*told.looks).clone()),
        }
    }
}

impl Seen {
    /// The till sent the order so; `painted` is the message that it had taken last when it did, and `lines` those that
    /// had brought or last repainted its lines. What is not known to have come before, it may have taken afterwards.
    pub fn sent(&mut self, looks: Looks, painted: Option<Painted>, lines: &LinesPainted) {
        // Its requests wait for each other's answers: one that came is in what it sent.
        self.since.retain(Told::is_poll);
        if let Some(Painted { delivery: last, .. }) = painted {
            let is_last = |told: &Told| matches!(told.by, ToldBy::Poll { number, .. } if number == last);
            match self.since.iter().position(is_last) {
                Some(at) => drop(self.since.drain(..=at)),
                None => self.sent_after_answer(last, lines),
            }
        }
        // A delivery that is not remembered may have come after what was sent.
        let long_ago = painted.is_some_and(|painted| painted.delivery < self.forgotten);
        self.screen = if long_ago { Screen::Anyhow } else { Screen::Shows(looks) };
        self.is_since_sent = !long_ago;
        self.until_gone = None;
    }

    /// What the till had taken last is an answer, with this number. It may have overtaken polls' answers.
    fn sent_after_answer(&mut self, last: u64, lines: &LinesPainted) {
        self.since.retain_mut(|told| match &mut told.by {
            ToldBy::Poll { state: DeliveryState::Taken { by, .. }, .. } if last > *by => false,
            ToldBy::Poll { number, order, .. } => {
                *order = if *number < last { Order::Unknown } else { Order::After };
                true
            }
            ToldBy::Answer { .. } => false,
        });
        // The lines bear witness, too.
        let is_on =
            |told: &Told, mark: &Option<Painted>| mark.is_some_and(|mark| mark.delivery == told.number());
        if let Some(at) = self.since.iter().rposition(|told| lines.values().any(|mark| is_on(told, mark))) {
            self.since.drain(..=at);
        }
        let is_lacking = |told: &Told| {
            lines.iter().filter(|(uid, _)| told.looks.has(uid)).any(|(uid, mark)| match mark {
                // An answer brought what this would have brought before it.
                Some(Painted { delivery, reach: Reach::BringsOnly, .. }) if *delivery > told.number() => true,
                mark => told.flags.has(uid) && mark.is_none_or(|mark| mark.delivery < told.number()),
            })
        };
        if let Some(at) = self.since.iter().position(is_lacking) {
            for told in &mut self.since[at..] {
                if let ToldBy::Poll { order, .. } = &mut told.by {
                    *order = Order::After;
                }
            }
        }
    }

    /// The order was in the list that the till's page loads with: nothing comes before that, and until it has come the
    /// page does nothing.
    pub fn loaded(&mut self, looks: &Looks) {
        self.since.clear();
        self.screen = Screen::Shows(looks.clone());
        self.is_since_sent = false;
    }

    /// The order was in the answer to the till's own request; the till then claims the revision that it `says`.
    pub fn answered(&mut self, looks: Arc<Looks>, flags: &Flags, painted: Painted, says: u64, now_ms: u64) {
        if let Some(at) = self.since.iter().position(|told| !told.is_poll()) {
            self.since.remove(at);
            self.screen = Screen::Anyhow;
        }
        let by = ToldBy::Answer { number: painted.delivery, settled: None };
        self.push(Told { looks, flags: flags.clone(), brings: painted.revision, says, told_ms: now_ms, by });
    }

    /// The answer that was this delivery has come by now, or is lost; `by` is the number of the last delivery to
    /// anyone.
    pub fn settle(&mut self, answer: u64, by: u64) {
        for told in &mut self.since {
            if let ToldBy::Answer { number, settled } = &mut told.by
                && *number == answer
            {
                *settled = Some(by);
            }
        }
    }

    /// The order was in a poll's answer, as the entry with this id.
    pub fn delivered(&mut self, looks: Arc<Looks>, flags: &Flags, entry: u64, painted: Painted, now_ms: u64) {
        self.told = self.told.max(painted.revision);
        let (state, order) = (DeliveryState::UnderWay, Order::After);
        let Painted { revision, delivery: number, .. } = painted;
        let by = ToldBy::Poll { entry, number, state, order };
        if let Some(last) = self.since.last_mut().filter(|last| Arc::ptr_eq(&last.looks, &looks))
            && last.is_under_way()
        {
            last.flags = std::mem::replace(&mut last.flags, Flags::none()).and(flags.clone());
            last.by = by;
            last.told_ms = now_ms;
            return;
        }
        self.push(Told {
            looks,
            flags: flags.clone(),
            brings: revision,
            says: revision,
            told_ms: now_ms,
            by,
        });
    }

    fn push(&mut self, told: Told) {
        if self.since.len() == TOLD_MAX {
            self.forget_oldest();
        }
        self.since.push(told);
    }

    fn forget_oldest(&mut self) {
        self.is_since_sent = false;
        let oldest = self.since.remove(0);
        match oldest.by {
            ToldBy::Poll { number, state: DeliveryState::Taken { .. }, order: Order::After, .. }
                if self.since.iter().all(Told::is_poll) =>
            {
                self.screen.take(&oldest);
                self.forgotten = number;
            }
            ToldBy::Poll { number, .. } => {
                self.screen = Screen::Anyhow;
                self.forgotten = number;
            }
            ToldBy::Answer { .. } => self.screen = Screen::Anyhow,
        }
    }

    /// The till has processed everything up to this entry, as is known now; `by` is the number of the last delivery
    /// to anyone.
    pub fn processed(&mut self, up_to: u64, by: u64, now_ms: u64) {
        for told in &mut self.since {
            if let ToldBy::Poll { entry, state, .. } = &mut told.by
                && *entry <= up_to
                && *state == DeliveryState::UnderWay
            {
                *state = DeliveryState::Taken { by, at_ms: now_ms };
            }
        }
    }

    /// What the till was told since it sent the order last, in the order of telling; none if that is not known.
    pub fn told_since_sent(&self) -> Option<&[Told]> {
        self.is_since_sent.then_some(self.until_gone.as_ref().unwrap_or(&self.since))
    }

    /// The till has the order no longer. What is on its way may bring it back there.
    pub fn let_go(&mut self) {
        self.screen = Screen::Gone;
        self.is_since_sent = false;
        self.since.retain(Told::is_under_way);
    }

    /// The till is told that the order is gone: whatever was on its way comes before that.
    pub fn told_gone(&mut self) {
        let since = std::mem::take(&mut self.since);
        self.until_gone.get_or_insert(since);
        self.screen = Screen::Gone;
    }

    /// Whether the till has been given the order at all.
    pub fn has_order(&self) -> bool {
        matches!(self.screen, Screen::Shows(_) | Screen::Anyhow) || !self.since.is_empty()
    }

    /// Whether nothing is known of what the till shows of the order.
    pub fn is_unknown(&self) -> bool {
        matches!(self.screen, Screen::Unknown) && self.since.is_empty()
    }

    /// Whether a message may be on its way.
    pub fn has_under_way(&self) -> bool {
        self.since.iter().any(Told::is_under_way)
    }

    /// Whether a message can have brought the order back to a screen that it had left at this revision: a later
    /// revision was told, or something is not known to have come before.
    pub fn may_be_back(&self, revision: u64) -> bool {
        self.told > revision || self.since.iter().any(Told::is_poll)
    }

    /// Looks at every screen that the till may show now or while what is on its way arrives, in every order in which
    /// it can come.
    fn each_screen(&self, lateness: Lateness, mut look: impl FnMut(&Screen, Moment)) {
        let polls: Vec<&Told> = self.since.iter().filter(|told| told.is_poll()).collect();
        let answer = self.since.iter().find(|told| !told.is_poll());
        let unknown = |told: &&&Told| matches!(told.by, ToldBy::Poll { order: Order::Unknown, .. });
        for before in 0..=polls.iter().take_while(unknown).count() {
            let came = &polls[before..];
            self.look_along(came, &mut look);
            for place in answer.iter().flat_map(|answer| 0..=latest_place(answer, came, lateness)) {
                let mut came = came.to_vec();
                came.splice(place..place, answer);
                self.look_along(&came, &mut look);
            }
        }
    }

    /// Looks at every screen while this arrives, from when all has arrived of which that is known.
    fn look_along(&self, came: &[&Told], look: &mut impl FnMut(&Screen, Moment)) {
        let taken = came.iter().rposition(|told| told.is_taken()).map_or(0, |at| at + 1);
        let mut screen = self.screen.clone();
        for (at, told) in came.iter().enumerate() {
            if at >= taken {
                look(&screen, Moment::Between);
            }
            screen.take(told);
        }
        look(&screen, Moment::End);
    }

    /// The lines that the till has to repaint to show the order as it is.
    pub fn flags(&self, now: &Looks) -> Flags {
        if self.since.is_empty() && !matches!(self.screen, Screen::Shows(_)) {
            return Flags::All;
        }
        let mut flags = Flags::none();
        self.each_screen(Lateness::Any, |screen, _| {
            let more = match screen {
                Screen::Shows(shown) => now.flags_over(shown),
                Screen::Anyhow => Flags::All,
                Screen::Unknown | Screen::Gone => return,
            };
            flags = std::mem::replace(&mut flags, Flags::none()).and(more);
        });
        flags
    }

    /// Whether the till shows the order as it is, once all that is on its way has arrived. `now` is none for an
    /// order that tills do not show.
    pub fn is_whole(&self, now: Option<&Looks>) -> bool {
        let mut whole = true;
        self.each_screen(Lateness::Likely, |screen, moment| {
            whole &= match (moment, screen, now) {
                (Moment::Between, ..) | (Moment::End, Screen::Unknown, _) => true,
                (Moment::End, Screen::Gone, now) => now.is_none(),
                (Moment::End, Screen::Shows(shown), Some(now)) => shown == now,
                (Moment::End, Screen::Shows(_), None) | (Moment::End, Screen::Anyhow, _) => false,
            };
        });
        whole
    }
}

/// Before which of the polls' answers an answer comes at the latest.
fn latest_place(answer: &Told, polls: &[&Told], lateness: Lateness) -> usize {
    let later = |poll: &&Told| match answer.by {
        ToldBy::Answer { settled: Some(by), .. } => poll.number() > by,
        ToldBy::Answer { number, settled: None } => {
            lateness == Lateness::Likely && poll.number() > number && poll.is_taken()
        }
        ToldBy::Poll { .. } => false,
    };
    polls.iter().position(later).unwrap_or(polls.len())
}

/// When a screen is looked at.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Moment {
    /// Something is still to arrive.
    Between,
    /// All has arrived, or is lost.
    End,
}

#[cfg(test)]
mod tests;
