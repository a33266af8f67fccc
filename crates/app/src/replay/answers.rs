//! Answers to updates, compared with the recorded ones.

use std::collections::HashMap;

use serde_json::Value;

use super::compare::{History, order, same};
use super::explained::Reason;
use super::names::Names;
use super::recording::Exchange;
use super::verdict::Verdict;

/// What happened to the orders.
pub type Histories = HashMap<String, History>;

/// The history of an order.
pub fn history(histories: &Histories, uid: &str) -> History {
    histories.get(uid).copied().unwrap_or(History::Plain)
}

/// Compares the answer to an update, and learns from it what the till learns.
pub fn update(names: &mut Names, histories: &mut Histories, exchange: &Exchange, got: &Value) -> Verdict {
    let want = exchange.result();
    let mut verdict = Verdict::default();
    let uid = exchange.message()["data"]["uid"].as_str().unwrap_or_default();
    let at = format!("{} {} {uid}: the answer", exchange.client, exchange.action());
    let action = |value: &Value| value["action"].as_str().unwrap_or_default().to_owned();
    match (action(want).as_str(), action(got).as_str()) {
        ("update_revision_ID", "update_revision_ID") => {
            verdict.add(revision(names, histories, exchange, got));
        }
        ("update_revision_ID" | "revision_error", "sync_all") if exchange.action() == "update_order" => {
            verdict.explain(Reason::Merged);
            histories.insert(uid.to_owned(), History::Merged);
            let merged = &got["data"]["orders"][0]["data"];
            if let (Some(recorded), Some(here)) =
                (want["revision_ID"].as_i64(), merged["revision_ID"].as_i64())
            {
                names.learn_revision(&exchange.client, uid, recorded, here);
            }
            nothing_lost(&exchange.message()["data"], merged, &mut verdict);
        }
        ("", "update_revision_ID" | "sync_all") if exchange.action() == "update_order" => {
            verdict.explain(Reason::SameAnswer);
        }
        ("", "update_revision_ID") if exchange.action() == "sync_all" && got["revision_ID"] == 0 => {
            verdict.explain(Reason::NumberAgain);
        }
        ("revision_error", "revision_error") if same(got, want) => (),
        ("revision_error", "") if got["order_ID"].is_number() => {
            let paid = exchange.message()["data"]["finalized"] == true;
            verdict.explain(if paid { Reason::Paid } else { Reason::StaleDelete });
            histories.insert(uid.to_owned(), History::Merged);
        }
        ("sync_all", "sync_all") => verdict.add(list(names, histories, &exchange.client, got, want, &at)),
        ("", "") if want["order_ID"].is_number() && got["order_ID"].is_number() => {
            last_number(names, &got["order_ID"], &want["order_ID"], &mut verdict);
        }
        _ if same(got, want) => (),
        _ => verdict.differs(&at, got, want),
    }
    verdict
}

fn revision(names: &mut Names, histories: &mut Histories, exchange: &Exchange, got: &Value) -> Verdict {
    let mut verdict = Verdict::default();
    let (want, uid) = (exchange.result(), exchange.message()["data"]["uid"].as_str().unwrap_or_default());
    for key in ["uid", "run_ID"] {
        if !same(&got[key], &want[key]) {
            verdict.differs(&format!("{} update_order {uid}: {key}", exchange.client), &got[key], &want[key]);
        }
    }
    let number = |value: &Value, key: &str| value[key].as_i64().unwrap_or_default();
    let (here, recorded) = (number(got, "revision_ID"), number(want, "revision_ID"));
    if names.revision_here(uid, recorded - 1) == Some(here) && recorded > 1 {
        verdict.explain(Reason::NoChange);
        histories.insert(format!("{uid}@{recorded}"), History::Merged);
    }
    names.learn_revision(&exchange.client, uid, recorded, here);
    if !names.learn_number(number(want, "order_ID"), number(got, "order_ID")) {
        verdict.differs(&format!("{} update_order {uid}: order_ID", exchange.client), got, want);
    }
    if here != recorded || got["order_ID"] != want["order_ID"] {
        verdict.explain(Reason::Numbers);
    }
    verdict
}

