//! What a till may show of an order: the volatile half of the shadow.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use tillsync_core::id::LineUid;
use tillsync_core::json::Fields;
use tillsync_core::order::Order;

use crate::edits::Repaint;
use crate::encode::{Flags, Looks, differing, line_ids};

/// Looks that are remembered for one till and order. Beyond it the till counts as unknown.
const LOOKS_MAX: usize = 6;

/// After this long an answer that was sent has been processed or given up: the client's own limit for an
/// answer is 30 s, but one that is not lost takes a moment.
const ANSWER_PENDING_MS: u64 = 2_000;

/// How much later than a poll's answer a request can arrive that was sent before the till had that answer.
const OVERTAKING_MS: u64 = 2_000;

/// The same for a poll's answer of the revision that the request claims, which most tills had before.
const OVERTAKING_AT_CLAIM_MS: u64 = 100;

/// How an order came to look as it may on a till.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Via {
    /// The till sent it so.
    Sent,
    /// It was in the answer to the till's own request.
    Answer { at_ms: u64 },
    /// It was in a poll's answer, as the entry with this id, and perhaps not processed yet.
    Poll { entry: u64 },
    /// It was in a poll's answer that has been processed, by this time at the latest.
    Processed { by_ms: u64 },
}

#[derive(Debug, Clone)]
struct Shown {
    looks: Arc<Looks>,
    /// The lines that it painted or brought; none: all. What it did not paint, the till shows as it sent it.
    painted: Option<BTreeSet<LineUid>>,
    revision: u64,
    via: Via,
}

/// What one till may show of one order.
#[derive(Debug, Clone, Default)]
pub struct Seen {
    shown: Vec<Shown>,
    /// Too much is under way to tell.
    lost_track: bool,
    /// The lines of the message from which the till created the order, by the number that they had in it:
    /// uid and product.
    pub created_lines: BTreeMap<i64, (LineUid, i64)>,
    /// Values that the till took from messages.
    pub taken: Fields,
}

impl Seen {
    /// The till sent the order so, at the revision that it claimed. What was delivered and may have been
    /// processed since it sent that stays possible; whether anything has.
    pub fn sent(&mut self, looks: Arc<Looks>, claim: u64, revision: u64, now_ms: u64) -> bool {
        self.shown.retain(|shown| match shown.via {
            Via::Poll { .. } => true,
            Via::Processed { by_ms } if shown.revision == claim => by_ms + OVERTAKING_AT_CLAIM_MS > now_ms,
            Via::Processed { by_ms } => by_ms + OVERTAKING_MS > now_ms,
            Via::Answer { .. } => shown.revision != claim && shown.is_pending_answer(now_ms),
            Via::Sent => false,
        });
        let open = !self.shown.is_empty();
        self.push(Shown { looks, painted: None, revision, via: Via::Sent });
        open
    }

    /// The order was in an answer to the till's own request.
    pub fn answered(&mut self, looks: Arc<Looks>, order: &Order, now_ms: u64) {
        self.note_taken(order);
        self.push(Shown {
            looks,
            painted: None,
            revision: order.revision,
            via: Via::Answer { at_ms: now_ms },
        });
    }

    /// The order was in an answer that repaints no line which the till has: those look as the till sent them.
    pub fn answered_unpainted(&mut self, looks: &Looks, order: &Order, revision: u64, now_ms: u64) {
        self.note_taken(order);
        let sent =
            self.shown.iter().rev().find(|shown| shown.via == Via::Sent).map(|shown| shown.looks.clone());
        let sent = sent.unwrap_or_default();
        let look = |(uid, look): (&LineUid, &u64)| (uid.clone(), *sent.get(uid).unwrap_or(look));
        let looks = Arc::new(looks.iter().map(look).collect());
        self.push(Shown { looks, painted: None, revision, via: Via::Answer { at_ms: now_ms } });
    }

    /// The order was in a message to the till; `new` says whether the till creates it from that.
    pub fn delivered(&mut self, looks: Arc<Looks>, order: &Order, flags: &Flags, entry: u64) {
        if self.shown.is_empty() && !self.lost_track {
            self.note_creation(order);
        }
        self.note_taken(order);
        if let Some(last) = self.shown.last_mut().filter(|last| matches!(last.via, Via::Poll { .. }))
            && Arc::ptr_eq(&last.looks, &looks)
        {
            last.via = Via::Poll { entry };
            if let Some(painted) = &mut last.painted {
                painted.extend(looks.keys().filter(|uid| flags.has(uid)).cloned());
            }
            return;
        }
        let known = |uid: &LineUid| self.shown.iter().all(|shown| shown.looks.contains_key(uid));
        let painted = |uid: &&LineUid| flags.has(uid) || !known(uid);
        let painted = Some(looks.keys().filter(painted).cloned().collect());
        self.push(Shown { looks, painted, revision: order.revision, via: Via::Poll { entry } });
    }

