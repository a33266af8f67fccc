//! The log of every multi-session, and the contract of what keeps it.
//!
//! A [`Store`] keeps, for each multi-session, an append-only log of events, and beside it, written in the same
//! transaction, what follows from the log: the orders as they stand, the counters, the answers that were given.
//! So a start reads the present and not the past.
//!
//! The contract, which `suite` states as tests and every engine passes:
//!
//! - [`append`](Store::append) lands all of a batch or nothing. It lands at `expected_seq + 1` or says
//!   [`Stale`](Appended::Stale); two writers can never both land at one seq.
//! - When it has returned [`Landed`](Appended::Landed), the batch survives a crash of the process and of the
//!   machine.
//! - When it has failed, nothing of the batch is there, unless the error is [`StoreError::Unknown`]: then it may
//!   be, and whoever asked looks for the command's answer in the store before it tries again. After
//!   [`StoreError::Fatal`] it may be there as well, and the next start tells.
//! - One multi-session's failing batch does not hinder another's.
//! - The log has no holes and is never cut.

pub mod facts;
#[cfg(any(test, feature = "suite"))]
pub mod faulty;
pub mod keys;
pub mod lists;
pub mod records;
pub mod sqlite;
#[cfg(any(test, feature = "suite"))]
pub mod suite;

use std::fmt;
use std::sync::Arc;

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tillsync_core::event::Event;
use tillsync_core::id::{CommandId, OrderUid};
use tillsync_core::multi_session::Summary;
use tillsync_core::order::Order;
use tokio::sync::watch;

pub use keys::{Key, KeyStore, NewKey};
pub use lists::ListStore;
pub use records::{Record, RecordChange, RecordStore, Records, RecordsChanged};

/// Which multi-session: the database (tenant) and the multi-session's id in it.
#[derive(Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct RoomId {
    /// The database. Nothing ever crosses databases.
    pub database: Arc<str>,
    /// The multi-session's id.
    pub multi_session: i64,
}

impl RoomId {
    /// Names a multi-session.
    pub fn new(database: &str, multi_session: i64) -> Self {
        Self { database: database.into(), multi_session }
    }
}

impl fmt::Display for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}/{}", self.database, self.multi_session)
    }
}

impl fmt::Debug for RoomId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(self, f)
    }
}

/// A batch to be appended to one multi-session's log, with everything that follows from it.
#[derive(Debug, Clone)]
pub struct Append {
    /// The multi-session.
    pub room: RoomId,
    /// The seq that the batch was decided on.
    pub expected_seq: u64,
    /// The events, at `expected_seq + 1` and on. May be empty: refusals are answers too.
    pub events: Vec<Event>,
    /// The orders that the events touched, as they stand afterwards.
    pub orders: Vec<Arc<Order>>,
    /// Counters, sessions, the last command of each till, as they stand afterwards.
    pub summary: Summary,
    /// The answers to the commands of the batch, accepted or refused.
    pub answers: Vec<StoredAnswer>,
    /// What an adapter keeps beside the log (Odoo's shadows).
    pub side: Vec<SideRow>,
}

/// What was answered to a command: sent again, it gets the same. The first answer stands; a later one to the same
/// command is dropped.
#[derive(Debug, Clone, PartialEq)]
pub struct StoredAnswer {
    /// The command.
    pub command: CommandId,
    /// The answer, as its wire spells it.
    pub answer: Value,
}

/// Something that an adapter keeps in the same transaction as the log.
#[derive(Debug, Clone, PartialEq)]
pub struct SideRow {
    /// Which adapter's, and what: `odoo.shadow`.
    pub kind: Arc<str>,
    /// Its name within the kind.
    pub key: String,
    /// The value; none deletes the row.
    pub value: Option<Value>,
}

/// What became of an [`Append`].
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Appended {
    /// It is on disk.
    Landed,
    /// The log has grown meanwhile: nothing was written. Read the tail and decide again.
    Stale,
}

/// What a room needs to begin.
#[derive(Debug, Clone)]
pub struct Loaded {
    /// Everything but the orders.
    pub summary: Summary,
    /// Every draft and every unpaid order; of the others those of the current run and the run before, the
    /// latest registered [`CLOSED_LOADED_MAX`] of them: a shop that never closes has a run of a year.
    pub orders: Vec<Order>,
    /// The ids of the newest commands that have an answer, at most [`ANSWERS_KEPT`], oldest first.
    pub commands: Vec<CommandId>,
}

