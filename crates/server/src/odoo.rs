//! Odoo's routes: JSON-RPC 2.0 by POST, errors with status 200, CORS on every answer.

use std::net::SocketAddr;
use std::sync::Arc;

use axum::body::Body;
use axum::extract::{ConnectInfo, Path, Request, State};
use axum::http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use axum::response::{IntoResponse, Response};
use http_body_util::BodyExt;
use serde_json::Value;
use tillsync_odoo::error::WireError;
use tillsync_odoo::message::{ID_MAX, read_update};

use crate::clock::now_ms;
use crate::config::{BODY_BYTES_MAX, BODY_THROWN_AWAY_MAX, OdooAccess, REQUEST_READ_MAX};
use crate::cors;
use crate::hub::{Access, Hub};
use crate::keys::{Keys, NoAccess};
use crate::poll;
use crate::refusals::{Caller, Refusals};

/// What Odoo's routes work with.
#[derive(Clone)]
pub struct OdooState {
    /// All rooms.
    pub hub: Arc<Hub>,
    /// All keys.
    pub keys: Arc<Keys>,
    /// What was logged of refused requests.
    pub refusals: Arc<Refusals>,
}

impl OdooState {
    /// Counts a refused request, and logs it unless the same was logged just now.
    pub fn refuse(&self, caller: &Caller, error: &WireError) {
        metrics::counter!("tillsync_odoo_errors_total", "name" => error.name).increment(1);
        self.refusals.log(caller, error);
    }
}

/// Which of Odoo's routes.
#[derive(Debug, Clone, Copy)]
pub enum Route {
    /// `/pos_multi_session_sync/update`
    Update,
    /// `/longpolling/poll`
    Poll,
    /// `/pos_longpolling/update`
    Ping,
}

/// `…/odoo/KEY/pos_multi_session_sync/update`
pub async fn update(State(state): State<OdooState>, key: Option<Path<String>>, request: Request) -> Response {
    serve(state, Route::Update, key, request).await
}

/// `…/odoo/KEY/longpolling/poll`
pub async fn poll(State(state): State<OdooState>, key: Option<Path<String>>, request: Request) -> Response {
    serve(state, Route::Poll, key, request).await
}

/// `…/odoo/KEY/pos_longpolling/update`
pub async fn ping(State(state): State<OdooState>, key: Option<Path<String>>, request: Request) -> Response {
    serve(state, Route::Ping, key, request).await
}

async fn serve(state: OdooState, route: Route, key: Option<Path<String>>, request: Request) -> Response {
    let (parts, body) = request.into_parts();
    let key = key.as_ref().map(|Path(key)| key.as_str());
    let access = match key {
        Some(key) => state.keys.access(key).await.map_err(NoAccess::into_wire),
        None => open_access(&state),
    };
    let known = access.as_ref().ok().cloned();
    if cors::is_preflight(&parts.method) {
        return cors::preflight(known.as_deref(), &parts.headers);
    }
    if parts.method != Method::POST {
        let text = "this is an address for Odoo's POS: type it into the field Sync Server of the multi-session's POSes\n";
        return (StatusCode::METHOD_NOT_ALLOWED, [(header::ALLOW, "POST, OPTIONS")], text).into_response();
    }
    let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>().map(|info| info.0);
    let mut id = Value::Null;
    let result = match access {
        Ok(access) => tokio::select! {
            result = answer(&state, route, &access, &parts.headers, peer, body, &mut id) => result,
            error = removed(&state, route, key) => Err(error),
        },
        Err(error) => Err(error),
    };
    let text = match &result {
        Ok(result) => format!("{{\"jsonrpc\":\"2.0\",\"id\":{id},\"result\":{result}}}"),
        Err(error) => {
            state.refuse(&Caller::of(key, peer, &parts.headers), error);
            error.to_json_rpc(&id).to_string()
        }
    };
    let mut response = Response::new(Body::from(text));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    cors::allow(known.as_deref(), &parts.headers, response.headers_mut());
    response
}

