//! A store in memory: for tests of what stands on a store, and for the suite itself, which has a second engine
//! to hold against the first one. It keeps the contract, all but the disk.

use std::cmp::Reverse;
use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use async_trait::async_trait;
use serde_json::Value;
use tillsync_core::event::{Change, Event};
use tillsync_core::id::{CommandId, OrderUid};
use tillsync_core::multi_session::{MultiSession, PosSession, Summary};
use tillsync_core::order::Order;
use tokio::sync::watch;

use super::{Engine, Opened};
use crate::facts::{Facts, products};
use crate::keys::{KEYS_MAX, Key, KeyStore, NewKey};
use crate::lists::{ListStore, Page, PastOrder, Session, Wanted, WantedRecords, WantedSessions};
use crate::records::{Record, RecordChange, RecordStore, Records, RecordsChanged};
use crate::{
    ANSWERS_KEPT, Append, Appended, Closed, Loaded, Result, RoomId, SESSION_IDS_SKIPPED, Store, StoreError,
};

/// A place in memory; it is what a disk is to other engines.
#[derive(Debug, Clone, Default)]
pub struct Memory {
    data: Arc<Mutex<Data>>,
}

/// A handle on a [`Memory`], as a process has one on a database.
#[derive(Debug)]
pub struct MemoryStore {
    memory: Memory,
    /// What this handle is told when another one writes.
    elsewhere: Arc<watch::Sender<u64>>,
}

#[derive(Debug, Default)]
struct Data {
    epochs_begun: u64,
    session_ids: BTreeMap<String, u32>,
    rooms: BTreeMap<RoomId, Room>,
    poses: BTreeMap<(Arc<str>, i64), i64>,
    keys: Vec<(String, Key)>,
    records: BTreeMap<String, Known>,
    handles: Vec<Arc<watch::Sender<u64>>>,
}

/// A database's last change, and its records by kind and id.
type Known = (u64, BTreeMap<(String, i64), Record>);

#[derive(Debug)]
struct Room {
    summary: Summary,
    log: Vec<Event>,
    orders: BTreeMap<OrderUid, Arc<Order>>,
    commands: VecDeque<CommandId>,
    answers: BTreeMap<CommandId, Value>,
    side: BTreeMap<(Arc<str>, String), Value>,
}

impl Memory {
    /// A new handle; the others stay.
    pub fn store(&self) -> MemoryStore {
        let elsewhere = Arc::new(watch::channel(0).0);
        self.lock().handles.push(elsewhere.clone());
        MemoryStore { memory: self.clone(), elsewhere }
    }

    fn lock(&self) -> MutexGuard<'_, Data> {
        self.data.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for MemoryStore {
    fn drop(&mut self) {
        self.memory.lock().handles.retain(|handle| !Arc::ptr_eq(handle, &self.elsewhere));
    }
}

#[async_trait]
impl Engine for Memory {
    async fn open(&self) -> Opened {
        Opened::new(self.store())
    }

    async fn open_beside(&self) -> Opened {
        Opened::new(self.store())
    }
}

impl Default for Room {
    fn default() -> Self {
        Self {
            summary: MultiSession::default().summary(),
            log: Vec::new(),
            orders: BTreeMap::new(),
            commands: VecDeque::new(),
            answers: BTreeMap::new(),
            side: BTreeMap::new(),
        }
    }
}

impl Data {
    fn epoch(&self) -> u64 {
        self.epochs_begun + 1
    }

    /// Judges everything first, so that what is then written cannot fail.
    fn land(&mut self, batches: Vec<Append>) -> Result<Appended> {
        let mut seqs: BTreeMap<&RoomId, u64> = BTreeMap::new();
        for batch in &batches {
            let stored = || self.rooms.get(&batch.room).map_or(0, |room| room.summary.seq);
            let seq = *seqs.entry(&batch.room).or_insert_with(stored);
            let follow_on = batch
                .events
                .iter()
                .map(|event| event.seq)
                .eq((batch.expected_seq + 1..).take(batch.events.len()));
            if !follow_on || batch.summary.seq != batch.expected_seq + batch.events.len() as u64 {
                return Err(StoreError::Failed(format!("{}: the batch leaves a hole", batch.room)));
            }
            if batch.expected_seq != seq {
                return Ok(Appended::Stale);
            }
            seqs.insert(&batch.room, batch.summary.seq);
        }
        self.poses = self.poses_after(&batches)?;
        for batch in batches {
            self.rooms.entry(batch.room.clone()).or_default().land(batch);
        }
        Ok(Appended::Landed)
    }

