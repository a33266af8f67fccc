//! What is known of the tills' screens.

use tillsync_core::author::Mark;
use tillsync_core::id::{LineUid, OrderUid, Till};
use tillsync_core::json::Fields;

use super::Desk;
use super::compose::DESTROYING_MS;
use crate::edits::Repaint;
use crate::interpret::Sight;
use crate::seen::Seen;

/// An order that was registered later than this after a list was given cannot be destroyed by that list.
const LIST_UNDER_WAY_MS: u64 = 3_000;

/// [`Sight`] on a desk at a moment.
pub struct DeskSight<'a> {
    pub(super) desk: &'a Desk,
    pub(super) now_ms: u64,
}

impl DeskSight<'_> {
    fn seen(&self, till: &Till, order: &OrderUid) -> Option<&Seen> {
        self.desk.seen.get(order)?.get(till)
    }
}

impl Sight for DeskSight<'_> {
    fn repaint(&self, till: &Till, order: &OrderUid, claim: u64) -> Repaint {
        self.seen(till, order).map_or(Repaint::Possible, |seen| seen.repaint(claim))
    }

    fn told_after(&self, till: &Till, order: &OrderUid, revision: u64) -> bool {
        self.seen(till, order).is_none_or(|seen| seen.was_told_after(revision))
    }

    fn created_line(&self, till: &Till, order: &OrderUid, k: i64) -> Option<(LineUid, i64)> {
        self.seen(till, order)?.created_lines.get(&k).cloned()
    }

    fn taken(&self, till: &Till, order: &OrderUid) -> Option<Fields> {
        self.seen(till, order).map(|seen| seen.taken.clone())
    }

    fn lacked(&self, till: &Till, order: &OrderUid) -> bool {
        let registered = self.desk.registered.iter().find(|(uid, _)| uid == order).map(|(_, at_ms)| *at_ms);
        self.desk.lists.iter().any(|list| {
            list.till == *till
                && list.at_ms + DESTROYING_MS > self.now_ms
                && !list.orders.contains(order)
                && registered.is_none_or(|registered| registered < list.at_ms + LIST_UNDER_WAY_MS)
        })
    }

    fn person(&self, pos_id: i64) -> Option<Mark> {
        self.desk.channels.get(&pos_id)?.person.clone()
    }
}
