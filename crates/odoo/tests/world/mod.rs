//! A shop without a network: simulated tills, a book and a desk, and every delivery a step of its own.
//!
//! Each till has two pipes to the server, requests and polls, which may overtake each other; within a pipe
//! things stay in order.
#![allow(dead_code, reason = "each test file uses its part")]

use std::collections::{BTreeSet, VecDeque};
use std::sync::Arc;

use proptest::prelude::ProptestConfig;
use proptest::test_runner::FileFailurePersistence;
use serde_json::{Value, json};
use tillsync_core::event::Event;
use tillsync_core::multi_session::MultiSession;
use tillsync_core::order::{Order, OrderState};
use tillsync_odoo::book::Book;
use tillsync_odoo::channel::{Identity, Wants};
use tillsync_odoo::desk::{Desk, PollAt};
use tillsync_odoo::interpret::command_id;
use tillsync_odoo::message::read_update;
use tillsync_odoo_till::{Answer, Outgoing, PING_PATH, POLL_PATH, RequestId, Till, TillConfig, UPDATE_PATH};

/// A till and what is under way between it and the server.
#[derive(Clone)]
pub struct Place {
    pub till: Till,
    /// Sent, not yet at the server.
    pub requests: VecDeque<Outgoing>,
    /// Answered by the server, not yet at the till.
    pub answers: VecDeque<(RequestId, Answer)>,
    /// At the server, being held.
    pub held: Option<(RequestId, PollAt, Wants, u64)>,
    /// Poll answers, not yet at the till.
    pub news: VecDeque<(RequestId, Answer)>,
}

/// The shop.
#[derive(Clone)]
pub struct World {
    pub book: Book,
    pub desk: Desk,
    pub places: Vec<Place>,
    pub now_ms: u64,
    pub log: Vec<Event>,
}

/// How long a poll is held.
const HOLD_MS: u64 = 50_000;

impl World {
    /// A shop with tills 1, 2 … whose pages are open and quiet.
    pub fn open(count: i64) -> Self {
        Self::with((1..=count).map(TillConfig::numbered).collect())
    }

    pub fn with(configs: Vec<TillConfig>) -> Self {
        let place = |config| Place {
            till: Till::new(config),
            requests: VecDeque::new(),
            answers: VecDeque::new(),
            held: None,
            news: VecDeque::new(),
        };
        let state = MultiSession::default();
        let mut world = World {
            desk: Desk::new(&state, 1_000_000),
            book: Book::new(state, Default::default()),
            places: configs.into_iter().map(place).collect(),
            now_ms: 1_000_000,
            log: Vec::new(),
        };
        for at in 0..world.places.len() {
            world.places[at].till.tick(world.now_ms);
            world.places[at].till.open();
        }
        world.settle();
        world
    }

    /// A shop of two tills at one order: one piece of product 2 at 5, then one of product 1 at 3. Its uid.
    pub fn with_order() -> (Self, String) {
        let mut world = Self::open(2);
        let till = &mut world.places[0].till;
        till.new_order();
        till.tap(2, 5.0);
        till.tap(1, 3.0);
        world.settle();
        let uid = world.drafts()[0].uid.to_string();
        for place in &mut world.places {
            assert!(place.till.select_order(&uid));
        }
        (world, uid)
    }

    /// What a till wants to send comes into its pipes.
    pub fn collect(&mut self, at: usize) {
        let now = self.now_ms;
        let place = &mut self.places[at];
        place.requests.extend(place.till.take_requests());
        if place.held.is_none() && place.news.is_empty() {
            // The first poll of a page is aborted by the second; only the second matters here.
            let mut last = None;
            while let Some(poll) = place.till.take_poll() {
                last = Some(poll);
            }
            let aborted = place.till.take_aborted();
            place.requests.retain(|request| !aborted.contains(&request.id));
            if let Some(poll) = last {
                let params = &poll.body["params"];
                let channels = params["channels"].as_array().expect("channels").len();
                let wants = if channels > 1 { Wants::Orders } else { Wants::Pongs };
                let pos = place.till.config().pos.0;
                let since = params["last"].as_u64().unwrap_or(0);
                let slot = self.desk.begin_poll(
                    &self.book.state,
                    pos,
                    Identity { who: at as u64, connection: 0 },
                    since,
                    now,
                );
                let poll_at = PollAt { database: Arc::from("odoo"), pos, slot, last: since };
                place.held = Some((poll.id, poll_at, wants, now + HOLD_MS));
            }
        }
    }

    /// The till's next request arrives at the server; false if there is none.
    pub fn arrive(&mut self, at: usize) -> bool {
        let Some(request) = self.places[at].requests.pop_front() else { return false };
        let answer = self.serve(&request);
        self.places[at].answers.push_back((request.id, answer));
        true
    }

