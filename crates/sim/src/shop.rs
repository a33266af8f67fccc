//! What happens in the shop, step by step, all of it drawn from the seed.

use std::collections::VecDeque;
use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tillsync_server::native::connection::Connection;
use tillsync_server::room::audience::Inbox;
use tillsync_store::faulty::{Fault, FaultyStore};
use tillsync_store::suite::memory::{Memory, MemoryStore};

use crate::check::{Ledger, check};
use crate::replica::items;
use crate::sabotage::Sabotage;
use crate::server::{Opening, Server};
use crate::till::Till;

/// What a run is like.
#[derive(Debug, Clone, clap::Args)]
pub struct Options {
    /// Tills of the multi-session.
    #[arg(long, default_value_t = 3, value_parser = clap::value_parser!(u64).range(1..=20))]
    pub tills: u64,
    /// Things that happen before all is well again.
    #[arg(long, default_value_t = 150)]
    pub steps: u32,
    /// Break a rule on purpose.
    #[arg(long, value_enum, default_value_t)]
    pub sabotage: Sabotage,
}

/// What a run came to, when nothing was missing.
#[derive(Debug, Default)]
pub struct Report {
    /// Commands that were answered.
    pub answered: usize,
    /// Of those, refused.
    pub refused: usize,
    /// Times that the server lost its power.
    pub crashes: usize,
    /// Connections that were opened.
    pub connections: usize,
    /// Events in the log.
    pub events: usize,
}

/// A till's connection, and what is on its way.
struct Link {
    connection: Connection,
    inbox: Inbox,
    up: VecDeque<String>,
    down: VecDeque<String>,
}

/// The shop.
pub(crate) struct Shop {
    pub(crate) tills: Vec<Till>,
    pub(crate) disk: Arc<MemoryStore>,
    pub(crate) ledger: Ledger,
    pub(crate) report: Report,
    links: Vec<Option<Link>>,
    faulty: Arc<FaultyStore<MemoryStore>>,
    server: Option<Server>,
    dice: StdRng,
    options: Options,
}

/// Turns that let the server finish whatever it is at.
const MANY_TURNS: u32 = 300;

/// The lying disk lies about every seventh append or so.
const LIES_EVERY: u64 = 7;

/// So often at most.
const LIES_MAX: u64 = 200;

/// Rounds in which all has to come to rest in the end.
const ROUNDS_MAX: u32 = 400;

/// Runs a seed. What is wrong in the end is the error.
pub fn run(seed: u64, options: &Options) -> Result<Report, String> {
    let disk = Arc::new(Memory::default().store());
    let tills = usize::try_from(options.tills).unwrap_or(1);
    let mut shop = Shop {
        tills: (0..tills).map(Till::new).collect(),
        links: (0..tills).map(|_| None).collect(),
        faulty: Arc::new(FaultyStore::new(disk.clone())),
        disk,
        ledger: Ledger::default(),
        report: Report::default(),
        server: None,
        dice: StdRng::seed_from_u64(seed),
        options: options.clone(),
    };
    shop.start()?;
    shop.open_the_shared_order()?;
    for _ in 0..options.steps {
        shop.step()?;
    }
    let rested = shop.come_to_rest();
    // What went wrong before says more than that nothing goes on.
    if let Some(wrong) = shop.ledger.wrong.first() {
        return Err(wrong.clone());
    }
    rested?;
    check(&shop)?;
    Ok(shop.report)
}

impl Shop {
    fn below(&mut self, bound: usize) -> usize {
        self.dice.random_range(0..bound.max(1))
    }

    fn chance(&mut self, percent: u32) -> bool {
        self.dice.random_range(0..100) < percent
    }

    fn start(&mut self) -> Result<(), String> {
        self.faulty = Arc::new(FaultyStore::new(self.disk.clone()));
        if self.options.sabotage == Sabotage::AckBeforeAppend {
            (1..LIES_MAX).for_each(|lie| self.faulty.nth(lie * LIES_EVERY, Fault::Lies));
        }
        self.server = Some(Server::start(self.faulty.clone()).map_err(|error| error.to_string())?);
        Ok(())
    }

    /// The power goes: nothing of the server is left but its disk.
    fn crash(&mut self) {
        self.server = None;
        self.links.iter_mut().for_each(|link| *link = None);
        self.report.crashes += 1;
    }

