//! A multi-session at work: one task that takes what waits as a batch, judges it, lands it in the store, then
//! answers and tells the tills.
//!
//! One batch is in flight at a time. The state evolves after the commit, never before, and whoever waits is
//! answered after it. When the log has grown meanwhile, or the outcome of a commit is unknown, the room looks
//! into the log before it does anything again.

use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use serde_json::Value;
use tillsync_core::command::{Command, decide};
use tillsync_core::event::{Change, Event};
use tillsync_core::id::{CommandId, OrderUid};
use tillsync_core::multi_session::MultiSession;
use tillsync_core::refusal::Refusal;
use tillsync_odoo::book::{Book, Judged, Missing};
use tillsync_odoo::desk::Desk;
use tillsync_odoo::error::WireError;
use tillsync_odoo::interpret::command_id;
use tillsync_odoo::message::{Body, UpdateCall};
use tillsync_odoo::plan::Plan;
use tillsync_odoo::shadow::{self, ShadowRow, Shadows};
use tillsync_store::{Append, Appended, RoomId, SideRow, Store, StoreError, StoredAnswer};
use tokio::sync::{Notify, mpsc, oneshot};

use crate::attention;
use crate::clock::now_ms;
use crate::config::{BATCH_MAX, OnFatal, ROOM_WAITING_MAX};

/// How often a batch is judged anew because the log grew under it.
const STALE_MAX: usize = 20;

/// Events that are read from the log at a time.
const TAIL_MAX: usize = 1_000;

/// Closed orders that a room keeps in memory.
const CLOSED_IN_MEMORY_MAX: usize = 2_000;

/// Events of one order that are read to rebuild a former version.
const HISTORY_MAX: usize = 5_000;

/// What came of a request.
pub type Reply = Result<String, WireError>;

/// Something that a room is asked.
pub enum Request {
    /// A message of an Odoo till.
    Odoo {
        /// The message.
        call: Box<UpdateCall>,
        /// Takes the JSON text of the result.
        reply: oneshot::Sender<Reply>,
    },
    /// A command of the server itself.
    Own {
        /// The command.
        command: Box<Command>,
        /// Takes the outcome.
        reply: oneshot::Sender<Result<(), OwnError>>,
    },
}

/// Why a command of the server's own was not taken.
#[derive(Debug, thiserror::Error)]
pub enum OwnError {
    /// The rules refuse it.
    #[error(transparent)]
    Refused(#[from] Refusal),
    /// The store failed.
    #[error(transparent)]
    Store(#[from] StoreError),
}

/// A room, seen from outside.
#[derive(Clone)]
pub struct Room {
    /// Which multi-session.
    pub id: RoomId,
    requests: mpsc::Sender<Request>,
    front: Arc<Front>,
}

/// What polls need of a room, without going through its task.
struct Front {
    desk: Mutex<(Desk, Arc<MultiSession>)>,
    bells: Mutex<HashMap<i64, Arc<Notify>>>,
}

impl Room {
    /// Opens a room: reads what the store has of it. With the room comes its task, for the caller to spawn; it ends
    /// when the last of the room's handles is gone.
    pub async fn open(
        id: RoomId,
        store: Arc<dyn Store>,
        on_fatal: OnFatal,
    ) -> Result<(Self, impl Future<Output = ()> + Send + use<>), StoreError> {
        let loaded = store.load(&id).await?;
        let known =
            loaded.as_ref().map(|loaded| loaded.commands.iter().cloned().collect()).unwrap_or_default();
        let rows = store.side(&id, shadow::KIND, "").await?;
        let state = match loaded {
            Some(loaded) => MultiSession::from_parts(loaded.summary, loaded.orders),
            None => MultiSession::default(),
        };
        let mut shadows = Shadows::load(rows);
        let stray: Vec<OrderUid> =
            shadows.orders().filter(|uid| !state.orders.contains_key(*uid)).cloned().collect();
        let gone = stray.iter().flat_map(|uid| shadows.forget(uid)).collect();
        let closed =
            state.orders.values().filter(|order| order.state.is_closed()).map(|order| order.uid.clone());
        let closed = closed.collect();
        let desk = Desk::new(&state, now_ms());
        let front = Arc::new(Front {
            desk: Mutex::new((desk, Arc::new(state.clone()))),
            bells: Mutex::new(HashMap::new()),
        });
        let (requests, waiting) = mpsc::channel(ROOM_WAITING_MAX);
        let task = RoomTask {
            id: id.clone(),
            store,
            on_fatal,
            book: Book::new(state, shadows),
            known,
            gone,
            closed,
            front: front.clone(),
            waiting,
        };
        Ok((Self { id, requests, front }, task.run()))
    }

    /// Whether the room's task is gone: then the room has to be opened anew.
    pub fn is_closed(&self) -> bool {
        self.requests.is_closed()
    }

    /// Resolves when the room's task is gone.
    pub async fn closed(&self) {
        self.requests.closed().await;
    }

    /// Asks the room for what an Odoo till wants.
    pub async fn odoo(&self, call: UpdateCall) -> Reply {
        let (reply, answer) = oneshot::channel();
        let request = Request::Odoo { call: Box::new(call), reply };
        self.requests.try_send(request).map_err(|_| {
            WireError::unavailable("too many requests are waiting; the till tries again by itself")
        })?;
        answer.await.unwrap_or_else(|_| Err(WireError::unavailable("the server is stopping")))
    }

    /// Has the room take a command of the server's own.
    pub async fn own(&self, command: Command) -> Result<(), OwnError> {
        let (reply, answer) = oneshot::channel();
        let request = Request::Own { command: Box::new(command), reply };
        let busy = || OwnError::Store(StoreError::Busy);
        self.requests.send(request).await.map_err(|_| busy())?;
        answer.await.map_err(|_| busy())?
    }

    /// The desk and the state that tills are told of.
    pub fn desk(&self) -> MutexGuard<'_, (Desk, Arc<MultiSession>)> {
        self.front.desk()
    }

    /// The bell of a POS: rung when there is something for its polls.
    pub fn bell(&self, pos: i64) -> Arc<Notify> {
        self.front.bell(pos)
    }

    /// Rings the bells of the POSes that have news.
    pub fn ring(&self) {
        self.front.ring();
    }
}

impl Front {
    fn desk(&self) -> MutexGuard<'_, (Desk, Arc<MultiSession>)> {
        // A poll that panicked left the desk as it was between two steps; the worst is a message told twice.
        self.desk.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn bell(&self, pos: i64) -> Arc<Notify> {
        self.bells.lock().unwrap_or_else(PoisonError::into_inner).entry(pos).or_default().clone()
    }

