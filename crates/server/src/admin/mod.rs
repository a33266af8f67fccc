//! The back office's API, below `/api/admin`: one file for each resource. Its document (`document.rs`) is made of the
//! same types that the code reads and writes.

pub mod csv;
pub mod document;
pub mod kinds;
pub mod live;
pub mod multi_sessions;
pub mod order_shown;
pub mod orders;
pub mod people;
pub mod records;
pub mod reports;
pub mod seating;
pub mod sessions;
pub mod setup;
pub mod shapes;
pub mod told;

use std::collections::BTreeMap;

use axum::Router;
use axum::extract::{DefaultBodyLimit, FromRef, FromRequestParts};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, header};
use axum::response::{IntoResponse, Response};
use axum::routing::{get, post, put};
use axum::{Json, http::StatusCode};
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tillsync_core::author::{Author, Mark, Pos, User};
use tillsync_core::command::Action;
use tillsync_core::id::Till;
use tillsync_core::json::amount;
use utoipa::ToSchema;

use crate::api::error::ApiError;
use crate::api::pos::take;
use crate::api::{ApiState, Caller};
use crate::room::Room;

/// Says who is at the back office: the id of a person.
static PERSON: HeaderName = HeaderName::from_static("tillsync-user");

/// The back office itself, as an author: it is at no POS.
const BACK_OFFICE: &str = "Back office";

/// A request to the back office that was let in, and who asks.
pub struct Manager {
    /// What was let in.
    pub caller: Caller,
    /// Who; the back office itself where nobody is named.
    pub user: User,
}

impl<S: Sync> FromRequestParts<S> for Manager
where
    ApiState: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, ApiError> {
        let caller = Caller::from_request_parts(parts, state).await?;
        if caller.access.multi_session.is_some() {
            return Err(ApiError::access(
                "this key is of one multi-session; the back office is for all of a shop",
            ));
        }
        let state = ApiState::from_ref(state);
        let user = match parts.headers.get(&PERSON) {
            None => User { id: 0, name: BACK_OFFICE.into() },
            Some(said) => {
                let id = said.to_str().ok().and_then(|said| said.parse().ok());
                let id: i64 =
                    id.ok_or_else(|| ApiError::bad("Tillsync-User has to be the number of a person"))?;
                let known = state.active_one(&caller.database, "user", id).await?;
                let name = known.and_then(|known| Some(known.body?.get("name")?.as_str()?.to_owned()));
                let name =
                    name.ok_or_else(|| ApiError::access("there is no such person any more; sign in anew"))?;
                User { id, name }
            }
        };
        Ok(Self { caller, user })
    }
}

impl Manager {
    /// The database that it is about.
    pub fn database(&self) -> &str {
        &self.caller.database
    }

    /// Has a multi-session take something in the manager's name.
    pub async fn take(&self, room: &Room, actions: Vec<Action>) -> Result<(), ApiError> {
        take(room, self.author(), actions).await
    }

    /// The manager as an author: at no till.
    pub fn author(&self) -> Author {
        let mark = Mark { user: self.user.clone(), pos: Pos { id: 0, name: BACK_OFFICE.into() } };
        Author { till: Till::new("admin"), mark, device_time_ms: None }
    }
}

/// A record by its id and name.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, ToSchema)]
pub struct Named {
    /// Its id.
    pub id: i64,
    /// What it is called.
    pub name: String,
}

impl From<&User> for Named {
    fn from(user: &User) -> Self {
        Self { id: user.id, name: user.name.clone() }
    }
}

impl From<&Pos> for Named {
    fn from(pos: &Pos) -> Self {
        Self { id: pos.id, name: pos.name.clone() }
    }
}

/// Who, and where.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct By {
    /// Who.
    pub user: Named,
    /// Where.
    pub pos: Named,
}

impl From<&Mark> for By {
    fn from(mark: &Mark) -> Self {
        Self { user: (&mark.user).into(), pos: (&mark.pos).into() }
    }
}

/// What records are called, by kind and id.
pub struct Names(BTreeMap<(String, i64), String>);

impl Names {
    /// Of these kinds.
    pub async fn of(state: &ApiState, manager: &Manager, kinds: &[&str]) -> Result<Self, ApiError> {
        let found = state.records.records(manager.database(), kinds, 0).await?.records;
        let named = found.into_iter().filter_map(|record| {
            let name = records::name_of(record.body.as_ref()?)?;
            Some(((record.kind, record.id), name))
        });
        Ok(Self(named.collect()))
    }

    /// What one is called; its kind and number where it is not there any more.
    pub fn get(&self, kind: &str, id: i64) -> Named {
        let name = self.0.get(&(kind.to_owned(), id)).cloned();
        Named { id, name: name.unwrap_or_else(|| format!("{kind} {id}")) }
    }

