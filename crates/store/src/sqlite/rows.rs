//! A batch as the strings and numbers that the writer binds.
//!
//! Made on the caller's task: turning orders into JSON is most of the work of an append, and the one writer thread
//! shall not do it for everybody.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use serde::Serialize;
use tillsync_core::event::Change;
use tillsync_core::id::{CommandId, OrderUid};
use tillsync_core::multi_session::{MultiSession, PosSession, Summary};
use tillsync_core::order::{Order, OrderState};

use crate::facts::{Facts, products};
use crate::{Append, Result, RoomId, StoreError};

/// One batch, ready to be bound.
#[derive(Debug)]
pub(super) struct Rows {
    pub room: RoomId,
    pub expected_seq: i64,
    /// The seq that the room has afterwards.
    pub seq: i64,
    pub run: u32,
    pub summary: String,
    pub events: Vec<EventRow>,
    /// Which orders the events touched, and at which seq.
    pub touched: Vec<(OrderUid, i64)>,
    pub orders: Vec<OrderRow>,
    pub answers: Vec<(CommandId, String)>,
    pub side: Vec<SideRow>,
    /// Where the batch leaves the POSes that it moves: in the room, or out of it.
    pub poses: BTreeMap<i64, Place>,
    /// POS sessions that were opened or closed, in that order.
    pub sessions: Vec<SessionRow>,
}

/// An entry of the log.
#[derive(Debug)]
pub(super) struct EventRow {
    pub seq: i64,
    pub time_ms: i64,
    pub command: CommandId,
    pub body: String,
}

/// An order.
#[derive(Debug)]
pub(super) struct OrderRow {
    pub uid: OrderUid,
    pub run: u32,
    pub state: &'static str,
    pub number: u32,
    pub revision: i64,
    pub body: String,
    pub closed_ms: Option<i64>,
    pub closed_session: Option<u32>,
    /// What lists know of it; none while it is on the screens.
    pub facts: Option<Facts>,
    /// The products that it has or had; only where there are facts.
    pub products: BTreeSet<i64>,
}

impl OrderRow {
    /// Of an order that is stored already: what lists need of it.
    pub fn listed(order: &Order, facts: Option<Facts>, products: BTreeSet<i64>) -> Self {
        Self {
            uid: order.uid.clone(),
            run: order.run,
            state: state_text(order.state),
            number: order.number,
            revision: 0,
            body: String::new(),
            closed_ms: None,
            closed_session: None,
            facts,
            products,
        }
    }
}

/// A POS session, as it was opened or closed.
#[derive(Debug)]
pub(super) enum SessionRow {
    Opened { session: u32, pos: i64, name: String, run: u32, ms: i64, body: String },
    Closed { pos: i64, ms: i64, body: String },
}

/// Something of an adapter; without a value the row goes.
#[derive(Debug)]
pub(super) struct SideRow {
    pub kind: Arc<str>,
    pub key: String,
    pub value: Option<String>,
}

/// Where a batch leaves a POS.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Place {
    /// In the room, under this name.
    In(String),
    /// Out of the room.
    Out,
}

impl Rows {
    /// Fails for a batch that contradicts itself: its events would leave a hole, or its summary is of another seq.
    pub fn of(batch: Append) -> Result<Self> {
        let Append { room, expected_seq, events, orders, summary, answers, side } = batch;
        let mut seq = expected_seq;
        let mut rows = Vec::with_capacity(events.len());
        let mut touched = Vec::new();
        let mut poses = BTreeMap::new();
        let mut sessions = Vec::new();
        let mut changed_ms = BTreeMap::new();
        for event in &events {
            seq += 1;
            if event.seq != seq {
                let text = format!("{room}: the batch has an event of seq {} where {seq} follows", event.seq);
                return Err(StoreError::Failed(text));
            }
            let seq = int(seq)?;
            touched.extend(MultiSession::touched_by(event).into_iter().map(|uid| (uid, seq)));
            changed_ms.extend(event.changes.iter().filter_map(Change::order).map(|uid| (uid, event.time_ms)));
            note_poses(&mut poses, &event.changes);
            note_sessions(&mut sessions, event, &summary)?;
            let (time_ms, command) = (int(event.time_ms)?, event.command.clone());
            rows.push(EventRow { seq, time_ms, command, body: json(event)? });
        }
        if summary.seq != seq {
            let text = format!("{room}: the batch ends at seq {seq}, its summary is of seq {}", summary.seq);
            return Err(StoreError::Failed(text));
        }
        let order_row = |order: &Arc<Order>| {
            let changed_ms = changed_ms.get(&order.uid).copied().unwrap_or(summary.seq_ms);
            order_row(room.multi_session, order, changed_ms)
        };
        let side_row = |row: crate::SideRow| {
            let value = row.value.as_ref().map(json).transpose()?;
            Ok(SideRow { kind: row.kind, key: row.key, value })
        };
        Ok(Self {
            expected_seq: int(expected_seq)?,
            seq: int(seq)?,
            run: summary.run,
            summary: json(&summary)?,
            events: rows,
            touched,
            orders: orders.iter().map(order_row).collect::<Result<_>>()?,
            answers: answers
                .into_iter()
                .map(|answer| Ok((answer.command, json(&answer.answer)?)))
                .collect::<Result<_>>()?,
            side: side.into_iter().map(side_row).collect::<Result<_>>()?,
            poses,
            sessions,
            room,
        })
    }
}

