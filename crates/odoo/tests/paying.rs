//! Three tills at orders that anyone may pay, at random: what a payer showed is what is booked.
//!
//! A payment's message says nothing but the order and a revision (`shared/wire`): what the payer's screen showed has to
//! be found from what that till sent and was told. People act only while nothing of the till's is unsent, as in
//! `fuzz.rs`. A case that fails is kept in `paying.regressions`.

mod world;

use std::collections::{BTreeMap, BTreeSet, VecDeque};
use std::sync::Arc;

use proptest::collection::vec;
use proptest::prelude::*;
use tillsync_core::id::{OrderUid, Till};
use tillsync_core::order::{Order, OrderState};
use tillsync_odoo_till::{OrderView, Popup};
use world::World;

/// A run: choices, each of which is read as one of the steps that are possible then.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// One more of product 1.
    Tap(usize),
    /// Another quantity of product 2.
    Type(usize),
    /// A product of its own.
    Add(usize),
    /// A new order with one piece each of products 2 and 1.
    Order(usize),
    /// The order is paid.
    Pay(usize),
    /// The page is loaded anew.
    Reload(usize),
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
    /// Half a second passes.
    Wait,
}

/// Pieces of each product.
type Pieces = BTreeMap<i64, i64>;

/// Money that was taken.
#[derive(Debug, Clone, PartialEq)]
struct Payment {
    payer: Till,
    session: i64,
    order: String,
    /// What the payer's screen showed.
    bill: Pieces,
    at_ms: u64,
    /// What it showed cannot be known for certain (docs/ODOO.md): this, or the answer to the till's last update, was held
    /// up on its way, and a message came to the till meanwhile; or that answer was lost; or another had closed the order
    /// already.
    is_doubtful: bool,
}

/// An answer on its way to a till.
struct Answered {
    made_ms: u64,
    /// The order that it is about; none if it is about all.
    order: Option<String>,
    /// Whether a message has come to the till since it was made.
    is_crossed: bool,
}

struct Run {
    world: World,
    /// Pieces of product 1 that were tapped.
    taps: i64,
    /// Products of which one piece was added.
    added: BTreeSet<i64>,
    payments: Vec<Payment>,
    /// When the till's screen last changed.
    changed_ms: [u64; TILLS],
    /// When somebody last did something at the till.
    acted_ms: [u64; TILLS],
    /// Payments on their way, and whether a message has come to the till since.
    paying: [Option<(usize, bool)>; TILLS],
    /// Answers on their way.
    answered: [VecDeque<Answered>; TILLS],
    /// Orders of which the till last took an answer that had been held up so.
    is_behind: [BTreeSet<String>; TILLS],
    /// Whether an answer to the till was lost since it sent its last update.
    is_lost: [bool; TILLS],
    /// Somebody acted on what such an answer showed, or on an order that was paid there and had come back to the
    /// screen for an instant (docs/ODOO.md).
    is_astray: bool,
    next_product: i64,
    trace: Vec<Step>,
}

const TILLS: usize = 3;

/// Open orders, at most: the fewer there are, the more often tills meet.
const ORDERS: usize = 2;

impl Run {
    fn new() -> Self {
        let mut run = Self {
            world: World::open(TILLS as i64),
            taps: 0,
            added: BTreeSet::new(),
            payments: Vec::new(),
            changed_ms: [0; TILLS],
            acted_ms: [0; TILLS],
            paying: [None; TILLS],
            answered: Default::default(),
            is_behind: Default::default(),
            is_lost: [false; TILLS],
            is_astray: false,
            next_product: 10,
            trace: Vec::new(),
        };
        run.act(0, Step::Order(0));
        run.world.settle();
        run
    }

