//! An order, as the screen has it and as it is written.

use crate::config::{Table, TillConfig};
use crate::line::Line;
use crate::ms_info::{self, MsInfo};
use crate::stamp::{Medium, Stamp};
use crate::wire::{number, truthy, whole};
use serde_json::{Map, Value, json};

/// Names an order within one page load. The uid does not: an order may come back under it while the old one is still queued.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct OrderKey(pub(crate) u64);

/// What an order waits to put into the queue, once the event that runs is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Wish {
    Update,
    Remove,
}

/// An order of this page, on the screen or still in the queue.
#[derive(Debug, Clone)]
pub(crate) struct Order {
    pub(crate) uid: String,
    pub(crate) number: i64,
    pub(crate) revision: i64,
    pub(crate) run_id: i64,
    pub(crate) lines: Vec<Line>,
    /// The uid of the selected line. It may name a line that a message has removed: see `ghost`.
    pub(crate) selected: Option<String>,
    /// A selected line that a message has taken away. What is typed goes into it, and so nowhere.
    pub(crate) ghost: Option<Line>,
    pub(crate) customer: Option<i64>,
    /// A customer that a message named and that is being loaded.
    pub(crate) awaited_customer: Option<i64>,
    pub(crate) pricelist: i64,
    pub(crate) fiscal_position: Option<i64>,
    /// `None` once a message came without it.
    pub(crate) ms_info: Option<MsInfo>,
    pub(crate) new_order: Option<bool>,
    pub(crate) order_on_server: bool,
    pub(crate) finalized: bool,
    /// `statement_ids`, while it is paid.
    pub(crate) payments: Vec<Payment>,
    pub(crate) date: Stamp,
    /// `ms_replace_empty_order`: the first order of the page.
    pub(crate) replaceable: bool,
    /// It has its place in the queue.
    pub(crate) queued: bool,
    pub(crate) wish: Option<Wish>,
    pub(crate) table: Option<Table>,
    pub(crate) guests: i64,
    /// `multiprint_resume`: what the kitchen has.
    pub(crate) printed: Option<Value>,
    /// Written by tills that got the order in a message.
    pub(crate) removed_table: Option<Value>,
}

/// Money that was given.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Payment {
    pub(crate) amount: f64,
    pub(crate) at: Stamp,
}

impl Order {
    /// A new, empty order of this till.
    pub(crate) fn new(config: &TillConfig, number: i64, at_ms: u64) -> Self {
        Self {
            uid: format!("{}-{number:04}", till_prefix(config)),
            number,
            revision: 1,
            run_id: config.run_id,
            lines: Vec::new(),
            selected: None,
            ghost: None,
            customer: None,
            awaited_customer: None,
            pricelist: config.pricelist_id,
            fiscal_position: None,
            ms_info: Some(Map::from_iter([("created".to_owned(), ms_info::mine(config))])),
            new_order: Some(true),
            order_on_server: false,
            finalized: false,
            payments: Vec::new(),
            date: Stamp::At(at_ms),
            replaceable: false,
            queued: false,
            wish: None,
            table: None,
            guests: 1,
            printed: None,
            removed_table: None,
        }
    }

    /// A written order, from a message or from the local storage, without its lines.
    pub(crate) fn from_json(data: &Value, config: &TillConfig) -> Self {
        let mut order = Self::new(config, whole(&data["sequence_number"]).unwrap_or_default(), 0);
        order.uid = data["uid"].as_str().unwrap_or_default().to_owned();
        order.revision = whole(&data["revision_ID"]).filter(|revision| *revision != 0).unwrap_or(1);
        order.run_id = whole(&data["run_ID"]).filter(|run| *run != 0).unwrap_or(config.run_id);
        order.customer = whole(&data["partner_id"]).filter(|id| config.knows_customer(*id));
        order.pricelist = whole(&data["pricelist_id"]).unwrap_or(config.pricelist_id);
        order.fiscal_position = whole(&data["fiscal_position_id"]);
        order.new_order = data["new_order"].as_bool();
        order.order_on_server = truthy(&data["order_on_server"]);
        order.date = Stamp::Text(data["creation_date"].as_str().unwrap_or_default().to_owned());
        order.table = whole(&data["table_id"]).and_then(|id| config.table(id)).cloned();
        order.guests = whole(&data["customer_count"]).unwrap_or(1);
        order.printed = data.get("multiprint_resume").cloned();
        order
    }

