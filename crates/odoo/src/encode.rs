//! Orders as Odoo's clients read them.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::Value;
use tillsync_core::id::LineUid;
use tillsync_core::json::{self as json_rules, Fields};
use tillsync_core::order::{Line, Order};

use crate::sent::QTY_COUNTED;

/// The number (`id`) that each line has in messages. A till that creates an order from a message names line `k`
/// `S-L-N-k`, so no line may get the number in which *another* line's uid ends: the till would take the one for
/// the other. A number that two uids end in is nobody's.
pub fn line_ids(order: &Order) -> BTreeMap<LineUid, i64> {
    let ends = |uid: &LineUid| {
        uid.as_str().rsplit('-').next().and_then(|end| end.parse::<i64>().ok()).filter(|k| *k > 0)
    };
    let all = order.lines.iter().chain(order.removed.iter().map(|gone| &gone.line));
    let mut count: BTreeMap<i64, usize> = BTreeMap::new();
    for end in all.filter_map(|line| ends(&line.uid)) {
        *count.entry(end).or_default() += 1;
    }
    let mut next = count.keys().max().copied().unwrap_or(0);
    let number = |line: &Arc<Line>| {
        let own = ends(&line.uid).filter(|end| count.get(end) == Some(&1));
        let id = own.unwrap_or_else(|| {
            next += 1;
            next
        });
        (line.uid.clone(), id)
    };
    order.lines.iter().map(number).collect()
}

/// The session and login that last changed the order, as its messages name them; 0 and 0 for the server.
pub fn last_sender(order: &Order) -> (i64, i64) {
    let number = |field: &str| order.carried.get(field).and_then(Value::as_i64).unwrap_or(0);
    (number("session_id"), number("login_number"))
}

fn field(fields: &Fields, name: &str) -> Option<Decimal> {
    json_rules::amount(fields.get(name)?).ok()
}

/// Quantity times price less discount: what a line costs before or after tax, as its till's prices are.
fn worth(line: &Line) -> Decimal {
    let price = field(&line.fields, "price_unit").unwrap_or_default();
    let discount = field(&line.fields, "discount").unwrap_or_default();
    line.qty() * price * (Decimal::ONE - discount / Decimal::ONE_HUNDRED)
}

/// A line's totals without and with tax: as its till computed them or, when others changed the quantity since,
/// scaled with it.
pub(crate) fn line_totals(line: &Line) -> [(&'static str, Decimal); 2] {
    let counted = field(&line.carried, QTY_COUNTED).filter(|counted| !counted.is_zero());
    ["price_subtotal", "price_subtotal_incl"].map(|name| {
        let total = match (field(&line.carried, name), counted) {
            (Some(total), Some(counted)) if counted != line.qty() => {
                (total * line.qty() / counted).round_dp(6)
            }
            (Some(total), Some(_)) => total,
            (_, None) | (None, _) => worth(line).round_dp(6),
        };
        (name, total)
    })
}

/// The order's totals, where those that the last till computed no longer fit the lines.
pub(crate) fn totals(order: &Order) -> Fields {
    let (mut without, mut with_tax) = (Decimal::ZERO, Decimal::ZERO);
    for line in &order.lines {
        let [(_, excluded), (_, included)] = line_totals(line);
        (without, with_tax) = (without + excluded, with_tax + included);
    }
    let carried = field(&order.carried, "amount_total");
    // Tills round cash; what is less than two hundredths away is theirs.
    if carried.is_some_and(|total| (total - with_tax).abs() < Decimal::new(2, 2)) {
        return Fields::new();
    }
    let (without, with_tax) = (without.round_dp(2), with_tax.round_dp(2));
    [("amount_total", with_tax), ("amount_tax", with_tax - without)]
        .map(|(name, total)| (name.to_owned(), json_rules::number(total)))
        .into_iter()
        .collect()
}
