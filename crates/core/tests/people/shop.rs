//! A shop in which people work, and the laws that every step of it has to keep.

use std::cmp::Ordering;
use std::collections::{BTreeMap, BTreeSet};

use rust_decimal::Decimal;
use serde_json::{Value, json};
use tillsync_core::command::Answer;
use tillsync_core::diff::{LineView, View};
use tillsync_core::id::{LineUid, OrderUid};
use tillsync_core::json::number;
use tillsync_core::operation::{Notice, Operation};
use tillsync_core::order::{Order, OrderState};

use crate::acts::Act;
use crate::support::world::{Seen, World, author, thousandths};

/// A till's own field, which nobody else writes: what it was set to last, and the revision that this made.
type Own = BTreeMap<(OrderUid, Option<LineUid>, usize), (u64, Value)>;

/// The shop, and what the laws keep of what was done in it.
pub struct Shop {
    pub world: World,
    own: Own,
    removals: BTreeMap<(OrderUid, LineUid), (usize, u64)>,
    payments: BTreeSet<String>,
    pub added: Decimal,
}

impl Shop {
    /// `tills` tills, and two orders of three lines each that all of them have seen.
    pub fn open(tills: usize) -> Self {
        let mut shop = Self {
            world: World::new(tills),
            own: Own::new(),
            removals: BTreeMap::new(),
            payments: BTreeSet::new(),
            added: Decimal::ZERO,
        };
        for _ in 0..2 {
            shop.act(0, &Act::Create { qtys: vec![2_000, 1_500, -1_000], claim: None });
        }
        (0..tills).for_each(|till| shop.world.sync(till));
        shop
    }

    pub fn act(&mut self, till: usize, act: &Act) {
        let till = till % self.world.tills.len();
        match act {
            Act::Sync => self.world.sync(till),
            Act::Create { qtys, claim } => self.create(till, qtys, *claim),
            Act::Tap { order, line, by } => self.tap(till, *order, *line, thousandths(*by)),
            Act::Type { order, line, qty } => self.edit(till, *order, *line, |line| Operation::Set {
                line: Some(line),
                field: "qty".into(),
                key: None,
                value: Some(number(thousandths(*qty))),
            }),
            Act::Own { order, line } => self.own(till, *order, *line),
            Act::Tag { order, line } => self.edit(till, *order, *line, |line| Operation::Unite {
                line: Some(line),
                field: "tags".into(),
                values: vec![json!(till)],
            }),
            Act::Add { order, qty } => self.add(till, *order, thousandths(*qty)),
            Act::Remove { order, line } => self.remove(till, *order, *line),
            Act::Move { from, to, lines, merge, delete } => {
                self.movement(till, *from, *to, lines, (*merge, *delete))
            }
            Act::Pay { order } => self.pay(till, *order),
            Act::Close { order } => self.about(
                till,
                *order,
                |seen| json!({"action": "close", "base": seen.base, "seen": View::from(&seen.order)}),
            ),
            Act::Settle { order, extra, recorded } => self.settle(till, *order, *extra, *recorded),
            Act::Delete { order } => {
                self.about(till, *order, |seen| json!({"action": "delete", "base": seen.base}));
            }
            Act::Restore { order } => self.about(till, *order, |_| json!({"action": "restore"})),
            Act::EndRun { mark_unpaid } => self.end_run(till, *mark_unpaid),
            Act::HalfBad { order } => self.half_bad(till, *order),
        }
    }

    fn picked(&self, till: usize, order: u8) -> Option<Seen> {
        self.world.pick(till, order).cloned()
    }

    fn create(&mut self, till: usize, qtys: &[i64], claim: Option<u8>) {
        let claimed = claim.and_then(|order| self.picked(till, order)).map(|seen| seen.order.uid.to_string());
        let uid = claimed.unwrap_or_else(|| self.world.fresh("00001-001-"));
        let mut lines = Vec::new();
        for (product, qty) in qtys.iter().enumerate() {
            self.added += thousandths(*qty);
            let uid = self.world.fresh("l");
            lines.push(json!({"uid": uid, "fields": World::fields(product, thousandths(*qty))}));
        }
        let creation = self.world.fresh("k");
        let run = self.world.state.run;
        let create =
            json!({"action": "create", "order": uid, "creation": creation, "run": run, "lines": lines});
        let first =
            self.world.send(till, std::slice::from_ref(&create)).expect("a new order is always taken");
        let seq = self.world.log.len();
        let again = self.world.send(till, &[create]).expect("a known order is answered");
        assert_eq!(again, first, "N4");
        assert!(self.world.log[seq].changes.is_empty(), "N4");
        let order = first.order.expect("the new order");
        let order = self.world.state.order(&order).expect("it is there");
        assert_eq!(order.lines.len(), qtys.len(), "N4: nobody else's");
        self.world.tills[till]
            .seen
            .insert(order.uid.clone(), Seen { base: order.revision, order: (*order).clone() });
    }

