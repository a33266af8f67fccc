//! What is read of a room: the queries, inside a transaction that sees one moment.

use rusqlite::{Connection, OptionalExtension, params};
use serde::de::DeserializeOwned;
use serde_json::Value;
use tillsync_core::event::Event;
use tillsync_core::id::CommandId;
use tillsync_core::multi_session::Summary;
use tillsync_core::order::{Closing, Order};

use crate::{ANSWERS_KEPT, CLOSED_LOADED_MAX, Closed, Loaded, Result, RoomId, StoreError};

/// See [`crate::Store::load`].
pub(super) fn load(conn: &Connection, room: &RoomId) -> Result<Option<Loaded>> {
    let Some(summary) = summary(conn, room)? else { return Ok(None) };
    let orders = orders_to_load(conn, room, summary.run)?;
    Ok(Some(Loaded { summary, orders, commands: commands(conn, room)? }))
}

/// See [`crate::Store::summary`].
pub(super) fn summary(conn: &Connection, room: &RoomId) -> Result<Option<Summary>> {
    let mut find =
        conn.prepare_cached("SELECT summary FROM multi_sessions WHERE database = ?1 AND multi_session = ?2")?;
    let body = find.query_row(params![&*room.database, room.multi_session], text).optional()?;
    body.map(|body| parse(&body, room, "the summary")).transpose()
}

fn orders_to_load(conn: &Connection, room: &RoomId, run: u32) -> Result<Vec<Order>> {
    let mut find = conn.prepare_cached(
        "SELECT body FROM orders WHERE database = ?1 AND multi_session = ?2 AND closed_run IS NULL
         UNION ALL
         SELECT body FROM (
             SELECT body FROM orders WHERE database = ?1 AND multi_session = ?2 AND closed_run >= ?3
             ORDER BY closed_run DESC, rowid DESC LIMIT ?4)",
    )?;
    let most = limit(CLOSED_LOADED_MAX);
    let mut rows = find.query(params![&*room.database, room.multi_session, run.saturating_sub(1), most])?;
    let mut orders = Vec::new();
    while let Some(row) = rows.next()? {
        orders.push(parse(&text(row)?, room, "an order")?);
    }
    Ok(orders)
}

fn commands(conn: &Connection, room: &RoomId) -> Result<Vec<CommandId>> {
    let mut find = conn.prepare_cached(
        "SELECT command FROM answers WHERE database = ?1 AND multi_session = ?2 ORDER BY n DESC LIMIT ?3",
    )?;
    let newest = params![&*room.database, room.multi_session, ANSWERS_KEPT as i64];
    let mut commands =
        find.query_map(newest, |row| Ok(CommandId::new(text(row)?)))?.collect::<Result<Vec<_>, _>>()?;
    commands.reverse();
    Ok(commands)
}

/// See [`crate::Store::tail`].
pub(super) fn tail(conn: &Connection, room: &RoomId, after: u64, max: usize) -> Result<Vec<Event>> {
    let mut find = conn.prepare_cached(
        "SELECT seq, body FROM log WHERE database = ?1 AND multi_session = ?2 AND seq > ?3 ORDER BY seq LIMIT ?4",
    )?;
    events(room, find.query(params![&*room.database, room.multi_session, clamp(after), limit(max)])?)
}

/// See [`crate::Store::history`].
pub(super) fn history(
    conn: &Connection,
    room: &RoomId,
    uid: &str,
    after: u64,
    max: usize,
) -> Result<Vec<Event>> {
    let mut find = conn.prepare_cached(
        "SELECT log.seq, log.body FROM order_log JOIN log USING (database, multi_session, seq)
         WHERE database = ?1 AND multi_session = ?2 AND order_log.uid = ?3 AND seq > ?4 ORDER BY seq LIMIT ?5",
    )?;
    let of_order = params![&*room.database, room.multi_session, uid, clamp(after), limit(max)];
    events(room, find.query(of_order)?)
}

/// The rows are a seq and a body.
fn events(room: &RoomId, mut rows: rusqlite::Rows) -> Result<Vec<Event>> {
    let mut events = Vec::new();
    while let Some(row) = rows.next()? {
        let (seq, body): (i64, String) = (row.get(0)?, row.get(1)?);
        let event: Event = parse(&body, room, &format!("event {seq}"))?;
        if i64::try_from(event.seq) != Ok(seq) {
            return Err(StoreError::Damaged(format!("{room}: event {seq} says that it is {}", event.seq)));
        }
        events.push(event);
    }
    Ok(events)
}

