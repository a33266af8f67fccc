//! An order and its lines, as the server confirmed them.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};

use crate::author::Mark;
use crate::event::Attention;
use crate::id::{CreationId, LineUid, OrderUid, Till};
use crate::json::{self, Fields};

/// The field that holds a line's quantity.
pub const QTY: &str = "qty";

/// An order's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OrderState {
    /// Open on the tills.
    Draft,
    /// The money was taken. It never changes again.
    Paid,
    /// Somebody deleted it.
    Deleted,
    /// Still a draft when its run ended, and not carried on. It can be restored.
    Unpaid,
}

impl std::fmt::Display for OrderState {
    /// As it is written in JSON.
    fn fmt(&self, to: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        to.write_str(match self {
            OrderState::Draft => "draft",
            OrderState::Paid => "paid",
            OrderState::Deleted => "deleted",
            OrderState::Unpaid => "unpaid",
        })
    }
}

impl OrderState {
    /// Whether nothing can be changed any more.
    pub fn is_closed(self) -> bool {
        match self {
            OrderState::Paid | OrderState::Deleted => true,
            OrderState::Draft | OrderState::Unpaid => false,
        }
    }
}

/// Where an order comes from that no till created.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Origin {
    /// The order that it was split from.
    pub order: OrderUid,
    /// Why.
    pub reason: OriginReason,
}

/// Why the server made an order out of another one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OriginReason {
    /// It holds what others added while somebody paid.
    AddedMeanwhile,
    /// It holds what was added to an order that was closed already.
    AddedAfterwards,
    /// It is a second payment of an order that was paid already.
    PaidTwice,
    /// Another order had its uid already.
    UidTaken,
    /// Lines were moved out of the other order.
    Split,
}

/// One orderline.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Line {
    /// Unique within the order.
    pub uid: LineUid,
    /// Everything that tills say of the line: product, quantity, price, notes, what extensions add.
    pub fields: Fields,
    /// What the last till that wrote it said of it beside its fields (its own number for the line, its own
    /// totals): kept as it came, never merged.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub carried: Fields,
    /// Who added it.
    pub added: Mark,
    /// Who changed it last, whoever that was; screens show it once it was somebody at another POS.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<Mark>,
    /// The revision at which each till last edited it in any way but incrementing its quantity: what a
    /// concurrent removal is judged by.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub set_at: BTreeMap<Till, u64>,
    /// The order's revision at which it last changed in any way: at a later one it was the same.
    #[serde(default)]
    pub changed: u64,
}

impl Line {
    /// The quantity; zero for a line that has none or whose extension put something else there.
    pub fn qty(&self) -> Decimal {
        self.fields.get(QTY).and_then(|value| json::amount(value).ok()).unwrap_or_default()
    }
}

/// A line that was removed: what comes later for it is judged by this.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct RemovedLine {
    /// The line as it was.
    pub line: Arc<Line>,
    /// The revision that removed it.
    pub revision: u64,
    /// The till that removed it.
    pub by: Till,
}

/// An order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Order {
    /// Its name for good.
    pub uid: OrderUid,
    /// What its creation carried: tells it from another order that claims the same uid.
    pub creation: CreationId,
    /// The number that people call it by.
    pub number: u32,
    /// The run that the number belongs to.
    pub run: u32,
    /// How many changes were accepted.
    pub revision: u64,
    /// The revision that it was registered with: earlier ones were never ours.
    pub first_revision: u64,
    /// Draft, paid, deleted or unpaid.
    pub state: OrderState,
    /// Everything that tills say of the order itself.
    pub fields: Fields,
    /// In the order in which the server accepted them. Versions of an order share the lines in which they are equal.
    pub lines: Vec<Arc<Line>>,
    /// Lines that were removed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed: Vec<RemovedLine>,
    /// Who created it.
    pub added: Mark,
    /// Who changed it last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub edited: Option<Mark>,
    /// What the last till said of itself with its change; nobody's to merge, see `Change::Updated`.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub carried: Fields,
    /// When each till last changed something: what "concurrent" is judged by.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub changed_at: BTreeMap<Till, LastChange>,
    /// Payments that were taken for it, in the order in which they became known.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<Payment>,
    /// The ids of the payments that it was closed with. Another one that was recorded for it did not pay it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub paid_with: Vec<String>,
    /// Set on an order that no till created.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub origin: Option<Origin>,
    /// Orders that came out of this one.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub follow_ups: Vec<OrderUid>,
    /// The number that it had in the run it was carried on from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carried_from: Option<FormerNumber>,
    /// It came from a till that had been silent when its run ended.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub late: bool,
    /// Whether a line was ever taken off it, or some of a line's quantity; what was moved to another order was not.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub taken_away: bool,
    /// What a manager should look at, or has looked at.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub matters: Vec<Matter>,
    /// How it was paid or deleted; none while it is open, and for what an older version closed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub closing: Option<Closing>,
}

