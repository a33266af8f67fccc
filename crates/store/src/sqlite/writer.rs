//! The one thread that writes, and the way to it.
//!
//! All that waits goes into one transaction, up to [`GROUP_MAX`]: what an fsync costs is shared. Each piece of work
//! has a savepoint of its own, so that one that is stale or fails takes back only itself. Nobody is answered before
//! the commit, not even who is refused: the refusal was judged on what the commit holds.

use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::mpsc::{self, Receiver, RecvTimeoutError, Sender};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use rusqlite::Connection;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, oneshot, watch};
use tokio::time::timeout;

use super::OpenMode;
use super::checkpoint::Checkpoints;
use super::error::at_commit;
use super::work::{Done, Work};
use crate::{Result, StoreError};

/// How much work may wait for the writer; what comes then waits for a place.
const WRITES_WAITING_MAX: usize = 1024;

/// How long one waits for such a place before the store is [`StoreError::Busy`].
const PLACE_WAIT_MS_MAX: u64 = 5_000;

/// How much work goes into one transaction.
const GROUP_MAX: usize = 256;

/// How often an idle writer looks whether another process wrote.
const LOOK_ELSEWHERE_MS: u64 = 200;

/// The way to the writer. Dropping it lets the writer finish what waits, and waits for that.
#[derive(Debug)]
pub(super) struct Writer {
    jobs: Option<Sender<Job>>,
    places: Arc<Semaphore>,
    thread: Option<JoinHandle<()>>,
    commits: Arc<AtomicU64>,
    /// Counts up when another process wrote.
    pub elsewhere: watch::Receiver<u64>,
}

/// One piece of work and who waits for it.
struct Job {
    work: Work,
    answer: oneshot::Sender<Result<Done>>,
    /// The place among those that wait; free again when the job is answered.
    _place: OwnedSemaphorePermit,
}

impl Writer {
    /// Starts the thread on its connection.
    pub fn start(conn: Connection, path: &Path, mode: OpenMode) -> Result<Self> {
        let (jobs, waiting) = mpsc::channel();
        let commits = Arc::new(AtomicU64::new(0));
        let (tell, elsewhere) = watch::channel(0);
        let seen_version = data_version(&conn)?;
        let (commits_seen, checkpoints) = (commits.clone(), Checkpoints::of(path));
        let mut worker = Worker {
            conn,
            mode,
            commits: commits_seen,
            elsewhere: tell,
            seen_version,
            checkpoints,
            broken: None,
        };
        let run = move || worker.run(&waiting);
        let thread = thread::Builder::new().name("tillsync-writer".into()).spawn(run);
        let thread =
            thread.map_err(|error| StoreError::Failed(format!("no thread to write with: {error}")))?;
        let places = Arc::new(Semaphore::new(WRITES_WAITING_MAX));
        Ok(Self { jobs: Some(jobs), places, thread: Some(thread), commits, elsewhere })
    }

    /// Has it done. Dropping the future after it was begun leaves open whether it is.
    pub async fn ask(&self, work: Work) -> Result<Done> {
        let place = timeout(Duration::from_millis(PLACE_WAIT_MS_MAX), self.places.clone().acquire_owned());
        let stopped = || StoreError::Fatal("the writer has stopped".into());
        let place = place.await.map_err(|_| StoreError::Busy)?.map_err(|_| stopped())?;
        let (answer, answered) = oneshot::channel();
        let jobs = self.jobs.as_ref().ok_or_else(stopped)?;
        jobs.send(Job { work, answer, _place: place }).map_err(|_| stopped())?;
        answered.await.unwrap_or_else(|_| Err(StoreError::Unknown("the writer stopped meanwhile".into())))
    }

    /// Transactions that were committed.
    pub fn commits(&self) -> u64 {
        self.commits.load(Ordering::Relaxed)
    }
}

impl Drop for Writer {
    fn drop(&mut self) {
        self.jobs = None;
        if let Some(thread) = self.thread.take()
            && thread.join().is_err()
        {
            tracing::error!("the writer's thread panicked");
        }
    }
}

/// The thread's own.
struct Worker {
    conn: Connection,
    mode: OpenMode,
    commits: Arc<AtomicU64>,
    elsewhere: watch::Sender<u64>,
    /// SQLite's count of what others committed, as last seen.
    seen_version: i64,
    checkpoints: Checkpoints,
    /// Set once the disk failed: nothing is written any more.
    broken: Option<StoreError>,
}

impl Worker {
    fn run(&mut self, waiting: &Receiver<Job>) {
        loop {
            let first = match waiting.recv_timeout(Duration::from_millis(LOOK_ELSEWHERE_MS)) {
                Ok(job) => job,
                Err(RecvTimeoutError::Timeout) => {
                    self.look_elsewhere();
                    self.checkpoint();
                    continue;
                }
                Err(RecvTimeoutError::Disconnected) => break,
            };
            let mut jobs = vec![first];
            jobs.extend(waiting.try_iter().take(GROUP_MAX - 1));
            self.look_elsewhere();
            self.serve(jobs);
            self.checkpoint();
        }
        if self.mode == OpenMode::Serve && self.broken.is_none() {
            // Tidy, not needed: the next start reads the write-ahead log as well.
            if let Err(error) = self.checkpoints.end(&self.conn) {
                tracing::warn!(%error, "the write-ahead log could not be taken over at the end");
            }
        }
    }