    /// Sends one operation on a line; says nothing of what it comes to.
    fn edit(&mut self, till: usize, order: u8, line: u8, operation: impl Fn(LineUid) -> Operation) {
        let Some(seen) = self.picked(till, order) else { return };
        let Some(line) = World::pick_line(&seen, line) else { return };
        let _ = self.world.update(till, &seen.order.uid, vec![operation(line.uid)]);
    }

    /// M3, M9: what is tapped is there afterwards, or the till is told that there was nothing to take from.
    fn tap(&mut self, till: usize, order: u8, line: u8, by: Decimal) {
        let Some(seen) = self.picked(till, order) else { return };
        let Some(line) = World::pick_line(&seen, line) else { return };
        let before = self.world.qty(&seen.order.uid, &line.uid);
        let step = Operation::Increment { line: Some(line.uid.clone()), field: "qty".into(), by };
        let Ok(answer) = self.world.update(till, &seen.order.uid, vec![step]) else { return };
        let gone = answer.notices.contains(&Notice::LineGone { line: line.uid.clone() });
        let by = if gone { Decimal::ZERO } else { by };
        self.added += by;
        assert_eq!(self.world.qty(&seen.order.uid, &line.uid), before + by, "{answer:?}");
    }

    fn own(&mut self, till: usize, order: u8, line: Option<u8>) {
        let Some(seen) = self.picked(till, order) else { return };
        let line = line.and_then(|line| World::pick_line(&seen, line)).map(|line| line.uid);
        let uid = seen.order.uid;
        let value = json!(self.world.fresh("v"));
        let set = Operation::Set {
            line: line.clone(),
            field: format!("own{till}"),
            key: None,
            value: Some(value.clone()),
        };
        if let Ok(answer) = self.world.update(till, &uid, vec![set]) {
            let gone = answer.notices.iter().any(|notice| matches!(notice, Notice::LineGone { .. }));
            if !gone {
                self.own.insert((uid, line, till), (answer.revision.expect("a revision"), value));
            }
        }
    }

    fn add(&mut self, till: usize, order: u8, qty: Decimal) {
        let Some(seen) = self.picked(till, order) else { return };
        let line = LineUid::new(self.world.fresh("l"));
        let fields = World::fields(usize::from(order) % 3, qty);
        if self
            .world
            .update(till, &seen.order.uid, vec![Operation::AddLine { line, fields, added: None }])
            .is_ok()
        {
            self.added += qty;
        }
    }

    /// M7: no removal takes away more than its till saw, nor turns a quantity round.
    fn remove(&mut self, till: usize, order: u8, line: u8) {
        let Some(seen) = self.picked(till, order) else { return };
        let Some(line) = World::pick_line(&seen, line) else { return };
        let before = self.world.qty(&seen.order.uid, &line.uid);
        let uid = seen.order.uid;
        let remove = Operation::RemoveLine { line: line.uid.clone(), seen: line.qty() };
        if self.world.update(till, &uid, vec![remove]).is_err() {
            return;
        }
        let after = self.world.qty(&uid, &line.uid);
        let turned = !after.is_zero() && after.is_sign_positive() != before.is_sign_positive();
        assert!(!turned && after.abs() <= before.abs(), "{before} became {after}");
        let order = self.world.state.order(&uid).expect("the order");
        if order.removed_line(&line.uid).is_some_and(|gone| gone.revision == order.revision) {
            self.removals.insert((uid, line.uid), (till, seen.base));
        }
    }