/// Which paid and deleted orders are asked for.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Closed {
    /// Only those whose money this POS session counts.
    pub session: Option<u32>,
    /// Only what comes after this one in the list: when it was closed, in milliseconds since 1970, and its uid.
    pub after: Option<(u64, OrderUid)>,
    /// So many at most.
    pub max: usize,
}

/// Closed orders that a room loads at most.
pub const CLOSED_LOADED_MAX: usize = 500;

/// How many answers are kept for each multi-session: a shop's weeks. Older ones are dropped, oldest first.
pub const ANSWERS_KEPT: usize = 50_000;

/// POS session ids that a new epoch leaves out: those that were given after the backup was made, and that tills
/// still carry in their orders' uids.
pub const SESSION_IDS_SKIPPED: u32 = 1_000;

/// Why the store could not do it.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// The disk is full. Nothing was written.
    #[error("the disk is full: {0}")]
    Full(String),
    /// It failed, and nothing was written.
    #[error("{0}")]
    Failed(String),
    /// Whether it was written is not known: look for the command's answer.
    #[error("the outcome of a write is unknown: {0}")]
    Unknown(String),
    /// The disk did not take what was written: the process must stop, the log on disk is the truth.
    #[error("the disk failed, the process has to stop: {0}")]
    Fatal(String),
    /// What is stored cannot be read.
    #[error("the database is damaged: {0}")]
    Damaged(String),
    /// Too many batches are waiting; try again.
    #[error("the store is busy")]
    Busy,
}

/// A result of the store.
pub type Result<T, E = StoreError> = std::result::Result<T, E>;

/// The log of every multi-session. See the contract at the top of this file.
#[async_trait]
pub trait Store: Send + Sync + 'static {
    /// Lands a batch, or says that the log has grown meanwhile.
    async fn append(&self, batch: Append) -> Result<Appended>;

    /// Lands batches of several multi-sessions in one transaction, all or none; any stale one makes all stale.
    async fn append_together(&self, batches: Vec<Append>) -> Result<Appended>;

    /// What a room needs to begin; none for a multi-session that nobody has written to.
    async fn load(&self, room: &RoomId) -> Result<Option<Loaded>>;

    /// Everything but the orders, fresh from disk.
    async fn summary(&self, room: &RoomId) -> Result<Option<Summary>>;

    /// At most `max` events after `after`, in order.
    async fn tail(&self, room: &RoomId, after: u64, max: usize) -> Result<Vec<Event>>;

    /// An order as it stands, whatever its state and age.
    async fn order(&self, room: &RoomId, uid: &OrderUid) -> Result<Option<Order>>;

    /// The events that touched an order, after seq `after`, oldest first, at most `max`.
    async fn history(&self, room: &RoomId, uid: &OrderUid, after: u64, max: usize) -> Result<Vec<Event>>;

    /// Paid and deleted orders, those closed last first, with how they were closed.
    async fn closed(&self, room: &RoomId, wanted: &Closed) -> Result<Vec<Order>>;

    /// The answer that a command got.
    async fn answer(&self, room: &RoomId, command: &CommandId) -> Result<Option<Value>>;

    /// An adapter's rows of one kind whose key begins with `prefix`, in the order of their keys.
    async fn side(&self, room: &RoomId, kind: &str, prefix: &str) -> Result<Vec<(String, Value)>>;

    /// All multi-sessions that have a log.
    async fn rooms(&self) -> Result<Vec<RoomId>>;

    /// The next POS session id of a database: unique in it, never given twice.
    async fn next_session_id(&self, database: &str) -> Result<u32>;

    /// Who this server is: random, made with the store, kept through restarts.
    async fn server_id(&self) -> Result<String>;

    /// The epoch of the logs: 1, and one more after each restore from a backup.
    async fn epoch(&self) -> Result<u64>;

    /// Begins a new epoch: for a store that was restored from a backup. Leaves out [`SESSION_IDS_SKIPPED`] ids.
    async fn begin_epoch(&self) -> Result<u64>;

    /// Counts up whenever another process may have written to the store: rooms then look at their tails. A receiver
    /// that was there before has not seen a count that came since.
    fn changed_elsewhere(&self) -> watch::Receiver<u64>;
}
