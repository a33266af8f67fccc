//! Book a payment that was taken already, whatever happened to the order meanwhile (rules O1 to O10).

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Scratch;
use super::close::PAYMENTS_MAX;
use super::create::{OldRun, check_content};
use crate::bill::{self, LINE_FIELDS, ORDER_FIELDS};
use crate::diff::{LineView, MergeRule, View, diff};
use crate::event::{Attention, Change, NewLine, Registered};
use crate::id::{CreationId, OrderUid, stable_id};
use crate::json::{self, Fields};
use crate::operation::Operation;
use crate::order::{Order, OrderState, Origin, OriginReason, Payment, QTY};
use crate::refusal::Refusal;

/// Book a payment that was taken already. The order is paid with what the payer saw; what others added
/// meanwhile becomes an order of its own; a second payment of a paid order does too.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Settle {
    /// The order.
    pub order: OrderUid,
    /// For an order that the till created itself: that one is meant, also if the uid is another order's (rule N4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation: Option<CreationId>,
    /// The run that the till is in, for an order that is not registered yet.
    pub run: u32,
    /// What to do when that run is over, for an order that is not registered yet.
    #[serde(default, skip_serializing_if = "is_default")]
    pub old_run: OldRun,
    /// What the payer saw, whole.
    pub paid: View,
    /// The payment; the same id again is the same money.
    pub payment: Payment,
    /// The ids of more payments of the same bill, which were recorded before.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<String>,
    /// What the till says of itself.
    #[serde(default)]
    pub carried: Fields,
}

/// Which order a settle is about.
enum Meant {
    /// One that is registered.
    Known(Arc<Order>),
    /// One that is to be registered.
    New {
        /// Under this uid.
        uid: OrderUid,
        /// The order that has the uid which the till gave it.
        origin: Option<Origin>,
    },
}

fn is_default(old_run: &OldRun) -> bool {
    *old_run == OldRun::default()
}