    fn poses_after(&self, batches: &[Append]) -> Result<BTreeMap<(Arc<str>, i64), i64>> {
        let mut poses = self.poses.clone();
        let mut joins = BTreeMap::new();
        for batch in batches {
            let room = &batch.room;
            for change in batch.events.iter().flat_map(|event| &event.changes) {
                if let Change::PosJoined { pos, name, .. } = change {
                    joins.insert((room.clone(), *pos), name.clone());
                } else if let Change::PosLeft { pos } = change {
                    joins.remove(&(room.clone(), *pos));
                    let seat = (room.database.clone(), *pos);
                    if poses.get(&seat) == Some(&room.multi_session) {
                        poses.remove(&seat);
                    }
                }
            }
        }
        for ((room, pos), name) in joins {
            let there = *poses.entry((room.database.clone(), pos)).or_insert(room.multi_session);
            if there != room.multi_session {
                let text = format!("POS {pos} ({name}) cannot join {room}: it is in multi-session {there}");
                return Err(StoreError::Failed(text));
            }
        }
        Ok(poses)
    }

    fn tell_others(&self, writer: &Arc<watch::Sender<u64>>) {
        for handle in self.handles.iter().filter(|handle| !Arc::ptr_eq(handle, writer)) {
            handle.send_modify(|count| *count += 1);
        }
    }
}

impl Room {
    fn land(&mut self, batch: Append) {
        self.summary = batch.summary;
        self.log.extend(batch.events);
        self.orders.extend(batch.orders.into_iter().map(|order| (order.uid.clone(), order)));
        for stored in batch.answers {
            if !self.answers.contains_key(&stored.command) {
                self.commands.push_back(stored.command.clone());
                self.answers.insert(stored.command, stored.answer);
            }
        }
        while self.commands.len() > ANSWERS_KEPT {
            if let Some(oldest) = self.commands.pop_front() {
                self.answers.remove(&oldest);
            }
        }
        for row in batch.side {
            match row.value {
                Some(value) => self.side.insert((row.kind, row.key), value),
                None => self.side.remove(&(row.kind, row.key)),
            };
        }
    }

    fn load(&self) -> Loaded {
        let run = self.summary.run;
        let needed = |order: &&Arc<Order>| !order.state.is_closed() || order.run + 1 >= run;
        Loaded {
            summary: self.summary.clone(),
            orders: self.orders.values().filter(needed).map(|order| Order::clone(order)).collect(),
            commands: self.commands.iter().cloned().collect(),
        }
    }
}

impl MemoryStore {
    fn data(&self) -> MutexGuard<'_, Data> {
        self.memory.lock()
    }

    fn of_room<T>(&self, room: &RoomId, read: impl FnOnce(&Room) -> T) -> Option<T> {
        self.data().rooms.get(room).map(read)
    }

    fn write<T>(&self, write: impl FnOnce(&mut Data) -> Result<T>) -> Result<T> {
        let mut data = self.data();
        let outcome = write(&mut data)?;
        data.tell_others(&self.elsewhere);
        Ok(outcome)
    }
}

#[async_trait]
impl Store for MemoryStore {
    async fn append(&self, batch: Append) -> Result<Appended> {
        self.write(|data| data.land(vec![batch]))
    }

    async fn append_together(&self, batches: Vec<Append>) -> Result<Appended> {
        self.write(|data| data.land(batches))
    }

    async fn load(&self, room: &RoomId) -> Result<Option<Loaded>> {
        Ok(self.of_room(room, Room::load))
    }

    async fn summary(&self, room: &RoomId) -> Result<Option<Summary>> {
        Ok(self.of_room(room, |room| room.summary.clone()))
    }

    async fn tail(&self, room: &RoomId, after: u64, max: usize) -> Result<Vec<Event>> {
        let after = |event: &&Event| event.seq > after;
        let tail = self.of_room(room, |room| room.log.iter().filter(after).take(max).cloned().collect());
        Ok(tail.unwrap_or_default())
    }