    fn possible(&self) -> Vec<Step> {
        let mut steps = vec![Step::Wait; 2];
        for at in 0..TILLS {
            let place = &self.world.places[at];
            let till = &place.till;
            if till.is_loaded() && till.is_online() && till.unsent() == 0 {
                steps.push(Step::Reload(at));
                if till.orders().iter().filter(|order| !order.lines.is_empty()).count() < ORDERS {
                    steps.push(Step::Order(at));
                }
                // Hands need their time.
                if self.oldest(at).is_some() && self.world.now_ms > self.acted_ms[at] {
                    steps.extend([Step::Tap(at), Step::Type(at), Step::Add(at)]);
                    // Whoever takes money has looked at the order.
                    if self.world.now_ms > self.changed_ms[at] {
                        steps.extend([Step::Pay(at); 2]);
                    }
                }
            }
            // What is under way is what mostly happens next.
            if !place.requests.is_empty() {
                steps.extend([Step::Arrive(at); 4]);
            }
            if !place.answers.is_empty() {
                steps.extend([Step::Return(at), Step::Return(at), Step::Return(at), Step::Lose(at)]);
            }
            if !place.news.is_empty() {
                steps.extend([Step::Hear(at); 3]);
            } else if self.world.has_news(at) {
                steps.extend([Step::Tell(at); 3]);
            }
        }
        steps
    }

    /// The oldest order on the till's screen.
    fn oldest(&self, at: usize) -> Option<OrderView> {
        let orders = self.world.places[at].till.orders();
        let shared = orders.into_iter().filter(|order| order.order_on_server && !order.lines.is_empty());
        shared.min_by_key(|order| (order.number, order.uid.clone()))
    }

    fn take(&mut self, step: Step) {
        self.trace.push(step);
        self.watch(step);
        match step {
            Step::Tap(at) | Step::Type(at) | Step::Add(at) | Step::Order(at) | Step::Pay(at) => {
                self.act(at, step);
                self.world.collect(at);
            }
            Step::Reload(at) => self.world.reload(at),
            Step::Arrive(at) => assert!(self.world.arrive(at)),
            Step::Return(at) => assert!(self.world.return_answer(at, false)),
            Step::Lose(at) => assert!(self.world.return_answer(at, true)),
            Step::Tell(at) => assert!(self.world.answer_poll(at)),
            Step::Hear(at) => assert!(self.world.return_poll(at)),
            Step::Wait => self.world.wait(500),
        }
    }

    /// Notes when screens change, and what crosses an answer or a payment.
    fn watch(&mut self, step: Step) {
        let now_ms = self.world.now_ms;
        if let Step::Tap(at)
        | Step::Type(at)
        | Step::Add(at)
        | Step::Order(at)
        | Step::Reload(at)
        | Step::Return(at)
        | Step::Hear(at) = step
        {
            self.changed_ms[at] = now_ms;
        }
        match step {
            Step::Hear(at) => {
                let news = format!("{:?}", self.world.places[at].news[0].1);
                self.is_behind[at].retain(|order| !news.contains(order));
                self.paying[at].iter_mut().for_each(|(_, is_crossed)| *is_crossed = true);
                self.answered[at].iter_mut().for_each(|answer| answer.is_crossed = true);
            }
            Step::Arrive(at) => {
                let request = &self.world.places[at].requests[0].body["params"]["message"];
                let order = request["data"]["uid"].as_str().map(str::to_owned);
                self.answered[at].push_back(Answered { made_ms: now_ms, order, is_crossed: false });
                self.is_lost[at] &= request["action"] != "update_order";
                if request["action"] == "remove_order"
                    && let Some((payment, true)) = self.paying[at].take()
                {
                    self.payments[payment].is_doubtful |= now_ms > self.payments[payment].at_ms;
                }
            }
            Step::Return(at) | Step::Lose(at) => {
                let answer = self.answered[at].pop_front();
                if let Some(answer) = answer.filter(|answer| answer.is_crossed && now_ms > answer.made_ms) {
                    let on_screen =
                        || self.world.places[at].till.orders().into_iter().map(|order| order.uid).collect();
                    let orders: Vec<String> = answer.order.map_or_else(on_screen, |order| vec![order]);
                    self.is_behind[at].extend(orders);
                }
                self.is_lost[at] |= matches!(step, Step::Lose(_));
            }
            Step::Reload(at) => {
                self.answered[at].clear();
                self.is_behind[at].clear();
                self.is_lost[at] = false;
            }
            Step::Tap(at) | Step::Type(at) | Step::Add(at) => {
                self.acted_ms[at] = now_ms;
                self.is_astray |=
                    self.oldest(at).is_some_and(|order| self.is_behind[at].contains(&order.uid));
            }
            Step::Order(_) | Step::Pay(_) | Step::Tell(_) | Step::Wait => {}
        }
    }

