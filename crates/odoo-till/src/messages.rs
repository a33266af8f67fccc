//! Receiving: what a message does to the orders.

use crate::line::{Line, Received, percent};
use crate::order::OrderKey;
use crate::page::{Page, Phase};
use crate::queue::SyncAll;
use crate::till::{Leaving, Till};
use crate::wire::{truthy, whole};
use crate::{config::TillConfig, ms_info};
use serde_json::{Value, json};

impl Till {
    /// A message from the channel. The till's own only moves `message_ID`.
    pub(crate) fn message_received(&mut self, message: &Value) -> Result<(), String> {
        // Either form of a message has these somewhere.
        let of = |key: &str| {
            if truthy(&message[key]) { whole(&message[key]) } else { whole(&message["data"][key]) }
        };
        let same_session = of("session_id") == Some(self.config.session_id);
        let same_login = of("login_number") == Some(self.config.login_number);
        let is_sync_all = message["action"] == "sync_all";
        if same_session && same_login != is_sync_all {
            self.page.message_id = whole(&message["data"]["message_ID"]);
            return Ok(());
        }
        self.updates_from_server(message)
    }

    /// A message, or an answer that is one.
    pub(crate) fn updates_from_server(&mut self, message: &Value) -> Result<(), String> {
        let before = self.page.current;
        let order = message["data"]["uid"].as_str().and_then(|uid| self.page.find(uid));
        self.page.receiving = true;
        let outcome = self.take_message(message);
        self.page.receiving = false;
        // In a restaurant a message about another order does not take the cashier there.
        let elsewhere = before.is_none() || order.is_some_and(|order| before != Some(order));
        if self.config.is_restaurant() && elsewhere {
            self.page.current = before.filter(|key| self.page.screen.contains(key));
        }
        outcome
    }

    fn take_message(&mut self, message: &Value) -> Result<(), String> {
        let (action, data) = (message["action"].as_str().unwrap_or_default(), &message["data"]);
        if action == "sync_all" {
            return self.take_sync_all(data);
        }
        let key = data["uid"].as_str().and_then(|uid| self.page.find(uid));
        let message_id = whole(&data["message_ID"]);
        if message_id.is_some() && self.page.message_id.map(|last| last + 1) == message_id {
            self.page.message_id = message_id;
        } else {
            self.request_sync_all(SyncAll::Plain);
        }
        match (action, key) {
            ("remove_order", Some(key)) => self.destroy(key, Leaving::Abandon),
            ("update_order", _) => self.take_order(key, data)?,
            (_, _) => (),
        }
        Ok(())
    }

    fn take_sync_all(&mut self, data: &Value) -> Result<(), String> {
        self.page.message_id = whole(&data["message_ID"]);
        let none = Vec::new();
        let orders = data["orders"].as_array().unwrap_or(&none);
        if orders.iter().any(|order| !order["data"].is_object()) {
            return Err("o.data is undefined".to_owned());
        }
        for order in orders {
            let data = &order["data"];
            let key = data["uid"].as_str().and_then(|uid| self.page.find(uid));
            self.take_order(key, data)?;
        }
        self.page.next_number = self.page.next_number.max(whole(&data["order_ID"]).unwrap_or_default() + 1);
        self.page.receiving = false;
        if !truthy(&data["uid"]) {
            let listed: Vec<_> = orders.iter().filter_map(|order| order["data"]["uid"].as_str()).collect();
            self.destroy_unlisted(&listed);
            self.send_drafts();
        }
        Ok(())
    }

    /// An order that the server should know, but does not name, is taken for deleted.
    fn destroy_unlisted(&mut self, listed: &[&str]) {
        for key in self.page.screen.clone() {
            if self
                .page
                .orders
                .get(&key)
                .is_some_and(|it| it.is_registered() && !listed.contains(&it.uid.as_str()))
            {
                self.destroy(key, Leaving::Abandon);
            }
        }
    }

    /// Orders that never got through go now.
    fn send_drafts(&mut self) {
        for key in self.page.screen.clone() {
            if self
                .page
                .orders
                .get(&key)
                .is_some_and(|order| !order.is_registered() && !order.lines.is_empty())
            {
                self.page.wish_update(key);
            }
        }
    }

    fn take_order(&mut self, key: Option<OrderKey>, data: &Value) -> Result<(), String> {
        let Some(key) = key else { return self.create_order(data) };
        if self.page.orders.get(&key).is_some_and(|order| !order.finalized) {
            self.update_order(key, data);
        }
        // The restaurant addon does not ask whether the order is paid.
        if self.config.is_restaurant()
            && let Some(order) = self.page.orders.get_mut(&key)
        {
            order.guests = whole(&data["customer_count"]).unwrap_or_default().max(0);
            order.printed = data.get("multiprint_resume").cloned();
        }
        Ok(())
    }

    fn create_order(&mut self, data: &Value) -> Result<(), String> {
        if !self.config.accept_incoming_orders && truthy(&data["ms_info"]) {
            let Some(creator) = data["ms_info"]["created"]["user"].get("id") else {
                return Err("data.ms_info.created is undefined".to_owned());
            };
            if whole(creator) != Some(self.config.user.0) {
                return Ok(());
            }
        }
        let mut order = self.page.read_order(data, &self.config)?;
        order.order_on_server = true;
        let info = ms_info::read(&data["ms_info"]);
        if !info.is_empty() {
            order.ms_info = Some(info);
        }
        if self.config.is_restaurant() {
            order.removed_table = Some(json!(false));
        }
        let before = self.page.current;
        self.page.add(order);
        let Some(before) = before else { return Ok(()) };
        let gives_way = |page: &Page| {
            page.orders.get(&before).is_some_and(|it| it.replaceable && it.new_order == Some(true))
        };
        if self.config.replace_empty_order && gives_way(&self.page) {
            self.destroy(before, Leaving::Abandon);
        }
        Ok(())
    }

