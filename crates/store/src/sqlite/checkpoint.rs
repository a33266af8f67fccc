//! Taking the write-ahead log over into the database, while the writer goes on.
//!
//! The log begins anew, in its own file, once all of it is in the database. A disk needs ten or a hundred times as
//! long for that as for a commit, since what is taken over lies scattered. So most of it is done on a thread and a
//! connection of its own; the writer, between two transactions, takes over only the few pages that came meanwhile.

use std::path::{Path, PathBuf};
use std::thread::{self, JoinHandle};

use rusqlite::Connection;

use super::schema;
use crate::{Result, StoreError};

/// Pages that the log may grow by before they are taken over: 32 MiB. A page that was written many times is then
/// taken over once.
const PAGES_MAX: i64 = 8_192;

/// Who takes the log over, and when next.
#[derive(Debug)]
pub(super) struct Checkpoints {
    path: PathBuf,
    running: Option<JoinHandle<Result<()>>>,
    pages_max: i64,
    /// Begin when so many pages are not in the database.
    begin_at: i64,
}

impl Checkpoints {
    /// Nothing is taken over yet.
    pub fn of(path: &Path) -> Self {
        Self::every(path, PAGES_MAX)
    }

    fn every(path: &Path, pages_max: i64) -> Self {
        Self { path: path.to_owned(), running: None, pages_max, begin_at: pages_max }
    }

    /// Called by the writer when it is in no transaction. Returns soon, unless the disk is so slow that the log
    /// grew twice as long as it may: then it waits.
    pub fn look(&mut self, conn: &Connection) -> Result<()> {
        let now = run(conn, Kind::Look)?;
        match &self.running {
            None if now.left >= self.begin_at => self.begin(),
            Some(bulk) if bulk.is_finished() || now.all >= self.begin_at + self.pages_max => {
                let then = self.finish().and_then(|()| run(conn, Kind::Passive));
                // Somebody who reads for long, a backup for instance, keeps what it reads in the log. And what has
                // failed is not tried again at each commit.
                self.begin_at = then.as_ref().unwrap_or(&now).left + self.pages_max;
                then.map(drop)
            }
            None | Some(_) => Ok(()),
        }
    }

    /// The disk is full: what is in the log shall be taken over now, so that its own place can be written again.
    pub fn hurry(&mut self) {
        self.begin_at = 1;
    }

    /// Takes everything over, and cuts the log down to nothing.
    pub fn end(&mut self, conn: &Connection) -> Result<()> {
        self.finish()?;
        run(conn, Kind::Truncate).map(drop)
    }

    fn begin(&mut self) -> Result<()> {
        let path = self.path.clone();
        let bulk = thread::Builder::new().name("tillsync-bulk".into()).spawn(move || take_over(&path));
        let bulk = bulk.map_err(|error| StoreError::Failed(format!("no thread to do it with: {error}")))?;
        self.running = Some(bulk);
        Ok(())
    }

    /// Waits for the thread, if there is one.
    fn finish(&mut self) -> Result<()> {
        let Some(bulk) = self.running.take() else { return Ok(()) };
        bulk.join().unwrap_or_else(|_| Err(StoreError::Failed("its thread panicked".into())))
    }
}

impl Drop for Checkpoints {
    fn drop(&mut self) {
        if let Err(error) = self.finish() {
            tracing::warn!(%error, "the write-ahead log could not be taken over at the end");
        }
    }
}

/// The bulk: what is in the log now, and once more what came until that was done.
fn take_over(path: &Path) -> Result<()> {
    let conn = schema::open_for_checkpoints(path)?;
    for _ in 0..2 {
        run(&conn, Kind::Passive)?;
    }
    Ok(())
}

/// What SQLite shall do.
#[derive(Debug, Clone, Copy)]
enum Kind {
    /// Nothing but count.
    Look,
    /// What nobody reads from the log any more; waits for nobody.
    Passive,
    /// All of it, and make the file empty.
    Truncate,
}

/// How long the log is, in pages.
#[derive(Debug, Clone, Copy)]
struct Pages {
    /// All that are in it.
    all: i64,
    /// Those of them that are not in the database.
    left: i64,
}