    fn act(&mut self, at: usize, step: Step) {
        let order = self.oldest(at);
        let product = self.next_product;
        self.next_product += 1;
        let till = &mut self.world.places[at].till;
        if let Step::Order(_) = step {
            till.new_order();
            till.tap(2, 5.0);
            till.tap(1, 3.0);
            self.taps += 1;
            return;
        }
        let order = order.expect("possible");
        assert!(till.select_order(&order.uid));
        let now = self.world.book.state.order(&OrderUid::new(order.uid.clone()));
        let is_closed = now.is_none_or(|order| order.state.is_closed());
        let (session, login) = (till.config().session_id, till.config().login_number);
        let payer = tillsync_odoo::message::till(session, login);
        self.is_astray |= self.payments.iter().any(|paid| paid.order == order.uid && paid.payer == payer);
        let is_behind = self.is_behind[at].contains(&order.uid);
        match step {
            Step::Tap(_) => {
                till.tap(1, 3.0);
                self.taps += 1;
            }
            Step::Type(_) => {
                if let Some(line) = order.lines.iter().find(|line| line.product_id == 2)
                    && till.select_line(&line.uid)
                {
                    // Never one more than another: that would be a tap.
                    till.type_qty(7.0 * product as f64);
                }
            }
            Step::Add(_) => {
                till.tap(product, 7.0);
                self.added.insert(product);
            }
            Step::Pay(_) => {
                if till.pay().is_some() {
                    self.paying[at] = Some((self.payments.len(), false));
                    self.payments.push(Payment {
                        payer,
                        session,
                        order: order.uid.clone(),
                        bill: shown(&order),
                        at_ms: self.world.now_ms,
                        is_doubtful: is_behind || self.is_lost[at] || is_closed,
                    });
                }
            }
            other => unreachable!("{other:?}"),
        }
    }

    fn check(&mut self) {
        for (payment, _) in self.paying.iter().flatten().filter(|(_, is_crossed)| *is_crossed) {
            self.payments[*payment].is_doubtful |= self.world.now_ms > self.payments[*payment].at_ms;
        }
        self.world.settle();
        for at in 0..TILLS {
            let popups = self.world.places[at].till.popups();
            assert!(popups.iter().all(|popup| *popup == Popup::NoConnection), "{popups:?}");
        }
        for (at, payment) in self.payments.iter().enumerate() {
            // The order came back to that screen, or to the page that was loaded anew: it is the same money.
            let is_again = self.payments[..at].iter().any(|other| {
                other.order == payment.order
                    && (other.payer == payment.payer
                        || (other.session == payment.session && other.bill == payment.bill))
            });
            if is_again {
                continue;
            }
            let paid = self.booked(payment);
            let is_right = paid.contains(&payment.bill) || (payment.is_doubtful && !paid.is_empty());
            assert!(is_right, "{payment:?} is booked as {paid:?}");
        }
        let pieces = |product| self.world.pieces(product) as i64;
        // Of several payments of one order any may be the first.
        let sold_again = |product: i64| {
            let mut bills: BTreeMap<&str, Vec<i64>> = BTreeMap::new();
            for payment in &self.payments {
                let pieces = payment.bill.get(&product).copied().unwrap_or(0);
                bills.entry(&payment.order).or_default().push(pieces);
            }
            bills
                .values()
                .map(|bills| bills.iter().sum::<i64>() - bills.iter().min().unwrap_or(&0))
                .sum::<i64>()
        };
        for (product, tapped) in self.added.iter().map(|product| (*product, 1)).chain([(1, self.taps)]) {
            let (pieces, most) = (pieces(product), tapped + sold_again(product));
            assert!(
                (tapped..=most).contains(&pieces) || self.is_astray,
                "product {product}: {pieces} pieces, {tapped} to {most}; {:?}",
                self.payments
            );
        }
    }

    /// The bills with the payer's money of the order and of those that came out of it.
    fn booked(&self, payment: &Payment) -> Vec<Pieces> {
        let orders = &self.world.book.state.orders;
        let comes_from = |order: &Order| {
            order.uid.as_str() == payment.order
                || order.origin.as_ref().is_some_and(|origin| origin.order.as_str() == payment.order)
        };
        let is_paid = |order: &&Arc<Order>| {
            order.state == OrderState::Paid && order.payments.iter().any(|paid| paid.till == payment.payer)
        };
        orders.values().filter(|order| comes_from(order)).filter(is_paid).map(|order| bill(order)).collect()
    }
}