    /// M12: what leaves one order arrives in the other.
    fn movement(
        &mut self,
        till: usize,
        from: u8,
        to: Option<u8>,
        lines: &[(u8, u8)],
        (merge, delete): (bool, bool),
    ) {
        let Some(from) = self.picked(till, from) else { return };
        let to = to.and_then(|to| self.picked(till, to));
        let mut items = Vec::new();
        for (line, quarters) in lines {
            let Some(line) = World::pick_line(&from, *line) else { continue };
            let part = line.qty() * Decimal::from(*quarters) / Decimal::from(4);
            let same = |other: &&LineView| other.fields["product_id"] == line.fields["product_id"];
            let shown = to.as_ref().map(|to| View::from(&to.order)).unwrap_or_default();
            let there = shown.lines.iter().find(same).filter(|_| merge).map(|line| line.uid.to_string());
            let into = there.unwrap_or_else(|| self.world.fresh("l"));
            items.push(json!({"line": line.uid, "qty": number(part.round_dp(3)), "into": into}));
        }
        let target = match &to {
            Some(to) => json!({"kind": "order", "order": to.order.uid}),
            None => {
                let (order, creation) = (self.world.fresh("00001-002-"), self.world.fresh("k"));
                json!({"kind": "new", "order": order, "creation": creation, "fields": {}})
            }
        };
        let emptied = if delete { "delete" } else { "keep" };
        let before = self.world.totals();
        let action = json!({"action": "move", "from": from.order.uid, "to": target, "items": items, "emptied": emptied});
        let answer = self.world.send(till, &[action]);
        assert_eq!(self.world.totals(), before, "M12");
        if answer.is_ok() {
            self.world.sync(till);
        }
    }

    /// Sends one action about an order that the till knows.
    fn about(&mut self, till: usize, order: u8, action: impl Fn(&Seen) -> Value) {
        let Some(seen) = self.picked(till, order) else { return };
        let mut action = action(&seen);
        action["order"] = json!(seen.order.uid);
        if self.world.send(till, &[action]).is_ok() {
            self.world.sync(till);
        }
    }

    fn payment(&mut self, till: usize) -> Value {
        let id = self.world.fresh("p");
        self.payments.insert(id.clone());
        json!({"id": id, "till": author(till).till, "fields": {"cash": 5}})
    }

    fn pay(&mut self, till: usize, order: u8) {
        let Some(seen) = self.picked(till, order) else { return };
        let payment = self.payment(till);
        let pay = json!({"action": "pay", "order": seen.order.uid, "payment": payment});
        self.world.send(till, &[pay]).expect("C1: money is a fact");
    }

    /// O1 to O6: paid with what was seen; the rest is elsewhere; nothing twice.
    fn settle(&mut self, till: usize, order: u8, extra: Option<i64>, recorded: bool) {
        let Some(seen) = self.picked(till, order) else { return };
        let uid = seen.order.uid.clone();
        let mut paid = View::from(&seen.order);
        if let Some(qty) = extra {
            let line = LineUid::new(self.world.fresh("l"));
            paid.lines.push(LineView { uid: line, fields: World::fields(0, thousandths(qty)) });
        }
        let payment = self.payment(till);
        if recorded {
            let pay = json!({"action": "pay", "order": uid, "payment": payment});
            self.world.send(till, &[pay]).expect("C1: money is a fact");
        }
        let before = self.world.state.order(&uid).expect("nothing that was registered is lost");
        let settle = json!({"action": "settle", "order": uid, "run": self.world.state.run,
            "paid": paid, "payment": payment});
        let answer = self.world.send(till, std::slice::from_ref(&settle)).expect("O1: money is a fact");
        self.check_settled(&before, &paid, &answer);
        let seq = self.world.log.len();
        let again = self.world.send(till, &[settle]).expect("O5: answered again");
        assert!(self.world.log[seq].changes.is_empty(), "O5: {again:?}");
        self.world.sync(till);
        // What was paid stands; the laws about edits end here.
        self.own.retain(|(order, ..), _| *order != uid);
    }

