//! Change an order.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};

use super::Scratch;
use crate::event::Change;
use crate::id::{CreationId, LineUid, OrderUid};
use crate::json::Fields;
use crate::operation::{OPERATIONS_MAX, Operation, judge};
use crate::refusal::Refusal;

/// Change an order: operations recorded where the user acted.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Update {
    /// The order.
    pub order: OrderUid,
    /// For a till that has not heard yet under which uid the order that it created was registered: that creation is
    /// meant, also if the uid is another order's (rule N4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation: Option<CreationId>,
    /// The revision that the till had seen of the others' changes.
    pub base: u64,
    /// What was done, in order.
    pub operations: Vec<Operation>,
    /// What the till says of itself; replaces what was said before, key by key.
    #[serde(default)]
    pub carried: Fields,
    /// The same, line by line.
    #[serde(default)]
    pub carried_lines: BTreeMap<LineUid, Fields>,
    /// Lines that were touched without changing a field; none stands for the order itself.
    #[serde(default)]
    pub touched: Vec<Option<LineUid>>,
}

impl Update {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        let uid = scratch.meant(&self.order, self.creation.as_ref())?;
        let order = scratch.state.open_order(&uid)?;
        let judged = judge(&order, self.base, scratch.author, &self.operations)?;
        scratch.answer.merged_with = order.others_since(&scratch.author.till, self.base);
        scratch.answer.notices.extend(judged.notices);
        scratch.push(Change::Updated {
            order: uid.clone(),
            revision: order.revision + 1,
            operations: judged.effects,
            carried: self.carried.clone(),
            carried_lines: self.carried_lines.clone(),
            touched: self.touched.clone(),
        });
        scratch.answer_about(&uid);
        Ok(())
    }
}

/// Keep in an order's history what somebody did to it after it was closed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct KeepAside {
    /// The order.
    pub order: OrderUid,
    /// For a till that has not heard yet under which uid the order that it created was registered: that creation is
    /// meant, also if the uid is another order's (rule N4).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub creation: Option<CreationId>,
    /// What was done.
    pub operations: Vec<Operation>,
}

impl KeepAside {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        if self.operations.len() > OPERATIONS_MAX {
            return Err(Refusal::too_large("operations in one action", OPERATIONS_MAX));
        }
        let uid = scratch.meant(&self.order, self.creation.as_ref())?;
        scratch.state.known_order(&uid)?;
        scratch.push(Change::KeptAside { order: uid.clone(), operations: self.operations.clone() });
        scratch.answer_about(&uid);
        Ok(())
    }
}
