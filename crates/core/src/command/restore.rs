//! Make an unpaid or deleted order a draft again.

use serde::{Deserialize, Serialize};

use super::Scratch;
use crate::event::Change;
use crate::id::OrderUid;
use crate::order::OrderState;
use crate::refusal::Refusal;

/// Make an unpaid or deleted order a draft of the current run, under the run's next number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Restore {
    /// The order.
    pub order: OrderUid,
}

impl Restore {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        let order = scratch.state.known_order(&self.order)?;
        match order.state {
            OrderState::Draft => {}
            OrderState::Paid => {
                let by = order.edited.clone();
                return Err(Refusal::Closed { order: order.uid.clone(), state: order.state, by });
            }
            OrderState::Deleted | OrderState::Unpaid => {
                let run = scratch.state.run;
                // A deleted order of this run had its number from this run: it keeps it.
                let number = if order.run == run { order.number } else { scratch.state.next_number(run) };
                let revision = order.revision + 1;
                scratch.push(Change::Renumbered { order: order.uid.clone(), revision, run, number });
            }
        }
        scratch.answer_about(&self.order);
        Ok(())
    }
}
