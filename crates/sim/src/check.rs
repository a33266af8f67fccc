//! What must hold in the end.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};
use tillsync_core::event::{Change, Event};
use tillsync_core::multi_session::MultiSession;
use tillsync_core::order::{Order, OrderState};
use tillsync_store::{RoomId, Store};

use crate::shop::Shop;

/// What was done, to be found again.
#[derive(Debug, Default)]
pub(crate) struct Ledger {
    /// The order that nobody removes from, pays or deletes.
    pub shared: String,
    /// Commands that tapped its first line, by a tenth each.
    pub taps: Vec<String>,
    /// Lines that were added to it.
    pub lines: Vec<String>,
    /// Fields of it that one till alone sets, and what it set last.
    pub own: BTreeMap<String, u64>,
    /// Other orders that were created.
    pub created: Vec<String>,
    /// Payments that were taken without a connection.
    pub settled: Vec<String>,
    /// Commands that were answered, and whether they were accepted.
    pub answered: Vec<(String, bool)>,
    /// What a till was told that it should not have been.
    pub wrong: Vec<String>,
}

/// Looks at everything; the first thing that is wrong.
pub(crate) fn check(shop: &Shop) -> Result<(), String> {
    let runtime = tokio::runtime::Builder::new_current_thread().build().map_err(|error| error.to_string())?;
    let room = RoomId::new("main", 1);
    let log = runtime.block_on(shop.disk.tail(&room, 0, usize::MAX)).map_err(|error| error.to_string())?;
    let mut state = MultiSession::default();
    log.iter().for_each(|event| state.evolve(event));

    let seqs: Vec<u64> = log.iter().map(|event| event.seq).collect();
    if seqs != (1..=log.len() as u64).collect::<Vec<_>>() {
        return Err(format!("A3: the log has holes: {seqs:?}"));
    }
    replicas(shop, &state)?;
    commands(shop, &log)?;
    numbers(&state)?;
    receipts(&state)?;
    shared(shop, &state)?;
    closed(&log, &state)?;
    for uid in &shop.ledger.created {
        if state.orders.keys().all(|known| known.as_str() != uid) {
            return Err(format!("N4: order {uid} was created and is not there"));
        }
    }
    for payment in &shop.ledger.settled {
        let has = |order: &&std::sync::Arc<Order>| order.payments.iter().any(|known| known.id == *payment);
        let of: Vec<_> = state.orders.values().filter(has).collect();
        if of.len() != 1 || of[0].state != OrderState::Paid {
            return Err(format!("O1: payment {payment} is not on exactly one paid order"));
        }
        if !of[0].paid_with.contains(payment) {
            return Err(format!("O4: payment {payment} is on order {}, which it did not pay", of[0].uid));
        }
    }
    Ok(())
}

/// A6: every till shows what the log comes to.
fn replicas(shop: &Shop, state: &MultiSession) -> Result<(), String> {
    let orders: BTreeMap<String, Value> =
        state.drafts().iter().map(|order| (order.uid.to_string(), order.replica())).collect();
    let truth = tillsync_core::json::canonical(&json!({"run": state.run, "orders": orders}));
    for till in &shop.tills {
        let shown = till.replica.canonical();
        if shown != truth {
            return Err(format!("A6: till {} has\n  {shown}\nthe log comes to\n  {truth}", till.at));
        }
    }
    Ok(())
}

/// A4, A5: every command that was answered is in the log, once, and as it was answered; so is every one that was kept.
fn commands(shop: &Shop, log: &[Event]) -> Result<(), String> {
    let mut taken: BTreeMap<&str, (u32, bool)> = BTreeMap::new();
    for event in log {
        let entry = taken.entry(event.command.as_str()).or_default();
        (entry.0, entry.1) = (entry.0 + 1, event.refused.is_none());
    }
    if let Some((id, (times, _))) = taken.iter().find(|(_, (times, _))| *times > 1) {
        return Err(format!("A4: command {id} was taken {times} times"));
    }
    for (id, accepted) in &shop.ledger.answered {
        match taken.get(id.as_str()) {
            None => return Err(format!("A5: command {id} was answered and is not in the log")),
            Some((_, was)) if was != accepted => {
                return Err(format!(
                    "A4: command {id} was answered with accepted = {accepted}, the log says {was}"
                ));
            }
            Some(_) => {}
        }
    }
    Ok(())
}

