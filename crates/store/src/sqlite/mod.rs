//! The engine that ships: one SQLite file in the data folder, with a write-ahead log.
//!
//! One thread writes (`writer.rs`), some connections read beside it (`reader.rs`). A server holds the folder's lock;
//! the command line opens the same file beside it and keeps the same contract.

mod checkpoint;
mod error;
mod keys;
mod land;
mod lists;
mod lock;
mod past;
mod query;
mod reader;
mod records;
mod rows;
mod schema;
mod work;
mod writer;

use std::fs;
use std::path::Path;
use std::sync::Arc;

use async_trait::async_trait;
use serde_json::Value;
use tillsync_core::event::Event;
use tillsync_core::id::{CommandId, OrderUid};
use tillsync_core::multi_session::Summary;
use tillsync_core::order::Order;
use tokio::sync::watch;

use self::lock::FolderLock;
use self::reader::Readers;
use self::rows::Rows;
use self::work::{Done, Work};
use self::writer::Writer;
use crate::{Append, Appended, Closed, Loaded, Result, RoomId, Store, StoreError};

pub use self::schema::DATABASE_FILE;

/// How a store is opened.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Options {
    /// By whom.
    pub mode: OpenMode,
    /// How long to wait for another process that is writing before it is [`StoreError::Busy`].
    pub busy_timeout_ms: u32,
    /// The database's largest size, in pages of 4 KiB; beyond it the store is [`StoreError::Full`].
    pub pages_max: Option<u32>,
}

/// By whom a store is opened.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OpenMode {
    /// By the server: it is the only one. A second one is refused.
    Serve,
    /// By the command line, with or without a server running.
    Beside,
}

impl Options {
    /// A mode, and everything else as usual.
    pub fn new(mode: OpenMode) -> Self {
        Self { mode, busy_timeout_ms: 5_000, pages_max: None }
    }
}

/// A store in a SQLite file.
///
/// Dropping it finishes what waits to be written and blocks until then.
#[derive(Debug)]
pub struct SqliteStore {
    // In the order in which they have to go: who reads, who writes, and last the folder's lock.
    readers: Arc<Readers>,
    writer: Writer,
    _lock: Option<FolderLock>,
}

impl SqliteStore {
    /// Opens the store in a data folder; makes both if they are not there. Blocks.
    pub fn open(dir: &Path, options: &Options) -> Result<Self> {
        fs::create_dir_all(dir).map_err(|error| StoreError::Failed(format!("{}: {error}", dir.display())))?;
        let lock = match options.mode {
            OpenMode::Serve => Some(FolderLock::take(dir)?),
            OpenMode::Beside => None,
        };
        let conn = schema::open_writer(dir, options)?;
        let path = dir.join(schema::DATABASE_FILE);
        let writer = Writer::start(conn, &path, options.mode)?;
        let readers = Readers::open(path, options.busy_timeout_ms)?;
        Ok(Self { readers, writer, _lock: lock })
    }

    /// Transactions that this store has committed: less than its appends when they come together.
    pub fn commits(&self) -> u64 {
        self.writer.commits()
    }

    async fn land(&self, batches: Vec<Rows>) -> Result<Appended> {
        match self.writer.ask(Work::Append(batches)).await? {
            Done::Appended(appended) => Ok(appended),
            done => Err(unexpected(&done)),
        }
    }
}

#[async_trait]
impl Store for SqliteStore {
    async fn append(&self, batch: Append) -> Result<Appended> {
        self.land(vec![Rows::of(batch)?]).await
    }

    async fn append_together(&self, batches: Vec<Append>) -> Result<Appended> {
        self.land(batches.into_iter().map(Rows::of).collect::<Result<_>>()?).await
    }

    async fn load(&self, room: &RoomId) -> Result<Option<Loaded>> {
        let room = room.clone();
        self.readers.read(move |conn| query::load(conn, &room)).await
    }

    async fn summary(&self, room: &RoomId) -> Result<Option<Summary>> {
        let room = room.clone();
        self.readers.read(move |conn| query::summary(conn, &room)).await
    }

    async fn tail(&self, room: &RoomId, after: u64, max: usize) -> Result<Vec<Event>> {
        let room = room.clone();
        self.readers.read(move |conn| query::tail(conn, &room, after, max)).await
    }

    async fn order(&self, room: &RoomId, uid: &OrderUid) -> Result<Option<Order>> {
        let (room, uid) = (room.clone(), uid.clone());
        self.readers.read(move |conn| query::order(conn, &room, uid.as_str())).await
    }

    async fn history(&self, room: &RoomId, uid: &OrderUid, after: u64, max: usize) -> Result<Vec<Event>> {
        let (room, uid) = (room.clone(), uid.clone());
        self.readers.read(move |conn| query::history(conn, &room, uid.as_str(), after, max)).await
    }

    async fn closed(&self, room: &RoomId, wanted: &Closed) -> Result<Vec<Order>> {
        let (room, wanted) = (room.clone(), wanted.clone());
        self.readers.read(move |conn| query::closed(conn, &room, &wanted)).await
    }

    async fn answer(&self, room: &RoomId, command: &CommandId) -> Result<Option<Value>> {
        let (room, command) = (room.clone(), command.clone());
        self.readers.read(move |conn| query::answer(conn, &room, command.as_str())).await
    }

    async fn side(&self, room: &RoomId, kind: &str, prefix: &str) -> Result<Vec<(String, Value)>> {
        let (room, kind, prefix) = (room.clone(), kind.to_owned(), prefix.to_owned());
        self.readers.read(move |conn| query::side(conn, &room, &kind, &prefix)).await
    }

    async fn rooms(&self) -> Result<Vec<RoomId>> {
        self.readers.read(|conn| query::rooms(conn)).await
    }

    async fn next_session_id(&self, database: &str) -> Result<u32> {
        match self.writer.ask(Work::NextSessionId { database: database.to_owned() }).await? {
            Done::SessionId(id) => Ok(id),
            done => Err(unexpected(&done)),
        }
    }

    async fn server_id(&self) -> Result<String> {
        self.readers.read(|conn| work::meta(conn, "server_id")).await
    }

    async fn epoch(&self) -> Result<u64> {
        self.readers.read(|conn| work::epoch(conn)).await
    }

    async fn begin_epoch(&self) -> Result<u64> {
        match self.writer.ask(Work::BeginEpoch).await? {
            Done::Epoch(epoch) => Ok(epoch),
            done => Err(unexpected(&done)),
        }
    }

    fn changed_elsewhere(&self) -> watch::Receiver<u64> {
        self.writer.elsewhere.clone()
    }
}

/// The writer answers each kind of work with its own kind of answer; the types do not say so.
fn unexpected(done: &Done) -> StoreError {
    StoreError::Failed(format!("the writer answered something else: {done:?}"))
}
