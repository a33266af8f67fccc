//! An order as JSON, encoded once for all tills that need the same lines repainted.

use serde::Serialize;
use serde_json::json;
use tillsync_core::author::Mark;
use tillsync_core::json;
use tillsync_core::order::{Line, Order};

use crate::encode::{line_ids, line_totals, totals};
use crate::looks::Flags;
use crate::painted::{self, Painted};
use crate::sent::{CARRIED_CHANGED, QTY_COUNTED};

/// The `data` of an `update_order`. What differs from one delivery to the next is filled in by [`OrderText::spell`]:
/// the marks of the delivery, the revision that is told, the message's number.
#[derive(Debug)]
pub struct OrderText {
    text: String,
    /// Where the delivery's mark goes, in bytes.
    marks: Vec<usize>,
}

/// What the server says of an order, whatever tills said.
const OURS: [&str; 12] = [
    "uid",
    "name",
    "revision_ID",
    "run_ID",
    "sequence_number",
    "new_order",
    "order_on_server",
    "ms_info",
    "lines",
    "message_ID",
    "session_id",
    "login_number",
];

impl OrderText {
    /// Encodes an order with these lines to be repainted.
    pub fn new(order: &Order, flags: &Flags) -> Self {
        let mut to = Writer::default();
        to.text.push(b'{');
        to.member("uid", &order.uid);
        to.member("name", &format!("Order {}", order.uid));
        to.member("run_ID", &order.run);
        to.member("sequence_number", &order.number);
        to.member("new_order", &false);
        to.member("order_on_server", &true);
        to.info(&order.added, order.carried.get(CARRIED_CHANGED));
        let totals = totals(order);
        for (field, value) in &order.fields {
            let said_below = order.carried.contains_key(field) || totals.contains_key(field);
            if !said_below && !OURS.contains(&field.as_str()) {
                to.member(field, value);
            }
        }
        for (field, value) in &order.carried {
            let field = field.as_str();
            if !totals.contains_key(field) && !OURS.contains(&field) && field != CARRIED_CHANGED {
                to.member(field, value);
            }
        }
        for (field, value) in &totals {
            to.member(field, value);
        }
        // The client falls over without these; without a customer's key it takes the customer away.
        for (field, value) in [
            ("statement_ids", json!([])),
            ("pos_session_id", json!(0)),
            ("user_id", json!(order.added.user.id)),
            ("partner_id", json!(false)),
        ] {
            if ![&order.fields, &order.carried].iter().any(|fields| fields.contains_key(field)) {
                to.member(field, &value);
            }
        }
        to.key("lines");
        to.text.push(b'[');
        let ids = line_ids(order);
        for (at, line) in order.lines.iter().enumerate() {
            if at > 0 {
                to.text.push(b',');
            }
            to.line(line, ids.get(&line.uid), flags.has(&line.uid));
        }
        to.text.push(b']');
        // JSON is UTF-8.
        Self { text: String::from_utf8(to.text).unwrap_or_default(), marks: to.marks }
    }

    /// Writes the text of one delivery, told under a revision.
    pub fn spell(&self, painted: Painted, revision: u64, message_id: u64, to: &mut String) {
        let mark = painted.to_string();
        to.reserve(self.text.len() + mark.len() * self.marks.len() + 64);
        let mut from = 0;
        for at in &self.marks {
            to.push_str(&self.text[from..*at]);
            to.push_str(&mark);
            from = *at;
        }
        to.push_str(&self.text[from..]);
        to.push_str(&format!(",\"revision_ID\":{revision},\"message_ID\":{message_id}}}"));
    }
}

#[derive(Default)]
struct Writer {
    text: Vec<u8>,
    marks: Vec<usize>,
}

impl Writer {
    fn key(&mut self, key: &str) {
        if !self.text.ends_with(b"{") {
            self.text.push(b',');
        }
        self.value(key);
        self.text.push(b':');
    }

    fn value(&mut self, value: &(impl Serialize + ?Sized)) {
        let written = serde_json::to_writer(&mut self.text, value);
        debug_assert!(written.is_ok(), "names, numbers and JSON values are written: none of them fails");
    }

    fn member(&mut self, key: &str, value: &(impl Serialize + ?Sized)) {
        self.key(key);
        self.value(value);
    }

    /// `ms_info`: who created and who changed it, and the place for the delivery's mark.
    fn info(&mut self, created: &Mark, changed: Option<&(impl Serialize + ?Sized)>) {
        self.key("ms_info");
        self.text.push(b'{');
        self.member("created", created);
        if let Some(changed) = changed {
            self.member("changed", changed);
        }
        self.key(painted::KEY);
        self.text.push(b'"');
        self.marks.push(self.text.len());
        self.text.extend(b"\"}");
    }

    /// A line as Odoo writes it, the command `[0, 0, {fields}]`.
    fn line(&mut self, line: &Line, id: Option<&i64>, repainted: bool) {
        self.text.extend(b"[0,0,{");
        self.member("uid", &line.uid);
        self.member("id", &id);
        self.info(&line.added, line.edited.as_ref());
        if repainted {
            self.member("is_changed", &true);
        }
        let totals = line_totals(line);
        for (name, total) in &totals {
            self.member(name, &json::number(*total));
        }
        let ours = |field: &str| {
            matches!(field, "uid" | "id" | "ms_info" | "is_changed" | QTY_COUNTED)
                || totals.iter().any(|(name, _)| *name == field)
        };
        for (field, value) in &line.fields {
            if !line.carried.contains_key(field) && !ours(field) {
                self.member(field, value);
            }
        }
        for (field, value) in line.carried.iter().filter(|(field, _)| !ours(field)) {
            self.member(field, value);
        }
        self.text.extend(b"}]");
    }
}

#[cfg(test)]
mod tests {
    use serde_json::Value;
    use tillsync_core::id::LineUid;

    use super::*;
    use crate::painted::Reach;

    #[test]
    fn a_text_is_json_and_carries_its_mark_wherever_the_client_keeps_it() {
        let mark = json!({"user": {"id": 1, "name": "Ann \"A\""}, "pos": {"id": 1, "name": "Bar"}});
        let line = |uid: &str| json!({"uid": uid, "fields": {"qty": 1, "product_id": 7, "note": "{"}, "added": mark});
        let order: Order = serde_json::from_value(json!({
            "uid": "00001-001-0001", "creation": "c", "number": 3, "run": 1, "revision": 4, "first_revision": 1,
            "state": "draft", "fields": {"note": "a \"quoted\" one"}, "added": mark,
            "lines": [line("a"), line("b")],
        }))
        .expect("an order");
        let flags = Flags::Lines([LineUid::new("b")].into());
        let painted = Painted { revision: 4, delivery: 12, reach: Reach::BringsOnly };
        let mut text = String::new();
        OrderText::new(&order, &flags).spell(painted, 3, 9, &mut text);
        let data: Value = serde_json::from_str(&text).expect("JSON");
        assert_eq!(data["note"], "a \"quoted\" one");
        assert_eq!((&data["revision_ID"], &data["message_ID"]), (&json!(3), &json!(9)));
        assert_eq!(data["ms_info"]["painted"], "4.12~");
        assert_eq!(data["ms_info"]["created"], mark);
        for (line, is_changed) in [(&data["lines"][0][2], Value::Null), (&data["lines"][1][2], json!(true))] {
            assert_eq!(line["ms_info"]["painted"], "4.12~");
            assert_eq!(line["is_changed"], is_changed);
            assert_eq!(line["note"], "{");
        }
    }
}