/// N3: 1 to n in each run, each once.
fn numbers(state: &MultiSession) -> Result<(), String> {
    let mut of_runs: BTreeMap<u32, Vec<u32>> = BTreeMap::new();
    for order in state.orders.values() {
        of_runs.entry(order.run).or_default().push(order.number);
    }
    for (run, mut numbers) in of_runs {
        numbers.sort_unstable();
        if numbers.iter().copied().ne(1..=numbers.len() as u32) {
            return Err(format!("N3: the numbers of run {run} are {numbers:?}"));
        }
    }
    Ok(())
}

/// N7: 1 to n at each POS, each once.
fn receipts(state: &MultiSession) -> Result<(), String> {
    let mut of_poses: BTreeMap<i64, Vec<u64>> = BTreeMap::new();
    for order in state.orders.values().filter(|order| order.state == OrderState::Paid) {
        let closing = order.closing.as_ref().ok_or("N7: an order was paid by nobody")?;
        let receipt = closing.receipt.ok_or("N7: an order was paid without a receipt")?;
        of_poses.entry(closing.by.pos.id).or_default().push(receipt);
    }
    for (pos, mut numbers) in of_poses {
        numbers.sort_unstable();
        if numbers.iter().copied().ne(1..=numbers.len() as u64) {
            return Err(format!("N7: the receipts of POS {pos} are {numbers:?}"));
        }
    }
    Ok(())
}

/// M3, M6, M11: on the shared order every tap counts, every line is there, and nobody's own field is undone.
fn shared(shop: &Shop, state: &MultiSession) -> Result<(), String> {
    let ledger = &shop.ledger;
    let order = state.orders.values().find(|order| order.uid.as_str() == ledger.shared);
    let Some(order) = order else { return Err("the shared order is not there".into()) };
    let line = |uid: &str| order.lines.iter().find(|line| line.uid.as_str() == uid);
    let tenths = 10 + ledger.taps.len();
    let expected = rust_decimal::Decimal::new(tenths as i64, 1).normalize();
    let tapped = line("tap").map(|line| line.qty().normalize()).unwrap_or_default();
    if tapped != expected {
        return Err(format!("M3: {} taps on 1 make {expected}, and there are {tapped}", ledger.taps.len()));
    }
    let uids: BTreeSet<&str> = order.lines.iter().map(|line| line.uid.as_str()).collect();
    if uids.len() != order.lines.len() {
        return Err("M6: a line is there twice".into());
    }
    if let Some(missing) = ledger.lines.iter().find(|uid| !uids.contains(uid.as_str())) {
        return Err(format!("M6: line {missing} was typed and is not there"));
    }
    for (field, value) in &ledger.own {
        if order.fields.get(field).and_then(Value::as_u64) != Some(*value) {
            return Err(format!("M11: {field} was set to {value} and is {:?}", order.fields.get(field)));
        }
    }
    Ok(())
}

/// C5: what was paid never changes again.
fn closed(log: &[Event], state: &MultiSession) -> Result<(), String> {
    for change in log.iter().flat_map(|event| &event.changes) {
        if let Change::Paid { order: uid, revision, .. } = change {
            let order: Option<&Order> = state.orders.get(uid).map(|order| &**order);
            if order.is_none_or(|order| order.state != OrderState::Paid || order.revision != *revision) {
                return Err(format!(
                    "C5: order {uid} was paid at revision {revision} and changed afterwards"
                ));
            }
        }
    }
    Ok(())
}
