//! `/api/admin/orders`: the orders of all tills, open and past, each with its whole history.

use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tillsync_core::command::{Action, Resolve, Restore};
use tillsync_core::id::OrderUid;
use tillsync_core::money::{Money, payments_of};
use tillsync_core::order::{Line, Order, OrderState};
use tillsync_store::RoomId;
use tillsync_store::facts::seat;
use tillsync_store::lists::{Key, Place, Remarkable, Sort, Wanted};
use utoipa::{IntoParams, ToSchema};

use super::order_shown::{
    Listed, MatterShown, OrderPage, OriginShown, SettledShown, WholeOrder, line_shown, listed, marks,
    payment_shown, sold_as,
};
use super::told::{Happened, Teller, matter, reason, reference};
use super::{Manager, Names};
use crate::api::ApiState;
use crate::api::error::ApiError;
use crate::api::input::{Asked, Body, Named};
use crate::room::Room;

/// Orders in one page.
const PAGE_MAX: usize = 200;
/// Orders in one page where nothing is said.
const PAGE_DEFAULT: usize = 50;
/// Characters of a search.
const QUERY_CHARS_MAX: usize = 100;
/// Records of one kind whose name fits a search.
const FOUND_MAX: usize = 20;
/// Entries of a history in one answer.
const HISTORY_MAX: usize = 1_000;

/// `GET /api/admin/orders`
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// `draft`, `paid`, `deleted` or `unpaid`.
    state: Option<OrderStateName>,
    /// Where it was closed, or begun.
    pos: Option<i64>,
    /// By whom.
    user: Option<i64>,
    /// Its customer.
    customer: Option<i64>,
    /// A product that it has, or had.
    product: Option<i64>,
    /// Its multi-session.
    multi_session: Option<i64>,
    /// Off the screens at this time or later, in milliseconds since 1970; drafts are there now.
    from_ms: Option<u64>,
    /// Off the screens before this time.
    to_ms: Option<u64>,
    /// Its number, or its receipt's.
    number: Option<u64>,
    /// What is remarkable about it.
    mark: Option<MarkName>,
    /// A number, a uid, or a part of the name of a customer, a product, a person.
    q: Option<String>,
    /// In which order.
    sort: Option<SortName>,
    /// From the former page's `next`.
    after: Option<String>,
    /// So many at most.
    limit: Option<usize>,
    #[serde(rename = "database")]
    #[param(ignore)]
    _database: Option<String>,
}

/// An order's state.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum OrderStateName {
    /// Open on the tills.
    Draft,
    /// The money was taken.
    Paid,
    /// Somebody deleted it.
    Deleted,
    /// Still open when its run ended.
    Unpaid,
}

/// What is remarkable about an order.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum MarkName {
    /// Something was taken off it.
    Removals,
    /// A manager should look.
    Attention,
    /// It gives money back.
    Refund,
    /// It came when its run was over.
    Late,
}

/// The order of a list.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize, ToSchema)]
pub enum SortName {
    /// The latest first.
    #[serde(rename = "-time")]
    Latest,
    /// The earliest first.
    #[serde(rename = "time")]
    Earliest,
    /// The largest first.
    #[serde(rename = "-total")]
    Largest,
    /// The smallest first.
    #[serde(rename = "total")]
    Smallest,
}

/// `GET /api/admin/orders/MS/UID/history?after=SEQ`
#[derive(Debug, Serialize, ToSchema)]
pub struct Story {
    /// Oldest first.
    entries: Vec<Happened>,
    /// Whether there is more after the last of these.
    more: bool,
}

/// `POST /api/admin/orders/MS/UID/resolve`
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Note {
    /// What came of it.
    note: String,
}

/// What a restored order is now.
#[derive(Debug, Serialize, ToSchema)]
pub struct Restored {
    /// Its number.
    number: u32,
    /// The run of that number.
    run: u32,
}

