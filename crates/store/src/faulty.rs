//! A store that fails on demand: for tests of what stands on a store.
//!
//! It passes everything on to another store, except that appends meet what was scripted for them. An append is a
//! call of [`Store::append`] or [`Store::append_together`]; they are counted from 1.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde_json::Value;
use tillsync_core::event::Event;
use tillsync_core::id::{CommandId, OrderUid};
use tillsync_core::multi_session::Summary;
use tillsync_core::order::Order;
use tokio::sync::watch;

use crate::{Append, Appended, Closed, Loaded, Result, RoomId, Store, StoreError};

/// What an append meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Fault {
    /// It is [`Appended::Stale`], although the log has not grown. Nothing is written.
    Stale,
    /// It fails, and nothing is written.
    Fails,
    /// The disk is full. Nothing is written.
    Full,
    /// The store is busy. Nothing is written.
    Busy,
    /// The disk fails, nothing is written, and the process should stop.
    Fatal,
    /// It lands, and the answer is that this is unknown.
    LandsUnknown,
    /// It does not land, and the answer is that this is unknown.
    LostUnknown,
    /// It does not land, and the answer is that it has: no store may do that, and who stands on one has to be seen to fail.
    Lies,
    /// It waits for [`FaultyStore::release`], then lands.
    HeldBefore,
    /// It lands, and the answer waits for [`FaultyStore::release`].
    HeldAfter,
}

/// A store that fails on demand.
#[derive(Debug)]
pub struct FaultyStore<S: ?Sized> {
    script: Mutex<Script>,
    held: watch::Sender<Held>,
    inner: Arc<S>,
}

#[derive(Debug, Default)]
struct Script {
    /// Appends that were begun.
    begun: u64,
    /// Appends that landed in the inner store.
    landed: u64,
    /// By the append's number.
    by_number: BTreeMap<u64, Fault>,
    /// For the next append of a room.
    by_room: BTreeMap<RoomId, Fault>,
}

/// Appends that wait to be released.
#[derive(Debug, Default)]
struct Held {
    waiting: usize,
    releases: u64,
}

impl<S: Store + ?Sized> FaultyStore<S> {
    /// Wraps a store; nothing fails yet.
    pub fn new(inner: Arc<S>) -> Self {
        let (script, held) = (Mutex::default(), watch::Sender::new(Held::default()));
        Self { script, held, inner }
    }

    /// Scripts the next append for which nothing is scripted yet: called twice, for the next two.
    pub fn next(&self, fault: Fault) {
        let mut script = self.script();
        let free = (script.begun + 1..).find(|number| !script.by_number.contains_key(number));
        if let Some(number) = free {
            script.by_number.insert(number, fault);
        }
    }

    /// Scripts the n-th append from now on; 1 is the next one.
    pub fn nth(&self, n: u64, fault: Fault) {
        let mut script = self.script();
        let number = script.begun + n;
        script.by_number.insert(number, fault);
    }

    /// Scripts the next append of a room, whatever others do meanwhile.
    pub fn next_of(&self, room: &RoomId, fault: Fault) {
        self.script().by_room.insert(room.clone(), fault);
    }

    /// Lets every append go on that is held.
    pub fn release(&self) {
        self.held.send_modify(|held| held.releases += 1);
    }

    /// Waits until an append is held.
    pub async fn is_holding(&self) {
        // The sender lives as long as this store does.
        let _ = self.held.subscribe().wait_for(|held| held.waiting > 0).await;
    }

    /// Appends that were begun.
    pub fn appends(&self) -> u64 {
        self.script().begun
    }

    /// Appends that landed, whatever the answer was.
    pub fn landed(&self) -> u64 {
        self.script().landed
    }

    /// Scripted faults that no append has met yet.
    pub fn faults_left(&self) -> usize {
        let script = self.script();
        script.by_number.len() + script.by_room.len()
    }

    /// The store that is wrapped.
    pub fn inner(&self) -> &Arc<S> {
        &self.inner
    }

    fn script(&self) -> MutexGuard<'_, Script> {
        self.script.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Counts an append and takes what is scripted for it.
    fn begin(&self, batches: &[Append]) -> Option<Fault> {
        let mut script = self.script();
        script.begun += 1;
        let number = script.begun;
        let of_number = script.by_number.remove(&number);
        of_number.or_else(|| batches.iter().find_map(|batch| script.by_room.remove(&batch.room)))
    }

    async fn land(&self, batches: Vec<Append>) -> Result<Appended> {
        let appended = self.inner.append_together(batches).await?;
        if appended == Appended::Landed {
            self.script().landed += 1;
        }
        Ok(appended)
    }

    async fn hold(&self) {
        let mut releases = self.held.subscribe();
        let mut before = 0;
        self.held.send_modify(|held| {
            held.waiting += 1;
            before = held.releases;
        });
        let _ = releases.wait_for(|held| held.releases > before).await;
        self.held.send_modify(|held| held.waiting -= 1);
    }

