//! `/api/poses/ID/orders`: what was paid and deleted, one order whole, and its history.

use std::collections::{BTreeMap, BTreeSet};

use axum::Json;
use axum::extract::State;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tillsync_core::author::Mark;
use tillsync_core::event::{Change, Event};
use tillsync_core::id::{LineUid, OrderUid};
use tillsync_core::money::Money;
use tillsync_core::order::{Closing, Order, OrderState, Origin};
use tillsync_store::Closed;

use super::error::ApiError;
use super::input::{Asked, Named};
use super::pos::AskedPos;
use super::{ApiState, Caller};

/// Orders in one answer.
const LIST_MAX: usize = 50;
/// Closed orders that are read at a time.
const PAGE_MAX: usize = 200;
/// Closed orders that a search goes through for one answer: it goes on where that ended.
const SEARCHED_MAX: usize = 2_000;
/// Entries of a history in one answer.
const HISTORY_MAX: usize = 500;
/// Characters of a search.
const QUERY_CHARS_MAX: usize = 100;

/// `GET /api/poses/ID/orders?q=&session=&after_ms=&after=`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct ListQuery {
    /// What to look for: an order number, a receipt, a uid, a customer, a product, a person, an amount.
    q: String,
    /// Only those whose money this session counts.
    session: Option<u32>,
    /// From the former answer's `next`.
    after_ms: Option<u64>,
    /// From the former answer's `next`.
    after: Option<OrderUid>,
    #[serde(rename = "database")]
    _database: Option<String>,
}

/// Closed orders, those closed last first.
#[derive(Debug, Serialize)]
pub struct Orders {
    orders: Vec<Listed>,
    /// Where the list goes on; none at its end. A search can go on without having found anything yet.
    next: Option<Place>,
}

#[derive(Debug, Serialize)]
struct Place {
    ms: u64,
    uid: OrderUid,
}

/// A closed order in the list.
#[derive(Debug, Serialize)]
struct Listed {
    uid: OrderUid,
    number: u32,
    run: u32,
    state: OrderState,
    closing: Closing,
    partner: Option<i64>,
    lines: usize,
    /// The order that it gives money back for.
    refund_of: Option<String>,
    /// What it was made out of, where no till began it: a second payment is one that somebody has to look at.
    origin: Option<Origin>,
    #[serde(flatten)]
    money: Money,
}

/// `GET /api/poses/ID/orders/UID`
#[derive(Debug, Serialize)]
pub struct Whole {
    /// As tills replicate it.
    order: Value,
    closing: Option<Closing>,
    #[serde(flatten)]
    money: Money,
    /// What was given back already, by the uid of the line.
    refunded: BTreeMap<LineUid, Decimal>,
}

/// `GET /api/poses/ID/orders/UID/history?after=SEQ`
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct After {
    after: u64,
    #[serde(rename = "database")]
    _database: Option<String>,
}

/// What happened to an order, oldest first.
#[derive(Debug, Serialize)]
pub struct History {
    entries: Vec<Entry>,
    /// Whether there is more after the last of these.
    more: bool,
}

#[derive(Debug, Serialize)]
struct Entry {
    seq: u64,
    /// The server's time, in milliseconds since 1970.
    time_ms: u64,
    /// The device's own, where it said it.
    device_time_ms: Option<u64>,
    #[serde(flatten)]
    by: Mark,
    /// What the entry did to this order.
    changes: Vec<Change>,
}

