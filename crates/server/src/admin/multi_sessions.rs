//! `/api/admin/multi-sessions`: which points of sale share their orders, and how.

use std::collections::BTreeSet;
use std::sync::Arc;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};
use tillsync_core::command::{Action, Drafts, SetActive, SetOfflineEdits};
use tillsync_core::multi_session::{MultiSession, OfflineEdits};
use tillsync_core::protocol::Present;
use tillsync_store::{Record, RecordChange, RecordsChanged, RoomId};
use utoipa::ToSchema;

use super::{Manager, Named as NamedRecord, Names, seating, seen, tagged};
use crate::api::ApiState;
use crate::api::error::ApiError;
use crate::api::input::{Asked, Body, Named};

/// POSes in one request.
const POSES_MAX: usize = 1_000;

/// All of them.
#[derive(Debug, Serialize, ToSchema)]
pub struct MultiSessions {
    /// By id.
    items: Vec<Shown>,
}

/// A multi-session, and what is going on in it.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = MultiSession)]
pub struct Shown {
    /// Its id.
    id: i64,
    /// How often its settings were written.
    version: u64,
    #[serde(flatten)]
    settings: Settings,
    /// Its POSes.
    poses: Vec<PosInIt>,
    /// The run.
    run: u32,
    /// The last order number that was given in the run.
    last_number: u32,
    /// Orders that are open.
    open_orders: usize,
    /// Who is connected.
    online: Vec<Online>,
}

/// What can be chosen for a multi-session.
#[derive(Debug, Clone, Serialize, Deserialize, ToSchema)]
pub struct Settings {
    /// What it is called.
    name: String,
    /// Whether its POSes share their orders.
    #[serde(default = "yes")]
    active: bool,
    /// What tills may do, without a connection, to orders that the server knows.
    #[serde(default)]
    #[schema(value_type = Policy)]
    offline_edits: OfflineEdits,
    /// What becomes of drafts when a run ends, unless whoever ends it says otherwise.
    #[serde(default)]
    #[schema(value_type = AtTheEnd)]
    drafts: Drafts,
    /// Where its tills sync: empty for this server, or the address of another one. Kept as it is said; the Register syncs
    /// with the server that it came from.
    #[serde(default)]
    sync_server: String,
    /// The fiscal positions of its POSes; empty for those that each POS has.
    #[serde(default)]
    fiscal_position_ids: Vec<i64>,
}

/// See `Settings::offline_edits`.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "the shape of a type of another crate")]
pub enum Policy {
    /// Nothing: they are locked until the connection is back.
    Lock,
    /// Everything: it is merged when the connection is back.
    Merge,
}

/// See `Settings::drafts`.
#[derive(ToSchema)]
#[schema(rename_all = "snake_case")]
#[allow(dead_code, reason = "the shape of a type of another crate")]
pub enum AtTheEnd {
    /// They go on in the next run.
    CarryOn,
    /// They are marked unpaid and can be restored.
    MarkUnpaid,
}

fn yes() -> bool {
    true
}

/// `POST /api/admin/multi-sessions`, and `PUT` of one.
#[derive(Debug, Deserialize, ToSchema)]
pub struct Saved {
    #[serde(flatten)]
    settings: Settings,
    /// Its POSes.
    #[serde(default)]
    poses: Vec<i64>,
}

/// A POS of a multi-session.
#[derive(Debug, Serialize, ToSchema)]
pub struct PosInIt {
    /// Its id.
    id: i64,
    /// What it is called.
    name: String,
    /// Its open session.
    session: Option<OpenSession>,
    /// Devices of it that are connected.
    online: usize,
}

/// An open session, in short.
#[derive(Debug, Serialize, ToSchema)]
pub struct OpenSession {
    /// Its id.
    id: u32,
    /// Who opened it.
    user: NamedRecord,
    /// When, in milliseconds since 1970.
    opened_ms: u64,
}

