//! Money that goes into a drawer, or out of it, and was not for an order.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use super::Scratch;
use crate::event::Change;
use crate::json;
use crate::refusal::Refusal;

/// Movements of cash in one session.
pub const CASH_MOVES_MAX: usize = 500;

/// Characters of what is said of one.
pub const CASH_REASON_CHARS_MAX: usize = 200;

/// Put cash into a POS's drawer, or take some out (rule S7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct MoveCash {
    /// The POS.
    pub pos: i64,
    /// The session that is meant: the next one in its place has another drawer.
    pub session: u32,
    /// The payment method whose cash it is; the drawer of another currency has another one.
    pub method: i64,
    /// How much: above zero goes in, below zero comes out.
    #[serde(with = "json::plain_number")]
    pub amount: Decimal,
    /// What for.
    pub reason: String,
}

impl MoveCash {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        let open = scratch.state.poses.get(&self.pos).and_then(|seat| seat.session.as_ref());
        let Some(open) = open.filter(|open| open.id == self.session) else {
            let (session, pos) = (self.session, self.pos);
            return Err(Refusal::session(format!(
                "session {session} of POS {pos} is not open; its cash was counted"
            )));
        };
        if self.amount.is_zero() || !json::is_within_bounds(self.amount) {
            return Err(Refusal::bad("cash that is moved has an amount, and not one beyond reason"));
        }
        if self.reason.trim().is_empty() {
            return Err(Refusal::bad("say what the cash is for: whoever counts it wants to know"));
        }
        if self.reason.chars().count() > CASH_REASON_CHARS_MAX {
            return Err(Refusal::too_large("characters of a reason", CASH_REASON_CHARS_MAX));
        }
        if open.moves.len() >= CASH_MOVES_MAX {
            return Err(Refusal::too_large("movements of cash in one session", CASH_MOVES_MAX));
        }
        let (pos, method, amount, reason) = (self.pos, self.method, self.amount, self.reason.clone());
        scratch.push(Change::CashMoved { pos, method, amount, reason });
        Ok(())
    }
}
