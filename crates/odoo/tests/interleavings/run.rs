//! Two tills at one order, whom each step brings on: what was done, and what has to be there in the end.

use std::collections::BTreeMap;

use tillsync_core::order::OrderState;
use tillsync_odoo_till::Popup;

use crate::world::{Place, World};

/// What somebody does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Deed {
    /// One more of product 1, which is the last line.
    Tap,
    /// A product of one's own.
    Add,
    /// Another quantity of product 2.
    TypeQty,
    /// A discount on product 2.
    Discount,
    /// The line of product 1 goes.
    Remove,
    /// A customer.
    Customer,
    /// The order is paid.
    Pay,
    /// The order is deleted.
    Delete,
    /// The page is loaded anew.
    Reload,
}

pub const DEEDS: [Deed; 9] = [
    Deed::Tap,
    Deed::Add,
    Deed::TypeQty,
    Deed::Discount,
    Deed::Remove,
    Deed::Customer,
    Deed::Pay,
    Deed::Delete,
    Deed::Reload,
];

/// One step of a run.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// The till's person does the next thing.
    Act(usize),
    /// The till's next request arrives at the server.
    Arrive(usize),
    /// The server's next answer arrives at the till.
    Return(usize),
    /// It breaks off on the way.
    Lose(usize),
    /// The server answers the till's poll.
    Tell(usize),
    /// The till gets what the poll brought.
    Hear(usize),
    /// The server is killed and starts again.
    Restart,
}

/// A run so far.
#[derive(Clone)]
pub struct Run {
    world: World,
    uid: String,
    left: [Vec<Deed>; 2],
    pub steps: Vec<Step>,
    losses_left: usize,
    restarts_left: usize,
    /// What was done and counted, see [`Ledger`].
    pub ledger: Ledger,
}

/// What must be found in the end.
#[derive(Clone, Default)]
pub struct Ledger {
    /// Products that somebody added, and the till that did: each one piece.
    added: Vec<(i64, usize)>,
    /// Taps on product 1.
    taps: u32,
    /// Quantities of product 2 that were typed.
    typed: Vec<f64>,
    /// Discounts that were typed.
    discounts: u32,
    customers: u32,
    /// What the order held on the screen of whoever deleted it: product to pieces.
    deleted_in_sight: Vec<BTreeMap<i64, f64>>,
    /// The pieces of product 1 that somebody who removed it saw.
    removed_in_sight: Vec<f64>,
    /// A page was loaded anew while something of its own was unsent, or a request broke off.
    pub lost_on_the_way: bool,
    /// Something that was typed was painted over, or its answer broke off, before it was ever sent: what this
    /// client cannot be saved from (docs/ODOO.md).
    pub never_sent: bool,
    paid: u32,
    deleted: u32,
}

impl Run {
    /// Two tills at one order, and what each person is about to do; so many answers may get lost, so often the server
    /// is killed.
    pub fn new(deeds: [&[Deed]; 2], losses: usize, restarts: usize) -> Self {
        let (world, uid) = World::with_order();
        Self {
            world,
            uid,
            left: deeds.map(<[Deed]>::to_vec),
            steps: Vec::new(),
            losses_left: losses,
            restarts_left: restarts,
            ledger: Ledger::default(),
        }
    }

    /// The steps that are possible now.
    pub fn enabled(&self) -> Vec<Step> {
        let mut steps = Vec::new();
        for at in 0..2 {
            let place = &self.world.places[at];
            if !self.left[at].is_empty() {
                steps.push(Step::Act(at));
            }
            if !place.requests.is_empty() {
                steps.push(Step::Arrive(at));
            }
            if !place.answers.is_empty() {
                steps.push(Step::Return(at));
                if self.losses_left > 0 {
                    steps.push(Step::Lose(at));
                }
            }
            if !place.news.is_empty() {
                steps.push(Step::Hear(at));
            } else if self.world.has_news(at) {
                steps.push(Step::Tell(at));
            }
        }
        if self.restarts_left > 0 {
            steps.push(Step::Restart);
        }
        steps
    }

