//! A room's task: batches, one at a time.
//!
//! The state evolves after the commit, never before, and whoever waits is answered after it. When the log has grown
//! meanwhile, or the outcome of a commit is unknown, the room looks into the log before it does anything again
//! (`catching_up.rs`).

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::{Duration, Instant};

use serde_json::Value;
use tillsync_core::command::{Action, Answer, Command, decide};
use tillsync_core::event::{Change, Event};
use tillsync_core::id::{CommandId, OrderUid, Till};
use tillsync_core::multi_session::MultiSession;
use tillsync_core::protocol::ServerMessage;
use tillsync_odoo::book::{Book, Judged};
use tillsync_odoo::error::WireError;
use tillsync_odoo::interpret::command_id;
use tillsync_odoo::message::{Body, UpdateCall};
use tillsync_odoo::plan::Plan;
use tillsync_odoo::shadow::{self, ShadowRow};
use tillsync_store::{Append, Appended, CLOSED_LOADED_MAX, RoomId, SideRow, Store, StoreError, StoredAnswer};
use tokio::sync::{mpsc, oneshot};

use super::audience::Audience;
use super::known::Known;
use super::native::TillBook;
use super::{Front, Identity, OwnError, Reply, Request};
use crate::ailing::Ailing;
use crate::attention;
use crate::clock::now_ms;
use crate::config::{BATCH_MAX, OnFatal};

/// How often a batch is judged anew because the log grew under it.
pub(super) const STALE_MAX: usize = 20;

/// Closed orders that a room keeps in memory.
const CLOSED_IN_MEMORY_MAX: usize = CLOSED_LOADED_MAX;

/// The task's own.
pub(super) struct RoomTask {
    pub(super) id: RoomId,
    pub(super) store: Arc<dyn Store>,
    pub(super) on_fatal: OnFatal,
    pub(super) book: Book,
    /// Commands that have an answer in the store.
    pub(super) known: Known,
    /// Rows that the next batch takes from the store.
    pub(super) gone: Vec<ShadowRow>,
    /// Closed orders that are in memory, longest closed first.
    pub(super) closed: VecDeque<OrderUid>,
    pub(super) front: Arc<Front>,
    /// Which server it is.
    pub(super) identity: Arc<Identity>,
    /// Whether changes can be written.
    pub(super) ailing: Arc<Ailing>,
    /// The connections of tills of our own.
    pub(super) audience: Audience,
    /// Those tills, as far as they came since the room was opened.
    pub(super) tills: HashMap<Till, TillBook>,
    pub(super) waiting: mpsc::Receiver<Request>,
}

impl RoomTask {
    /// Works until the last of the room's handles is gone.
    pub(super) async fn run(mut self) {
        let mut elsewhere = self.store.changed_elsewhere();
        // What was written since the room read its state.
        self.look_at_the_log().await;
        loop {
            let due = self.front.desk().0.next_tick_ms();
            let pause = due.map_or(Duration::from_secs(3_600), |due| {
                Duration::from_millis(due.saturating_sub(now_ms()).max(10))
            });
            // What is rare goes first, so that nothing starves; and a simulated shop goes the same way each time.
            tokio::select! {
                biased;
                Ok(()) = elsewhere.changed() => self.look_at_the_log().await,
                () = tokio::time::sleep(pause) => {
                    let mut desk = self.front.desk();
                    let state = desk.1.clone();
                    desk.0.tick(&state, now_ms());
                }
                first = self.waiting.recv() => match first {
                    None => return,
                    Some(first) => self.take_batch(first).await,
                },
            }
            self.front.ring();
        }
    }

    async fn take_batch(&mut self, first: Request) {
        let mut odoo = Vec::new();
        let mut own = Vec::new();
        let mut native = Vec::new();
        let mut next = Some(first);
        while let Some(request) = next {
            match request {
                Request::Odoo { call, reply } => odoo.push(Asked::new(call, reply)),
                Request::Own { command, reply } => own.push((command, reply)),
                Request::Present { reply } => {
                    reply.send(self.audience.connected(now_ms())).ok();
                }
                Request::Records { change } => self.audience.tell_all(&ServerMessage::Records { change }),
                Request::Native(request) => native.push(request),
            }
            let taken = odoo.len() + own.len() + native.len();
            next = if taken < BATCH_MAX { self.waiting.try_recv().ok() } else { None };
        }
        metrics::histogram!("tillsync_batch_requests").record((odoo.len() + own.len() + native.len()) as f64);
        for (command, reply) in own {
            let outcome = self.take_own(&command).await;
            reply.send(outcome.map(drop)).ok();
        }
        self.take_native(native).await;
        self.take_odoo(odoo).await;
    }

    async fn take_odoo(&mut self, mut batch: Vec<Asked>) {
        // A browser that loses a connection sends the same request again, perhaps while the first is waiting
        // here: the second waits for what becomes of the first.
        let mut asked_now = HashSet::new();
        let twins = extract(&mut batch, |asked| !asked_now.insert(asked.id.clone()));
        let repeated = extract(&mut batch, |asked| self.known.contains(&asked.id));
        for asked in repeated {
            self.answer_again(asked).await;
        }
        self.land_or_fail(batch).await;
        if !twins.is_empty() {
            Box::pin(self.take_odoo(twins)).await;
        }
    }