    async fn meet(&self, batches: Vec<Append>) -> Result<Appended> {
        let scripted = || "a scripted fault".to_owned();
        match self.begin(&batches) {
            None => self.land(batches).await,
            Some(Fault::Stale) => Ok(Appended::Stale),
            Some(Fault::Fails) => Err(StoreError::Failed(scripted())),
            Some(Fault::Full) => Err(StoreError::Full(scripted())),
            Some(Fault::Busy) => Err(StoreError::Busy),
            Some(Fault::Fatal) => Err(StoreError::Fatal(scripted())),
            Some(Fault::LostUnknown) => Err(StoreError::Unknown(scripted())),
            Some(Fault::LandsUnknown) => match self.land(batches).await? {
                Appended::Landed => Err(StoreError::Unknown(scripted())),
                Appended::Stale => Ok(Appended::Stale),
            },
            Some(Fault::Lies) => Ok(Appended::Landed),
            Some(Fault::HeldBefore) => {
                self.hold().await;
                self.land(batches).await
            }
            Some(Fault::HeldAfter) => {
                let outcome = self.land(batches).await;
                self.hold().await;
                outcome
            }
        }
    }
}

#[async_trait]
impl<S: Store + ?Sized> Store for FaultyStore<S> {
    async fn append(&self, batch: Append) -> Result<Appended> {
        self.meet(vec![batch]).await
    }

    async fn append_together(&self, batches: Vec<Append>) -> Result<Appended> {
        self.meet(batches).await
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

    async fn closed(&self, room: &RoomId, wanted: &Closed) -> Result<Vec<Order>> {
        self.inner.closed(room, wanted).await
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

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use tokio::time::timeout;

    use super::*;
    use crate::suite::memory::Memory;
    use crate::suite::shop::{Shop, create};

    fn store() -> (FaultyStore<dyn Store>, Shop) {
        (FaultyStore::new(Arc::new(Memory::default().store())), Shop::new(1))
    }

    async fn log_length(store: &dyn Store, shop: &Shop) -> usize {
        store.tail(&shop.room, 0, usize::MAX).await.expect("the tail").len()
    }

    #[tokio::test]
    async fn each_fault_is_met_once_and_writes_what_it_says() {
        let failed = |make: fn(String) -> StoreError| Err(make("a scripted fault".into()));
        for (fault, outcome, length) in [
            (Fault::Stale, Ok(Appended::Stale), 0),
            (Fault::Fails, failed(StoreError::Failed), 0),
            (Fault::Full, failed(StoreError::Full), 0),
            (Fault::Busy, Err(StoreError::Busy), 0),
            (Fault::Fatal, failed(StoreError::Fatal), 0),
            (Fault::LostUnknown, failed(StoreError::Unknown), 0),
            (Fault::LandsUnknown, failed(StoreError::Unknown), 1),
        ] {
            let (store, mut shop) = store();
            store.next(fault);
            let batch = shop.does(create("A", 1));
            assert_eq!(store.append(batch.clone()).await, outcome, "{fault:?}");
            assert_eq!(log_length(&store, &shop).await, length, "{fault:?}");
            let again = if length == 1 { Appended::Stale } else { Appended::Landed };
            assert_eq!(store.append(batch).await, Ok(again), "{fault:?}, tried again");
            assert_eq!((store.appends(), store.landed(), store.faults_left()), (2, 1, 0));
        }
    }

    #[tokio::test]
    async fn faults_wait_for_their_append() {
        let (store, mut shop) = store();
        let mut other = Shop::new(2);
        store.next(Fault::Fails);
        store.nth(3, Fault::Full);
        store.next(Fault::Busy);
        store.next_of(&other.room, Fault::Stale);
        assert_eq!(store.faults_left(), 4);
        let batch = shop.does(create("A", 1));
        let mut outcomes = Vec::new();
        for _ in 0..4 {
            outcomes.push(store.append(batch.clone()).await.map_err(|error| error.to_string()));
        }
        let text = |error: &str| Err(format!("{error}a scripted fault"));
        let busy = Err(StoreError::Busy.to_string());
        let expected = [text(""), busy, text("the disk is full: "), Ok(Appended::Landed)];
        assert_eq!(outcomes, expected);
        assert_eq!(store.append(other.does(create("A", 1))).await, Ok(Appended::Stale));
    }

    #[tokio::test]
    async fn what_is_held_waits_for_its_release() {
        for (fault, meanwhile) in [(Fault::HeldBefore, 0), (Fault::HeldAfter, 1)] {
            let (store, mut shop) = store();
            let store = Arc::new(store);
            store.next(fault);
            let appending = tokio::spawn({
                let (store, batch) = (store.clone(), shop.does(create("A", 1)));
                async move { store.append(batch).await }
            });
            let holding = timeout(Duration::from_secs(10), store.is_holding());
            holding.await.expect("the append is held");
            assert_eq!(log_length(&*store, &shop).await, meanwhile, "{fault:?}");
            assert!(!appending.is_finished());
            store.release();
            assert_eq!(appending.await.expect("it ends"), Ok(Appended::Landed));
            assert_eq!(log_length(&*store, &shop).await, 1);
        }
    }
}