    pub fn take(&mut self, step: Step) {
        self.steps.push(step);
        match step {
            Step::Act(at) => {
                let deed = self.left[at].remove(0);
                self.act(at, deed);
                self.world.collect(at);
            }
            Step::Arrive(at) => assert!(self.world.arrive(at)),
            Step::Return(at) => {
                self.watch(at, false, |world| {
                    world.return_answer(at, false);
                });
            }
            Step::Lose(at) => {
                self.losses_left -= 1;
                // A till that is offline does not send what was typed since by itself.
                if self.world.places[at].till.unsent() > 1 {
                    self.ledger.never_sent = true;
                }
                self.world.return_answer(at, true);
            }
            Step::Restart => {
                self.restarts_left -= 1;
                // A request that breaks off is not sent again by itself.
                let waits = |place: &Place| !place.requests.is_empty() || place.till.unsent() > 1;
                let breaks_off = self.world.places.iter().any(waits);
                self.ledger.never_sent |= breaks_off;
                self.ledger.lost_on_the_way |= breaks_off;
                self.world.restart();
            }
            Step::Tell(at) => assert!(self.world.answer_poll(at)),
            Step::Hear(at) => {
                self.watch(at, true, |world| {
                    world.return_poll(at);
                });
            }
        }
    }

    /// Whether what arrives paints over something that the till has not sent yet.
    fn watch(&mut self, at: usize, next_is_news: bool, arrive: impl FnOnce(&mut World)) {
        let waiting = self.world.places[at].till.unsent() > 1 || !self.world.places[at].requests.is_empty();
        let lines = |world: &World| {
            let order = world.places[at].till.order(&self.uid);
            order.map(|order| {
                order.lines.iter().map(|line| (line.product_id, line.qty, line.discount)).collect::<Vec<_>>()
            })
        };
        let customer =
            |world: &World| world.places[at].till.order(&self.uid).and_then(|order| order.customer);
        let customer_before = customer(&self.world);
        let before = lines(&self.world);
        let place = &self.world.places[at];
        let repaints = |answer: &tillsync_odoo_till::Answer| match answer {
            tillsync_odoo_till::Answer::Ok(answer) => answer.to_string().contains("is_changed"),
            tillsync_odoo_till::Answer::Failed => false,
        };
        let repainted = if next_is_news { place.news.front() } else { place.answers.front() };
        let repainted = waiting && repainted.is_some_and(|(_, answer)| repaints(answer));
        arrive(&mut self.world);
        let after = lines(&self.world);
        if let (true, Some(before)) = (waiting, before) {
            let after = after.unwrap_or_default();
            let has = |lines: &[(i64, f64, f64)]| lines.iter().any(|(product, ..)| *product == 1);
            // A removal that was not sent yet is undone by a message that has the line.
            let came_back = !has(&before) && has(&after);
            // So is a customer that was chosen: the client takes it from every message, also none.
            let customer_gone = customer(&self.world) != customer_before;
            if repainted || came_back || customer_gone || before.iter().any(|line| !after.contains(line)) {
                self.ledger.never_sent = true;
            }
        }
    }

    fn act(&mut self, at: usize, deed: Deed) {
        let till = &mut self.world.places[at].till;
        let ledger = &mut self.ledger;
        if deed == Deed::Reload {
            ledger.lost_on_the_way |= till.unsent() > 0 || !till.is_online();
            self.world.reload(at);
            return;
        }
        if !till.is_loaded() || till.order(&self.uid).is_none() || !till.select_order(&self.uid) {
            return;
        }
        // Offline the client keeps what is typed on a shared order to itself (docs/ODOO.md).
        let offline = !till.is_online();
        let product = 10 + i64::try_from(self.steps.len()).expect("few steps");
        let order = till.order(&self.uid).expect("selected");
        let line = |product: i64| {
            order.lines.iter().find(|line| line.product_id == product).map(|line| line.uid.clone())
        };
        match deed {
            Deed::Tap => {
                till.tap(1, 3.0);
                ledger.taps += 1;
            }
            Deed::Add => {
                till.tap(product, 7.0);
                ledger.added.push((product, at));
            }
            Deed::TypeQty => {
                // Never one more than another: that would be a tap.
                let qty = 20.0 + 7.0 * f64::from(u8::try_from(self.steps.len()).expect("few steps"));
                if line(2).is_some_and(|line| till.select_line(&line)) {
                    till.type_qty(qty);
                    ledger.typed.push(qty);
                }
            }
            Deed::Discount => {
                if line(2).is_some_and(|line| till.select_line(&line)) {
                    till.type_discount(10.0);
                    ledger.discounts += 1;
                }
            }
            Deed::Remove => {
                if line(1).is_some_and(|line| till.select_line(&line)) {
                    ledger.removed_in_sight.push(order.pieces(1));
                    till.remove_line();
                }
            }
            Deed::Customer => {
                till.set_customer(Some(33));
                ledger.customers += 1;
            }
            Deed::Pay => {
                if till.pay().is_some() {
                    ledger.paid += 1;
                }
            }
            Deed::Delete => {
                let mut sight = BTreeMap::new();
                for line in &order.lines {
                    *sight.entry(line.product_id).or_insert(0.0) += line.qty;
                }
                if till.delete_order().is_some() {
                    ledger.deleted_in_sight.push(sight);
                    ledger.deleted += 1;
                }
            }
            Deed::Reload => unreachable!("above"),
        }
        if offline && deed != Deed::Pay {
            ledger.never_sent = true;
        }
    }

