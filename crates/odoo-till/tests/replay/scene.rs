//! Two tills on a stage: the recording says what is done and what they are answered, and checks what they send.

use crate::recording::{Entry, Exchange, differences, read};
use serde_json::{Value, json};
use std::collections::{BTreeMap, VecDeque};
use tillsync_odoo_till::{Answer, Outgoing, POLL_PATH, Till, TillConfig};

const SALE_PATH: &str = "/web/dataset/call_kw/pos.order/create_from_ui";

/// Where a till stood when its recording began.
pub struct Before {
    pub login: i64,
    /// The number that its next order gets.
    pub number: i64,
    /// The id that its next line gets.
    pub line: i64,
    pub message_id: i64,
    /// The `last` of its next poll.
    pub last: i64,
}

pub struct Scene {
    tills: BTreeMap<String, Actor>,
    name: &'static str,
}

struct Actor {
    till: Till,
    /// Sent, and not yet seen in the recording.
    sent: Vec<Outgoing>,
    /// The first poll after a page load, which the second one has aborted.
    first_poll: Option<Outgoing>,
    /// Products that are clicked as soon as the recording has the update of it.
    clicks: VecDeque<(i64, f64)>,
    offline: bool,
}

impl Actor {
    fn new(till: Till) -> Self {
        Self { till, sent: Vec::new(), first_poll: None, clicks: VecDeque::new(), offline: false }
    }
}

/// The two POSes of the recordings.
pub fn config(number: i64) -> TillConfig {
    let mut config = TillConfig::numbered(number);
    config.multi_session_id = 2;
    config.user = if number == 1 { (2, "Mitchell Admin".to_owned()) } else { (6, "Marc Demo".to_owned()) };
    config
}

impl Scene {
    /// Tills whose pages are not loaded yet.
    pub fn closed(tills: [Till; 2]) -> Self {
        let actors = tills.map(|till| (till.config().pos.1.clone(), Actor::new(till)));
        Self { tills: BTreeMap::from(actors), name: "" }
    }

    /// Tills in the midst of their day.
    pub fn at(first: &Before, second: &Before) -> Self {
        Self::closed([standing(config(1), first), standing(config(2), second)])
    }

    /// Plays a recording; `act` does on the screen what a note says.
    pub fn play(&mut self, name: &'static str, text: &str, act: impl Fn(&mut Self, &str)) {
        self.name = name;
        for entry in read(text) {
            match entry {
                Entry::Note(note) => {
                    act(self, &note);
                    self.fail_offline();
                }
                Entry::Exchange(exchange) => self.exchange(&exchange),
            }
        }
        for (client, actor) in &mut self.tills {
            actor.sent.extend(actor.till.take_requests());
            let left: Vec<_> = actor.sent.iter().map(|out| out.message().to_string()).collect();
            assert!(left.is_empty(), "{name}: {client} also sent {left:#?}");
        }
    }

    pub fn till(&mut self, client: &str) -> &mut Till {
        &mut self.actor(client).till
    }

    /// Clicks on products, each one when the update of the one before was answered.
    pub fn click(&mut self, client: &str, products: &[(i64, f64)]) {
        self.actor(client).clicks.extend(products);
    }

    /// From now on nothing of this till gets through.
    pub fn offline(&mut self, client: &str, offline: bool) {
        self.actor(client).offline = offline;
    }

    fn actor(&mut self, client: &str) -> &mut Actor {
        self.tills.get_mut(client).expect("a till of this name")
    }

    fn fail_offline(&mut self) {
        for actor in self.tills.values_mut().filter(|actor| actor.offline) {
            loop {
                actor.sent.extend(actor.till.take_requests());
                if actor.sent.is_empty() {
                    break;
                }
                actor.sent.drain(..).for_each(|out| actor.till.answer(out.id, Answer::Failed));
            }
        }
    }

    fn exchange(&mut self, exchange: &Exchange) {
        self.actor(&exchange.client).till.tick(exchange.ended_ms);
        self.fail_offline();
        let before_reload = exchange.response.is_none() && !is_first_poll(exchange);
        if before_reload {
            return;
        }
        if exchange.path == SALE_PATH {
            return self.check_sale(exchange);
        }
        let out = if exchange.path == POLL_PATH { self.poll(exchange) } else { self.sent(exchange) };
        if let Some(response) = exchange.response.clone().filter(|_| !is_first_poll(exchange)) {
            self.till(&exchange.client).answer(out.id, Answer::Ok(response));
        }
        self.fail_offline();
    }

