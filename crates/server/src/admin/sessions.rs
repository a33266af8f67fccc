//! `/api/admin/sessions`: the sessions of all points of sale; what each sold, and what its drawer should hold.

use std::collections::BTreeMap;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use tillsync_core::command::{Action, CloseSession, Drafts};
use tillsync_core::json::Fields;
use tillsync_core::multi_session::{CashMove, MultiSession};
use tillsync_store::lists::{Session, WantedSessions};
use tillsync_store::{Record, RoomId};
use utoipa::{IntoParams, ToSchema};

use super::{Manager, Named as NamedRecord, Names, decimal};
use crate::api::error::ApiError;
use crate::api::input::{Asked, Body, Named};
use crate::api::pos::AskedPos;
use crate::api::sessions::{MoveOf, moved};
use crate::api::takings::{self, Sold};
use crate::api::{ApiState, is_active};
use crate::clock::now_ms;

/// Sessions in one page.
const PAGE_MAX: usize = 200;
/// A list adds up what an open session has sold while it is not older than this: what is never closed takes long.
const SUMMED_MS_MAX: u64 = 3 * 24 * 3_600_000;
/// Sessions in one page where nothing is said.
const PAGE_DEFAULT: usize = 50;

/// `GET /api/admin/sessions`
#[derive(Debug, Default, Deserialize, IntoParams)]
#[serde(deny_unknown_fields, default)]
#[into_params(parameter_in = Query)]
pub struct Filter {
    /// Its POS.
    pos: Option<i64>,
    /// Only open ones.
    open: bool,
    /// Opened at this time or later, in milliseconds since 1970.
    from_ms: Option<u64>,
    /// Opened before this time.
    to_ms: Option<u64>,
    /// From the former page's `next`.
    after: Option<String>,
    /// So many at most.
    limit: Option<usize>,
    #[serde(rename = "database")]
    #[param(ignore)]
    _database: Option<String>,
}

/// A page of sessions.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionPage {
    /// Those opened last first.
    items: Vec<SessionShown>,
    /// Where the list goes on; none at its end.
    next: Option<String>,
}

/// A session, in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct SessionShown {
    /// Its id.
    id: u32,
    /// Its POS.
    pos: NamedRecord,
    /// That POS's multi-session.
    multi_session: NamedRecord,
    /// The run that it was opened in.
    run: u32,
    /// When it was opened, in milliseconds since 1970.
    opened_ms: u64,
    /// By whom.
    opened_by: NamedRecord,
    /// When it was closed; none while it is open.
    closed_ms: Option<u64>,
    /// By whom.
    closed_by: Option<NamedRecord>,
    /// Orders that were closed as paid in it, as far as that is known.
    orders: Option<u64>,
    /// What was sold in it, as far as that is known.
    #[schema(value_type = Option<String>)]
    total: Option<Decimal>,
    /// What was counted less what there should have been; none before it was counted.
    #[schema(value_type = Option<String>)]
    difference: Option<Decimal>,
}

/// `GET /api/admin/sessions/ID`: what it sold and took. Open, it is the X report; closed, the Z report.
#[derive(Debug, Serialize, ToSchema)]
pub struct Report {
    /// `x` or `z`.
    kind: ReportKind,
    /// In short.
    session: SessionShown,
    /// What was sold: of one that is closed, as it was noted then.
    #[schema(value_type = Object)]
    sold: Value,
    /// What each payment method should come to, and what was counted.
    cash: Vec<Drawer>,
    /// Cash that went in or out for no order.
    moves: Vec<MoveShown>,
    /// What was noted when it was opened.
    opening_note: Option<String>,
    /// What was noted when it was closed.
    closing_note: Option<String>,
    /// Open orders of the whole multi-session: what closing has to decide about.
    drafts: Vec<DraftShown>,
    /// Whether the run ends with it: it is the last open one of its multi-session.
    ends_run: bool,
    /// Devices of the multi-session that are away, or have something that is not sent.
    silent: Vec<SilentDevice>,
}

