//! A till's replica, written from docs/PROTOCOL.md (W5 to W7) alone: what the server's own code does is not looked at.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Map, Value, json};

/// Every draft of a multi-session, at a seq.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Replica {
    /// How far it is.
    pub seq: u64,
    /// When the event at that seq was taken, in milliseconds since 1970; 0 where it is not known.
    pub seq_ms: u64,
    /// The run.
    pub run: u64,
    /// Orders by uid, as the wire shows them.
    pub orders: BTreeMap<String, Value>,
}

impl Replica {
    /// By a welcome: a tail on top of what there was, or a snapshot in its place.
    pub fn welcome(&mut self, welcome: &Value) {
        if let Some(snapshot) = welcome.get("snapshot") {
            self.orders.clear();
            for order in items(&snapshot["orders"]) {
                self.put(order);
            }
            self.seq = welcome["seq"].as_u64().unwrap_or_default();
            self.seq_ms = welcome["seq_ms"].as_u64().unwrap_or_default();
        }
        for event in items(&welcome["tail"]) {
            self.event(event);
        }
        self.run = welcome["run"].as_u64().unwrap_or_default();
    }

    /// Follows an event. A hole in the log is an error: the till has missed something.
    pub fn event(&mut self, event: &Value) -> bool {
        let seq = event["seq"].as_u64().unwrap_or_default();
        if seq <= self.seq {
            return true;
        }
        let whole = seq == self.seq + 1;
        let by = json!({"user": event["user"], "pos": event["pos"]});
        for change in items(&event["changes"]) {
            self.change(change, &by);
        }
        for order in items(&event["brings"]) {
            let revision = |order: &Value| order["revision_ID"].as_u64().unwrap_or_default();
            let uid = order["uid"].as_str().unwrap_or_default();
            if self.orders.get(uid).is_none_or(|known| revision(known) < revision(order)) {
                self.put(order);
            }
        }
        self.seq = seq;
        self.seq_ms = event["time_ms"].as_u64().unwrap_or_default();
        whole
    }

    /// The text in which replicas are compared.
    pub fn canonical(&self) -> String {
        tillsync_core::json::canonical(&json!({"run": self.run, "orders": self.orders}))
    }

    fn put(&mut self, order: &Value) {
        self.orders.insert(order["uid"].as_str().unwrap_or_default().to_owned(), order.clone());
    }

    fn change(&mut self, change: &Value, by: &Value) {
        let uid = change["order"].as_str().unwrap_or_default();
        match change["change"].as_str().unwrap_or_default() {
            "registered" => {
                let lines: Vec<Value> = items(&change["lines"])
                    .iter()
                    .map(|line| {
                        let added = line.get("added").unwrap_or(by);
                        json!({"uid": line["uid"], "fields": line["fields"], "added": added, "edited": null})
                    })
                    .collect();
                self.put(&json!({
                    "uid": uid, "sequence_number": change["number"], "run_ID": change["run"],
                    "revision_ID": change["revision"], "state": "draft", "fields": change["fields"], "lines": lines,
                    "added": by, "edited": null, "payments": [],
                    "origin": change.get("origin").unwrap_or(&Value::Null), "carried_from": null,
                    "late": change.get("late").unwrap_or(&Value::Bool(false)),
                }));
            }
            "run_began" => self.run = change["run"].as_u64().unwrap_or_default(),
            "payment_taken" => {
                let Some(order) = self.orders.get_mut(uid) else { return };
                let id = &change["payment"]["id"];
                if items(&order["payments"]).iter().all(|known| known["id"] != *id)
                    && let Some(payments) = order["payments"].as_array_mut()
                {
                    payments.push(change["payment"].clone());
                }
            }
            "paid" | "deleted" | "unpaid" if self.is_later(uid, change) => {
                self.orders.remove(uid);
            }
            "renumbered" if self.is_later(uid, change) => {
                let Some(order) = self.orders.get_mut(uid) else { return };
                if order["run_ID"] != change["run"] {
                    order["carried_from"] =
                        json!({"run": order["run_ID"], "number": order["sequence_number"]});
                }
                order["state"] = json!("draft");
                order["run_ID"] = change["run"].clone();
                order["sequence_number"] = change["number"].clone();
                order["revision_ID"] = change["revision"].clone();
            }
            "updated" if self.is_later(uid, change) => {
                let Some(order) = self.orders.get_mut(uid) else { return };
                let operations = items(&change["operations"]);
                operations.iter().for_each(|operation| apply(order, operation, by));
                let touched = items(&change["touched"]);
                if !operations.is_empty() || touched.contains(&Value::Null) {
                    order["edited"] = by.clone();
                }
                for line in touched.iter().filter_map(Value::as_str) {
                    if let Some(line) = line_mut(order, line) {
                        line["edited"] = by.clone();
                    }
                }
                order["revision_ID"] = change["revision"].clone();
            }
            _ => {}
        }
    }

