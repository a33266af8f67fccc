//! The till and its life: it opens, is reloaded, and time passes.

use crate::config::{Reload, TillConfig};
use crate::dice::Dice;
use crate::order::{Order, OrderKey};
use crate::page::{Page, Phase, Purpose, Storage};
use crate::queue::SyncAll;
use crate::screen::Popup;
use crate::stamp::Medium;
use crate::wire::{Answer, Outgoing, RequestId, whole};

/// How long "Sync Orders" waits before it asks again, in milliseconds.
pub const LOAD_RETRY_MS: u64 = 2_000;

/// A simulated till: a page of Odoo's POS in a browser. See the crate's documentation.
#[derive(Debug, Clone)]
pub struct Till {
    pub(crate) config: TillConfig,
    pub(crate) storage: Storage,
    pub(crate) page: Page,
    /// Since the first tick.
    pub(crate) clock_ms: u64,
    first_tick_ms: Option<u64>,
    pub(crate) dice: Dice,
    pub(crate) popups: Vec<Popup>,
    pub(crate) odoo: Odoo,
    pub(crate) outbox: Vec<Outgoing>,
    aborted: Vec<RequestId>,
    next_request: u64,
}

/// Whether the Odoo server, which takes the sales, can be reached.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub enum Odoo {
    /// As the Sync Server is, as far as the till knows.
    #[default]
    AsSync,
    /// In any case.
    Up,
    /// In no case.
    Down,
}

/// Why an order leaves the screen.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Leaving {
    /// It is deleted, or a message says so.
    Abandon,
    /// It is paid, and the next customer's turn.
    Finish,
}

impl Till {
    /// A till whose page is not opened yet.
    #[must_use]
    pub fn new(config: TillConfig) -> Self {
        Self {
            page: Page::new(&config),
            storage: Storage::default(),
            clock_ms: 0,
            first_tick_ms: None,
            dice: Dice::new(config.seed),
            popups: Vec::new(),
            odoo: Odoo::default(),
            outbox: Vec::new(),
            aborted: Vec::new(),
            next_request: 1,
            config,
        }
    }

    /// Who the till is. `login_number` and the like follow the reloads.
    #[must_use]
    pub fn config(&self) -> &TillConfig {
        &self.config
    }

    /// Loads the page. Orders come from the local storage, then the till hangs on "Sync Orders" until the Sync Server
    /// answers ([`Till::is_loaded`]). Does nothing if the page is open.
    pub fn open(&mut self) {
        if self.page.phase != Phase::Closed {
            return;
        }
        self.load_orders();
        self.page.multi_session = true;
        self.page.phase = Phase::Loading { retry_at_ms: None };
        self.request_sync_all(SyncAll::Immediate);
        self.settle();
    }

    /// Whether the page has got over "Sync Orders".
    #[must_use]
    pub fn is_loaded(&self) -> bool {
        self.page.phase == Phase::Open
    }

    /// Loads the page anew, with the next login number.
    pub fn reload(&mut self) {
        self.reload_as(Reload::default());
    }

    /// Loads the page anew, with what Odoo says now. What waited in the queue is gone; orders, paid orders and `last` come
    /// back from the local storage.
    pub fn reload_as(&mut self, reload: Reload) {
        self.close();
        self.config.login_number = reload.login_number.unwrap_or(self.config.login_number + 1);
        self.config.run_id = reload.run_id.unwrap_or(self.config.run_id);
        self.config.session_id = reload.session_id.unwrap_or(self.config.session_id);
        self.config.sequence_number = reload.sequence_number.unwrap_or(self.config.sequence_number);
        self.page = Page::new(&self.config);
        self.open();
    }

    /// Closes the tab. `open` brings it back with the same login number; a person would have another, see `reload`.
    pub fn close(&mut self) {
        if self.page.phase == Phase::Closed {
            return;
        }
        let screen: Vec<_> = self.page.screen.iter().filter_map(|key| self.page.orders.get(key)).collect();
        let export = |order: &&Order| order.export(&self.config, Medium::Storage);
        // A paid order has left `unpaid_orders`. What this page could not read stays where it is.
        let unpaid: Vec<_> = screen.iter().filter(|order| !order.finalized).map(export).collect();
        self.storage.unpaid.retain(|order| !is_of_page(order, &self.config));
        self.storage.unpaid.extend(unpaid);
        self.aborted
            .extend(self.page.flights.keys().filter(|id| self.outbox.iter().all(|out| out.id != **id)));
        self.outbox.clear();
        self.page = Page::new(&self.config);
    }

    /// Requests whose connection the client has closed since this was asked last. An answer to one is ignored.
    pub fn take_aborted(&mut self) -> Vec<RequestId> {
        std::mem::take(&mut self.aborted)
    }

    /// Says whether Odoo takes sales from now on.
    pub fn set_odoo(&mut self, odoo: Odoo) {
        self.odoo = odoo;
    }

    /// Lets time pass: `now_ms` counts from 1970, or from anywhere, and never goes back. The clock starts with the first tick.
    pub fn tick(&mut self, now_ms: u64) {
        let first_ms = *self.first_tick_ms.get_or_insert(now_ms);
        self.clock_ms = self.clock_ms.max(now_ms.saturating_sub(first_ms));
        let late: Vec<_> = self
            .page
            .flights
            .iter()
            .filter(|(_, it)| it.ends_ms <= self.clock_ms)
            .map(|(id, _)| *id)
            .collect();
        for id in late {
            self.aborted.push(id);
            self.answer(id, Answer::Failed);
        }
        if let Phase::Loading { retry_at_ms: Some(at) } = self.page.phase
            && at <= self.clock_ms
        {
            self.page.phase = Phase::Loading { retry_at_ms: None };
            self.request_sync_all(SyncAll::Immediate);
        }
        self.tick_link();
        self.tick_sales();
        self.settle();
    }