    /// Lets everything arrive and looks; what is wrong, if anything.
    pub fn finish(mut self) -> Result<(), String> {
        crate::world::quietly(move || {
            self.drain();
            self.world.settle();
            self.check();
        })
    }

    /// What is under way arrives, till by till, and is watched like the steps before.
    fn drain(&mut self) {
        for _ in 0..50 {
            let mut moved = false;
            for at in 0..2 {
                while self.world.arrive(at) {
                    moved = true;
                }
                while !self.world.places[at].answers.is_empty() {
                    self.watch(at, false, |world| {
                        world.return_answer(at, false);
                    });
                    moved = true;
                }
                moved |= self.world.answer_poll(at);
                while !self.world.places[at].news.is_empty() {
                    self.watch(at, true, |world| {
                        world.return_poll(at);
                    });
                    moved = true;
                }
            }
            if !moved {
                return;
            }
        }
    }

    fn check(&self) {
        let world = &self.world;
        let ledger = &self.ledger;
        for at in 0..2 {
            let popups = world.places[at].till.popups();
            assert!(popups.iter().all(|popup| *popup == Popup::NoConnection), "{popups:?}");
            // A value that never left its till stays on its screen until its order is touched again.
            if let (Some(difference), false) = (world.difference(at), ledger.never_sent) {
                panic!("{difference}");
            }
        }
        let numbers: Vec<u32> = {
            let mut numbers: Vec<u32> = world.book.state.orders.values().map(|order| order.number).collect();
            numbers.sort_unstable();
            numbers
        };
        assert_eq!(numbers, (1..=u32::try_from(numbers.len()).expect("few")).collect::<Vec<_>>(), "numbers");
        let excused = ledger.lost_on_the_way || ledger.never_sent;
        for (product, _) in &ledger.added {
            let pieces = world.pieces(*product);
            let deleted = ledger.deleted_in_sight.iter().any(|sight| sight.contains_key(product));
            let least = if deleted || excused { 0.0 } else { 1.0 };
            assert!((least..=1.0).contains(&pieces), "product {product}: {pieces} pieces, at least {least}");
        }
        let pieces = world.pieces(1);
        let most = f64::from(1 + ledger.taps) * f64::from(ledger.paid.max(1));
        let taken: f64 = ledger.removed_in_sight.iter().sum();
        let deleted: f64 = ledger
            .deleted_in_sight
            .iter()
            .filter_map(|sight| sight.get(&1))
            .fold(0.0, |most, other| most.max(*other));
        let least = if excused { 0.0 } else { (f64::from(1 + ledger.taps) - taken - deleted).max(0.0) };
        assert!((least..=most).contains(&pieces), "product 1: {pieces} pieces, {least} to {most}");
        if ledger.removed_in_sight.len() == 1 && ledger.deleted + ledger.paid == 0 && !excused {
            assert_eq!(pieces, f64::from(1 + ledger.taps) - taken, "a removal takes what was seen");
        }
        let paid = world.book.state.orders.values().filter(|order| order.state == OrderState::Paid).count();
        let taken_in = usize::try_from(ledger.paid).expect("few");
        if ledger.lost_on_the_way {
            // A payment whose message was lost is in Odoo, and nowhere else.
            assert!(paid <= taken_in, "{paid} payments, {taken_in} taken");
        } else {
            assert_eq!(paid, taken_in, "payments");
        }
        if ledger.deleted + ledger.paid == 0 && !excused {
            let typed = world.pieces(2);
            let expected = if ledger.typed.is_empty() { vec![1.0] } else { ledger.typed.clone() };
            assert!(expected.contains(&typed), "product 2: {typed}, one of {expected:?}");
            let order = &world.drafts()[0];
            let line = order.lines.iter().find(|line| line.fields["product_id"] == 2).expect("product 2");
            assert_eq!(line.fields["discount"], if ledger.discounts > 0 { 10 } else { 0 }, "discount");
            if ledger.customers > 0 {
                assert_eq!(order.fields["partner_id"], 33, "customer");
            }
        }
    }
}
