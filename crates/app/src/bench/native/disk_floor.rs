//! The floor of the disk: a bare SQLite group commit of the rows that the server wrote for the same updates. One
//! thread takes what is due, writes it, commits, and takes what has become due meanwhile: no rules, no JSON, no rooms.

use std::collections::{HashMap, HashSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::{Duration, Instant};

use anyhow::Context;
use rusqlite::{Connection, params};
use serde::Deserialize;
use tillsync_store::sqlite::{DATABASE_FILE, OpenMode, Options, SqliteStore};

use super::measured::NativeMeasured;

use crate::bench::folder::Folder;
use crate::bench::measured::Measured;
use crate::bench::process::Usage;
use crate::bench::tally::{Schedule, Tally};

/// Updates of one transaction, as in the server's writer.
const GROUP_MAX: usize = 256;

/// Pages of the write-ahead log before they are taken over (here by the one thread that there is), and the page cache
/// in KiB: as in the server's store.
const WAL_PAGES_MAX: i64 = 8_192;
const CACHE_KIB: i64 = 8 * 1024;

/// What the server wrote for the updates of a run.
pub struct DiskFloor {
    updates: Vec<Update>,
    rooms: HashMap<i64, Room>,
    orders: HashMap<String, Order>,
}

/// The rows of one update.
struct Update {
    room: i64,
    seq: i64,
    time_ms: i64,
    command: String,
    body: String,
    order: String,
    answer_key: String,
    answer_key_before: String,
    answer: String,
}

struct Room {
    run: i64,
    answered: i64,
    summary: String,
}

struct Order {
    room: i64,
    run: i64,
    state: String,
    number: i64,
    revision: i64,
    body: String,
}

/// What is read of an event.
#[derive(Deserialize)]
struct Event {
    author: Author,
    number: u64,
}

#[derive(Deserialize)]
struct Author {
    till: String,
}

impl DiskFloor {
    /// Reads what a server that has ended wrote for the updates whose command ids begin with `mark`.
    pub fn read(folder: &Path, mark: &str) -> anyhow::Result<Self> {
        let conn = Connection::open(folder.join(DATABASE_FILE))?;
        let mut answers = conn.prepare("SELECT key, value FROM side WHERE kind = 'till.answer'")?;
        let answers =
            answers.query_map([], |row| Ok((row.get::<_, String>(0)?, row.get::<_, String>(1)?)))?;
        let mut answer_of: HashMap<String, String> = HashMap::new();
        for answer in answers {
            let (key, value) = answer?;
            let till = key.rsplit_once('|').map_or("", |(till, _)| till);
            answer_of.insert(till.to_owned(), value);
        }
        let mut log = conn.prepare(
            "SELECT l.multi_session, l.seq, l.time_ms, l.command, l.body, o.uid FROM log l
             JOIN order_log o USING (database, multi_session, seq)
             WHERE l.command LIKE ?1 AND l.body LIKE '%\"change\":\"updated\"%' ORDER BY l.time_ms, l.seq",
        )?;
        let read = |row: &rusqlite::Row<'_>| {
            let empty = String::new;
            Ok(Update {
                room: row.get(0)?,
                seq: row.get(1)?,
                time_ms: row.get(2)?,
                command: row.get(3)?,
                body: row.get(4)?,
                order: row.get(5)?,
                answer_key: empty(),
                answer_key_before: empty(),
                answer: empty(),
            })
        };
        let mut updates = log.query_map([format!("{mark}-%")], read)?.collect::<Result<Vec<_>, _>>()?;
        for update in &mut updates {
            let event: Event = serde_json::from_str(&update.body).context("an event cannot be read")?;
            let key = |number: u64| format!("{}|{number:012}", event.author.till);
            (update.answer_key, update.answer_key_before) =
                (key(event.number), key(event.number.saturating_sub(1)));
            update.answer = answer_of.get(&event.author.till).cloned().unwrap_or_default();
        }
        let mut rooms = conn.prepare("SELECT multi_session, run, answered, summary FROM multi_sessions")?;
        let rooms = rooms.query_map([], |row| {
            Ok((row.get(0)?, Room { run: row.get(1)?, answered: row.get(2)?, summary: row.get(3)? }))
        })?;
        let mut orders =
            conn.prepare("SELECT uid, multi_session, run, state, number, revision, body FROM orders")?;
        let orders = orders.query_map([], |row| {
            let (room, run, state) = (row.get(1)?, row.get(2)?, row.get(3)?);
            let (number, revision, body) = (row.get(4)?, row.get(5)?, row.get(6)?);
            Ok((row.get(0)?, Order { room, run, state, number, revision, body }))
        })?;
        let (rooms, orders) = (rooms.collect::<Result<_, _>>()?, orders.collect::<Result<_, _>>()?);
        Ok(Self { updates, rooms, orders })
    }

    /// Writes them into a database of its own, each when it is due. Blocks.
    pub fn run(&self, schedule: Schedule) -> anyhow::Result<NativeMeasured> {
        let folder = Folder::new();
        drop(SqliteStore::open(&folder.0, &Options::new(OpenMode::Serve))?);
        let conn = Connection::open(folder.0.join(DATABASE_FILE))?;
        conn.pragma_update_and_check(None, "journal_mode", "wal", |_| Ok(()))?;
        conn.pragma_update(None, "synchronous", "full")?;
        conn.pragma_update(None, "foreign_keys", true)?;
        conn.pragma_update(None, "temp_store", "memory")?;
        conn.pragma_update(None, "cache_size", -CACHE_KIB)?;
        conn.pragma_update_and_check(None, "wal_autocheckpoint", 0, |_| Ok(()))?;
        self.fill(&conn)?;
        let tally = Tally::new();
        // The tills' schedule begins when the writer is ready for it, and its updates follow each other evenly.
        let every = schedule.every.div_f64(schedule.tills.max(1) as f64);
        let begins = Instant::now() + Duration::from_millis(100);
        let due = |at: usize| begins + every.mul_f64(at as f64);
        let before = Usage::of(std::process::id());
        let (mut next, commits) = (0, AtomicU64::new(0));
        while next < self.updates.len() {
            std::thread::sleep(due(next).saturating_duration_since(Instant::now()));
            let now = Instant::now();
            let is_due = |at: &usize| due(*at) <= now;
            let end =
                (next + 1..self.updates.len()).take(GROUP_MAX - 1).take_while(is_due).last().unwrap_or(next)
                    + 1;
            self.commit(&conn, &self.updates[next..end])?;
            commits.fetch_add(1, Ordering::Relaxed);
            (next..end).for_each(|at| tally.answered.since(due(at)));
            tally.accepted.fetch_add((end - next) as u64, Ordering::Relaxed);
            // As in the server: once those who wait are answered.
            if checkpoint(&conn, "NOOP")? >= WAL_PAGES_MAX {
                checkpoint(&conn, "PASSIVE")?;
            }
            next = end;
        }
        let took = begins.elapsed();
        let load = Measured {
            in_time: true,
            took,
            wall: took,
            due: self.updates.len(),
            expected: 0,
            server: before.zip(Usage::of(std::process::id())),
            own: None,
            tally: Arc::new(tally),
        };
        let commits = Some(commits.into_inner());
        Ok(NativeMeasured { load, updates: None, idle_tills: None, commits })
    }

    /// What was there before the first update: the rooms and the orders.
    fn fill(&self, conn: &Connection) -> anyhow::Result<()> {
        conn.execute_batch("BEGIN IMMEDIATE")?;
        for (id, room) in &self.rooms {
            let row = params![id, room.run, room.answered, room.summary];
            conn.execute("INSERT INTO multi_sessions VALUES ('bench', ?1, 0, ?2, ?3, ?4)", row)?;
        }
        for (uid, order) in &self.orders {
            let Order { room, run, state, number, revision, body } = order;
            conn.execute(
                "INSERT INTO orders (database, multi_session, uid, run, state, number, revision, body)
                 VALUES ('bench', ?1, ?2, ?3, ?4, ?5, ?6, ?7)",
                params![room, uid, run, state, number, revision, body],
            )?;
        }
        conn.execute_batch("COMMIT")?;
        Ok(())
    }

    /// One transaction. What a batch of a room writes once, its summary and each order, is written once here, too.
    fn commit(&self, conn: &Connection, group: &[Update]) -> anyhow::Result<()> {
        conn.prepare_cached("BEGIN IMMEDIATE")?.execute([])?;
        let (mut rooms, mut orders) = (HashSet::new(), HashSet::new());
        for update in group.iter().rev() {
            if rooms.insert(update.room)
                && let Some(room) = self.rooms.get(&update.room)
            {
                let mut write = conn.prepare_cached(
                    "UPDATE multi_sessions SET seq = ?2, run = ?3, answered = ?4, summary = ?5
                     WHERE database = 'bench' AND multi_session = ?1",
                )?;
                write.execute(params![update.room, update.seq, room.run, room.answered, room.summary])?;
            }
            if orders.insert(&update.order)
                && let Some(order) = self.orders.get(&update.order)
            {
                let mut write = conn.prepare_cached(
                    "UPDATE orders SET number = ?3, revision = ?4, body = ?5
                     WHERE database = 'bench' AND multi_session = ?1 AND uid = ?2",
                )?;
                write.execute(params![
                    update.room,
                    update.order,
                    order.number,
                    order.revision,
                    order.body
                ])?;
            }
        }
        for update in group {
            let mut log = conn.prepare_cached("INSERT INTO log VALUES ('bench', ?1, ?2, ?3, ?4, ?5)")?;
            log.execute(params![update.room, update.seq, update.time_ms, update.command, update.body])?;
            let mut order_log = conn.prepare_cached("INSERT INTO order_log VALUES ('bench', ?1, ?2, ?3)")?;
            order_log.execute(params![update.room, update.order, update.seq])?;
            let mut answer =
                conn.prepare_cached("INSERT INTO side VALUES ('bench', ?1, 'till.answer', ?2, ?3)")?;
            answer.execute(params![update.room, update.answer_key, update.answer])?;
            let mut forget = conn.prepare_cached(
                "DELETE FROM side WHERE database = 'bench' AND multi_session = ?1 AND kind = 'till.answer' AND key = ?2",
            )?;
            forget.execute(params![update.room, update.answer_key_before])?;
        }
        conn.prepare_cached("COMMIT")?.execute([])?;
        Ok(())
    }
}

/// A checkpoint of a kind; gives how many pages of the write-ahead log are not in the database.
fn checkpoint(conn: &Connection, kind: &str) -> rusqlite::Result<i64> {
    let mut checkpoint = conn.prepare_cached(&format!("PRAGMA wal_checkpoint({kind})"))?;
    checkpoint.query_row([], |row| Ok(row.get::<_, i64>(1)? - row.get::<_, i64>(2)?))
}
