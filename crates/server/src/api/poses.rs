//! `/api/poses`: the points of sale, and what one of them works with.

use std::collections::BTreeMap;

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse, Response};
use serde::Serialize;
use serde_json::{Map, Value};
use tillsync_core::author::User;
use tillsync_store::Record;

use super::error::ApiError;
use super::input::Named;
use super::pos::{read, room_of};
use super::{ApiState, Caller, partners};

/// The kinds of records that a till loads, each as a list of that name in [`Till::shop`].
const LISTS: &[(&str, &str)] = &[
    ("unit", "units"),
    ("tax", "taxes"),
    ("fiscal_position", "fiscal_positions"),
    ("pricelist", "pricelists"),
    ("pos_category", "pos_categories"),
    ("product_category", "product_categories"),
    ("product", "products"),
    ("partner", "partners"),
    ("cashregister", "cashregisters"),
    ("barcode_nomenclature", "barcode_nomenclatures"),
    ("floor", "floors"),
    ("table", "tables"),
];

/// `GET /api/poses`
#[derive(Debug, Serialize)]
pub struct Poses {
    /// By id.
    poses: Vec<PosState>,
}

/// A POS, and what is going on there.
#[derive(Debug, Serialize)]
struct PosState {
    id: i64,
    name: String,
    /// None works alone.
    multi_session: Option<MultiSessionName>,
    /// The open session, if there is one.
    session: Option<SessionState>,
    /// Drafts of its multi-session.
    open_orders: usize,
}

#[derive(Debug, Clone, Serialize)]
struct MultiSessionName {
    id: i64,
    name: String,
}

#[derive(Debug, Serialize)]
struct SessionState {
    id: u32,
    user: User,
    /// Milliseconds since 1970; 0 where it is not known.
    opened_ms: u64,
}

/// `GET /api/poses/ID`
#[derive(Debug, Serialize)]
pub struct Till {
    /// The number of the database's last change of a record.
    change: u64,
    database: String,
    /// Where its orders are.
    multi_session: i64,
    /// The POS with its options.
    config: Map<String, Value>,
    /// Who may be at the till.
    users: Vec<Value>,
    /// What the SDK calls a shop.
    shop: Map<String, Value>,
}

/// `GET /api/poses`: every POS that the key covers.
pub async fn list(State(state): State<ApiState>, caller: Caller) -> Result<Json<Poses>, ApiError> {
    let records = state.active(&caller.database, &["multi_session", "pos"]).await?.records;
    let mut names = BTreeMap::new();
    let mut poses = Vec::new();
    for record in records {
        if record.kind == "multi_session" {
            let name = field(&record, "name").unwrap_or_default();
            names.insert(record.id, name);
            continue;
        }
        let id = record.id;
        let Some(pos) = read(record) else { continue };
        let room = room_of(&caller, id, &pos);
        if caller.access.multi_session.is_some_and(|served| served != room.multi_session) {
            continue;
        }
        let room = state.hub().room(&room).await?;
        let shared = room.desk().1.clone();
        let session = shared.poses.get(&id).and_then(|seat| seat.session.as_ref());
        let multi_session = pos.multi_session.map(|id| {
            let name = names.get(&id).cloned().unwrap_or_else(|| format!("Multi-session {id}"));
            MultiSessionName { id, name }
        });
        poses.push(PosState {
            id,
            name: pos.name,
            multi_session,
            session: session.map(|session| SessionState {
                id: session.id,
                user: session.user.clone(),
                opened_ms: session.opened_ms,
            }),
            open_orders: shared.drafts().len(),
        });
    }
    Ok(Json(Poses { poses }))
}

