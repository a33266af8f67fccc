//! What was there before a recording began: tills whose pages were loaded, orders that were open.

use std::collections::{BTreeMap, BTreeSet};
use std::fs;

use serde_json::{Map, Value, json};

use super::recording::{Exchange, Kind, Recording};

/// A till, as its messages name it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Who {
    /// The POS.
    pub pos: i64,
    /// The POS session.
    pub session: i64,
    /// The login.
    pub login: i64,
    /// The browser's user.
    pub user: i64,
}

/// An order from before, with the update that brings it back.
#[derive(Debug, Clone)]
pub struct Seed {
    /// Its uid.
    pub uid: String,
    /// The revision that it had.
    pub revision: i64,
    /// The request, as its creator's till would send it.
    pub request: Value,
    /// Where its content comes from.
    pub source: String,
}

/// The tills that are loaded when the recording begins.
pub fn loaded_tills(recording: &Recording) -> Vec<(String, Who)> {
    let loaded = |client: &String| {
        let mut own = recording.exchanges.iter().filter(|exchange| exchange.client == *client);
        let mut said = own.clone().filter(|exchange| exchange.kind == Kind::Update);
        let first = own.find(|exchange| exchange.kind != Kind::Preflight)?;
        if is_page_load(first) {
            return None;
        }
        let pos = pos_of(recording, client)?;
        let who = match said.next() {
            // The page that was there before had the login before.
            Some(load) if is_page_load(load) => {
                let who = who(load)?;
                Who { login: who.login - 1, ..who }
            }
            Some(message) => who(message)?,
            None => Who { pos, session: pos, login: 1, user: pos },
        };
        Some((client.clone(), who))
    };
    recording.clients().iter().filter_map(loaded).collect()
}

fn is_page_load(exchange: &Exchange) -> bool {
    exchange.message()["immediate_rerendering"] == true
}

fn who(exchange: &Exchange) -> Option<Who> {
    let message = exchange.message();
    Some(Who {
        pos: message["data"]["pos_id"].as_i64()?,
        session: message["session_id"].as_i64()?,
        login: message["login_number"].as_i64()?,
        user: exchange.request["params"]["user_ID"].as_i64().unwrap_or(1),
    })
}

fn pos_of(recording: &Recording, client: &str) -> Option<i64> {
    let own = recording.exchanges.iter().filter(|exchange| exchange.client == client);
    own.filter_map(|exchange| {
        let named = exchange.message()["data"]["pos_id"].as_i64();
        let channel = exchange.request["params"]["channels"][0].as_str();
        let parts: Option<Value> = channel.and_then(|text| serde_json::from_str(text).ok());
        named.or_else(|| parts?[2].as_str()?.parse().ok())
    })
    .next()
}

/// The `sync_all` of a page that loads.
pub fn page_load(recording: &Recording, who: &Who) -> Value {
    let data = json!({"run_ID": run(recording), "pos_id": who.pos, "nonce": "loads"});
    let message = json!({
        "action": "sync_all", "data": data, "immediate_rerendering": true,
        "session_id": who.session, "login_number": who.login,
    });
    call(message, who.user)
}

fn run(recording: &Recording) -> i64 {
    let runs =
        recording.exchanges.iter().filter_map(|exchange| exchange.message()["data"]["run_ID"].as_i64());
    runs.min().unwrap_or(1)
}

fn call(message: Value, user: i64) -> Value {
    let params = json!({"multi_session_id": 0, "message": message, "dbname": "", "user_ID": user});
    json!({"jsonrpc": "2.0", "method": "call", "params": params, "id": 1})
}

