//! `/api/people/ID/pin`: is it really them?

use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Deserialize;

use super::error::ApiError;
use super::input::{Body, Named};
use super::{ApiState, Caller};
use crate::pin::Tried;

/// `POST /api/people/ID/pin`
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TypedPin {
    pin: String,
}

/// Says whether a PIN is a person's: 204 if it is, 403 if not, 429 if too many were wrong. `Retry-After` says, in
/// seconds, when the next one is looked at.
pub async fn pin(
    State(state): State<ApiState>,
    caller: Caller,
    Named(id): Named<i64>,
    Body(typed): Body<TypedPin>,
) -> Result<Response, ApiError> {
    let user = state.active_one(&caller.database, "user", id).await?;
    let user =
        user.and_then(|user| user.body).ok_or_else(|| ApiError::not_found("there is no such person"))?;
    let Some(hash) = user.get("pin_hash").and_then(|hash| hash.as_str()) else {
        return Ok(StatusCode::NO_CONTENT.into_response());
    };
    let tried = state.tries.look(&caller.database, id, typed.pin, hash.to_owned()).await;
    let (error, wait) = match tried {
        Tried::Right => return Ok(StatusCode::NO_CONTENT.into_response()),
        Tried::Wrong(wait) => (ApiError::wrong_pin("this is not the PIN"), wait),
        Tried::Wait(wait) => (ApiError::wait("too many PINs were wrong; wait a moment"), wait),
    };
    let mut response = error.into_response();
    let seconds = wait.as_millis().div_ceil(1_000);
    if let Ok(value) = HeaderValue::from_str(&seconds.to_string()) {
        response.headers_mut().insert(header::RETRY_AFTER, value);
    }
    Ok(response)
}