    /// The earliest time at which `tick` will find something to do, for those who let time jump.
    #[must_use]
    pub fn next_tick_ms(&self) -> Option<u64> {
        let loading = match self.page.phase {
            Phase::Loading { retry_at_ms } => retry_at_ms,
            Phase::Closed | Phase::Open => None,
        };
        let flights = self.page.flights.values().map(|flight| flight.ends_ms);
        let timers =
            [loading, self.page.poll.retry_at_ms(), self.page.sales.front().map(|sale| sale.done_ms)];
        let next_ms = flights.chain(timers.into_iter().flatten()).chain(self.page.link.timers()).min()?;
        Some(next_ms + self.first_tick_ms.unwrap_or_default())
    }

    /// The date, as far as the till knows it.
    pub(crate) fn now_ms(&self) -> u64 {
        self.clock_ms + self.first_tick_ms.unwrap_or_default()
    }

    /// What the browser does when an event is over: orders that wished get into the queue.
    pub(crate) fn settle(&mut self) {
        while !self.page.wishes.is_empty() {
            let key = self.page.wishes.remove(0);
            self.grant(key);
        }
        self.page.sweep();
    }

    pub(crate) fn take_request_id(&mut self) -> RequestId {
        let id = RequestId(self.next_request);
        self.next_request += 1;
        id
    }

    pub(crate) fn abort(&mut self, id: RequestId) {
        self.page.flights.remove(&id);
        self.aborted.push(id);
    }

    /// A new, empty, selected order.
    pub(crate) fn add_new_order(&mut self) -> OrderKey {
        let number = self.page.next_number;
        self.page.next_number += 1;
        let mut order = Order::new(&self.config, number, self.now_ms());
        order.table = self.page.table.clone();
        let key = self.page.add(order);
        self.page.current = Some(key);
        // The restaurant addon sends an order as soon as a table is opened.
        if self.config.is_restaurant() {
            self.page.wish_update(key);
        }
        key
    }

    /// Takes an order off the screen. Whether it is removed on the server too depends on who is at work: a message or hands.
    pub(crate) fn destroy(&mut self, key: OrderKey, leaving: Leaving) {
        let Some(index) = self.page.screen.iter().position(|other| *other == key) else { return };
        self.page.screen.remove(index);
        self.select_after(index, leaving);
        let registered = self.page.orders.get(&key).is_some_and(Order::is_registered);
        // While the page loads, nobody listens for removals yet.
        if self.page.phase != Phase::Open {
            return;
        }
        if registered && !self.page.link.client_online {
            self.popups.push(Popup::NoConnection);
            return;
        }
        self.page.wish_removal(key);
    }

    /// Which order is selected after one has left from this place.
    fn select_after(&mut self, index: usize, leaving: Leaving) {
        let on_the_floor = self.config.is_restaurant() && self.page.current.is_none();
        if self.page.receiving {
            if self.page.screen.is_empty() && !on_the_floor {
                self.add_new_order();
            } else {
                self.page.current = self.page.screen.get(index).or(self.page.screen.first()).copied();
            }
            return;
        }
        let shown = self.shown();
        let next = shown.get(index).or(shown.last()).copied();
        match (self.config.is_restaurant(), leaving) {
            (true, Leaving::Finish) => self.page.current = None,
            (true, Leaving::Abandon) => self.page.current = next,
            (false, Leaving::Abandon) if next.is_some() => self.page.current = next,
            (false, Leaving::Abandon | Leaving::Finish) => {
                self.add_new_order();
            }
        }
    }

    /// `get_order_list`: in a restaurant only the orders of the table that is open, or was last.
    pub(crate) fn shown(&self) -> Vec<OrderKey> {
        let page = &self.page;
        let at_table = |key: &&OrderKey| {
            page.table.is_some() && page.orders.get(key).is_some_and(|it| it.table == page.table)
        };
        let all = page.screen.iter();
        if self.config.is_restaurant() {
            all.filter(at_table).copied().collect()
        } else {
            all.copied().collect()
        }
    }

    fn load_orders(&mut self) {
        let mine: Vec<_> =
            self.storage.unpaid.iter().filter(|order| is_of_page(order, &self.config)).cloned().collect();
        let mut orders: Vec<_> =
            mine.iter().filter_map(|order| self.page.read_order(order, &self.config).ok()).collect();
        orders.sort_by_key(|order| order.number);
        for order in orders {
            self.page.add(order);
        }
        if self.config.is_restaurant() {
            return;
        }
        match self.page.screen.first() {
            Some(first) => self.page.current = Some(*first),
            None => {
                self.add_new_order();
            }
        }
    }

    pub(crate) fn page_loaded(&mut self) {
        self.page.phase = Phase::Open;
        self.start_link();
    }

    pub(crate) fn retry_loading(&mut self) {
        self.page.phase = Phase::Loading { retry_at_ms: Some(self.clock_ms + LOAD_RETRY_MS) };
    }

    /// Writes a request down as sent.
    pub(crate) fn take_off(&mut self, id: RequestId, purpose: Purpose, timeout_ms: u64) {
        let ends_ms = self.clock_ms.saturating_add(timeout_ms);
        self.page.flights.insert(id, crate::page::Flight { purpose, ends_ms });
    }
}

/// Whether the page takes a stored order up: it is of its session and its run.
fn is_of_page(order: &serde_json::Value, config: &TillConfig) -> bool {
    whole(&order["pos_session_id"]) == Some(config.session_id)
        && whole(&order["run_ID"]) == Some(config.run_id)
}