/// Somebody at a till that is connected.
#[derive(Debug, Serialize, ToSchema)]
pub struct Online {
    /// Who.
    user: NamedRecord,
    /// Where.
    pos: NamedRecord,
}

/// `GET /api/admin/multi-sessions/choices`
#[derive(Debug, Serialize, ToSchema)]
pub struct Choices {
    /// Every POS.
    poses: Vec<Choice>,
}

/// A POS that can be chosen, or the reasons why not.
#[derive(Debug, Serialize, ToSchema)]
pub struct Choice {
    /// Its id.
    id: i64,
    /// What it is called.
    name: String,
    /// The multi-session that it is in.
    multi_session: Option<NamedRecord>,
    /// What stands in the way of moving it, into a multi-session or out of the one that it is in; empty if nothing does.
    reasons: Vec<String>,
}

/// `GET /api/admin/multi-sessions/ID/effect?active=`
#[derive(Debug, Serialize, ToSchema)]
pub struct Effect {
    /// Tills that are told at once.
    tills_online: usize,
    /// Orders that are open.
    open_orders: usize,
    /// POS sessions that are open.
    sessions_open: usize,
    /// What happens, in words.
    text: String,
}

/// What is asked with `effect`.
#[derive(Debug, Deserialize)]
pub struct Intended {
    active: bool,
}

/// All multi-sessions.
pub async fn list(State(state): State<ApiState>, manager: Manager) -> Result<Json<MultiSessions>, ApiError> {
    let records = state.active(manager.database(), &["multi_session", "pos"]).await?.records;
    let (own, poses): (Vec<Record>, Vec<Record>) =
        records.into_iter().partition(|record| record.kind == "multi_session");
    let mut items = Vec::new();
    for record in own {
        items.push(shown(&state, &manager, record, &poses).await?);
    }
    Ok(Json(MultiSessions { items }))
}

/// One multi-session.
pub async fn one(
    State(state): State<ApiState>,
    manager: Manager,
    Named(id): Named<i64>,
) -> Result<Response, ApiError> {
    answer(&state, &manager, StatusCode::OK, find(&state, &manager, id).await?).await
}

/// Which POSes can be chosen.
pub async fn choices(State(state): State<ApiState>, manager: Manager) -> Result<Json<Choices>, ApiError> {
    let names = Names::of(&state, &manager, &["multi_session"]).await?;
    let mut poses = Vec::new();
    for record in state.active(manager.database(), &["pos"]).await?.records {
        let multi_session = multi_session_of(&record);
        let reasons = seating::reasons(&state, &manager, record.id, record.body.as_ref()).await?;
        let name = record.body.as_ref().and_then(super::records::name_of).unwrap_or_default();
        let multi_session = multi_session.map(|id| names.get("multi_session", id));
        poses.push(Choice { id: record.id, name, multi_session, reasons });
    }
    Ok(Json(Choices { poses }))
}

/// Makes a multi-session.
pub async fn create(
    State(state): State<ApiState>,
    manager: Manager,
    Body(saved): Body<Saved>,
) -> Result<Response, ApiError> {
    check(&state, &manager, &saved).await?;
    may_be_seated(&state, &manager, 0, &saved.poses).await?;
    let record = RecordChange {
        kind: "multi_session".into(),
        id: None,
        seen: None,
        body: Some(kept(&saved.settings, Map::new())),
    };
    let RecordsChanged::Landed(mut landed) = state.change_records(manager.database(), vec![record]).await?
    else {
        return Err(ApiError::conflict("changed", "it could not be made; try again"));
    };
    let record = landed.remove(0);
    seat(&state, &manager, record.id, &saved.poses).await?;
    tell(&state, &manager, record.id, &saved.settings).await?;
    answer(&state, &manager, StatusCode::CREATED, record).await
}

