//! Holds `docs/PROTOCOL.md` to what the code does: its examples, its digest, its bounds.

mod support;

use serde_json::{Value, json};
use support::{known, read, same};
use tillsync_core::command::{
    ACTIONS_MAX, Action, Answer, CASH_MOVES_MAX, CASH_REASON_CHARS_MAX, Command, FORMER_REVISION_MAX,
    FORMER_REVISION_STEP, NOTED_BYTES_MAX, PAYMENTS_MAX, POSES_MAX, RESOLUTION_CHARS_MAX, RUN_MAX,
};
use tillsync_core::diff::View;
use tillsync_core::event::{Change, Event};
use tillsync_core::id::{NAME_BYTES_MAX, OrderUid};
use tillsync_core::json::{AMOUNT_MAX, AMOUNT_SCALE_MAX, DEPTH_MAX};
use tillsync_core::multi_session::MultiSession;
use tillsync_core::operation::{FIELDS_MAX, LINES_MAX, OPERATIONS_MAX, Operation};
use tillsync_core::protocol::{
    COMMANDS_UNANSWERED_MAX, MESSAGE_BYTES_MAX, OUTBOX_MESSAGES_MAX, SEND_MESSAGES_MAX, ServerMessage,
    TillMessage,
};
use tillsync_core::refusal::Refusal;
use tillsync_core::{bill, json as core_json};

/// The fenced blocks of the document: what stands behind the fence, and the block.
fn blocks() -> Vec<(String, String)> {
    let text = read("docs/PROTOCOL.md");
    let mut blocks = Vec::new();
    let mut lines = text.lines();
    while let Some(line) = lines.next() {
        let Some(kind) = line.strip_prefix("```") else { continue };
        let block: Vec<&str> = lines.by_ref().take_while(|line| *line != "```").collect();
        blocks.push((kind.to_owned(), block.join("\n")));
    }
    blocks
}

/// The blocks of one kind, read.
fn examples(kind: &str) -> Vec<Value> {
    let fence = format!("json {kind}");
    let of_kind = blocks().into_iter().filter(|(fence_of, _)| *fence_of == fence);
    let read =
        |block: String| serde_json::from_str(&block).unwrap_or_else(|error| panic!("{error} in {block}"));
    let examples: Vec<Value> = of_kind.map(|(_, block)| read(block)).collect();
    assert!(!examples.is_empty(), "no example of kind '{kind}'");
    examples
}

/// Reads all examples of a kind, and returns the tags that they show.
fn check<T: serde::Serialize + serde::de::DeserializeOwned>(kind: &str, tag: &str) -> Vec<String> {
    let examples = examples(kind);
    for example in &examples {
        known::<T>(example).unwrap_or_else(|why| panic!("an example of kind '{kind}': {why}"));
    }
    let mut tags: Vec<String> =
        examples.iter().filter_map(|example| example[tag].as_str()).map(str::to_owned).collect();
    tags.sort();
    tags.dedup();
    tags
}