/// The orders that the recording takes for granted.
pub fn seeds(recording: &Recording) -> Vec<Seed> {
    let mut known = BTreeSet::new();
    let mut wanted: BTreeMap<String, (i64, Value)> = BTreeMap::new();
    for exchange in recording.exchanges.iter().filter(|exchange| exchange.kind == Kind::Update) {
        for order in exchange.result()["data"]["orders"].as_array().into_iter().flatten() {
            want(&mut known, &mut wanted, &order["data"]);
        }
        let data = &exchange.message()["data"];
        let creates = exchange.action() == "update_order" && exchange.result()["revision_ID"] == 1;
        let brings = !data["order_data"].is_null();
        if creates || brings {
            known.insert(data["uid"].as_str().unwrap_or_default().to_owned());
        } else {
            want(&mut known, &mut wanted, data);
        }
    }
    if wanted.is_empty() {
        return Vec::new();
    }
    let library = library(recording);
    let seed = |(uid, (revision, used)): (String, (i64, Value))| {
        let exact = library.get(&(uid.clone(), revision));
        let (content, source) = match exact {
            Some((order, name)) => (order.clone(), format!("revision {revision} in {name}")),
            None if used["lines"].is_array() => (used, "as its first update has it".to_owned()),
            None => (made_up(), "made up, one line".to_owned()),
        };
        let request = seed_request(recording, &uid, content)?;
        Some(Seed { uid, revision, request, source })
    };
    wanted.into_iter().filter_map(seed).collect()
}

fn want(known: &mut BTreeSet<String>, wanted: &mut BTreeMap<String, (i64, Value)>, order: &Value) {
    let Some(uid) = order["uid"].as_str() else { return };
    if known.insert(uid.to_owned()) {
        wanted.insert(uid.to_owned(), (order["revision_ID"].as_i64().unwrap_or(1), order.clone()));
    }
}

/// Every order at every revision that this recording and its siblings know.
fn library(recording: &Recording) -> BTreeMap<(String, i64), (Value, String)> {
    let mut library = BTreeMap::new();
    let mut add = |recording: &Recording| {
        for order in recording.orders() {
            if let (Some(uid), Some(revision)) = (order["uid"].as_str(), order["revision_ID"].as_i64()) {
                let entry = (order.clone(), recording.name.clone());
                library.entry((uid.to_owned(), revision)).or_insert(entry);
            }
        }
    };
    add(recording);
    let siblings = fs::read_dir(&recording.folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut siblings: Vec<_> =
        siblings.filter(|path| path.extension().is_some_and(|end| end == "jsonl")).collect();
    siblings.sort();
    siblings.iter().filter_map(|path| Recording::read(path).ok()).for_each(|sibling| add(&sibling));
    library
}

fn made_up() -> Value {
    let line = json!({
        "qty": 1, "price_unit": 1, "price_subtotal": 1, "price_subtotal_incl": 1, "discount": 0, "product_id": 1,
        "tax_ids": [[6, false, []]], "id": 1, "pack_lot_ids": [], "uid": "before-1",
    });
    json!({
        "amount_total": 1, "amount_paid": 0, "amount_tax": 0, "amount_return": 0, "lines": [[0, 0, line]],
        "statement_ids": [], "pricelist_id": 1, "partner_id": false, "fiscal_position_id": false,
        "sequence_number": 1, "new_order": false, "user_id": 1,
    })
}

fn seed_request(recording: &Recording, uid: &str, content: Value) -> Option<Value> {
    let mut parts = uid.split('-');
    let (session, login): (i64, i64) = (parts.next()?.parse().ok()?, parts.next()?.parse().ok()?);
    let own = |exchange: &&Exchange| exchange.message()["session_id"] == session;
    let (pos, user) = recording
        .exchanges
        .iter()
        .find(own)
        .and_then(who)
        .map_or((session, session), |who| (who.pos, who.user));
    let mut data: Map<String, Value> = content.as_object()?.clone();
    for key in ["message_ID", "order_on_server"] {
        data.remove(key);
    }
    for line in data.get_mut("lines")?.as_array_mut()? {
        line[2].as_object_mut()?.remove("is_changed");
    }
    for (key, value) in [
        ("uid", json!(uid)),
        ("name", json!(format!("Order {uid}"))),
        ("revision_ID", json!(1)),
        ("run_ID", json!(run(recording))),
        ("pos_id", json!(pos)),
        ("pos_session_id", json!(session)),
        ("nonce", json!(format!("seed{login}"))),
        ("creation_date", json!("2026-01-01 00:00:00")),
    ] {
        data.insert(key.into(), value);
    }
    let message =
        json!({"action": "update_order", "data": data, "session_id": session, "login_number": login});
    Some(call(message, user))
}