    /// An order that nobody removes, pays or deletes, so that everything on it can be counted.
    fn open_the_shared_order(&mut self) -> Result<(), String> {
        self.connect(0, MANY_TURNS);
        let till = &mut self.tills[0];
        let uid = till.new_uid().ok_or("the first till got no login")?;
        self.ledger.shared = uid.clone();
        let lines = json!([{"uid": "tap", "fields": {"product_id": 1, "qty": 1, "price_unit": 2}}]);
        till.keep(
            json!([{"action": "create", "order": uid, "creation": "shared", "run": 1, "lines": lines}]),
        );
        for at in 0..self.tills.len() {
            self.connect(at, MANY_TURNS);
        }
        self.pump();
        Ok(())
    }

    fn step(&mut self) -> Result<(), String> {
        let at = self.below(self.tills.len());
        match self.dice.random_range(0..100) {
            0..35 => self.act(at),
            35..55 => self.send(at),
            55..75 => self.hear(at),
            75..83 => {
                let turns = self.dice.random_range(0..20);
                self.connect(at, turns);
            }
            83..87 => self.cut(at),
            87..90 => {
                let turns = self.dice.random_range(0..10);
                if let Some(server) = &self.server {
                    server.work(turns);
                }
            }
            90..92 => {
                // Sent again although the first may have arrived.
                self.tills[at].sent = 0;
            }
            92..94 => {
                if self.chance(50) {
                    self.save(at);
                }
                self.cut(at);
                if self.options.sabotage == Sabotage::ForgetfulTill {
                    let storage = &mut self.tills[at].storage;
                    storage.number -= storage.outbox.len() as u64;
                    storage.outbox.clear();
                }
                self.tills[at].restart();
            }
            94..96 => self.save(at),
            96..98 => self.fault(),
            _ => {
                if self.server.is_some() {
                    self.crash();
                } else {
                    self.start()?;
                }
            }
        }
        Ok(())
    }

    fn save(&mut self, at: usize) {
        let till = &mut self.tills[at];
        if let Some((server, epoch)) = till.of.clone() {
            till.storage.saved = Some((till.replica.clone(), server, epoch));
        }
    }

    fn fault(&mut self) {
        let faults = [
            Fault::Stale,
            Fault::Fails,
            Fault::Full,
            Fault::Busy,
            Fault::LandsUnknown,
            Fault::LostUnknown,
            Fault::HeldBefore,
            Fault::HeldAfter,
        ];
        let fault = faults[self.below(faults.len())];
        self.faulty.next(fault);
    }