    fn ring(&self) {
        let rung = self.desk().0.take_rung();
        let bells = self.bells.lock().unwrap_or_else(PoisonError::into_inner);
        for bell in rung.iter().filter_map(|pos| bells.get(pos)) {
            bell.notify_waiters();
        }
    }
}

struct RoomTask {
    id: RoomId,
    store: Arc<dyn Store>,
    on_fatal: OnFatal,
    book: Book,
    /// Commands that have an answer in the store.
    known: HashSet<CommandId>,
    /// Rows that the next batch takes from the store.
    gone: Vec<ShadowRow>,
    /// Closed orders that are in memory, longest closed first.
    closed: VecDeque<OrderUid>,
    front: Arc<Front>,
    waiting: mpsc::Receiver<Request>,
}

impl RoomTask {
    async fn run(mut self) {
        let mut elsewhere = self.store.changed_elsewhere();
        // What was written since the room read its state.
        self.look_at_the_log().await;
        loop {
            let due = self.front.desk().0.next_tick_ms();
            let pause = due.map_or(Duration::from_secs(3_600), |due| {
                Duration::from_millis(due.saturating_sub(now_ms()).max(10))
            });
            tokio::select! {
                first = self.waiting.recv() => match first {
                    None => return,
                    Some(first) => self.take_batch(first).await,
                },
                Ok(()) = elsewhere.changed() => self.look_at_the_log().await,
                () = tokio::time::sleep(pause) => self.front.desk().0.tick(now_ms()),
            }
            self.front.ring();
        }
    }

    /// Another process may have written: what is in the log and not in the book is followed and told.
    async fn look_at_the_log(&mut self) {
        match self.catch_up().await {
            Ok(()) => {}
            Err(error) => tracing::warn!(room = %self.id, %error, "the log could not be read"),
        }
    }