/// Something about an order that a manager should look at (rule C8).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Matter {
    /// What.
    pub about: Attention,
    /// Since when, in milliseconds since 1970.
    pub ms: u64,
    /// Who has looked at it; none yet.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub resolved: Option<Resolution>,
}

/// That somebody has looked.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resolution {
    /// Who.
    pub by: Mark,
    /// When, in milliseconds since 1970.
    pub ms: u64,
    /// What came of it.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub note: String,
}

/// How an order was paid or deleted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Closing {
    /// When the server took it, in milliseconds since 1970.
    pub ms: u64,
    /// When it was done by the device's own clock, where that said so: without a connection that is earlier.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_ms: Option<u64>,
    /// Who, and where.
    pub by: Mark,
    /// The session that was open at that POS then: it counts the money. None if none was.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<u32>,
    /// The number of the receipt, without a hole for each POS (rule N7); none for an order that was deleted.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<u64>,
}

/// The number that an order had before it was carried into a later run.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct FormerNumber {
    /// The run.
    pub run: u32,
    /// The number in that run.
    pub number: u32,
}

/// A till's latest change of an order.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LastChange {
    /// The revision that it made.
    pub revision: u64,
    /// Who made it.
    pub by: Mark,
}

/// Money that was taken.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Payment {
    /// Tells this payment from every other: the same id is the same money.
    pub id: String,
    /// The till that took it.
    pub till: Till,
    /// What the till says of it: methods, amounts, change.
    pub fields: Fields,
}

impl Order {
    /// The line with this uid, if it is on the order now.
    pub fn line(&self, uid: &LineUid) -> Option<&Line> {
        self.lines.iter().find(|line| &line.uid == uid).map(|line| &**line)
    }

    /// The line with this uid, to change it.
    pub(crate) fn line_mut(&mut self, uid: &LineUid) -> Option<&mut Line> {
        self.lines.iter_mut().find(|line| &line.uid == uid).map(Arc::make_mut)
    }

    /// The removed line with this uid.
    pub fn removed_line(&self, uid: &LineUid) -> Option<&RemovedLine> {
        self.removed.iter().rev().find(|removed| &removed.line.uid == uid)
    }

    /// Whether something about it waits for a manager.
    pub fn is_in_question(&self) -> bool {
        self.matters.iter().any(|matter| matter.resolved.is_none())
    }

    /// Whether another till than `till` changed something after revision `base`.
    pub fn changed_by_others_since(&self, till: &Till, base: u64) -> bool {
        self.changed_at.iter().any(|(other, change)| other != till && change.revision > base)
    }

    /// Who else than `till` changed something after revision `base`.
    pub fn others_since(&self, till: &Till, base: u64) -> Vec<Mark> {
        let others =
            self.changed_at.iter().filter(|(other, change)| *other != till && change.revision > base);
        others.map(|(_, change)| change.by.clone()).collect()
    }

    /// What every till replicates of the order; equal on all tills that have seen the same `seq`.
    pub fn replica(&self) -> Value {
        let lines: Vec<Value> = self
            .lines
            .iter()
            .map(|line| json!({"uid": line.uid, "fields": line.fields, "added": line.added, "edited": line.edited}))
            .collect();
        json!({
            "uid": self.uid,
            "sequence_number": self.number,
            "run_ID": self.run,
            "revision_ID": self.revision,
            "state": self.state,
            "fields": self.fields,
            "lines": lines,
            "added": self.added,
            "edited": self.edited,
            "payments": self.payments,
            "origin": self.origin,
            "carried_from": self.carried_from,
            "late": self.late,
        })
    }
}