    async fn order(&self, room: &RoomId, uid: &OrderUid) -> Result<Option<Order>> {
        Ok(self.of_room(room, |room| room.orders.get(uid).map(|order| Order::clone(order))).flatten())
    }

    async fn history(&self, room: &RoomId, uid: &OrderUid, after: u64, max: usize) -> Result<Vec<Event>> {
        let touched = |event: &&Event| event.seq > after && MultiSession::touched_by(event).contains(uid);
        let history = self.of_room(room, |room| room.log.iter().filter(touched).take(max).cloned().collect());
        Ok(history.unwrap_or_default())
    }

    async fn closed(&self, room: &RoomId, wanted: &Closed) -> Result<Vec<Order>> {
        let is_wanted = |order: &&Arc<Order>| {
            order.closing.as_ref().is_some_and(|closing| {
                let place = (closing.ms, &order.uid);
                (wanted.session.is_none() || closing.session == wanted.session)
                    && wanted.after.as_ref().is_none_or(|(ms, uid)| place < (*ms, uid))
            })
        };
        let of_room = |room: &Room| room.orders.values().filter(is_wanted).cloned().collect::<Vec<_>>();
        let mut found = self.of_room(room, of_room).unwrap_or_default();
        found.sort_by_key(|order| Reverse((order.closing.as_ref().map_or(0, |c| c.ms), order.uid.clone())));
        Ok(found.iter().take(wanted.max).map(|order| Order::clone(order)).collect())
    }

    async fn answer(&self, room: &RoomId, command: &CommandId) -> Result<Option<Value>> {
        Ok(self.of_room(room, |room| room.answers.get(command).cloned()).flatten())
    }

    async fn side(&self, room: &RoomId, kind: &str, prefix: &str) -> Result<Vec<(String, Value)>> {
        let wanted = |row: &(&(Arc<str>, String), &Value)| &*row.0.0 == kind && row.0.1.starts_with(prefix);
        let rows = self.of_room(room, |room| {
            room.side.iter().filter(wanted).map(|((_, key), value)| (key.clone(), value.clone())).collect()
        });
        Ok(rows.unwrap_or_default())
    }

    async fn rooms(&self) -> Result<Vec<RoomId>> {
        Ok(self.data().rooms.keys().cloned().collect())
    }

    async fn next_session_id(&self, database: &str) -> Result<u32> {
        self.write(|data| {
            let skipped = data.epochs_begun as u32 * SESSION_IDS_SKIPPED;
            let last = data.session_ids.entry(database.to_owned()).or_insert(skipped);
            *last += 1;
            Ok(*last)
        })
    }

    async fn server_id(&self) -> Result<String> {
        // Two places differ by where they are; no more is needed of a store that ends with its process.
        Ok(format!("{:032x}", Arc::as_ptr(&self.memory.data).addr()))
    }

    async fn epoch(&self) -> Result<u64> {
        Ok(self.data().epoch())
    }

    async fn begin_epoch(&self) -> Result<u64> {
        self.write(|data| {
            data.epochs_begun += 1;
            data.session_ids.values_mut().for_each(|last| *last += SESSION_IDS_SKIPPED);
            Ok(data.epoch())
        })
    }

    fn changed_elsewhere(&self) -> watch::Receiver<u64> {
        self.elsewhere.subscribe()
    }
}

#[async_trait]
impl RecordStore for MemoryStore {
    async fn records(&self, database: &str, kinds: &[&str], after: u64) -> Result<Records> {
        let data = self.memory.lock();
        let Some((change, known)) = data.records.get(database) else {
            return Ok(Records { change: 0, records: Vec::new() });
        };
        let wanted = |record: &&Record| record.change > after && (after > 0 || record.body.is_some());
        let of_kind =
            |kind: &&str| known.range(((*kind).to_owned(), i64::MIN)..=((*kind).to_owned(), i64::MAX));
        let records = kinds.iter().flat_map(of_kind).map(|(_, record)| record).filter(wanted);
        Ok(Records { change: *change, records: records.cloned().collect() })
    }

    async fn record(&self, database: &str, kind: &str, id: i64) -> Result<Option<Record>> {
        let data = self.memory.lock();
        let found = data.records.get(database).and_then(|(_, known)| known.get(&(kind.to_owned(), id)));
        Ok(found.filter(|record| record.body.is_some()).cloned())
    }