    /// Those of a kind that are called just this, in lower case.
    pub fn called(&self, kind: &str, name: &str, max: usize) -> Vec<i64> {
        let found = self.0.iter().filter(|((of, _), known)| of == kind && known.to_lowercase() == name);
        found.map(|((_, id), _)| *id).take(max).collect()
    }

    /// Those of a kind whose name has a text in it, in lower case.
    pub fn with(&self, kind: &str, text: &str, max: usize) -> Vec<i64> {
        let found = self.0.iter().filter(|((of, _), name)| of == kind && name.to_lowercase().contains(text));
        found.map(|((_, id), _)| *id).take(max).collect()
    }
}

/// An answer with the version of what it shows.
pub fn tagged(status: StatusCode, version: u64, body: &impl Serialize) -> Response {
    let mut response = (status, Json(body)).into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{version}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response
}

/// The version that somebody has seen of what they change.
pub fn seen(headers: &HeaderMap) -> Result<u64, ApiError> {
    let seen = headers.get(header::IF_MATCH).and_then(|tag| tag.to_str().ok());
    seen.and_then(|tag| tag.trim_matches('"').parse().ok())
        .ok_or_else(|| ApiError::bad("If-Match has to name the version that was seen, such as \"3\""))
}

/// An amount, as a number or as a text: what is counted and noted with a session is written as text.
pub fn decimal(value: &Value) -> Option<Decimal> {
    amount(value).ok().or_else(|| value.as_str()?.parse().ok())
}

/// A body that a request brings, as an object.
pub fn object(body: Value) -> Result<serde_json::Map<String, Value>, ApiError> {
    match body {
        Value::Object(members) => Ok(members),
        _ => Err(ApiError::bad("a record is an object of fields")),
    }
}

/// The routes.
pub fn routes() -> Router<ApiState> {
    let mut routes = Router::new()
        .route("/api/openapi.json", get(document::serve))
        .route("/api/admin/setup", get(setup::look).post(setup::begin))
        .route("/api/admin/multi-sessions", get(multi_sessions::list).post(multi_sessions::create))
        .route("/api/admin/multi-sessions/choices", get(multi_sessions::choices))
        .route(
            "/api/admin/multi-sessions/{id}",
            get(multi_sessions::one).put(multi_sessions::update).delete(multi_sessions::remove),
        )
        .route("/api/admin/multi-sessions/{id}/effect", get(multi_sessions::effect))
        .route("/api/admin/orders", get(orders::list))
        .route("/api/admin/orders/{multi_session}/{uid}", get(orders::one))
        .route("/api/admin/orders/{multi_session}/{uid}/history", get(orders::history))
        .route("/api/admin/orders/{multi_session}/{uid}/restore", post(orders::restore))
        .route("/api/admin/orders/{multi_session}/{uid}/resolve", post(orders::resolve))
        .route("/api/admin/sessions", get(sessions::list))
        .route("/api/admin/sessions/{id}", get(sessions::report))
        .route("/api/admin/sessions/{id}/close", post(sessions::close))
        .route("/api/admin/sessions/{id}/cash", post(sessions::cash))
        .route("/api/admin/points-of-sale/{id}/session", post(sessions::open))
        .route("/api/admin/live", get(live::look))
        .route("/api/admin/live/events", get(live::events))
        .route("/api/admin/reports/sales", get(reports::sales))
        .route("/api/admin/reports/sales.csv", get(reports::sales_csv))
        .route("/api/admin/people/{id}/pin", put(people::set_pin));
    for kind in kinds::KINDS {
        let path = format!("/api/admin/{}", kind.path);
        routes = routes
            .route(
                &path,
                get(move |state, manager, query| records::list(kind, state, manager, query))
                    .post(move |state, manager, body| records::create(kind, state, manager, body)),
            )
            .route(&format!("{path}.csv"), get(move |state, manager| csv::export(kind, state, manager)))
            .route(
                &format!("{path}/import"),
                post(move |state, manager, query, body| csv::import(kind, state, manager, query, body))
                    .layer(DefaultBodyLimit::max(csv::TABLE_BYTES_MAX)),
            )
            .route(
                &format!("{path}/{{id}}"),
                get(move |state, manager, id| records::one(kind, state, manager, id))
                    .put(move |state, manager, id, headers, body| {
                        records::update(kind, state, manager, id, headers, body)
                    })
                    .delete(move |state, manager, id, headers| {
                        records::remove(kind, state, manager, id, headers)
                    }),
            )
            .route(
                &format!("{path}/{{id}}/uses"),
                get(move |state, manager, id| records::uses(kind, state, manager, id)),
            );
    }
    routes
}
