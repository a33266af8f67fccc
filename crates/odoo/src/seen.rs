//! What a till may show of an order, and so what it has to repaint.
//!
//! Nothing that a till means hangs on this (that is [`crate::before`]'s): it only decides what is told. A till is
//! whole when all that it may show is the order as it is; whoever is not is told.

use std::sync::Arc;

use crate::looks::{Flags, Looks};
use crate::painted::Painted;

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

#[derive(Debug, Clone)]
struct Told {
    looks: Arc<Looks>,
    flags: Flags,
    by: ToldBy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum ToldBy {
    /// A poll's answer. Those come one after the other.
    Poll {
        /// The message's id on the channel.
        entry: u64,
        revision: u64,
        number: u64,
        state: DeliveryState,
        order: Order,
    },
    /// The answer to a request: it may overtake polls' answers, be overtaken by them, or be lost.
    Answer {
        number: u64,
        /// The number of the last delivery to anyone when it could not arrive any more.
        settled: Option<u64>,
    },
}

/// How late an answer is reckoned to come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Lateness {
    /// As late as it can.
    Any,
    /// Not after a poll's answer that was made later and is known to be taken: for now, until it is settled.
    Likely,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DeliveryState {
    /// The till may not have taken it yet.
    UnderWay,
    /// It has. Known since before the delivery with a larger number than this was made.
    Taken {
        /// The number of the last delivery to anyone then.
        by: u64,
    },
}

/// Whether the till took a delivery before it sent what it sent last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Order {
    /// That is not known. Of those of which it is not, it was the earlier ones.
    Unknown,
    /// Afterwards.
    After,
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

impl Told {
    fn is_poll(&self) -> bool {
        matches!(self.by, ToldBy::Poll { .. })
    }

    fn is_under_way(&self) -> bool {
        matches!(self.by, ToldBy::Poll { state: DeliveryState::UnderWay, .. })
    }

    fn number(&self) -> u64 {
        match self.by {
            ToldBy::Poll { number, .. } | ToldBy::Answer { number, .. } => number,
        }
    }

    fn is_taken(&self) -> bool {
        matches!(self.by, ToldBy::Poll { state: DeliveryState::Taken { .. }, .. })
    }
}

impl Seen {
    /// The till sent the order so; `painted` is the message that it had taken last when it did. What is not known
    /// to have come before that one, it may have taken afterwards.
    pub fn sent(&mut self, looks: Looks, painted: Option<Painted>) {
        // Its requests wait for each other's answers: one that came is in what it sent.
        self.since.retain(Told::is_poll);
        if let Some(Painted { delivery: last, .. }) = painted {
            let is_last = |told: &Told| matches!(told.by, ToldBy::Poll { number, .. } if number == last);
            match self.since.iter().position(is_last) {
                Some(at) => drop(self.since.drain(..=at)),
                // The mark is an answer's, which may have overtaken polls' answers.
                None => self.since.retain_mut(|told| match &mut told.by {
                    ToldBy::Poll { state: DeliveryState::Taken { by }, .. } if last > *by => false,
                    ToldBy::Poll { number, order, .. } => {
                        *order = if *number < last { Order::Unknown } else { Order::After };
                        true
                    }
                    ToldBy::Answer { .. } => false,
                }),
            }
        }
        // A delivery that is not remembered may have come after what was sent.
        let long_ago = painted.is_some_and(|painted| painted.delivery < self.forgotten);
        self.screen = if long_ago { Screen::Anyhow } else { Screen::Shows(looks) };
    }

    /// The order was in the list that the till's page loads with: nothing comes before that, and until it has come the
    /// page does nothing.
    pub fn loaded(&mut self, looks: &Looks) {
        self.since.clear();
        self.screen = Screen::Shows(looks.clone());
    }