/// Whether every piece that the till sent is in the merged order.
fn nothing_lost(sent: &Value, merged: &Value, verdict: &mut Verdict) {
    let lines = |order: &Value| -> Vec<Value> {
        order["lines"].as_array().into_iter().flatten().map(|line| line[2].clone()).collect()
    };
    let merged = lines(merged);
    for line in lines(sent) {
        let tail =
            |line: &Value| line["uid"].as_str().and_then(|uid| uid.rsplit('-').next().map(str::to_owned));
        let kept = |other: &Value| {
            other["uid"] == line["uid"]
                || (other["product_id"] == line["product_id"] && tail(other) == tail(&line))
        };
        if !merged.iter().any(kept) {
            verdict.fault(format!("the merged order has lost the line {line}: {merged:?}"));
        }
    }
}

/// The last number given.
fn last_number(names: &Names, got: &Value, want: &Value, verdict: &mut Verdict) {
    let known = want.as_i64().and_then(|want| names.number_here(want));
    let here = got.as_i64().unwrap_or_default();
    match known {
        Some(known) if here < known => verdict.differs("the last number (order_ID)", got, &known.into()),
        Some(_) | None if got == want => (),
        Some(_) | None => verdict.explain(Reason::Numbers),
    }
}

/// Compares a list: the answer to a page load, or the message that answers another `sync_all`.
pub fn list(
    names: &mut Names,
    histories: &Histories,
    client: &str,
    got: &Value,
    want: &Value,
    at: &str,
) -> Verdict {
    let mut verdict = Verdict::default();
    let (got, want) = (&got["data"], &want["data"]);
    let orders = |list: &Value| list["orders"].as_array().cloned().unwrap_or_default();
    let mut rest = orders(got);
    for wanted in orders(want) {
        let uid = wanted["data"]["uid"].as_str().unwrap_or_default().to_owned();
        let found = rest.iter().position(|other| other["data"]["uid"] == wanted["data"]["uid"]);
        let Some(found) = found else {
            match history(histories, &uid) {
                History::Merged => verdict.explain(Reason::AfterMerge),
                History::Plain => {
                    verdict.differs(&format!("{at}: order {uid} is not in the list"), got, &wanted)
                }
            }
            continue;
        };
        let found = rest.remove(found);
        let revisions = (wanted["data"]["revision_ID"].as_i64(), found["data"]["revision_ID"].as_i64());
        if let (Some(recorded), Some(here)) = revisions {
            names.learn_revision(client, &uid, recorded, here);
        }
        verdict.add(order(names, history(histories, &uid), &found["data"], &wanted["data"], at));
    }
    for order in rest {
        let uid = order["data"]["uid"].as_str().unwrap_or_default();
        match history(histories, uid) {
            _ if !names.is_recorded(uid) => verdict.explain(Reason::OtherOrders),
            History::Merged => verdict.explain(Reason::AfterMerge),
            History::Plain => {
                verdict.differs(&format!("{at}: order {uid} is in the list"), &order, &Value::Null)
            }
        }
    }
    if !same(&got["message_ID"], &want["message_ID"]) {
        verdict.explain(Reason::Ids);
    }
    last_number(names, &got["order_ID"], &want["order_ID"], &mut verdict);
    for key in ["uid", "login_number", "session_id"] {
        match (&got[key], &want[key]) {
            (here, there) if same(here, there) => (),
            (Value::String(uid), Value::Null) if key == "uid" && uid == "nobody" => {
                verdict.explain(Reason::FirstList)
            }
            (here, there) => verdict.differs(&format!("{at}: {key}"), here, there),
        }
    }
    verdict
}
