//! Delete an order.

use serde::{Deserialize, Serialize};

use super::Scratch;
use crate::event::Change;
use crate::id::{CreationId, OrderUid};
use crate::order::{OrderState, Payment};
use crate::refusal::Refusal;

/// Delete an order, if nothing of another's came since what the deleter saw (rule C4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delete {
    /// The order.
    pub order: OrderUid,
    /// For a till that has not heard yet under which uid the order that it created was registered: that creation is
    /// meant, also if the uid is another order's (rule N4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation: Option<CreationId>,
    /// The revision that the till had seen.
    pub base: u64,
    /// The ids of the payments that it had seen: money of another's that it had not stands in the way.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub payments_seen: Vec<String>,
}

impl Delete {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        let uid = scratch.meant(&self.order, self.creation.as_ref())?;
        let order = scratch.state.known_order(&uid)?;
        match order.state {
            OrderState::Deleted => {}
            OrderState::Paid => {
                let by = order.edited.clone();
                return Err(Refusal::Closed { order: order.uid.clone(), state: order.state, by });
            }
            OrderState::Draft | OrderState::Unpaid => {
                if order.changed_by_others_since(&scratch.author.till, self.base) {
                    let by = order.others_since(&scratch.author.till, self.base);
                    return Err(Refusal::ChangedByOthers { order: order.uid.clone(), by });
                }
                let unseen = |payment: &&Payment| {
                    payment.till != scratch.author.till && !self.payments_seen.contains(&payment.id)
                };
                if let Some(payment) = order.payments.iter().find(unseen) {
                    // Who took it is known where that till changed something as well.
                    let by = order.changed_at.get(&payment.till).map(|change| change.by.clone());
                    return Err(Refusal::ChangedByOthers { order: uid, by: by.into_iter().collect() });
                }
                scratch.push(Change::Deleted { order: uid.clone(), revision: order.revision + 1 });
            }
        }
        scratch.answer_about(&uid);
        Ok(())
    }
}
