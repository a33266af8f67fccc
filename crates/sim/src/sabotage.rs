//! Rules broken on purpose: a simulator that never fails proves nothing.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use async_trait::async_trait;
use serde_json::Value;
use tillsync_core::event::Event;
use tillsync_core::id::{CommandId, OrderUid};
use tillsync_core::multi_session::Summary;
use tillsync_core::order::Order;
use tillsync_store::{Append, Appended, Loaded, Result, RoomId, Store};
use tokio::sync::watch;

/// Which rule is broken.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum Sabotage {
    /// None.
    #[default]
    Nothing,
    /// The server answers before what it answers is on disk: now and then nothing lands (A5).
    AckBeforeAppend,
    /// A till sends what was not answered again under a new id (A4).
    NewIdEachTime,
    /// A till is not told of an event, and does not look for holes (A7).
    LostEvent,
    /// A till does not keep its outbox through a restart of its own (W11).
    ForgetfulTill,
}

/// A store that says that a batch has landed, and now and then has not written it.
pub struct LyingStore<S> {
    inner: Arc<S>,
    appends: AtomicU64,
}

impl<S> LyingStore<S> {
    /// Lies about every seventh append.
    pub fn new(inner: Arc<S>) -> Self {
        Self { inner, appends: AtomicU64::new(0) }
    }
}

#[async_trait]
impl<S: Store> Store for LyingStore<S> {
    async fn append(&self, batch: Append) -> Result<Appended> {
        match self.appends.fetch_add(1, Ordering::Relaxed) % 7 {
            6 => Ok(Appended::Landed),
            _ => self.inner.append(batch).await,
        }
    }

    async fn append_together(&self, batches: Vec<Append>) -> Result<Appended> {
        self.inner.append_together(batches).await
    }

    async fn load(&self, room: &RoomId) -> Result<Option<Loaded>> {
        self.inner.load(room).await
    }

    async fn summary(&self, room: &RoomId) -> Result<Option<Summary>> {
        self.inner.summary(room).await
    }

    async fn tail(&self, room: &RoomId, after: u64, max: usize) -> Result<Vec<Event>> {
        self.inner.tail(room, after, max).await
    }

    async fn order(&self, room: &RoomId, uid: &OrderUid) -> Result<Option<Order>> {
        self.inner.order(room, uid).await
    }

    async fn history(&self, room: &RoomId, uid: &OrderUid, after: u64, max: usize) -> Result<Vec<Event>> {
        self.inner.history(room, uid, after, max).await
    }

    async fn answer(&self, room: &RoomId, command: &CommandId) -> Result<Option<Value>> {
        self.inner.answer(room, command).await
    }

    async fn side(&self, room: &RoomId, kind: &str, prefix: &str) -> Result<Vec<(String, Value)>> {
        self.inner.side(room, kind, prefix).await
    }

    async fn rooms(&self) -> Result<Vec<RoomId>> {
        self.inner.rooms().await
    }

    async fn next_session_id(&self, database: &str) -> Result<u32> {
        self.inner.next_session_id(database).await
    }

    async fn server_id(&self) -> Result<String> {
        self.inner.server_id().await
    }

    async fn epoch(&self) -> Result<u64> {
        self.inner.epoch().await
    }

    async fn begin_epoch(&self) -> Result<u64> {
        self.inner.begin_epoch().await
    }

    fn changed_elsewhere(&self) -> watch::Receiver<u64> {
        self.inner.changed_elsewhere()
    }
}