/// Which report.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ReportKind {
    /// Of a session that is open.
    X,
    /// Of one that is closed.
    Z,
}

/// A payment method in a session.
#[derive(Debug, Serialize, ToSchema)]
pub struct Drawer {
    /// Which.
    method: NamedRecord,
    /// Whether it is counted.
    is_cash: bool,
    /// What was there at first.
    #[schema(value_type = String)]
    opening: Decimal,
    /// What was taken for orders, less the change that was given.
    #[schema(value_type = String)]
    taken: Decimal,
    /// What went in or out for no order.
    #[schema(value_type = String)]
    moves: Decimal,
    /// What there should be.
    #[schema(value_type = String)]
    expected: Decimal,
    /// What was counted.
    #[schema(value_type = Option<String>)]
    counted: Option<Decimal>,
    /// What was counted less what there should have been.
    #[schema(value_type = Option<String>)]
    difference: Option<Decimal>,
}

/// Cash that went in or out.
#[derive(Debug, Serialize, ToSchema)]
pub struct MoveShown {
    /// When, in milliseconds since 1970.
    ms: u64,
    /// Who.
    user: NamedRecord,
    /// Which drawer's.
    method: NamedRecord,
    /// How much: above zero went in.
    #[schema(value_type = String)]
    amount: Decimal,
    /// What for.
    reason: String,
}

/// An open order.
#[derive(Debug, Serialize, ToSchema)]
pub struct DraftShown {
    /// Its uid.
    uid: String,
    /// Its number.
    number: u32,
    /// How many lines it has.
    lines: usize,
    /// Who began it, and where.
    added: super::By,
}

/// A device that may bring something later.
#[derive(Debug, Serialize, ToSchema)]
pub struct SilentDevice {
    /// Its POS.
    pos: String,
    /// Who was at it last.
    user: NamedRecord,
    /// Whether it is connected.
    here: bool,
    /// Commands that it says it has not sent.
    unsent: u64,
}

/// What is counted and noted.
#[derive(Debug, Default, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Counted {
    /// By the number of the payment method, as text: exact.
    cash: BTreeMap<String, String>,
    /// For whoever reads it.
    note: String,
}

/// `POST /api/admin/points-of-sale/ID/session`
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Opening {
    /// What was counted and noted.
    opening: Counted,
}

/// `POST /api/admin/sessions/ID/close`
#[derive(Debug, Default, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Closing {
    /// What becomes of open orders if the run ends: `carry_on` or `mark_unpaid`.
    #[schema(value_type = super::multi_sessions::AtTheEnd)]
    drafts: Drafts,
    /// What was counted and noted.
    closing: Counted,
}

/// `POST /api/admin/sessions/ID/cash`
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct CashMoved {
    /// How much, as text: above zero goes in, below zero comes out.
    amount: String,
    /// What for.
    reason: String,
    /// Which drawer's: a payment method that is cash.
    method: i64,
}

/// The sessions of all points of sale.
pub async fn list(
    State(state): State<ApiState>,
    manager: Manager,
    Asked(filter): Asked<Filter>,
) -> Result<Json<SessionPage>, ApiError> {
    let limit = filter.limit.unwrap_or(PAGE_DEFAULT).clamp(1, PAGE_MAX);
    let after = filter.after.as_deref().map(|after| {
        let place = after.split_once('-').and_then(|(ms, id)| Some((ms.parse().ok()?, id.parse().ok()?)));
        place.ok_or_else(|| ApiError::field("after", "it has to be a former page's `next`"))
    });
    let wanted = WantedSessions {
        pos: filter.pos,
        open: filter.open,
        from_ms: filter.from_ms.unwrap_or(0),
        until_ms: filter.to_ms,
        after: after.transpose()?,
        max: limit + 1,
    };
    let mut found = state.lists.sessions(manager.database(), &wanted).await?;
    let is_more = found.len() > limit;
    found.truncate(limit);
    let next = found.last().filter(|_| is_more);
    let next = next.map(|last| format!("{}-{}", last.opened.opened_ms, last.opened.id));
    let names = Names::of(&state, &manager, &["multi_session", "pos"]).await?;
    let mut items = Vec::new();
    for session in &found {
        let is_old = session.opened.opened_ms + SUMMED_MS_MAX < now_ms();
        let sold = match session.closed.is_none() && is_old {
            true => Value::Null,
            false => sold_of(&state, &manager, session).await?,
        };
        items.push(shown(&names, session, &sold));
    }
    Ok(Json(SessionPage { items, next }))
}