    fn update_order(&mut self, key: OrderKey, data: &Value) {
        self.follow_to_table(key, whole(&data["table_id"]));
        let customer = whole(&data["partner_id"]);
        let known = customer.filter(|id| self.config.knows_customer(*id));
        let Some(order) = self.page.orders.get_mut(&key) else { return };
        order.ms_info = data["ms_info"].as_object().cloned();
        order.revision = whole(&data["revision_ID"]).unwrap_or_default();
        if truthy(&data["fiscal_position_id"]) {
            order.fiscal_position = whole(&data["fiscal_position_id"]);
        }
        order.awaited_customer = customer.filter(|_| known.is_none());
        self.set_client(key, known);
        self.take_lines(key, data);
        let Some(order) = self.page.orders.get_mut(&key) else { return };
        order.order_on_server = true;
        order.new_order = Some(false);
        if order.lines.iter().any(|line| line.offline) {
            // The client forgets here that it is still receiving, and so whatever else this message changes counts as done
            // by hand.
            self.page.receiving = false;
            self.page.wish_update(key);
        }
    }

    fn take_lines(&mut self, key: OrderKey, data: &Value) {
        let none = Vec::new();
        let lines = data["lines"].as_array().unwrap_or(&none);
        let Till { page, config, .. } = self;
        let Some(order) = page.orders.get(&key) else { return };
        let mut missing: Vec<_> = order.lines.iter().map(|line| line.uid.clone()).collect();
        for entry in lines {
            let received = Received::read(&entry[2]);
            missing.retain(|uid| *uid != received.uid);
            let known =
                page.orders.get(&key).is_some_and(|it| it.lines.iter().any(|line| line.uid == received.uid));
            if !known {
                page.add_line(key, &received, config);
            }
            if !known || received.is_changed {
                page.repaint_line(key, &received, config);
            }
            if let Some(line) = page.line_mut(key, &received.uid) {
                line.offline = false;
            }
        }
        let Some(order) = page.orders.get_mut(&key) else { return };
        for uid in missing {
            if order.lines.iter().any(|line| line.uid == uid && !line.offline) {
                order.lose_line(&uid);
            }
        }
    }

    /// A message has moved an order to another table: the screen follows it there, or to the floor if the table is unknown.
    fn follow_to_table(&mut self, key: OrderKey, table_id: Option<i64>) {
        let Some(order) = self.page.orders.get_mut(&key) else { return };
        if order.table.is_none() || order.table.as_ref().map(|table| table.id) == table_id {
            return;
        }
        match table_id.and_then(|id| self.config.table(id)) {
            Some(table) => {
                order.table = Some(table.clone());
                self.page.table = Some(table.clone());
                self.page.current = self.shown().first().copied();
            }
            None => self.page.current = None,
        }
    }

    /// `set_client`: with somebody to set or to clear, the order is to be sent, unless a message is at work.
    pub(crate) fn set_client(&mut self, key: OrderKey, customer: Option<i64>) {
        let Some(order) = self.page.orders.get_mut(&key) else { return };
        let changes = customer.is_some() || order.customer.is_some();
        order.customer = customer;
        if changes {
            self.page.wish_update(key);
        }
    }

    /// Odoo has answered the question for a customer that a message named: tills that asked show it, and send their orders.
    pub fn load_customer(&mut self, id: i64) {
        if let Some(customers) = &mut self.config.customers {
            customers.insert(id);
        }
        for key in self.page.screen.clone() {
            let Some(order) = self.page.orders.get_mut(&key) else { continue };
            if order.awaited_customer == Some(id) && self.page.phase == Phase::Open {
                order.awaited_customer = None;
                self.set_client(key, Some(id));
            }
        }
        self.settle();
    }
}

impl Page {
    fn line_mut(&mut self, key: OrderKey, uid: &str) -> Option<&mut Line> {
        self.orders.get_mut(&key)?.lines.iter_mut().find(|line| line.uid == uid)
    }

    fn add_line(&mut self, key: OrderKey, received: &Received, config: &TillConfig) {
        let id = self.take_line_id();
        let price = config.list_prices.get(&received.product_id).copied().unwrap_or_default();
        if let Some(order) = self.orders.get_mut(&key) {
            order.lines.push(Line::new(received.uid.clone(), id, received.product_id, price));
        }
    }

    /// `apply_ms_data`. A setter that has nothing to change is not called, and so does not mark the line.
    fn repaint_line(&mut self, key: OrderKey, received: &Received, config: &TillConfig) {
        let Some(line) = self.line_mut(key, &received.uid) else { return };
        if config.is_restaurant()
            && let Some(note) = &received.note
        {
            line.note.clone_from(note);
        }
        line.ms_info.clone_from(&received.ms_info);
        let mut changed = false;
        if let Some(qty) = received.qty
            && qty != line.qty
        {
            line.set_qty(qty, config);
            changed = true;
        }
        if let Some(price) = received.price
            && price != line.price
        {
            line.price = price;
            changed = true;
        }
        if let Some(discount) = received.discount
            && discount != line.discount
        {
            line.discount = percent(discount);
            changed = true;
        }
        if changed {
            self.line_changed(key, &received.uid, config);
        }
    }
}