    /// The server takes a request.
    pub fn serve(&mut self, request: &Outgoing) -> Answer {
        let params = &request.body["params"];
        match request.path {
            UPDATE_PATH => {
                let call = match read_update(params) {
                    Ok(call) => call,
                    Err(error) => return Answer::Ok(error.to_json_rpc(&Value::Null)),
                };
                self.book.begin_batch();
                for missing in self.book.missing(&call) {
                    if let tillsync_odoo::book::Missing::Version(uid, revision) = missing {
                        self.book.supply_version(&uid, revision, &self.log);
                    }
                }
                let judged = {
                    let sight = self.desk.sight(self.now_ms);
                    self.book.judge(&call, command_id(&call), &sight, self.now_ms)
                };
                self.log.extend(judged.event.clone());
                let result = self.desk.settle(&self.book, &call.message, &judged, self.now_ms);
                match result {
                    Ok(text) => Answer::result(serde_json::from_str(&text).expect("an answer is JSON")),
                    Err(error) => Answer::Ok(error.to_json_rpc(&Value::Null)),
                }
            }
            PING_PATH => {
                self.desk.pong(params["pos_id"].as_i64().expect("pos"), self.now_ms);
                Answer::result(json!(1))
            }
            POLL_PATH => unreachable!("polls go their own way"),
            other => panic!("{other}"),
        }
    }

    /// The till's next answer arrives; `lost` says whether it breaks off on the way. False if there is none.
    pub fn return_answer(&mut self, at: usize, lost: bool) -> bool {
        let Some((id, answer)) = self.places[at].answers.pop_front() else { return false };
        self.places[at].till.answer(id, if lost { Answer::Failed } else { answer });
        self.collect(at);
        true
    }

    /// The server answers the till's held poll, if there is news.
    pub fn answer_poll(&mut self, at: usize) -> bool {
        let Some((id, poll_at, wants, until)) = self.places[at].held.clone() else { return false };
        let news = self.desk.take(&self.book.state, &poll_at, wants, self.now_ms);
        let text = match news {
            Some(text) => text,
            None if until <= self.now_ms => "[]".to_owned(),
            None => return false,
        };
        self.desk.end_poll(poll_at.pos, poll_at.slot);
        self.places[at].held = None;
        let answer = Answer::result(serde_json::from_str(&text).expect("news are JSON"));
        self.places[at].news.push_back((id, answer));
        true
    }

    /// Whether the server has news for the till's held poll.
    pub fn has_news(&self, at: usize) -> bool {
        self.places[at]
            .held
            .as_ref()
            .is_some_and(|(_, poll_at, wants, _)| *wants == Wants::Orders && self.desk.has_news(poll_at))
    }

    /// The till's next poll answer arrives.
    pub fn return_poll(&mut self, at: usize) -> bool {
        let Some((id, answer)) = self.places[at].news.pop_front() else { return false };
        self.places[at].till.answer(id, answer);
        self.collect(at);
        true
    }

    /// The page is loaded anew: what was under way reaches nobody; requests that were sent may still arrive.
    pub fn reload(&mut self, at: usize) {
        if let Some((_, poll_at, ..)) = self.places[at].held.take() {
            self.desk.end_poll(poll_at.pos, poll_at.slot);
        }
        self.places[at].answers.clear();
        self.places[at].news.clear();
        self.places[at].till.reload();
        self.collect(at);
    }

    /// The server is killed and starts again: what it knew of screens is gone, requests on their way and held
    /// polls break off, what it had answered still arrives.
    pub fn restart(&mut self) {
        self.desk = Desk::new(&self.book.state, self.now_ms);
        self.book = Book::new(self.book.state.clone(), self.book.shadows.clone());
        for at in 0..self.places.len() {
            let place = &mut self.places[at];
            let requests: Vec<RequestId> = place.requests.drain(..).map(|request| request.id).collect();
            let polls = place.held.take().map(|(id, ..)| id);
            for id in requests.into_iter().chain(polls) {
                place.till.answer(id, Answer::Failed);
            }
        }
        for at in 0..self.places.len() {
            self.collect(at);
        }
    }

    /// Everything that is under way arrives; time does not pass.
    pub fn deliver_all(&mut self) {
        for _ in 0..500 {
            let mut moved = false;
            for at in 0..self.places.len() {
                self.collect(at);
                while self.arrive(at) {
                    moved = true;
                }
                while self.return_answer(at, false) {
                    moved = true;
                }
                moved |= self.answer_poll(at);
                while self.return_poll(at) {
                    moved = true;
                }
            }
            if !moved {
                return;
            }
        }
        panic!("the shop does not come to rest: tills and server go on telling each other the same");
    }

    /// Time passes until everyone is online, quiet and told everything; four seconds at least, so that what
    /// waits for its time has had it.
    pub fn settle(&mut self) {
        let from = self.now_ms;
        self.deliver_all();
        for _ in 0..400 {
            let quiet = self.places.iter().all(|place| {
                let till = &place.till;
                till.is_loaded() && till.is_online() && till.unsent() == 0 && place.held.is_some()
            });
            let told = self.desk.next_tick_ms().is_none();
            if quiet && told && self.now_ms > from + 4_000 {
                return;
            }
            let next = self
                .places
                .iter()
                .filter_map(|place| place.till.next_tick_ms())
                .chain(self.desk.next_tick_ms())
                .min()
                .unwrap_or(self.now_ms + 5_000)
                .clamp(self.now_ms + 50, self.now_ms + 5_000);
            self.wait(next - self.now_ms);
            self.deliver_all();
        }
        panic!("the tills do not come to rest");
    }

