//! A batch as the strings and numbers that the writer binds.
//!
//! Made on the caller's task: turning orders into JSON is most of the work of an append, and the one writer thread
//! shall not do it for everybody.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Serialize;
use tillsync_core::event::Change;
use tillsync_core::id::{CommandId, OrderUid};
use tillsync_core::multi_session::MultiSession;
use tillsync_core::order::OrderState;

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
        for event in &events {
            seq += 1;
            if event.seq != seq {
                let text = format!("{room}: the batch has an event of seq {} where {seq} follows", event.seq);
                return Err(StoreError::Failed(text));
            }
            let seq = int(seq)?;
            touched.extend(MultiSession::touched_by(event).into_iter().map(|uid| (uid, seq)));
            note_poses(&mut poses, &event.changes);
            let (time_ms, command) = (int(event.time_ms)?, event.command.clone());
            rows.push(EventRow { seq, time_ms, command, body: json(event)? });
        }
        if summary.seq != seq {
            let text = format!("{room}: the batch ends at seq {seq}, its summary is of seq {}", summary.seq);
            return Err(StoreError::Failed(text));
        }
        let order_row = |order: &Arc<_>| order_row(order);
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
            room,
        })
    }
}

fn order_row(order: &tillsync_core::order::Order) -> Result<OrderRow> {
    let state = match order.state {
        OrderState::Draft => "draft",
        OrderState::Paid => "paid",
        OrderState::Deleted => "deleted",
        OrderState::Unpaid => "unpaid",
    };
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
    })
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