/// Gives how long the log is then.
fn run(conn: &Connection, kind: Kind) -> Result<Pages> {
    let sql = match kind {
        Kind::Look => "PRAGMA wal_checkpoint(NOOP)",
        Kind::Passive => "PRAGMA wal_checkpoint(PASSIVE)",
        Kind::Truncate => "PRAGMA wal_checkpoint(TRUNCATE)",
    };
    let pages = conn.prepare_cached(sql)?.query_row([], |row| {
        let (all, taken_over): (i64, i64) = (row.get(1)?, row.get(2)?);
        Ok(Pages { all, left: all - taken_over })
    })?;
    Ok(pages)
}

#[cfg(test)]
mod tests {
    use std::fs;

    use tempfile::TempDir;

    use super::*;

    /// Pages after which it is taken over in these tests.
    const PAGES: i64 = 64;

    struct Disk {
        dir: TempDir,
        conn: Connection,
        checkpoints: Checkpoints,
    }

    impl Disk {
        fn new() -> Self {
            let dir = tempfile::tempdir().expect("a folder for temporary files");
            let path = dir.path().join("a.db");
            let conn = Connection::open(&path).expect("it opens");
            conn.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(())).expect("it has one");
            conn.pragma_update(None, "wal_autocheckpoint", 0).expect("it is off");
            conn.execute_batch("CREATE TABLE t (x BLOB)").expect("a table");
            Self { checkpoints: Checkpoints::every(&path, PAGES), dir, conn }
        }

        /// Writes some pages and lets them be looked at; how many are not in the database before that.
        fn write(&mut self) -> i64 {
            self.conn.execute("INSERT INTO t VALUES (zeroblob(20000))", []).expect("a row");
            let pages = self.left();
            self.checkpoints.look(&self.conn).expect("it can be looked at");
            pages
        }

        fn left(&self) -> i64 {
            run(&self.conn, Kind::Look).expect("a count").left
        }

        /// Writes until it was taken over once more.
        fn write_until_taken_over(&mut self) {
            while self.checkpoints.running.is_none() {
                self.write();
            }
            while self.checkpoints.running.is_some() {
                self.write();
            }
        }

        fn log_bytes(&self) -> u64 {
            fs::metadata(self.dir.path().join("a.db-wal")).expect("it is there").len()
        }
    }

    #[test]
    fn the_log_begins_anew_under_one_who_never_stops_writing_and_has_a_bound() {
        let mut disk = Disk::new();
        let most = (0..2_000).map(|_| disk.write()).max().expect("some");
        // A row's pages, and what a row changes beside, come on top.
        assert!(most <= 2 * PAGES + 20, "{most} pages");
        let bytes = u64::try_from(3 * PAGES * 4_120).expect("positive");
        assert!(disk.log_bytes() <= bytes, "{} bytes", disk.log_bytes());
    }

    #[test]
    fn who_reads_for_long_is_not_waited_for_and_what_it_reads_is_taken_over_afterwards() {
        let mut disk = Disk::new();
        disk.write();
        let reader = Connection::open(disk.dir.path().join("a.db")).expect("it opens");
        reader.execute_batch("BEGIN; SELECT count(*) FROM t").expect("it reads");
        disk.write_until_taken_over();
        let kept = disk.left();
        assert!(kept >= PAGES, "{kept} pages: the reader sees the moment at which it began");
        assert!(disk.checkpoints.begin_at >= kept, "it is not tried again at each commit");
        reader.execute_batch("COMMIT").expect("it ends");
        disk.write_until_taken_over();
        assert!(disk.left() < PAGES);
    }

    #[test]
    fn on_a_full_disk_it_is_taken_over_at_once() {
        let mut disk = Disk::new();
        disk.write();
        assert!(disk.checkpoints.running.is_none());
        disk.checkpoints.hurry();
        disk.write_until_taken_over();
        assert!(disk.left() < PAGES / 2);
        disk.write();
        assert!(disk.checkpoints.running.is_none(), "then it takes its time again");
    }

    #[test]
    fn at_the_end_nothing_is_in_the_log() {
        let mut disk = Disk::new();
        while disk.checkpoints.running.is_none() {
            disk.write();
        }
        disk.checkpoints.end(&disk.conn).expect("it ends");
        assert_eq!(disk.log_bytes(), 0);
        let rows: i64 = disk.conn.query_row("SELECT count(*) FROM t", [], |row| row.get(0)).expect("a count");
        assert!(rows > 0);
    }
}
