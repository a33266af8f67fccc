//! Lists in SQLite: the rows that they go along, and the pages.

use async_trait::async_trait;
use rusqlite::types::Value as Sql;
use rusqlite::{Connection, OptionalExtension, Row, params, params_from_iter};
use tillsync_core::id::OrderUid;
use tillsync_core::multi_session::Summary;
use tillsync_core::order::Order;

use super::SqliteStore;
use super::past::past;
use super::query::{clamp, limit, parse};
use super::records::{COLUMNS, read as read_record};
use super::rows::{OrderRow, state_text};
use crate::facts::{Facts, products};
use crate::lists::{ListStore, Page, Session, Wanted, WantedRecords, WantedSessions};
use crate::{Record, Result, RoomId, StoreError};

#[async_trait]
impl ListStore for SqliteStore {
    async fn past(&self, database: &str, wanted: &Wanted) -> Result<Page> {
        let (database, wanted) = (database.to_owned(), wanted.clone());
        self.readers.read(move |conn| past(conn, &database, &wanted)).await
    }

    async fn changed_ms(&self, room: &RoomId, uids: &[OrderUid]) -> Result<Vec<u64>> {
        let (room, uids) = (room.clone(), uids.to_vec());
        self.readers
            .read(move |conn| uids.iter().map(|uid| changed_ms(conn, &room, uid.as_str())).collect())
            .await
    }

    async fn sessions(&self, database: &str, wanted: &WantedSessions) -> Result<Vec<Session>> {
        let (database, wanted) = (database.to_owned(), wanted.clone());
        self.readers.read(move |conn| sessions(conn, &database, &wanted)).await
    }

    async fn session(&self, database: &str, id: u32) -> Result<Option<Session>> {
        let database = database.to_owned();
        self.readers.read(move |conn| session(conn, &database, id)).await
    }

    async fn records_page(&self, database: &str, wanted: &WantedRecords) -> Result<(Vec<Record>, u64)> {
        let (database, wanted) = (database.to_owned(), wanted.clone());
        self.readers.read(move |conn| records_page(conn, &database, &wanted)).await
    }
}

/// Writes what lists know of an order as it stands, in the place of what they knew.
pub(super) fn replace(conn: &Connection, room: &RoomId, order: &OrderRow) -> Result<()> {
    let uid = order.uid.as_str();
    for table in ["past_orders", "past_order_products"] {
        let sql = format!("DELETE FROM {table} WHERE database = ?1 AND uid = ?2 AND multi_session = ?3");
        conn.prepare_cached(&sql)?.execute(params![&*room.database, uid, room.multi_session])?;
    }
    let Some(facts) = &order.facts else { return Ok(()) };
    let mut write = conn.prepare_cached(
        "INSERT INTO past_orders (database, ms, multi_session, uid, state, number, receipt, pos, user, partner,
             seat, total, taken_away, in_question, refund, late)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16)",
    )?;
    let ms = clamp(facts.place.ms);
    write.execute(params![
        &*room.database,
        ms,
        room.multi_session,
        uid,
        state_text(facts.state),
        facts.number,
        facts.receipt.map(clamp),
        facts.pos,
        facts.user,
        facts.partner,
        facts.seat,
        facts.place.total,
        facts.taken_away,
        facts.in_question,
        facts.refund,
        facts.late,
    ])?;
    let mut product = conn.prepare_cached(
        "INSERT INTO past_order_products (database, product, ms, multi_session, uid) VALUES (?1, ?2, ?3, ?4, ?5)",
    )?;
    for id in &order.products {
        product.execute(params![&*room.database, id, ms, room.multi_session, uid])?;
    }
    Ok(())
}

