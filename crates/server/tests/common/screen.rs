//! What a till shows and what the store has, in the same words.

use std::sync::Arc;

use serde_json::Value;
use tillsync_core::json::Fields;
use tillsync_core::order::{Order, OrderState};
use tillsync_odoo_till::Till;

/// The orders on a till's screen that anything was done with, a text each.
pub fn of_till(till: &Till) -> Vec<String> {
    let orders = till.orders();
    let shown = orders.iter().filter(|order| order.order_on_server || !order.lines.is_empty());
    let mut texts: Vec<String> = shown
        .map(|order| {
            let lines = order.lines.iter().map(|line| {
                line_text(&line.uid, line.product_id as f64, line.qty, line.price, line.discount, &line.note)
            });
            order_text(&order.uid, order.number, order.customer, lines.collect())
        })
        .collect();
    texts.sort();
    texts
}

/// The drafts of the run that the store has, a text each.
pub fn of_orders<'a>(orders: impl IntoIterator<Item = &'a Order>) -> Vec<String> {
    let drafts = orders.into_iter().filter(|order| order.state == OrderState::Draft);
    let mut texts: Vec<String> = drafts
        .map(|order| {
            let number =
                |fields: &Fields, name: &str| fields.get(name).and_then(Value::as_f64).unwrap_or(0.0);
            let lines = order.lines.iter().map(|line| {
                let note = line.fields.get("note").and_then(Value::as_str).unwrap_or_default();
                let [product, qty, price, discount] =
                    ["product_id", "qty", "price_unit", "discount"].map(|name| number(&line.fields, name));
                line_text(line.uid.as_str(), product, qty, price, discount, note)
            });
            let customer = order.fields.get("partner_id").and_then(Value::as_i64);
            order_text(order.uid.as_str(), i64::from(order.number), customer, lines.collect())
        })
        .collect();
    texts.sort();
    texts
}

/// How a till's screen differs from the store's orders, if it does.
pub fn difference(till: &Till, orders: &[Arc<Order>]) -> Option<String> {
    let (shown, stored) = (of_till(till), of_orders(orders.iter().map(Arc::as_ref)));
    let who = till.config().pos.0;
    (shown != stored).then(|| format!("the till of POS {who} shows {shown:#?}, the store has {stored:#?}"))
}

fn line_text(uid: &str, product: f64, qty: f64, price: f64, discount: f64, note: &str) -> String {
    format!("{uid}: {qty} x {product} @{price} -{discount}% {note:?}")
}

fn order_text(uid: &str, number: i64, customer: Option<i64>, mut lines: Vec<String>) -> String {
    // Tills may show lines in another order than the server has them: each adds what comes at its end.
    lines.sort();
    format!("{uid} #{number} customer {customer:?} {lines:?}")
}
