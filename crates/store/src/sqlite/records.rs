//! Records in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};
use serde_json::Value;

use super::rows::int;
use super::work::{Done, Work};
use super::{SqliteStore, unexpected};
use crate::records::{RECORD_CHANGES_MAX, Record, RecordChange, RecordStore, Records, RecordsChanged};
use crate::{Result, StoreError};

/// The columns that [`read`] reads.
pub(super) const COLUMNS: &str = "kind, id, version, change, body";

#[async_trait]
impl RecordStore for SqliteStore {
    async fn records(&self, database: &str, kinds: &[&str], after: u64) -> Result<Records> {
        let database = database.to_owned();
        let kinds: Vec<String> = kinds.iter().map(|kind| (*kind).to_owned()).collect();
        self.readers.read(move |conn| records(conn, &database, &kinds, after)).await
    }

    async fn record(&self, database: &str, kind: &str, id: i64) -> Result<Option<Record>> {
        let (database, kind) = (database.to_owned(), kind.to_owned());
        let found = self.readers.read(move |conn| record(conn, &database, &kind, id)).await?;
        Ok(found.filter(|record| record.body.is_some()))
    }

    async fn change_records(&self, database: &str, changes: Vec<RecordChange>) -> Result<RecordsChanged> {
        if changes.len() > RECORD_CHANGES_MAX {
            return Err(StoreError::Failed(format!(
                "at most {RECORD_CHANGES_MAX} records are changed at once"
            )));
        }
        match self.writer.ask(Work::ChangeRecords { database: database.to_owned(), changes }).await? {
            Done::Records(changed) => Ok(changed),
            done => Err(unexpected(&done)),
        }
    }
}

fn records(conn: &Connection, database: &str, kinds: &[String], after: u64) -> Result<Records> {
    let mut last = conn.prepare_cached("SELECT last FROM record_changes WHERE database = ?1")?;
    let change: Option<i64> = last.query_row([database], |row| row.get(0)).optional()?;
    // Who asks for news asks often and gets little; who begins wants everything that is.
    let sql = match after {
        0 => format!(
            "SELECT {COLUMNS} FROM records WHERE database = ?1 AND kind = ?2 AND ?3 = 0 AND body IS NOT NULL ORDER BY id"
        ),
        _ => format!(
            "SELECT {COLUMNS} FROM records INDEXED BY records_by_change
             WHERE database = ?1 AND change > ?3 AND kind = ?2 ORDER BY id"
        ),
    };
    let mut find = conn.prepare_cached(&sql)?;
    let mut records = Vec::new();
    for kind in kinds {
        for record in find.query_map(params![database, kind, int(after)?], |row| Ok(read(row)))? {
            records.push(record??);
        }
    }
    Ok(Records { change: change.and_then(|change| u64::try_from(change).ok()).unwrap_or(0), records })
}

fn record(conn: &Connection, database: &str, kind: &str, id: i64) -> Result<Option<Record>> {
    let sql = format!("SELECT {COLUMNS} FROM records WHERE database = ?1 AND kind = ?2 AND id = ?3");
    let mut find = conn.prepare_cached(&sql)?;
    find.query_row(params![database, kind, id], |row| Ok(read(row))).optional()?.transpose()
}

/// Inside the writer's transaction, which the caller rolls back on [`RecordsChanged::Stale`].
pub(super) fn change(conn: &Connection, database: &str, changes: &[RecordChange]) -> Result<RecordsChanged> {
    let mut next = conn.prepare_cached(
        "INSERT INTO record_changes (database, last) VALUES (?1, 1)
         ON CONFLICT (database) DO UPDATE SET last = last + 1 RETURNING last",
    )?;
    let number: i64 = next.query_row([database], |row| row.get(0))?;
    let mut newest =
        conn.prepare_cached("SELECT coalesce(max(id), 0) FROM records WHERE database = ?1 AND kind = ?2")?;
    let mut write = conn.prepare_cached(&format!(
        "INSERT INTO records (database, kind, id, version, change, body) VALUES (?1, ?2, ?3, 1, ?4, ?5)
         ON CONFLICT (database, kind, id) DO UPDATE SET version = version + 1, change = ?4, body = ?5
         RETURNING {COLUMNS}"
    ))?;
    let mut written = Vec::with_capacity(changes.len());
    for change in changes {
        let id = match change.id {
            Some(id) => id,
            None => newest.query_row(params![database, change.kind], |row| row.get::<_, i64>(0))? + 1,
        };
        if let Some(seen) = change.seen {
            let there = record(conn, database, &change.kind, id)?;
            if there.as_ref().map_or(0, |record| record.version) != seen {
                return Ok(RecordsChanged::Stale(there));
            }
        }
        let body = change.body.as_ref().map(Value::to_string);
        let row = params![database, change.kind, id, number, body];
        written.push(write.query_row(row, |row| Ok(read(row)))??);
    }
    Ok(RecordsChanged::Landed(written))
}

pub(super) fn read(row: &Row) -> Result<Record> {
    let (kind, id): (String, i64) = (row.get(0)?, row.get(1)?);
    let damaged = |what: &str| StoreError::Damaged(format!("the {kind} {id}: {what}"));
    let count = |value: i64| u64::try_from(value).map_err(|_| damaged("a negative number"));
    let body: Option<String> = row.get(4)?;
    let body = body.map(|body| serde_json::from_str(&body)).transpose();
    Ok(Record {
        version: count(row.get(2)?)?,
        change: count(row.get(3)?)?,
        body: body.map_err(|error| damaged(&error.to_string()))?,
        kind,
        id,
    })
}
