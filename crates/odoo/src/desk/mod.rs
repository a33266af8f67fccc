//! A multi-session's desk for Odoo's tills: who is there, what each may show, what each is to be told.
//!
//! Nothing here is stored. After a restart the desk is empty, tills are told everything anew, and only what they
//! were accepted with ([`crate::shadow`]) is remembered.

mod compose;
mod sight;

use std::collections::{BTreeMap, BTreeSet, HashMap, VecDeque};
use std::sync::Arc;

use tillsync_core::event::{Change, Event};
use tillsync_core::id::{LineUid, OrderUid, Till};
use tillsync_core::multi_session::MultiSession;

use self::compose::is_listed;
pub use self::sight::DeskSight;
use crate::book::{Book, Judged};
use crate::channel::{Channel, Identity, Poller, Sat, Topic};
use crate::error::WireError;
use crate::looks::{Flags, Looks};
use crate::message::{Body, Message, session_and_login};
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
    lists: VecDeque<ListGiven>,
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
}

#[derive(Debug, Clone)]
struct Texts {
    revision: u64,
    looks: Arc<Looks>,
    by_flags: Vec<(Flags, Arc<OrderText>)>,
}

#[derive(Debug, Clone)]
struct ListGiven {
    pos: i64,
    /// The till that asked for it; none if every till of the POS takes it, known here or not.
    till: Option<Till>,
    at_ms: u64,
    orders: BTreeSet<OrderUid>,
    /// On the channel, as this entry, and not known to have been heard; none otherwise.
    under_way: Option<u64>,
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
            seen.delivered(given.looks.clone(), &given.flags, given.entry, given.painted);
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
        seen.sent(Looks::sent(sent, names.iter(), &order), sent.painted);
    }

    /// A till whose update leaves its screen other than the order is gets the order.
    fn make_whole(&mut self, state: &MultiSession, message: &Message) {
        let Body::UpdateOrder(sent) = &message.body else { return };
        let pos = message.head.pos_id;
        if !self.is_whole(state, pos, &sent.uid, &message.head.till()) {
            self.push(pos, Topic::Order { uid: sent.uid.clone(), from: (0, 0), paint: Flags::none() });
        }
    }

    /// What has been logged is told to everyone.
    pub fn announce(&mut self, state: &MultiSession, event: &Event, now_ms: u64) {
        let sender = &event.author.till;
        let from = session_and_login(sender).unwrap_or((0, 0));
        // The order that the till itself named; whatever else the command did, the till does not know.
        let named = event.changes.iter().filter(|change| !matches!(change, Change::Unpaid { .. }));
        let named = named.filter_map(Change::order).next();
        let mut told = BTreeSet::new();
        for change in &event.changes {
            let Some(uid) = change.order() else { continue };
            let told_as = match change {
                Change::Registered(registered) => {
                    self.registered.push_back((uid.clone(), now_ms));
                    if self.registered.len() > REGISTERED_MAX {
                        self.registered.pop_front();
                    }
                    let made_by_server = registered.origin.is_some();
                    let from = if made_by_server { (0, 0) } else { from };
                    self.tell(state, uid, from, &Flags::none());
                    // The till that creates an order from a message names its lines itself; told once more, it
                    // takes the true names, and who did what.
                    self.tell(state, uid, from, &Flags::All);
                    continue;
                }
                Change::Updated { .. } | Change::Paid { .. } | Change::Deleted { .. }
                    if Some(uid) == named =>
                {
                    from
                }
                Change::Updated { .. } | Change::Paid { .. } | Change::Deleted { .. } => (0, 0),
                Change::Renumbered { .. } => {
                    // New to most tills: told twice, like an order that is registered.
                    self.tell(state, uid, (0, 0), &Flags::none());
                    self.tell(state, uid, (0, 0), &Flags::All);
                    told.insert(uid.clone());
                    continue;
                }
                // Tills that are still in the run that is over go on showing the order.
                Change::Unpaid { .. }
                | Change::PaymentTaken { .. }
                | Change::PaymentMoved { .. }
                | Change::FollowUp { .. }
                | Change::KeptAside { .. }
                | Change::Attention { .. }
                | Change::RunBegan { .. }
                | Change::PosJoined { .. }
                | Change::PosLeft { .. }
                | Change::SessionOpened { .. }
                | Change::LoggedIn { .. }
                | Change::SessionClosed { .. }
                | Change::OfflineEdits { .. }
                | Change::Activated { .. } => continue,
            };
            // Told once, however much of it changed: it is told as it is at the moment of telling.
            if told.insert(uid.clone()) {
                self.tell(state, uid, told_as, &Flags::none());
            }
            if state.order(uid).is_some_and(|order| order.state.is_closed()) {
                self.let_go_at(uid, sender);
            }
        }
        for pos in event.changes.iter().filter_map(|change| match change {
            Change::PosLeft { pos } => Some(*pos),
            _ => None,
        }) {
            self.close_channel(pos);
        }
    }

    /// Orders that a till destroyed and should not have: everyone is told of them again.
    pub fn tell_again(&mut self, state: &MultiSession, orders: &[OrderUid], till: &Till) {
        for uid in orders {
            self.let_go_at(uid, till);
            self.tell(state, uid, (0, 0), &Flags::none());
            self.tell(state, uid, (0, 0), &Flags::All);
        }
    }

    /// The till has the order no longer: a later message creates it there.
    fn let_go_at(&mut self, uid: &OrderUid, till: &Till) {
        if let Some(seen) = self.seen.get_mut(uid).and_then(|tills| tills.get_mut(till)) {
            seen.let_go();
        }
    }

    /// Whether there is something for a held poll.
    pub fn has_news(&self, at: &PollAt) -> bool {
        self.channels.get(&at.pos).is_some_and(|channel| channel.has_news(at.slot))
    }

    /// A POS left the multi-session: its tills are told nothing more.
    pub fn close_channel(&mut self, pos: i64) {
        self.channels.remove(&pos);
        self.rung.insert(pos);
    }

    /// A message that is passed on to everyone as it is.
    pub fn pass_on(&mut self, message: &Message) {
        let all: Vec<i64> = self.channels.keys().copied().collect();
        for pos in all {
            self.push(pos, Topic::PassedOn { message: message.raw.clone() });
        }
    }

    /// The answer to a PING.
    pub fn pong(&mut self, pos: i64, now_ms: u64) {
        self.push(pos, Topic::Pong { at_ms: now_ms });
    }

    fn tell(&mut self, state: &MultiSession, uid: &OrderUid, from: (i64, i64), paint: &Flags) {
        let Some(order) = state.order(uid) else { return };
        let served: Vec<i64> = self
            .channels
            .iter()
            .filter(|(_, channel)| channel.run == order.run)
            .map(|(pos, _)| *pos)
            .collect();
        for pos in served {
            self.push(pos, Topic::Order { uid: uid.clone(), from, paint: paint.clone() });
        }
    }

    fn push(&mut self, pos: i64, topic: Topic) {
        if let Some(channel) = self.channels.get_mut(&pos) {
            channel.push(topic);
            self.rung.insert(pos);
        }
    }

    /// Forgets an order that the state no longer holds.
    pub fn forget_order(&mut self, uid: &OrderUid) {
        self.seen.remove(uid);
        self.texts.remove(uid);
    }

    /// Ends the silence of channels whose time has come, and makes tills whole whose screen an answer of long ago may
    /// have changed.
    pub fn tick(&mut self, state: &MultiSession, now_ms: u64) {
        for (pos, channel) in &mut self.channels {
            if channel.held_until_ms().is_some_and(|until| until <= now_ms) {
                channel.hold(0);
                self.rung.insert(*pos);
            }
        }
        while let Some(given) = self.answers.pop_front_if(|given| given.ends_ms <= now_ms) {
            let AnswerGiven { order: uid, till, pos, number, .. } = given;
            let Some(seen) = self.seen.get_mut(&uid).and_then(|tills| tills.get_mut(&till)) else { continue };
            seen.settle(number, self.deliveries);
            // What is under way is looked at when it has arrived.
            if !seen.has_under_way() && !self.is_whole(state, pos, &uid, &till) {
                self.push(pos, Topic::Order { uid, from: (0, 0), paint: Flags::none() });
            }
        }
    }

    /// When [`tick`](Self::tick) has something to do, in milliseconds since 1970.
    pub fn next_tick_ms(&self) -> Option<u64> {
        let held = self.channels.values().filter_map(Channel::held_until_ms);
        held.chain(self.answers.front().map(|given| given.ends_ms)).min()
    }

    /// A poll begins; the number of its slot, to be handed to the other calls.
    pub fn begin_poll(
        &mut self,
        state: &MultiSession,
        pos: i64,
        identity: Identity,
        last: u64,
        now_ms: u64,
    ) -> u64 {
        let channel = self.channels.entry(pos).or_default();
        let (slot, poller) = channel.begin_poll(identity, last, now_ms);
        // Whoever polls again has processed what it was given before.
        let processed = channel.processed(now_ms);
        let tills: Vec<Till> = channel.tills().collect();
        if poller == Poller::FromBefore {
            tills.iter().for_each(|till| self.forget(till));
        }
        self.bring_back_lacked(state, pos, processed);
        if let Some(to_strangers) = self.to_strangers.get_mut(&pos) {
            to_strangers.retain(|given| given.entry > processed);
        }
        for till in &tills {
            for uid in self.under_way.remove(till).unwrap_or_default() {
                let Some(seen) = self.seen.get_mut(&uid).and_then(|tills| tills.get_mut(till)) else {
                    continue;
                };
                seen.processed(processed, self.deliveries);
                if seen.has_under_way() {
                    self.under_way.entry(till.clone()).or_default().insert(uid);
                } else if !self.is_whole(state, pos, &uid, till) && !self.is_to_tell(pos, slot, &uid, till) {
                    // What arrived overtook something, or was overtaken.
                    self.push(pos, Topic::Order { uid, from: (0, 0), paint: Flags::none() });
                }
            }
        }
        self.tick(state, now_ms);
        slot
    }

    /// Orders that were registered while a list without them was on its way here are gone from the screen that took
    /// it, and a client without a connection does not say so.
    fn bring_back_lacked(&mut self, state: &MultiSession, pos: i64, heard: u64) {
        let mut lacked = Vec::new();
        for list in self.lists.iter_mut().filter(|list| list.pos == pos) {
            if list.under_way.is_none_or(|entry| entry > heard) {
                continue;
            }
            list.under_way = None;
            let later = self.registered.iter().filter(|(_, at_ms)| *at_ms >= list.at_ms);
            lacked.extend(later.map(|(uid, _)| uid).filter(|uid| !list.orders.contains(*uid)).cloned());
        }
        for uid in lacked.iter().filter(|uid| state.order(uid).is_some()) {
            self.push(pos, Topic::Order { uid: uid.clone(), from: (0, 0), paint: Flags::none() });
            self.push(pos, Topic::Order { uid: uid.clone(), from: (0, 0), paint: Flags::All });
        }
    }

    /// What the till shows is not known any more.
    pub(super) fn forget(&mut self, till: &Till) {
        self.under_way.remove(till);
        for tills in self.seen.values_mut() {
            tills.remove(till);
        }
    }

    fn is_to_tell(&self, pos: i64, slot: u64, uid: &OrderUid, till: &Till) -> bool {
        self.channels.get(&pos).is_some_and(|channel| channel.is_to_tell(slot, uid, till))
    }

    fn is_whole(&mut self, state: &MultiSession, pos: i64, uid: &OrderUid, till: &Till) -> bool {
        let run = self.channels.get(&pos).map_or(state.run, |channel| channel.run);
        let listed = state.order(uid).filter(|order| is_listed(order, run, state.run));
        let looks = listed.map(|order| self.texts(&order).looks.clone());
        let seen = self.seen.get(uid).and_then(|tills| tills.get(till));
        seen.is_none_or(|seen| seen.is_whole(looks.as_deref()))
    }

    /// A poll ended: answered, or abandoned.
    pub fn end_poll(&mut self, pos: i64, slot: u64) {
        if let Some(channel) = self.channels.get_mut(&pos) {
            channel.end_poll(slot);
        }
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

/// A poll that is being held.
#[derive(Debug, Clone, PartialEq)]
pub struct PollAt {
    /// The database, as the channels name it.
    pub database: Arc<str>,
    /// The POS.
    pub pos: i64,
    /// The poller's slot.
    pub slot: u64,
    /// The largest id that the client says it has seen.
    pub last: u64,
}
