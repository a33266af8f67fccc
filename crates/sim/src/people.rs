//! What people do at the tills.

use rand::RngExt;
use serde_json::{Value, json};

use crate::replica::items;
use crate::shop::Shop;

impl Shop {
    /// Somebody does something. With a full storage nothing can be kept, and nothing is shown.
    pub(crate) fn act(&mut self, at: usize) {
        if self.chance(3) || self.tills[at].storage.login.is_none() {
            return;
        }
        let shared = self.ledger.shared.clone();
        let others = self.tills[at].others(&shared).len();
        let which = self.dice.random_range(0..100);
        let chosen = self.below(others);
        let till = &mut self.tills[at];
        let base = |order: &Value| order["revision_ID"].as_u64().unwrap_or_default();
        let shared_base = till.replica.orders.get(&shared).map_or(0, base);
        let order = till.others(&shared).get(chosen).map(|order| (*order).clone());
        let on_shared = |operations: Value| json!([{"action": "update", "order": shared, "base": shared_base, "operations": operations}]);
        match (which, order) {
            (0..30, _) => {
                let by = json!(0.1);
                let id = till
                    .keep(on_shared(json!([{"op": "increment", "line": "tap", "field": "qty", "by": by}])));
                self.ledger.taps.push(id);
            }
            (30..40, _) => {
                let line = till.new_line();
                let fields = json!({"product_id": 2, "qty": 1, "price_unit": 1});
                till.keep(on_shared(json!([{"op": "add_line", "line": line, "fields": fields}])));
                self.ledger.lines.push(line);
            }
            (40..50, _) => {
                let value = till.storage.number + 1;
                till.keep(on_shared(json!([{"op": "set", "field": format!("own{at}"), "value": value}])));
                self.ledger.own.insert(format!("own{at}"), value);
            }
            (50..65, _) | (_, None) => {
                let Some(uid) = till.new_uid() else { return };
                let line = till.new_line();
                let lines = json!([{"uid": line, "fields": {"product_id": 3, "qty": 4, "price_unit": 1}}]);
                let creation = format!("k-{uid}");
                till.keep(json!([{"action": "create", "order": uid, "creation": creation, "run": 1, "lines": lines}]));
                self.ledger.created.push(uid);
            }
            (which, Some(order)) => {
                let (uid, base) = (order["uid"].clone(), base(&order));
                let line = items(&order["lines"])[0].clone();
                let on_order = |operations: Value| json!([{"action": "update", "order": uid, "base": base, "operations": operations}]);
                match which {
                    65..72 => till.keep(on_order(
                        json!([{"op": "increment", "line": line["uid"], "field": "qty", "by": 1}]),
                    )),
                    72..78 => till.keep(on_order(
                        json!([{"op": "remove_line", "line": line["uid"], "seen": line["fields"]["qty"]}]),
                    )),
                    78..84 => till.keep(on_order(json!([
                        {"op": "set", "line": line["uid"], "field": "note", "value": base},
                        {"op": "unite", "field": "tags", "values": [at]},
                        {"op": "set", "field": "courses", "key": at.to_string(), "value": {"sent": true}},
                    ]))),
                    84..90 => {
                        let Some(new) = till.new_uid() else { return };
                        let into = till.new_line();
                        let to = json!({"kind": "new", "order": new, "creation": format!("k-{new}"), "fields": {}});
                        let item = json!({"line": line["uid"], "qty": 1, "into": into});
                        till.keep(json!([{"action": "move", "from": uid, "to": to, "items": [item]}]))
                    }
                    90..95 => {
                        let seen = json!({"fields": order["fields"], "lines": order["lines"]});
                        let payment = json!({"id": format!("p-{}-{}", at, till.storage.number), "till": "sim", "fields": {"cash": 1}});
                        let seen = plain(&seen);
                        // Money that is recorded at once, and perhaps booked as a fact nevertheless.
                        let is_recorded = till.storage.number.is_multiple_of(3);
                        if is_recorded || self.links[at].is_some() {
                            till.keep(json!([
                                {"action": "pay", "order": uid, "payment": payment},
                            ]));
                        }
                        if self.links[at].is_some() && !is_recorded {
                            let payments = [&payment["id"]];
                            till.keep(json!([
                                {"action": "close", "order": uid, "base": base, "seen": seen, "payments": payments}
                            ]))
                        } else {
                            self.ledger.settled.push(payment["id"].as_str().unwrap_or_default().to_owned());
                            till.keep(json!([{
                                "action": "settle", "order": uid, "creation": format!("k-{}", uid.as_str().unwrap_or_default()),
                                "run": 1, "paid": seen, "payment": payment,
                            }]))
                        }
                    }
                    _ => till.keep(json!([{"action": "delete", "order": uid, "base": base}])),
                };
            }
        }
    }
}

/// A view of what a replica shows: fields and lines without marks.
fn plain(order: &Value) -> Value {
    let lines: Vec<Value> = items(&order["lines"])
        .iter()
        .map(|line| json!({"uid": line["uid"], "fields": line["fields"]}))
        .collect();
    json!({"fields": order["fields"], "lines": lines})
}
