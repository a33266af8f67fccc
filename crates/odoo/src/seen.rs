//! What a till may show of an order, and so what it has to repaint.
//!
//! Nothing that a till means hangs on this (that is [`crate::before`]'s): it only decides what is told. A till is
//! whole when all that it may show is the order as it is; whoever is not is told.

use std::sync::Arc;

use crate::encode::{Flags, Looks, differing};
use crate::painted::Painted;

/// Messages about one order that are remembered for one till. Of more, the oldest counts as taken.
const DELIVERIES_MAX: usize = 8;

/// What one till may show of one order.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    screen: Screen,
    /// Messages in polls' answers, oldest first: on their way, or taken by the till after it sent what it sent last.
    deliveries: Vec<Delivery>,
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
    state: DeliveryState,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum DeliveryState {
    /// The till may not have taken it yet.
    UnderWay,
    /// It has, but perhaps after it sent something that has not arrived here yet. Known since before the delivery
    /// with a larger number than this was made.
    Taken {
        /// The number of the last delivery to anyone then.
        by: u64,
    },
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
    /// The till sent the order so; `painted` is the message that it had taken last when it did. What is not known
    /// to have come before that one, it takes or has taken afterwards.
    pub fn sent(&mut self, looks: Looks, painted: Option<Painted>) {
        if let Some(Painted { delivery: last, .. }) = painted {
            // Polls' answers come one after the other, but an answer to a request may overtake them.
            match self.deliveries.iter().position(|delivery| delivery.number == last) {
                Some(at) => drop(self.deliveries.drain(..=at)),
                None => self.deliveries.retain(|delivery| match delivery.state {
                    DeliveryState::UnderWay => true,
                    DeliveryState::Taken { by } => last <= by,
                }),
            }
        }
        self.screen = Screen::Lines(looks);
        for delivery in self.deliveries.iter().filter(|delivery| delivery.state != DeliveryState::UnderWay) {
            self.screen.take(&delivery.looks, &delivery.flags);
        }
    }

    /// The order was in the answer to the till's own request.
    pub fn answered(&mut self, looks: &Looks, flags: &Flags) {
        self.screen.take(looks, flags);
    }

    /// The order was in a poll's answer, as the entry with this id.
    pub fn delivered(&mut self, looks: Arc<Looks>, flags: &Flags, entry: u64, painted: Painted) {
        self.told = self.told.max(painted.revision);
        if let Some(last) = self.deliveries.last_mut().filter(|last| Arc::ptr_eq(&last.looks, &looks))
            && last.state == DeliveryState::UnderWay
        {
            last.flags = std::mem::replace(&mut last.flags, Flags::none()).and(flags.clone());
            (last.entry, last.number) = (entry, painted.delivery);
            return;
        }
        if self.deliveries.len() == DELIVERIES_MAX {
            // Whatever comes now comes after it.
            let oldest = self.deliveries.remove(0);
            if oldest.state == DeliveryState::UnderWay {
                self.screen.take(&oldest.looks, &oldest.flags);
            }
        }
        let (number, flags, state) = (painted.delivery, flags.clone(), DeliveryState::UnderWay);
        self.deliveries.push(Delivery { entry, number, looks, flags, state });
    }

    /// The till has processed everything up to this entry; `by` is the number of the last delivery to anyone.
    pub fn processed(&mut self, entry: u64, by: u64) {
        let arrived =
            |delivery: &&mut Delivery| delivery.entry <= entry && delivery.state == DeliveryState::UnderWay;
        for delivery in self.deliveries.iter_mut().filter(arrived) {
            delivery.state = DeliveryState::Taken { by };
            self.screen.take(&delivery.looks, &delivery.flags);
        }
    }

    /// The till has the order no longer. What is on its way may bring it back there.
    pub fn let_go(&mut self) {
        self.screen = Screen::Gone;
    }

    /// The till is told that the order is gone: whatever was on its way comes before that.
    pub fn told_gone(&mut self) {
        self.deliveries.clear();
        self.screen = Screen::Gone;
    }

    /// Whether the till has been given the order at all.
    pub fn has_order(&self) -> bool {
        matches!(self.screen, Screen::Lines(_)) || self.has_under_way()
    }

    fn under_way(&self) -> impl Iterator<Item = &Delivery> {
        self.deliveries.iter().filter(|delivery| delivery.state == DeliveryState::UnderWay)
    }

    /// Whether a message may be on its way.
    pub fn has_under_way(&self) -> bool {
        self.under_way().next().is_some()
    }

    /// Whether the till was told of a later revision than this one.
    pub fn was_told_after(&self, revision: u64) -> bool {
        self.told > revision
    }

    /// The lines that the till has to repaint to show the order as it is.
    pub fn flags(&self, now: &Looks) -> Flags {
        let mut screen = self.screen.clone();
        let mut flags = match (&screen, !self.has_under_way()) {
            (Screen::Lines(shown), _) => differing(now, shown),
            (Screen::Unknown | Screen::Gone, true) => return Flags::All,
            (Screen::Unknown | Screen::Gone, false) => Flags::none(),
        };
        for delivery in self.under_way() {
            screen.take(&delivery.looks, &delivery.flags);
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
        self.under_way().for_each(|delivery| screen.take(&delivery.looks, &delivery.flags));
        match (&screen, now) {
            (Screen::Unknown, _) => true,
            (Screen::Gone, now) => now.is_none(),
            (Screen::Lines(shown), Some(now)) => shown == now,
            (Screen::Lines(_), None) => false,
        }
    }
}

#[cfg(test)]
mod tests {
    use tillsync_core::id::LineUid;

    use super::*;
    use crate::painted::Reach;

    fn looks(of: &[(&str, u64)]) -> Looks {
        of.iter().map(|(uid, look)| (LineUid::new(*uid), *look)).collect()
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

    #[test]
    fn much_on_its_way_has_a_bound_and_ends_right() {
        let mut seen = told_to_repaint();
        for at in 2..20 {
            let now = looks(&[("a", at), ("b", 7)]);
            let flags = seen.flags(&now);
            seen.delivered(Arc::new(now), &flags, at, mark(4 + at));
            assert!(seen.deliveries.len() <= DELIVERIES_MAX);
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
