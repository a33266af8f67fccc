//! `/api/poses/ID/session`: a POS's session is opened, looked at, closed.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use serde::{Deserialize, Serialize};
use tillsync_core::author::{Mark, User};
use tillsync_core::command::{Action, CloseSession, Drafts, MoveCash};
use tillsync_core::id::OrderUid;
use tillsync_core::json::Fields;
use tillsync_core::multi_session::{ClosedSession, MultiSession, PosSession};
use tillsync_core::protocol::{Present, session_of};

use super::error::ApiError;
use super::input::{Body, Named};
use super::pos::AskedPos;
use super::takings::{self, Sold};
use super::{ApiState, Caller};

/// `GET /api/poses/ID/session`
#[derive(Debug, Serialize)]
pub struct SessionReport {
    /// The open session; none while the POS is closed.
    session: Option<PosSession>,
    /// The one before it.
    last: Option<ClosedSession>,
    /// What was sold at the POS in the open session.
    sold: Sold,
    /// Every open draft of every POS of the multi-session.
    drafts: Vec<Draft>,
    /// The devices that logged in to the multi-session's open sessions.
    devices: Vec<DeviceState>,
    /// Whether the run ends when this session is closed: it is the last open one.
    ends_run: bool,
    /// The run that it is.
    run: u32,
}

#[derive(Debug, Serialize)]
struct Draft {
    uid: OrderUid,
    number: u32,
    lines: usize,
    added: Mark,
    edited: Option<Mark>,
}

/// A device of an open session.
#[derive(Debug, Serialize)]
pub struct DeviceState {
    /// The POS that it runs.
    pub pos: String,
    /// Who logged in last.
    pub user: User,
    /// When, in milliseconds since 1970; 0 where it is not known.
    ms: u64,
    /// Whether it is connected. One that is not may bring something later.
    pub here: bool,
    /// Commands that it says it has not sent.
    pub unsent: u64,
}

/// `POST /api/poses/ID/session`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Open {
    user: User,
    /// What was counted and noted.
    #[serde(default)]
    opening: Fields,
}

/// `POST /api/poses/ID/session/close`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Close {
    user: User,
    /// The session that was looked at: the next one in its place is not closed.
    session: u32,
    /// What becomes of drafts if the run ends.
    #[serde(default)]
    drafts: Drafts,
    /// What was counted and noted.
    #[serde(default)]
    closing: Fields,
}

/// `POST /api/poses/ID/session/cash`
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Cash {
    user: User,
    /// The session that was looked at: the next one in its place has another drawer.
    session: u32,
    /// Which drawer's: a payment method that is cash.
    method: i64,
    /// How much, as text: above zero goes in, below zero comes out.
    amount: String,
    /// What for.
    reason: String,
}

/// What a session's end came to.
#[derive(Debug, Serialize)]
pub struct ClosedAnswer {
    /// The session as it is kept.
    last: Option<ClosedSession>,
    /// The run that it is now.
    run: u32,
}

/// What is going on in a POS's session, and what its end would do.
pub async fn look(
    State(state): State<ApiState>,
    caller: Caller,
    Named(id): Named<i64>,
) -> Result<Json<SessionReport>, ApiError> {
    let pos = AskedPos::find(&state, &caller, id).await?;
    let shared = pos.room.desk().1.clone();
    let seat = shared.poses.get(&id);
    let session = seat.and_then(|seat| seat.session.clone());
    let sold = match &session {
        Some(session) => takings::sold(&state, &pos.room.id, id, &shared, session).await?,
        None => Sold::default(),
    };
    let present = pos.room.present().await;
    let mut drafts = shared.drafts();
    drafts.sort_by_key(|order| (order.run, order.number));
    let open = shared.poses.values().filter(|seat| seat.session.is_some()).count();
    let report = SessionReport {
        last: seat.and_then(|seat| seat.last.clone()),
        sold,
        drafts: drafts
            .iter()
            .map(|order| Draft {
                uid: order.uid.clone(),
                number: order.number,
                lines: order.lines.len(),
                added: order.added.clone(),
                edited: order.edited.clone(),
            })
            .collect(),
        devices: devices(&shared, &present),
        ends_run: session.is_some() && open == 1,
        run: shared.run,
        session,
    };
    Ok(Json(report))
}

