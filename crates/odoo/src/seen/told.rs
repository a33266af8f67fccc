//! What a till was told of an order, and what is known of its arrival.

use std::sync::Arc;

use crate::looks::{Flags, Looks};

/// A delivery of an order to one till.
#[derive(Debug, Clone)]
pub struct Told {
    pub(super) looks: Arc<Looks>,
    /// The lines that it repaints.
    pub flags: Flags,
    /// The order's revision that it brings.
    pub brings: u64,
    /// The revision that the till claims once it has taken it.
    pub says: u64,
    /// When it was made, in milliseconds since 1970.
    pub told_ms: u64,
    pub(super) by: ToldBy,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum ToldBy {
    /// A poll's answer. Those come one after the other.
    Poll {
        /// The message's id on the channel.
        entry: u64,
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

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum DeliveryState {
    /// The till may not have taken it yet.
    UnderWay,
    /// It has. Known since before the delivery with a larger number than this was made.
    Taken {
        /// The number of the last delivery to anyone then.
        by: u64,
        /// When that became known, in milliseconds since 1970.
        at_ms: u64,
    },
}

/// Whether the till took a delivery before it sent what it sent last.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// That is not known. Of those of which it is not, it was the earlier ones.
    Unknown,
    /// Afterwards.
    After,
}

impl Told {
    /// Whether it is a poll's answer; otherwise it is the answer to the till's own request.
    pub fn is_poll(&self) -> bool {
        matches!(self.by, ToldBy::Poll { .. })
    }

    /// Whether the till may have taken it before it sent the order last.
    pub fn is_perhaps_before(&self) -> bool {
        matches!(self.by, ToldBy::Poll { order: Order::Unknown, .. })
    }

    pub(super) fn is_under_way(&self) -> bool {
        matches!(self.by, ToldBy::Poll { state: DeliveryState::UnderWay, .. })
    }

    /// Deliveries are counted as they are made, over all tills.
    pub fn number(&self) -> u64 {
        match self.by {
            ToldBy::Poll { number, .. } | ToldBy::Answer { number, .. } => number,
        }
    }

    /// Whether the till had taken it when the delivery with this number was made.
    pub fn was_taken_at(&self, delivery: u64) -> bool {
        match self.by {
            ToldBy::Poll { state: DeliveryState::Taken { by, .. }, .. } => delivery > by,
            ToldBy::Poll { state: DeliveryState::UnderWay, .. } | ToldBy::Answer { .. } => false,
        }
    }

    pub(super) fn is_taken(&self) -> bool {
        self.taken_ms().is_some()
    }

    /// Since when a poll's answer is known to be taken, in milliseconds since 1970; none if it may be on its way.
    pub fn taken_ms(&self) -> Option<u64> {
        match self.by {
            ToldBy::Poll { state: DeliveryState::Taken { at_ms, .. }, .. } => Some(at_ms),
            ToldBy::Poll { state: DeliveryState::UnderWay, .. } | ToldBy::Answer { .. } => None,
        }
    }
}
