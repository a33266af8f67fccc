//! Move quantities from one order to another: moving, splitting and merging are this one thing.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Scratch;
use crate::bill::LINE_FIELDS;
use crate::event::{Change, Registered};
use crate::id::{CreationId, LineUid, OrderUid};
use crate::json::{self, Fields};
use crate::operation::{LINES_MAX, Notice, Operation};
use crate::order::{Line, Order, OrderState, Origin, OriginReason, QTY};
use crate::refusal::Refusal;

/// Move quantities from one order to another, atomically: what leaves one arrives in the other, exactly.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Move {
    /// The order that they leave.
    pub from: OrderUid,
    /// For a till that has not heard yet under which uid the order that it created was registered: that creation is
    /// meant, also if the uid is another order's (rule N4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation: Option<CreationId>,
    /// The order that they come to.
    pub to: MoveTarget,
    /// What moves.
    pub items: Vec<MoveItem>,
    /// What becomes of the first order when nothing is left on it.
    #[serde(default)]
    pub emptied: EmptiedSource,
}

/// A quantity of a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoveItem {
    /// The line that it leaves.
    pub line: LineUid,
    /// How much. If somebody took some of it away meanwhile, no more moves than is there.
    #[serde(with = "json::plain_number")]
    pub qty: Decimal,
    /// The line that it comes to. If the other order has that line, it grows by as much.
    pub into: LineUid,
}

/// The order that lines come to.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum MoveTarget {
    /// One that is there: a merge, or a move.
    Order {
        /// Its uid.
        order: OrderUid,
        /// As for the order that they leave.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        creation: Option<CreationId>,
    },
    /// A new one: a split.
    New {
        /// Its uid.
        order: OrderUid,
        /// Random.
        creation: CreationId,
        /// Its fields.
        fields: Fields,
    },
}

/// What becomes of an order when nothing is left on it.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum EmptiedSource {
    /// It stays, empty.
    #[default]
    Keep,
    /// It is deleted, as after a merge.
    Delete,
}

/// What leaves a line and where it goes.
struct Leaving {
    line: Line,
    into: LineUid,
    qty: Decimal,
}

impl Move {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        let from = draft(scratch, &scratch.meant(&self.from, self.creation.as_ref())?)?;
        let (target, to) = match &self.to {
            MoveTarget::Order { order, creation } => {
                let order = scratch.meant(order, creation.as_ref())?;
                (order.clone(), Some(draft(scratch, &order)?))
            }
            MoveTarget::New { order, creation, .. } => match scratch.state.order(order) {
                Some(known) if known.creation == *creation => (order.clone(), Some(draft(scratch, order)?)),
                Some(_) => match scratch.state.created_as(order, creation) {
                    Some(made) => (made.clone(), Some(draft(scratch, &made)?)),
                    None => (scratch.state.derive_uid(order), None),
                },
                None => (order.clone(), None),
            },
        };
        if target == from.uid {
            return Err(Refusal::bad("an order cannot be moved into itself; name another order"));
        }
        let leaving = self.leaving(&from, scratch)?;
        let mut arriving = Vec::new();
        for left in &leaving {
            arriving.push(arrive(left, to.as_deref(), &arriving)?);
        }
        scratch.push(updated(&from, leaving.iter().flat_map(leave).collect()));
        match (&self.to, to) {
            (_, Some(to)) => scratch.push(updated(&to, arriving)),
            (MoveTarget::New { creation, fields, .. }, None) => {
                self.split(scratch, &from, target.clone(), creation, fields);
                if let Some(made) = scratch.state.order(&target) {
                    scratch.push(updated(&made, arriving));
                }
            }
            (MoveTarget::Order { order, .. }, None) => {
                return Err(Refusal::UnknownOrder { order: order.clone() });
            }
        }
        let from = scratch.state.known_order(&from.uid)?;
        if from.lines.is_empty() && self.emptied == EmptiedSource::Delete {
            scratch.push(Change::Deleted { order: from.uid.clone(), revision: from.revision + 1 });
        }
        scratch.also(from.uid.clone());
        scratch.answer_about(&target);
        Ok(())
    }

    fn leaving(&self, from: &Arc<Order>, scratch: &mut Scratch) -> Result<Vec<Leaving>, Refusal> {
        let mut leaving: Vec<Leaving> = Vec::new();
        for item in &self.items {
            if item.qty.is_zero() || leaving.iter().any(|other| other.line.uid == item.line) {
                return Err(Refusal::bad("each line moves once, and by a quantity that is not zero"));
            }
            let Some(line) = from.line(&item.line) else {
                if from.removed_line(&item.line).is_none() {
                    return Err(Refusal::bad(format!("order {} has no line '{}'", from.uid, item.line)));
                }
                scratch.answer.notices.push(Notice::LineGone { line: item.line.clone() });
                continue;
            };
            let there = line.qty();
            if there.is_zero() || there.is_sign_positive() != item.qty.is_sign_positive() {
                scratch.answer.notices.push(Notice::LineGone { line: item.line.clone() });
                continue;
            }
            let qty = if there.abs() < item.qty.abs() { there } else { item.qty };
            leaving.push(Leaving { line: line.clone(), into: item.into.clone(), qty });
        }
        Ok(leaving)
    }

    fn split(
        &self,
        scratch: &mut Scratch,
        from: &Arc<Order>,
        target: OrderUid,
        creation: &CreationId,
        fields: &Fields,
    ) {
        scratch.push(Change::Registered(Box::new(Registered {
            order: target.clone(),
            creation: creation.clone(),
            number: scratch.state.next_number(scratch.state.run),
            run: scratch.state.run,
            revision: 1,
            fields: fields.clone(),
            lines: Vec::new(),
            carried: Fields::new(),
            origin: Some(Origin { order: from.uid.clone(), reason: OriginReason::Split }),
            late: false,
        })));
        scratch.push(Change::FollowUp { order: from.uid.clone(), follow_up: target });
    }
}

