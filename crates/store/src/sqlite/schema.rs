//! Opening the database file: its settings, its version, its migrations.

use std::path::Path;
use std::time::Duration;

use rusqlite::{Connection, OpenFlags, TransactionBehavior};

use super::lists;
use super::lock::{FolderLock, Locked};
use super::{OpenMode, Options};
use crate::{Result, StoreError};

/// The database file in the data folder.
pub const DATABASE_FILE: &str = "tillsync.db";

/// Tells a Tillsync database from any other SQLite file: `Till` in ASCII.
const APPLICATION_ID: i32 = 0x5469_6c6c;

/// What leads from each version of the schema to the next. Only added to, never edited: shops have run them.
const MIGRATIONS: &[Migration] = &[
    Migration::Sql(include_str!("../../migrations/0001_log.sql")),
    Migration::Sql(include_str!("../../migrations/0002_records.sql")),
    Migration::Sql(include_str!("../../migrations/0003_closed_orders.sql")),
    Migration::Filled(include_str!("../../migrations/0004_lists.sql"), lists::fill),
];

/// A step from one version to the next.
enum Migration {
    /// Statements.
    Sql(&'static str),
    /// Statements, and then what only this program can make of the rows that are there.
    Filled(&'static str, fn(&Connection) -> Result<()>),
}

impl Migration {
    fn run(&self, conn: &Connection) -> Result<()> {
        match self {
            Migration::Sql(sql) => conn.execute_batch(sql)?,
            Migration::Filled(sql, fill) => {
                conn.execute_batch(sql)?;
                fill(conn)?;
            }
        }
        Ok(())
    }
}

/// Statements that a connection keeps prepared: all that there are, with room to spare.
const STATEMENTS_KEPT: usize = 128;

/// The page cache of the writer, and of each reader.
const CACHE_KIB: i64 = 8 * 1024;

/// A write-ahead log that grew beyond this is cut back when it begins anew.
const WAL_BYTES_KEPT: i64 = 64 * 1024 * 1024;

/// Opens the connection that writes; makes the database, or brings it up to this program's version, if needed.
pub(super) fn open_writer(dir: &Path, options: &Options) -> Result<Connection> {
    let path = dir.join(DATABASE_FILE);
    let mut conn = Connection::open(&path).map_err(|error| at(&path, error.into()))?;
    prepare_writer(&mut conn, dir, options).map_err(|error| at(&path, error))?;
    Ok(conn)
}

/// Opens a connection that only reads.
pub(super) fn open_reader(path: &Path, busy_timeout_ms: u32) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(|error| at(path, error.into()))?;
    set_up(&conn, busy_timeout_ms).map_err(|error| at(path, error))?;
    Ok(conn)
}

/// Opens a connection that takes the write-ahead log over, beside the writer.
pub(super) fn open_for_checkpoints(path: &Path) -> Result<Connection> {
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let conn = Connection::open_with_flags(path, flags).map_err(|error| at(path, error.into()))?;
    // The log is begun anew once its pages are on the disk, not once they were written.
    conn.pragma_update(None, "synchronous", "full")?;
    conn.pragma_update(None, "wal_autocheckpoint", 0)?;
    Ok(conn)
}

/// Says which file an error is about.
fn at(path: &Path, error: StoreError) -> StoreError {
    let say = |text: String| format!("{}: {text}", path.display());
    match error {
        StoreError::Full(text) => StoreError::Full(say(text)),
        StoreError::Failed(text) => StoreError::Failed(say(text)),
        StoreError::Unknown(text) => StoreError::Unknown(say(text)),
        StoreError::Fatal(text) => StoreError::Fatal(say(text)),
        StoreError::Damaged(text) => StoreError::Damaged(say(text)),
        StoreError::Busy => StoreError::Busy,
    }
}

/// What every connection needs.
fn set_up(conn: &Connection, busy_timeout_ms: u32) -> Result<()> {
    conn.busy_timeout(Duration::from_millis(busy_timeout_ms.into()))?;
    conn.set_prepared_statement_cache_capacity(STATEMENTS_KEPT);
    conn.pragma_update(None, "cache_size", -CACHE_KIB)?;
    conn.pragma_update(None, "temp_store", "memory")?;
    // The file may come from anywhere: its schema shall not call functions, and damage is looked for.
    conn.pragma_update(None, "trusted_schema", false)?;
    conn.pragma_update(None, "cell_size_check", true)?;
    Ok(())
}

fn prepare_writer(conn: &mut Connection, dir: &Path, options: &Options) -> Result<()> {
    set_up(conn, options.busy_timeout_ms)?;
    // Before anything is changed in the file, the write-ahead log included.
    check_version(conn)?;
    let mode: String = conn.pragma_update_and_check(None, "journal_mode", "wal", |row| row.get(0))?;
    if mode != "wal" {
        return Err(StoreError::Failed(format!(
            "the file system has no write-ahead log for SQLite (it offers '{mode}'); use a local disk"
        )));
    }
    // An acknowledged batch is on the disk (rule A5).
    conn.pragma_update(None, "synchronous", "full")?;
    conn.pragma_update(None, "foreign_keys", true)?;
    conn.pragma_update(None, "journal_size_limit", WAL_BYTES_KEPT)?;
    // The writer does it itself: SQLite's own would keep a failed fsync to itself.
    conn.pragma_update(None, "wal_autocheckpoint", 0)?;
    migrate(conn, dir, options.mode)?;
    if let Some(pages) = options.pages_max {
        conn.pragma_update_and_check(None, "max_page_count", pages, |_| Ok(()))?;
    }
    Ok(())
}

/// The schema's version in the file; fails if the file is not ours or is from a newer program.
fn check_version(conn: &Connection) -> Result<usize> {
    let application: i32 = conn.pragma_query_value(None, "application_id", |row| row.get(0))?;
    let version: i64 = conn.pragma_query_value(None, "user_version", |row| row.get(0))?;
    let tables: i64 = conn.query_row("SELECT count(*) FROM sqlite_schema", [], |row| row.get(0))?;
    let is_new = application == 0 && version == 0 && tables == 0;
    if application != APPLICATION_ID && !is_new {
        return Err(StoreError::Failed("this is no database of Tillsync".into()));
    }
    let newest = MIGRATIONS.len();
    match usize::try_from(version) {
        Ok(version) if version <= newest => Ok(version),
        _ => Err(StoreError::Failed(format!(
            "the database was written by a newer Tillsync (its schema is {version}, this program knows up to \
             {newest}); install that version, or restore the backup that was made before the update"
        ))),
    }
}

fn migrate(conn: &mut Connection, dir: &Path, mode: OpenMode) -> Result<()> {
    if check_version(conn)? == MIGRATIONS.len() {
        return Ok(());
    }
    // Beside a server that may be of an older version, its tables are not changed under its feet.
    let _lock = match mode {
        OpenMode::Serve => None,
        OpenMode::Beside => match FolderLock::try_take(dir)? {
            Locked::Ours(lock) => Some(lock),
            Locked::Others(_) => {
                let text = "a server of an older version is running; restart it with this version first";
                return Err(StoreError::Failed(text.into()));
            }
        },
    };
    let transaction = conn.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let from = check_version(&transaction)?;
    for migration in &MIGRATIONS[from..] {
        migration.run(&transaction)?;
    }
    transaction.pragma_update(None, "application_id", APPLICATION_ID)?;
    transaction.pragma_update(None, "user_version", MIGRATIONS.len() as i64)?;
    transaction.commit()?;
    tracing::info!(from, to = MIGRATIONS.len(), "the database has a new schema");
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Rule A5 stands on these settings, and a killed process would not show that one is missing.
    #[test]
    fn a_commit_is_on_the_disk() {
        let dir = tempfile::tempdir().expect("a folder for temporary files");
        let conn = open_writer(dir.path(), &Options::new(OpenMode::Serve)).expect("it opens");
        for (pragma, expected) in [("synchronous", 2), ("foreign_keys", 1), ("wal_autocheckpoint", 0)] {
            let value = conn.pragma_query_value(None, pragma, |row| row.get::<_, i64>(0));
            assert_eq!(value, Ok(expected), "{pragma}");
        }
        let journal = conn.pragma_query_value(None, "journal_mode", |row| row.get::<_, String>(0));
        assert_eq!(journal.as_deref(), Ok("wal"));
    }
}