fn shown(order: &OrderView) -> Pieces {
    let mut pieces = Pieces::new();
    for line in &order.lines {
        *pieces.entry(line.product_id).or_default() += line.qty as i64;
    }
    pieces
}

fn bill(order: &Order) -> Pieces {
    let mut pieces = Pieces::new();
    for line in &order.lines {
        let number = |name: &str| line.fields[name].as_f64().expect("a number") as i64;
        *pieces.entry(number("product_id")).or_default() += number("qty");
    }
    pieces
}

/// Takes these steps, and looks.
fn replay(steps: &[Step]) {
    let mut run = Run::new();
    for (at, step) in steps.iter().enumerate() {
        assert!(run.possible().contains(step), "step {at}: {step:?} is not possible");
        run.take(*step);
    }
    run.check();
}

fn run(choices: &[u16]) -> Result<(), TestCaseError> {
    let mut run = Run::new();
    for choice in choices {
        let steps = run.possible();
        run.take(steps[usize::from(*choice) % steps.len()]);
    }
    let trace = run.trace.clone();
    let looked = world::quietly(move || run.check());
    looked.map_err(|text| TestCaseError::fail(format!("{trace:?}:\n{text}")))
}

proptest! {
    #![proptest_config(world::config())]

    #[test]
    fn what_a_payer_showed_is_booked(choices in vec(any::<u16>(), 0..120)) {
        run(&choices)?;
    }
}

// Found by the property above.

use Step::{Arrive, Hear, Lose, Order as Begin, Pay, Reload, Return, Tap, Tell, Type, Wait};

#[test]
fn a_message_on_its_way_is_not_paid_with_an_answer_that_overtook_it() {
    replay(&[Tap(0), Arrive(0), Type(2), Tell(2), Arrive(2), Return(2), Wait, Pay(2), Hear(2), Arrive(2)]);
}

#[test]
fn a_message_that_came_before_the_update_is_not_painted_over_it() {
    let update =
        [Tap(1), Arrive(1), Type(0), Tell(0), Arrive(0), Hear(0), Return(0), Wait, Tap(0), Arrive(0)];
    replay(&[&update[..], &[Return(0), Wait, Pay(0)]].concat());
}

#[test]
fn lines_bear_witness_that_a_message_came_after_the_update() {
    let update =
        [Tap(1), Arrive(1), Tell(2), Type(2), Arrive(2), Return(2), Wait, Type(2), Hear(2), Arrive(2)];
    replay(&[&update[..], &[Return(2), Wait, Pay(2)]].concat());
}

#[test]
fn a_till_that_is_told_that_an_order_is_gone_may_have_paid_it_before() {
    let painted = [Type(2), Type(1), Arrive(2), Tell(1), Hear(1), Arrive(1), Return(1), Wait];
    replay(&[&painted[..], &[Pay(0), Pay(1), Arrive(0), Tell(1), Arrive(1)]].concat());
}

#[test]
fn a_list_that_is_long_on_its_way_destroys_nothing_that_was_registered_meanwhile() {
    let asked =
        [Begin(2), Arrive(2), Return(2), Arrive(2), Tell(2), Lose(2), Hear(2), Arrive(2), Return(2), Tell(2)];
    let paid = [Wait, Wait, Wait, Wait, Wait, Wait, Pay(2), Wait, Arrive(2), Return(2), Begin(2)];
    replay(&[&asked[..], &paid].concat());
}

#[test]
fn a_message_about_another_order_does_not_bring_this_one_up_to_date() {
    let moved = [Pay(0), Arrive(0), Tell(2), Tap(2), Hear(2), Reload(1), Arrive(2), Tell(2), Return(2), Wait];
    let came = [Arrive(1), Return(1), Hear(2), Reload(1), Arrive(1), Tap(2), Return(1), Tap(1), Arrive(2)];
    let quiet = [Arrive(1), Return(1), Return(2), Arrive(1), Return(1), Wait, Tap(2), Arrive(1), Arrive(2)];
    let late = [Return(2), Wait, Tell(1), Begin(2), Arrive(2), Hear(1), Return(1), Tell(1), Hear(1)];
    replay(&[&moved[..], &came, &quiet, &late, &[Wait, Pay(1)]].concat());
}