    pub(crate) fn is_registered(&self) -> bool {
        self.order_on_server
    }

    /// The uid of a line that is made now: the order's number may have changed since its own uid was given.
    pub(crate) fn line_uid(&self, config: &TillConfig, id: i64) -> String {
        format!("{}-{:04}-{id}", till_prefix(config), self.number)
    }

    /// The selected line, the ghost too.
    pub(crate) fn selected_line(&mut self) -> Option<&mut Line> {
        let uid = self.selected.as_ref()?;
        match &mut self.ghost {
            Some(ghost) if ghost.uid == *uid => Some(ghost),
            _ => self.lines.iter_mut().find(|line| line.uid == *uid),
        }
    }

    /// What Odoo does after each line that goes or comes by hand.
    pub(crate) fn select_last_line(&mut self) {
        self.selected = self.lines.last().map(|line| line.uid.clone());
        self.ghost = None;
    }

    /// A message takes a line away. The selection stays with it.
    pub(crate) fn lose_line(&mut self, uid: &str) {
        let Some(at) = self.lines.iter().position(|line| line.uid == uid) else { return };
        let line = self.lines.remove(at);
        if self.selected.as_deref() == Some(uid) {
            self.ghost = Some(line);
        }
    }

    pub(crate) fn total(&self) -> f64 {
        self.lines.iter().map(Line::subtotal).sum()
    }

    pub(crate) fn paid(&self) -> f64 {
        self.payments.iter().map(|payment| payment.amount).sum()
    }

    /// What the customer gets back, never below 0.
    pub(crate) fn change(&self) -> f64 {
        ((self.paid() - self.total()) * 100.0).round().max(0.0) / 100.0
    }

    /// `export_as_JSON`.
    pub(crate) fn export(&self, config: &TillConfig, medium: Medium) -> Value {
        let restaurant = config.is_restaurant();
        let lines: Vec<_> = self.lines.iter().map(|line| json!([0, 0, line.export(restaurant)])).collect();
        let payments: Vec<_> = self.payments.iter().map(|payment| export_payment(payment, config)).collect();
        let mut data = json!({
            "name": format!("Order {}", self.uid),
            "amount_paid": number(self.paid() - self.change()),
            "amount_total": number(self.total()),
            "amount_tax": 0,
            "amount_return": number(self.change()),
            "lines": lines,
            "statement_ids": payments,
            "pos_session_id": config.session_id,
            "pricelist_id": self.pricelist,
            "partner_id": or_false(self.customer),
            "user_id": config.user.0,
            "uid": self.uid,
            "sequence_number": self.number,
            "creation_date": self.date.write(medium),
            "fiscal_position_id": or_false(self.fiscal_position),
            "revision_ID": self.revision,
            "run_ID": self.run_id,
        });
        // What JavaScript holds as undefined is not written at all.
        let mut write = |key: &str, value: Option<Value>| {
            if let Some(value) = value {
                data[key] = value;
            }
        };
        write("ms_info", self.ms_info.clone().map(Value::Object));
        write("new_order", self.new_order.map(Value::Bool));
        write("order_on_server", self.order_on_server.then_some(Value::Bool(true)));
        if restaurant {
            write("table", self.table.as_ref().map(|table| json!(table.name)));
            write("table_id", Some(or_false(self.table.as_ref().map(|table| table.id))));
            write("floor", self.table.as_ref().map(|table| json!(table.floor.1)));
            write("floor_id", Some(or_false(self.table.as_ref().map(|table| table.floor.0))));
            write("customer_count", Some(json!(self.guests)));
            write("multiprint_resume", self.printed.clone());
            write("removed_table_id", self.removed_table.clone());
        }
        data
    }
}

/// `<session>-<login>`, with which the uids of a till begin.
fn till_prefix(config: &TillConfig) -> String {
    format!("{:05}-{:03}", config.session_id, config.login_number)
}

fn or_false(id: Option<i64>) -> Value {
    id.map_or(Value::Bool(false), Value::from)
}

fn export_payment(payment: &Payment, config: &TillConfig) -> Value {
    let cash = config.cash;
    json!([0, 0, {
        "name": payment.at.write(Medium::Rpc),
        "statement_id": cash.statement_id,
        "account_id": cash.account_id,
        "journal_id": cash.journal_id,
        "amount": number(payment.amount),
    }])
}
