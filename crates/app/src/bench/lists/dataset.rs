//! A shop with a year of orders, made as its tills would have made them: by the rules, into the log.

use anyhow::bail;
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use serde_json::{Value, json};
use tillsync_core::author::{Author, Mark, Pos, User};
use tillsync_core::command::{Action, Command, decide};
use tillsync_core::id::{CommandId, Till};
use tillsync_core::multi_session::MultiSession;
use tillsync_server::api::MAIN;
use tillsync_server::clock::now_ms;
use tillsync_store::{Append, Appended, RecordChange, RecordStore, RoomId, Store};

/// Orders of one batch.
const BATCH: usize = 500;
/// The same shop each time.
const SEED: u64 = 5;
const PRODUCTS: i64 = 500;
const CUSTOMERS: i64 = 2_000;
const PEOPLE: i64 = 20;
const POSES: i64 = 6;
const MULTI_SESSIONS: i64 = 2;
const DAY_MS: u64 = 24 * 3_600_000;

/// A shop, and the time that its orders are spread over.
pub struct Dataset {
    end_ms: u64,
}

impl Dataset {
    /// Makes it in an empty store.
    pub async fn make<S: Store + RecordStore>(store: &S, orders: usize) -> anyhow::Result<Self> {
        records(store).await?;
        let end_ms = now_ms();
        let each = orders / usize::try_from(MULTI_SESSIONS)?;
        for multi_session in 1..=MULTI_SESSIONS {
            Room::new(multi_session, end_ms, each).fill(store, each).await?;
        }
        Ok(Self { end_ms })
    }

    /// The day so many days ago, as a range of time.
    pub fn day(&self, ago: u64) -> (u64, u64) {
        let begins = self.end_ms - ago * DAY_MS;
        (begins, begins + DAY_MS)
    }
}

async fn records<S: RecordStore>(store: &S) -> anyhow::Result<()> {
    let put = |kind: &str, id: i64, body: Value| RecordChange {
        kind: kind.into(),
        id: Some(id),
        seen: None,
        body: Some(body),
    };
    let mut changes = Vec::new();
    for id in 1..=MULTI_SESSIONS {
        changes.push(put("multi_session", id, json!({"name": format!("House {id}")})));
    }
    for id in 1..=POSES {
        let multi_session = (id - 1) % MULTI_SESSIONS + 1;
        changes.push(put("pos", id, json!({"name": format!("POS {id}"), "multi_session": multi_session})));
    }
    for id in 1..=PEOPLE {
        changes.push(put("user", id, json!({"name": format!("Person {id}")})));
    }
    for id in 1..=CUSTOMERS {
        changes.push(put("partner", id, json!({"name": format!("Customer {id}"), "city": "Harbourtown"})));
    }
    for id in 1..=PRODUCTS {
        let name = format!("Product {id}");
        changes.push(put(
            "product",
            id,
            json!({"display_name": name, "lst_price": 2.5, "pos_categ_id": id % 12}),
        ));
    }
    changes.push(put("cashregister", 1, json!({"journal_id": [1, "Cash"], "type": "cash"})));
    store.change_records(MAIN, changes).await?;
    Ok(())
}

/// A multi-session that sells.
struct Room {
    id: RoomId,
    state: MultiSession,
    dice: StdRng,
    commands: u64,
    now_ms: u64,
    /// The time from one order to the next.
    step_ms: u64,
}

impl Room {
    fn new(multi_session: i64, end_ms: u64, orders: usize) -> Self {
        let year_ms = 365 * DAY_MS;
        Self {
            id: RoomId::new(MAIN, multi_session),
            state: MultiSession::default(),
            dice: StdRng::seed_from_u64(SEED + multi_session as u64),
            commands: 0,
            now_ms: end_ms - year_ms,
            step_ms: (year_ms / orders.max(1) as u64).max(1),
        }
    }

    async fn fill<S: Store>(&mut self, store: &S, orders: usize) -> anyhow::Result<()> {
        let mut batch = self.batch();
        for pos in self.poses() {
            let join = json!({"action": "join_pos", "pos": pos, "name": format!("POS {pos}")});
            let session = store.next_session_id(MAIN).await?;
            let open = json!({"action": "open_session", "pos": pos, "session": session, "user": {"id": 1, "name": "Person 1"}});
            self.does(&mut batch, pos, 1, vec![join, open])?;
        }
        self.land(store, batch).await?;
        let mut made = 0;
        while made < orders {
            let mut batch = self.batch();
            let more = BATCH.min(orders - made);
            for n in 0..more {
                self.now_ms += self.step_ms;
                self.order(&mut batch, made + n)?;
            }
            made += more;
            self.land(store, batch).await?;
            // What is closed is not needed any more; a room forgets it too.
            self.state.orders.clear();
        }
        Ok(())
    }

