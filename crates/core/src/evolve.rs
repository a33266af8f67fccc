//! What an event does to a multi-session's state.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::author::Author;
use crate::event::{Change, Event, Registered};
use crate::id::OrderUid;
use crate::made_uid;
use crate::multi_session::{
    CashMove, ClosedSession, DEVICES_KEPT, Device, LastCommand, MultiSession, PosSession, Seat,
};
use crate::operation;
use crate::order::{Closing, FormerNumber, LastChange, Line, Matter, Order, OrderState, Resolution};

impl MultiSession {
    /// Follows an event. Events come in the order of their seq, each once.
    pub fn evolve(&mut self, event: &Event) {
        let is_move = is_move(event);
        for change in &event.changes {
            if !is_move {
                self.note_taken_away(change);
            }
            self.apply(change, &event.author);
            self.note_time(change, event.time_ms);
        }
        if let Some(number) = event.number {
            let last = LastCommand { number, id: event.command.clone() };
            self.tills.insert(event.author.till.clone(), last);
        }
        self.seq = event.seq;
        self.seq_ms = event.time_ms;
    }

    /// What is known only once an event has its time.
    fn note_time(&mut self, change: &Change, time_ms: u64) {
        match change {
            Change::SessionOpened { pos, .. } => {
                if let Some(session) = self.poses.get_mut(pos).and_then(|seat| seat.session.as_mut()) {
                    session.opened_ms = time_ms;
                }
            }
            Change::LoggedIn { pos, .. } => {
                let session = self.poses.get_mut(pos).and_then(|seat| seat.session.as_mut());
                if let Some(device) = session.and_then(|session| session.devices.last_mut()) {
                    device.ms = time_ms;
                }
            }
            Change::SessionClosed { pos, .. } => {
                if let Some(last) = self.poses.get_mut(pos).and_then(|seat| seat.last.as_mut()) {
                    last.closed_ms = time_ms;
                }
            }
            Change::Paid { order, .. } | Change::Deleted { order, .. } => self.change(order, |order| {
                if let Some(closing) = order.closing.as_mut().filter(|closing| closing.ms == 0) {
                    closing.ms = time_ms;
                }
            }),
            Change::Attention { order, .. } => self.change(order, |order| {
                for matter in order.matters.iter_mut().filter(|matter| matter.ms == 0) {
                    matter.ms = time_ms;
                }
            }),
            Change::Resolved { order, .. } => self.change(order, |order| {
                let resolved = order.matters.iter_mut().filter_map(|matter| matter.resolved.as_mut());
                for resolution in resolved.filter(|resolution| resolution.ms == 0) {
                    resolution.ms = time_ms;
                }
            }),
            Change::CashMoved { pos, .. } => {
                let session = self.poses.get_mut(pos).and_then(|seat| seat.session.as_mut());
                if let Some(moved) = session.and_then(|session| session.moves.last_mut()) {
                    moved.ms = time_ms;
                }
            }
            // The others say nothing of a time.
            _ => {}
        }
    }

    fn note_taken_away(&mut self, change: &Change) {
        let Change::Updated { order, operations, .. } = change else { return };
        let takes = |known: &Arc<Order>| {
            !known.taken_away && operations.iter().any(|operation| operation::takes_away(known, operation))
        };
        if self.orders.get(order).is_some_and(takes) {
            self.change(order, |order| order.taken_away = true);
        }
    }

    /// The orders that an event touches.
    pub fn touched_by(event: &Event) -> Vec<OrderUid> {
        let mut touched: Vec<OrderUid> = Vec::new();
        for change in &event.changes {
            if let Some(uid) = change.order()
                && !touched.contains(uid)
            {
                touched.push(uid.clone());
            }
        }
        touched
    }