impl Settle {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        check_content(&self.paid.fields, self.paid.lines.iter().map(|line| (&line.uid, &line.fields)))?;
        if self.payments.len() > PAYMENTS_MAX {
            return Err(Refusal::too_large("payments of one order", PAYMENTS_MAX));
        }
        let order = match self.meant(scratch) {
            Meant::Known(order) => {
                match order.state {
                    OrderState::Draft | OrderState::Unpaid | OrderState::Deleted => {
                        self.settle_open(scratch, &order);
                    }
                    OrderState::Paid if self.has_paid(&order) => self.record(scratch, &order.uid),
                    OrderState::Paid => self.settle_again(scratch, &order),
                }
                order.uid.clone()
            }
            Meant::New { uid, origin } => {
                let run = match self.old_run {
                    OldRun::BookInCurrent => scratch.state.run,
                    OldRun::Serve => self.run.min(scratch.state.run),
                };
                // Money is never refused: whoever names no creation gets one that is told by the payment.
                let ids = ["settle", self.order.as_str(), &self.payment.id];
                let creation = self.creation.clone().unwrap_or_else(|| CreationId::new(stable_id(&ids)));
                self.register(scratch, uid.clone(), creation, run, origin.clone());
                self.close(scratch, &uid);
                if let Some(Origin { order, .. }) = origin {
                    scratch.push(Change::FollowUp { order, follow_up: uid.clone() });
                }
                uid
            }
        };
        scratch.answer_about(&order);
        Ok(())
    }

    /// The order that the till means: the one under this uid, or, if that is another customer's, the one of this
    /// creation (rule N4).
    fn meant(&self, scratch: &Scratch) -> Meant {
        let Some(known) = scratch.state.order(&self.order) else {
            return Meant::New { uid: self.order.clone(), origin: None };
        };
        match &self.creation {
            Some(creation) if known.creation != *creation => {
                let made = scratch.state.created_as(&self.order, creation);
                match made.and_then(|uid| scratch.state.order(&uid)) {
                    Some(order) => Meant::Known(order),
                    None => Meant::New {
                        uid: scratch.state.derive_uid(&self.order),
                        origin: Some(Origin { order: self.order.clone(), reason: OriginReason::UidTaken }),
                    },
                }
            }
            Some(_) | None => Meant::Known(known),
        }
    }

    /// The ids of all payments of the bill.
    fn payment_ids(&self) -> impl Iterator<Item = &String> {
        let more = self.payments.iter().filter(|id| **id != self.payment.id);
        [&self.payment.id].into_iter().chain(more)
    }

    /// Whether the order was closed with this payment.
    fn has_paid(&self, order: &Order) -> bool {
        order.paid_with.contains(&self.payment.id)
    }

    fn register(
        &self,
        scratch: &mut Scratch,
        uid: OrderUid,
        creation: CreationId,
        run: u32,
        origin: Option<Origin>,
    ) {
        let line = |line: &LineView| NewLine {
            uid: line.uid.clone(),
            fields: line.fields.clone(),
            carried: Fields::new(),
            added: None,
        };
        scratch.push(Change::Registered(Box::new(Registered {
            order: uid,
            creation,
            number: scratch.state.next_number(run),
            run,
            revision: 1,
            fields: self.paid.fields.clone(),
            lines: self.paid.lines.iter().map(line).collect(),
            carried: self.carried.clone(),
            origin,
            late: self.run < scratch.state.run,
        })));
    }

    /// Records the payment, unless it is.
    fn record(&self, scratch: &mut Scratch, uid: &OrderUid) {
        let Some(order) = scratch.state.order(uid) else { return };
        if order.payments.iter().all(|known| known.id != self.payment.id) {
            scratch.push(Change::PaymentTaken { order: uid.clone(), payment: self.payment.clone() });
        }
    }

    fn close(&self, scratch: &mut Scratch, uid: &OrderUid) {
        let Some(order) = scratch.state.order(uid) else { return };
        self.record(scratch, uid);
        let bill = bill::digest(&self.paid);
        let payments = self.payment_ids().cloned().collect();
        scratch.paid(uid, order.revision + 1, bill, payments);
    }

    /// The order was not paid yet: it is paid with what the payer saw.
    fn settle_open(&self, scratch: &mut Scratch, order: &Arc<Order>) {
        let uid = &order.uid;
        let was_deleted = order.state == OrderState::Deleted;
        let others = if was_deleted { Vec::new() } else { more(&View::from(&**order), &self.paid) };
        let mut taken = more(&self.paid, &View::from(&**order));
        // A line that never came here was not taken away by anybody.
        taken.retain(|(line, _)| order.line(&line.uid).is_some() || order.removed_line(&line.uid).is_some());
        let mut seen = self.paid.clone();
        keep_unmentioned(&mut seen.fields, &order.fields, &ORDER_FIELDS);
        for line in &mut seen.lines {
            if let Some(known) = order.line(&line.uid) {
                keep_unmentioned(&mut line.fields, &known.fields, &LINE_FIELDS);
            }
        }
        let operations = diff(&View::from(&**order), &seen, |_, _| MergeRule::Set);
        let operations: Vec<Operation> =
            operations.into_iter().map(|operation| operation.on(order)).collect();
        if !operations.is_empty() || !self.carried.is_empty() {
            scratch.push(Change::Updated {
                order: uid.clone(),
                revision: order.revision + 1,
                operations,
                carried: self.carried.clone(),
                carried_lines: BTreeMap::new(),
                touched: Vec::new(),
            });
        }
        self.close(scratch, uid);
        if !others.is_empty() {
            self.follow_up(scratch, order, &others);
        }
        if was_deleted {
            scratch.push(Change::Attention { order: uid.clone(), about: Attention::DeletedThenPaid });
        } else if !taken.is_empty() {
            let lines = taken.into_iter().map(|(line, _)| line.uid).collect();
            scratch.push(Change::Attention { order: uid.clone(), about: Attention::TakenAway { lines } });
        }
    }

    /// What others added meanwhile becomes an order that names where it came from.
    fn follow_up(&self, scratch: &mut Scratch, order: &Arc<Order>, others: &[(LineView, Decimal)]) {
        let uid = scratch.state.derive_uid(&order.uid);
        let lines = others.iter().map(|(line, qty)| {
            let mut fields = line.fields.clone();
            fields.insert(QTY.into(), json::number(*qty));
            let former = order.line(&line.uid);
            NewLine {
                uid: line.uid.clone(),
                fields,
                carried: former.map(|line| line.carried.clone()).unwrap_or_default(),
                added: former.map(|line| line.added.clone()),
            }
        });
        scratch.push(Change::Registered(Box::new(Registered {
            order: uid.clone(),
            creation: CreationId::new(format!("{}~{}", order.creation, order.follow_ups.len() + 1)),
            number: scratch.state.next_number(order.run),
            run: order.run,
            revision: 1,
            fields: order.fields.clone(),
            lines: lines.collect(),
            carried: order.carried.clone(),
            origin: Some(Origin { order: order.uid.clone(), reason: OriginReason::AddedMeanwhile }),
            late: false,
        })));
        scratch.push(Change::FollowUp { order: order.uid.clone(), follow_up: uid.clone() });
        scratch.also(uid);
    }

    /// The order was paid already: the second payment is an order of its own, with its own number.
    fn settle_again(&self, scratch: &mut Scratch, order: &Arc<Order>) {
        if scratch.state.is_booked_apart(order, &self.payment.id) {
            return;
        }
        let uid = scratch.state.derive_uid(&order.uid);
        let origin = Origin { order: order.uid.clone(), reason: OriginReason::PaidTwice };
        let creation = CreationId::new(format!("{}~{}", order.creation, order.follow_ups.len() + 1));
        self.register(scratch, uid.clone(), creation, order.run, Some(origin));
        let is_of_this = |known: &&Payment| {
            !order.paid_with.contains(&known.id) && self.payment_ids().any(|id| *id == known.id)
        };
        for known in order.payments.iter().filter(is_of_this) {
            let (from, payment) = (order.uid.clone(), known.id.clone());
            scratch.push(Change::PaymentMoved { order: from, payment, to: uid.clone() });
            scratch.push(Change::PaymentTaken { order: uid.clone(), payment: known.clone() });
        }
        self.close(scratch, &uid);
        scratch.push(Change::FollowUp { order: order.uid.clone(), follow_up: uid.clone() });
        let about = Attention::PaidTwice { second: uid.clone() };
        scratch.push(Change::Attention { order: order.uid.clone(), about });
        scratch.also(uid);
    }
}

/// A field that the payer's till does not mention is untouched, unless it belongs to the bill: what was paid is
/// the bill as it was seen.
fn keep_unmentioned(seen: &mut Fields, known: &Fields, bill: &[&str]) {
    for (field, value) in known.iter().filter(|(field, _)| !bill.contains(&field.as_str())) {
        seen.entry(field.clone()).or_insert_with(|| value.clone());
    }
}

/// The lines of which `one` has more than `other`, each with how much more.
pub fn more(one: &View, other: &View) -> Vec<(LineView, Decimal)> {
    let surplus = |line: &LineView| {
        let qty = line.qty();
        let Some(other) = other.line(&line.uid) else {
            return Some((line.clone(), qty));
        };
        let left = qty - other.qty();
        // Of nothing there is never more, neither than of a sale nor than of a refund.
        let more = !qty.is_zero() && !left.is_zero() && left.is_sign_positive() == qty.is_sign_positive();
        more.then(|| (line.clone(), left))
    };
    one.lines.iter().filter_map(surplus).collect()
}
