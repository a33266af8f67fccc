//! Comparing by meaning: an answer or a message of this server with the recorded one.

use serde_json::{Map, Value};

use super::explained::Reason;
use super::names::Names;
use super::verdict::Verdict;

/// Money may differ by less than this: sums are rounded in another order.
const MONEY: f64 = 0.011;

/// What happened to an order that makes its content differ from the recorded one with good reason.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum History {
    /// Nothing.
    Plain,
    /// Something was merged or paid that the recorded server refused.
    Merged,
}

/// Compares an order in a message.
pub fn order(names: &mut Names, history: History, got: &Value, want: &Value, at: &str) -> Verdict {
    let mut verdict = Verdict::default();
    let (empty, uid) = (Map::new(), want["uid"].as_str().unwrap_or_default());
    let (got_fields, want_fields) = (got.as_object().unwrap_or(&empty), want.as_object().unwrap_or(&empty));
    let mut keys: Vec<&String> = want_fields.keys().chain(got_fields.keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let (here, there) = (&got[key], &want[key]);
        let at = format!("{at} {uid}.{key}");
        match key.as_str() {
            "lines" | "revision_ID" => (),
            _ if same(here, there) => (),
            "message_ID" => verdict.explain(Reason::Ids),
            "sequence_number" if is_number(names, here, there) => verdict.explain(Reason::Numbers),
            "name" | "creation_date" | "order_on_server" | "new_order" | "nonce" | "sequence_number" => {
                verdict.explain(Reason::OwnFields);
            }
            "partner_id" | "fiscal_position_id" | "table" | "table_id" | "floor" | "floor_id"
            | "removed_table_id"
                if here.is_null() && *there == Value::Bool(false) =>
            {
                verdict.explain(Reason::Reference);
            }
            "pos_id" if want["lines"].is_null() => verdict.explain(Reason::RemovalPos),
            "order_data" if here.is_null() => verdict.explain(Reason::NotEchoed),
            "ms_info" if lost_marks(here, there) => verdict.explain(Reason::Marks),
            _ if history == History::Merged => verdict.explain(Reason::AfterMerge),
            _ => verdict.differs(&at, here, there),
        }
    }
    if want["lines"].is_array() || got["lines"].is_array() {
        verdict.add(lines(history, got, want, &format!("{at} {uid}")));
    }
    verdict
}

/// Whether `here` is this server's number for the order that has the recorded number, or a later one.
fn is_number(names: &Names, here: &Value, there: &Value) -> bool {
    let number = there.as_i64().and_then(|there| names.number_here(there));
    number.is_some() && here.as_i64() == number
}

fn lines(history: History, got: &Value, want: &Value, at: &str) -> Verdict {
    let mut verdict = Verdict::default();
    let list = |order: &Value| -> Vec<Value> {
        order["lines"].as_array().into_iter().flatten().map(|line| line[2].clone()).collect()
    };
    let (got, want) = (list(got), list(want));
    let mut rest: Vec<(usize, &Value)> = got.iter().enumerate().collect();
    let mut places = Vec::new();
    for (place, line) in want.iter().enumerate() {
        let uid = |other: &Value| other["uid"] == line["uid"];
        let alike = |other: &Value| other["product_id"] == line["product_id"] && tail(other) == tail(line);
        let found = rest.iter().position(|(_, other)| uid(other));
        let found = found.or_else(|| rest.iter().position(|(_, other)| alike(other)));
        let at = format!("{at} line {}", line["uid"]);
        match found {
            Some(found) => {
                let (its_place, other) = rest.remove(found);
                places.push(its_place);
                verdict.add(one_line(history, other, line, &at));
            }
            None if history == History::Merged => verdict.explain(Reason::AfterMerge),
            None => verdict.differs(
                &format!("{at} (line {} of the recording) is missing", place + 1),
                &Value::Null,
                line,
            ),
        }
    }
    for (_, line) in rest {
        match history {
            History::Merged => verdict.explain(Reason::AfterMerge),
            History::Plain => verdict.differs(&format!("{at} has a line too many"), line, &Value::Null),
        }
    }
    if history == History::Plain && !places.is_sorted() {
        verdict.fault(format!("{at}: the lines stand in another order: {places:?}"));
    }
    verdict
}

/// The last part of a line's uid: the line's id on the till that named it.
fn tail(line: &Value) -> Option<&str> {
    line["uid"].as_str()?.rsplit('-').next()
}

fn one_line(history: History, got: &Value, want: &Value, at: &str) -> Verdict {
    let mut verdict = Verdict::default();
    let empty = Map::new();
    let mut keys: Vec<&String> =
        [got, want].iter().flat_map(|line| line.as_object().unwrap_or(&empty).keys()).collect();
    keys.sort();
    keys.dedup();
    for key in keys {
        let (here, there) = (&got[key], &want[key]);
        match key.as_str() {
            _ if same(here, there) => (),
            "uid" => verdict.explain(Reason::TrueUids),
            "id" => verdict.explain(Reason::LineIds),
            // Whether the flag is right is found out from what the till shows.
            "is_changed" => verdict.explain(Reason::Repaint),
            "ms_info" if lost_marks(here, there) => verdict.explain(Reason::Marks),
            _ if history == History::Merged => verdict.explain(Reason::AfterMerge),
            _ => verdict.differs(&format!("{at}.{key}"), here, there),
        }
    }
    verdict
}

/// Whether `here` knows whoever the recorded server knows, or more, or keeps the first author where the recorded
/// client named itself.
fn lost_marks(here: &Value, there: &Value) -> bool {
    let named =
        |info: &Value, key: &str| info[key]["user"]["id"].is_number() && info[key]["pos"]["id"].is_number();
    let more = named(here, "created") && !named(there, "created");
    let kept = named(here, "created");
    // A mark that names its own adder as the editor is none: nobody else has touched the line.
    let plain = there["changed"] == there["created"] || there["changed"]["pos"] == here["created"]["pos"];
    more || (kept && (same(&here["changed"], &there["changed"]) || here["changed"].is_object() || plain))
}

/// Equal by meaning: numbers by value, nothing and `null` alike.
pub fn same(here: &Value, there: &Value) -> bool {
    match (here, there) {
        (Value::Number(_), Value::Number(_)) => match (here.as_f64(), there.as_f64()) {
            (Some(here), Some(there)) => (here - there).abs() < MONEY,
            (None, _) | (_, None) => false,
        },
        (Value::Array(here), Value::Array(there)) => {
            here.len() == there.len() && here.iter().zip(there).all(|(here, there)| same(here, there))
        }
        (Value::Object(here), Value::Object(there)) => {
            let keys = here.keys().chain(there.keys());
            let member =
                |object: &Map<String, Value>, key: &str| object.get(key).cloned().unwrap_or_default();
            keys.into_iter().all(|key| same(&member(here, key), &member(there, key)))
        }
        (Value::Null | Value::Bool(_) | Value::String(_), _)
        | (Value::Number(_) | Value::Array(_) | Value::Object(_), _) => here == there,
    }
}