    pub(crate) fn apply(&mut self, change: &Change, author: &Author) {
        match change {
            Change::Registered(registered) => self.register(registered, author),
            Change::Updated { order, revision, operations, carried, carried_lines, touched } => {
                self.reach(order, *revision, |order| {
                    operation::apply(order, operations, author, *revision);
                    order.carried.extend(carried.clone());
                    if !operations.is_empty() || touched.contains(&None) {
                        order.edited = Some(author.mark.clone());
                    }
                    for (line, carried) in carried_lines {
                        if let Some(line) = order.line_mut(line) {
                            line.carried.extend(carried.clone());
                        }
                    }
                    for line in touched.iter().flatten() {
                        if let Some(line) = order.line_mut(line) {
                            line.edited = Some(author.mark.clone());
                            line.changed = *revision;
                        }
                    }
                })
            }
            Change::PaymentTaken { order, payment } => {
                self.change(order, |order| {
                    if order.payments.iter().all(|known| known.id != payment.id) {
                        order.payments.push(payment.clone());
                    }
                });
            }
            Change::Paid { order, revision, payments, receipt, .. } => {
                self.close(order, *revision, OrderState::Paid, author, *receipt);
                self.change(order, |order| order.paid_with.clone_from(payments));
                if let Some(receipt) = receipt {
                    let last = self.receipts.entry(author.mark.pos.id).or_default();
                    *last = (*last).max(*receipt);
                }
            }
            Change::PaymentMoved { order, payment, .. } => {
                self.change(order, |order| order.payments.retain(|known| known.id != *payment));
            }
            Change::Deleted { order, revision } => {
                self.close(order, *revision, OrderState::Deleted, author, None)
            }
            Change::Unpaid { order, revision } => {
                self.reach(order, *revision, |order| order.state = OrderState::Unpaid)
            }
            Change::Renumbered { order, revision, run, number } => {
                self.reach(order, *revision, |order| {
                    if order.run != *run {
                        order.carried_from = Some(FormerNumber { run: order.run, number: order.number });
                    }
                    (order.state, order.run, order.number) = (OrderState::Draft, *run, *number);
                    order.closing = None;
                });
                let last = self.numbers.entry(*run).or_default();
                *last = (*last).max(*number);
            }
            Change::FollowUp { order, follow_up } => {
                self.change(order, |order| {
                    if !order.follow_ups.contains(follow_up) {
                        order.follow_ups.push(follow_up.clone());
                    }
                });
            }
            Change::KeptAside { .. } => {}
            Change::Attention { order, about } => self.change(order, |order| {
                if order.matters.iter().all(|known| known.about != *about) {
                    order.matters.push(Matter { about: about.clone(), ms: 0, resolved: None });
                }
            }),
            Change::Resolved { order, note } => self.change(order, |order| {
                for matter in order.matters.iter_mut().filter(|matter| matter.resolved.is_none()) {
                    let by = author.mark.clone();
                    matter.resolved = Some(Resolution { by, ms: 0, note: note.clone() });
                }
            }),
            Change::RunBegan { run } => self.run = *run,
            Change::PosJoined { pos, name, receipts } => {
                let seat = self.poses.remove(pos).unwrap_or_default();
                self.poses.insert(*pos, Seat { name: name.clone(), ..seat });
                if *receipts > 0 {
                    let last = self.receipts.entry(*pos).or_default();
                    *last = (*last).max(*receipts);
                }
            }
            Change::PosLeft { pos } => {
                self.poses.remove(pos);
            }
            Change::SessionOpened { pos, session, user, opening } => {
                if let Some(seat) = self.poses.get_mut(pos) {
                    seat.session = Some(PosSession {
                        id: *session,
                        user: user.clone(),
                        opened_ms: 0,
                        logins: 0,
                        opening: opening.clone(),
                        moves: Vec::new(),
                        devices: Vec::new(),
                    });
                }
            }
            Change::LoggedIn { pos, login } => {
                if let Some(session) = self.poses.get_mut(pos).and_then(|seat| seat.session.as_mut()) {
                    session.logins = *login;
                    session.note_device(author, *login);
                }
            }
            Change::CashMoved { pos, method, amount, reason } => {
                if let Some(session) = self.poses.get_mut(pos).and_then(|seat| seat.session.as_mut()) {
                    let (method, amount, reason) = (*method, *amount, reason.clone());
                    session.moves.push(CashMove {
                        ms: 0,
                        user: author.mark.user.clone(),
                        method,
                        amount,
                        reason,
                    });
                }
            }
            Change::SessionClosed { pos, closing } => {
                if let Some(seat) = self.poses.get_mut(pos) {
                    let user = author.mark.user.clone();
                    seat.last = seat.session.take().map(|session| ClosedSession {
                        id: session.id,
                        user,
                        closed_ms: 0,
                        closing: closing.clone(),
                        moves: session.moves,
                    });
                }
            }
            Change::Activated { active } => self.active = *active,
            Change::OfflineEdits { offline_edits } => self.offline_edits = *offline_edits,
        }
    }