    /// Somebody does something. With a full storage nothing can be kept, and nothing is shown.
    fn act(&mut self, at: usize) {
        if self.chance(3) || self.tills[at].storage.login.is_none() {
            return;
        }
        let shared = self.ledger.shared.clone();
        let others = self.tills[at].others(&shared).len();
        let which = self.dice.random_range(0..100);
        let chosen = self.below(others);
        let till = &mut self.tills[at];
        let base = |order: &Value| order["revision_ID"].as_u64().unwrap_or_default();
        let shared_base = till.replica.orders.get(&shared).map_or(0, base);
        let order = till.others(&shared).get(chosen).map(|order| (*order).clone());
        let on_shared = |operations: Value| json!([{"action": "update", "order": shared, "base": shared_base, "operations": operations}]);
        match (which, order) {
            (0..30, _) => {
                let by = json!(0.1);
                let id = till
                    .keep(on_shared(json!([{"op": "increment", "line": "tap", "field": "qty", "by": by}])));
                self.ledger.taps.push(id);
            }
            (30..40, _) => {
                let line = till.new_line();
                let fields = json!({"product_id": 2, "qty": 1, "price_unit": 1});
                till.keep(on_shared(json!([{"op": "add_line", "line": line, "fields": fields}])));
                self.ledger.lines.push(line);
            }
            (40..50, _) => {
                let value = till.storage.number + 1;
                till.keep(on_shared(json!([{"op": "set", "field": format!("own{at}"), "value": value}])));
                self.ledger.own.insert(format!("own{at}"), value);
            }
            (50..65, _) | (_, None) => {
                let Some(uid) = till.new_uid() else { return };
                let line = till.new_line();
                let lines = json!([{"uid": line, "fields": {"product_id": 3, "qty": 4, "price_unit": 1}}]);
                let creation = format!("k-{uid}");
                till.keep(json!([{"action": "create", "order": uid, "creation": creation, "run": 1, "lines": lines}]));
                self.ledger.created.push(uid);
            }
            (which, Some(order)) => {
                let (uid, base) = (order["uid"].clone(), base(&order));
                let line = items(&order["lines"])[0].clone();
                let on_order = |operations: Value| json!([{"action": "update", "order": uid, "base": base, "operations": operations}]);
                match which {
                    65..72 => till.keep(on_order(
                        json!([{"op": "increment", "line": line["uid"], "field": "qty", "by": 1}]),
                    )),
                    72..78 => till.keep(on_order(
                        json!([{"op": "remove_line", "line": line["uid"], "seen": line["fields"]["qty"]}]),
                    )),
                    78..84 => till.keep(on_order(json!([
                        {"op": "set", "line": line["uid"], "field": "note", "value": base},
                        {"op": "unite", "field": "tags", "values": [at]},
                        {"op": "set", "field": "courses", "key": at.to_string(), "value": {"sent": true}},
                    ]))),
                    84..90 => {
                        let Some(new) = till.new_uid() else { return };
                        let into = till.new_line();
                        let to = json!({"kind": "new", "order": new, "creation": format!("k-{new}"), "fields": {}});
                        let item = json!({"line": line["uid"], "qty": 1, "into": into});
                        till.keep(json!([{"action": "move", "from": uid, "to": to, "items": [item]}]))
                    }
                    90..95 => {
                        let seen = json!({"fields": order["fields"], "lines": order["lines"]});
                        let payment = json!({"id": format!("p-{}-{}", at, till.storage.number), "till": "sim", "fields": {"cash": 1}});
                        let seen = plain(&seen);
                        // Money that is recorded at once, and perhaps booked as a fact nevertheless.
                        let is_recorded = till.storage.number.is_multiple_of(3);
                        if is_recorded || self.links[at].is_some() {
                            till.keep(json!([
                                {"action": "pay", "order": uid, "payment": payment},
                            ]));
                        }
                        if self.links[at].is_some() && !is_recorded {
                            let payments = [&payment["id"]];
                            till.keep(json!([
                                {"action": "close", "order": uid, "base": base, "seen": seen, "payments": payments}
                            ]))
                        } else {
                            self.ledger.settled.push(payment["id"].as_str().unwrap_or_default().to_owned());
                            till.keep(json!([{
                                "action": "settle", "order": uid, "creation": format!("k-{}", uid.as_str().unwrap_or_default()),
                                "run": 1, "paid": seen, "payment": payment,
                            }]))
                        }
                    }
                    _ => till.keep(json!([{"action": "delete", "order": uid, "base": base}])),
                };
            }
        }
    }

    fn connect(&mut self, at: usize, turns: u32) {
        let Some(server) = &self.server else { return };
        if self.links[at].is_some() {
            return;
        }
        // A server that is held at its disk answers nobody before it is let go.
        if turns == MANY_TURNS {
            self.faulty.release();
        }
        match server.open(&self.tills[at].hello(), turns) {
            Opening::Open(connection, welcome, inbox) => {
                self.report.connections += 1;
                let welcome: Value = serde_json::from_str(welcome.as_str()).unwrap_or_default();
                self.tills[at].welcome(&welcome);
                let (up, down) = (VecDeque::new(), VecDeque::new());
                self.links[at] = Some(Link { connection, inbox, up, down });
            }
            Opening::Refused(_) | Opening::Broken => {}
        }
    }

    fn cut(&mut self, at: usize) {
        if let (Some(link), Some(server)) = (self.links[at].take(), &self.server) {
            server.close(link.connection);
        }
        if self.options.sabotage == Sabotage::NewIdEachTime {
            self.tills[at].storage.outbox.iter_mut().for_each(|kept| kept.id.push('x'));
        }
    }

