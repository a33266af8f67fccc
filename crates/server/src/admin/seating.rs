//! Which multi-session a POS is in: it moves only while nothing of it is under way (rule S1).

use std::sync::Arc;

use serde_json::Value;
use tillsync_core::command::{Action, LeavePos};
use tillsync_store::RoomId;

use super::Manager;
use crate::api::ApiState;
use crate::api::error::ApiError;
use crate::api::pos::alone;

/// What stands in the way of moving a POS out of the multi-session that it is in; empty if nothing does.
pub async fn reasons(
    state: &ApiState,
    manager: &Manager,
    pos: i64,
    body: Option<&Value>,
) -> Result<Vec<String>, ApiError> {
    let Some(multi_session) = state.hub().seats.of(manager.database(), pos) else { return Ok(Vec::new()) };
    let room = state.hub().room(&RoomId::new(manager.database(), multi_session)).await?;
    let shared = Arc::clone(&room.desk().1);
    let mut reasons = Vec::new();
    let name = body.and_then(super::records::name_of).unwrap_or_else(|| format!("POS {pos}"));
    if let Some(session) = shared.poses.get(&pos).and_then(|seat| seat.session.as_ref()) {
        let (id, user) = (session.id, &session.user.name);
        reasons.push(format!("{name} has an open session ({id}, opened by {user}). Close it first."));
    }
    for present in room.present().await {
        if present.mark.pos.id == pos && present.unsent > 0 {
            let (who, unsent) = (&present.mark.user.name, present.unsent);
            reasons.push(format!("A device of {name} ({who}) has {unsent} changes that are not sent yet."));
        }
    }
    Ok(reasons)
}

/// Before a POS's record changes: where that moves it to another multi-session, it leaves the one that it is in.
pub async fn before_change(
    state: &ApiState,
    manager: &Manager,
    pos: i64,
    known: Option<&Value>,
    body: &Value,
) -> Result<(), ApiError> {
    let of = |body: Option<&Value>| {
        body.and_then(|body| body.get("multi_session")?.as_i64()).unwrap_or(alone(pos))
    };
    if of(known) == of(Some(body)) && !body.as_object().is_some_and(serde_json::Map::is_empty) {
        return Ok(());
    }
    leave(state, manager, pos, known).await
}

/// Takes a POS out of the multi-session that it is in.
pub async fn leave(
    state: &ApiState,
    manager: &Manager,
    pos: i64,
    known: Option<&Value>,
) -> Result<(), ApiError> {
    let reasons = reasons(state, manager, pos, known).await?;
    if !reasons.is_empty() {
        return Err(ApiError::conflict("session", &reasons.join(" ")));
    }
    let Some(multi_session) = state.hub().seats.of(manager.database(), pos) else { return Ok(()) };
    let from = RoomId::new(manager.database(), multi_session);
    let room = state.hub().room(&from).await?;
    let is_in = room.desk().1.poses.contains_key(&pos);
    if is_in {
        manager.take(&room, vec![Action::LeavePos(LeavePos { pos, unsent: Vec::new() })]).await?;
    }
    state.hub().seats.leave(&from, pos);
    Ok(())
}