    async fn change_records(&self, database: &str, changes: Vec<RecordChange>) -> Result<RecordsChanged> {
        let mut data = self.memory.lock();
        let (change, known) = data.records.entry(database.to_owned()).or_default();
        let (number, mut after, mut written) = (*change + 1, known.clone(), Vec::new());
        for change in changes {
            let of_kind = after.keys().filter(|(kind, _)| *kind == change.kind);
            let id = change.id.unwrap_or_else(|| of_kind.map(|(_, id)| *id).max().unwrap_or(0) + 1);
            let key = (change.kind, id);
            let version = after.get(&key).map_or(0, |record| record.version);
            if change.seen.is_some_and(|seen| seen != version) {
                return Ok(RecordsChanged::Stale(after.get(&key).cloned()));
            }
            let kind = key.0.clone();
            let record = Record { kind, id, version: version + 1, change: number, body: change.body };
            after.insert(key, record.clone());
            written.push(record);
        }
        (*change, *known) = (number, after);
        Ok(RecordsChanged::Landed(written))
    }
}

#[async_trait]
impl KeyStore for MemoryStore {
    async fn add_key(&self, key: NewKey, secret_hash: &str) -> Result<Key> {
        self.write(|data| {
            if data.keys.iter().any(|(hash, _)| hash == secret_hash) {
                return Err(StoreError::Failed("a key with this secret was made before".into()));
            }
            if data.keys.iter().filter(|(_, key)| key.removed_ms.is_none()).count() >= KEYS_MAX {
                return Err(StoreError::Failed(format!("there are {KEYS_MAX} keys")));
            }
            let NewKey { database, multi_session, origins, created_ms, hint } = key;
            let id = data.keys.len() as i64 + 1;
            let key = Key { id, database, multi_session, origins, created_ms, hint, removed_ms: None };
            data.keys.push((secret_hash.to_owned(), key.clone()));
            Ok(key)
        })
    }

    async fn keys(&self) -> Result<Vec<Key>> {
        Ok(self.data().keys.iter().map(|(_, key)| key.clone()).collect())
    }

    async fn remove_key(&self, id: i64, removed_ms: u64) -> Result<Option<Key>> {
        self.write(|data| {
            let key = data.keys.iter_mut().map(|(_, key)| key).find(|key| key.id == id);
            Ok(key.map(|key| {
                key.removed_ms.get_or_insert(removed_ms);
                key.clone()
            }))
        })
    }

    async fn key_by_hash(&self, secret_hash: &str) -> Result<Option<Key>> {
        let data = self.data();
        let live = data.keys.iter().find(|(hash, key)| hash == secret_hash && key.removed_ms.is_none());
        Ok(live.map(|(_, key)| key.clone()))
    }
}

impl Room {
    fn changed_ms(&self, uid: &OrderUid) -> u64 {
        let mut touching =
            self.log.iter().rev().filter(|event| MultiSession::touched_by(event).contains(uid));
        touching.next().map_or(0, |event| event.time_ms)
    }

    /// Every session that the log knows, oldest first.
    fn sessions(&self, multi_session: i64) -> Vec<Session> {
        let mut state = MultiSession::default();
        let mut sessions: Vec<Session> = Vec::new();
        for event in &self.log {
            state.evolve(event);
            for change in &event.changes {
                match change {
                    Change::SessionOpened { pos, session, user, opening } => sessions.push(Session {
                        multi_session,
                        pos: *pos,
                        name: state.poses.get(pos).map(|seat| seat.name.clone()).unwrap_or_default(),
                        run: state.run,
                        opened: PosSession {
                            id: *session,
                            user: user.clone(),
                            opened_ms: event.time_ms,
                            logins: 0,
                            opening: opening.clone(),
                            moves: Vec::new(),
                            devices: Vec::new(),
                        },
                        closed: None,
                    }),
                    Change::SessionClosed { pos, .. } => {
                        let open =
                            sessions.iter_mut().find(|known| known.pos == *pos && known.closed.is_none());
                        if let Some(open) = open {
                            open.closed = state.poses.get(pos).and_then(|seat| seat.last.clone());
                        }
                    }
                    _ => {}
                }
            }
        }
        sessions
    }
}