/// Writes the rows of what a version without lists has left behind.
pub(super) fn fill(conn: &Connection) -> Result<()> {
    let mut find = conn
        .prepare("SELECT database, multi_session, uid, body, closed_ms FROM orders WHERE state <> 'draft'")?;
    let mut rows = find.query([])?;
    while let Some(row) = rows.next()? {
        let (database, multi_session): (String, i64) = (row.get(0)?, row.get(1)?);
        let room = RoomId::new(&database, multi_session);
        let order: Order = parse(&row.get::<_, String>(3)?, &room, "an order")?;
        let noted_ms = row.get::<_, Option<i64>>(4)?.and_then(|ms| u64::try_from(ms).ok());
        let ms = match noted_ms {
            Some(ms) => ms,
            None => changed_ms(conn, &room, order.uid.as_str())?,
        };
        let facts = Facts::of(multi_session, &order, ms);
        let products = products(&order);
        let row = OrderRow::listed(&order, facts, products);
        replace(conn, &room, &row)?;
    }
    fill_sessions(conn)
}

/// Of the sessions, each POS's open one and its last.
fn fill_sessions(conn: &Connection) -> Result<()> {
    let mut find = conn.prepare("SELECT database, multi_session, summary FROM multi_sessions")?;
    let mut rows = find.query([])?;
    let mut write = conn.prepare(
        "INSERT INTO pos_sessions (database, session, multi_session, pos, name, run, opened_ms, closed_ms, opened, closed)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10) ON CONFLICT (database, session) DO NOTHING",
    )?;
    while let Some(row) = rows.next()? {
        let (database, multi_session): (String, i64) = (row.get(0)?, row.get(1)?);
        let summary: Summary =
            parse(&row.get::<_, String>(2)?, &RoomId::new(&database, multi_session), "the summary")?;
        for (pos, seat) in &summary.poses {
            let json = |value: serde_json::Result<String>| {
                value.map_err(|error| StoreError::Failed(format!("a session cannot be written: {error}")))
            };
            if let Some(last) = &seat.last {
                // When it was opened, and by whom, was not noted.
                let opened = tillsync_core::multi_session::PosSession {
                    id: last.id,
                    user: last.user.clone(),
                    opened_ms: 0,
                    logins: 0,
                    opening: Default::default(),
                    moves: Vec::new(),
                    devices: Vec::new(),
                };
                let (ms, run) = (clamp(last.closed_ms), summary.run);
                let opened = json(serde_json::to_string(&opened))?;
                let closed = json(serde_json::to_string(last))?;
                write.execute(params![
                    database,
                    last.id,
                    multi_session,
                    pos,
                    seat.name,
                    run,
                    ms,
                    ms,
                    opened,
                    closed
                ])?;
            }
            if let Some(open) = &seat.session {
                let (ms, run, opened) =
                    (clamp(open.opened_ms), summary.run, json(serde_json::to_string(open))?);
                let none = None::<String>;
                write.execute(params![
                    database,
                    open.id,
                    multi_session,
                    pos,
                    seat.name,
                    run,
                    ms,
                    none,
                    opened,
                    none
                ])?;
            }
        }
    }
    Ok(())
}

/// See [`ListStore::changed_ms`].
fn changed_ms(conn: &Connection, room: &RoomId, uid: &str) -> Result<u64> {
    let mut find = conn.prepare_cached(
        "SELECT log.time_ms FROM order_log JOIN log USING (database, multi_session, seq)
         WHERE database = ?1 AND multi_session = ?2 AND order_log.uid = ?3 ORDER BY seq DESC LIMIT 1",
    )?;
    let ms = find.query_row(params![&*room.database, room.multi_session, uid], |row| row.get::<_, i64>(0));
    Ok(ms.optional()?.and_then(|ms| u64::try_from(ms).ok()).unwrap_or(0))
}

const SESSION_COLUMNS: &str = "session, multi_session, pos, name, run, opened, closed";

