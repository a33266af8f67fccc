//! What lives in the browser's tab and ends with it, and what the local storage keeps.

use crate::config::{Table, TillConfig};
use crate::line::Line;
use crate::link::Link;
use crate::ms_info;
use crate::order::{Order, OrderKey, Wish};
use crate::poll::Poll;
use crate::queue::Errand;
use crate::sale::Sale;
use crate::wire::{RequestId, truthy, whole};
use serde_json::{Map, Value};
use std::collections::{BTreeMap, BTreeSet, VecDeque};

/// How far the page has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Phase {
    /// Not opened.
    Closed,
    /// "Sync Orders": the immediate `sync_all` is under way, or will be tried again at this time.
    Loading { retry_at_ms: Option<u64> },
    /// The screen is there.
    Open,
}

/// A request in the air.
#[derive(Debug, Clone, PartialEq)]
pub(crate) struct Flight {
    pub(crate) purpose: Purpose,
    /// The client gives up then.
    pub(crate) ends_ms: u64,
}

/// What a request was sent for.
#[derive(Debug, Clone, PartialEq)]
pub(crate) enum Purpose {
    Errand(Errand),
    SyncAll,
    Ping,
    Poll,
}

/// One page load.
#[derive(Debug, Clone)]
pub(crate) struct Page {
    pub(crate) phase: Phase,
    /// All orders that something still refers to, on the screen or not.
    pub(crate) orders: BTreeMap<OrderKey, Order>,
    pub(crate) screen: Vec<OrderKey>,
    pub(crate) current: Option<OrderKey>,
    /// The table that is open, or was last.
    pub(crate) table: Option<Table>,
    /// `pos_session.sequence_number`.
    pub(crate) next_number: i64,
    pub(crate) next_line_id: i64,
    pub(crate) message_id: Option<i64>,
    /// The multi-session machinery is there: orders that change are sent.
    pub(crate) multi_session: bool,
    /// `ms_syncing_in_progress`: what changes now comes from a message.
    pub(crate) receiving: bool,
    /// `on_syncing`: a `sync_all` is under way.
    pub(crate) sync_all_running: bool,
    pub(crate) queue: VecDeque<Errand>,
    /// The queue's request is in the air.
    pub(crate) busy: bool,
    /// Orders with a wish, the one that wished first in front.
    pub(crate) wishes: Vec<OrderKey>,
    pub(crate) flights: BTreeMap<RequestId, Flight>,
    pub(crate) link: Link,
    pub(crate) poll: Poll,
    pub(crate) sales: VecDeque<Sale>,
    next_key: u64,
}

impl Page {
    pub(crate) fn new(config: &TillConfig) -> Self {
        Self {
            phase: Phase::Closed,
            orders: BTreeMap::new(),
            screen: Vec::new(),
            current: None,
            table: None,
            next_number: config.sequence_number,
            next_line_id: 1,
            message_id: Some(0),
            multi_session: false,
            receiving: false,
            sync_all_running: false,
            queue: VecDeque::new(),
            busy: false,
            wishes: Vec::new(),
            flights: BTreeMap::new(),
            link: Link::new(),
            poll: Poll::First,
            sales: VecDeque::new(),
            next_key: 0,
        }
    }

    /// The order of this uid on the screen.
    pub(crate) fn find(&self, uid: &str) -> Option<OrderKey> {
        self.screen.iter().copied().find(|key| self.orders.get(key).is_some_and(|order| order.uid == uid))
    }

    /// `ms_active`: what changes now was done by hand, and is to be sent.
    pub(crate) fn ms_active(&self) -> bool {
        self.multi_session && !self.receiving
    }

    /// Whether a request other than the poll is in the air.
    pub(crate) fn awaits_answer(&self) -> bool {
        self.flights.values().any(|flight| flight.purpose != Purpose::Poll)
    }

    /// A number of the page's line counter.
    pub(crate) fn take_line_id(&mut self) -> i64 {
        let id = self.next_line_id;
        self.next_line_id += 1;
        id
    }

