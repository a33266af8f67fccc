//! What a till is answered.

use serde::{Deserialize, Serialize};
use tillsync_core::id::OrderUid;

/// What a till is answered, in a form that can be stored: put together at the moment of answering.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "plan", rename_all = "snake_case")]
pub enum Plan {
    /// The update stands as it was sent.
    Revision {
        /// The order.
        order: OrderUid,
        /// Its revision.
        revision: u64,
        /// Its number.
        number: u32,
        /// Its run.
        run: u32,
    },
    /// The update was merged with others': the till gets the order as it stands.
    ///
    /// The answer brings lines and takes lines, but repaints none: what was typed since the update was sent would
    /// be painted over before it was sent itself. The repainting follows on the channel, under a revision of its
    /// own where others changed something, so that a payment tells by its revision which of the two its payer saw.
    Merged {
        /// The order.
        order: OrderUid,
        /// The revision to tell.
        revision: u64,
    },
    /// The update was taken long ago: the till gets the order as it stands now, repainted.
    AsItStands {
        /// The order.
        order: OrderUid,
    },
    /// The order is closed: the till destroys it.
    Gone {
        /// The order.
        order: OrderUid,
    },
    /// The answer to a removal: the last number given in the till's run.
    LastNumber {
        /// The run.
        run: u32,
    },
    /// The answer to a `sync_all`.
    Listed {
        /// Where and of what.
        sync: Sync,
    },
    /// The message was passed on.
    PassedOn,
}

/// A `sync_all` to be answered.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Sync {
    /// Only this order.
    pub order: Option<OrderUid>,
    /// In the answer itself, because the page is loading.
    pub immediate: bool,
    /// The POS had never been seen: its tills must keep what they have open from before.
    pub first_ever: bool,
}