/// Changes a multi-session.
pub async fn update(
    State(state): State<ApiState>,
    manager: Manager,
    Named(id): Named<i64>,
    headers: HeaderMap,
    Body(saved): Body<Saved>,
) -> Result<Response, ApiError> {
    let seen = seen(&headers)?;
    let known = find(&state, &manager, id).await?;
    if known.version != seen {
        return answer(&state, &manager, StatusCode::PRECONDITION_FAILED, known).await;
    }
    check(&state, &manager, &saved).await?;
    // What can be refused comes first: nothing is half-done then.
    may_be_seated(&state, &manager, id, &saved.poses).await?;
    let former = match known.body {
        Some(Value::Object(body)) => body,
        _ => Map::new(),
    };
    let body = Some(kept(&saved.settings, former));
    let change = RecordChange { kind: "multi_session".into(), id: Some(id), seen: Some(seen), body };
    let record = match state.change_records(manager.database(), vec![change]).await? {
        RecordsChanged::Landed(mut landed) => landed.remove(0),
        RecordsChanged::Stale(Some(now)) => {
            return answer(&state, &manager, StatusCode::PRECONDITION_FAILED, now).await;
        }
        RecordsChanged::Stale(None) => return Err(gone()),
    };
    seat(&state, &manager, id, &saved.poses).await?;
    tell(&state, &manager, id, &saved.settings).await?;
    answer(&state, &manager, StatusCode::OK, record).await
}

/// Removes a multi-session that no POS is in.
pub async fn remove(
    State(state): State<ApiState>,
    manager: Manager,
    Named(id): Named<i64>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let seen = seen(&headers)?;
    find(&state, &manager, id).await?;
    let poses = state.active(manager.database(), &["pos"]).await?.records;
    let in_it: Vec<String> = poses
        .iter()
        .filter(|record| multi_session_of(record) == Some(id))
        .filter_map(|record| super::records::name_of(record.body.as_ref()?))
        .collect();
    if !in_it.is_empty() {
        let text = format!("{} are in it; choose another multi-session for them first", in_it.join(", "));
        return Err(ApiError::conflict("in_use", &text));
    }
    let drafts = room_state(&state, &manager, id).await?.drafts().len();
    if drafts > 0 {
        let text = format!("it has {}, to be paid or deleted first", counted(drafts, "open order"));
        return Err(ApiError::conflict("in_use", &text));
    }
    let change = RecordChange { kind: "multi_session".into(), id: Some(id), seen: Some(seen), body: None };
    match state.change_records(manager.database(), vec![change]).await? {
        RecordsChanged::Landed(_) => Ok(StatusCode::NO_CONTENT.into_response()),
        RecordsChanged::Stale(Some(now)) => {
            answer(&state, &manager, StatusCode::PRECONDITION_FAILED, now).await
        }
        RecordsChanged::Stale(None) => Err(gone()),
    }
}

/// What activating or deactivating would do, before it is done.
pub async fn effect(
    State(state): State<ApiState>,
    manager: Manager,
    Named(id): Named<i64>,
    Asked(intended): Asked<Intended>,
) -> Result<Json<Effect>, ApiError> {
    find(&state, &manager, id).await?;
    let shared = room_state(&state, &manager, id).await?;
    let tills_online = present(&state, &manager, id).await?.len();
    let open_orders = shared.drafts().len();
    let sessions_open = shared.poses.values().filter(|seat| seat.session.is_some()).count();
    let text = match (shared.active, intended.active) {
        (true, true) | (false, false) => "Nothing changes.".to_owned(),
        (true, false) => format!(
            "Each point of sale goes on with the orders that were begun there; {} hidden from the other tills, {} at once. \
             Nothing is lost: once it is active again, all see all.",
            are(open_orders, "open order"),
            counted(tills_online, "connected till")
        ),
        (false, true) => format!(
            "The points of sale share their orders from now on: {} to all tills, to {} at once.",
            match open_orders {
                1 => "1 open order comes".to_owned(),
                many => format!("{many} open orders come"),
            },
            counted(tills_online, "connected till")
        ),
    };
    Ok(Json(Effect { tills_online, open_orders, sessions_open, text }))
}

fn counted(count: usize, one: &str) -> String {
    if count == 1 { format!("1 {one}") } else { format!("{count} {one}s") }
}