    async fn land_or_fail(&mut self, mut batch: Vec<Asked>) {
        if batch.is_empty() {
            return;
        }
        if let Err(error) = self.land(&mut batch).await {
            self.failed(&error);
            let text = match error {
                StoreError::Full(_) => {
                    "the Sync Server's disk is full; make room, tills go on offline meanwhile"
                }
                _ => "the Sync Server cannot write now; the till tries again by itself",
            };
            for asked in batch {
                asked.reply.send(Err(WireError::unavailable(text))).ok();
            }
        }
    }

    /// Judges a batch, lands it, answers it. On an error nothing has changed and nobody has been answered.
    async fn land(&mut self, batch: &mut Vec<Asked>) -> Result<(), StoreError> {
        for _ in 0..STALE_MAX {
            for asked in batch.iter() {
                self.seat(asked.call.message.head.pos_id).await?;
            }
            self.book.begin_batch();
            for asked in batch.iter() {
                self.supply(&asked.call).await?;
            }
            let mut scratch = self.book.clone();
            let mut judged: Vec<Judged> = Vec::new();
            let now = now_ms();
            {
                let desk = self.front.desk();
                for asked in batch.iter() {
                    let sight = desk.0.sight(now);
                    judged.push(scratch.judge(&asked.call, asked.id.clone(), &sight, now));
                }
            }
            let append = self.append_of(&scratch, &judged);
            let landed = match append {
                None => Ok(Appended::Landed),
                Some(append) => self.append(append).await,
            };
            match landed {
                Ok(Appended::Landed) => {
                    self.gone.clear();
                    self.book = scratch;
                    self.answer(std::mem::take(batch), judged, now);
                    return Ok(());
                }
                Ok(Appended::Stale) => {
                    self.catch_up().await?;
                    self.answer_landed(batch).await?;
                }
                Err(StoreError::Unknown(text)) => {
                    tracing::warn!(room = %self.id, text, "the outcome of a write is unknown; looking into the log");
                    self.catch_up().await?;
                    self.answer_landed(batch).await?;
                }
                Err(error) => return Err(error),
            }
            if batch.is_empty() {
                return Ok(());
            }
        }
        Err(StoreError::Busy)
    }

