//! A small shop: tills that see more or less of what has happened, and act on what they see.
//!
//! [`World::send`] is the only way to the log, and checks with every command what must hold for all of them.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde_json::{Value, json};
use tillsync_core::author::{Author, Mark, Pos, User};
use tillsync_core::command::{Action, Answer, Command, decide};
use tillsync_core::diff::{LineView, View};
use tillsync_core::event::{Change, Event};
use tillsync_core::id::{CommandId, LineUid, OrderUid, Till};
use tillsync_core::json::{Fields, canonical, number};
use tillsync_core::multi_session::{MultiSession, Summary};
use tillsync_core::operation::{Operation, apply};
use tillsync_core::order::Order;
use tillsync_core::refusal::Refusal;

/// What a till knows of an order: the revision that it saw of the others' changes, and what it shows.
#[derive(Debug, Clone)]
pub struct Seen {
    /// The base of what it sends.
    pub base: u64,
    /// What it shows: that revision, with its own changes since.
    pub order: Order,
}

/// A till.
pub struct Device {
    /// Who works there.
    pub author: Author,
    /// What it shows.
    pub seen: BTreeMap<OrderUid, Seen>,
    numbered: u64,
}

/// The shop.
pub struct World {
    /// As `decide` and `evolve` made it.
    pub state: MultiSession,
    /// As one who reads the log's text has it.
    pub follower: MultiSession,
    /// Its tills.
    pub tills: Vec<Device>,
    /// The log.
    pub log: Vec<Event>,
    given: BTreeMap<u32, u32>,
    ids: u64,
}

/// An amount of thousandths.
pub fn thousandths(amount: i64) -> Decimal {
    Decimal::new(amount, 3)
}

/// Somebody at a till.
pub fn author(till: usize) -> Author {
    let id = till as i64 + 1;
    let mark = Mark { user: User { id, name: format!("U{id}") }, pos: Pos { id, name: format!("P{id}") } };
    Author { till: Till::new(format!("t{till}")), mark, device_time_ms: None }
}

impl World {
    /// A shop with so many tills, and nothing in its log.
    pub fn new(tills: usize) -> Self {
        let till = |till| Device { author: author(till), seen: BTreeMap::new(), numbered: 0 };
        Self {
            state: MultiSession::default(),
            follower: MultiSession::default(),
            tills: (0..tills).map(till).collect(),
            log: Vec::new(),
            given: BTreeMap::new(),
            ids: 0,
        }
    }

    /// A text that was never used before.
    pub fn fresh(&mut self, what: &str) -> String {
        self.ids += 1;
        format!("{what}{}", self.ids)
    }

    /// A line's fields.
    pub fn fields(product: usize, qty: Decimal) -> Fields {
        let fields = [("product_id", json!(product)), ("qty", number(qty)), ("price_unit", json!(2.5))];
        fields.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
    }

    /// The till takes in everything.
    pub fn sync(&mut self, till: usize) {
        let seen = |order: &Order| Seen { base: order.revision, order: order.clone() };
        self.tills[till].seen =
            self.state.orders.iter().map(|(uid, order)| (uid.clone(), seen(order))).collect();
    }

    /// The order that a till means by a random number, if it knows any.
    pub fn pick(&self, till: usize, order: u8) -> Option<&Seen> {
        let seen = &self.tills[till].seen;
        seen.values().nth(usize::from(order) % seen.len().max(1))
    }

    /// The line that a till means by a random number, if the order that it shows has any.
    pub fn pick_line(seen: &Seen, line: u8) -> Option<LineView> {
        let lines = View::from(&seen.order).lines;
        lines.get(usize::from(line) % lines.len().max(1)).cloned()
    }

    /// Sends operations on an order that the till knows; the till shows them from then on.
    pub fn update(
        &mut self,
        till: usize,
        uid: &OrderUid,
        operations: Vec<Operation>,
    ) -> Result<Answer, Refusal> {
        let base = self.tills[till].seen[uid].base;
        let update = json!({"action": "update", "order": uid, "base": base, "operations": operations});
        let answer = self.send(till, &[update])?;
        let device = &mut self.tills[till];
        if let Some(seen) = device.seen.get_mut(uid) {
            apply(&mut seen.order, &operations, &device.author, base);
        }
        Ok(answer)
    }