/// What a session sold, and what its drawer should hold.
pub async fn report(
    State(state): State<ApiState>,
    manager: Manager,
    Named(id): Named<u32>,
) -> Result<Json<Report>, ApiError> {
    Ok(Json(report_of(&state, &manager, id).await?))
}

/// Opens a session.
pub async fn open(
    State(state): State<ApiState>,
    manager: Manager,
    Named(id): Named<i64>,
    Body(Opening { opening }): Body<Opening>,
) -> Result<(StatusCode, Json<SessionShown>), ApiError> {
    let pos = AskedPos::find(&state, &manager.caller, id).await?;
    let cash = checked(&opening)?;
    let mut noted = Fields::new();
    noted.insert("cash".into(), json!(cash));
    if !opening.note.trim().is_empty() {
        noted.insert("note".into(), opening.note.trim().into());
    }
    let session = pos.open_session(&state, manager.author(), noted).await?;
    let names = Names::of(&state, &manager, &["multi_session", "pos"]).await?;
    let session = find(&state, &manager, session).await?;
    Ok((StatusCode::CREATED, Json(shown(&names, &session, &json!({})))))
}

/// Closes a session: with what was counted, and with what there should have been.
pub async fn close(
    State(state): State<ApiState>,
    manager: Manager,
    Named(id): Named<u32>,
    Body(Closing { drafts, closing }): Body<Closing>,
) -> Result<Json<Report>, ApiError> {
    let session = find(&state, &manager, id).await?;
    let cash = checked(&closing)?;
    let report = report_of(&state, &manager, id).await?;
    if report.kind == ReportKind::Z {
        return Err(ApiError::conflict("session", "this session is closed already"));
    }
    let mut noted = Fields::new();
    let by_method = |value: &dyn Fn(&Drawer) -> Option<Decimal>, only_cash: bool| -> Value {
        let drawers = report.cash.iter().filter(|drawer| drawer.is_cash || !only_cash);
        drawers
            .filter_map(|drawer| Some((drawer.method.id.to_string(), json!(value(drawer)?.to_string()))))
            .collect::<serde_json::Map<_, _>>()
            .into()
    };
    let counted = |drawer: &Drawer| {
        let counted = cash.get(&drawer.method.id.to_string()).and_then(|text| text.parse().ok());
        counted.unwrap_or(drawer.expected)
    };
    noted.insert("cash".into(), by_method(&|drawer| Some(counted(drawer)), true));
    noted.insert("expected".into(), by_method(&|drawer| Some(drawer.expected), false));
    noted.insert("differences".into(), by_method(&|drawer| Some(counted(drawer) - drawer.expected), true));
    noted.insert("sold".into(), report.sold.clone());
    if !closing.note.trim().is_empty() {
        noted.insert("note".into(), closing.note.trim().into());
    }
    let room = state.hub().room(&RoomId::new(manager.database(), session.multi_session)).await?;
    let close = CloseSession { pos: session.pos, session: Some(id), drafts, closing: noted };
    manager.take(&room, vec![Action::CloseSession(close)]).await?;
    Ok(Json(report_of(&state, &manager, id).await?))
}

/// Puts cash into a drawer, or takes some out.
pub async fn cash(
    State(state): State<ApiState>,
    manager: Manager,
    Named(id): Named<u32>,
    Body(CashMoved { amount, reason, method }): Body<CashMoved>,
) -> Result<(StatusCode, Json<Report>), ApiError> {
    let session = find(&state, &manager, id).await?;
    let of = MoveOf { pos: session.pos, session: id, method };
    let moved = moved(&state, &manager.caller, of, &amount, reason).await?;
    let room = state.hub().room(&RoomId::new(manager.database(), session.multi_session)).await?;
    manager.take(&room, vec![moved]).await?;
    Ok((StatusCode::CREATED, Json(report_of(&state, &manager, id).await?)))
}

