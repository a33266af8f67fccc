//! A till on a desk, and somebody who plays the Sync Server by hand.

use serde_json::{Value, json};
use tillsync_odoo_till::{Answer, OrderView, Outgoing, Till, TillConfig};

/// The uid of the order that [`order`] writes: another till's.
pub const THEIRS: &str = "00009-001-0001";

pub struct Desk {
    pub till: Till,
    poll: Option<Outgoing>,
    last: i64,
    pub now_ms: u64,
}

impl Desk {
    /// A till that is open and quiet, `message_ID` 10, the run's last number 0.
    pub fn open() -> Self {
        Self::with(TillConfig::numbered(1))
    }

    pub fn with(config: TillConfig) -> Self {
        let mut desk = Self::closed(config);
        desk.till.open();
        desk.load();
        desk
    }

    pub fn closed(config: TillConfig) -> Self {
        let mut till = Till::new(config);
        till.tick(1_000_000);
        Self { till, poll: None, last: 0, now_ms: 1_000_000 }
    }

    /// Gets the page over "Sync Orders", and the greetings after it out of the way.
    pub fn load(&mut self) {
        self.load_with(&[]);
    }

    pub fn load_with(&mut self, orders: &[Value]) {
        let request = self.one();
        assert_eq!(request.message()["immediate_rerendering"], json!(true));
        self.answer(&request, list(10, orders));
        for request in self.requests().into_iter().filter(|request| request.action() != "update_order") {
            self.answer(&request, json!({}));
        }
    }

    pub fn requests(&mut self) -> Vec<Outgoing> {
        self.till.take_requests()
    }

    /// The only request that the till sends now.
    pub fn one(&mut self) -> Outgoing {
        let mut requests = self.requests();
        assert_eq!(requests.len(), 1, "{requests:#?}");
        requests.remove(0)
    }

    /// What the till sends now, in words: the action, and what matters of it.
    pub fn sends(&mut self) -> Vec<String> {
        self.requests().iter().map(in_words).collect()
    }

    pub fn answer(&mut self, request: &Outgoing, result: Value) {
        self.till.answer(request.id, Answer::result(result));
    }

    pub fn fail(&mut self, request: &Outgoing) {
        self.till.answer(request.id, Answer::Failed);
    }

    /// `update_revision_ID` for an update.
    pub fn accept(&mut self, request: &Outgoing, revision: i64, number: i64) {
        let uid = request.message()["data"]["uid"].clone();
        self.answer(request, given(&uid, revision, number));
    }

    /// Delivers a message of another till by the poll.
    pub fn message(&mut self, action: &str, mut data: Value, message_id: i64) {
        data["message_ID"] = json!(message_id);
        self.deliver(json!({ "action": action, "data": data, "session_id": 9, "login_number": 1 }));
    }

    pub fn deliver(&mut self, message: Value) {
        let poll = self.take_poll();
        self.last += 1;
        let channel = json!(["odoo", "pos.multi_session", "1"]).to_string();
        self.answer(&poll, json!([{ "id": self.last, "channel": channel, "message": message }]));
    }

    pub fn take_poll(&mut self) -> Outgoing {
        while let Some(poll) = self.till.take_poll() {
            self.poll = Some(poll);
        }
        self.poll.take().expect("a poll")
    }

    /// Lets time jump to the next timer's end, until something is sent.
    pub fn wait(&mut self) -> Vec<Outgoing> {
        loop {
            let requests = self.requests();
            if !requests.is_empty() {
                return requests;
            }
            self.now_ms = self.till.next_tick_ms().expect("a timer");
            self.till.tick(self.now_ms);
        }
    }

    pub fn pass(&mut self, ms: u64) {
        self.now_ms += ms;
        self.till.tick(self.now_ms);
    }

    pub fn order(&self, uid: &str) -> OrderView {
        self.till.order(uid).expect("the order is on the screen")
    }

