//! A multi-session's desk for Odoo's tills: who is there, what each may show, what each is to be told.
//!
//! Nothing here is stored. After a restart the desk is empty, tills are told everything anew, and only what they
//! were accepted with ([`crate::shadow`]) is remembered.

mod answers;
mod compose;
mod lists;
mod polls;
mod sight;
mod telling;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use tillsync_core::id::{LineUid, OrderUid, Till};
use tillsync_core::multi_session::MultiSession;

use self::compose::is_listed;
pub use self::polls::PollAt;
pub use self::sight::DeskSight;
use crate::book::{Book, Judged};
use crate::channel::{Channel, Sat, Topic};
use crate::error::WireError;
use crate::looks::{Flags, Looks};
use crate::message::{Body, Message};
use crate::order_text::OrderText;
use crate::painted::Painted;
use crate::seen::Seen;

/// Registrations that are remembered for [`LIST_UNDER_WAY_MS`].
const REGISTERED_MAX: usize = 1_000;

/// Orders given to strangers that are remembered for each POS.
const TO_STRANGERS_MAX: usize = 500;

/// The desk.
#[derive(Debug, Clone, Default)]
pub struct Desk {
    channels: BTreeMap<i64, Channel>,
    seen: HashMap<OrderUid, HashMap<Till, Seen>>,
    /// Orders of which something is on its way to a till by its polls.
    under_way: HashMap<Till, BTreeSet<OrderUid>>,
    /// The order's looks and texts at its latest revision.
    texts: HashMap<OrderUid, Texts>,
    lists: VecDeque<lists::ListGiven>,
    /// Answers that had an order in them and may be on their way, oldest first.
    answers: VecDeque<AnswerGiven>,
    registered: VecDeque<(OrderUid, u64)>,
    rung: BTreeSet<i64>,
    /// The number of the last delivery of an order.
    deliveries: u64,
    /// When the desk was opened, in milliseconds since 1970.
    opened_ms: u64,
    /// What was given to pollers of a POS of which no till was known, oldest first.
    to_strangers: BTreeMap<i64, VecDeque<Given>>,
}

/// An order in a poll's answer.
#[derive(Debug, Clone)]
struct Given {
    order: OrderUid,
    looks: Arc<Looks>,
    flags: Flags,
    entry: u64,
    painted: Painted,
    at_ms: u64,
}

#[derive(Debug, Clone)]
struct Texts {
    revision: u64,
    looks: Arc<Looks>,
    by_flags: Vec<(Flags, Arc<OrderText>)>,
}

/// An order in the answer to a till's request.
#[derive(Debug, Clone)]
struct AnswerGiven {
    order: OrderUid,
    till: Till,
    pos: i64,
    /// The delivery's number.
    number: u64,
    /// Until when it may arrive.
    ends_ms: u64,
}

impl Desk {
    /// A desk at which the POSes' channels are open already, so that their tills are told everything anew.
    ///
    /// Deliveries are numbered on from the clock, so that the tills of a desk that was here before get no number
    /// twice: no desk delivers more than one order a microsecond.
    pub fn new(state: &MultiSession, now_ms: u64) -> Self {
        let channel = |pos: &i64| (*pos, Channel::in_run(state.run));
        let channels = state.poses.keys().map(channel).collect();
        Self { channels, deliveries: now_ms * 1_000, opened_ms: now_ms, ..Self::default() }
    }

    /// POSes that have news since this was last asked.
    pub fn take_rung(&mut self) -> BTreeSet<i64> {
        std::mem::take(&mut self.rung)
    }

    /// A till sent something: it sits down at its POS.
    pub fn arrived(&mut self, message: &Message) {
        let head = &message.head;
        let channel = self.channels.entry(head.pos_id).or_default();
        channel.run = head.run;
        if channel.held_until_ms().is_some() && !matches!(message.body, Body::SyncAll(_)) {
            // What was typed meanwhile is here now.
            channel.hold(0);
            self.rung.insert(head.pos_id);
        }
        let sat = channel.seat(head.session_id, head.login_number);
        if let Body::UpdateOrder(sent) = &message.body
            && let Some(mark) = sent.author(head.pos_id)
        {
            channel.person = Some(mark);
        }
        if sat == Sat::Down {
            self.give_as_till(head.pos_id, &head.till());
        }
    }