async fn find(state: &ApiState, manager: &Manager, id: u32) -> Result<Session, ApiError> {
    let found = state.lists.session(manager.database(), id).await?;
    found.ok_or_else(|| ApiError::not_found("there is no such session"))
}

/// Amounts as they were typed, if they are any.
fn checked(counted: &Counted) -> Result<BTreeMap<String, String>, ApiError> {
    let mut cash = BTreeMap::new();
    for (method, text) in &counted.cash {
        let is_amount = method.parse::<i64>().is_ok() && text.parse::<Decimal>().is_ok();
        if !is_amount {
            return Err(ApiError::field(
                "cash",
                "what was counted is an amount for each payment method, such as {\"1\": \"100.00\"}",
            ));
        }
        cash.insert(method.clone(), text.clone());
    }
    Ok(cash)
}

/// What an open session has sold till now; of a closed one, what was noted.
async fn sold_of(state: &ApiState, manager: &Manager, session: &Session) -> Result<Value, ApiError> {
    match &session.closed {
        Some(closed) => Ok(closed.closing.get("sold").cloned().unwrap_or(Value::Null)),
        None => Ok(json!(sold_now(state, manager, session).await?)),
    }
}

async fn sold_now(state: &ApiState, manager: &Manager, session: &Session) -> Result<Sold, ApiError> {
    let room = state.hub().room(&RoomId::new(manager.database(), session.multi_session)).await?;
    let shared = Arc::clone(&room.desk().1);
    let open = shared.poses.get(&session.pos).and_then(|seat| seat.session.clone());
    match open.filter(|open| open.id == session.opened.id) {
        Some(open) => Ok(takings::sold(state, &room.id, session.pos, &shared, &open).await?),
        None => Ok(Sold::default()),
    }
}

fn shown(names: &Names, session: &Session, sold: &Value) -> SessionShown {
    let closed = session.closed.as_ref();
    let said = |fields: &Value, field: &str| fields.get(field).and_then(decimal);
    let differences = closed.and_then(|closed| closed.closing.get("differences")?.as_object());
    let difference = differences.map(|each| each.values().filter_map(decimal).sum());
    SessionShown {
        id: session.opened.id,
        pos: NamedRecord { id: session.pos, name: session.name.clone() },
        multi_session: super::order_shown::room_name(names, session.multi_session),
        run: session.run,
        opened_ms: session.opened.opened_ms,
        opened_by: (&session.opened.user).into(),
        closed_ms: closed.map(|closed| closed.closed_ms),
        closed_by: closed.map(|closed| (&closed.user).into()),
        orders: sold.get("orders").and_then(Value::as_u64),
        total: said(sold, "total"),
        difference,
    }
}