#[test]
fn the_examples_are_what_the_code_reads() {
    check::<Command>("command", "");
    check::<Answer>("answer", "");
    check::<Refusal>("refusal", "reason");
    check::<View>("view", "");
    let operations = check::<Operation>("operation", "op");
    assert_eq!(operations, ["add_line", "increment", "remove_line", "set", "unite"]);
    let actions = check::<Action>("action", "action");
    let all = [
        "begin_run",
        "close",
        "close_session",
        "create",
        "delete",
        "join_pos",
        "keep_aside",
        "leave_pos",
        "log_in",
        "move",
        "move_cash",
        "open_session",
        "pay",
        "reset_run",
        "resolve",
        "restore",
        "set_active",
        "set_offline_edits",
        "settle",
        "update",
    ];
    assert_eq!(actions, all);
    check::<Event>("event", "");
    let changes = check::<Change>("change", "change");
    let all = [
        "activated",
        "attention",
        "cash_moved",
        "deleted",
        "follow_up",
        "kept_aside",
        "logged_in",
        "offline_edits",
        "paid",
        "payment_moved",
        "payment_taken",
        "pos_joined",
        "pos_left",
        "registered",
        "renumbered",
        "resolved",
        "run_began",
        "session_closed",
        "session_opened",
        "unpaid",
    ];
    assert_eq!(changes, all, "and 'updated', which the examples of events show");
    let said = check::<TillMessage>("till", "type");
    assert_eq!(
        said,
        ["command", "hello", "ping", "presence"],
        "and 'pong', which is the server's without seq"
    );
    let told = check::<ServerMessage>("server", "type");
    assert_eq!(
        told,
        ["accepted", "error", "event", "gone", "pong", "presence", "records", "refused", "welcome"],
        "and 'ping', which is the till's"
    );
    let kinds = [
        "command",
        "answer",
        "refusal",
        "view",
        "operation",
        "action",
        "event",
        "change",
        "replica",
        "till",
        "server",
    ];
    for (kind, _) in blocks() {
        let is_known = kind.strip_prefix("json ").is_some_and(|kind| kinds.contains(&kind));
        assert!(
            is_known || ["text bill", "text digest"].contains(&kind.as_str()),
            "a block of kind '{kind}'"
        );
    }
}

/// The names in backquotes.
fn names(cell: &str) -> Vec<String> {
    cell.split('`').skip(1).step_by(2).map(str::to_owned).collect()
}

/// The table's word on a member: whether it may be left out; none if it says nothing.
fn may_be_left_out(rows: &[Vec<String>], tag: &str, member: &str) -> Option<bool> {
    let row = rows.iter().find(|row| names(&row[0]).first().is_some_and(|name| name == tag))?;
    let [.., given, left_out] = row.as_slice() else { return None };
    let has = |cell: &str| names(cell).iter().any(|name| name == member);
    [(given, false), (left_out, true)].into_iter().find(|(cell, _)| has(cell)).map(|(_, word)| word)
}

/// The rows of the table whose first column is headed so.
fn table(head: &str, column: usize, of: &str) -> Vec<Vec<String>> {
    let text = read("docs/PROTOCOL.md");
    let rows = text.lines().skip_while(|line| !line.starts_with(&format!("| {head} |")));
    let rows = rows.skip(2).take_while(|line| line.starts_with('|'));
    let cells = |row: &str| row.trim_matches('|').split('|').map(|cell| cell.trim().to_owned()).collect();
    let rows: Vec<Vec<String>> = rows.map(cells).collect();
    rows.into_iter().filter(|row| of.is_empty() || row[column].contains(of)).collect()
}

/// Takes each member of each example away: whatever the table says may be left out is not missed. Of what is sent to the
/// server, all else is; `spelled` names what the reader takes for null and is to be given nevertheless.
fn check_table<T: serde::de::DeserializeOwned>(
    kind: &str,
    tag: &str,
    rows: &[Vec<String>],
    spelled: impl Fn(&str, &str) -> bool,
) {
    let mut checked = 0;
    for example in examples(kind) {
        let name = example[tag].as_str().expect("a tag");
        for member in example.as_object().expect("an object").keys().filter(|member| *member != tag) {
            let mut without = example.clone();
            without.as_object_mut().expect("an object").remove(member);
            let reads = serde_json::from_value::<T>(without).is_ok();
            let word = may_be_left_out(rows, name, member);
            let word = word.unwrap_or_else(|| panic!("the table is silent on '{member}' of '{name}'"));
            let is_right = reads == word || (reads && spelled(name, member));
            assert!(is_right, "'{member}' of '{name}' may be left out: {reads}");
            checked += 1;
        }
    }
    assert!(checked > 10, "{checked} members of kind '{kind}'");
}