    /// The order was in the answer to the till's own request.
    pub fn answered(&mut self, looks: Arc<Looks>, flags: &Flags, painted: Painted) {
        if let Some(at) = self.since.iter().position(|told| !told.is_poll()) {
            self.since.remove(at);
            self.screen = Screen::Anyhow;
        }
        let by = ToldBy::Answer { number: painted.delivery, settled: None };
        self.push(Told { looks, flags: flags.clone(), by });
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
    pub fn delivered(&mut self, looks: Arc<Looks>, flags: &Flags, entry: u64, painted: Painted) {
        self.told = self.told.max(painted.revision);
        let (state, order) = (DeliveryState::UnderWay, Order::After);
        let Painted { revision, delivery: number, .. } = painted;
        let by = ToldBy::Poll { entry, revision, number, state, order };
        if let Some(last) = self.since.last_mut().filter(|last| Arc::ptr_eq(&last.looks, &looks))
            && last.is_under_way()
        {
            last.flags = std::mem::replace(&mut last.flags, Flags::none()).and(flags.clone());
            last.by = by;
            return;
        }
        self.push(Told { looks, flags: flags.clone(), by });
    }

    fn push(&mut self, told: Told) {
        if self.since.len() == TOLD_MAX {
            self.forget_oldest();
        }
        self.since.push(told);
    }

    fn forget_oldest(&mut self) {
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

    /// The till has processed everything up to this entry; `by` is the number of the last delivery to anyone.
    pub fn processed(&mut self, up_to: u64, by: u64) {
        for told in &mut self.since {
            if let ToldBy::Poll { entry, state, .. } = &mut told.by
                && *entry <= up_to
                && *state == DeliveryState::UnderWay
            {
                *state = DeliveryState::Taken { by };
            }
        }
    }

    /// What the till has taken by its polls since it sent what it sent last, as far as that is known: each message's
    /// revision and what it repainted, oldest first.
    pub fn taken_since_sent(&self) -> Vec<(u64, Flags)> {
        let taken = |told: &Told| match told.by {
            ToldBy::Poll { revision, state: DeliveryState::Taken { .. }, order: Order::After, .. } => {
                Some((revision, told.flags.clone()))
            }
            ToldBy::Poll { .. } | ToldBy::Answer { .. } => None,
        };
        self.since.iter().filter_map(taken).collect()
    }

    /// The till has the order no longer. What is on its way may bring it back there.
    pub fn let_go(&mut self) {
        self.screen = Screen::Gone;
        self.since.retain(Told::is_under_way);
    }

    /// The till is told that the order is gone: whatever was on its way comes before that.
    pub fn told_gone(&mut self) {
        self.since.clear();
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
mod tests {
    use tillsync_core::id::LineUid;

    use super::*;
    use crate::painted::Reach;

    fn looks(of: &[(&str, u64)]) -> Looks {
        Looks::made(1, of)
    }

    fn mark(delivery: u64) -> Painted {
        Painted { revision: 1, delivery, reach: Reach::Repaints }
    }

    /// A till that showed line `a` as 1 and was told, as delivery 5 in entry 1, to repaint it as 2.
    fn told_to_repaint() -> Seen {
        let mut seen = Seen::default();
        seen.sent(looks(&[("a", 1)]), None);
        let flags = seen.flags(&looks(&[("a", 2)]));
        assert_eq!(flags, Flags::Lines([LineUid::new("a")].into()));
        seen.delivered(Arc::new(looks(&[("a", 2)])), &flags, 1, mark(5));
        seen
    }

    #[test]
    fn what_is_on_its_way_counts_before_and_after_it_arrives() {
        let mut seen = told_to_repaint();
        assert!(seen.is_whole(Some(&looks(&[("a", 2)]))));
        assert!(!seen.flags(&looks(&[("a", 2)])).has(&LineUid::new("b")));
        assert!(seen.flags(&looks(&[("a", 2)])).has(&LineUid::new("a")), "it may still show the old look");
        seen.processed(1, 5);
        assert_eq!(seen.flags(&looks(&[("a", 2)])), Flags::none());
    }

    #[test]
    fn what_a_till_sent_before_it_took_a_message_is_overtaken_by_it() {
        // Marked before the message: it takes, or has taken, that afterwards, and no longer shows what it sent.
        for painted in [None, Some(mark(4))] {
            let mut seen = told_to_repaint();
            seen.processed(1, 5);
            seen.sent(looks(&[("a", 3)]), painted);
            assert!(!seen.is_whole(Some(&looks(&[("a", 3)]))), "{painted:?}");
        }
        // Marked with the message, or with an answer that was made once it was known to be taken.
        for painted in [mark(5), mark(6)] {
            let mut seen = told_to_repaint();
            seen.processed(1, 5);
            seen.sent(looks(&[("a", 3)]), Some(painted));
            assert!(seen.is_whole(Some(&looks(&[("a", 3)]))), "{painted:?}");
        }
    }

    #[test]
    fn an_answer_that_overtook_a_message_is_no_proof_of_it() {
        let mut seen = told_to_repaint();
        seen.sent(looks(&[("a", 3)]), Some(mark(6)));
        assert!(!seen.is_whole(Some(&looks(&[("a", 3)]))));
        seen.processed(1, 7);
        assert!(seen.flags(&looks(&[("a", 3)])).has(&LineUid::new("a")));
    }

    /// A till that was answered with line `a` as 1, as delivery 5, and told to repaint it as 2, as delivery 6.
    fn answered_and_told() -> Seen {
        let mut seen = Seen::default();
        seen.answered(Arc::new(looks(&[("a", 1)])), &Flags::All, mark(5));
        seen.delivered(Arc::new(looks(&[("a", 2)])), &Flags::All, 1, mark(6));
        seen
    }

    #[test]
    fn an_answer_is_taken_for_arrived_once_a_later_message_is_until_it_is_settled() {
        let now = looks(&[("a", 2)]);
        let mut seen = answered_and_told();
        assert!(!seen.is_whole(Some(&now)), "the answer may come last");
        seen.processed(1, 6);
        assert!(seen.is_whole(Some(&now)));
        assert!(seen.flags(&now).has(&LineUid::new("a")), "it may come last still");
        // It came at some time before delivery 7, perhaps after 6.
        seen.settle(5, 6);
        assert!(!seen.is_whole(Some(&now)));
        seen.delivered(Arc::new(now.clone()), &seen.flags(&now), 2, mark(7));
        seen.processed(2, 7);
        assert!(seen.is_whole(Some(&now)));
        assert_eq!(seen.flags(&now), Flags::none());
    }

    #[test]
    fn the_list_that_a_page_loads_with_comes_before_everything() {
        let mut seen = answered_and_told();
        seen.loaded(&looks(&[("a", 3)]));
        assert!(seen.is_whole(Some(&looks(&[("a", 3)]))));
        assert_eq!(seen.flags(&looks(&[("a", 3), ("b", 1)])), Flags::Lines([LineUid::new("b")].into()));
    }

    #[test]
    fn what_differs_in_the_order_itself_needs_no_flag_but_a_message() {
        let mut seen = Seen::default();
        seen.loaded(&Looks::made(1, &[("a", 1)]));
        let now = Looks::made(2, &[("a", 1)]);
        assert!(!seen.is_whole(Some(&now)));
        assert_eq!(seen.flags(&now), Flags::none());
        seen.delivered(Arc::new(now.clone()), &Flags::none(), 1, mark(5));
        assert!(seen.is_whole(Some(&now)));
    }

    #[test]
    fn much_on_its_way_has_a_bound_and_ends_right() {
        let mut seen = told_to_repaint();
        for at in 2..20 {
            let now = looks(&[("a", at), ("b", 7)]);
            let flags = seen.flags(&now);
            seen.delivered(Arc::new(now), &flags, at, mark(4 + at));
            assert!(seen.since.len() <= TOLD_MAX);
        }
        assert!(seen.is_whole(Some(&looks(&[("a", 19), ("b", 7)]))));
        seen.processed(19, 30);
        assert_eq!(seen.flags(&looks(&[("a", 19), ("b", 7)])), Flags::none());
    }

    #[test]
    fn an_order_that_was_let_go_comes_back_by_what_was_on_its_way() {
        let mut seen = told_to_repaint();
        seen.let_go();
        assert!(!seen.is_whole(None));
        seen.told_gone();
        assert!(seen.is_whole(None));
    }
}