fn open_access(state: &OdooState) -> Result<Arc<Access>, WireError> {
    match state.hub.config.odoo {
        OdooAccess::Open => Ok(Arc::new(Access { database: None, multi_session: None, origins: Vec::new() })),
        OdooAccess::Keys => Err(WireError::not_served(
            "this Sync Server wants an address with a key: 'tillsync odoo add' prints one to type into Sync Server",
        )),
    }
}

/// Resolves when the key of a poll was removed, so that nobody is told anything by it for as long as a poll is held.
async fn removed(state: &OdooState, route: Route, key: Option<&str>) -> WireError {
    match (route, key) {
        (Route::Poll, Some(key)) => state.keys.removed(key).await.into_wire(),
        (Route::Poll, None) | (Route::Update | Route::Ping, _) => std::future::pending().await,
    }
}

async fn answer(
    state: &OdooState,
    route: Route,
    access: &Access,
    headers: &HeaderMap,
    peer: Option<SocketAddr>,
    body: Body,
    id: &mut Value,
) -> Result<String, WireError> {
    if !cors::is_allowed(Some(access), headers) {
        let text = "pages of this origin may not use this address; make one for it: \
                    'tillsync odoo add … --origin https://pos.example.com'";
        return Err(WireError::not_served(text));
    }
    let bytes = read(body).await?;
    let mut call: Value = serde_json::from_slice(&bytes).map_err(|error| {
        WireError::bad_request(format!("the request is no JSON that can be read: {error}"))
    })?;
    // The id goes back as it came; only what JSON-RPC allows for one, so that nobody is made to echo megabytes.
    *id = match call.get_mut("id").map(Value::take) {
        Some(Value::Number(number)) => Value::Number(number),
        Some(Value::String(text)) if text.len() <= 200 => Value::String(text),
        Some(_) | None => Value::Null,
    };
    let params = call.get("params").unwrap_or(&Value::Null);
    match route {
        Route::Update => {
            let call = read_update(params)?;
            let hub = state.hub.clone();
            let access = access.clone();
            // In a task of its own: a till that hangs up does not stop what it has asked for half-way.
            let task = tokio::spawn(async move { hub.odoo(&access, call).await });
            task.await.unwrap_or_else(|_| Err(WireError::unavailable("the Sync Server stumbled; it goes on")))
        }
        Route::Poll => poll::hold(&state.hub, access, params, poll::identity(headers, peer)).await,
        Route::Ping => Ok(answer_ping(&state.hub, access, params).await?),
    }
}

async fn answer_ping(hub: &Hub, access: &Access, params: &Value) -> Result<String, WireError> {
    let pos = params.get("pos_id").and_then(Value::as_i64).filter(|pos| (1..=ID_MAX).contains(pos));
    let pos = pos.ok_or_else(|| WireError::bad_request("pos_id is not a whole number from 1"))?;
    let database = params.get("db_name").and_then(Value::as_str);
    let database = database.ok_or_else(|| WireError::bad_request("db_name is missing"))?;
    if let Some(room) = hub.room_of(access, database, pos).await? {
        room.desk().0.pong(pos, now_ms());
        room.ring();
    }
    Ok("1".to_owned())
}

async fn read(body: Body) -> Result<Vec<u8>, WireError> {
    match tokio::time::timeout(REQUEST_READ_MAX, read_all(body)).await {
        Ok(read) => read,
        Err(_) => Err(WireError::bad_request("the request took too long to arrive")),
    }
}

async fn read_all(mut body: Body) -> Result<Vec<u8>, WireError> {
    let mut bytes = Vec::new();
    let mut length = 0;
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|_| WireError::bad_request("the request broke off"))?;
        let Ok(data) = frame.into_data() else { continue };
        length += data.len();
        if length <= BODY_BYTES_MAX {
            bytes.extend_from_slice(&data);
        } else if length > BODY_THROWN_AWAY_MAX {
            break;
        }
    }
    if length > BODY_BYTES_MAX {
        return Err(WireError::bad_request(format!("the request is larger than {BODY_BYTES_MAX} bytes")));
    }
    Ok(bytes)
}
