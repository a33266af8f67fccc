//! Say that somebody has looked at what an order needed a look for.

use serde::{Deserialize, Serialize};

use super::Scratch;
use crate::event::Change;
use crate::id::OrderUid;
use crate::refusal::Refusal;

/// Characters of what is noted.
pub const RESOLUTION_CHARS_MAX: usize = 1_000;

/// Settle every matter of an order that is open (rule C8): its money was given back, its goods were found.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Resolve {
    /// The order.
    pub order: OrderUid,
    /// What came of it, for people.
    #[serde(default)]
    pub note: String,
}

impl Resolve {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        if self.note.chars().count() > RESOLUTION_CHARS_MAX {
            return Err(Refusal::too_large("characters of a note", RESOLUTION_CHARS_MAX));
        }
        let order = scratch.state.known_order(&self.order)?;
        if order.is_in_question() {
            scratch.push(Change::Resolved { order: self.order.clone(), note: self.note.clone() });
        }
        scratch.answer_about(&self.order);
        Ok(())
    }
}