/// The orders of all tills.
pub async fn list(
    State(state): State<ApiState>,
    manager: Manager,
    Asked(filter): Asked<Filter>,
) -> Result<Json<OrderPage>, ApiError> {
    let names = names(&state, &manager).await?;
    let limit = filter.limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX);
    let place = filter.after.as_deref().map(read_place).transpose()?;
    let wanted = wanted(&filter, &names, limit)?;
    let mut items = Vec::new();
    let is_draft = filter.state.is_none_or(|state| state == OrderStateName::Draft);
    // Open orders are there now: they come first, and all at once.
    if place.is_none() && is_draft && filter.to_ms.is_none_or(|to| to > crate::clock::now_ms()) {
        items.extend(drafts(&state, &manager, &filter, &wanted, &names).await?);
    }
    if filter.state == Some(OrderStateName::Draft) {
        return Ok(Json(OrderPage { items, next: None, reached_ms: None }));
    }
    let max = limit.saturating_sub(items.len()).max(1);
    let page = state.lists.past(manager.database(), &Wanted { after: place, max, ..wanted }).await?;
    let is_short = page.orders.len() < max;
    for past in &page.orders {
        items.push(listed(&state, &manager, &names, past.multi_session, &past.order, past.ms).await?);
    }
    let reached_ms = page.next.as_ref().filter(|_| is_short).map(|place| place.ms);
    Ok(Json(OrderPage { items, next: page.next.as_ref().map(write_place), reached_ms }))
}

/// One order, whole.
pub async fn one(
    State(state): State<ApiState>,
    manager: Manager,
    Named((multi_session, uid)): Named<(i64, OrderUid)>,
) -> Result<Json<WholeOrder>, ApiError> {
    let names = names(&state, &manager).await?;
    let (room, order) = find(&state, &manager, multi_session, &uid).await?;
    let changed = state.lists.changed_ms(&room.id, std::slice::from_ref(&uid)).await?.first().copied();
    // Settling a matter later does not make it a later order.
    let ms = order.closing.as_ref().map_or(changed.unwrap_or(0), |closing| closing.ms);
    let money = Money::of(&order);
    let is_paid = order.state == OrderState::Paid;
    let text = |field: &str| order.fields.get(field).and_then(Value::as_str).map(str::to_owned);
    let sold_as = sold_as(&order);
    let line = |line: &Line| line_shown(&names, &sold_as, line);
    let paid_with: Vec<&str> = payments_of(&order).map(|payment| payment.id.as_str()).collect();
    let whole = WholeOrder {
        lines: order.lines.iter().map(|known| line(known)).collect(),
        removed: order.removed.iter().map(|gone| line(&gone.line)).collect(),
        payments: order
            .payments
            .iter()
            .map(|payment| payment_shown(payment, is_paid && paid_with.contains(&payment.id.as_str())))
            .collect(),
        total: Money::worth(&order),
        tax: is_paid.then_some(money.tax),
        change: is_paid.then_some(money.change),
        origin: order.origin.as_ref().map(|origin| OriginShown {
            uid: origin.order.to_string(),
            reason: reason(origin.reason).into(),
        }),
        follow_ups: order.follow_ups.iter().map(ToString::to_string).collect(),
        refund_of: text("refund_of"),
        attention: order
            .matters
            .iter()
            .map(|known| MatterShown {
                text: matter(&known.about),
                ms: known.ms,
                settled: known.resolved.as_ref().map(|resolved| SettledShown {
                    by: (&resolved.by.user).into(),
                    ms: resolved.ms,
                    note: resolved.note.clone(),
                }),
            })
            .collect(),
        note: text("note"),
        order: listed(&state, &manager, &names, multi_session, &order, ms).await?,
    };
    Ok(Json(whole))
}

/// What happened to an order, from its beginning.
pub async fn history(
    State(state): State<ApiState>,
    manager: Manager,
    Named((multi_session, uid)): Named<(i64, OrderUid)>,
) -> Result<Json<Story>, ApiError> {
    let names = names(&state, &manager).await?;
    let (room, _) = find(&state, &manager, multi_session, &uid).await?;
    let events = state.hub().store().history(&room.id, &uid, 0, HISTORY_MAX + 1).await?;
    let more = events.len() > HISTORY_MAX;
    let mut teller = Teller::new(&uid, &names);
    let entries = events.iter().take(HISTORY_MAX).map(|event| teller.tell(event)).collect();
    Ok(Json(Story { entries, more }))
}

/// Makes an unpaid or deleted order a draft again.
pub async fn restore(
    State(state): State<ApiState>,
    manager: Manager,
    Named((multi_session, uid)): Named<(i64, OrderUid)>,
) -> Result<Json<Restored>, ApiError> {
    let (room, _) = find(&state, &manager, multi_session, &uid).await?;
    manager.take(&room, vec![Action::Restore(Restore { order: uid.clone() })]).await?;
    let order =
        room.desk().1.order(&uid).ok_or_else(|| ApiError::conflict("changed", "it was closed again"))?;
    Ok(Json(Restored { number: order.number, run: order.run }))
}