fn are(count: usize, one: &str) -> String {
    let verb = if count == 1 { "is" } else { "are" };
    format!("{} {verb}", counted(count, one))
}

async fn find(state: &ApiState, manager: &Manager, id: i64) -> Result<Record, ApiError> {
    state.active_one(manager.database(), "multi_session", id).await?.ok_or_else(gone)
}

fn gone() -> ApiError {
    ApiError::not_found("there is no such multi-session any more; load the list anew")
}

fn multi_session_of(pos: &Record) -> Option<i64> {
    pos.body.as_ref()?.get("multi_session")?.as_i64()
}

async fn room_state(state: &ApiState, manager: &Manager, id: i64) -> Result<Arc<MultiSession>, ApiError> {
    let room = state.hub().room(&RoomId::new(manager.database(), id)).await?;
    Ok(Arc::clone(&room.desk().1))
}

async fn present(state: &ApiState, manager: &Manager, id: i64) -> Result<Vec<Present>, ApiError> {
    Ok(state.hub().room(&RoomId::new(manager.database(), id)).await?.present().await)
}

/// What the room says counts: it is what tills are told.
async fn shown(
    state: &ApiState,
    manager: &Manager,
    record: Record,
    poses: &[Record],
) -> Result<Shown, ApiError> {
    let shared = room_state(state, manager, record.id).await?;
    let present = present(state, manager, record.id).await?;
    let mut settings = read(&record);
    settings.active = shared.active;
    settings.offline_edits = shared.offline_edits;
    let in_it = poses.iter().filter(|pos| multi_session_of(pos) == Some(record.id));
    let poses = in_it.map(|pos| {
        let session = shared.poses.get(&pos.id).and_then(|seat| seat.session.as_ref());
        PosInIt {
            id: pos.id,
            name: pos.body.as_ref().and_then(super::records::name_of).unwrap_or_default(),
            session: session.map(|session| OpenSession {
                id: session.id,
                user: (&session.user).into(),
                opened_ms: session.opened_ms,
            }),
            online: present.iter().filter(|present| present.mark.pos.id == pos.id).count(),
        }
    });
    Ok(Shown {
        id: record.id,
        version: record.version,
        poses: poses.collect(),
        run: shared.run,
        last_number: shared.last_number(shared.run),
        open_orders: shared.drafts().len(),
        online: present
            .iter()
            .map(|present| Online { user: (&present.mark.user).into(), pos: (&present.mark.pos).into() })
            .collect(),
        settings,
    })
}

/// Settings as a record has them; what it lacks is as usual.
fn read(record: &Record) -> Settings {
    let body = record.body.clone().unwrap_or_default();
    serde_json::from_value(body).unwrap_or_else(|error| {
        tracing::error!(multi_session = record.id, %error, "the record of a multi-session cannot be read");
        Settings {
            name: format!("Multi-session {}", record.id),
            active: true,
            offline_edits: OfflineEdits::default(),
            drafts: Drafts::default(),
            sync_server: String::new(),
            fiscal_position_ids: Vec::new(),
        }
    })
}

/// A record's body: what was chosen, and what else stood there.
fn kept(settings: &Settings, mut former: Map<String, Value>) -> Value {
    if let Ok(Value::Object(chosen)) = serde_json::to_value(settings) {
        former.extend(chosen);
    }
    Value::Object(former)
}

async fn answer(
    state: &ApiState,
    manager: &Manager,
    status: StatusCode,
    record: Record,
) -> Result<Response, ApiError> {
    let poses = state.active(manager.database(), &["pos"]).await?.records;
    let version = record.version;
    Ok(tagged(status, version, &shown(state, manager, record, &poses).await?))
}