fn draft(scratch: &Scratch, uid: &OrderUid) -> Result<Arc<Order>, Refusal> {
    let order = scratch.state.known_order(uid)?;
    match order.state {
        OrderState::Draft => Ok(order),
        OrderState::Paid | OrderState::Deleted | OrderState::Unpaid => {
            Err(Refusal::Closed { order: uid.clone(), state: order.state, by: order.edited.clone() })
        }
    }
}

fn updated(order: &Order, operations: Vec<Operation>) -> Change {
    Change::Updated {
        order: order.uid.clone(),
        revision: order.revision + 1,
        operations,
        carried: Fields::new(),
        carried_lines: BTreeMap::new(),
        touched: Vec::new(),
    }
}

/// How a quantity leaves. A line that leaves whole is emptied before it goes, so that whatever brings it back (a
/// concurrent edit) does not bring back what is on the other order now.
fn leave(left: &Leaving) -> Vec<Operation> {
    let line = left.line.uid.clone();
    let less = Operation::Increment { line: Some(line.clone()), field: QTY.into(), by: -left.qty };
    if left.qty != left.line.qty() {
        return vec![less];
    }
    vec![less, Operation::RemoveLine { line, seen: Decimal::ZERO }]
}

/// How a quantity arrives: as a new line, or on top of one that is the same but for its quantity.
fn arrive(left: &Leaving, to: Option<&Order>, arriving: &[Operation]) -> Result<Operation, Refusal> {
    let into = &left.into;
    let taken = |text: &str| Refusal::bad(format!("line '{into}' {text}; move into a new uid"));
    if arriving.iter().any(|other| other.line() == Some(into)) {
        return Err(taken("is named twice"));
    }
    if to.is_some_and(|to| to.removed_line(into).is_some() && to.line(into).is_none()) {
        return Err(taken("was removed from the other order"));
    }
    let Some(there) = to.and_then(|to| to.line(into)) else {
        if to.is_some_and(|to| to.lines.len() + arriving.len() >= LINES_MAX) {
            return Err(Refusal::too_large("lines in one order", LINES_MAX));
        }
        let mut fields = left.line.fields.clone();
        fields.insert(QTY.into(), json::number(left.qty));
        return Ok(Operation::AddLine { line: into.clone(), fields, added: None });
    };
    let same = LINE_FIELDS
        .iter()
        .filter(|field| **field != QTY)
        .all(|field| there.fields.get(*field) == left.line.fields.get(*field));
    if !same {
        return Err(taken("has another product, price or tax"));
    }
    if !json::is_within_bounds(there.qty() + left.qty) {
        return Err(taken("would grow beyond what a quantity may be"));
    }
    Ok(Operation::Increment { line: Some(into.clone()), field: QTY.into(), by: left.qty })
}
