//! A8: at its bound a thing is taken, beyond it refused, and the refusal names the bound.

mod support;

use serde_json::{Value, json};
use support::world::World;
use tillsync_core::command::{
    ACTIONS_MAX, FORMER_REVISION_MAX, FORMER_REVISION_STEP, PAYMENTS_MAX, POSES_MAX,
};
use tillsync_core::operation::{FIELDS_MAX, LINES_MAX, OPERATIONS_MAX};
use tillsync_core::refusal::Refusal;

const O: &str = "00001-001-0001";

fn fields(count: usize) -> Value {
    (0..count).map(|k| (format!("f{k}"), json!(k))).collect::<serde_json::Map<_, _>>().into()
}

fn lines(count: usize) -> Vec<Value> {
    (0..count).map(|k| json!({"uid": format!("l{k}"), "fields": {"qty": 1}})).collect()
}

fn create(fields: Value, lines: Vec<Value>) -> Value {
    json!({"action": "create", "order": O, "creation": "k", "run": 1, "fields": fields, "lines": lines})
}

fn settle(fields: Value, lines: Vec<Value>) -> Value {
    let payment = json!({"id": "p", "till": "t", "fields": {}});
    json!({"action": "settle", "order": O, "creation": "k", "run": 1, "paid": {"fields": fields, "lines": lines},
        "payment": payment})
}

fn update(operations: Vec<Value>) -> Value {
    json!({"action": "update", "order": O, "base": 1, "operations": operations})
}

fn set(k: usize) -> Value {
    json!({"op": "set", "field": format!("f{k}"), "value": k})
}

fn add(k: usize) -> Value {
    json!({"op": "add_line", "line": format!("l{k}"), "fields": {"qty": 1}})
}

/// The command is taken with so many as the bound says, and refused with one more.
fn check(what: &str, max: usize, prepare: &[Value], action: impl Fn(usize) -> Value) {
    let mut world = World::new(1);
    for action in prepare {
        world.send(0, std::slice::from_ref(action)).unwrap_or_else(|refusal| panic!("{what}: {refusal}"));
    }
    let refusal = world.send(0, &[action(max + 1)]).expect_err(what);
    assert_eq!(refusal, Refusal::too_large(what, max));
    world.send(0, &[action(max)]).unwrap_or_else(|refusal| panic!("{what}, {max} of them: {refusal}"));
}

#[test]
fn what_can_grow_has_a_bound() {
    let order = [create(json!({}), vec![])];
    let (of_lines, of_fields, of_operations) =
        ("lines in one order", "fields of one order or line", "operations in one action");
    check(of_lines, LINES_MAX, &[], |count| create(json!({}), lines(count)));
    check(of_lines, LINES_MAX, &[], |count| settle(json!({}), lines(count)));
    check(of_lines, LINES_MAX, &order, |count| update((0..count).map(add).collect()));
    check(of_fields, FIELDS_MAX, &[], |count| create(fields(count), vec![]));
    check(of_fields, FIELDS_MAX, &[], |count| {
        create(json!({}), vec![json!({"uid": "l", "fields": fields(count)})])
    });
    check(of_fields, FIELDS_MAX, &[], |count| settle(fields(count), vec![]));
    check(of_fields, FIELDS_MAX, &order, |count| update((0..count).map(set).collect()));
    check(of_operations, OPERATIONS_MAX, &order, |count| update(vec![set(1); count]));
    check(
        of_operations,
        OPERATIONS_MAX,
        &order,
        |count| json!({"action": "keep_aside", "order": O, "operations": vec![set(1); count]}),
    );
}

#[test]
fn a_command_has_a_bound() {
    let mut world = World::new(1);
    let set_active = json!({"action": "set_active", "active": true});
    assert!(matches!(world.send(0, &vec![set_active.clone(); ACTIONS_MAX + 1]), Err(Refusal::Bad { .. })));
    world.send(0, &vec![set_active; ACTIONS_MAX]).expect("as many as the bound says");
}

/// C1: at the bound the same money is still answered.
#[test]
fn payments_have_a_bound() {
    let mut world = World::new(1);
    world.send(0, &[create(json!({}), vec![])]).expect("an order");
    let pay = |k: usize| json!({"action": "pay", "order": O, "payment": {"id": format!("p{k}"), "till": "t", "fields": {}}});
    for k in 0..PAYMENTS_MAX {
        world.send(0, &[pay(k)]).expect("within the bound");
    }
    let refusal = world.send(0, &[pay(PAYMENTS_MAX)]).expect_err("beyond the bound");
    assert_eq!(refusal, Refusal::too_large("payments of one order", PAYMENTS_MAX));
    world.send(0, &[pay(0)]).expect("the same money, again");
}

/// T12: at the bound a POS can still be renamed.
#[test]
fn poses_have_a_bound() {
    let mut world = World::new(1);
    let join = |pos: usize, name: &str| json!({"action": "join_pos", "pos": pos, "name": name});
    for pos in 0..POSES_MAX {
        world.send(0, &[join(pos, "Bar")]).expect("within the bound");
    }
    let refusal = world.send(0, &[join(POSES_MAX, "Bar")]).expect_err("beyond the bound");
    assert_eq!(refusal, Refusal::too_large("POSes in one multi-session", POSES_MAX));
    world.send(0, &[join(0, "Counter")]).expect("a new name");
}

/// A revision that another Sync Server claims is believed up to its bound.
#[test]
fn former_revisions_have_a_bound() {
    let mut world = World::new(1);
    let mut create = create(json!({}), vec![]);
    create["former_revision"] = json!(u64::MAX);
    let answer = world.send(0, &[create]).expect("an order");
    assert_eq!(answer.revision, Some(FORMER_REVISION_MAX + FORMER_REVISION_STEP));
}
