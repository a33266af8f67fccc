//! A multi-session in memory, which makes batches out of actions as a server's room does.
//!
//! Actions are written as their JSON, so that the suite depends on the wire and not on how core builds its types.

use std::sync::Arc;

use serde_json::{Value, json};
use tillsync_core::author::{Author, Mark, Pos, User};
use tillsync_core::command::{Action, Command, decide};
use tillsync_core::id::{CommandId, OrderUid, Till};
use tillsync_core::multi_session::MultiSession;
use tillsync_core::order::{Line, Order};

use crate::{Append, RoomId, StoredAnswer};

/// The server's time at seq 0.
const START_MS: u64 = 1_760_000_000_000;

/// The POS at which everything happens, unless a check says otherwise.
pub const POS: i64 = 7;

/// A multi-session in memory.
#[derive(Debug, Clone)]
pub struct Shop {
    /// Which one.
    pub room: RoomId,
    /// As it is after every batch that was made.
    pub state: MultiSession,
    /// Names this copy's commands, so that two copies never give one id.
    pub till: String,
    commands: u64,
}

impl Shop {
    /// An empty one of the database `main`.
    pub fn new(multi_session: i64) -> Self {
        Self::of("main", multi_session)
    }

    /// An empty one.
    pub fn of(database: &str, multi_session: i64) -> Self {
        let room = RoomId::new(database, multi_session);
        Self { room, state: MultiSession::default(), till: "till-1".into(), commands: 0 }
    }

    /// A copy that goes on as another till.
    pub fn as_till(&self, till: &str) -> Self {
        Self { till: till.into(), commands: 0, ..self.clone() }
    }

    /// One command with one action.
    pub fn does(&mut self, action: Value) -> Append {
        self.does_all(vec![action])
    }

    /// A batch of commands with one action each.
    pub fn does_all(&mut self, actions: Vec<Value>) -> Append {
        let mut batch = self.nothing();
        for action in actions {
            let command = self.command(vec![action]);
            let decision = decide(&self.state, &command, START_MS + self.state.seq)
                .unwrap_or_else(|refusal| panic!("the suite's own command was refused: {refusal}"));
            self.state.evolve(&decision.event);
            let answer = json!({"accepted": decision.answer});
            batch.answers.push(StoredAnswer { command: command.id, answer });
            batch.events.push(decision.event);
        }
        batch.orders = self.touched(&batch);
        batch.summary = self.state.summary();
        batch
    }

    /// A batch without events: a command that is refused.
    pub fn refuses(&mut self) -> Append {
        let mut batch = self.nothing();
        let command = self.command(Vec::new());
        self.state.note_command(&command);
        batch.summary = self.state.summary();
        batch.answers.push(StoredAnswer { command: command.id, answer: json!({"refused": "bad"}) });
        batch
    }

    /// An empty batch.
    pub fn nothing(&self) -> Append {
        Append {
            room: self.room.clone(),
            expected_seq: self.state.seq,
            events: Vec::new(),
            orders: Vec::new(),
            summary: self.state.summary(),
            answers: Vec::new(),
            side: Vec::new(),
        }
    }

    /// An order as it is; the suite asks only for those that there are.
    pub fn order(&self, uid: &str) -> Order {
        let order = self.state.order(&OrderUid::new(uid));
        Order::clone(&order.unwrap_or_else(|| panic!("the suite has no order {uid}")))
    }

    fn command(&mut self, actions: Vec<Value>) -> Command {
        self.commands += 1;
        let till = Till::new(&self.till);
        let number = self.state.tills.get(&till).map_or(0, |last| last.number) + 1;
        let user = User { id: 1, name: "Ann".into() };
        let mark = Mark { user, pos: Pos { id: POS, name: "Bar".into() } };
        Command {
            id: CommandId::new(format!("{}/{}/{}", self.room, self.till, self.commands)),
            number: Some(number),
            author: Author { till, mark, device_time_ms: Some(START_MS + 5) },
            actions: actions.into_iter().map(action).collect(),
        }
    }

    fn touched(&self, batch: &Append) -> Vec<Arc<Order>> {
        let mut uids: Vec<OrderUid> = batch.events.iter().flat_map(MultiSession::touched_by).collect();
        uids.sort();
        uids.dedup();
        uids.iter().filter_map(|uid| self.state.order(uid)).collect()
    }
}