fn order_row(multi_session: i64, order: &Order, changed_ms: u64) -> Result<OrderRow> {
    let facts = Facts::of(multi_session, order, changed_ms);
    let state = state_text(order.state);
    Ok(OrderRow {
        uid: order.uid.clone(),
        run: order.run,
        state,
        number: order.number,
        // Beside the body for people who look with a shell; the body has it exactly.
        revision: i64::try_from(order.revision).unwrap_or(i64::MAX),
        body: json(order)?,
        closed_ms: order.closing.as_ref().map(|closing| int(closing.ms)).transpose()?,
        closed_session: order.closing.as_ref().and_then(|closing| closing.session),
        products: if facts.is_some() { products(order) } else { BTreeSet::new() },
        facts,
    })
}

/// What the sessions' rows need of an event. The summary is of the end of its batch: a session that was opened and closed
/// within one is there with the last of what is known.
fn note_sessions(
    sessions: &mut Vec<SessionRow>,
    event: &tillsync_core::event::Event,
    summary: &Summary,
) -> Result<()> {
    for change in &event.changes {
        match change {
            Change::SessionOpened { pos, session, user, opening } => {
                let opened = PosSession {
                    id: *session,
                    user: user.clone(),
                    opened_ms: event.time_ms,
                    logins: 0,
                    opening: opening.clone(),
                    moves: Vec::new(),
                    devices: Vec::new(),
                };
                let name = summary.poses.get(pos).map(|seat| seat.name.clone()).unwrap_or_default();
                let (session, pos, run) = (*session, *pos, summary.run);
                let (ms, body) = (int(event.time_ms)?, json(&opened)?);
                sessions.push(SessionRow::Opened { session, pos, name, run, ms, body });
            }
            Change::SessionClosed { pos, .. } => {
                let last = summary.poses.get(pos).and_then(|seat| seat.last.as_ref());
                if let Some(last) = last {
                    let (pos, ms, body) = (*pos, int(event.time_ms)?, json(last)?);
                    sessions.push(SessionRow::Closed { pos, ms, body });
                }
            }
            _ => {}
        }
    }
    Ok(())
}

/// An order's state as the columns have it.
pub(super) fn state_text(state: OrderState) -> &'static str {
    match state {
        OrderState::Draft => "draft",
        OrderState::Paid => "paid",
        OrderState::Deleted => "deleted",
        OrderState::Unpaid => "unpaid",
    }
}

/// Only the last of several moves of one POS counts: what comes between is over when the batch lands.
fn note_poses(poses: &mut BTreeMap<i64, Place>, changes: &[Change]) {
    for change in changes {
        match change {
            Change::PosJoined { pos, name, .. } => {
                poses.insert(*pos, Place::In(name.clone()));
            }
            Change::PosLeft { pos } => {
                poses.insert(*pos, Place::Out);
            }
            // No other change moves a POS; matching them by name would only repeat core's list here.
            _ => {}
        }
    }
}

fn json(value: &impl Serialize) -> Result<String> {
    serde_json::to_string(value)
        .map_err(|error| StoreError::Failed(format!("it cannot be written as JSON: {error}")))
}

/// SQLite's integers are signed.
pub(super) fn int(value: u64) -> Result<i64> {
    i64::try_from(value).map_err(|_| StoreError::Failed(format!("{value} is larger than SQLite's integers")))
}