/// `GET /api/poses/ID`: what a till loads before it sells. With the `ETag` of the last answer it is told whether
/// anything is new.
pub async fn till(
    State(state): State<ApiState>,
    caller: Caller,
    Named(id): Named<i64>,
    headers: HeaderMap,
) -> Result<Response, ApiError> {
    let mut kinds: Vec<&str> = LISTS.iter().map(|(kind, _)| *kind).collect();
    kinds.extend(["company", "currency", "cash_rounding", "user", "pos", "multi_session"]);
    let found = state.active(&caller.database, &kinds).await?;
    // Another server at this address, or this one from a backup, may have counted up to the same number.
    let identity = state.hub().identity();
    let tag = format!("\"{}-{}-{}\"", identity.server, identity.epoch, found.change);
    if headers.get(header::IF_NONE_MATCH).is_some_and(|known| known.as_bytes() == tag.as_bytes()) {
        return Ok(StatusCode::NOT_MODIFIED.into_response());
    }
    let mut lists: BTreeMap<&str, Vec<Value>> = LISTS.iter().map(|(_, list)| (*list, Vec::new())).collect();
    let (mut shop, mut users, mut this) = (Map::new(), Vec::new(), None);
    let mut multi_sessions = BTreeMap::new();
    for record in found.records {
        match record.kind.as_str() {
            "pos" if record.id == id => this = read(record),
            "pos" => {}
            "user" => users.extend(person(record)),
            "multi_session" => {
                multi_sessions.insert(record.id, record.body.unwrap_or_default());
            }
            "partner" => {
                lists.entry("partners").or_default().push(partners::whole(record));
            }
            kind @ ("company" | "currency" | "cash_rounding") => {
                let kind = kind.to_owned();
                shop.extend(whole(record).map(|body| (kind, body)));
            }
            kind => {
                let list = LISTS.iter().find(|(known, _)| *known == kind).map(|(_, list)| *list);
                if let Some(list) = list.and_then(|list| lists.get_mut(list)) {
                    list.extend(whole(record));
                }
            }
        }
    }
    let Some(pos) = this else {
        return Err(ApiError::not_found(
            "there is no such point of sale; the list at / shows those that there are",
        ));
    };
    let room = room_of(&caller, id, &pos);
    if caller.access.multi_session.is_some_and(|served| served != room.multi_session) {
        return Err(ApiError::access("this key is of another multi-session"));
    }
    let mut config = pos.options;
    if let Some(chosen) = pos.multi_session.and_then(|id| multi_sessions.get(&id)) {
        with_multi_session(&mut config, chosen);
    }
    with_choices(&config, &mut lists);
    shop.extend(lists.into_iter().map(|(list, records)| (list.to_owned(), Value::Array(records))));
    config.insert("id".into(), id.into());
    config.insert("name".into(), pos.name.into());
    let till = Till {
        change: found.change,
        database: caller.database.to_string(),
        multi_session: room.multi_session,
        config,
        users,
        shop,
    };
    let mut response = Json(till).into_response();
    if let Ok(tag) = HeaderValue::from_str(&tag) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

/// What was chosen for the multi-session holds for all of its POSes.
fn with_multi_session(config: &mut Map<String, Value>, chosen: &Value) {
    let positions = &chosen["fiscal_position_ids"];
    if positions.as_array().is_some_and(|ids| !ids.is_empty()) {
        let default = config.get("default_fiscal_position_id").cloned().unwrap_or_default();
        if !positions.as_array().is_some_and(|ids| ids.contains(&default)) {
            config.remove("default_fiscal_position_id");
        }
        config.insert("fiscal_position_ids".into(), positions.clone());
    }
    if let Some(drafts) = chosen.get("drafts") {
        config.insert("drafts".into(), drafts.clone());
    }
}

/// Leaves out what the tills do not offer: other payment methods than the POS's, and products that are not available.
fn with_choices(config: &Map<String, Value>, lists: &mut BTreeMap<&str, Vec<Value>>) {
    let methods = config.get("payment_method_ids").and_then(Value::as_array).filter(|ids| !ids.is_empty());
    if let (Some(ids), Some(known)) = (methods, lists.get_mut("cashregisters")) {
        known.retain(|method| ids.contains(&method["id"]));
    }
    if let Some(products) = lists.get_mut("products") {
        products.retain(|product| product["available"] != Value::Bool(false));
    }
}

/// What a record holds, with its id.
fn whole(record: Record) -> Option<Value> {
    let mut body = record.body?;
    body.as_object_mut()?.insert("id".into(), record.id.into());
    Some(body)
}

/// Somebody, without what proves that it is them.
fn person(record: Record) -> Option<Value> {
    let mut body = whole(record)?;
    let members = body.as_object_mut()?;
    let has_pin = members.remove("pin_hash").is_some();
    members.remove("pin");
    members.insert("has_pin".into(), has_pin.into());
    Some(body)
}

fn field(record: &Record, name: &str) -> Option<String> {
    Some(record.body.as_ref()?.get(name)?.as_str()?.to_owned())
}