    fn poses(&self) -> Vec<i64> {
        (1..=POSES).filter(|pos| (pos - 1) % MULTI_SESSIONS + 1 == self.id.multi_session).collect()
    }

    /// Begun, sometimes with something taken off, and paid or deleted.
    fn order(&mut self, batch: &mut Append, n: usize) -> anyhow::Result<()> {
        let poses = self.poses();
        let pos = poses[self.dice.random_range(0..poses.len())];
        let user = self.dice.random_range(1..=PEOPLE);
        let uid = format!("{:05}-{:03}-{:04}", self.id.multi_session, n / 10_000 + 1, n % 10_000);
        let partner = match self.dice.random_ratio(1, 10) {
            true => json!(self.dice.random_range(1..=CUSTOMERS)),
            false => json!(false),
        };
        let fields = json!({"partner_id": partner});
        let count = self.dice.random_range(1..=5);
        let mut lines = Vec::new();
        let mut total = 0;
        for at in 0..count {
            let (product, qty) = (self.dice.random_range(1..=PRODUCTS), self.dice.random_range(1..=3));
            total += qty * 250;
            lines.push(json!({"uid": format!("{uid}-{at}"), "fields": {"product_id": product, "qty": qty, "price_unit": 2.5}}));
        }
        let create = json!({"action": "create", "order": uid, "creation": format!("k{uid}"), "run": 1, "fields": fields, "lines": lines});
        self.does(batch, pos, user, vec![create])?;
        if count > 1 && self.dice.random_ratio(1, 50) {
            let line = format!("{uid}-0");
            let removal = json!({"action": "update", "order": uid, "base": 1, "operations": [{"op": "remove_line", "line": line, "seen": 3}]});
            let gone = lines.remove(0);
            total -= gone["fields"]["qty"].as_i64().unwrap_or(0) * 250;
            self.does(batch, pos, user, vec![removal])?;
        }
        if self.dice.random_ratio(1, 100) {
            let delete = json!({"action": "delete", "order": uid, "base": 2});
            return self.does(batch, pos, user, vec![delete]);
        }
        let amount = total as f64 / 100.0;
        let payment = json!({"id": format!("p{uid}"), "till": "bench/00001-001", "fields": {
            "amount_total": amount, "amount_tax": 0, "amount_return": 0,
            "statement_ids": [[0, 0, {"name": "Cash", "journal_id": 1, "amount": amount}]]}});
        let settle = json!({"action": "settle", "order": uid, "creation": format!("k{uid}"), "run": 1,
            "paid": {"fields": fields, "lines": lines}, "payment": payment});
        self.does(batch, pos, user, vec![settle])
    }

    fn batch(&self) -> Append {
        Append {
            room: self.id.clone(),
            expected_seq: self.state.seq,
            events: Vec::new(),
            orders: Vec::new(),
            summary: self.state.summary(),
            answers: Vec::new(),
            side: Vec::new(),
        }
    }

    fn does(&mut self, batch: &mut Append, pos: i64, user: i64, actions: Vec<Value>) -> anyhow::Result<()> {
        self.commands += 1;
        let mark = Mark {
            user: User { id: user, name: format!("Person {user}") },
            pos: Pos { id: pos, name: format!("POS {pos}") },
        };
        let actions = actions.into_iter().map(serde_json::from_value::<Action>).collect::<Result<_, _>>()?;
        let command = Command {
            id: CommandId::new(format!("bench-{}-{}", self.id.multi_session, self.commands)),
            number: None,
            author: Author { till: Till::new("bench/00001-001"), mark, device_time_ms: Some(self.now_ms) },
            actions,
        };
        let decision = decide(&self.state, &command, self.now_ms)?;
        self.state.evolve(&decision.event);
        batch.events.push(decision.event);
        Ok(())
    }

    async fn land<S: Store>(&self, store: &S, mut batch: Append) -> anyhow::Result<()> {
        let mut uids: Vec<_> = batch.events.iter().flat_map(MultiSession::touched_by).collect();
        uids.sort();
        uids.dedup();
        batch.orders = uids.iter().filter_map(|uid| self.state.order(uid)).collect();
        batch.summary = self.state.summary();
        match store.append(batch).await? {
            Appended::Landed => Ok(()),
            Appended::Stale => bail!("somebody else writes into the bench's database"),
        }
    }
}