    /// Puts an order on the screen, without selecting it.
    pub(crate) fn add(&mut self, mut order: Order) -> OrderKey {
        let key = OrderKey(self.next_key);
        order.replaceable = self.next_key == 0;
        self.next_key += 1;
        self.orders.insert(key, order);
        self.screen.push(key);
        key
    }

    /// Reads a written order with its lines. The till gives the lines uids of its own.
    pub(crate) fn read_order(&mut self, data: &Value, config: &TillConfig) -> Result<Order, String> {
        let Some(lines) = data["lines"].as_array() else { return Err("json.lines is undefined".to_owned()) };
        if !data["statement_ids"].is_array() {
            return Err("json.statement_ids is undefined".to_owned());
        }
        let mut order = Order::from_json(data, config);
        self.next_number = self.next_number.max(order.number + 1);
        for line in lines {
            let data = &line[2];
            let id = whole(&data["id"]).filter(|_| truthy(&data["id"])).unwrap_or(self.next_line_id);
            self.next_line_id = self.next_line_id.max(id + 1);
            let mut line = Line::from_json(data, order.line_uid(config, id), id);
            if self.ms_active() {
                line.ms_info.insert("created".to_owned(), ms_info::mine(config));
            }
            order.lines.push(line);
        }
        order.select_last_line();
        Ok(order)
    }

    /// `new_updates_to_send`: the order will be put into the queue once the event that runs is over.
    pub(crate) fn wish_update(&mut self, key: OrderKey) {
        let active = self.ms_active();
        let Some(order) = self.orders.get_mut(&key) else { return };
        if order.new_order == Some(true) {
            order.new_order = Some(false);
        }
        if active {
            self.wish(key, Wish::Update);
        }
    }

    /// The same for its removal.
    pub(crate) fn wish_removal(&mut self, key: OrderKey) {
        if self.ms_active() {
            self.wish(key, Wish::Remove);
        }
    }

    fn wish(&mut self, key: OrderKey, wish: Wish) {
        if let Some(order) = self.orders.get_mut(&key) {
            order.wish = Some(wish);
        }
        // The client's timer starts anew with each wish.
        self.wishes.retain(|other| *other != key);
        self.wishes.push(key);
    }

    /// The handler of a line's `change`: by whom the line and its order were changed, and off to the queue.
    pub(crate) fn line_changed(&mut self, key: OrderKey, uid: &str, config: &TillConfig) {
        if !self.ms_active() {
            return;
        }
        let Some(order) = self.orders.get_mut(&key) else { return };
        let mine = ms_info::mine(config);
        let ghost = order.ghost.as_mut().filter(|ghost| ghost.uid == uid);
        if let Some(line) = ghost.or_else(|| order.lines.iter_mut().find(|line| line.uid == uid)) {
            line.ms_info.insert("changed".to_owned(), mine.clone());
        }
        order.ms_info.get_or_insert_with(Map::new).insert("changed".to_owned(), mine);
        self.wish_update(key);
    }

    /// Forgets orders that nothing refers to any more.
    pub(crate) fn sweep(&mut self) {
        if self.orders.len() == self.screen.len() {
            return;
        }
        let mut used: BTreeSet<_> = self.screen.iter().chain(&self.wishes).copied().collect();
        used.extend(self.queue.iter().filter_map(Errand::order));
        used.extend(self.flights.values().filter_map(|flight| match &flight.purpose {
            Purpose::Errand(errand) => errand.order(),
            Purpose::SyncAll | Purpose::Ping | Purpose::Poll => None,
        }));
        self.orders.retain(|key, _| used.contains(key));
    }
}

/// What outlives a reload.
#[derive(Debug, Clone, Default)]
pub(crate) struct Storage {
    /// `unpaid_orders`, as they are exported.
    pub(crate) unpaid: Vec<Value>,
    /// `orders`: paid, and not yet taken by Odoo: `{"id", "data", "to_invoice"}`.
    pub(crate) paid: Vec<Value>,
    /// The `last` of polls.
    pub(crate) last: i64,
}
