//! `/api/partners`: customers that a till makes and changes.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, StatusCode, header};
use serde_json::{Map, Value};
use tillsync_store::{Record, RecordChange, RecordsChanged};

use super::error::ApiError;
use super::input::{Body, Named};
use super::{ApiState, Caller};

const KIND: &str = "partner";

/// What a till may say of a customer, and how many characters at most. Odoo's names.
const TEXTS: &[(&str, usize)] = &[
    ("name", 200),
    ("phone", 50),
    ("mobile", 50),
    ("email", 200),
    ("street", 200),
    ("city", 100),
    ("zip", 20),
    ("vat", 50),
    ("barcode", 50),
    ("ref", 50),
    ("comment", 2_000),
];

/// References to other records: a number, or `false` for none.
const REFERENCES: &[&str] = &["property_account_position_id", "property_product_pricelist"];

/// `POST /api/partners`: makes a customer.
pub async fn create(
    State(state): State<ApiState>,
    caller: Caller,
    Body(said): Body<Map<String, Value>>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    check(&said)?;
    if !said.contains_key("name") {
        return Err(ApiError::bad("a customer needs a name"));
    }
    let change = RecordChange { kind: KIND.into(), id: None, seen: None, body: Some(Value::Object(said)) };
    match state.change_records(&caller.database, vec![change]).await? {
        RecordsChanged::Landed(mut landed) => Ok((StatusCode::CREATED, Json(whole(landed.remove(0))))),
        RecordsChanged::Stale(_) => Err(ApiError::bad("the customer could not be made; try again")),
    }
}

/// `PUT /api/partners/ID` with `If-Match: "VERSION"`: changes what is said, keeps everything else. Two people at one
/// customer: the second gets 412, with the customer as it is now.
pub async fn update(
    State(state): State<ApiState>,
    caller: Caller,
    Named(id): Named<i64>,
    headers: HeaderMap,
    Body(said): Body<Map<String, Value>>,
) -> Result<(StatusCode, Json<Value>), ApiError> {
    check(&said)?;
    let seen = headers.get(header::IF_MATCH).and_then(|tag| tag.to_str().ok());
    let seen: u64 = seen
        .and_then(|tag| tag.trim_matches('"').parse().ok())
        .ok_or_else(|| ApiError::bad("If-Match has to name the version that was changed, such as \"3\""))?;
    let known = state.records.record(&caller.database, KIND, id).await?;
    let known = known.ok_or_else(|| ApiError::not_found("there is no such customer any more"))?;
    let Some(Value::Object(mut body)) = known.body else {
        return Err(ApiError::not_found("there is no such customer any more"));
    };
    body.extend(said);
    let body = Some(Value::Object(body));
    let change = RecordChange { kind: KIND.into(), id: Some(id), seen: Some(seen), body };
    match state.change_records(&caller.database, vec![change]).await? {
        RecordsChanged::Landed(mut landed) => Ok((StatusCode::OK, Json(whole(landed.remove(0))))),
        RecordsChanged::Stale(Some(now)) => Ok((StatusCode::PRECONDITION_FAILED, Json(whole(now)))),
        RecordsChanged::Stale(None) => Err(ApiError::not_found("there is no such customer any more")),
    }
}

fn check(said: &Map<String, Value>) -> Result<(), ApiError> {
    for (field, value) in said {
        let text_max = TEXTS.iter().find(|(name, _)| name == field).map(|(_, max)| *max);
        match (text_max, value) {
            (Some(max), Value::String(text)) if text.chars().count() <= max => {}
            (Some(_), Value::Bool(false)) if field != "name" => {}
            (Some(max), _) => {
                return Err(ApiError::bad(&format!("{field} has to be text of at most {max} characters")));
            }
            (None, value) if REFERENCES.contains(&field.as_str()) => {
                if !value.is_i64() && *value != Value::Bool(false) {
                    return Err(ApiError::bad(&format!(
                        "{field} has to be the number of a record, or false"
                    )));
                }
            }
            (None, _) => return Err(ApiError::bad(&format!("a customer has no field '{field}' here"))),
        }
    }
    match said.get("name").and_then(Value::as_str) {
        Some(name) if name.trim().is_empty() => Err(ApiError::bad("a customer needs a name")),
        _ => Ok(()),
    }
}

/// What a record holds, with its id and version: for a till to put into its catalogue.
pub fn whole(record: Record) -> Value {
    let mut body = record.body.unwrap_or_default();
    if let Some(body) = body.as_object_mut() {
        body.insert("id".into(), record.id.into());
        body.insert("version".into(), record.version.into());
    }
    body
}