    /// The till creates the order from this message.
    pub fn note_creation(&mut self, order: &Order) {
        let ids = line_ids(order);
        let number = |line: &tillsync_core::order::Line| {
            Some((*ids.get(&line.uid)?, (line.uid.clone(), line.fields.get("product_id")?.as_i64()?)))
        };
        self.created_lines = order.lines.iter().filter_map(number).collect();
        let value = |field: &str| order.fields.get(field).map(|value| (field.to_owned(), value.clone()));
        self.taken = ["pricelist_id", "fiscal_position_id"].into_iter().filter_map(value).collect();
    }

    /// The till has the order no longer. What it named its lines stays known: an update may still be on its way.
    pub fn left(&mut self) {
        self.shown.clear();
        self.lost_track = false;
    }

    fn note_taken(&mut self, order: &Order) {
        let position = order.fields.get("fiscal_position_id").filter(|value| value.is_i64());
        if let Some(position) = position {
            self.taken.insert("fiscal_position_id".into(), position.clone());
        }
    }

    /// The till has processed everything up to this entry.
    pub fn processed(&mut self, entry: u64, now_ms: u64) {
        let mut latest = None;
        for (at, shown) in self.shown.iter_mut().enumerate() {
            if matches!(shown.via, Via::Poll { entry: of } if of <= entry) {
                shown.via = Via::Processed { by_ms: now_ms };
                latest = Some(at);
            }
        }
        let Some(latest) = latest else { return };
        let mut at = 0;
        self.shown.retain(|shown| {
            let keep = at >= latest || shown.is_pending_answer(now_ms);
            at += 1;
            keep
        });
        self.lost_track = false;
    }

    /// Whether a message or an answer may still be on its way, so that the order of arrival is open.
    pub fn has_open_delivery(&self, now_ms: u64) -> bool {
        self.shown
            .iter()
            .any(|shown| matches!(shown.via, Via::Poll { .. }) || shown.is_pending_answer(now_ms))
    }

    /// Whether a poll's answer may still be on its way.
    pub fn has_open_poll(&self) -> bool {
        self.shown.iter().any(|shown| matches!(shown.via, Via::Poll { .. }))
    }

    /// Whether an answer may still be on its way.
    pub fn has_open_answer(&self, now_ms: u64) -> bool {
        self.shown.iter().any(|shown| shown.is_pending_answer(now_ms))
    }

    /// Whether the till may have been repainted at the revision that it claims.
    pub fn repaint(&self, claim: u64) -> Repaint {
        let delivered = |shown: &Shown| shown.revision == claim && shown.via != Via::Sent;
        match self.lost_track || self.shown.iter().any(delivered) {
            true => Repaint::Possible,
            false => Repaint::Impossible,
        }
    }

    /// Whether the till was told of a later revision than the one that it claimed as it let the order go.
    pub fn was_told_after(&self, claim: u64) -> bool {
        self.lost_track || self.shown.iter().any(|shown| shown.revision > claim && shown.via != Via::Sent)
    }

    /// Whether the till has been given the order at all.
    pub fn has_order(&self) -> bool {
        self.lost_track || !self.shown.is_empty()
    }

    /// The lines that the till has to repaint to show the order as it is.
    pub fn flags(&self, now: &Looks) -> Flags {
        if self.lost_track || self.shown.is_empty() {
            return Flags::All;
        }
        let sent_since = self.shown.iter().any(|shown| shown.via == Via::Sent);
        let differs = |shown: &Shown| match (differing(now, std::iter::once(&*shown.looks)), &shown.painted) {
            (Flags::Lines(lines), Some(painted)) if sent_since => {
                Flags::Lines(lines.into_iter().filter(|uid| painted.contains(uid)).collect())
            }
            (flags, _) => flags,
        };
        self.shown.iter().map(differs).fold(Flags::none(), Flags::and)
    }

    fn push(&mut self, shown: Shown) {
        self.shown.push(shown);
        if self.shown.len() > LOOKS_MAX {
            self.shown.remove(0);
            self.lost_track = true;
        }
    }
}

impl Shown {
    fn is_pending_answer(&self, now_ms: u64) -> bool {
        matches!(self.via, Via::Answer { at_ms } if at_ms + ANSWER_PENDING_MS > now_ms)
    }
}