    pub(super) async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        let began = Instant::now();
        let landed = self.store.append(append).await;
        match &landed {
            Ok(Appended::Landed) => self.ailing.wrote(),
            Err(error @ (StoreError::Full(_) | StoreError::Fatal(_) | StoreError::Damaged(_))) => {
                self.ailing.did_not_write(error);
            }
            // The next one may be written.
            Ok(Appended::Stale) | Err(StoreError::Unknown(_) | StoreError::Failed(_) | StoreError::Busy) => {}
        }
        metrics::histogram!("tillsync_commit_seconds").record(began.elapsed().as_secs_f64());
        landed
    }

    /// The batch as the store takes it; none if there is nothing to write.
    fn append_of(&self, scratch: &Book, judged: &[Judged]) -> Option<Append> {
        let events: Vec<Event> = judged.iter().filter_map(|judged| judged.event.clone()).collect();
        let rows = self.gone.iter().chain(judged.iter().flat_map(|judged| &judged.rows));
        let side: Vec<SideRow> = rows.map(side_row).collect();
        if events.is_empty() && side.is_empty() {
            return None;
        }
        let mut touched: Vec<OrderUid> = events.iter().flat_map(MultiSession::touched_by).collect();
        touched.sort();
        touched.dedup();
        let answer = |judged: &Judged| {
            let plan = judged.plan.as_ref().ok()?;
            let answer = serde_json::to_value(plan).ok()?;
            judged.event.is_some().then(|| StoredAnswer { command: judged.id.clone(), answer })
        };
        Some(Append {
            room: self.id.clone(),
            expected_seq: self.book.state.seq,
            orders: touched.iter().filter_map(|uid| scratch.state.order(uid)).collect(),
            summary: scratch.state.summary(),
            answers: judged.iter().filter_map(answer).collect(),
            events,
            side,
        })
    }

    /// Answers a batch that is on disk, and tells the tills.
    fn answer(&mut self, batch: Vec<Asked>, judged: Vec<Judged>, now: u64) {
        let state = Arc::new(self.book.state.clone());
        let mut replies = Vec::new();
        {
            let mut desk = self.front.desk();
            desk.1 = state.clone();
            for (asked, judged) in batch.into_iter().zip(judged) {
                if let Some(event) = &judged.event {
                    attention::log(&self.id, event);
                    self.known.insert(judged.id.clone());
                    self.closed.extend(event.changes.iter().filter_map(closes).cloned());
                    self.audience.publish(event, &state);
                }
                count(&asked.call, &judged);
                replies.push((asked.reply, desk.0.settle(&self.book, &asked.call.message, &judged, now)));
            }
        }
        for (reply, result) in replies {
            // Whoever asked may be gone; what it asked is on disk all the same.
            reply.send(result).ok();
        }
        self.forget_long_closed();
    }

    /// Tells everyone of an event that is on disk. `state` is the one after it, or a later one.
    pub(super) fn told(&mut self, state: &Arc<MultiSession>, event: &Event, now: u64) {
        attention::log(&self.id, event);
        self.closed.extend(event.changes.iter().filter_map(closes).cloned());
        {
            let mut desk = self.front.desk();
            desk.1 = state.clone();
            desk.0.announce(state, event, now);
        }
        self.front.count(now);
        self.audience.publish(event, state);
    }

    /// Orders that were closed long ago are read from the store when something comes for them after all.
    pub(super) fn forget_long_closed(&mut self) {
        while self.closed.len() > CLOSED_IN_MEMORY_MAX {
            let Some(uid) = self.closed.pop_front() else { return };
            self.gone.extend(self.book.forget_closed(&uid));
            self.front.desk().0.forget_order(&uid);
        }
    }

    /// Takes a command of the server's own; what it came to.
    pub(super) async fn take_own(&mut self, command: &Command) -> Result<Answer, OwnError> {
        for uid in command.actions.iter().flat_map(Action::orders) {
            self.supply_order(uid).await?;
        }
        let mut command = command.clone();
        for action in &mut command.actions {
            if let Action::JoinPos(join) = action
                && !self.book.state.poses.contains_key(&join.pos)
            {
                join.receipts = self.receipts_elsewhere(join.pos).await?;
            }
        }
        let command = &command;
        for _ in 0..STALE_MAX {
            let decision = decide(&self.book.state, command, now_ms())?;
            if decision.event.changes.is_empty() {
                return Ok(decision.answer);
            }
            let mut scratch = self.book.clone();
            scratch.follow(&decision.event);
            let touched = MultiSession::touched_by(&decision.event);
            let append = Append {
                room: self.id.clone(),
                expected_seq: self.book.state.seq,
                events: vec![decision.event.clone()],
                orders: touched.iter().filter_map(|uid| scratch.state.order(uid)).collect(),
                summary: scratch.state.summary(),
                answers: vec![StoredAnswer { command: command.id.clone(), answer: Value::Null }],
                side: Vec::new(),
            };
            match self.append(append).await {
                Ok(Appended::Landed) => {
                    self.book = scratch;
                    let state = Arc::new(self.book.state.clone());
                    self.told(&state, &decision.event, now_ms());
                    return Ok(decision.answer);
                }
                Ok(Appended::Stale) | Err(StoreError::Unknown(_)) => {
                    self.catch_up().await?;
                    if self.store.answer(&self.id, &command.id).await?.is_some() {
                        // It landed, and what it came to is not known any more.
                        return match command.actions.iter().any(|action| matches!(action, Action::LogIn(_))) {
                            true => Err(StoreError::Busy.into()),
                            false => Ok(Answer::default()),
                        };
                    }
                }
                Err(error) => {
                    self.failed(&error);
                    return Err(error.into());
                }
            }
        }
        Err(StoreError::Busy.into())
    }

    pub(super) fn failed(&self, error: &StoreError) {
        self.ailing.log(&self.id, error);
        if matches!(error, StoreError::Fatal(_)) && self.on_fatal == OnFatal::Abort {
            tracing::error!("the process ends; after a restart the log on disk is read again");
            std::process::abort();
        }
    }
}

/// A message that waits for its answer.
pub(super) struct Asked {
    pub(super) call: Box<UpdateCall>,
    pub(super) id: CommandId,
    pub(super) reply: oneshot::Sender<Reply>,
}

impl Asked {
    fn new(call: Box<UpdateCall>, reply: oneshot::Sender<Reply>) -> Self {
        Self { id: command_id(&call), call, reply }
    }
}

fn extract<T>(items: &mut Vec<T>, mut wanted: impl FnMut(&T) -> bool) -> Vec<T> {
    let (taken, left) = std::mem::take(items).into_iter().partition(|item| wanted(item));
    *items = left;
    taken
}

fn side_row(row: &ShadowRow) -> SideRow {
    SideRow { kind: shadow::KIND.into(), key: row.key.clone(), value: row.value.clone() }
}

fn closes(change: &Change) -> Option<&OrderUid> {
    match change {
        Change::Paid { order, .. } | Change::Deleted { order, .. } => Some(order),
        _ => None,
    }
}

fn count(call: &UpdateCall, judged: &Judged) {
    let action = match &call.message.body {
        Body::UpdateOrder(_) => "update_order",
        Body::RemoveOrder(_) => "remove_order",
        Body::SyncAll(_) => "sync_all",
        Body::Relay => "other",
    };
    let outcome = match &judged.plan {
        Ok(Plan::Merged { .. }) => "merged",
        Ok(Plan::Gone { .. }) => "gone",
        Ok(_) => "accepted",
        Err(_) => "refused",
    };
    metrics::counter!("tillsync_messages_total", "action" => action, "outcome" => outcome).increment(1);
}
