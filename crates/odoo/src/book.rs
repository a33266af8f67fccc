//! All that evolves along a batch: the state, what tills were accepted with, former versions of orders.
//!
//! A room judges a batch on a clone (cloning is cheap) and keeps the clone once the batch is on disk.

use std::sync::Arc;

use imbl::{OrdMap, Vector};
use tillsync_core::command::{Decision, decide};
use tillsync_core::event::{Change, Event};
use tillsync_core::id::{CommandId, LineUid, OrderUid};
use tillsync_core::multi_session::MultiSession;
use tillsync_core::order::Order;

use crate::before::Question;
use crate::error::WireError;
use crate::interpret::{Interpreter, Meant, Sight, Versions};
use crate::message::{Body, Removal, UpdateCall};
use crate::plan::Plan;
use crate::shadow::{ShadowRow, Shadows};

/// Former versions that are kept in memory for each order; older ones are read from the log.
pub const VERSIONS_MAX: usize = 8;

/// Closed orders of which former versions are kept in memory: tills are late by moments, mostly.
const CLOSED_WITH_VERSIONS_MAX: usize = 20;

/// The book of a multi-session.
#[derive(Debug, Clone, Default)]
pub struct Book {
    /// The state.
    pub state: MultiSession,
    /// What tills were accepted with.
    pub shadows: Shadows,
    /// The latest versions of each order, oldest first.
    versions: OrdMap<OrderUid, Vector<Arc<Order>>>,
    /// Orders that were closed last and have versions, oldest first.
    closed: Vector<OrderUid>,
    /// Versions that the batch at hand needs, which following it would push out.
    needed: OrdMap<(OrderUid, u64), Arc<Order>>,
}

/// A message, judged.
#[derive(Debug)]
pub struct Judged {
    /// The command that the message is known as.
    pub id: CommandId,
    /// What is to be logged, if anything.
    pub event: Option<Event>,
    /// Rows that belong into the same transaction.
    pub rows: Vec<ShadowRow>,
    /// What is to be answered once that is on disk.
    pub plan: Result<Plan, WireError>,
    /// The true uids of the lines that the till sent, in order, if its update was accepted.
    pub names: Option<Vec<LineUid>>,
    /// Orders that every till is to be sent again.
    pub send_again: Vec<OrderUid>,
}

/// What a message needs that is not in memory.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Missing {
    /// An order that may be in the store.
    Order(OrderUid),
    /// A former version of an order.
    Version(OrderUid, u64),
}

impl Book {
    /// A book on a state.
    pub fn new(state: MultiSession, shadows: Shadows) -> Self {
        Self { state, shadows, ..Self::default() }
    }

    /// What has to be supplied before the message can be judged, as far as the store has it. What it needs and
    /// memory has is kept until [`begin_batch`](Self::begin_batch).
    pub fn missing(&mut self, call: &UpdateCall) -> Vec<Missing> {
        let uid = match &call.message.body {
            Body::UpdateOrder(sent) => &sent.uid,
            Body::RemoveOrder(remove) => &remove.uid,
            Body::SyncAll(sync) => match &sync.uid {
                Some(uid) => uid,
                None => return Vec::new(),
            },
            Body::Relay => return Vec::new(),
        };
        let Some(order) = self.state.order(uid) else { return vec![Missing::Order(uid.clone())] };
        let follow_ups = order.follow_ups.iter().filter(|uid| self.state.order(uid).is_none());
        let follow_ups: Vec<Missing> = follow_ups.map(|uid| Missing::Order(uid.clone())).collect();
        let accepted = self.shadows.get(&call.message.head.till(), uid);
        let accepted = accepted.as_deref();
        let needs = match &call.message.body {
            Body::UpdateOrder(sent) => Question::update(&order, sent, accepted).needs(Some(sent)),
            Body::RemoveOrder(remove) => match &remove.reason {
                Removal::Paid(Some(content)) => {
                    Question::update(&order, content, accepted).needs(Some(content))
                }
                Removal::Paid(None) => Question::claim(&order, remove.revision, accepted).needs(None),
                Removal::Deleted => Vec::new(),
            },
            Body::SyncAll(_) | Body::Relay => Vec::new(),
        };
        let mut missing = follow_ups;
        for revision in needs {
            match self.at(uid, revision) {
                Some(version) => {
                    self.needed.insert((uid.clone(), revision), version);
                }
                None => missing.push(Missing::Version(uid.clone(), revision)),
            }
        }
        missing
    }

    /// Nothing more is judged with what was needed until now.
    pub fn begin_batch(&mut self) {
        self.needed.clear();
    }

