//! `vectors/replica.json`: what tills are told of the logs of `vectors/decide.json`, and the replica after each event.
//!
//! It is made from the code, is committed, and this test proves it fresh. After a change of the rules or of the wire,
//! `TILLSYNC_WRITE_VECTORS=1 cargo test -p tillsync-core --test replica` writes it anew; look at what has changed.

mod support;

use std::collections::BTreeMap;

use serde_json::{Value, json};
use support::read;
use tillsync_core::author::Author;
use tillsync_core::command::{Action, Command, decide};
use tillsync_core::id::CommandId;
use tillsync_core::json::canonical;
use tillsync_core::multi_session::MultiSession;
use tillsync_core::protocol::{ServerMessage, TillEvent};

/// What W5 calls the replica, as canonical JSON.
fn replica(state: &MultiSession) -> String {
    let orders: BTreeMap<String, Value> =
        state.drafts().iter().map(|order| (order.uid.to_string(), order.replica())).collect();
    canonical(&json!({
        "run": state.run, "active": state.active, "offline_edits": state.offline_edits,
        "orders": orders.into_values().collect::<Vec<_>>(),
    }))
}

fn made() -> String {
    let file: Value = serde_json::from_str(&read("vectors/decide.json")).expect("JSON");
    let authors: BTreeMap<String, Author> = serde_json::from_value(file["authors"].clone()).expect("authors");
    let mut cases = Vec::new();
    for case in file["cases"].as_array().expect("cases") {
        let given = &file["given"][case["given"].as_str().expect("a name")];
        let mut state = MultiSession::default();
        let mut steps = Vec::new();
        for step in given.as_array().into_iter().flatten().chain(case["steps"].as_array().expect("steps")) {
            let actions: Vec<Action> = serde_json::from_value(step["actions"].clone()).expect("actions");
            let command = Command {
                id: CommandId::new(step["id"].as_str().expect("an id")),
                number: step["number"].as_u64(),
                author: authors[step["author"].as_str().expect("a name")].clone(),
                actions,
            };
            let Ok(decision) = decide(&state, &command, step["time_ms"].as_u64().expect("a time")) else {
                continue;
            };
            state.evolve(&decision.event);
            let event = ServerMessage::Event(Box::new(TillEvent::new(&decision.event, &state)));
            steps.push(json!({"event": event, "replica": replica(&state)}));
        }
        cases.push(json!({"name": case["name"], "steps": steps}).to_string());
    }
    format!("{{\n\"cases\": [\n{}\n]\n}}\n", cases.join(",\n"))
}

/// A6, W6.
#[test]
fn the_vectors_of_the_replica_are_fresh() {
    let made = made();
    if std::env::var_os("TILLSYNC_WRITE_VECTORS").is_some() {
        let path = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../vectors/replica.json");
        std::fs::write(path, &made).expect("it can be written");
    }
    assert!(
        read("vectors/replica.json") == made,
        "vectors/replica.json is out of date; see the top of this file"
    );
}