/// Opens a POS's session, with what was counted.
pub async fn open(
    State(state): State<ApiState>,
    caller: Caller,
    Named(id): Named<i64>,
    Body(asked): Body<Open>,
) -> Result<(StatusCode, Json<PosSession>), ApiError> {
    let pos = AskedPos::find(&state, &caller, id).await?;
    pos.open_session(&state, pos.author(&asked.user), asked.opening).await?;
    let session = pos.room.desk().1.poses.get(&id).and_then(|seat| seat.session.clone());
    let session = session.ok_or_else(|| ApiError::conflict("session", "the session was closed meanwhile"))?;
    Ok((StatusCode::CREATED, Json(session)))
}

/// Puts cash into the drawer, or takes some out; the session as it is then.
pub async fn cash(
    State(state): State<ApiState>,
    caller: Caller,
    Named(id): Named<i64>,
    Body(asked): Body<Cash>,
) -> Result<(StatusCode, Json<PosSession>), ApiError> {
    let pos = AskedPos::find(&state, &caller, id).await?;
    let Cash { user, session, method, amount, reason } = asked;
    let moved = moved(&state, &caller, MoveOf { pos: id, session, method }, &amount, reason).await?;
    pos.take(&user, vec![moved]).await?;
    let session = pos.room.desk().1.poses.get(&id).and_then(|seat| seat.session.clone());
    let session = session.ok_or_else(|| ApiError::conflict("session", "the session was closed meanwhile"))?;
    Ok((StatusCode::CREATED, Json(session)))
}

/// Which drawer.
pub struct MoveOf {
    /// The POS.
    pub pos: i64,
    /// Its session.
    pub session: u32,
    /// The payment method.
    pub method: i64,
}

/// The action that moves cash, if the method is cash and the amount is one.
pub async fn moved(
    state: &ApiState,
    caller: &Caller,
    of: MoveOf,
    amount: &str,
    reason: String,
) -> Result<Action, ApiError> {
    let amount = amount.trim().parse();
    let amount = amount.map_err(|_| ApiError::field("amount", "it has to be an amount such as -50.00"))?;
    let known = state.records.record(&caller.database, "cashregister", of.method).await?;
    let is_cash = known.and_then(|known| Some(known.body?.get("type")? == "cash")).unwrap_or(false);
    if !is_cash {
        return Err(ApiError::field("method", "choose a payment method that is cash"));
    }
    let MoveOf { pos, session, method } = of;
    Ok(Action::MoveCash(MoveCash { pos, session, method, amount, reason }))
}

/// Closes a POS's session, with what was counted.
pub async fn close(
    State(state): State<ApiState>,
    caller: Caller,
    Named(id): Named<i64>,
    Body(asked): Body<Close>,
) -> Result<Json<ClosedAnswer>, ApiError> {
    let pos = AskedPos::find(&state, &caller, id).await?;
    let Close { user, session, drafts, closing } = asked;
    let close = CloseSession { pos: id, session: Some(session), drafts, closing };
    pos.take(&user, vec![Action::CloseSession(close)]).await?;
    let shared = pos.room.desk().1.clone();
    let last = shared.poses.get(&id).and_then(|seat| seat.last.clone());
    Ok(Json(ClosedAnswer { last, run: shared.run }))
}

/// The devices that logged in to the multi-session's open sessions.
pub fn devices(shared: &MultiSession, present: &[Present]) -> Vec<DeviceState> {
    let mut devices = Vec::new();
    for seat in shared.poses.values() {
        let Some(session) = &seat.session else { continue };
        for device in &session.devices {
            let here = present.iter().find(|present| {
                let (name, _) = present.till.as_str().rsplit_once('/').unwrap_or_default();
                name == device.device && session_of(&present.till) == Some(session.id)
            });
            devices.push(DeviceState {
                pos: seat.name.clone(),
                user: here.map_or_else(|| device.user.clone(), |present| present.mark.user.clone()),
                ms: device.ms,
                here: here.is_some(),
                unsent: here.map_or(0, |present| present.unsent),
            });
        }
    }
    devices
}