    /// Sends a command under the till's next number.
    pub fn send(&mut self, till: usize, actions: &[Value]) -> Result<Answer, Refusal> {
        let id = self.fresh("c");
        let actions = actions.iter().map(|action| super::known::<Action>(action).expect("an action"));
        let next = self.tills[till].numbered + 1;
        let author = self.tills[till].author.clone();
        let mut command =
            Command { id: CommandId::new(id), number: Some(next + 1), author, actions: actions.collect() };
        let gap = decide(&self.state, &command, 0).expect_err("A4: a number was left out");
        assert_eq!(gap, Refusal::Gap { expected: next });
        if next > 1 {
            command.number = Some(next - 1);
            let renumber = decide(&self.state, &command, 0).expect_err("A4: the number was used");
            assert_eq!(renumber, Refusal::Renumber { number: next - 1 });
        }
        command.number = Some(next);
        let decided = decide(&self.state, &command, 1_000 + next);
        assert_eq!(decided, decide(&self.follower, &command, 1_000 + next), "H4: the follower decides alike");
        self.tills[till].numbered = next;
        match decided {
            Err(refusal) => {
                let before = self.state.clone();
                self.state.note_command(&command);
                self.follower.note_command(&command);
                assert_eq!(before.orders, self.state.orders, "A2: a refusal changes nothing");
                assert_eq!(before.numbers, self.state.numbers, "A2: a refusal uses up no order number");
                Err(refusal)
            }
            Ok(decision) => {
                self.follow(decision.event);
                self.check_answer(&decision.answer);
                Ok(decision.answer)
            }
        }
    }

    /// Lets both states follow an event, and checks that they stay equal.
    fn follow(&mut self, event: Event) {
        self.check_numbers(&event);
        self.state.evolve(&event);
        let text = serde_json::to_string(&event).expect("an event has a text");
        let read: Event = serde_json::from_str(&text).expect("an event's text can be read");
        assert_eq!(read, event, "an event is what its text says");
        self.follower.evolve(&read);
        assert_eq!(self.follower, self.state, "H4");
        for uid in MultiSession::touched_by(&event) {
            let replica = |state: &MultiSession| canonical(&state.order(&uid).expect("an order").replica());
            assert_eq!(replica(&self.follower), replica(&self.state), "A6");
        }
        self.log.push(event);
        assert_eq!(self.state.seq, self.log.len() as u64, "A3");
    }

    /// N3: in each run the numbers are given as 1, 2, 3 …
    fn check_numbers(&mut self, event: &Event) {
        let mut runs: BTreeMap<OrderUid, u32> =
            self.state.orders.iter().map(|(uid, order)| (uid.clone(), order.run)).collect();
        for change in &event.changes {
            let (order, run, number) = match change {
                Change::Registered(new) => (&new.order, new.run, new.number),
                Change::Renumbered { order, run, number, .. } => (order, *run, *number),
                _ => continue,
            };
            if runs.insert(order.clone(), run) != Some(run) {
                let last = self.given.entry(run).or_default();
                *last += 1;
                assert_eq!(number, *last, "N3: run {run} in {event:?}");
            }
        }
    }

    /// The answer is about the order as it is once the event is followed: what `decide` grew is what `evolve` gives.
    fn check_answer(&self, answer: &Answer) {
        let Some(uid) = &answer.order else { return };
        let order = self.state.order(uid).expect("the answer is about an order that is there");
        assert_eq!((answer.number, answer.revision), (Some(order.number), Some(order.revision)), "H4");
        assert!(answer.also.iter().all(|uid| self.state.order(uid).is_some()), "{answer:?}");
    }

    /// What must hold in the end: no number twice, and the state can be stored and put together again.
    pub fn check_end(&self) {
        let mut numbers: Vec<(u32, u32)> =
            self.state.orders.values().map(|order| (order.run, order.number)).collect();
        numbers.sort_unstable();
        assert!(numbers.windows(2).all(|pair| pair[0] != pair[1]), "N3: a number twice in {numbers:?}");
        let text = serde_json::to_string(&self.state.summary()).expect("a summary has a text");
        let summary: Summary = serde_json::from_str(&text).expect("a summary's text can be read");
        let stored = self.state.orders.values().map(|order| {
            let text = serde_json::to_string(&**order).expect("an order has a text");
            serde_json::from_str::<Order>(&text).expect("an order's text can be read")
        });
        // The last commands of tills are stored one by one, and read when they are asked for.
        let tills = self.state.tills.clone();
        assert_eq!(MultiSession { tills, ..MultiSession::from_parts(summary, stored) }, self.state, "H4");
    }

    /// The quantity of each product over all orders.
    pub fn totals(&self) -> BTreeMap<String, Decimal> {
        let mut totals = BTreeMap::new();
        for line in self.state.orders.values().flat_map(|order| order.lines.iter()) {
            *totals.entry(line.fields["product_id"].to_string()).or_default() += line.qty();
        }
        totals.retain(|_, qty: &mut Decimal| !qty.is_zero());
        totals
    }

    /// The quantity of a line; nothing if it is not there.
    pub fn qty(&self, order: &OrderUid, line: &LineUid) -> Decimal {
        let order = self.state.order(order);
        order.and_then(|order| order.line(line).map(|line| line.qty())).unwrap_or_default()
    }
}