/// The closed orders of a POS's multi-session.
pub async fn list(
    State(state): State<ApiState>,
    caller: Caller,
    Named(id): Named<i64>,
    Asked(asked): Asked<ListQuery>,
) -> Result<Json<Orders>, ApiError> {
    if asked.q.chars().count() > QUERY_CHARS_MAX {
        return Err(ApiError::bad(&format!("search for {QUERY_CHARS_MAX} characters at most")));
    }
    let pos = AskedPos::find(&state, &caller, id).await?;
    let search = Search::of(&state, &caller, &asked.q).await?;
    let mut after = asked.after_ms.zip(asked.after);
    let (mut orders, mut searched) = (Vec::new(), 0);
    loop {
        let wanted = Closed { session: asked.session, after: after.take(), max: PAGE_MAX };
        let page = state.hub().store().closed(&pos.room.id, &wanted).await?;
        let is_end = page.len() < PAGE_MAX;
        for order in page {
            let Some(closing) = order.closing.clone() else { continue };
            searched += 1;
            after = Some((closing.ms, order.uid.clone()));
            let listed = Listed::of(&order, closing);
            if search.finds(&order, &listed) {
                orders.push(listed);
            }
            if orders.len() >= LIST_MAX {
                break;
            }
        }
        let is_full = orders.len() >= LIST_MAX || searched >= SEARCHED_MAX;
        if is_end && !is_full {
            return Ok(Json(Orders { orders, next: None }));
        }
        if is_full {
            let next = after.map(|(ms, uid)| Place { ms, uid });
            return Ok(Json(Orders { orders, next }));
        }
    }
}

/// One order, whatever its state.
pub async fn one(
    State(state): State<ApiState>,
    caller: Caller,
    Named((id, uid)): Named<(i64, String)>,
) -> Result<Json<Whole>, ApiError> {
    let pos = AskedPos::find(&state, &caller, id).await?;
    let uid = OrderUid::new(uid);
    let order = state.hub().store().order(&pos.room.id, &uid).await?;
    let order = order.ok_or_else(|| ApiError::not_found("there is no such order in this multi-session"))?;
    let refunded = refunded(&state, &pos, &order).await?;
    let (replica, closing, money) = (order.replica(), order.closing.clone(), Money::of(&order));
    Ok(Json(Whole { order: replica, closing, money, refunded }))
}

/// Everything that happened to an order, also to one that was deleted.
pub async fn history(
    State(state): State<ApiState>,
    caller: Caller,
    Named((id, uid)): Named<(i64, String)>,
    Asked(asked): Asked<After>,
) -> Result<Json<History>, ApiError> {
    let pos = AskedPos::find(&state, &caller, id).await?;
    let uid = OrderUid::new(uid);
    let events = state.hub().store().history(&pos.room.id, &uid, asked.after, HISTORY_MAX).await?;
    if events.is_empty() && asked.after == 0 {
        return Err(ApiError::not_found("there is no such order in this multi-session"));
    }
    let more = events.len() == HISTORY_MAX;
    Ok(Json(History { entries: events.into_iter().map(|event| Entry::of(event, &uid)).collect(), more }))
}

impl Entry {
    fn of(event: Event, uid: &OrderUid) -> Self {
        let changes = event.changes.into_iter().filter(|change| change.order() == Some(uid));
        Self {
            seq: event.seq,
            time_ms: event.time_ms,
            device_time_ms: event.author.device_time_ms,
            by: event.author.mark,
            changes: changes.collect(),
        }
    }
}

impl Listed {
    fn of(order: &Order, closing: Closing) -> Self {
        let refund_of = order.fields.get(REFUND_OF).and_then(Value::as_str);
        Self {
            uid: order.uid.clone(),
            number: order.number,
            run: order.run,
            state: order.state,
            closing,
            partner: order.fields.get("partner_id").and_then(Value::as_i64),
            lines: order.lines.len(),
            refund_of: refund_of.map(str::to_owned),
            origin: order.origin.clone(),
            money: Money::of(order),
        }
    }
}

/// The field of an order that gives money back: the uid of the one that was paid.
const REFUND_OF: &str = "refund_of";
/// The field of its lines: the uid of the line that was paid.
const REFUNDED_LINE: &str = "refunded_line";

