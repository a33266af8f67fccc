//! What is put on the POSes' channels: each change that was logged, and orders that a till has to be told again.

use std::collections::BTreeSet;

use tillsync_core::event::{Change, Event};
use tillsync_core::id::{OrderUid, Till};
use tillsync_core::multi_session::MultiSession;

use super::{Desk, REGISTERED_MAX};
use crate::channel::Topic;
use crate::looks::Flags;
use crate::message::{Body, Message, session_and_login};

impl Desk {
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
                | Change::Resolved { .. }
                | Change::CashMoved { .. }
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

    /// A till whose update leaves its screen other than the order is gets the order.
    pub fn make_whole(&mut self, state: &MultiSession, message: &Message) {
        let Body::UpdateOrder(sent) = &message.body else { return };
        let pos = message.head.pos_id;
        if !self.is_whole(state, pos, &sent.uid, &message.head.till()) {
            self.push(pos, Topic::Order { uid: sent.uid.clone(), from: (0, 0), paint: Flags::none() });
        }
    }

    /// A POS left the multi-session: its tills are told nothing more.
    pub fn close_channel(&mut self, pos: i64) {
        self.channels.remove(&pos);
        self.rung.insert(pos);
    }

    pub(super) fn tell(&mut self, state: &MultiSession, uid: &OrderUid, from: (i64, i64), paint: &Flags) {
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

    pub(super) fn push(&mut self, pos: i64, topic: Topic) {
        if let Some(channel) = self.channels.get_mut(&pos) {
            channel.push(topic);
            self.rung.insert(pos);
        }
    }
}