    pub fn selected(&self) -> OrderView {
        self.till.selected().expect("an order is selected")
    }

    /// The lines of an order, in words.
    pub fn lines(&self, uid: &str) -> Vec<String> {
        let lines = self.order(uid).lines;
        lines.iter().map(|line| format!("{} {}x{}", line.uid, line.qty, line.product_id)).collect()
    }

    /// A registered order of this till with these products, accepted up to this revision.
    pub fn registered(&mut self, products: &[i64]) -> String {
        for (revision, product_id) in (1..).zip(products) {
            self.till.tap(*product_id, 1.0).expect("an order to tap into");
            let request = self.one();
            self.accept(&request, revision, 1);
        }
        self.selected().uid
    }
}

pub fn given(uid: &Value, revision: i64, number: i64) -> Value {
    json!({ "action": "update_revision_ID", "revision_ID": revision, "uid": uid, "order_ID": number, "run_ID": 1 })
}

/// A full `sync_all` with these orders.
pub fn list(message_id: i64, orders: &[Value]) -> Value {
    let orders: Vec<_> =
        orders.iter().map(|order| json!({ "action": "update_order", "data": order })).collect();
    json!({
        "action": "sync_all",
        "data": { "orders": orders, "message_ID": message_id, "order_ID": 0, "uid": null, "login_number": 1, "session_id": 1 },
    })
}

/// An order as another till sends it; `lines`: uid, id and quantity, all of product 7.
pub fn order(uid: &str, revision: i64, lines: &[(&str, i64, i64)]) -> Value {
    let lines: Vec<_> = lines.iter().map(|(uid, id, qty)| json!([0, 0, line(uid, *id, *qty)])).collect();
    json!({
        "uid": uid, "name": format!("Order {uid}"), "sequence_number": 1, "revision_ID": revision, "run_ID": 1,
        "lines": lines, "statement_ids": [], "pos_session_id": 9, "pricelist_id": 1, "partner_id": false, "user_id": 9,
        "creation_date": "2026-11-21 01:14:20", "fiscal_position_id": false, "new_order": false,
        "amount_paid": 0, "amount_total": 0, "amount_tax": 0, "amount_return": 0,
        "ms_info": { "created": { "user": { "id": 9, "name": "Nine" }, "pos": { "id": 9, "name": "POS9" } } },
    })
}

fn line(uid: &str, id: i64, qty: i64) -> Value {
    json!({
        "uid": uid, "id": id, "product_id": 7, "qty": qty, "price_unit": 1, "price_subtotal": qty,
        "price_subtotal_incl": qty, "discount": 0, "tax_ids": [[6, false, []]], "pack_lot_ids": [],
        "ms_info": { "created": { "user": { "id": 9, "name": "Nine" }, "pos": { "id": 9, "name": "POS9" } } },
    })
}

pub fn in_words(request: &Outgoing) -> String {
    let (message, data) = (request.message(), &request.message()["data"]);
    match request.action() {
        "update_order" => {
            let lines: Vec<_> = data["lines"].as_array().into_iter().flatten().map(|line| &line[2]).collect();
            let lines: Vec<_> =
                lines.iter().map(|line| format!("{}x{}", line["qty"], line["product_id"])).collect();
            format!("update {} r{} {}", text(&data["uid"]), data["revision_ID"], lines.join(" "))
        }
        "remove_order" => {
            let finalized = if data["finalized"] == true { " paid" } else { "" };
            let kept = if data["order_data"].is_string() { " kept" } else { "" };
            format!("remove {} r{}{finalized}{kept}", text(&data["uid"]), data["revision_ID"])
        }
        "sync_all" if message["uid"].is_string() => format!("sync_all {}", text(&message["uid"])),
        "sync_all" if message["immediate_rerendering"] == true => "sync_all now".to_owned(),
        "sync_all" => "sync_all".to_owned(),
        _ => request.path.to_owned(),
    }
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}