/// What was given back of an order's lines: what refunds are paid for, and what drafts are about to.
async fn refunded(
    state: &ApiState,
    pos: &AskedPos,
    order: &Order,
) -> Result<BTreeMap<LineUid, Decimal>, ApiError> {
    let mut refunds: BTreeMap<OrderUid, Order> = BTreeMap::new();
    let is_refund = |other: &Order| {
        let of = other.fields.get(REFUND_OF).and_then(Value::as_str);
        other.state != OrderState::Deleted && of == Some(order.uid.as_str())
    };
    let drafts = pos.room.desk().1.drafts();
    for draft in drafts.iter().filter(|draft| is_refund(draft)) {
        refunds.insert(draft.uid.clone(), Order::clone(draft));
    }
    let since = order.closing.as_ref().map_or(0, |closing| closing.ms);
    let (mut after, mut searched) = (None, 0);
    while searched < SEARCHED_MAX {
        let wanted = Closed { session: None, after: after.take(), max: PAGE_MAX };
        let page = state.hub().store().closed(&pos.room.id, &wanted).await?;
        searched += page.len();
        let Some(last) = page.last() else { break };
        let last_ms = last.closing.as_ref().map_or(0, |closing| closing.ms);
        after = Some((last_ms, last.uid.clone()));
        let is_end = page.len() < PAGE_MAX || last_ms < since;
        for refund in page.into_iter().filter(|other| is_refund(other)) {
            refunds.insert(refund.uid.clone(), refund);
        }
        if is_end {
            break;
        }
    }
    let mut refunded = BTreeMap::new();
    for line in refunds.values().flat_map(|refund| &refund.lines) {
        if let Some(of) = line.fields.get(REFUNDED_LINE).and_then(Value::as_str) {
            *refunded.entry(LineUid::new(of)).or_default() -= line.qty();
        }
    }
    Ok(refunded)
}

/// What a search looks for.
struct Search {
    /// In lower case; empty finds all.
    text: String,
    number: Option<u64>,
    amount: Option<Decimal>,
    partners: BTreeSet<i64>,
    products: BTreeSet<i64>,
}

impl Search {
    async fn of(state: &ApiState, caller: &Caller, asked: &str) -> Result<Self, ApiError> {
        let text = asked.trim().to_lowercase();
        let mut search = Self {
            number: text.trim_start_matches('#').parse().ok(),
            amount: text.replace(',', ".").parse().ok(),
            partners: BTreeSet::new(),
            products: BTreeSet::new(),
            text,
        };
        if search.text.is_empty() || search.number.is_some() {
            return Ok(search);
        }
        let found = state.records.records(&caller.database, &["partner", "product"], 0).await?;
        for record in found.records {
            let name = |field: &str| record.body.as_ref()?.get(field)?.as_str().map(str::to_lowercase);
            let is_named = |field: &str| name(field).is_some_and(|name| name.contains(&search.text));
            match record.kind.as_str() {
                "partner" if is_named("name") => search.partners.insert(record.id),
                "product" if is_named("display_name") => search.products.insert(record.id),
                _ => false,
            };
        }
        Ok(search)
    }

    fn finds(&self, order: &Order, listed: &Listed) -> bool {
        let Self { text, number, amount, partners, products } = self;
        let closing = &listed.closing;
        let product = |line: &std::sync::Arc<tillsync_core::order::Line>| {
            line.fields.get("product_id").and_then(Value::as_i64).is_some_and(|id| products.contains(&id))
        };
        text.is_empty()
            || number
                .is_some_and(|number| u64::from(order.number) == number || closing.receipt == Some(number))
            || amount.is_some_and(|amount| listed.money.total == amount)
            || order.uid.as_str().contains(text.as_str())
            || closing.by.user.name.to_lowercase().contains(text.as_str())
            || closing.by.pos.name.to_lowercase().contains(text.as_str())
            || listed.partner.is_some_and(|partner| partners.contains(&partner))
            || order.lines.iter().any(product)
    }
}
