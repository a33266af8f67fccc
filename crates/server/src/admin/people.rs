//! `/api/admin/people/ID/pin`: the PIN of somebody who works in the shop.

use axum::extract::State;
use axum::http::StatusCode;
use serde::Deserialize;
use serde_json::{Value, json};
use tillsync_store::{RecordChange, RecordsChanged};
use utoipa::ToSchema;

use super::{Manager, object};
use crate::api::ApiState;
use crate::api::error::ApiError;
use crate::api::input::{Body, Named};
use crate::pin;

/// `PUT /api/admin/people/ID/pin`
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPin {
    /// 4 to 12 digits; none takes it away.
    pin: Option<String>,
}

/// Gives somebody a PIN, or takes it away.
pub async fn set_pin(
    State(state): State<ApiState>,
    manager: Manager,
    Named(id): Named<i64>,
    Body(new): Body<NewPin>,
) -> Result<StatusCode, ApiError> {
    let gone = || ApiError::not_found("there is no such person any more; load the list anew");
    let known = state.active_one(manager.database(), "user", id).await?.ok_or_else(gone)?;
    let mut body = object(known.body.unwrap_or_default())?;
    body.remove("pin_hash");
    body.remove("pin_digits");
    if let Some(pin) = new.pin {
        with_pin(&mut body, pin).await?;
    }
    let body = Some(Value::Object(body));
    let change = RecordChange { kind: "user".into(), id: Some(id), seen: Some(known.version), body };
    match state.change_records(manager.database(), vec![change]).await? {
        RecordsChanged::Landed(_) => Ok(StatusCode::NO_CONTENT),
        RecordsChanged::Stale(_) => {
            Err(ApiError::conflict("changed", "somebody else has just changed this person; try again"))
        }
    }
}

/// Puts a PIN's hash into a person.
pub async fn with_pin(body: &mut serde_json::Map<String, Value>, pin: String) -> Result<(), ApiError> {
    if !pin::is_pin(&pin) {
        let (min, max) = (pin::PIN_DIGITS_MIN, pin::PIN_DIGITS_MAX);
        return Err(ApiError::field("pin", &format!("a PIN has {min} to {max} digits")));
    }
    body.insert("pin_digits".into(), json!(pin.len()));
    // It takes some ten milliseconds of work.
    let hash = tokio::task::spawn_blocking(move || pin::hash(&pin)).await;
    let hash = hash.map_err(|_| ApiError::conflict("stopping", "the server is stopping; try again"))?;
    body.insert("pin_hash".into(), hash.into());
    Ok(())
}