    /// The poll that the till sends now, which must be the recorded one.
    fn poll(&mut self, exchange: &Exchange) -> Outgoing {
        let name = self.name;
        let actor = self.actor(&exchange.client);
        let first = is_first_poll(exchange);
        // Which of the two polls after a page load ends first is chance.
        let taken = actor.first_poll.take().filter(|_| first);
        let mut poll = taken.or_else(|| actor.till.take_poll()).expect("a poll");
        if !first && channels(&poll.body["params"]) == 1 {
            actor.first_poll = Some(poll);
            poll = actor.till.take_poll().expect("the second poll");
        }
        let found = differences(&exchange.params, &poll.body["params"]);
        assert!(found.is_empty(), "{name}: {} polls: {found:#?}", exchange.client);
        poll
    }

    /// The request that the till has sent, which must be the recorded one.
    fn sent(&mut self, exchange: &Exchange) -> Outgoing {
        let name = self.name;
        let actor = self.actor(&exchange.client);
        let action = |params: &Value| params["message"]["action"].clone();
        actor.sent.extend(actor.till.take_requests());
        if action(&exchange.params) == "update_order"
            && actor.sent.is_empty()
            && let Some((product_id, price)) = actor.clicks.pop_front()
        {
            actor.till.tap(product_id, price).expect("an order to tap into");
            actor.sent.extend(actor.till.take_requests());
        }
        // The time between two questions of a till that has lost the server is chance.
        while action(&exchange.params) == "sync_all" && actor.sent.is_empty() {
            actor.till.tick(actor.till.next_tick_ms().expect("a timer"));
            actor.sent.extend(actor.till.take_requests());
        }
        let position = actor.sent.iter().position(|out| {
            out.path == exchange.path && action(&out.body["params"]) == action(&exchange.params)
        });
        let Some(position) = position else {
            panic!("{name}: {} did not send {}, but {:#?}", exchange.client, exchange.params, actor.sent);
        };
        let out = actor.sent.remove(position);
        let found = differences(&exchange.params, &out.body["params"]);
        assert!(found.is_empty(), "{name}: {} sends {}: {found:#?}", exchange.client, exchange.params);
        out
    }

    /// Odoo gets what the till keeps until Odoo has it. By the time of the answer it is gone.
    fn check_sale(&mut self, exchange: &Exchange) {
        let till = self.till(&exchange.client);
        assert!(till.kept_sales().is_empty(), "{} has kept {:#?}", exchange.client, till.kept_sales());
    }
}

fn is_first_poll(exchange: &Exchange) -> bool {
    exchange.path == POLL_PATH && channels(&exchange.params) == 1
}

fn channels(params: &Value) -> usize {
    params["channels"].as_array().map_or(0, Vec::len)
}

/// A till that has come to this point: an order of somebody else's brings its line counter there, and goes again.
fn standing(mut config: TillConfig, before: &Before) -> Till {
    config.login_number = before.login;
    let scratch = before.line > 1;
    config.sequence_number = if scratch { before.number - 1 } else { before.number };
    let channel = json!(["odoo", "pos.multi_session", config.pos.0.to_string()]).to_string();
    let mut till = Till::new(config);
    till.open();
    let loading = till.take_requests().remove(0);
    let line = json!({ "id": before.line - 1, "uid": "S-1", "product_id": 1, "qty": 1, "price_unit": 1, "discount": 0 });
    let order = json!({
        "uid": "S", "sequence_number": 1, "revision_ID": 1, "run_ID": 1, "partner_id": false, "pricelist_id": 1,
        "lines": [[0, 0, line]], "statement_ids": [], "new_order": false,
    });
    let orders = if scratch { vec![json!({ "action": "update_order", "data": order })] } else { Vec::new() };
    let message_id = before.message_id - i64::from(scratch);
    let data = json!({ "orders": orders, "message_ID": message_id, "order_ID": before.number - 1 });
    till.answer(loading.id, Answer::result(json!({ "action": "sync_all", "data": data })));
    let removal =
        json!({ "action": "remove_order", "data": { "uid": "S", "message_ID": before.message_id } });
    let message = if scratch { removal } else { Value::Null };
    till.take_poll().expect("the first poll");
    let poll = till.take_poll().expect("the second poll");
    till.answer(
        poll.id,
        Answer::result(json!([{ "id": before.last, "channel": channel, "message": message }])),
    );
    for out in till.take_requests() {
        till.answer(out.id, Answer::result(json!({})));
    }
    assert!(till.is_quiet() && till.message_id() == before.message_id);
    till
}