/// Settles what an order needed a look for.
pub async fn resolve(
    State(state): State<ApiState>,
    manager: Manager,
    Named((multi_session, uid)): Named<(i64, OrderUid)>,
    Body(Note { note }): Body<Note>,
) -> Result<StatusCode, ApiError> {
    let (room, _) = find(&state, &manager, multi_session, &uid).await?;
    manager.take(&room, vec![Action::Resolve(Resolve { order: uid, note })]).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// What orders refer to.
async fn names(state: &ApiState, manager: &Manager) -> Result<Names, ApiError> {
    let kinds =
        ["partner", "product", "user", "pos", "multi_session", "table", "pricelist", "fiscal_position"];
    Names::of(state, manager, &kinds).await
}

async fn find(
    state: &ApiState,
    manager: &Manager,
    multi_session: i64,
    uid: &OrderUid,
) -> Result<(Room, Arc<Order>), ApiError> {
    let room = state.hub().room(&RoomId::new(manager.database(), multi_session)).await?;
    let known = room.desk().1.order(uid);
    let order = match known {
        Some(order) => Some(order),
        None => state.hub().store().order(&room.id, uid).await?.map(Arc::new),
    };
    let order = order.ok_or_else(|| ApiError::not_found("there is no such order in this multi-session"))?;
    Ok((room, order))
}

fn wanted(filter: &Filter, names: &Names, limit: usize) -> Result<Wanted, ApiError> {
    let any = match filter.q.as_deref().map(str::trim).filter(|text| !text.is_empty()) {
        None => Vec::new(),
        Some(text) if text.chars().count() > QUERY_CHARS_MAX => {
            return Err(ApiError::field("q", &format!("at most {QUERY_CHARS_MAX} characters")));
        }
        Some(text) => keys(text, names),
    };
    Ok(Wanted {
        any,
        state: filter.state.and_then(|state| match state {
            OrderStateName::Draft => None,
            OrderStateName::Paid => Some(OrderState::Paid),
            OrderStateName::Deleted => Some(OrderState::Deleted),
            OrderStateName::Unpaid => Some(OrderState::Unpaid),
        }),
        multi_session: filter.multi_session,
        pos: filter.pos,
        user: filter.user,
        partner: filter.customer,
        product: filter.product,
        number: filter.number,
        mark: filter.mark.map(|mark| match mark {
            MarkName::Removals => Remarkable::TakenAway,
            MarkName::Attention => Remarkable::InQuestion,
            MarkName::Refund => Remarkable::Refund,
            MarkName::Late => Remarkable::Late,
        }),
        from_ms: filter.from_ms.unwrap_or(0),
        until_ms: filter.to_ms.unwrap_or(u64::MAX),
        sort: match filter.sort.unwrap_or(SortName::Latest) {
            SortName::Latest => Sort::Latest,
            SortName::Earliest => Sort::Earliest,
            SortName::Largest => Sort::Largest,
            SortName::Smallest => Sort::Smallest,
        },
        after: None,
        max: limit,
    })
}

/// What a search can mean. It always means something: a text that nothing is called finds no order.
fn keys(text: &str, names: &Names) -> Vec<Key> {
    let text = text.to_lowercase();
    let mut keys = vec![Key::Uid(OrderUid::new(&text))];
    keys.extend(text.trim_start_matches('#').parse().map(Key::Number));
    keys.extend(names.with("partner", &text, FOUND_MAX).into_iter().map(Key::Partner));
    keys.extend(names.with("user", &text, FOUND_MAX).into_iter().map(Key::User));
    keys.extend(names.with("product", &text, FOUND_MAX).into_iter().map(Key::Product));
    // "table 5" is how people say it.
    let seat = text.strip_prefix("table ").unwrap_or(&text);
    keys.push(Key::Seat(seat.to_owned()));
    let tables = names.called("table", seat, FOUND_MAX);
    keys.extend(tables.into_iter().map(|id| Key::Seat(format!("#{id}"))));
    keys
}

/// The open orders of all multi-sessions that the filter finds, the latest number first.
async fn drafts(
    state: &ApiState,
    manager: &Manager,
    filter: &Filter,
    wanted: &Wanted,
    names: &Names,
) -> Result<Vec<Listed>, ApiError> {
    let mut found = Vec::new();
    for id in rooms(state, manager).await? {
        if wanted.multi_session.is_some_and(|wanted| wanted != id) {
            continue;
        }
        let room = state.hub().room(&RoomId::new(manager.database(), id)).await?;
        let shared = Arc::clone(&room.desk().1);
        let mut drafts: Vec<Arc<Order>> =
            shared.drafts().into_iter().filter(|order| is_wanted(order, filter, wanted)).collect();
        drafts.sort_by_key(|order| std::cmp::Reverse((order.run, order.number)));
        let uids: Vec<OrderUid> = drafts.iter().map(|order| order.uid.clone()).collect();
        let changed = state.lists.changed_ms(&room.id, &uids).await?;
        for (order, ms) in drafts.iter().zip(changed) {
            found.push((ms, id, order.clone()));
        }
    }
    match wanted.sort {
        Sort::Latest => found.sort_by_key(|(ms, ..)| std::cmp::Reverse(*ms)),
        Sort::Earliest => found.sort_by_key(|(ms, ..)| *ms),
        Sort::Largest => found.sort_by_key(|(.., order)| std::cmp::Reverse(Money::worth(order))),
        Sort::Smallest => found.sort_by_key(|(.., order)| Money::worth(order)),
    }
    found.truncate(PAGE_MAX);
    let mut items = Vec::with_capacity(found.len());
    for (ms, id, order) in found {
        items.push(listed(state, manager, names, id, &order, ms).await?);
    }
    Ok(items)
}

/// Every multi-session of a shop, also those of POSes that work alone.
pub async fn rooms(state: &ApiState, manager: &Manager) -> Result<Vec<i64>, ApiError> {
    let records = state.active(manager.database(), &["multi_session", "pos"]).await?.records;
    let mut rooms: Vec<i64> = records
        .iter()
        .filter_map(|record| match record.kind.as_str() {
            "multi_session" => Some(record.id),
            _ => match record.body.as_ref()?.get("multi_session").and_then(Value::as_i64) {
                Some(id) => Some(id),
                None => Some(crate::api::pos::alone(record.id)),
            },
        })
        .collect();
    // Orders stay where they were begun when a multi-session is removed, or came from Odoo's tills.
    let stored = state.hub().store().rooms().await?;
    rooms.extend(
        stored.iter().filter(|room| &*room.database == manager.database()).map(|room| room.multi_session),
    );
    rooms.sort_unstable();
    rooms.dedup();
    Ok(rooms)
}

fn is_wanted(order: &Order, filter: &Filter, wanted: &Wanted) -> bool {
    let last = order.edited.as_ref().unwrap_or(&order.added);
    let partner = reference(order.fields.get("partner_id"));
    let has = |product: i64| {
        order.lines.iter().any(|line| reference(line.fields.get("product_id")) == Some(product))
    };
    let is_key = |key: &Key| match key {
        Key::Uid(uid) => order.uid == *uid,
        Key::Number(number) => u64::from(order.number) == *number,
        Key::Partner(id) => partner == Some(*id),
        Key::Product(id) => has(*id),
        Key::User(id) => last.user.id == *id || order.added.user.id == *id,
        Key::Seat(name) => seat(&order.fields).as_ref() == Some(name),
    };
    filter.pos.is_none_or(|pos| last.pos.id == pos || order.added.pos.id == pos)
        && filter.user.is_none_or(|user| last.user.id == user || order.added.user.id == user)
        && filter.customer.is_none_or(|customer| partner == Some(customer))
        && filter.product.is_none_or(has)
        && filter.number.is_none_or(|number| u64::from(order.number) == number)
        && filter.mark.is_none_or(|mark| marks(order).contains(&mark))
        && (wanted.any.is_empty() || wanted.any.iter().any(is_key))
}

fn write_place(place: &Place) -> String {
    let text = format!("{}/{}/{}/{}", place.total, place.ms, place.multi_session, place.uid);
    URL_SAFE_NO_PAD.encode(text)
}

fn read_place(text: &str) -> Result<Place, ApiError> {
    let read = || {
        let text = String::from_utf8(URL_SAFE_NO_PAD.decode(text).ok()?).ok()?;
        let mut parts = text.splitn(4, '/');
        Some(Place {
            total: parts.next()?.parse().ok()?,
            ms: parts.next()?.parse().ok()?,
            multi_session: parts.next()?.parse().ok()?,
            uid: OrderUid::new(parts.next()?),
        })
    };
    read().ok_or_else(|| ApiError::field("after", "it has to be a former page's `next`"))
}