    fn check_settled(&self, before: &Order, paid: &View, answer: &Answer) {
        let after = self.world.state.order(&before.uid).expect("it stays");
        assert_eq!(after.state, OrderState::Paid, "O1");
        let made = answer.also.first().and_then(|uid| self.world.state.order(uid));
        let qty = |view: &View, uid: &LineUid| view.line(uid).map(|line| line.qty()).unwrap_or_default();
        let holds_what_was_paid = |order: &Order| {
            let order = View::from(order);
            order.lines.len() == paid.lines.len()
                && paid.lines.iter().all(|line| qty(&order, &line.uid) == line.qty())
        };
        if before.state == OrderState::Paid {
            assert_eq!(View::from(&*after), View::from(before), "T9: a paid order does not change");
            assert!(
                made.is_some_and(|made| made.state == OrderState::Paid && holds_what_was_paid(&made)),
                "O4"
            );
            return;
        }
        assert!(holds_what_was_paid(&after), "O1");
        if before.state == OrderState::Deleted {
            assert!(made.is_none(), "O6");
            return;
        }
        let rest = made.map(|made| View::from(&*made)).unwrap_or_default();
        let before = View::from(before);
        for uid in before.lines.iter().chain(&paid.lines).map(|line| &line.uid) {
            let (there, seen) = (qty(&before, uid), qty(paid, uid));
            let more = match there.cmp(&Decimal::ZERO) {
                Ordering::Less => (there - seen).min(Decimal::ZERO),
                Ordering::Equal => Decimal::ZERO,
                Ordering::Greater => (there - seen).max(Decimal::ZERO),
            };
            assert_eq!(qty(&rest, uid), more, "O2: line {uid}, {seen} of {there} were paid");
        }
    }

    fn end_run(&mut self, till: usize, mark_unpaid: bool) {
        let drafts = if mark_unpaid { "mark_unpaid" } else { "carry_on" };
        let (run, pos) = (self.world.state.run, 1);
        let actions = [
            json!({"action": "join_pos", "pos": pos, "name": "Bar"}),
            json!({"action": "open_session", "pos": pos, "session": run, "user": {"id": 1, "name": "U1"}}),
            json!({"action": "close_session", "pos": pos, "drafts": drafts}),
        ];
        self.world.send(till, &actions).expect("S3");
        let state = &self.world.state;
        assert_eq!(state.run, run + 1, "S3");
        assert!(state.drafts().iter().all(|order| !mark_unpaid && order.run == run + 1), "S3");
    }

    /// A1, A2: a good action before a bad one is not taken either.
    fn half_bad(&mut self, till: usize, order: u8) {
        let Some(seen) = self.picked(till, order) else { return };
        let payment = json!({"id": "never", "till": "t", "fields": {}});
        let actions = [
            json!({"action": "create", "order": "never", "creation": "never", "run": 1}),
            json!({"action": "pay", "order": seen.order.uid, "payment": payment}),
            json!({"action": "update", "order": "nobody", "base": 0, "operations": []}),
        ];
        self.world.send(till, &actions).expect_err("A2");
        assert!(self.world.state.order(&OrderUid::new("never")).is_none(), "A2");
    }

    /// M2, M8, M9, M11: nobody's own field was lost, unless somebody removed the line who had seen it.
    pub fn check_own_fields(&self) {
        for ((uid, line, till), (revision, value)) in &self.own {
            let order = self.world.state.order(uid).expect("nothing that was registered is lost");
            let field = format!("own{till}");
            let Some(line) = line else {
                assert_eq!(order.fields.get(&field), Some(value), "{uid}");
                continue;
            };
            match order.line(line) {
                Some(line) => assert_eq!(line.fields.get(&field), Some(value), "{uid} {}", line.uid),
                None => {
                    let (remover, base) = self.removals[&(uid.clone(), line.clone())];
                    assert!(remover == *till || base >= *revision, "{uid} {line}: {value} was lost");
                }
            }
        }
    }

    pub fn check_end(&self) {
        self.world.check_end();
        let orders = || self.world.state.orders.values();
        for id in &self.payments {
            let known = orders().flat_map(|order| &order.payments).filter(|payment| payment.id == *id);
            assert_eq!(known.count(), 1, "C1: payment {id} is there once");
        }
        assert!(orders().all(|order| order.payments.iter().all(|payment| payment.id != "never")), "A2");
        // The receipts of each POS.
        let mut receipts: BTreeMap<i64, Vec<u64>> = BTreeMap::new();
        for order in orders().filter(|order| order.state == OrderState::Paid) {
            let closing = order.closing.as_ref().expect("what is paid was closed by somebody");
            receipts.entry(closing.by.pos.id).or_default().push(closing.receipt.expect("a receipt"));
        }
        for (pos, mut numbers) in receipts {
            numbers.sort_unstable();
            assert_eq!(numbers, (1..=numbers.len() as u64).collect::<Vec<_>>(), "N7: receipts of POS {pos}");
        }
    }
}