#[test]
fn the_tables_say_what_may_be_left_out() {
    check_table::<Action>("action", "action", &table("action", 0, ""), |_, _| false);
    let order = |name: &str, member: &str| (name, member) == ("presence", "order");
    check_table::<TillMessage>("till", "type", &table("type", 1, "till"), order);
    check_table::<ServerMessage>("server", "type", &table("type", 1, "server"), |_, _| true);
}

/// C3: the worked example.
#[test]
fn the_digest_is_the_one_that_the_document_shows() {
    let text = |kind: &str| blocks().into_iter().find(|(fence, _)| fence == kind).expect("a block").1;
    let view: View = known(&examples("view")[0]).expect("an order");
    assert_eq!(bill::digest(&view).as_str(), text("text digest"));
    let written: Value = serde_json::from_str(&text("text bill")).expect("a bill");
    assert_eq!(core_json::canonical(&written), text("text bill"));
    let differences = json!({"lines": written["lines"], "order": written["order"]});
    assert_eq!(differences, written, "nothing but lines and order");
}

/// A6, H1, H2: the replica of the document is what its two events come to.
#[test]
fn the_replica_is_what_the_events_come_to() {
    let mut state = MultiSession { run: 3, ..MultiSession::default() };
    for event in examples("event") {
        state.evolve(&known(&event).expect("an event"));
    }
    let order = state.order(&OrderUid::new("00001-001-0001")).expect("the order of the examples");
    same("replica", &examples("replica")[0], &order.replica()).unwrap();
}

/// A8, N6: every bound stands in the document with its number.
#[test]
fn the_bounds_are_those_of_the_code() {
    let bounds = [
        ("NAME_BYTES_MAX", NAME_BYTES_MAX as u64),
        ("DEPTH_MAX", DEPTH_MAX as u64),
        ("AMOUNT_MAX", AMOUNT_MAX.unsigned_abs()),
        ("AMOUNT_SCALE_MAX", AMOUNT_SCALE_MAX.into()),
        ("ACTIONS_MAX", ACTIONS_MAX as u64),
        ("OPERATIONS_MAX", OPERATIONS_MAX as u64),
        ("LINES_MAX", LINES_MAX as u64),
        ("FIELDS_MAX", FIELDS_MAX as u64),
        ("PAYMENTS_MAX", PAYMENTS_MAX as u64),
        ("POSES_MAX", POSES_MAX as u64),
        ("CASH_MOVES_MAX", CASH_MOVES_MAX as u64),
        ("CASH_REASON_CHARS_MAX", CASH_REASON_CHARS_MAX as u64),
        ("RESOLUTION_CHARS_MAX", RESOLUTION_CHARS_MAX as u64),
        ("NOTED_BYTES_MAX", NOTED_BYTES_MAX as u64),
        ("RUN_MAX", RUN_MAX.into()),
        ("FORMER_REVISION_MAX", FORMER_REVISION_MAX),
        ("FORMER_REVISION_STEP", FORMER_REVISION_STEP),
        ("MESSAGE_BYTES_MAX", MESSAGE_BYTES_MAX as u64),
        ("COMMANDS_UNANSWERED_MAX", COMMANDS_UNANSWERED_MAX as u64),
        ("OUTBOX_MESSAGES_MAX", OUTBOX_MESSAGES_MAX as u64),
        ("SEND_MESSAGES_MAX", SEND_MESSAGES_MAX as u64),
    ];
    let text = read("docs/PROTOCOL.md");
    let rows: Vec<&str> = text.lines().filter(|line| line.starts_with("| ") && line.contains("(`")).collect();
    let written = rows.iter().filter(|row| row.contains("_MAX`)") || row.contains("_STEP`)")).count();
    assert_eq!(written, bounds.len(), "rows of the table of bounds");
    for (name, bound) in bounds {
        let row = rows.iter().find(|row| row.contains(&format!("(`{name}`)")));
        let row = row.unwrap_or_else(|| panic!("{name} is not in the table of bounds"));
        assert!(row.ends_with(&format!("| {bound} |")), "{name} is {bound}: {row}");
    }
}