    /// What strangers at the POS were given may be on its way to this till, which was not known yet.
    fn give_as_till(&mut self, pos: i64, till: &Till) {
        for given in self.to_strangers.get(&pos).into_iter().flatten() {
            let seen = self.seen.entry(given.order.clone()).or_default().entry(till.clone()).or_default();
            seen.delivered(given.looks.clone(), &given.flags, given.entry, given.painted, given.at_ms);
            self.under_way.entry(till.clone()).or_default().insert(given.order.clone());
        }
    }

    /// Notes what goes to strangers, too.
    fn note_given(&mut self, pos: i64, given: Given) {
        let to_strangers = self.to_strangers.entry(pos).or_default();
        to_strangers.push_back(given);
        if to_strangers.len() > TO_STRANGERS_MAX {
            to_strangers.pop_front();
        }
    }

    /// A till's update was accepted, its lines under these true names.
    pub fn accepted(&mut self, state: &MultiSession, message: &Message, names: &[LineUid]) {
        let Body::UpdateOrder(sent) = &message.body else { return };
        let till = message.head.till();
        let Some(order) = state.order(&sent.uid) else { return };
        let seen = self.seen.entry(sent.uid.clone()).or_default().entry(till.clone()).or_default();
        let by_true_names = sent.view.lines.iter().zip(names).filter(|(line, name)| line.uid == **name);
        let lines = by_true_names
            .map(|(_, name)| (name.clone(), sent.line_marks.get(name).and_then(|marks| marks.painted)));
        seen.sent(Looks::sent(sent, names.iter(), &order), sent.painted, &lines.collect());
    }

    /// The till has the order no longer: a later message creates it there.
    fn let_go_at(&mut self, uid: &OrderUid, till: &Till) {
        if let Some(seen) = self.seen.get_mut(uid).and_then(|tills| tills.get_mut(till)) {
            seen.let_go();
        }
    }

    /// Forgets an order that the state no longer holds.
    pub fn forget_order(&mut self, uid: &OrderUid) {
        self.seen.remove(uid);
        self.texts.remove(uid);
    }

    /// What the till shows is not known any more.
    pub(super) fn forget(&mut self, till: &Till) {
        self.under_way.remove(till);
        for tills in self.seen.values_mut() {
            tills.remove(till);
        }
    }

    fn is_whole(&mut self, state: &MultiSession, pos: i64, uid: &OrderUid, till: &Till) -> bool {
        let run = self.channels.get(&pos).map_or(state.run, |channel| channel.run);
        let listed = state.order(uid).filter(|order| is_listed(order, run, state.run));
        let looks = listed.map(|order| self.texts(&order).looks.clone());
        let seen = self.seen.get(uid).and_then(|tills| tills.get(till));
        seen.is_none_or(|seen| seen.is_whole(looks.as_deref()))
    }

    /// Tells and answers what a message came to, once it is on disk: the book is the one that this till's
    /// message led to, or a later one. The text of the JSON-RPC result.
    pub fn settle(
        &mut self,
        book: &Book,
        message: &Message,
        judged: &Judged,
        now_ms: u64,
    ) -> Result<String, WireError> {
        let (head, state) = (&message.head, &book.state);
        let plan = judged.plan.as_ref().map_err(Clone::clone)?;
        self.arrived(message);
        if let Some(names) = &judged.names {
            self.accepted(state, message, names);
        }
        if let Body::RemoveOrder(remove) = &message.body {
            // Between the order's leaving the screen and now, a message can have brought it back there.
            let seen = self.seen.get(&remove.uid).and_then(|tills| tills.get(&head.till()));
            if seen.is_some_and(|seen| seen.may_be_back(remove.revision)) {
                let uid = remove.uid.clone();
                self.push(head.pos_id, Topic::Order { uid, from: (0, 0), paint: Flags::none() });
            }
        }
        if let Some(event) = &judged.event {
            self.announce(state, event, now_ms);
        }
        if judged.names.is_some() {
            self.make_whole(state, message);
        }
        self.tell_again(state, &judged.send_again, &head.till());
        if message.body == Body::Relay {
            self.pass_on(message);
        }
        Ok(self.answer(book, head, plan, now_ms))
    }

    /// What is known of the tills' screens, for [`crate::interpret::Interpreter`].
    pub fn sight(&self, now_ms: u64) -> DeskSight<'_> {
        DeskSight { desk: self, now_ms }
    }
}
