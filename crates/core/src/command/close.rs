//! Record a payment; close an order as paid.

use serde::{Deserialize, Serialize};

use super::Scratch;
use crate::bill;
use crate::diff::View;
use crate::event::{Attention, Change};
use crate::id::{CreationId, OrderUid};
use crate::order::{OrderState, Payment};
use crate::refusal::Refusal;

/// Payments that one order may have.
pub const PAYMENTS_MAX: usize = 1_000;

/// Record a payment. Money is a fact: it is taken at any revision and in any state of the order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Pay {
    /// The order.
    pub order: OrderUid,
    /// For a till that has not heard yet under which uid the order that it created was registered: that creation is
    /// meant, also if the uid is another order's (rule N4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation: Option<CreationId>,
    /// The payment; the same id again is the same money.
    pub payment: Payment,
}

impl Pay {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        let uid = scratch.meant(&self.order, self.creation.as_ref())?;
        let order = scratch.state.known_order(&uid)?;
        let recorded = order.payments.iter().any(|known| known.id == self.payment.id);
        // It may have moved to an order of its own (rule O4).
        let is_known = recorded || scratch.state.is_booked_apart(&order, &self.payment.id);
        if !is_known {
            if order.payments.len() >= PAYMENTS_MAX {
                return Err(Refusal::too_large("payments of one order", PAYMENTS_MAX));
            }
            scratch.push(Change::PaymentTaken { order: uid.clone(), payment: self.payment.clone() });
            match order.state {
                OrderState::Draft | OrderState::Unpaid => {}
                OrderState::Paid if order.paid_with.contains(&self.payment.id) => {}
                OrderState::Deleted => {
                    scratch.push(Change::Attention { order: uid.clone(), about: Attention::DeletedThenPaid })
                }
                OrderState::Paid => {
                    let about = Attention::PaidTwice { second: uid.clone() };
                    scratch.push(Change::Attention { order: uid.clone(), about });
                }
            }
        }
        scratch.answer_about(&uid);
        Ok(())
    }
}

/// Close an order as paid: compare-and-set on the digest of the bill (rule C2).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Close {
    /// The order.
    pub order: OrderUid,
    /// For a till that has not heard yet under which uid the order that it created was registered: that creation is
    /// meant, also if the uid is another order's (rule N4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation: Option<CreationId>,
    /// The revision that the till had seen.
    pub base: u64,
    /// The bill that the customer was shown: bill fields suffice.
    pub seen: View,
    /// The ids of the payments that it is paid with; none named: all that were recorded.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments: Vec<String>,
}

impl Close {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        let uid = scratch.meant(&self.order, self.creation.as_ref())?;
        let order = scratch.state.open_order(&uid)?;
        let now = View::from(&*order);
        let digest = bill::digest(&now);
        if digest != bill::digest(&self.seen) {
            return Err(Refusal::BillChanged {
                order: uid,
                differences: bill::differences(&self.seen, &now),
                by: order.others_since(&scratch.author.till, self.base),
            });
        }
        if self.payments.len() > PAYMENTS_MAX {
            return Err(Refusal::too_large("payments of one order", PAYMENTS_MAX));
        }
        let recorded: Vec<String> = order.payments.iter().map(|payment| payment.id.clone()).collect();
        let payments = if self.payments.is_empty() { recorded.clone() } else { self.payments.clone() };
        let others = recorded.iter().any(|id| !payments.contains(id));
        let revision = order.revision + 1;
        scratch.paid(&uid, revision, digest, payments);
        if others {
            let about = Attention::PaidTwice { second: uid.clone() };
            scratch.push(Change::Attention { order: uid.clone(), about });
        }
        scratch.answer_about(&uid);
        Ok(())
    }
}