    fn change(&mut self, uid: &OrderUid, change: impl FnOnce(&mut Order)) {
        if let Some(order) = self.orders.get_mut(uid) {
            change(Arc::make_mut(order));
        }
    }

    /// Changes an order to a revision; one that is there already (it was read from the store later than the
    /// log) stays as it is.
    fn reach(&mut self, uid: &OrderUid, revision: u64, change: impl FnOnce(&mut Order)) {
        self.change(uid, |order| {
            if order.revision < revision {
                change(order);
                order.revision = revision;
            }
        });
    }

    fn close(
        &mut self,
        uid: &OrderUid,
        revision: u64,
        state: OrderState,
        author: &Author,
        receipt: Option<u64>,
    ) {
        let by = &author.mark;
        let session = self.poses.get(&by.pos.id).and_then(|seat| seat.session.as_ref()).map(|open| open.id);
        self.reach(uid, revision, |order| {
            order.state = state;
            order.edited = Some(by.clone());
            order.changed_at.insert(author.till.clone(), LastChange { revision, by: by.clone() });
            order.closing =
                Some(Closing { ms: 0, device_ms: author.device_time_ms, by: by.clone(), session, receipt });
        });
    }

    pub(crate) fn register(&mut self, new: &Registered, author: &Author) {
        // An order that a till began has none, whatever its login.
        if new.origin.is_some() {
            self.made = self.made.max(made_uid::number(&new.order).unwrap_or(0));
        }
        let lines = new.lines.iter().map(|line| Line {
            uid: line.uid.clone(),
            fields: line.fields.clone(),
            carried: line.carried.clone(),
            added: line.added.clone().unwrap_or_else(|| author.mark.clone()),
            edited: None,
            set_at: BTreeMap::new(),
            changed: new.revision,
        });
        let by = author.mark.clone();
        let order = Order {
            uid: new.order.clone(),
            creation: new.creation.clone(),
            number: new.number,
            run: new.run,
            revision: new.revision,
            first_revision: new.revision,
            state: OrderState::Draft,
            fields: new.fields.clone(),
            lines: lines.map(Arc::new).collect(),
            removed: Vec::new(),
            added: author.mark.clone(),
            edited: None,
            carried: new.carried.clone(),
            changed_at: [(author.till.clone(), LastChange { revision: new.revision, by })].into(),
            payments: Vec::new(),
            paid_with: Vec::new(),
            origin: new.origin.clone(),
            follow_ups: Vec::new(),
            carried_from: None,
            late: new.late,
            taken_away: false,
            matters: Vec::new(),
            closing: None,
        };
        self.orders.insert(new.order.clone(), Arc::new(order));
        self.numbers.insert(new.run, new.number);
    }
}

/// Whether an event moves quantities from one order to another: what one loses by it, the other has.
fn is_move(event: &Event) -> bool {
    let changed = event.changes.iter().filter(|change| match change {
        Change::Updated { .. } => true,
        Change::Registered(registered) => registered.origin.is_some(),
        _ => false,
    });
    changed.filter_map(Change::order).collect::<std::collections::BTreeSet<_>>().len() > 1
}

impl PosSession {
    /// A device that logs in again is the last one again.
    fn note_device(&mut self, author: &Author, login: u32) {
        let name = author.till.as_str();
        self.devices.retain(|known| known.device != name);
        let user = author.mark.user.clone();
        self.devices.push(Device { device: name.to_owned(), login, user, ms: 0 });
        let over = self.devices.len().saturating_sub(DEVICES_KEPT);
        self.devices.drain(..over);
    }
}
