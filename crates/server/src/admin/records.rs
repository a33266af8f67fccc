//! Records, all kinds alike: listed, read, made, changed, removed.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value, json};
use std::collections::{BTreeMap, BTreeSet};
use tillsync_store::lists::WantedRecords;
use tillsync_store::{Record, RecordChange, RecordsChanged};
use utoipa::ToSchema;

use super::kinds::{KINDS, Kind, Problem, references};
use super::{Manager, object, seating, seen, tagged};
use crate::api::ApiState;
use crate::api::error::ApiError;
use crate::api::input::{Asked, Body, Named};

/// Records in one page.
const PAGE_MAX: usize = 500;
/// Records in one page where nothing is said.
const PAGE_DEFAULT: usize = 50;
/// Uses that are named.
const USES_NAMED_MAX: usize = 20;
/// Characters of a search.
const QUERY_CHARS_MAX: usize = 100;

/// Kinds that orders and reports speak of: one that is removed is put away.
const KEPT: &[&str] = &[
    "product",
    "partner",
    "user",
    "pos",
    "cashregister",
    "pos_category",
    "product_category",
    "pricelist",
    "fiscal_position",
    "tax",
    "floor",
    "table",
];

/// Fields that never leave the server, or that it makes itself.
const SECRET: &[&str] = &["pin_hash", "pin"];

/// A page of records.
#[derive(Debug, Serialize, ToSchema)]
pub struct RecordPage {
    /// The records, each with its `id` and `version`.
    items: Vec<Value>,
    /// How many there are in all.
    total: u64,
}

/// What refers to a record.
#[derive(Debug, Serialize, ToSchema)]
pub struct Uses {
    /// The first of them.
    uses: Vec<Use>,
    /// How many there are in all.
    total: usize,
}

/// A record that refers to another.
#[derive(Debug, Serialize, ToSchema)]
pub struct Use {
    /// What it is, for people.
    kind: String,
    /// Its id.
    id: i64,
    /// What it is called.
    name: String,
    /// By which of its fields.
    field: String,
}

/// `GET /api/admin/KIND?q=&sort=&offset=&limit=&FIELD=`
pub async fn list(
    kind: &'static Kind,
    State(state): State<ApiState>,
    manager: Manager,
    Asked(asked): Asked<BTreeMap<String, String>>,
) -> Result<Json<RecordPage>, ApiError> {
    let mut wanted = WantedRecords {
        kind: kind.kind.into(),
        fields: kind.searched.iter().map(|field| (*field).to_owned()).collect(),
        by_name: true,
        max: PAGE_DEFAULT,
        ..WantedRecords::default()
    };
    for (name, value) in asked {
        let number = || value.parse::<usize>().map_err(|_| ApiError::field(&name, "it has to be a number"));
        match name.as_str() {
            "database" => {}
            "q" if value.chars().count() > QUERY_CHARS_MAX => {
                return Err(ApiError::field("q", &format!("at most {QUERY_CHARS_MAX} characters")));
            }
            "q" => wanted.text = value,
            "sort" => {
                let by = value.strip_prefix('-').unwrap_or(&value);
                wanted.descending = by.len() < value.len();
                wanted.by_name = match by {
                    "name" => true,
                    "id" => false,
                    _ => return Err(ApiError::field("sort", "it is name, -name, id or -id")),
                };
            }
            "offset" => wanted.offset = number()?.min(1_000_000),
            "limit" => wanted.max = number()?.clamp(1, PAGE_MAX),
            field if super::kinds::target(kind.kind, field).is_some() && is_single(field) => {
                let id = value
                    .parse()
                    .map_err(|_| ApiError::field(field, "it has to be the number of a record"))?;
                wanted.references.push((field.to_owned(), id));
            }
            other => return Err(ApiError::field(other, "a list is not filtered by that")),
        }
    }
    let (records, total) = state.lists.records_page(manager.database(), &wanted).await?;
    Ok(Json(RecordPage { items: records.into_iter().map(whole).collect(), total }))
}

/// Whether a field holds one reference, and not a list of them.
fn is_single(field: &str) -> bool {
    !field.ends_with("_ids") && field != "taxes_id"
}

/// `GET /api/admin/KIND/ID`
pub async fn one(
    kind: &'static Kind,
    State(state): State<ApiState>,
    manager: Manager,
    Named(id): Named<i64>,
) -> Result<Response, ApiError> {
    let record = find(&state, &manager, kind, id).await?;
    Ok(tagged(StatusCode::OK, record.version, &whole(record)))
}

