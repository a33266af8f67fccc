//! Delete an order.

use serde::{Deserialize, Serialize};

use super::Scratch;
use crate::event::Change;
use crate::id::OrderUid;
use crate::order::OrderState;
use crate::refusal::Refusal;

/// Delete an order, if nothing of another's came since what the deleter saw (rule C4).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Delete {
    /// The order.
    pub order: OrderUid,
    /// The revision that the till had seen.
    pub base: u64,
}

impl Delete {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        let order = scratch.state.known_order(&self.order)?;
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
                scratch.push(Change::Deleted { order: order.uid.clone(), revision: order.revision + 1 });
            }
        }
        scratch.answer_about(&self.order);
        Ok(())
    }
}