    /// A till's next command goes out, or one that is on its way arrives.
    fn send(&mut self, at: usize) {
        let turns = self.dice.random_range(0..6);
        let (Some(link), Some(server)) = (&mut self.links[at], &self.server) else { return };
        if let Some(message) = self.tills[at].next_to_send() {
            link.up.push_back(message);
        }
        if link.up.len() < 2 && self.dice.random_range(0..2) == 0 {
            return;
        }
        let Some(message) = link.up.pop_front() else { return };
        if server.take(&link.connection, &message, 50).is_err() {
            self.cut(at);
            return;
        }
        server.work(turns);
    }

    /// What the server said is on its way; the next of it arrives.
    fn hear(&mut self, at: usize) {
        let Some(link) = &mut self.links[at] else { return };
        while let Ok(message) = link.inbox.messages.try_recv() {
            link.down.push_back(message.as_str().to_owned());
        }
        let over = link.inbox.messages.is_closed();
        let Some(message) = link.down.pop_front() else {
            if over {
                self.cut(at);
            }
            return;
        };
        let message: Value = serde_json::from_str(&message).unwrap_or_default();
        self.take(at, &message);
    }

    fn take(&mut self, at: usize, message: &Value) {
        match message["type"].as_str().unwrap_or_default() {
            "event" => {
                if self.options.sabotage == Sabotage::LostEvent && self.chance(5) {
                    self.tills[at].replica.seq += 1;
                } else if !self.tills[at].replica.event(message) {
                    self.ledger.wrong.push(format!("A7: till {at} was told {} out of turn", message["seq"]));
                }
            }
            kind @ ("accepted" | "refused") => {
                let number = message["number"].as_u64().unwrap_or_default();
                if kind == "refused" && message.get("seq").is_none() {
                    self.ledger.wrong.push(format!("A4: till {at}: {message}"));
                    return;
                }
                if let Some(kept) = self.tills[at].answered(number) {
                    self.report.answered += 1;
                    self.report.refused += usize::from(kind == "refused");
                    self.ledger.answered.push((kept.id, kind == "accepted"));
                }
            }
            "error" => self.cut(at),
            _ => {}
        }
    }

    /// All that can move moves; whether anything did.
    fn pump(&mut self) -> bool {
        let mut moved = false;
        self.faulty.release();
        for at in 0..self.tills.len() {
            self.connect(at, MANY_TURNS);
            while let Some(link) = &mut self.links[at] {
                let Some(message) = self.tills[at].next_to_send().or_else(|| link.up.pop_front()) else {
                    break;
                };
                moved = true;
                let Some(server) = &self.server else { break };
                if server.take(&link.connection, &message, MANY_TURNS).is_err() {
                    self.cut(at);
                }
            }
        }
        if let Some(server) = &self.server {
            server.work(MANY_TURNS);
        }
        for at in 0..self.tills.len() {
            while self.links[at]
                .as_ref()
                .is_some_and(|link| !link.inbox.messages.is_empty() || !link.down.is_empty())
            {
                moved = true;
                self.hear(at);
            }
        }
        moved
    }

    /// The network is whole, the disk is well, and everything arrives.
    fn come_to_rest(&mut self) -> Result<(), String> {
        if self.server.is_none() {
            self.start()?;
        }
        // What was on its way on the connections that there were may be lost with them.
        for at in 0..self.tills.len() {
            self.cut(at);
        }
        for _ in 0..ROUNDS_MAX {
            let moved = self.pump();
            let all_there = self.links.iter().all(Option::is_some);
            let all_answered = self.tills.iter().all(|till| till.storage.outbox.is_empty());
            if !moved && all_there && all_answered {
                return Ok(());
            }
            if !moved {
                // A till that hears nothing connects anew, as its pings would have it do.
                for at in 0..self.tills.len() {
                    self.cut(at);
                }
            }
        }
        let waiting: Vec<usize> = self.tills.iter().map(|till| till.storage.outbox.len()).collect();
        Err(format!("the shop does not come to rest; commands without an answer: {waiting:?}"))
    }
}

/// A view of what a replica shows: fields and lines without marks.
fn plain(order: &Value) -> Value {
    let lines: Vec<Value> = items(&order["lines"])
        .iter()
        .map(|line| json!({"uid": line["uid"], "fields": line["fields"]}))
        .collect();
    json!({"fields": order["fields"], "lines": lines})
}
