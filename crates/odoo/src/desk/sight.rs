//! What is known of the tills' screens.

use tillsync_core::author::Mark;
use tillsync_core::id::{OrderUid, Till};

use super::Desk;
use super::lists::DESTROYING_MS;
use crate::interpret::Sight;
use crate::seen::{Seen, Told};

/// [`Sight`] on a desk at a moment.
pub struct DeskSight<'a> {
    pub(super) desk: &'a Desk,
    pub(super) now_ms: u64,
}

impl Sight for DeskSight<'_> {
    fn lacked(&self, pos: i64, till: &Till, order: &OrderUid) -> bool {
        let registered = self.desk.registered.iter().find(|(uid, _)| uid == order).map(|(_, at_ms)| *at_ms);
        // What the desk before this one gave is not known. What it registered, a list of its may have lacked.
        let perhaps_before = registered.is_none() && self.desk.opened_ms + DESTROYING_MS > self.now_ms;
        perhaps_before
            || self.desk.lists.iter().any(|list| {
                list.pos == pos
                    && list.till.as_ref().is_none_or(|asked| asked == till)
                    && list.destroys_until_ms(self.now_ms) > self.now_ms
                    && !list.orders.contains(order)
                    && registered.is_none_or(|registered| registered <= list.taken_until_ms(self.now_ms))
            })
    }

    fn told_since_sent(&self, till: &Till, order: &OrderUid) -> Option<&[Told]> {
        self.desk.seen.get(order).and_then(|tills| tills.get(till)).and_then(Seen::told_since_sent)
    }

    fn person(&self, pos_id: i64) -> Option<Mark> {
        self.desk.channels.get(&pos_id)?.person.clone()
    }
}
