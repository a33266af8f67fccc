//! What lists know of an order that is off the screens.

use std::collections::BTreeSet;

use rust_decimal::Decimal;
use rust_decimal::prelude::ToPrimitive;
use serde_json::Value;
use tillsync_core::json::{self, Fields};
use tillsync_core::money::Money;
use tillsync_core::order::{Order, OrderState};

use crate::lists::Place;

/// The field of an order that names the one that it gives money back for.
const REFUND_OF: &str = "refund_of";

/// Amounts in lists are whole numbers of this part of the currency's unit.
const PARTS: i64 = 1_000_000;

/// What lists filter and sort by.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Facts {
    pub place: Place,
    pub state: OrderState,
    pub number: u32,
    pub receipt: Option<u64>,
    pub pos: i64,
    pub user: i64,
    pub partner: Option<i64>,
    pub seat: Option<String>,
    pub taken_away: bool,
    pub in_question: bool,
    pub refund: bool,
    pub late: bool,
}

impl Facts {
    /// Of an order; none for one that is on the screens.
    ///
    /// `changed_ms` is when it changed last: of an order that is unpaid nothing else says when it left.
    pub fn of(multi_session: i64, order: &Order, changed_ms: u64) -> Option<Self> {
        if order.state == OrderState::Draft {
            return None;
        }
        let closing = order.closing.as_ref();
        // An older version did not note how it was closed.
        let by = closing.map(|closing| &closing.by).or(order.edited.as_ref()).unwrap_or(&order.added);
        let worth = Money::worth(order);
        Some(Self {
            place: Place {
                total: parts(worth),
                ms: closing.map_or(changed_ms, |closing| closing.ms),
                multi_session,
                uid: order.uid.clone(),
            },
            state: order.state,
            number: order.number,
            receipt: closing.and_then(|closing| closing.receipt),
            pos: by.pos.id,
            user: by.user.id,
            partner: referred(&order.fields, "partner_id"),
            seat: seat(&order.fields),
            taken_away: order.taken_away,
            in_question: order.is_in_question(),
            refund: is_refund(order),
            late: order.late,
        })
    }

    /// Whether the order or its receipt has this number.
    pub fn has_number(&self, number: u64) -> bool {
        u64::from(self.number) == number || self.receipt == Some(number)
    }
}

/// Whether an order gives money back: for another one, or by what it comes to.
pub fn is_refund(order: &Order) -> bool {
    let worth = Money::worth(order);
    order.fields.get(REFUND_OF).is_some_and(Value::is_string)
        || (worth.is_sign_negative() && !worth.is_zero())
}

/// The products that an order has or had.
pub(crate) fn products(order: &Order) -> BTreeSet<i64> {
    let gone = order.removed.iter().map(|removed| &removed.line);
    order.lines.iter().chain(gone).filter_map(|line| referred(&line.fields, "product_id")).collect()
}

/// The table that an order is at, as [`Key::Seat`](crate::lists::Key::Seat) has it.
pub fn seat(fields: &Fields) -> Option<String> {
    let by_record = || referred(fields, "table_id").map(|id| format!("#{id}"));
    // Odoo's restaurant module says the name as well.
    let by_name = fields.get("table").and_then(Value::as_str).filter(|name| !name.is_empty());
    by_record().or_else(|| by_name.map(str::to_lowercase))
}

/// A field that refers to a record.
fn referred(fields: &Fields, name: &str) -> Option<i64> {
    json::reference(fields.get(name)?)
}

/// Beyond what fits, the largest that does: such an order is at the end of every list.
fn parts(amount: Decimal) -> i64 {
    let parts = (amount * Decimal::from(PARTS)).trunc().to_i64();
    parts.unwrap_or(if amount.is_sign_negative() { i64::MIN } else { i64::MAX })
}