/// `POST /api/admin/KIND`
pub async fn create(
    kind: &'static Kind,
    State(state): State<ApiState>,
    manager: Manager,
    Body(body): Body<Value>,
) -> Result<Response, ApiError> {
    let body = plain(object(body)?);
    check(&state, &manager, kind, &body).await?;
    is_unlike_others(&state, &manager, kind, None, &body).await?;
    let change = RecordChange { kind: kind.kind.into(), id: None, seen: None, body: Some(body) };
    match state.change_records(manager.database(), vec![change]).await? {
        RecordsChanged::Landed(mut landed) => {
            let record = landed.remove(0);
            Ok(tagged(StatusCode::CREATED, record.version, &whole(record)))
        }
        RecordsChanged::Stale(_) => Err(ApiError::conflict("changed", "it could not be made; try again")),
    }
}

/// `PUT /api/admin/KIND/ID`
pub async fn update(
    kind: &'static Kind,
    State(state): State<ApiState>,
    manager: Manager,
    Named(id): Named<i64>,
    headers: HeaderMap,
    Body(body): Body<Value>,
) -> Result<Response, ApiError> {
    let seen = seen(&headers)?;
    let known = find(&state, &manager, kind, id).await?;
    let mut body = plain(object(body)?);
    check(&state, &manager, kind, &body).await?;
    keep_secrets(&mut body, known.body.as_ref());
    if known.version != seen {
        return Ok(tagged(StatusCode::PRECONDITION_FAILED, known.version, &whole(known)));
    }
    if kind.kind == "pos" {
        seating::before_change(&state, &manager, id, known.body.as_ref(), &body).await?;
    }
    if kind.kind == "user" {
        keeps_a_manager(&state, &manager, id, &body).await?;
    }
    is_unlike_others(&state, &manager, kind, Some(id), &body).await?;
    let change = RecordChange { kind: kind.kind.into(), id: Some(id), seen: Some(seen), body: Some(body) };
    match state.change_records(manager.database(), vec![change]).await? {
        RecordsChanged::Landed(mut landed) => {
            let record = landed.remove(0);
            Ok(tagged(StatusCode::OK, record.version, &whole(record)))
        }
        RecordsChanged::Stale(Some(now)) => {
            Ok(tagged(StatusCode::PRECONDITION_FAILED, now.version, &whole(now)))
        }
        RecordsChanged::Stale(None) => Err(gone(kind)),
    }
}

/// `DELETE /api/admin/KIND/ID`
pub async fn remove(
    kind: &'static Kind,
    State(state): State<ApiState>,
    manager: Manager,
    Named(id): Named<i64>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let seen = seen(&headers)?;
    let known = find(&state, &manager, kind, id).await?;
    let uses = uses_of(&state, &manager, kind, id).await?;
    if uses.total > 0 {
        let (one, total) = (kind.one, uses.total);
        let text = format!("{total} other records use this {one}; change or delete these first");
        let body = json!({"error": {"code": "in_use", "text": text}, "uses": uses.uses, "total": uses.total});
        return Ok((StatusCode::CONFLICT, Json(body)).into_response());
    }
    if kind.kind == "pos" {
        seating::before_change(&state, &manager, id, known.body.as_ref(), &json!({})).await?;
    }
    if kind.kind == "user" {
        keeps_a_manager(&state, &manager, id, &json!({})).await?;
    }
    // What was sold, and by whom, goes on being called what it was.
    let body = known.body.filter(|_| KEPT.contains(&kind.kind)).map(put_away);
    let change = RecordChange { kind: kind.kind.into(), id: Some(id), seen: Some(seen), body };
    match state.change_records(manager.database(), vec![change]).await? {
        RecordsChanged::Landed(_) => Ok(StatusCode::NO_CONTENT.into_response()),
        RecordsChanged::Stale(Some(now)) => {
            Ok(tagged(StatusCode::PRECONDITION_FAILED, now.version, &whole(now)))
        }
        RecordsChanged::Stale(None) => Err(gone(kind)),
    }
}

/// `GET /api/admin/KIND/ID/uses`
pub async fn uses(
    kind: &'static Kind,
    State(state): State<ApiState>,
    manager: Manager,
    Named(id): Named<i64>,
) -> Result<Json<Uses>, ApiError> {
    find(&state, &manager, kind, id).await?;
    Ok(Json(uses_of(&state, &manager, kind, id).await?))
}

async fn uses_of(state: &ApiState, manager: &Manager, kind: &Kind, id: i64) -> Result<Uses, ApiError> {
    let all: Vec<&str> = KINDS.iter().map(|kind| kind.kind).chain(["multi_session"]).collect();
    let records = state.active(manager.database(), &all).await?.records;
    let mut uses = Uses { uses: Vec::new(), total: 0 };
    for record in records {
        let Some(body) = &record.body else { continue };
        let found =
            references(&record.kind, body).into_iter().find(|(_, of, to)| *of == kind.kind && *to == id);
        let Some((field, ..)) = found else { continue };
        uses.total += 1;
        if uses.uses.len() < USES_NAMED_MAX {
            let one =
                KINDS.iter().find(|known| known.kind == record.kind).map_or("multi-session", |kind| kind.one);
            let name = name_of(body).unwrap_or_default();
            uses.uses.push(Use { kind: one.into(), id: record.id, name, field });
        }
    }
    Ok(uses)
}

