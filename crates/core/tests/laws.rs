//! Laws of values, operations and differences, tried with random ones. A case that fails is kept in
//! `laws.regressions`.

mod support;

use std::collections::BTreeMap;

use proptest::collection::vec;
use proptest::prelude::*;
use serde_json::{Value, json};
use support::config;
use support::world::{World, author, thousandths};
use tillsync_core::diff::{LineView, MergeRule, View, diff};
use tillsync_core::id::{CreationId, LineUid, OrderUid};
use tillsync_core::json::{Fields, canonical, normalize, number};
use tillsync_core::operation::{Notice, Operation, apply, judge};
use tillsync_core::order::{Line, Order, OrderState};

/// Any JSON, numbers short enough for a double to hold them exactly.
fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-9_999i64..9_999).prop_map(|amount| number(thousandths(amount))),
        "[a-cé\"]{0,2}".prop_map(Value::from),
    ];
    leaf.prop_recursive(2, 8, 3, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..3).prop_map(Value::from),
            prop::collection::btree_map("[abc]", inner, 0..3)
                .prop_map(|members| Value::Object(members.into_iter().collect())),
        ]
    })
}

/// Fields named after the merge rules that they have in [`rule`].
fn any_fields() -> impl Strategy<Value = Fields> {
    prop::collection::btree_map("[sitmu]", any_json(), 0..5)
        .prop_map(|fields| fields.into_iter().collect::<Fields>())
}

fn rule(_: bool, field: &str) -> MergeRule {
    match field {
        "i" => MergeRule::Increment,
        "t" => MergeRule::Tap,
        "m" => MergeRule::Map,
        "u" => MergeRule::Union,
        _ => MergeRule::Set,
    }
}

fn any_view() -> impl Strategy<Value = View> {
    let lines = prop::collection::btree_map("[a-f]", any_fields(), 0..5);
    let lines = lines.prop_map(|lines| lines.into_iter().collect::<Vec<_>>()).prop_shuffle();
    (any_fields(), lines).prop_map(|(fields, lines)| {
        let lines = lines.into_iter().map(|(uid, fields)| LineView { uid: LineUid::new(uid), fields });
        View { fields, lines: lines.collect() }
    })
}

fn order_of(view: &View) -> Order {
    let added = author(0).mark;
    let line = |line: &LineView| Line {
        uid: line.uid.clone(),
        fields: line.fields.clone(),
        carried: Fields::new(),
        added: added.clone(),
        edited: None,
        set_at: BTreeMap::new(),
        changed: 0,
    };
    Order {
        uid: OrderUid::new("o"),
        creation: CreationId::new("k"),
        number: 1,
        run: 1,
        revision: 1,
        first_revision: 1,
        state: OrderState::Draft,
        fields: view.fields.clone(),
        lines: view.lines.iter().map(line).map(std::sync::Arc::new).collect(),
        removed: Vec::new(),
        added: added.clone(),
        edited: None,
        carried: Fields::new(),
        changed_at: BTreeMap::new(),
        payments: Vec::new(),
        paid_with: Vec::new(),
        origin: None,
        follow_ups: Vec::new(),
        carried_from: None,
        taken_away: false,
        matters: Vec::new(),
        late: false,
        closing: None,
    }
}

/// Judges and applies; what it comes to is the order's next revision.
fn accept(order: &mut Order, till: usize, base: u64, operations: &[Operation]) -> Vec<Notice> {
    let judged = judge(order, base, &author(till), operations).expect("nothing here is refused");
    let revision = order.revision + 1;
    apply(order, &judged.effects, &author(till), revision);
    order.revision = revision;
    judged.notices
}

/// A view in which lists under `union` are sets.
fn as_sets(mut view: View) -> String {
    let all = view.lines.iter_mut().map(|line| &mut line.fields).chain([&mut view.fields]);
    for items in all.filter_map(|fields| fields.get_mut("u")).filter_map(Value::as_array_mut) {
        let set: BTreeMap<String, Value> = items.drain(..).map(|item| (canonical(&item), item)).collect();
        items.extend(set.into_values());
    }
    canonical(&json!(view))
}