/// See [`ListStore::sessions`].
fn sessions(conn: &Connection, database: &str, wanted: &WantedSessions) -> Result<Vec<Session>> {
    let way = match (wanted.pos, wanted.open) {
        (Some(_), _) => "pos = ?2 AND (NOT ?7 OR closed_ms IS NULL)",
        (None, true) => "closed_ms IS NULL AND ?2 IS NULL AND ?7",
        (None, false) => "?2 IS NULL AND NOT ?7",
    };
    let mut find = conn.prepare_cached(&format!(
        "SELECT {SESSION_COLUMNS} FROM pos_sessions
         WHERE database = ?1 AND {way} AND opened_ms >= ?3 AND opened_ms < ?4 AND (opened_ms, session) < (?5, ?6)
         ORDER BY opened_ms DESC, session DESC LIMIT ?8"
    ))?;
    let (ms, id) = wanted.after.map_or((i64::MAX, 0), |(ms, id)| (clamp(ms), id));
    let until = wanted.until_ms.map_or(i64::MAX, clamp);
    let row =
        params![database, wanted.pos, clamp(wanted.from_ms), until, ms, id, wanted.open, limit(wanted.max)];
    let mut rows = find.query(row)?;
    let mut sessions = Vec::new();
    while let Some(row) = rows.next()? {
        sessions.push(read_session(database, row)?);
    }
    Ok(sessions)
}

/// See [`ListStore::session`].
fn session(conn: &Connection, database: &str, id: u32) -> Result<Option<Session>> {
    let sql = format!("SELECT {SESSION_COLUMNS} FROM pos_sessions WHERE database = ?1 AND session = ?2");
    let mut find = conn.prepare_cached(&sql)?;
    let mut rows = find.query(params![database, id])?;
    rows.next()?.map(|row| read_session(database, row)).transpose()
}

fn read_session(database: &str, row: &Row) -> Result<Session> {
    let multi_session: i64 = row.get(1)?;
    let room = RoomId::new(database, multi_session);
    let closed: Option<String> = row.get(6)?;
    Ok(Session {
        multi_session,
        pos: row.get(2)?,
        name: row.get(3)?,
        run: row.get(4)?,
        opened: parse(&row.get::<_, String>(5)?, &room, "a session")?,
        closed: closed.map(|closed| parse(&closed, &room, "a session's end")).transpose()?,
    })
}

/// See [`ListStore::records_page`].
fn records_page(conn: &Connection, database: &str, wanted: &WantedRecords) -> Result<(Vec<Record>, u64)> {
    // One that was put away is in no list.
    let mut condition = String::from(
        "database = ?1 AND kind = ?2 AND body IS NOT NULL AND coalesce(json_extract(body, '$.active'), 1) = 1",
    );
    let mut values: Vec<Sql> = vec![database.to_owned().into(), wanted.kind.clone().into()];
    let text = wanted.text.trim();
    if !text.is_empty() {
        values.push(format!("%{}%", escaped(text)).into());
        let at = values.len();
        let fields: Vec<String> = wanted
            .fields
            .iter()
            .map(|field| {
                values.push(format!("$.{field}").into());
                format!("json_extract(body, ?{}) LIKE ?{at} ESCAPE '\\'", values.len())
            })
            .chain([format!("name LIKE ?{at} ESCAPE '\\'")])
            .collect();
        condition.push_str(&format!(" AND ({})", fields.join(" OR ")));
    }
    for (field, id) in &wanted.references {
        values.push(format!("$.{field}").into());
        values.push((*id).into());
        condition.push_str(&format!(" AND json_extract(body, ?{}) = ?{}", values.len() - 1, values.len()));
    }
    let direction = if wanted.descending { "DESC" } else { "ASC" };
    let order = match wanted.by_name {
        true => format!("name COLLATE NOCASE {direction}, id {direction}"),
        false => format!("id {direction}"),
    };
    let total: i64 = conn
        .prepare_cached(&format!("SELECT count(*) FROM records WHERE {condition}"))?
        .query_row(params_from_iter(&values), |row| row.get(0))?;
    values.push(limit(wanted.max).into());
    values.push(limit(wanted.offset).into());
    let sql = format!(
        "SELECT {COLUMNS} FROM records WHERE {condition} ORDER BY {order} LIMIT ?{} OFFSET ?{}",
        values.len() - 1,
        values.len()
    );
    let mut find = conn.prepare_cached(&sql)?;
    let mut records = Vec::new();
    for record in find.query_map(params_from_iter(&values), |row| Ok(read_record(row)))? {
        records.push(record??);
    }
    Ok((records, u64::try_from(total).unwrap_or_default()))
}

/// A text as LIKE looks for it: none of its characters stands for others.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
