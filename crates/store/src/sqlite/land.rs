//! What lands a batch: the statements, inside a transaction that the caller began.
//!
//! Whoever calls rolls back to where it began when the answer is not [`Appended::Landed`].

use rusqlite::{Connection, OptionalExtension, params};

use super::error::is_taken;
use super::lists;
use super::rows::{Place, Rows, SessionRow};
use crate::{ANSWERS_KEPT, Appended, Result, StoreError};

/// Answers are pruned once for so many that came: cheap, and never far above [`ANSWERS_KEPT`].
const PRUNE_EVERY: i64 = 256;

/// Writes the batches, all of them or, as far as the caller rolls back, none.
pub(super) fn land(conn: &Connection, batches: &[Rows]) -> Result<Appended> {
    for rows in batches {
        match land_one(conn, rows)? {
            Appended::Landed => {}
            Appended::Stale => return Ok(Appended::Stale),
        }
    }
    // A POS that moves joins one room and leaves another, whichever of the two stands first.
    for rows in batches {
        join(conn, rows)?;
    }
    Ok(Appended::Landed)
}

fn land_one(conn: &Connection, rows: &Rows) -> Result<Appended> {
    let (seq, answered) = standing(conn, rows)?;
    if seq != rows.expected_seq {
        return Ok(Appended::Stale);
    }
    write_summary(conn, rows, answered)?;
    if write_events(conn, rows)? == Appended::Stale {
        return Ok(Appended::Stale);
    }
    write_orders(conn, rows)?;
    write_sessions(conn, rows)?;
    write_answers(conn, rows, answered)?;
    write_side(conn, rows)?;
    leave(conn, rows)?;
    Ok(Appended::Landed)
}

/// The room's seq, and how many answers it ever gave.
fn standing(conn: &Connection, rows: &Rows) -> Result<(i64, i64)> {
    let mut find = conn.prepare_cached(
        "SELECT seq, answered FROM multi_sessions WHERE database = ?1 AND multi_session = ?2",
    )?;
    let room = params![&*rows.room.database, rows.room.multi_session];
    let standing = find.query_row(room, |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    Ok(standing.unwrap_or((0, 0)))
}

fn write_summary(conn: &Connection, rows: &Rows, answered: i64) -> Result<()> {
    let mut write = conn.prepare_cached(
        "INSERT INTO multi_sessions (database, multi_session, seq, run, answered, summary)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (database, multi_session)
         DO UPDATE SET seq = ?3, run = ?4, answered = ?5, summary = ?6",
    )?;
    let answered = answered + rows.answers.len() as i64;
    let (database, multi_session) = (&*rows.room.database, rows.room.multi_session);
    write.execute(params![database, multi_session, rows.seq, rows.run, answered, rows.summary])?;
    Ok(())
}

fn write_events(conn: &Connection, rows: &Rows) -> Result<Appended> {
    let (database, multi_session) = (&*rows.room.database, rows.room.multi_session);
    let mut log = conn.prepare_cached(
        "INSERT INTO log (database, multi_session, seq, time_ms, command, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)",
    )?;
    for event in &rows.events {
        let row =
            params![database, multi_session, event.seq, event.time_ms, event.command.as_str(), event.body];
        match log.execute(row) {
            Ok(_) => {}
            Err(error) if is_taken(&error) => return Ok(Appended::Stale),
            Err(error) => return Err(error.into()),
        }
    }
    let mut order_log = conn.prepare_cached(
        "INSERT INTO order_log (database, multi_session, uid, seq) VALUES (?1, ?2, ?3, ?4)",
    )?;
    for (uid, seq) in &rows.touched {
        order_log.execute(params![database, multi_session, uid.as_str(), seq])?;
    }
    Ok(Appended::Landed)
}

fn write_orders(conn: &Connection, rows: &Rows) -> Result<()> {
    let (database, multi_session) = (&*rows.room.database, rows.room.multi_session);
    // Most changes leave an order's run and state alone, and then the index of what to load as well.
    let mut change = conn.prepare_cached(
        "UPDATE orders SET number = ?4, revision = ?5, body = ?6
         WHERE database = ?1 AND multi_session = ?2 AND uid = ?3 AND run = ?7 AND state = ?8",
    )?;
    let mut write = conn.prepare_cached(
        "INSERT INTO orders (database, multi_session, uid, number, revision, body, run, state,
             closed_ms, closed_session)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10)
         ON CONFLICT (database, multi_session, uid)
         DO UPDATE SET number = ?4, revision = ?5, body = ?6, run = ?7, state = ?8,
             closed_ms = ?9, closed_session = ?10",
    )?;
    for order in &rows.orders {
        let (uid, number, revision) = (order.uid.as_str(), order.number, order.revision);
        let (body, run, state) = (&order.body, order.run, order.state);
        let row = params![database, multi_session, uid, number, revision, body, run, state];
        let is_same_state = change.execute(row)? > 0;
        if !is_same_state {
            let (ms, session) = (order.closed_ms, order.closed_session);
            write.execute(params![
                database,
                multi_session,
                uid,
                number,
                revision,
                body,
                run,
                state,
                ms,
                session
            ])?;
        }
        // One that stays a draft has nothing there, and most changes are of such.
        if !is_same_state || order.facts.is_some() {
            lists::replace(conn, &rows.room, order)?;
        }
    }
    Ok(())
}

