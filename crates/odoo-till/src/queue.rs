//! Sending: the queue, which has one request in the air, and `sync_all`, which does not queue.

use crate::link::REQUEST_TIMEOUT_MS;
use crate::order::{Order, OrderKey, Wish};
use crate::page::Purpose;
use crate::stamp::Medium;
use crate::till::Till;
use crate::wire::{Outgoing, UPDATE_PATH, call};
use serde_json::{Map, Value, json};

/// What waits in the queue. The order is exported when its turn comes.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Errand {
    Update(OrderKey),
    Remove(OrderKey),
    /// An order that was paid while Odoo could not be reached, as the local storage keeps it.
    Paid(Box<Value>),
}

impl Errand {
    pub(crate) fn order(&self) -> Option<OrderKey> {
        match self {
            Self::Update(key) | Self::Remove(key) => Some(*key),
            Self::Paid(_) => None,
        }
    }
}

/// Which `sync_all` is asked for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum SyncAll {
    /// At page load: the answer has the orders.
    Immediate,
    /// They come by the poll.
    Plain,
    /// After a `revision_error`: the order of this uid only.
    Only(String),
}

impl Till {
    /// What the till wants to send now, polls excepted ([`Till::take_poll`]). Each is given out once; it counts as sent.
    pub fn take_requests(&mut self) -> Vec<Outgoing> {
        std::mem::take(&mut self.outbox)
    }

    /// The order's wish is put into the queue. An order is in there at most once.
    pub(crate) fn grant(&mut self, key: OrderKey) {
        let Some(order) = self.page.orders.get_mut(&key) else { return };
        let errand = match (order.wish.take(), order.queued) {
            (Some(Wish::Update), false) => Errand::Update(key),
            (Some(Wish::Remove), false) => Errand::Remove(key),
            (Some(Wish::Remove), true) if !self.config.queued_update_swallows_delete => Errand::Remove(key),
            (Some(Wish::Remove | Wish::Update), true) | (None, _) => return,
        };
        order.queued = true;
        self.enqueue(errand);
    }

    pub(crate) fn enqueue(&mut self, errand: Errand) {
        self.page.queue.push_back(errand);
        self.run_queue();
    }

    /// The next errand's turn, if none is in the air.
    pub(crate) fn run_queue(&mut self) {
        if self.page.busy {
            return;
        }
        let Some(errand) = self.page.queue.pop_front() else { return };
        self.page.busy = true;
        // The order's place in the queue is free again: a change from now on queues it once more.
        if let Some(order) = errand.order().and_then(|key| self.page.orders.get_mut(&key)) {
            order.queued = false;
        }
        let order = errand.order().and_then(|key| self.page.orders.get(&key));
        let (action, data) = match &errand {
            Errand::Update(_) => ("update_order", order.map(|order| order.export(&self.config, Medium::Rpc))),
            Errand::Remove(_) => ("remove_order", order.map(|order| removal(order, self.config.run_id))),
            Errand::Paid(paid) => ("remove_order", Some(paid_removal(paid, self.config.run_id))),
        };
        self.send(Purpose::Errand(errand), json!({ "action": action, "data": data }));
    }

    /// Asks for everything, unless that is under way. Paid orders that were kept go first.
    pub(crate) fn request_sync_all(&mut self, sync_all: SyncAll) {
        if self.page.sync_all_running {
            return;
        }
        self.page.sync_all_running = true;
        if self.storage.paid.is_empty() {
            self.send_sync_all(sync_all);
        } else {
            self.send_paid_orders(sync_all);
        }
    }

    pub(crate) fn send_sync_all(&mut self, sync_all: SyncAll) {
        let mut message = json!({ "action": "sync_all", "data": { "run_ID": self.config.run_id } });
        match sync_all {
            SyncAll::Immediate => message["immediate_rerendering"] = json!(true),
            SyncAll::Plain => (),
            SyncAll::Only(uid) => message["uid"] = json!(uid),
        }
        self.send(Purpose::SyncAll, message);
    }

    fn send(&mut self, purpose: Purpose, mut message: Value) {
        message["data"]["pos_id"] = json!(self.config.pos.0);
        message["data"]["nonce"] = json!(self.dice.nonce());
        message["session_id"] = json!(self.config.session_id);
        message["login_number"] = json!(self.config.login_number);
        let params = json!({
            "multi_session_id": self.config.multi_session_id,
            "message": message,
            "dbname": self.config.database,
            "user_ID": self.config.user.0,
        });
        let id = self.take_request_id();
        self.outbox.push(Outgoing { id, path: UPDATE_PATH, body: call(id, params) });
        self.take_off(id, purpose, REQUEST_TIMEOUT_MS);
    }
}

fn removal(order: &Order, run_id: i64) -> Value {
    json!({ "uid": order.uid, "revision_ID": order.revision, "finalized": order.finalized, "run_ID": run_id })
}

/// The removal of a kept order. The till has nothing but what it stored.
fn paid_removal(paid: &Value, run_id: i64) -> Value {
    let mut data = Map::new();
    data.insert("uid".to_owned(), paid["data"]["uid"].clone());
    data.insert("revision_ID".to_owned(), paid["data"]["revision_ID"].clone());
    data.insert("finalized".to_owned(), json!(true));
    data.insert("order_data".to_owned(), json!(paid.to_string()));
    data.insert("run_ID".to_owned(), json!(run_id));
    Value::Object(data)
}