    fn is_later(&self, uid: &str, change: &Value) -> bool {
        let revision = |value: &Value| value.as_u64().unwrap_or_default();
        self.orders
            .get(uid)
            .is_some_and(|order| revision(&order["revision_ID"]) < revision(&change["revision"]))
    }
}

/// A list's items; none of what is no list.
pub fn items(value: &Value) -> &[Value] {
    value.as_array().map(Vec::as_slice).unwrap_or_default()
}

/// The line of an order.
pub fn line<'a>(order: &'a Value, uid: &str) -> Option<&'a Value> {
    items(&order["lines"]).iter().find(|line| line["uid"] == uid)
}

fn line_mut<'a>(order: &'a mut Value, uid: &str) -> Option<&'a mut Value> {
    order["lines"].as_array_mut()?.iter_mut().find(|line| line["uid"] == uid)
}

fn amount(value: Option<&Value>) -> Decimal {
    value.and_then(|value| tillsync_core::json::amount(value).ok()).unwrap_or_default()
}

fn apply(order: &mut Value, operation: &Value, by: &Value) {
    let uid = operation["line"].as_str();
    match operation["op"].as_str().unwrap_or_default() {
        "add_line" => {
            let uid = uid.unwrap_or_default();
            if line(order, uid).is_some() {
                return;
            }
            let (added, edited) = match operation.get("added") {
                Some(added) => (added, by),
                None => (by, &Value::Null),
            };
            let line = json!({"uid": uid, "fields": operation["fields"], "added": added, "edited": edited});
            if let Some(lines) = order["lines"].as_array_mut() {
                lines.push(line);
            }
        }
        "remove_line" => {
            if let Some(lines) = order["lines"].as_array_mut() {
                lines.retain(|line| line["uid"].as_str() != uid);
            }
        }
        kind => {
            let target = match uid {
                None => Some(&mut *order),
                Some(uid) => line_mut(order, uid),
            };
            let Some(target) = target else { return };
            if uid.is_some() {
                target["edited"] = by.clone();
            }
            let field = operation["field"].as_str().unwrap_or_default();
            if let Some(fields) = target["fields"].as_object_mut() {
                set_field(fields, kind, field, operation);
            }
        }
    }
}

fn set_field(fields: &mut Map<String, Value>, kind: &str, field: &str, operation: &Value) {
    match (kind, operation.get("key").and_then(Value::as_str), operation.get("value")) {
        ("set", None, Some(value)) => {
            fields.insert(field.into(), value.clone());
        }
        ("set", None, None) => {
            fields.remove(field);
        }
        ("set", Some(key), value) => {
            let entry = fields.entry(field).or_insert_with(|| json!({}));
            if !entry.is_object() {
                *entry = json!({});
            }
            if let Some(members) = entry.as_object_mut() {
                match value {
                    Some(value) => members.insert(key.into(), value.clone()),
                    None => members.remove(key),
                };
            }
        }
        ("increment", ..) => {
            let sum = amount(fields.get(field)) + amount(operation.get("by"));
            fields.insert(field.into(), tillsync_core::json::number(sum));
        }
        ("unite", ..) => {
            let entry = fields.entry(field).or_insert_with(|| json!([]));
            if !entry.is_array() {
                *entry = json!([]);
            }
            if let Some(list) = entry.as_array_mut() {
                for value in items(&operation["values"]) {
                    if !list.contains(value) {
                        list.push(value.clone());
                    }
                }
            }
        }
        _ => {}
    }
}