    async fn take_batch(&mut self, first: Request) {
        let mut odoo = Vec::new();
        let mut own = Vec::new();
        let mut next = Some(first);
        while let Some(request) = next {
            match request {
                Request::Odoo { call, reply } => odoo.push(Asked::new(call, reply)),
                Request::Own { command, reply } => own.push((command, reply)),
            }
            next = if odoo.len() + own.len() < BATCH_MAX { self.waiting.try_recv().ok() } else { None };
        }
        metrics::histogram!("tillsync_batch_requests").record((odoo.len() + own.len()) as f64);
        for (command, reply) in own {
            let outcome = self.take_own(&command).await;
            reply.send(outcome).ok();
        }
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

    async fn append(&self, append: Append) -> Result<Appended, StoreError> {
        let began = Instant::now();
        let landed = self.store.append(append).await;
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

    /// Orders that were closed long ago are read from the store when something comes for them after all.
    fn forget_long_closed(&mut self) {
        while self.closed.len() > CLOSED_IN_MEMORY_MAX {
            let Some(uid) = self.closed.pop_front() else { return };
            self.gone.extend(self.book.forget_closed(&uid));
            self.front.desk().0.forget_order(&uid);
        }
    }

    /// Reads what the batch needs and memory lacks.
    async fn supply(&mut self, call: &UpdateCall) -> Result<(), StoreError> {
        for missing in self.book.missing(call) {
            match missing {
                Missing::Order(uid) => {
                    if let Some(order) = self.store.order(&self.id, &uid).await? {
                        if order.state.is_closed() {
                            self.closed.push_back(uid);
                        }
                        self.book.supply_order(order);
                        Box::pin(self.supply(call)).await?;
                    }
                }
                Missing::Version(uid, revision) => {
                    let history = self.store.history(&self.id, &uid, 0, HISTORY_MAX).await?;
                    self.book.supply_version(&uid, revision, &history);
                }
            }
        }
        Ok(())
    }

    /// Follows what is in the log and not in the book, and tells the tills.
    async fn catch_up(&mut self) -> Result<(), StoreError> {
        loop {
            let events = self.store.tail(&self.id, self.book.state.seq, TAIL_MAX).await?;
            if events.is_empty() {
                return Ok(());
            }
            for event in &events {
                for uid in MultiSession::touched_by(event) {
                    if self.book.state.order(&uid).is_none()
                        && let Some(order) = self.store.order(&self.id, &uid).await?
                        && !event.changes.iter().any(|change| registers(change, &uid))
                    {
                        self.book.supply_order(order);
                    }
                }
                self.book.follow(event);
                attention::log(&self.id, event);
                self.known.insert(event.command.clone());
            }
            let state = Arc::new(self.book.state.clone());
            let mut desk = self.front.desk();
            desk.1 = state.clone();
            for event in &events {
                desk.0.announce(&state, event, now_ms());
            }
        }
    }

    /// Of a batch that may have landed after all: answers those whose commands are in the store.
    async fn answer_landed(&mut self, batch: &mut Vec<Asked>) -> Result<(), StoreError> {
        let mut landed = Vec::new();
        for (at, asked) in batch.iter().enumerate() {
            if self.store.answer(&self.id, &asked.id).await?.is_some() {
                landed.push(at);
            }
        }
        for at in landed.into_iter().rev() {
            let asked = batch.remove(at);
            self.known.insert(asked.id.clone());
            self.answer_again(asked).await;
        }
        Ok(())
    }

    /// A command that was taken before gets the answer that it got.
    async fn answer_again(&mut self, asked: Asked) {
        let plan = match self.store.answer(&self.id, &asked.id).await {
            Ok(Some(answer)) => serde_json::from_value::<Plan>(answer).ok(),
            Ok(None) => None,
            Err(error) => {
                self.failed(&error);
                let text = "the Sync Server cannot read now; the till tries again by itself";
                asked.reply.send(Err(WireError::unavailable(text))).ok();
                return;
            }
        };
        let plan = plan.unwrap_or(match &asked.call.message.body {
            // Taken by another process, or so long ago that the answer was dropped: the order as it stands.
            Body::UpdateOrder(sent) => Plan::AsItStands { order: sent.uid.clone() },
            Body::RemoveOrder(_) | Body::SyncAll(_) | Body::Relay => {
                Plan::LastNumber { run: asked.call.message.head.run }
            }
        });
        let head = &asked.call.message.head;
        let result = self.front.desk().0.answer(&self.book, head, &plan, now_ms());
        asked.reply.send(Ok(result)).ok();
    }

    async fn take_own(&mut self, command: &Command) -> Result<(), OwnError> {
        for _ in 0..STALE_MAX {
            let decision = decide(&self.book.state, command, now_ms())?;
            if decision.event.changes.is_empty() {
                return Ok(());
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
                    let mut desk = self.front.desk();
                    desk.1 = state.clone();
                    desk.0.announce(&state, &decision.event, now_ms());
                    return Ok(());
                }
                Ok(Appended::Stale) | Err(StoreError::Unknown(_)) => {
                    self.catch_up().await?;
                    if self.store.answer(&self.id, &command.id).await?.is_some() {
                        return Ok(());
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

    fn failed(&self, error: &StoreError) {
        tracing::error!(room = %self.id, %error, "the store failed");
        metrics::counter!("tillsync_store_errors_total").increment(1);
        if matches!(error, StoreError::Fatal(_)) && self.on_fatal == OnFatal::Abort {
            tracing::error!("the process ends; after a restart the log on disk is read again");
            std::process::abort();
        }
    }
}

/// A message that waits for its answer.
struct Asked {
    call: Box<UpdateCall>,
    id: CommandId,
    reply: oneshot::Sender<Reply>,
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

fn registers(change: &Change, uid: &OrderUid) -> bool {
    matches!(change, Change::Registered(registered) if registered.order == *uid)
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
