//! What is known of the tills' screens.

use tillsync_core::author::Mark;
use tillsync_core::id::{OrderUid, Till};

use super::Desk;
use super::compose::DESTROYING_MS;
use crate::interpret::Sight;
use crate::looks::Flags;
use crate::seen::Seen;

/// An order that was registered later than this after a list was given cannot be destroyed by that list.
const LIST_UNDER_WAY_MS: u64 = 3_000;

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
                    && list.at_ms + DESTROYING_MS > self.now_ms
                    && !list.orders.contains(order)
                    && registered.is_none_or(|registered| registered < list.at_ms + LIST_UNDER_WAY_MS)
            })
    }

    fn taken_since_sent(&self, till: &Till, order: &OrderUid) -> Vec<(u64, Flags)> {
        let seen = self.desk.seen.get(order).and_then(|tills| tills.get(till));
        seen.map(Seen::taken_since_sent).unwrap_or_default()
    }

    fn person(&self, pos_id: i64) -> Option<Mark> {
        self.desk.channels.get(&pos_id)?.person.clone()
    }
}