fn action(json: Value) -> Action {
    serde_json::from_value(json.clone()).unwrap_or_else(|error| panic!("no action: {error}: {json}"))
}

/// Register an order with some lines, of the run that is.
pub fn create(uid: &str, lines: usize) -> Value {
    let line = |n: usize| {
        let fields = json!({"product_id": n, "qty": 1, "price_unit": 2.5, "note": format!("line {n} – ½ é")});
        json!({"uid": format!("{uid}/{n}"), "fields": fields})
    };
    json!({
        "action": "create", "order": uid, "creation": format!("creation of {uid}"), "run": 1_000_000,
        "fields": {"table": "12", "customer_count": 2}, "lines": (1..=lines).map(line).collect::<Vec<_>>(),
    })
}

/// One more of the order's first line, and a note.
pub fn update(uid: &str) -> Value {
    let line = format!("{uid}/1");
    json!({"action": "update", "order": uid, "base": 1_000_000, "operations": [
        {"op": "increment", "line": line, "field": "qty", "by": 1},
        {"op": "set", "field": "note", "value": "no sugar"},
    ]})
}

/// Delete an order.
pub fn delete(uid: &str) -> Value {
    json!({"action": "delete", "order": uid, "base": 1_000_000})
}

/// Book a payment of what the order shows.
pub fn settle(order: &Order) -> Value {
    let line = |line: &Arc<Line>| json!({"uid": line.uid, "fields": line.fields});
    let lines: Vec<_> = order.lines.iter().map(line).collect();
    json!({
        "action": "settle", "order": order.uid, "creation": order.creation, "run": 1,
        "paid": {"fields": order.fields, "lines": lines},
        "payment": {"id": format!("payment of {}", order.uid), "till": "till-1", "fields": {"cash": 10}},
    })
}

/// Split one of a line off into a new order.
pub fn split(from: &str, to: &str) -> Value {
    json!({
        "action": "move", "from": from,
        "to": {"kind": "new", "order": to, "creation": format!("creation of {to}"), "fields": {}},
        "items": [{"line": format!("{from}/1"), "qty": 1, "into": format!("{to}/1")}],
    })
}

/// A POS joins.
pub fn join(pos: i64) -> Value {
    json!({"action": "join_pos", "pos": pos, "name": format!("POS number {pos}")})
}

/// A POS leaves.
pub fn leave(pos: i64) -> Value {
    json!({"action": "leave_pos", "pos": pos})
}

/// The POS's session is opened.
pub fn open_session(session: u32) -> Value {
    json!({"action": "open_session", "pos": POS, "session": session, "user": {"id": 1, "name": "Ann"}})
}

/// The POS's session is closed; with nothing else open, the run ends.
pub fn close_session(drafts: &str) -> Value {
    json!({"action": "close_session", "pos": POS, "drafts": drafts})
}

/// A day's worth of different events: orders that are drafts, paid, deleted, split and unpaid, and two runs' ends.
pub fn a_busy_shop(multi_session: i64) -> (Shop, Vec<Append>) {
    let mut shop = Shop::new(multi_session);
    let mut batches = Vec::new();
    batches.push(shop.does_all(vec![join(POS), open_session(1), json!({"action": "log_in", "pos": POS})]));
    batches.push(shop.does_all(vec![create("A", 3), create("B", 1), update("A")]));
    batches.push(shop.refuses());
    batches.push(shop.does_all(vec![create("C", 2), split("A", "A2"), delete("B")]));
    let paid = settle(&shop.order("C"));
    batches.push(shop.does(paid));
    batches.push(shop.does_all(vec![close_session("carry_on"), open_session(2)]));
    batches.push(shop.does_all(vec![create("D", 1), update("D"), create("E", 0), create("F", 2)]));
    let paid = settle(&shop.order("F"));
    batches.push(shop.does(paid));
    batches.push(shop.does_all(vec![close_session("mark_unpaid"), open_session(3), create("G", 1)]));
    batches.push(shop.does_all(vec![json!({"action": "restore", "order": "D"}), update("D")]));
    (shop, batches)
}
