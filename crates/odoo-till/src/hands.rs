//! Hands on the screen. What they do to an order puts it into the queue.

use crate::line::{Line, percent};
use crate::order::{Order, OrderKey};
use crate::page::Phase;
use crate::till::{Leaving, Till};
use crate::{config::TillConfig, ms_info};

impl Till {
    /// *+*: another empty order, selected. Its uid. A shop till sends nothing before something is in it.
    pub fn new_order(&mut self) -> Option<String> {
        if self.page.phase != Phase::Open || (self.config.is_restaurant() && self.page.current.is_none()) {
            return None;
        }
        let key = self.add_new_order();
        self.settle();
        self.page.orders.get(&key).map(|order| order.uid.clone())
    }

    /// A click on another order. False if it is not on the screen.
    pub fn select_order(&mut self, uid: &str) -> bool {
        let Some(key) = self.page.find(uid) else { return false };
        if let Some(order) = self.page.orders.get(&key).filter(|_| self.config.is_restaurant()) {
            self.page.table.clone_from(&order.table);
        }
        self.page.current = Some(key);
        true
    }

    /// A click on a line of the selected order. False if it is not there.
    pub fn select_line(&mut self, uid: &str) -> bool {
        let order = self.page.current.and_then(|key| self.page.orders.get_mut(&key));
        let Some(order) = order.filter(|order| order.lines.iter().any(|line| line.uid == uid)) else {
            return false;
        };
        order.selected = Some(uid.to_owned());
        order.ghost = None;
        true
    }

    /// A click on a product: one more in the last line if that is alike, else a new line. The line's uid, none when there
    /// is no order to put it into.
    pub fn tap(&mut self, product_id: i64, price: f64) -> Option<String> {
        let key = self.editable()?;
        self.page.wish_update(key);
        // The client makes a line in any case, and drops it if it can be added to the last.
        let id = self.page.take_line_id();
        let Self { page, config, .. } = self;
        let order = page.orders.get_mut(&key)?;
        let last = order.lines.last_mut().filter(|last| last.merges(product_id, price));
        let merged = last.map(|last| {
            last.set_qty(last.qty + 1.0, config);
            last.uid.clone()
        });
        let uid = merged.clone().unwrap_or_else(|| order.line_uid(config, id));
        if merged.is_none() {
            let mut line = Line::new(uid.clone(), id, product_id, price);
            line.offline = true;
            line.ms_info.insert("created".to_owned(), ms_info::mine(config));
            order.lines.push(line);
        }
        order.select_last_line();
        if merged.is_some() {
            page.line_changed(key, &uid, config);
        }
        self.settle();
        Some(uid)
    }

    /// Types a quantity for the selected line. A line that a message has taken away swallows it.
    pub fn type_qty(&mut self, qty: f64) {
        self.type_into_line(|line, config| line.set_qty(qty, config));
    }

    /// Types a discount for the selected line, in percent.
    pub fn type_discount(&mut self, discount: f64) {
        self.type_into_line(|line, _| line.discount = percent(discount));
    }

    /// Types a price for the selected line. From then on this till keeps it.
    pub fn type_price(&mut self, price: f64) {
        self.type_into_line(|line, _| {
            line.price = price;
            line.price_typed = true;
        });
    }

    /// Backspace on the empty quantity: the selected line goes, the last one is selected.
    pub fn remove_line(&mut self) {
        let Some(key) = self.editable() else { return };
        let Some(order) = self.page.orders.get_mut(&key) else { return };
        let Some(uid) = order.selected.clone() else { return };
        order.lines.retain(|line| line.uid != uid);
        order.select_last_line();
        self.page.wish_update(key);
        self.settle();
    }

    /// Chooses a customer for the selected order, or none. The pricelist is applied anew, which marks every line without a
    /// typed price as changed.
    pub fn set_customer(&mut self, customer: Option<i64>) {
        let Some(key) = self.editable() else { return };
        if self.page.orders.get(&key).is_some_and(|order| order.customer != customer) {
            self.reprice(key);
            self.set_client(key, customer);
        }
        self.settle();
    }

    /// Chooses a pricelist for the selected order.
    pub fn set_pricelist(&mut self, pricelist_id: i64) {
        let Some(key) = self.editable() else { return };
        if let Some(order) = self.page.orders.get_mut(&key) {
            order.pricelist = pricelist_id;
        }
        self.reprice(key);
        self.settle();
    }

    /// Chooses a fiscal position for the selected order, or none.
    pub fn set_fiscal_position(&mut self, fiscal_position_id: Option<i64>) {
        let Some(key) = self.editable() else { return };
        if let Some(order) = self.page.orders.get_mut(&key) {
            order.fiscal_position = fiscal_position_id;
        }
        self.page.wish_update(key);
        self.settle();
    }

    /// Deletes the selected order: it leaves the screen, then `remove_order` goes through the queue. A registered order that
    /// is deleted while the till is offline leaves the screen only, and comes back.
    pub fn delete_order(&mut self) -> Option<String> {
        let key = self.editable()?;
        let uid = self.page.orders.get(&key).map(|order| order.uid.clone());
        self.destroy(key, Leaving::Abandon);
        self.settle();
        uid
    }

    /// Something is typed into the selected line.
    pub(crate) fn type_into_line(&mut self, change: impl FnOnce(&mut Line, &TillConfig)) {
        let Some(key) = self.editable() else { return };
        let Self { page, config, .. } = self;
        let Some(line) = page.orders.get_mut(&key).and_then(Order::selected_line) else { return };
        change(line, config);
        let uid = line.uid.clone();
        page.line_changed(key, &uid, config);
        self.settle();
    }

    /// `set_pricelist`: list prices for all lines whose price was not typed here.
    fn reprice(&mut self, key: OrderKey) {
        let Self { page, config, .. } = self;
        let Some(order) = page.orders.get_mut(&key) else { return };
        let mut changed = Vec::new();
        for line in order.lines.iter_mut().filter(|line| !line.price_typed) {
            line.price = config.list_prices.get(&line.product_id).copied().unwrap_or(line.price);
            changed.push(line.uid.clone());
        }
        for uid in changed {
            page.line_changed(key, &uid, config);
        }
    }
}
