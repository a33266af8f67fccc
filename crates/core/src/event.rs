//! What has happened: the entries of a multi-session's log.
//!
//! An event is one accepted command. Its changes hold on the state before it, one after the other, and
//! [`MultiSession::evolve`](crate::multi_session::MultiSession::evolve) needs nothing else.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::author::{Author, Mark, User};
use crate::id::{BillDigest, CommandId, CreationId, LineUid, OrderUid};
use crate::json::{self, Fields};
use crate::multi_session::OfflineEdits;
use crate::operation::Operation;
use crate::order::{Origin, Payment};
use crate::refusal::Refusal;

/// One entry of the log.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Event {
    /// Its place in the log: 1, 2, 3 … without a hole.
    pub seq: u64,
    /// The server's time, in milliseconds since 1970.
    pub time_ms: u64,
    /// Who.
    pub author: Author,
    /// The command that was accepted.
    pub command: CommandId,
    /// The command's number at its till, for tills that number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// What changed.
    pub changes: Vec<Change>,
    /// Why the command was refused; then nothing changed. Only refusals that use a number up are in the log.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub refused: Option<Refusal>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "change", rename_all = "snake_case")]
pub enum Change {
    /// An order was registered and got its number.
    Registered(Box<Registered>),
    /// An order was changed.
    Updated {
        /// The order.
        order: OrderUid,
        /// The revision that this makes.
        revision: u64,
        /// The effects. Empty when a till sent an order in which nothing differed.
        operations: Vec<Operation>,
        /// What the till said of itself (its session, its own totals): kept as it came, never merged.
        #[serde(default, skip_serializing_if = "Fields::is_empty")]
        carried: Fields,
        /// The same, line by line; lines that are not there afterwards are passed over.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        carried_lines: BTreeMap<LineUid, Fields>,
        /// Lines that the author touched without changing a field; none stands for the order itself.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        touched: Vec<Option<LineUid>>,
    },
    /// Money was taken for an order.
    PaymentTaken {
        /// The order.
        order: OrderUid,
        /// The payment.
        payment: Payment,
    },
    /// An order is paid and closed.
    Paid {
        /// The order.
        order: OrderUid,
        /// The revision that this makes.
        revision: u64,
        /// The digest of the bill that was paid.
        bill: BillDigest,
        /// The ids of the payments that it was paid with.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        payments: Vec<String>,
        /// The number of the receipt (rule N7); none in what a version wrote that gave none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        receipt: Option<u64>,
    },
    /// Money that had been recorded for an order and did not pay it belongs to another one.
    PaymentMoved {
        /// The order that it was recorded for.
        order: OrderUid,
        /// The payment's id.
        payment: String,
        /// The order that it paid.
        to: OrderUid,
    },
    /// An order was deleted.
    Deleted {
        /// The order.
        order: OrderUid,
        /// The revision that this makes.
        revision: u64,
    },
    /// Its run ended and it was not carried on.
    Unpaid {
        /// The order.
        order: OrderUid,
        /// The revision that this makes.
        revision: u64,
    },
    /// A draft again, in the current run: restored, or carried on from the run before.
    Renumbered {
        /// The order.
        order: OrderUid,
        /// The revision that this makes.
        revision: u64,
        /// The run that it is in now.
        run: u32,
        /// Its number there.
        number: u32,
    },
    /// An order came out of another one.
    FollowUp {
        /// The order that it came from.
        order: OrderUid,
        /// The new one.
        follow_up: OrderUid,
    },
    /// What a till did to an order that was closed already: kept for the history, not applied.
    KeptAside {
        /// The order.
        order: OrderUid,
        /// What it did.
        operations: Vec<Operation>,
    },
    /// Something that a manager should look at.
    Attention {
        /// The order.
        order: OrderUid,
        /// What it is.
        about: Attention,
    },
    /// Somebody has looked at what the order needed a look for.
    Resolved {
        /// The order.
        order: OrderUid,
        /// What came of it.
        note: String,
    },
    /// A run began; the one before, if any, is over.
    RunBegan {
        /// The run's number.
        run: u32,
    },
    /// A POS joined the multi-session.
    PosJoined {
        /// The POS's id.
        pos: i64,
        /// Its name.
        name: String,
        /// The last receipt number that it gave in another multi-session; 0 for none.
        #[serde(default, skip_serializing_if = "is_none_yet")]
        receipts: u64,
    },
    /// A POS left the multi-session.
    PosLeft {
        /// The POS's id.
        pos: i64,
    },
    /// A POS session was opened.
    SessionOpened {
        /// The POS.
        pos: i64,
        /// The session's id, unique in the database.
        session: u32,
        /// Who opened it.
        user: User,
        /// What was counted and noted.
        #[serde(default, skip_serializing_if = "Fields::is_empty")]
        opening: Fields,
    },
    /// A device logged in to a POS session.
    LoggedIn {
        /// The POS.
        pos: i64,
        /// The login number that it got.
        login: u32,
    },
    /// Cash went into a POS's drawer, or out of it.
    CashMoved {
        /// The POS.
        pos: i64,
        /// The payment method whose cash it is.
        method: i64,
        /// How much: above zero went in.
        #[serde(with = "json::plain_number")]
        amount: Decimal,
        /// What for.
        reason: String,
    },
    /// A POS session was closed.
    SessionClosed {
        /// The POS.
        pos: i64,
        /// What was counted and noted.
        #[serde(default, skip_serializing_if = "Fields::is_empty")]
        closing: Fields,
    },
    /// What tills may do to known orders without a connection.
    OfflineEdits {
        /// From now on.
        offline_edits: OfflineEdits,
    },
    /// The multi-session was activated or deactivated.
    Activated {
        /// Whether its POSes share their orders from now on.
        active: bool,
    },
}

