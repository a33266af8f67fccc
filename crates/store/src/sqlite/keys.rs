//! Odoo's address keys in SQLite.

use async_trait::async_trait;
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::rows::int;
use super::work::{Done, Work};
use super::{SqliteStore, unexpected};
use crate::keys::{KEYS_MAX, Key, KeyStore, NewKey, REMOVED_KEYS_MAX};
use crate::{Result, StoreError};

/// The columns that [`read`] reads.
const COLUMNS: &str = "id, database, multi_session, origins, created_ms, hint, removed_ms";

#[async_trait]
impl KeyStore for SqliteStore {
    async fn add_key(&self, key: NewKey, secret_hash: &str) -> Result<Key> {
        let secret_hash = secret_hash.to_owned();
        match self.writer.ask(Work::AddKey { key, secret_hash }).await? {
            Done::Key(Some(key)) => Ok(key),
            done => Err(unexpected(&done)),
        }
    }

    async fn keys(&self) -> Result<Vec<Key>> {
        self.readers
            .read(|conn| {
                let mut all = conn.prepare_cached(&format!("SELECT {COLUMNS} FROM odoo_keys ORDER BY id"))?;
                all.query_map([], |row| Ok(read(row)))?.map(|key| key?).collect()
            })
            .await
    }

    async fn remove_key(&self, id: i64, removed_ms: u64) -> Result<Option<Key>> {
        match self.writer.ask(Work::RemoveKey { id, removed_ms }).await? {
            Done::Key(key) => Ok(key),
            done => Err(unexpected(&done)),
        }
    }

    async fn key_by_hash(&self, secret_hash: &str) -> Result<Option<Key>> {
        let secret_hash = secret_hash.to_owned();
        self.readers
            .read(move |conn| {
                let sql =
                    format!("SELECT {COLUMNS} FROM odoo_keys WHERE secret_hash = ?1 AND removed_ms IS NULL");
                let mut find = conn.prepare_cached(&sql)?;
                find.query_row([secret_hash], |row| Ok(read(row))).optional()?.transpose()
            })
            .await
    }
}

/// Inside the writer's transaction.
pub(super) fn add(conn: &Connection, key: &NewKey, secret_hash: &str) -> Result<Key> {
    let (live, known): (i64, i64) = conn.query_row(
        "SELECT count(*) FILTER (WHERE removed_ms IS NULL), count(*) FILTER (WHERE secret_hash = ?1)
         FROM odoo_keys",
        [secret_hash],
        |row| Ok((row.get(0)?, row.get(1)?)),
    )?;
    if known > 0 {
        return Err(StoreError::Failed("a key with this secret was made before".into()));
    }
    if live >= KEYS_MAX as i64 {
        return Err(StoreError::Failed(format!("there are {KEYS_MAX} keys; remove one first")));
    }
    let origins =
        serde_json::to_string(&key.origins).map_err(|error| StoreError::Failed(error.to_string()))?;
    let (database, created_ms) = (&key.database, int(key.created_ms)?);
    let sql = format!(
        "INSERT INTO odoo_keys (database, multi_session, origins, created_ms, hint, secret_hash)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6) RETURNING {COLUMNS}"
    );
    let row = params![database, key.multi_session, origins, created_ms, key.hint, secret_hash];
    conn.query_row(&sql, row, |row| Ok(read(row)))?
}

/// Inside the writer's transaction.
pub(super) fn remove(conn: &Connection, id: i64, removed_ms: i64) -> Result<Option<Key>> {
    let sql = format!(
        "UPDATE odoo_keys SET removed_ms = coalesce(removed_ms, ?2) WHERE id = ?1 RETURNING {COLUMNS}"
    );
    let key = conn.query_row(&sql, [id, removed_ms], |row| Ok(read(row))).optional()?.transpose()?;
    conn.execute(
        "DELETE FROM odoo_keys WHERE id IN
         (SELECT id FROM odoo_keys WHERE removed_ms IS NOT NULL ORDER BY removed_ms DESC, id DESC
          LIMIT -1 OFFSET ?1)",
        [REMOVED_KEYS_MAX as i64],
    )?;
    Ok(key)
}

fn read(row: &Row) -> Result<Key> {
    let id = row.get(0)?;
    let damaged = |what: &str| StoreError::Damaged(format!("key {id}: {what}"));
    let origins: String = row.get(3)?;
    let ms = |value: i64| u64::try_from(value).map_err(|_| damaged("a time before 1970"));
    Ok(Key {
        id,
        database: row.get(1)?,
        multi_session: row.get(2)?,
        origins: serde_json::from_str(&origins).map_err(|error| damaged(&error.to_string()))?,
        created_ms: ms(row.get(4)?)?,
        hint: row.get(5)?,
        removed_ms: row.get::<_, Option<i64>>(6)?.map(ms).transpose()?,
    })
}