proptest! {
    #![proptest_config(config(512))]

    /// M13: applying what differs leads from the one to the other.
    #[test]
    fn diff_leads_there(from in any_view(), to in any_view()) {
        let mut order = order_of(&from);
        let notices = accept(&mut order, 0, 1, &diff(&from, &to, rule));
        prop_assert_eq!(notices, vec![]);
        let kept = from.lines.iter().filter_map(|line| to.line(&line.uid));
        let new = to.lines.iter().filter(|line| from.line(&line.uid).is_none());
        let expected = View { fields: to.fields.clone(), lines: kept.chain(new).cloned().collect() };
        prop_assert_eq!(as_sets(View::from(&order)), as_sets(expected.clone()));
        let rest = diff(&View::from(&order), &expected, rule);
        prop_assert_eq!(rest, vec![], "nothing is left to do");
    }

    /// A6: a value has one canonical form, whoever wrote it, and it is read back as it was.
    #[test]
    fn canonical_json_is_stable(value in any_json()) {
        let mut read: Value = serde_json::from_str(&canonical(&value)).expect("canonical JSON is JSON");
        normalize(&mut read).expect("shallow");
        prop_assert_eq!(canonical(&read), canonical(&value));
        prop_assert_eq!(read, value);
    }

    /// M11, M3, M4: concurrent edits of different fields, keys and lines, and increments of any, come out the same
    /// in either order.
    #[test]
    fn edits_of_different_fields_commute(
        view in any_view(),
        edits in vec((any::<bool>(), 0usize..8, 0u8..4, any_json(), -999i64..999), 1..12),
    ) {
        let lines: Vec<Option<LineUid>> = view.lines.iter().map(|line| Some(line.uid.clone())).chain([None]).collect();
        let mut sides = [Vec::new(), Vec::new()];
        for (side, line, kind, value, by) in edits {
            let line = lines[line % lines.len()].clone();
            let field = format!("{}{}", if side { "a" } else { "b" }, kind);
            let operation = match kind {
                0 => Operation::Set { line, field, key: None, value: Some(value) },
                1 => Operation::Set { line, field: "map".into(), key: Some(field), value: Some(value) },
                2 => Operation::Unite { line, field, values: vec![value] },
                _ => Operation::Increment { line, field: "n".into(), by: thousandths(by) },
            };
            sides[usize::from(side)].push(operation);
        }
        let (mut one, mut other) = (order_of(&view), order_of(&view));
        let told = [accept(&mut one, 0, 1, &sides[0]), accept(&mut one, 1, 1, &sides[1])];
        accept(&mut other, 1, 1, &sides[1]);
        accept(&mut other, 0, 1, &sides[0]);
        prop_assert_eq!(canonical(&json!(View::from(&one))), canonical(&json!(View::from(&other))));
        prop_assert_eq!(told, [vec![], vec![]]);
    }

    /// M3: increments add up exactly, whoever made them on whatever base.
    #[test]
    fn increments_add_up(start in -9_999_999i64..9_999_999, steps in vec((0usize..4, 0u64..40, -9_999i64..9_999), 0..40)) {
        let line = LineView { uid: LineUid::new("x"), fields: World::fields(1, thousandths(start)) };
        let mut order = order_of(&View { fields: Fields::new(), lines: vec![line] });
        for (till, base, by) in &steps {
            let step = Operation::Increment { line: Some(LineUid::new("x")), field: "qty".into(), by: thousandths(*by) };
            accept(&mut order, *till, *base, &[step]);
        }
        let sum = start + steps.iter().map(|(_, _, by)| by).sum::<i64>();
        prop_assert_eq!(order.lines[0].qty(), thousandths(sum));
        prop_assert_eq!(&order.lines[0].fields["qty"], &number(thousandths(sum)));
    }
}