async fn report_of(state: &ApiState, manager: &Manager, id: u32) -> Result<Report, ApiError> {
    let session = find(state, manager, id).await?;
    let names = Names::of(state, manager, &["multi_session", "pos", "cashregister"]).await?;
    let room = state.hub().room(&RoomId::new(manager.database(), session.multi_session)).await?;
    let shared = Arc::clone(&room.desk().1);
    let sold = sold_of(state, manager, &session).await?;
    // Of one that is closed also those that were put away since.
    let all = state.records.records(manager.database(), &["cashregister"], 0).await?.records;
    let expected = session.closed.as_ref().and_then(|closed| closed.closing.get("expected")?.as_object());
    let is_its = |method: &Record| match expected {
        Some(expected) => expected.contains_key(&method.id.to_string()),
        None => is_active(method),
    };
    let methods: Vec<Record> = all.into_iter().filter(is_its).collect();
    let open = shared.poses.get(&session.pos).and_then(|seat| seat.session.as_ref());
    let moves: &[CashMove] = match (&session.closed, open) {
        (Some(closed), _) => &closed.moves,
        (None, Some(open)) => &open.moves,
        (None, None) => &[],
    };
    let is_open = session.closed.is_none();
    let drafts = if is_open { shared.drafts() } else { Vec::new() };
    let open_sessions = shared.poses.values().filter(|seat| seat.session.is_some()).count();
    let note = |fields: &Fields| fields.get("note").and_then(Value::as_str).map(str::to_owned);
    Ok(Report {
        kind: if is_open { ReportKind::X } else { ReportKind::Z },
        cash: drawers(&session, &methods, &sold, moves),
        moves: moves
            .iter()
            .map(|moved| MoveShown {
                ms: moved.ms,
                user: (&moved.user).into(),
                method: names.get("cashregister", moved.method),
                amount: moved.amount,
                reason: moved.reason.clone(),
            })
            .collect(),
        opening_note: note(&session.opened.opening),
        closing_note: session.closed.as_ref().and_then(|closed| note(&closed.closing)),
        drafts: drafts
            .iter()
            .map(|order| DraftShown {
                uid: order.uid.to_string(),
                number: order.number,
                lines: order.lines.len(),
                added: (&order.added).into(),
            })
            .collect(),
        ends_run: is_open && open_sessions == 1,
        silent: if is_open { silent(&shared, &room.present().await) } else { Vec::new() },
        session: shown(&names, &session, &sold),
        sold,
    })
}

/// What each method should come to. Change is given from the first that is cash.
fn drawers(session: &Session, methods: &[Record], sold: &Value, moves: &[CashMove]) -> Vec<Drawer> {
    let said = |fields: &Value, field: &str| fields.get(field).and_then(decimal);
    let closing =
        session.closed.as_ref().map(|closed| Value::Object(closed.closing.clone().into_iter().collect()));
    let by_method = |fields: Option<&Value>, field: &str, id: i64| said(fields?.get(field)?, &id.to_string());
    let opening = Value::Object(session.opened.opening.clone().into_iter().collect());
    let is_cash = |method: &Record| method.body.as_ref().is_some_and(|body| body["type"] == "cash");
    let first_cash = methods.iter().find(|method| is_cash(method)).map(|method| method.id);
    let drawer = |method: &Record| {
        let body = method.body.as_ref()?;
        let journal = body["journal_id"][0].as_i64();
        let taken = sold.get("methods").and_then(Value::as_array);
        let taken = taken.into_iter().flatten().filter(|each| each["journal"].as_i64() == journal);
        let mut taken: Decimal = taken.filter_map(|each| said(each, "amount")).sum();
        if first_cash == Some(method.id) {
            taken -= said(sold, "change").unwrap_or_default();
        }
        let moved = moves.iter().filter(|moved| moved.method == method.id).map(|moved| moved.amount).sum();
        let at_first = match is_cash(method) {
            true => by_method(Some(&opening), "cash", method.id).unwrap_or_default(),
            false => Decimal::ZERO,
        };
        let expected = at_first + taken + moved;
        let expected = by_method(closing.as_ref(), "expected", method.id).unwrap_or(expected);
        let counted = by_method(closing.as_ref(), "cash", method.id);
        Some(Drawer {
            method: NamedRecord { id: method.id, name: super::records::name_of(body).unwrap_or_default() },
            is_cash: is_cash(method),
            opening: at_first,
            taken,
            moves: moved,
            expected,
            counted,
            difference: counted.map(|counted| counted - expected),
        })
    };
    methods.iter().filter_map(drawer).collect()
}

fn silent(shared: &MultiSession, present: &[tillsync_core::protocol::Present]) -> Vec<SilentDevice> {
    let devices = crate::api::sessions::devices(shared, present);
    let silent = devices.into_iter().filter(|device| !device.here || device.unsent > 0);
    silent
        .map(|device| SilentDevice {
            pos: device.pos,
            user: (&device.user).into(),
            here: device.here,
            unsent: device.unsent,
        })
        .collect()
}