fn write_sessions(conn: &Connection, rows: &Rows) -> Result<()> {
    let (database, multi_session) = (&*rows.room.database, rows.room.multi_session);
    for row in &rows.sessions {
        match row {
            SessionRow::Opened { session, pos, name, run, ms, body } => {
                let mut write = conn.prepare_cached(
                    "INSERT INTO pos_sessions (database, session, multi_session, pos, name, run, opened_ms, opened)
                     VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)
                     ON CONFLICT (database, session) DO NOTHING",
                )?;
                write.execute(params![database, session, multi_session, pos, name, run, ms, body])?;
            }
            SessionRow::Closed { pos, ms, body } => {
                let mut close = conn.prepare_cached(
                    "UPDATE pos_sessions SET closed_ms = ?4, closed = ?5
                     WHERE database = ?1 AND multi_session = ?2 AND pos = ?3 AND closed_ms IS NULL",
                )?;
                close.execute(params![database, multi_session, pos, ms, body])?;
            }
        }
    }
    Ok(())
}

/// The first answer to a command stands: sent again, it gets what it got.
fn write_answers(conn: &Connection, rows: &Rows, answered: i64) -> Result<()> {
    let (database, multi_session) = (&*rows.room.database, rows.room.multi_session);
    let mut write = conn.prepare_cached(
        "INSERT INTO answers (database, multi_session, n, command, answer) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (database, multi_session, command) DO NOTHING",
    )?;
    for (n, (command, answer)) in (answered + 1..).zip(&rows.answers) {
        write.execute(params![database, multi_session, n, command.as_str(), answer])?;
    }
    let now = answered + rows.answers.len() as i64;
    if now / PRUNE_EVERY != answered / PRUNE_EVERY {
        let mut prune = conn
            .prepare_cached("DELETE FROM answers WHERE database = ?1 AND multi_session = ?2 AND n <= ?3")?;
        prune.execute(params![database, multi_session, now - ANSWERS_KEPT as i64])?;
    }
    Ok(())
}

fn write_side(conn: &Connection, rows: &Rows) -> Result<()> {
    let (database, multi_session) = (&*rows.room.database, rows.room.multi_session);
    let mut write = conn.prepare_cached(
        "INSERT INTO side (database, multi_session, kind, key, value) VALUES (?1, ?2, ?3, ?4, ?5)
         ON CONFLICT (database, multi_session, kind, key) DO UPDATE SET value = ?5",
    )?;
    let mut delete = conn.prepare_cached(
        "DELETE FROM side WHERE database = ?1 AND multi_session = ?2 AND kind = ?3 AND key = ?4",
    )?;
    for row in &rows.side {
        match &row.value {
            Some(value) => write.execute(params![database, multi_session, &*row.kind, row.key, value])?,
            None => delete.execute(params![database, multi_session, &*row.kind, row.key])?,
        };
    }
    Ok(())
}

fn leave(conn: &Connection, rows: &Rows) -> Result<()> {
    let mut leave =
        conn.prepare_cached("DELETE FROM poses WHERE database = ?1 AND multi_session = ?2 AND pos = ?3")?;
    for (pos, place) in &rows.poses {
        match place {
            Place::Out => leave.execute(params![&*rows.room.database, rows.room.multi_session, pos])?,
            Place::In(_) => 0,
        };
    }
    Ok(())
}

/// A POS is in at most one multi-session of its database (rule S1).
fn join(conn: &Connection, rows: &Rows) -> Result<()> {
    let mut find = conn.prepare_cached("SELECT multi_session FROM poses WHERE database = ?1 AND pos = ?2")?;
    let mut join =
        conn.prepare_cached("INSERT INTO poses (database, multi_session, pos) VALUES (?1, ?2, ?3)")?;
    let (database, multi_session) = (&*rows.room.database, rows.room.multi_session);
    for (pos, place) in &rows.poses {
        let Place::In(name) = place else { continue };
        match find.query_row(params![database, pos], |row| row.get::<_, i64>(0)).optional()? {
            None => {
                join.execute(params![database, multi_session, pos])?;
            }
            Some(there) if there == multi_session => {}
            Some(there) => {
                let text = format!(
                    "POS {pos} ({name}) cannot join multi-session {multi_session} of database {database}: \
                     it is in multi-session {there}; it has to leave that first"
                );
                return Err(StoreError::Failed(text));
            }
        }
    }
    Ok(())
}