/// See [`crate::Store::order`].
pub(super) fn order(conn: &Connection, room: &RoomId, uid: &str) -> Result<Option<Order>> {
    let mut find = conn
        .prepare_cached("SELECT body FROM orders WHERE database = ?1 AND multi_session = ?2 AND uid = ?3")?;
    let body = find.query_row(params![&*room.database, room.multi_session, uid], text).optional()?;
    body.map(|body| parse(&body, room, &format!("order {uid}"))).transpose()
}

/// See [`crate::Store::closed`].
pub(super) fn closed(conn: &Connection, room: &RoomId, wanted: &Closed) -> Result<Vec<Order>> {
    // Two queries, each along its own index; what lies after the last possible moment is everything.
    let of_session = "SELECT closed_ms, body FROM orders
         WHERE database = ?1 AND multi_session = ?2 AND closed_session = ?6 AND (closed_ms, uid) < (?3, ?4)
         ORDER BY closed_ms DESC, uid DESC LIMIT ?5";
    let of_all = "SELECT closed_ms, body FROM orders
         WHERE database = ?1 AND multi_session = ?2 AND closed_ms IS NOT NULL AND (closed_ms, uid) < (?3, ?4)
             AND ?6 IS NULL
         ORDER BY closed_ms DESC, uid DESC LIMIT ?5";
    let mut find = conn.prepare_cached(if wanted.session.is_some() { of_session } else { of_all })?;
    let (ms, uid) = match &wanted.after {
        Some((ms, uid)) => (clamp(*ms), uid.as_str()),
        None => (i64::MAX, ""),
    };
    let list = params![&*room.database, room.multi_session, ms, uid, limit(wanted.max), wanted.session];
    let mut rows = find.query(list)?;
    let mut orders = Vec::new();
    while let Some(row) = rows.next()? {
        let (ms, body): (i64, String) = (row.get(0)?, row.get(1)?);
        let mut order: Order = parse(&body, room, "an order")?;
        // An older version did not note it in the order.
        let by = || order.edited.clone().unwrap_or_else(|| order.added.clone());
        if order.closing.is_none() {
            let ms = u64::try_from(ms).unwrap_or_default();
            order.closing = Some(Closing { ms, device_ms: None, by: by(), session: None, receipt: None });
        }
        orders.push(order);
    }
    Ok(orders)
}

/// See [`crate::Store::answer`].
pub(super) fn answer(conn: &Connection, room: &RoomId, command: &str) -> Result<Option<Value>> {
    let mut find = conn.prepare_cached(
        "SELECT answer FROM answers WHERE database = ?1 AND multi_session = ?2 AND command = ?3",
    )?;
    let body = find.query_row(params![&*room.database, room.multi_session, command], text).optional()?;
    body.map(|body| parse(&body, room, &format!("the answer to command {command}"))).transpose()
}

/// See [`crate::Store::side`].
pub(super) fn side(
    conn: &Connection,
    room: &RoomId,
    kind: &str,
    prefix: &str,
) -> Result<Vec<(String, Value)>> {
    let mut find = conn.prepare_cached(
        "SELECT key, value FROM side
         WHERE database = ?1 AND multi_session = ?2 AND kind = ?3 AND key >= ?4 ORDER BY key",
    )?;
    let mut rows = find.query(params![&*room.database, room.multi_session, kind, prefix])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let key = text(row)?;
        // Keys are in the order of their bytes, so those with the prefix are the first ones.
        if !key.starts_with(prefix) {
            break;
        }
        let value = parse(&row.get::<_, String>(1)?, room, &format!("{kind} {key}"))?;
        found.push((key, value));
    }
    Ok(found)
}

/// See [`crate::Store::rooms`].
pub(super) fn rooms(conn: &Connection) -> Result<Vec<RoomId>> {
    let mut find = conn.prepare_cached(
        "SELECT database, multi_session FROM multi_sessions ORDER BY database, multi_session",
    )?;
    let rooms = find.query_map([], |row| Ok(RoomId::new(&text(row)?, row.get(1)?)))?;
    Ok(rooms.collect::<Result<_, _>>()?)
}

fn text(row: &rusqlite::Row) -> rusqlite::Result<String> {
    row.get(0)
}

pub(super) fn parse<T: DeserializeOwned>(body: &str, room: &RoomId, what: &str) -> Result<T> {
    serde_json::from_str(body)
        .map_err(|error| StoreError::Damaged(format!("{room}: {what} cannot be read: {error}")))
}

/// No seq is larger than SQLite's integers, so what lies beyond them is after everything.
pub(super) fn clamp(after: u64) -> i64 {
    i64::try_from(after).unwrap_or(i64::MAX)
}

pub(super) fn limit(max: usize) -> i64 {
    i64::try_from(max).unwrap_or(i64::MAX)
}