async fn check(state: &ApiState, manager: &Manager, saved: &Saved) -> Result<(), ApiError> {
    let Settings { name, sync_server, fiscal_position_ids, .. } = &saved.settings;
    if name.trim().is_empty() || name.chars().count() > 200 {
        return Err(ApiError::field("name", "a name is needed, of at most 200 characters"));
    }
    let is_address = sync_server.is_empty()
        || ["http://", "https://"].iter().any(|scheme| {
            sync_server.strip_prefix(scheme).is_some_and(|rest| !rest.is_empty() && !rest.contains(' '))
        });
    if !is_address || sync_server.len() > 500 {
        return Err(ApiError::field(
            "sync_server",
            "leave it empty for this server, or type an address such as https://sync.example.com",
        ));
    }
    if saved.poses.len() > POSES_MAX {
        return Err(ApiError::field("poses", &format!("at most {POSES_MAX} points of sale")));
    }
    for (field, kind, ids) in
        [("poses", "pos", &saved.poses), ("fiscal_position_ids", "fiscal_position", fiscal_position_ids)]
    {
        for id in ids {
            if state.active_one(manager.database(), kind, *id).await?.is_none() {
                return Err(ApiError::field(
                    field,
                    &format!("{id} is not there any more; load the page anew"),
                ));
            }
        }
    }
    Ok(())
}

/// Refuses what would take a POS out of its multi-session while something of it is under way. A multi-session that is not
/// there yet is 0.
async fn may_be_seated(
    state: &ApiState,
    manager: &Manager,
    id: i64,
    wanted: &[i64],
) -> Result<Vec<(Record, Option<i64>)>, ApiError> {
    let wanted: BTreeSet<i64> = wanted.iter().copied().collect();
    let (mut moves, mut ways) = (Vec::new(), Vec::new());
    for pos in state.active(manager.database(), &["pos"]).await?.records {
        let to = match (wanted.contains(&pos.id), multi_session_of(&pos) == Some(id)) {
            (true, false) => Some(id),
            (false, true) => None,
            (true, true) | (false, false) => continue,
        };
        // One that works alone may be at work: it comes with its next session.
        ways.extend(seating::reasons(state, manager, pos.id, pos.body.as_ref()).await?);
        moves.push((pos, to));
    }
    match ways.is_empty() {
        true => Ok(moves),
        false => Err(ApiError::conflict("session", &ways.join(" "))),
    }
}

/// Moves POSes into a multi-session and out of it.
async fn seat(state: &ApiState, manager: &Manager, id: i64, wanted: &[i64]) -> Result<(), ApiError> {
    let moves = may_be_seated(state, manager, id, wanted).await?;
    let mut changes = Vec::new();
    for (pos, to) in moves {
        seating::leave(state, manager, pos.id, pos.body.as_ref()).await?;
        let mut body = pos.body.unwrap_or_else(|| json!({}));
        if let Some(body) = body.as_object_mut() {
            body.insert("multi_session".into(), to.map_or(Value::Null, Value::from));
        }
        changes.push(RecordChange {
            kind: "pos".into(),
            id: Some(pos.id),
            seen: Some(pos.version),
            body: Some(body),
        });
    }
    if changes.is_empty() {
        return Ok(());
    }
    match state.change_records(manager.database(), changes).await? {
        RecordsChanged::Landed(_) => Ok(()),
        RecordsChanged::Stale(_) => {
            let text =
                "somebody else has just changed one of the points of sale; look at them and save again";
            Err(ApiError::conflict("changed", text))
        }
    }
}

/// Tells the tills what was chosen.
async fn tell(state: &ApiState, manager: &Manager, id: i64, settings: &Settings) -> Result<(), ApiError> {
    let room = state.hub().room(&RoomId::new(manager.database(), id)).await?;
    let shared = Arc::clone(&room.desk().1);
    let mut actions = Vec::new();
    if shared.active != settings.active {
        actions.push(Action::SetActive(SetActive { active: settings.active }));
    }
    if shared.offline_edits != settings.offline_edits {
        actions.push(Action::SetOfflineEdits(SetOfflineEdits { offline_edits: settings.offline_edits }));
    }
    match actions.is_empty() {
        true => Ok(()),
        false => manager.take(&room, actions).await,
    }
}
