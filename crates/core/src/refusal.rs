//! Why a command was not taken. A refusal is a value: it is stored and answered like an acceptance.

use serde::{Deserialize, Serialize};

use crate::author::Mark;
use crate::bill::BillDifference;
use crate::id::OrderUid;
use crate::order::OrderState;

/// Why a command was not taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, thiserror::Error)]
#[serde(tag = "reason", rename_all = "snake_case")]
pub enum Refusal {
    /// The command is wrong in itself; sending it again will not help.
    #[error("{text}")]
    Bad {
        /// What is wrong, and what to send instead.
        text: String,
    },
    /// Something is larger than its bound.
    #[error("more than {max} {what}")]
    TooLarge {
        /// What is too large, in the plural.
        what: String,
        /// Its bound.
        max: usize,
    },
    /// No order has this uid.
    #[error("order {order} is unknown here")]
    UnknownOrder {
        /// The uid.
        order: OrderUid,
    },
    /// The order is closed: what was typed can become a new order, on the user's word.
    #[error("order {order} is {state} already")]
    Closed {
        /// The order.
        order: OrderUid,
        /// Paid or deleted; unpaid for what needs a draft.
        state: OrderState,
        /// Who closed it, where that is known.
        by: Option<Mark>,
    },
    /// The bill is not what whoever wanted to close it saw.
    #[error("the bill of order {order} has changed")]
    BillChanged {
        /// The order.
        order: OrderUid,
        /// What differs, line by line.
        differences: Vec<BillDifference>,
        /// Who changed it.
        by: Vec<Mark>,
    },
    /// Somebody changed the order after the one who wants to delete it had seen it.
    #[error("order {order} has been changed by others")]
    ChangedByOthers {
        /// The order.
        order: OrderUid,
        /// Who.
        by: Vec<Mark>,
    },
    /// The command's number was used for another command: the device's storage was copied or restored. The
    /// device logs in anew and numbers from 1.
    #[error("command number {number} was used before; log in anew")]
    Renumber {
        /// The number.
        number: u64,
    },
    /// Commands before this one are missing.
    #[error("command {expected} is missing; send from there")]
    Gap {
        /// The number to go on with.
        expected: u64,
    },
    /// A POS or its session is not in the state that the command needs.
    #[error("{text}")]
    Session {
        /// What stands in the way.
        text: String,
    },
}

impl Refusal {
    /// The order that it is about, if it is about one.
    pub fn order(&self) -> Option<&OrderUid> {
        match self {
            Refusal::UnknownOrder { order }
            | Refusal::Closed { order, .. }
            | Refusal::BillChanged { order, .. }
            | Refusal::ChangedByOthers { order, .. } => Some(order),
            Refusal::Bad { .. }
            | Refusal::TooLarge { .. }
            | Refusal::Renumber { .. }
            | Refusal::Gap { .. }
            | Refusal::Session { .. } => None,
        }
    }

    /// The reason's name, as JSON has it.
    pub fn reason(&self) -> &'static str {
        match self {
            Refusal::Bad { .. } => "bad",
            Refusal::TooLarge { .. } => "too_large",
            Refusal::UnknownOrder { .. } => "unknown_order",
            Refusal::Closed { .. } => "closed",
            Refusal::BillChanged { .. } => "bill_changed",
            Refusal::ChangedByOthers { .. } => "changed_by_others",
            Refusal::Renumber { .. } => "renumber",
            Refusal::Gap { .. } => "gap",
            Refusal::Session { .. } => "session",
        }
    }

    /// A command that is wrong in itself.
    pub fn bad(text: impl Into<String>) -> Self {
        Refusal::Bad { text: text.into() }
    }

    /// Something beyond its bound.
    pub fn too_large(what: &str, max: usize) -> Self {
        Refusal::TooLarge { what: what.into(), max }
    }

    /// A POS session that stands in the way.
    pub fn session(text: impl Into<String>) -> Self {
        Refusal::Session { text: text.into() }
    }
}