fn put_away(mut body: Value) -> Value {
    if let Some(body) = body.as_object_mut() {
        body.insert("active".into(), false.into());
    }
    body
}

/// Whoever looks after a shop stays: without anybody who may, everybody would be let in.
async fn keeps_a_manager(state: &ApiState, manager: &Manager, id: i64, body: &Value) -> Result<(), ApiError> {
    let leads = |body: &Value| matches!(body.get("role").and_then(Value::as_str), Some("manager" | "admin"));
    let people = state.active(manager.database(), &["user"]).await?.records;
    let leading = |person: &&Record| person.body.as_ref().is_some_and(leads);
    let others = people.iter().filter(leading).filter(|person| person.id != id).count();
    let is_now = people.iter().filter(leading).any(|person| person.id == id);
    if is_now && others == 0 && !leads(body) {
        let text = "nobody would be left who may manage the shop; make somebody else a manager first";
        return Err(ApiError::field("role", text));
    }
    Ok(())
}

/// A scanner finds one thing by a code.
async fn is_unlike_others(
    state: &ApiState,
    manager: &Manager,
    kind: &Kind,
    id: Option<i64>,
    body: &Value,
) -> Result<(), ApiError> {
    let code = |body: &Value| body.get("barcode").and_then(Value::as_str).map(str::trim).map(str::to_owned);
    let Some(code_of_it) = code(body).filter(|code| !code.is_empty()) else { return Ok(()) };
    let others = state.active(manager.database(), &[kind.kind]).await?.records;
    let same = others
        .iter()
        .filter(|other| Some(other.id) != id)
        .find(|other| other.body.as_ref().and_then(code).as_ref() == Some(&code_of_it));
    match same {
        Some(other) => {
            let name = other.body.as_ref().and_then(name_of).unwrap_or_default();
            Err(ApiError::field("barcode", &format!("{name} has this barcode already")))
        }
        None => Ok(()),
    }
}

async fn find(state: &ApiState, manager: &Manager, kind: &Kind, id: i64) -> Result<Record, ApiError> {
    state.active_one(manager.database(), kind.kind, id).await?.ok_or_else(|| gone(kind))
}

fn gone(kind: &Kind) -> ApiError {
    ApiError::not_found(&format!("there is no such {} any more; load the list anew", kind.one))
}

/// Whether a body is one of its kind, and everything that it refers to is there.
pub async fn check(state: &ApiState, manager: &Manager, kind: &Kind, body: &Value) -> Result<(), ApiError> {
    (kind.check)(body).map_err(|problem| ApiError::field(&problem.field, &problem.text))?;
    let mut asked = BTreeSet::new();
    for (field, of, id) in references(kind.kind, body) {
        if asked.insert((of, id)) && state.active_one(manager.database(), of, id).await?.is_none() {
            return Err(ApiError::field(
                &field,
                &format!("there is no {} {id} any more", of.replace('_', " ")),
            ));
        }
    }
    Ok(())
}

/// The same against what is there already, for many at once.
pub fn check_among(kind: &Kind, body: &Value, there: &BTreeSet<(String, i64)>) -> Result<(), Problem> {
    (kind.check)(body)?;
    let missing =
        references(kind.kind, body).into_iter().find(|(_, of, id)| !there.contains(&((*of).into(), *id)));
    match missing {
        Some((field, of, id)) => {
            Err(Problem { field, text: format!("there is no {} {id}", of.replace('_', " ")) })
        }
        None => Ok(()),
    }
}

/// What a record is called.
pub fn name_of(body: &Value) -> Option<String> {
    let name =
        body.get("display_name").or_else(|| body.get("name")).or_else(|| body.get("journal_id")?.get(1));
    Some(name?.as_str()?.to_owned())
}

/// A record for whoever may see it: with its id and version, without secrets.
pub fn whole(record: Record) -> Value {
    let mut body = match record.body {
        Some(Value::Object(body)) => body,
        _ => Map::new(),
    };
    let has_pin = body.contains_key("pin_hash");
    for secret in SECRET {
        body.remove(*secret);
    }
    if record.kind == "user" {
        body.insert("has_pin".into(), has_pin.into());
    }
    body.insert("id".into(), record.id.into());
    body.insert("version".into(), record.version.into());
    Value::Object(body)
}

/// A body as it is kept: without what the answer to it adds.
fn plain(mut body: Map<String, Value>) -> Value {
    for own in ["id", "version", "has_pin", "pin_digits"].iter().chain(SECRET) {
        body.remove(*own);
    }
    Value::Object(body)
}

/// A PIN is changed by an address of its own.
pub fn keep_secrets(body: &mut Value, known: Option<&Value>) {
    let Some(body) = body.as_object_mut() else { return };
    for kept in ["pin_hash", "pin_digits"] {
        if let Some(value) = known.and_then(|known| known.get(kept)) {
            body.insert(kept.into(), value.clone());
        }
    }
}
