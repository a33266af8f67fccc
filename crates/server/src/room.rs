//! A multi-session at work, seen from outside: what it can be asked, and what polls need of it.
//!
//! Behind it is one task ([`task`]) that takes what waits as a batch, judges it, lands it in the store, then answers
//! and tells the tills.

pub mod audience;
mod catching_up;
mod joining;
mod known;
pub mod native;
mod pace;
mod task;

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tillsync_core::command::Command;
use tillsync_core::id::OrderUid;
use tillsync_core::multi_session::MultiSession;
use tillsync_core::protocol::Present;
use tillsync_core::refusal::Refusal;
use tillsync_odoo::book::Book;
use tillsync_odoo::desk::Desk;
use tillsync_odoo::error::WireError;
use tillsync_odoo::message::UpdateCall;
use tillsync_odoo::shadow::{self, Shadows};
use tillsync_store::{RoomId, Store, StoreError};
use tokio::sync::{Notify, mpsc, oneshot};

use self::audience::{Audience, Connected};
use self::known::Known;
use self::native::NativeRequest;
use self::pace::Pace;
use self::task::RoomTask;
use crate::ailing::Ailing;
use crate::clock::now_ms;
use crate::config::{OnFatal, ROOM_WAITING_MAX};

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
    /// Something that a till of our own wants.
    Native(NativeRequest),
    /// The shop's records have changed.
    Records {
        /// The number of the change.
        change: u64,
    },
    /// Who is there.
    Present {
        /// Takes the tills of our own that are connected.
        reply: oneshot::Sender<Vec<Connected>>,
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

/// Which server, and which epoch of its logs.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Identity {
    /// The store's id.
    pub server: Arc<str>,
    /// The epoch.
    pub epoch: u64,
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
    pace: Mutex<Pace>,
}

impl Room {
    /// Opens a room: reads what the store has of it. With the room comes its task, for the caller to spawn; it ends
    /// when the last of the room's handles is gone.
    pub async fn open(
        id: RoomId,
        store: Arc<dyn Store>,
        identity: Arc<Identity>,
        ailing: Arc<Ailing>,
        on_fatal: OnFatal,
    ) -> Result<(Self, impl Future<Output = ()> + Send + use<>), StoreError> {
        let loaded = store.load(&id).await?;
        let known = Known::new(loaded.iter().flat_map(|loaded| loaded.commands.iter().cloned()));
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
            pace: Mutex::default(),
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
            identity,
            ailing,
            audience: Audience::default(),
            tills: HashMap::new(),
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

    /// The tills of our own that are connected.
    pub async fn present(&self) -> Vec<Present> {
        self.connected().await.into_iter().map(|connected| connected.present).collect()
    }

    /// The same, with what only the server knows of them.
    pub async fn connected(&self) -> Vec<Connected> {
        let (reply, answer) = oneshot::channel();
        match self.requests.send(Request::Present { reply }).await {
            Ok(()) => answer.await.unwrap_or_default(),
            Err(_) => Vec::new(),
        }
    }

    /// Has the room tell its tills that records have changed. Where too much waits they find out by themselves.
    pub fn records_changed(&self, change: u64) {
        self.requests.try_send(Request::Records { change }).ok();
    }

    /// Updates in each of the last minutes, oldest first.
    pub fn pace(&self, now_ms: u64) -> Vec<u32> {
        self.front.pace().minutes(now_ms)
    }

    /// Asks the room for what a till of our own wants; waits while much is waiting. False if the room is gone.
    pub async fn native(&self, request: NativeRequest) -> bool {
        self.requests.send(Request::Native(request)).await.is_ok()
    }

    /// The same without waiting; gives the request back if that is not possible.
    pub fn native_now(&self, request: NativeRequest) -> Result<(), NativeRequest> {
        self.requests.try_send(Request::Native(request)).map_err(|refused| match refused.into_inner() {
            Request::Native(request) => request,
            Request::Odoo { .. }
            | Request::Own { .. }
            | Request::Present { .. }
            | Request::Records { .. } => {
                unreachable!("it was a till's")
            }
        })
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

    fn pace(&self) -> MutexGuard<'_, Pace> {
        self.pace.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an event.
    fn count(&self, now_ms: u64) {
        self.pace().count(now_ms);
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
