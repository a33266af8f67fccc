//! Runs `vectors/decide.json`: small logs of commands, and what each command comes to.

mod support;

use std::collections::{BTreeMap, BTreeSet};

use serde::Deserialize;
use serde_json::{Value, json};
use support::{Authors, Known, read, run_all, same, vectors};
use tillsync_core::author::Author;
use tillsync_core::command::{Action, Command, decide};
use tillsync_core::event::Event;
use tillsync_core::id::CommandId;
use tillsync_core::multi_session::MultiSession;
use tillsync_core::refusal::Refusal;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DecideFile {
    authors: BTreeMap<String, Known<Author>>,
    given: BTreeMap<String, Vec<Step>>,
    cases: Vec<Case>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Case {
    name: String,
    rules: Vec<String>,
    given: String,
    steps: Vec<Step>,
}

/// A command, and what is expected of it: nothing said means that it is accepted.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Step {
    id: String,
    author: String,
    time_ms: u64,
    number: Option<u64>,
    actions: Vec<Known<Action>>,
    changes: Option<Value>,
    answer: Option<Value>,
    refusal: Option<Value>,
}

/// Every rule that the file names; T1 to T19 and A4 above all.
#[test]
fn decide_vectors() {
    let file: DecideFile = vectors("decide");
    let authors: Authors = file.authors.into_iter().map(|(name, author)| (name, author.0)).collect();
    run_all(
        &file.cases,
        |case| &case.name,
        |case| {
            let mut state = MultiSession::default();
            let mut log = Vec::new();
            let given = file.given.get(&case.given).ok_or("an unknown 'given'")?;
            for step in given.iter().chain(&case.steps) {
                check_step(step, &authors, &mut state, &mut log)
                    .map_err(|why| format!("command '{}': {why}", step.id))?;
            }
            check_log(&state, &log)
        },
    );
}

fn check_step(
    step: &Step,
    authors: &Authors,
    state: &mut MultiSession,
    log: &mut Vec<Event>,
) -> Result<(), String> {
    let command = Command {
        id: CommandId::new(&step.id),
        number: step.number,
        author: authors[&step.author].clone(),
        actions: step.actions.iter().map(|known| known.0.clone()).collect(),
    };
    let before = state.clone();
    match (decide(state, &command, step.time_ms), &step.refusal) {
        (Ok(decision), None) => {
            let head = |seq: u64, time_ms: u64| json!([seq, time_ms, step.id, step.number]);
            let event = decision.event;
            let got = json!([event.seq, event.time_ms, event.command, event.number]);
            same("head", &head(state.seq + 1, step.time_ms), &got)?;
            if let Some(expected) = &step.changes {
                same("changes", expected, &json!(event.changes))?;
            }
            if let Some(expected) = &step.answer {
                same("answer", expected, &json!(decision.answer))?;
            }
            state.evolve(&event);
            log.push(event);
        }
        (Err(refusal), Some(expected)) => {
            let mut got = json!(refusal);
            if let Some(members) = got.as_object_mut() {
                // What people read is no part of the rule.
                members.remove("text");
            }
            same("refusal", expected, &got)?;
            same("state", &json!(before.summary()), &json!(state.summary()))?;
            match refusal {
                Refusal::Gap { .. } | Refusal::Renumber { .. } => {}
                Refusal::Bad { .. }
                | Refusal::TooLarge { .. }
                | Refusal::UnknownOrder { .. }
                | Refusal::Closed { .. }
                | Refusal::BillChanged { .. }
                | Refusal::ChangedByOthers { .. }
                | Refusal::Session { .. } => state.note_command(&command),
            }
        }
        (Ok(decision), Some(expected)) => return Err(format!("{expected} expected, got {decision:?}")),
        (Err(refusal), None) => return Err(format!("refused: {refusal:?}")),
    }
    Ok(())
}

/// H4: whoever follows the log, also through its text, has the same state.
fn check_log(state: &MultiSession, log: &[Event]) -> Result<(), String> {
    let mut follower = MultiSession::default();
    for event in log {
        let text = serde_json::to_string(event).map_err(|error| error.to_string())?;
        follower.evolve(&serde_json::from_str(&text).map_err(|error| error.to_string())?);
    }
    let orders = |state: &MultiSession| json!(state.orders.values().map(|o| json!(**o)).collect::<Vec<_>>());
    same("the log, followed", &orders(state), &orders(&follower))
}

/// The rule ids of `docs/PROTOCOL.md`, as it defines them: in bold, `**M7.**` or `**T3**`.
fn rules_of_the_document() -> BTreeSet<String> {
    let text = read("docs/PROTOCOL.md");
    let ids = text.split("**").skip(1).step_by(2).filter_map(|bold| {
        let id = bold.split(['.', ' ']).next()?;
        let (letter, number) = id.split_at_checked(1)?;
        let is_id = "NAMCOSHT".contains(letter) && !number.is_empty();
        (is_id && number.chars().all(|c| c.is_ascii_digit())).then(|| id.to_owned())
    });
    ids.collect()
}

/// Which rules a file of cases names.
fn rules_of_the_cases(name: &str) -> BTreeSet<String> {
    let file: Value = vectors(name);
    let cases = file["cases"].as_array().expect("cases");
    let rules = cases.iter().flat_map(|case| case["rules"].as_array().expect("rules"));
    rules.map(|rule| rule.as_str().expect("a rule's id").to_owned()).collect()
}

#[test]
fn every_case_names_rules_of_the_document() {
    let rules = rules_of_the_document();
    for name in ["apply", "diff", "bill", "decide"] {
        let unknown: Vec<String> = rules_of_the_cases(name).difference(&rules).cloned().collect();
        assert!(unknown.is_empty(), "vectors/{name}.json names rules that no document has: {unknown:?}");
    }
}

#[test]
fn every_rule_of_the_core_has_a_case() {
    // Kept by the store, the server or the types, and by the laws in `laws.rs` and `people/`.
    let elsewhere = ["A3", "A5", "A6", "A7", "H1", "H2", "H4", "N6"];
    let tested: BTreeSet<String> =
        ["apply", "diff", "bill", "decide"].into_iter().flat_map(rules_of_the_cases).collect();
    let untested: Vec<String> =
        rules_of_the_document().into_iter().filter(|id| !tested.contains(id)).collect();
    assert_eq!(untested, elsewhere, "in the order of a dictionary");
}

/// T1 to T16: a case for every row and every column.
#[test]
fn every_cell_of_the_tables_has_a_case() {
    let file: DecideFile = vectors("decide");
    let orders = ["unknown", "draft", "paid", "deleted", "unpaid"].as_slice();
    let poses = ["absent", "session closed", "session open"].as_slice();
    let rows = (1..=11).map(|row| (row, orders)).chain((12..=16).map(|row| (row, poses)));
    for (row, columns) in rows {
        let id = format!("T{row}");
        for column in columns {
            let is_proven = |case: &Case| {
                case.given == *column && case.rules.contains(&id) && case.name == format!("{id} {column}")
            };
            assert!(file.cases.iter().any(is_proven), "{id} {column} has no case");
        }
    }
}