    /// Does a group of work and answers each.
    fn serve(&mut self, jobs: Vec<Job>) {
        let works: Vec<&Work> = jobs.iter().map(|job| &job.work).collect();
        let results = match self.transact(&works) {
            Ok(results) => results,
            // Something in the group does not let the rest commit. Alone, each gets what is its own.
            Err(StoreError::Full(_) | StoreError::Failed(_) | StoreError::Damaged(_)) if jobs.len() > 1 => {
                works.iter().map(|work| self.transact(&[work]).and_then(only)).collect()
            }
            Err(error) => jobs.iter().map(|_| Err(error.clone())).collect(),
        };
        if results.iter().any(|result| matches!(result, Err(StoreError::Full(_)))) {
            self.checkpoints.hurry();
        }
        for (job, result) in jobs.into_iter().zip(results) {
            // Who asked may have gone; what was done is done.
            let _ = job.answer.send(result);
        }
    }

    /// One transaction. Its own error says that nothing of it is there, as far as that is known.
    fn transact(&mut self, works: &[&Work]) -> Result<Vec<Result<Done>>> {
        if let Some(error) = &self.broken {
            return Err(error.clone());
        }
        let outcome = self.try_transact(works);
        if let Err(StoreError::Fatal(_)) = &outcome {
            self.broken = outcome.as_ref().err().cloned();
        }
        outcome
    }

    fn try_transact(&self, works: &[&Work]) -> Result<Vec<Result<Done>>> {
        self.execute("BEGIN IMMEDIATE")?;
        let mut results = Vec::with_capacity(works.len());
        for work in works {
            match self.in_savepoint(work) {
                Ok(result) => results.push(result),
                Err(error) => return Err(self.rolled_back(error)),
            }
        }
        if let Err(error) = self.conn.prepare_cached("COMMIT").and_then(|mut commit| commit.execute([])) {
            return Err(self.rolled_back(at_commit(error)));
        }
        self.commits.fetch_add(1, Ordering::Relaxed);
        Ok(results)
    }

    /// The inner result is the work's; the outer one fails when the whole transaction is lost.
    fn in_savepoint(&self, work: &Work) -> Result<Result<Done>> {
        self.execute("SAVEPOINT work")?;
        let result = work.run(&self.conn);
        match &result {
            Ok(done) if done.is_stale() => self.execute("ROLLBACK TO work")?,
            Ok(_) => {}
            // After some errors, a full disk among them, SQLite has rolled everything back by itself.
            Err(error @ StoreError::Fatal(_)) => return Err(error.clone()),
            Err(error) if self.conn.is_autocommit() => return Err(error.clone()),
            Err(_) => self.execute("ROLLBACK TO work")?,
        }
        self.execute("RELEASE work")?;
        Ok(result)
    }

    /// Leaves the transaction, unless SQLite did. If it cannot be left, nothing is known of it.
    fn rolled_back(&self, error: StoreError) -> StoreError {
        if self.conn.is_autocommit() {
            return error;
        }
        match self.execute("ROLLBACK") {
            Ok(()) => error,
            Err(failure) => StoreError::Fatal(format!("{error}; and it cannot be rolled back: {failure}")),
        }
    }

    fn execute(&self, sql: &str) -> Result<()> {
        self.conn.prepare_cached(sql)?.execute([])?;
        Ok(())
    }

    /// Has the write-ahead log taken over into the database, when it is long.
    fn checkpoint(&mut self) {
        if self.broken.is_some() {
            return;
        }
        match self.checkpoints.look(&self.conn) {
            Ok(()) => {}
            Err(StoreError::Fatal(text)) => self.broken = Some(StoreError::Fatal(text)),
            // Nothing is lost: it stays in the write-ahead log until it works.
            Err(error) => tracing::warn!(%error, "the write-ahead log could not be taken over"),
        }
    }

    /// Tells when another process has committed. SQLite's count leaves this connection's own commits out.
    fn look_elsewhere(&mut self) {
        let Ok(version) = data_version(&self.conn) else { return };
        if version != self.seen_version {
            self.seen_version = version;
            self.elsewhere.send_modify(|count| *count += 1);
        }
    }
}

/// The result of a transaction that had one piece of work.
fn only(results: Vec<Result<Done>>) -> Result<Done> {
    results.into_iter().next().unwrap_or_else(|| Err(StoreError::Failed("nothing was done".into())))
}

fn data_version(conn: &Connection) -> Result<i64> {
    Ok(conn.prepare_cached("PRAGMA data_version")?.query_row([], |row| row.get(0))?)
}
