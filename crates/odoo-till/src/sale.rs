//! Orders that are paid: Odoo takes them by `create_from_ui`, which is not played but assumed to work when Odoo is there.

use crate::order::{OrderKey, Payment};
use crate::page::Phase;
use crate::queue::{Errand, SyncAll};
use crate::stamp::{Medium, Stamp};
use crate::till::{Leaving, Odoo, Till};
use serde_json::{Value, json};

/// A `create_from_ui` on its way, with all paid orders that were kept when it set out.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Sale {
    pub(crate) done_ms: u64,
    /// How many of the kept orders it takes along, from the front.
    orders: usize,
    /// What waits for it, whatever comes of it.
    then: Option<SyncAll>,
}

impl Till {
    /// Takes the exact amount for the selected order and goes on to the next customer: the order leaves the screen, and
    /// `remove_order` with `finalized` goes out. When Odoo cannot be reached, the order is kept, and is sent with
    /// `order_data` on the till's return. The uid of the paid order, if there was one to pay.
    pub fn pay(&mut self) -> Option<String> {
        let uid = self.take_money(None)?;
        // A person reads the amount, gives change, and clicks: Odoo has been faster. It gets all that was kept along.
        if self.odoo_is_there() {
            self.storage.paid.clear();
        }
        self.next_order();
        Some(uid)
    }

    /// *Validate* on the payment screen: the selected order is final, and Odoo gets it. It stays on the screen, with its
    /// receipt, until [`Till::next_order`]. `amount`: what the customer gives, `None`: what it costs.
    pub fn validate(&mut self, amount: Option<f64>) -> Option<String> {
        let uid = self.take_money(amount)?;
        self.try_sale(None);
        Some(uid)
    }

    /// *Next Order* under the receipt.
    pub fn next_order(&mut self) {
        if let Some(key) = self.page.current
            && self.page.orders.get(&key).is_some_and(|order| order.finalized)
        {
            self.destroy(key, Leaving::Finish);
        }
        self.settle();
    }

    fn take_money(&mut self, amount: Option<f64>) -> Option<String> {
        let key = self.editable()?;
        let at = Stamp::At(self.now_ms());
        let order = self.page.orders.get_mut(&key)?;
        order.payments.push(Payment { amount: amount.unwrap_or(order.total()), at: at.clone() });
        order.date = at;
        order.finalized = true;
        let uid = order.uid.clone();
        let data = order.export(&self.config, Medium::Storage);
        self.storage.paid.push(json!({ "id": uid, "data": data, "to_invoice": false }));
        Some(uid)
    }

    /// `send_paid_offline_orders`: tells the Sync Server about all kept orders, Odoo too, and then asks for everything.
    pub(crate) fn send_paid_orders(&mut self, then: SyncAll) {
        for paid in self.storage.paid.clone() {
            self.enqueue(Errand::Paid(Box::new(paid)));
        }
        self.try_sale(Some(then));
    }

    pub(crate) fn tick_sales(&mut self) {
        while self.page.sales.front().is_some_and(|sale| sale.done_ms <= self.clock_ms) {
            let Some(sale) = self.page.sales.pop_front() else { return };
            if self.odoo_is_there() {
                self.storage.paid.drain(..sale.orders.min(self.storage.paid.len()));
            }
            // Sales go one after the other.
            if let Some(next) = self.page.sales.front_mut() {
                next.done_ms = next.done_ms.max(sale.done_ms + self.config.sale_ms);
                next.orders = self.storage.paid.len();
            }
            if let Some(sync_all) = sale.then {
                self.send_sync_all(sync_all);
            }
        }
    }

    /// The paid orders that Odoo has not got, as `order_data` has them.
    #[must_use]
    pub fn kept_sales(&self) -> &[Value] {
        &self.storage.paid
    }

    fn try_sale(&mut self, then: Option<SyncAll>) {
        let done_ms = self.clock_ms + self.config.sale_ms;
        self.page.sales.push_back(Sale { done_ms, orders: self.storage.paid.len(), then });
    }

    fn odoo_is_there(&self) -> bool {
        match self.odoo {
            Odoo::AsSync => self.page.link.client_online,
            Odoo::Up => true,
            Odoo::Down => false,
        }
    }

    /// The selected order, if it can be edited.
    pub(crate) fn editable(&self) -> Option<OrderKey> {
        let key = self.page.current.filter(|_| self.page.phase == Phase::Open)?;
        self.page.orders.get(&key).filter(|order| !order.finalized).map(|_| key)
    }
}