/// Whether no receipt was given yet.
pub(crate) fn is_none_yet(receipts: &u64) -> bool {
    *receipts == 0
}

/// A new order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Registered {
    /// Its uid.
    pub order: OrderUid,
    /// What its creation carried.
    pub creation: CreationId,
    /// Its number.
    pub number: u32,
    /// The run of that number.
    pub run: u32,
    /// Its first revision: 1, or more for an order that came from another Sync Server.
    pub revision: u64,
    /// Its fields.
    pub fields: Fields,
    /// Its lines.
    pub lines: Vec<NewLine>,
    /// What the till said of itself.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub carried: Fields,
    /// Set if no till created it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// It belongs to a run that was over when it came.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
}

/// A line of a new order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct NewLine {
    /// Its uid.
    pub uid: LineUid,
    /// Its fields.
    pub fields: Fields,
    /// What its till said of it beside its fields.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub carried: Fields,
    /// Who added it; none for the author of the event.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub added: Option<Mark>,
}

/// Something that a manager should look at.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Attention {
    /// The payer paid for lines that another had taken away meanwhile.
    TakenAway {
        /// The lines.
        lines: Vec<LineUid>,
    },
    /// The order had been deleted when its payment arrived.
    DeletedThenPaid,
    /// The order was paid a second time; the second payment is an order of its own.
    PaidTwice {
        /// That order.
        second: OrderUid,
    },
}

impl Change {
    /// The order that the change is about, if it is about one.
    pub fn order(&self) -> Option<&OrderUid> {
        match self {
            Change::Registered(registered) => Some(&registered.order),
            Change::Updated { order, .. }
            | Change::PaymentTaken { order, .. }
            | Change::Paid { order, .. }
            | Change::PaymentMoved { order, .. }
            | Change::Deleted { order, .. }
            | Change::Unpaid { order, .. }
            | Change::Renumbered { order, .. }
            | Change::FollowUp { order, .. }
            | Change::KeptAside { order, .. }
            | Change::Attention { order, .. }
            | Change::Resolved { order, .. } => Some(order),
            Change::RunBegan { .. }
            | Change::PosJoined { .. }
            | Change::PosLeft { .. }
            | Change::SessionOpened { .. }
            | Change::LoggedIn { .. }
            | Change::CashMoved { .. }
            | Change::SessionClosed { .. }
            | Change::OfflineEdits { .. }
            | Change::Activated { .. } => None,
        }
    }
}