#[async_trait]
impl ListStore for MemoryStore {
    async fn past(&self, database: &str, wanted: &Wanted) -> Result<Page> {
        let data = self.data();
        let mut found = Vec::new();
        for (id, room) in data.rooms.iter().filter(|(id, _)| &*id.database == database) {
            for order in room.orders.values() {
                let Some(facts) = Facts::of(id.multi_session, order, room.changed_ms(&order.uid)) else {
                    continue;
                };
                let products = products(order);
                let is_next = wanted.after.as_ref().is_none_or(|after| wanted.is_after(&facts.place, after));
                if is_next && wanted.is(&facts, |product| products.contains(&product)) {
                    found.push((facts.place, Order::clone(order)));
                }
            }
        }
        found.sort_by(|(one, _), (other, _)| match wanted.is_after(one, other) {
            true => std::cmp::Ordering::Greater,
            false => std::cmp::Ordering::Less,
        });
        let is_more = found.len() > wanted.max;
        found.truncate(wanted.max);
        let next = found.last().filter(|_| is_more).map(|(place, _)| place.clone());
        let past = |(place, order): (crate::lists::Place, Order)| PastOrder {
            multi_session: place.multi_session,
            ms: place.ms,
            order,
        };
        Ok(Page { orders: found.into_iter().map(past).collect(), next })
    }

    async fn changed_ms(&self, room: &RoomId, uids: &[OrderUid]) -> Result<Vec<u64>> {
        let changed = self.of_room(room, |room| uids.iter().map(|uid| room.changed_ms(uid)).collect());
        Ok(changed.unwrap_or_else(|| vec![0; uids.len()]))
    }

    async fn sessions(&self, database: &str, wanted: &WantedSessions) -> Result<Vec<Session>> {
        let place = |session: &Session| (session.opened.opened_ms, session.opened.id);
        let data = self.data();
        let rooms = data.rooms.iter().filter(|(id, _)| &*id.database == database);
        let all = rooms.flat_map(|(id, room)| room.sessions(id.multi_session));
        let mut sessions: Vec<Session> = all
            .filter(|session| {
                let ms = session.opened.opened_ms;
                wanted.pos.is_none_or(|pos| session.pos == pos)
                    && (!wanted.open || session.closed.is_none())
                    && ms >= wanted.from_ms
                    && wanted.until_ms.is_none_or(|until| ms < until)
                    && wanted.after.is_none_or(|after| place(session) < after)
            })
            .collect();
        sessions.sort_by_key(|session| Reverse(place(session)));
        sessions.truncate(wanted.max);
        Ok(sessions)
    }

    async fn session(&self, database: &str, id: u32) -> Result<Option<Session>> {
        let wanted = WantedSessions { max: usize::MAX, ..WantedSessions::default() };
        let all = self.sessions(database, &wanted).await?;
        Ok(all.into_iter().find(|session| session.opened.id == id))
    }

    async fn records_page(&self, database: &str, wanted: &WantedRecords) -> Result<(Vec<Record>, u64)> {
        let all = self.records(database, &[&wanted.kind], 0).await?.records;
        let text = wanted.text.trim().to_lowercase();
        let said = |record: &Record, field: &str| {
            let value = record.body.as_ref()?.get(field)?;
            Some(value.as_str().map_or_else(|| value.to_string(), str::to_owned).to_lowercase())
        };
        let name = |record: &Record| said(record, "display_name").or_else(|| said(record, "name"));
        let mut found: Vec<Record> = all
            .into_iter()
            .filter(|record| {
                let has = |value: Option<String>| value.is_some_and(|value| value.contains(&text));
                let is_named = text.is_empty()
                    || has(name(record))
                    || wanted.fields.iter().any(|field| has(said(record, field)));
                let refers = |(field, id): &(String, i64)| {
                    record.body.as_ref().and_then(|body| body.get(field)?.as_i64()) == Some(*id)
                };
                let is_active =
                    record.body.as_ref().is_some_and(|body| body.get("active") != Some(&Value::Bool(false)));
                is_active && is_named && wanted.references.iter().all(refers)
            })
            .collect();
        if wanted.by_name {
            found.sort_by_key(|record| (name(record), record.id));
        }
        if wanted.descending {
            found.reverse();
        }
        let total = found.len() as u64;
        Ok((found.into_iter().skip(wanted.offset).take(wanted.max).collect(), total))
    }
}