    /// Supplies an order from the store.
    pub fn supply_order(&mut self, order: Order) {
        self.state.orders.insert(order.uid.clone(), Arc::new(order));
    }

    /// Supplies a former version of an order, made from its history: every event that touched it, oldest first.
    pub fn supply_version(&mut self, uid: &OrderUid, revision: u64, history: &[Event]) {
        let mut state = MultiSession::default();
        let mut version = None;
        for event in history {
            state.evolve(event);
            match state.order(uid) {
                // An event can make several revisions; the version that tills saw is the one before it.
                Some(order) if order.revision > revision => break,
                order => version = order,
            }
        }
        if let Some(version) = version {
            self.needed.insert((uid.clone(), revision), version);
        }
    }

    fn keep(&mut self, order: Arc<Order>) {
        let versions = self.versions.entry(order.uid.clone()).or_default();
        if versions.iter().all(|known| known.revision != order.revision) {
            versions.push_back(order);
            if versions.len() > VERSIONS_MAX {
                versions.pop_front();
            }
        }
    }

    /// Judges a message and follows what it comes to.
    pub fn judge(&mut self, call: &UpdateCall, id: CommandId, sight: &dyn Sight, now_ms: u64) -> Judged {
        let interpreter =
            Interpreter { state: &self.state, shadows: &self.shadows, sight, versions: self, now_ms };
        let mut meant = interpreter.understand(call, id.clone());
        let mut judged = Judged {
            id,
            event: None,
            rows: Vec::new(),
            plan: Ok(Plan::PassedOn),
            names: None,
            send_again: std::mem::take(&mut meant.send_again),
        };
        if meant.command.actions.is_empty() {
            judged.plan = Ok(meant.plan(&self.state, &Default::default()));
            self.note_shown(call, meant, &mut judged);
            return judged;
        }
        match decide(&self.state, &meant.command, now_ms) {
            Ok(Decision { event, answer }) => {
                if event.changes.is_empty() {
                    judged.plan = Ok(meant.plan(&self.state, &answer));
                } else {
                    self.follow(&event);
                    judged.plan = Ok(meant.plan(&self.state, &answer));
                    judged.event = Some(event);
                }
                self.note_shown(call, meant, &mut judged);
            }
            Err(refusal) => {
                judged.plan = meant.refused(&refusal);
                judged.send_again = std::mem::take(&mut meant.send_again);
                meant.shown = None;
                self.note_shown(call, meant, &mut judged);
            }
        }
        judged
    }

    fn note_shown(&mut self, call: &UpdateCall, meant: Meant, judged: &mut Judged) {
        let till = call.message.head.till();
        if let Some((uid, accepted)) = meant.shown {
            judged.names = Some(accepted.view.lines.iter().map(|line| line.uid.clone()).collect());
            judged.rows.push(self.shadows.put(&till, &uid, accepted));
        }
        judged.rows.extend(meant.let_go.and_then(|uid| self.shadows.remove(&till, &uid)));
    }

    /// Follows an event, keeping the versions that it replaces.
    pub fn follow(&mut self, event: &Event) {
        for uid in MultiSession::touched_by(event) {
            if let Some(order) = self.state.order(&uid) {
                self.keep(order);
            }
        }
        self.state.evolve(event);
        for change in &event.changes {
            if let Change::Paid { order, .. } | Change::Deleted { order, .. } = change {
                self.closed.retain(|uid| uid != order);
                self.closed.push_back(order.clone());
            }
        }
        while self.closed.len() > CLOSED_WITH_VERSIONS_MAX {
            let Some(uid) = self.closed.pop_front() else { break };
            if self.state.order(&uid).is_none_or(|order| order.state.is_closed()) {
                self.versions.remove(&uid);
            }
        }
    }

    /// Drops a closed order from memory, the store has it; rows to be taken from the store.
    pub fn forget_closed(&mut self, uid: &OrderUid) -> Vec<ShadowRow> {
        if self.state.order(uid).is_none_or(|order| !order.state.is_closed()) {
            return Vec::new();
        }
        self.state.orders.remove(uid);
        self.versions.remove(uid);
        self.shadows.forget(uid)
    }
}

impl Versions for Book {
    fn at(&self, order: &OrderUid, revision: u64) -> Option<Arc<Order>> {
        if let Some(now) = self.state.order(order).filter(|now| now.revision == revision) {
            return Some(now);
        }
        let kept = self.versions.get(order).and_then(|kept| kept.iter().find(|one| one.revision == revision));
        kept.or_else(|| self.needed.get(&(order.clone(), revision))).cloned()
    }

    fn recent(&self, order: &OrderUid) -> Vec<Arc<Order>> {
        self.versions.get(order).into_iter().flatten().cloned().collect()
    }
}
