//! What the writer can be asked to do. Each is done inside a transaction, and may be done again if that was
//! rolled back.

use rusqlite::{Connection, OptionalExtension, params};

use super::land::land;
use super::rows::{Rows, int};
use super::{keys, records};
use crate::keys::{Key, NewKey};
use crate::records::{RecordChange, RecordsChanged};
use crate::{Appended, Result, SESSION_IDS_SKIPPED, StoreError};

/// One piece of work.
#[derive(Debug)]
pub(super) enum Work {
    /// Land batches, all or none.
    Append(Vec<Rows>),
    /// Give the next POS session id of a database.
    NextSessionId { database: String },
    /// Begin a new epoch.
    BeginEpoch,
    /// Keep a key.
    AddKey { key: NewKey, secret_hash: String },
    /// Remove a key.
    RemoveKey { id: i64, removed_ms: u64 },
    /// Change records, all or none.
    ChangeRecords { database: String, changes: Vec<RecordChange> },
}

/// What came of it.
#[derive(Debug)]
pub(super) enum Done {
    /// Of [`Work::Append`].
    Appended(Appended),
    /// Of [`Work::NextSessionId`].
    SessionId(u32),
    /// Of [`Work::BeginEpoch`].
    Epoch(u64),
    /// Of [`Work::AddKey`] and [`Work::RemoveKey`].
    Key(Option<Key>),
    /// Of [`Work::ChangeRecords`].
    Records(RecordsChanged),
}

impl Done {
    /// Whether somebody else was first, and nothing of the work may stay.
    pub fn is_stale(&self) -> bool {
        matches!(self, Done::Appended(Appended::Stale) | Done::Records(RecordsChanged::Stale(_)))
    }
}

impl Work {
    /// Does it. The caller rolls back on an error, and where it came to nothing ([`Done::is_stale`]).
    pub fn run(&self, conn: &Connection) -> Result<Done> {
        match self {
            Work::Append(batches) => land(conn, batches).map(Done::Appended),
            Work::NextSessionId { database } => next_session_id(conn, database).map(Done::SessionId),
            Work::BeginEpoch => begin_epoch(conn).map(Done::Epoch),
            Work::AddKey { key, secret_hash } => {
                keys::add(conn, key, secret_hash).map(|key| Done::Key(Some(key)))
            }
            Work::ChangeRecords { database, changes } => {
                records::change(conn, database, changes).map(Done::Records)
            }
            Work::RemoveKey { id, removed_ms } => keys::remove(conn, *id, int(*removed_ms)?).map(Done::Key),
        }
    }
}

/// The epoch, as the store's notes on itself have it.
pub(super) fn epoch(conn: &Connection) -> Result<u64> {
    let text = meta(conn, "epoch")?;
    text.parse().map_err(|_| StoreError::Damaged(format!("the epoch '{text}' is no number")))
}

/// One of the store's notes on itself.
pub(super) fn meta(conn: &Connection, name: &str) -> Result<String> {
    let mut find = conn.prepare_cached("SELECT value FROM meta WHERE name = ?1")?;
    let value = find.query_row([name], |row| row.get(0)).optional()?;
    value.ok_or_else(|| StoreError::Damaged(format!("the store has no {name}")))
}

fn next_session_id(conn: &Connection, database: &str) -> Result<u32> {
    let skipped = (epoch(conn)? - 1).saturating_mul(SESSION_IDS_SKIPPED.into());
    let mut next = conn.prepare_cached(
        "INSERT INTO session_ids (database, last) VALUES (?1, ?2 + 1)
         ON CONFLICT (database) DO UPDATE SET last = last + 1 RETURNING last",
    )?;
    let id: i64 = next.query_row(params![database, int(skipped)?], |row| row.get(0))?;
    u32::try_from(id).map_err(|_| StoreError::Failed(format!("database {database} has no session id left")))
}

fn begin_epoch(conn: &Connection) -> Result<u64> {
    let epoch = epoch(conn)? + 1;
    conn.execute("UPDATE meta SET value = ?1 WHERE name = 'epoch'", [epoch.to_string()])?;
    conn.execute("UPDATE session_ids SET last = last + ?1", [SESSION_IDS_SKIPPED])?;
    Ok(epoch)
}
