//! What happens in the shop, step by step, all of it drawn from the seed.

use std::sync::Arc;

use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::json;
use tillsync_store::faulty::{Fault, FaultyStore};
use tillsync_store::suite::memory::{Memory, MemoryStore};

use crate::check::{Ledger, check};
use crate::network::Link;
use crate::sabotage::Sabotage;
use crate::server::Server;
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
#[derive(Debug, Default, PartialEq, Eq)]
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

/// The shop.
pub(crate) struct Shop {
    pub(crate) tills: Vec<Till>,
    pub(crate) disk: Arc<MemoryStore>,
    pub(crate) ledger: Ledger,
    pub(crate) report: Report,
    pub(crate) links: Vec<Option<Link>>,
    pub(crate) faulty: Arc<FaultyStore<MemoryStore>>,
    pub(crate) server: Option<Server>,
    pub(crate) dice: StdRng,
    pub(crate) options: Options,
}

/// Turns that let the server finish whatever it is at.
pub(crate) const MANY_TURNS: u32 = 300;

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
    pub(crate) fn below(&mut self, bound: usize) -> usize {
        self.dice.random_range(0..bound.max(1))
    }

    pub(crate) fn chance(&mut self, percent: u32) -> bool {
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