    /// Time passes, and nothing arrives.
    pub fn wait(&mut self, ms: u64) {
        self.now_ms += ms;
        self.desk.tick(&self.book.state, self.now_ms);
        for at in 0..self.places.len() {
            self.places[at].till.tick(self.now_ms);
            self.collect(at);
        }
    }

    /// The server's open orders.
    pub fn drafts(&self) -> Vec<Arc<Order>> {
        self.book.state.drafts()
    }

    /// Pieces of a product over open and paid orders: what was sold or will be.
    pub fn pieces(&self, product: i64) -> f64 {
        let orders = self.book.state.orders.values();
        orders
            .filter(|order| matches!(order.state, OrderState::Draft | OrderState::Paid))
            .flat_map(|order| order.lines.iter())
            .filter(|line| line.fields["product_id"].as_i64() == Some(product))
            .map(|line| line.fields["qty"].as_f64().expect("qty"))
            .sum()
    }

    /// Says how a till's screen differs from the server's orders; none if it shows them as they are.
    pub fn difference(&self, at: usize) -> Option<String> {
        self.difference_but_numbers(at, &BTreeSet::new())
    }

    /// The same, but for the numbers of these orders.
    pub fn difference_but_numbers(&self, at: usize, but: &BTreeSet<String>) -> Option<String> {
        let number = |uid: &str, number: i64| if but.contains(uid) { 0 } else { number };
        let screen: Vec<String> = {
            let mut orders: Vec<String> = self.places[at]
                .till
                .orders()
                .iter()
                .filter(|order| order.order_on_server || !order.lines.is_empty())
                .map(|order| {
                    let mut lines: Vec<String> = order
                        .lines
                        .iter()
                        .map(|line| {
                            format!(
                                "{}: {} x {} @{} -{}% {:?}",
                                line.uid, line.qty, line.product_id, line.price, line.discount, line.note
                            )
                        })
                        .collect();
                    lines.sort();
                    let number = number(&order.uid, order.number);
                    format!("{} #{number} {lines:?} customer {:?}", order.uid, order.customer)
                })
                .collect();
            orders.sort();
            orders
        };
        let server: Vec<String> = {
            let mut orders: Vec<String> = self
                .drafts()
                .iter()
                .map(|order| {
                    let amount = |fields: &serde_json::Map<String, Value>, name: &str| {
                        fields[name].as_f64().unwrap_or(0.0)
                    };
                    let mut lines: Vec<String> = order
                        .lines
                        .iter()
                        .map(|line| {
                            format!(
                                "{}: {} x {} @{} -{}% {:?}",
                                line.uid,
                                amount(&line.fields, "qty"),
                                amount(&line.fields, "product_id"),
                                amount(&line.fields, "price_unit"),
                                amount(&line.fields, "discount"),
                                line.fields.get("note").and_then(Value::as_str).unwrap_or_default(),
                            )
                        })
                        .collect();
                    lines.sort();
                    let customer = order.fields.get("partner_id").and_then(Value::as_i64);
                    let number = number(order.uid.as_str(), i64::from(order.number));
                    format!("{} #{number} {lines:?} customer {customer:?}", order.uid)
                })
                .collect();
            orders.sort();
            orders
        };
        (screen != server)
            .then(|| format!("till {} shows\n  {screen:#?}\nthe server has\n  {server:#?}", at + 1))
    }
}

/// Looks at the end of a run; the text of its panic, which is a finding and not printed by itself.
pub fn quietly(look: impl FnOnce()) -> Result<(), String> {
    quiet_panics();
    LOOKING.set(true);
    let looked = std::panic::catch_unwind(std::panic::AssertUnwindSafe(look));
    LOOKING.set(false);
    looked.map_err(|panic| {
        let text = panic.downcast_ref::<String>().cloned();
        text.or_else(|| panic.downcast_ref::<&str>().map(|text| (*text).to_owned())).unwrap_or_default()
    })
}

thread_local! {
    /// Whether a panic is a finding, which is reported once, at the end of the test.
    static LOOKING: std::cell::Cell<bool> = const { std::cell::Cell::new(false) };
}

fn quiet_panics() {
    static ONCE: std::sync::Once = std::sync::Once::new();
    ONCE.call_once(|| {
        let loud = std::panic::take_hook();
        std::panic::set_hook(Box::new(move |info| {
            if !LOOKING.get() {
                loud(info);
            }
        }));
    });
}

/// How random runs are made: what fails is kept beside the test. `PROPTEST_CASES` asks for more.
pub fn config() -> ProptestConfig {
    let kept = FileFailurePersistence::WithSource("regressions");
    let default = ProptestConfig::default();
    ProptestConfig {
        cases: default.cases.max(1_500),
        max_shrink_iters: 20_000,
        failure_persistence: Some(Box::new(kept)),
        ..default
    }
}
