//! A store that fails on demand, with keys: what a server can be started on.

use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use tillsync_core::event::Event;
use tillsync_core::id::{CommandId, OrderUid};
use tillsync_core::multi_session::Summary;
use tillsync_core::order::Order;
use tillsync_store::faulty::FaultyStore;
use tillsync_store::lists::{ListStore, Page, Session, Wanted, WantedRecords, WantedSessions};
use tillsync_store::sqlite::SqliteStore;
use tillsync_store::{
    Append, Appended, Closed, Key, KeyStore, Loaded, NewKey, Record, RecordChange, RecordStore, Records,
    RecordsChanged, Result, RoomId, Store,
};
use tokio::sync::watch;

/// A [`FaultyStore`] that has the keys of the store that it wraps, and that panics on demand when it is read.
pub struct Faulty {
    pub faults: FaultyStore<SqliteStore>,
    /// The next look for the answer to a command panics.
    pub panics: std::sync::atomic::AtomicBool,
}

impl Faulty {
    pub fn new(inner: Arc<SqliteStore>) -> Self {
        Self { faults: FaultyStore::new(inner), panics: Default::default() }
    }
}

#[async_trait]
impl Store for Faulty {
    async fn append(&self, batch: Append) -> Result<Appended> {
        let panics = self.panics.swap(false, std::sync::atomic::Ordering::SeqCst);
        assert!(!panics, "a scripted panic");
        self.faults.append(batch).await
    }
    async fn append_together(&self, batches: Vec<Append>) -> Result<Appended> {
        self.faults.append_together(batches).await
    }
    async fn load(&self, room: &RoomId) -> Result<Option<Loaded>> {
        self.faults.load(room).await
    }
    async fn summary(&self, room: &RoomId) -> Result<Option<Summary>> {
        self.faults.summary(room).await
    }
    async fn tail(&self, room: &RoomId, after: u64, max: usize) -> Result<Vec<Event>> {
        self.faults.tail(room, after, max).await
    }
    async fn order(&self, room: &RoomId, uid: &OrderUid) -> Result<Option<Order>> {
        self.faults.order(room, uid).await
    }
    async fn history(&self, room: &RoomId, uid: &OrderUid, after: u64, max: usize) -> Result<Vec<Event>> {
        self.faults.history(room, uid, after, max).await
    }
    async fn closed(&self, room: &RoomId, wanted: &Closed) -> Result<Vec<Order>> {
        self.faults.closed(room, wanted).await
    }
    async fn answer(&self, room: &RoomId, command: &CommandId) -> Result<Option<Value>> {
        self.faults.answer(room, command).await
    }
    async fn side(&self, room: &RoomId, kind: &str, prefix: &str) -> Result<Vec<(String, Value)>> {
        self.faults.side(room, kind, prefix).await
    }
    async fn rooms(&self) -> Result<Vec<RoomId>> {
        self.faults.rooms().await
    }
    async fn next_session_id(&self, database: &str) -> Result<u32> {
        self.faults.next_session_id(database).await
    }
    async fn server_id(&self) -> Result<String> {
        self.faults.server_id().await
    }
    async fn epoch(&self) -> Result<u64> {
        self.faults.epoch().await
    }
    async fn begin_epoch(&self) -> Result<u64> {
        self.faults.begin_epoch().await
    }
    fn changed_elsewhere(&self) -> watch::Receiver<u64> {
        self.faults.changed_elsewhere()
    }
}

#[async_trait]
impl KeyStore for Faulty {
    async fn add_key(&self, key: NewKey, secret_hash: &str) -> Result<Key> {
        self.faults.inner().add_key(key, secret_hash).await
    }
    async fn keys(&self) -> Result<Vec<Key>> {
        self.faults.inner().keys().await
    }
    async fn remove_key(&self, id: i64, removed_ms: u64) -> Result<Option<Key>> {
        self.faults.inner().remove_key(id, removed_ms).await
    }
    async fn key_by_hash(&self, secret_hash: &str) -> Result<Option<Key>> {
        self.faults.inner().key_by_hash(secret_hash).await
    }
}

#[async_trait]
impl ListStore for Faulty {
    async fn past(&self, database: &str, wanted: &Wanted) -> Result<Page> {
        self.faults.inner().past(database, wanted).await
    }
    async fn changed_ms(&self, room: &RoomId, uids: &[OrderUid]) -> Result<Vec<u64>> {
        self.faults.inner().changed_ms(room, uids).await
    }
    async fn sessions(&self, database: &str, wanted: &WantedSessions) -> Result<Vec<Session>> {
        self.faults.inner().sessions(database, wanted).await
    }
    async fn session(&self, database: &str, id: u32) -> Result<Option<Session>> {
        self.faults.inner().session(database, id).await
    }
    async fn records_page(&self, database: &str, wanted: &WantedRecords) -> Result<(Vec<Record>, u64)> {
        self.faults.inner().records_page(database, wanted).await
    }
}

#[async_trait]
impl RecordStore for Faulty {
    async fn records(&self, database: &str, kinds: &[&str], after: u64) -> Result<Records> {
        self.faults.inner().records(database, kinds, after).await
    }
    async fn record(&self, database: &str, kind: &str, id: i64) -> Result<Option<Record>> {
        self.faults.inner().record(database, kind, id).await
    }
    async fn change_records(&self, database: &str, changes: Vec<RecordChange>) -> Result<RecordsChanged> {
        self.faults.inner().change_records(database, changes).await
    }
}
