//! Runs `vectors/apply.json`, `vectors/diff.json` and `vectors/bill.json`.

mod support;

use std::collections::BTreeMap;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::{Value, json};
use support::{Authors, Known, run_all, same, vectors};
use tillsync_core::bill::{self, LINE_FIELDS, ORDER_FIELDS};
use tillsync_core::diff::{LineView, MergeRule, View, diff};
use tillsync_core::id::{CreationId, LineUid, OrderUid, Till};
use tillsync_core::json::{Fields, canonical};
use tillsync_core::operation::{Operation, apply, judge};
use tillsync_core::order::{LastChange, Line, Order, OrderState, RemovedLine};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApplyFile {
    authors: BTreeMap<String, Known<tillsync_core::author::Author>>,
    cases: Vec<ApplyCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct ApplyCase {
    name: String,
    #[serde(rename = "rules")]
    _rules: Vec<String>,
    order: OrderShort,
    base: u64,
    author: String,
    operations: Vec<Known<Operation>>,
    #[serde(default)]
    effects: Vec<Known<Operation>>,
    #[serde(default)]
    notices: Vec<Value>,
    result: Option<Value>,
    refusal: Option<Value>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct OrderShort {
    revision: u64,
    fields: Fields,
    lines: Vec<LineShort>,
    #[serde(default)]
    removed: Vec<RemovedShort>,
    #[serde(default)]
    changed_at: BTreeMap<String, u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct LineShort {
    uid: LineUid,
    fields: Fields,
    #[serde(default)]
    set_at: BTreeMap<Till, u64>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct RemovedShort {
    uid: LineUid,
    fields: Fields,
    by: Till,
    revision: u64,
}

fn order(short: &OrderShort, authors: &Authors) -> Order {
    let added = authors["A"].mark.clone();
    let line = |uid: &LineUid, fields: &Fields, set_at: &BTreeMap<Till, u64>| Line {
        uid: uid.clone(),
        fields: fields.clone(),
        carried: Fields::new(),
        added: added.clone(),
        edited: None,
        set_at: set_at.clone(),
        changed: 0,
    };
    Order {
        uid: OrderUid::new("00001-001-0001"),
        creation: CreationId::new("k"),
        number: 1,
        run: 1,
        revision: short.revision,
        first_revision: 1,
        state: OrderState::Draft,
        fields: short.fields.clone(),
        lines: short
            .lines
            .iter()
            .map(|short| Arc::new(line(&short.uid, &short.fields, &short.set_at)))
            .collect(),
        taken_away: false,
        matters: Vec::new(),
        removed: short
            .removed
            .iter()
            .map(|gone| RemovedLine {
                line: Arc::new(line(&gone.uid, &gone.fields, &BTreeMap::new())),
                revision: gone.revision,
                by: gone.by.clone(),
            })
            .collect(),
        added: added.clone(),
        edited: None,
        carried: Fields::new(),
        changed_at: short
            .changed_at
            .iter()
            .map(|(till, revision)| {
                let by = authors[till].mark.clone();
                (Till::new(till), LastChange { revision: *revision, by })
            })
            .collect(),
        payments: Vec::new(),
        paid_with: Vec::new(),
        origin: None,
        follow_ups: Vec::new(),
        carried_from: None,
        late: false,
        closing: None,
    }
}

fn result(order: &Order) -> Value {
    let lines: Vec<Value> =
        order.lines.iter().map(|line| json!({"uid": line.uid, "fields": line.fields})).collect();
    let removed: Vec<&LineUid> = order.removed.iter().map(|gone| &gone.line.uid).collect();
    let mut result = json!({"fields": order.fields, "lines": lines});
    if !removed.is_empty() {
        result["removed"] = json!(removed);
    }
    result
}

fn plain(operations: &[Known<Operation>]) -> Vec<Operation> {
    operations.iter().map(|known| known.0.clone()).collect()
}

/// The rules that the file `apply.json` names, M above all.
#[test]
fn apply_vectors() {
    let file: ApplyFile = vectors("apply");
    let authors: Authors = file.authors.into_iter().map(|(name, author)| (name, author.0)).collect();
    run_all(&file.cases, |case| &case.name, |case| check_apply(case, &authors));
}

fn check_apply(case: &ApplyCase, authors: &Authors) -> Result<(), String> {
    let mut order = order(&case.order, authors);
    let author = &authors[&case.author];
    let judged = match (judge(&order, case.base, author, &plain(&case.operations)), &case.refusal) {
        (Ok(judged), None) => judged,
        (Err(refusal), Some(expected)) => {
            let got = json!(refusal);
            return same("refusal", &expected["reason"], &got["reason"]);
        }
        (Ok(judged), Some(expected)) => return Err(format!("{expected} expected, got {judged:?}")),
        (Err(refusal), None) => return Err(format!("refused: {refusal}")),
    };
    same("effects", &json!(plain(&case.effects)), &json!(judged.effects))?;
    same("notices", &json!(case.notices), &json!(judged.notices))?;
    let revision = order.revision + 1;
    apply(&mut order, &judged.effects, author, revision);
    let expected = case.result.as_ref().ok_or("a case needs a result or a refusal")?;
    same("result", expected, &result(&order))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DiffFile {
    cases: Vec<DiffCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct DiffCase {
    name: String,
    #[serde(rename = "rules")]
    _rules: Vec<String>,
    from: Known<View>,
    to: Known<View>,
    merge: Merge,
    operations: Vec<Known<Operation>>,
    after: Option<Known<View>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Merge {
    #[serde(default)]
    order: BTreeMap<String, MergeRule>,
    #[serde(default)]
    line: BTreeMap<String, MergeRule>,
}

/// M13.
#[test]
fn diff_vectors() {
    let file: DiffFile = vectors("diff");
    run_all(&file.cases, |case| &case.name, check_diff);
}

fn check_diff(case: &DiffCase) -> Result<(), String> {
    let rule = |is_line: bool, field: &str| {
        let rules = if is_line { &case.merge.line } else { &case.merge.order };
        rules.get(field).copied().unwrap_or_default()
    };
    let operations = diff(&case.from.0, &case.to.0, rule);
    same("operations", &json!(plain(&case.operations)), &json!(operations))?;
    let authors: Authors =
        vectors::<ApplyFile>("apply").authors.into_iter().map(|(name, author)| (name, author.0)).collect();
    let lines = case.from.0.lines.iter().map(|line: &LineView| LineShort {
        uid: line.uid.clone(),
        fields: line.fields.clone(),
        set_at: BTreeMap::new(),
    });
    let short = OrderShort {
        revision: 1,
        fields: case.from.0.fields.clone(),
        lines: lines.collect(),
        removed: Vec::new(),
        changed_at: BTreeMap::new(),
    };
    let mut order = order(&short, &authors);
    apply(&mut order, &operations, &authors["A"], 2);
    let after = case.after.as_ref().unwrap_or(&case.to);
    same("applied", &json!(after.0), &json!(View::from(&order)))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BillFile {
    cases: Vec<BillCase>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct BillCase {
    name: String,
    #[serde(rename = "rules")]
    _rules: Vec<String>,
    view: Known<View>,
    canonical: String,
    digest: String,
    seen: Option<Known<View>>,
    differences: Option<Value>,
}

/// C2 and C3.
#[test]
fn bill_vectors() {
    let file: BillFile = vectors("bill");
    run_all(&file.cases, |case| &case.name, check_bill);
}

fn check_bill(case: &BillCase) -> Result<(), String> {
    let view = &case.view.0;
    let pick = |fields: &Fields, names: &[&str]| {
        let picked = fields.iter().filter(|(name, _)| names.contains(&name.as_str()));
        picked.map(|(name, value)| (name.clone(), value.clone())).collect::<Fields>()
    };
    let lines: Fields = view
        .lines
        .iter()
        .map(|line| (line.uid.to_string(), json!(pick(&line.fields, &LINE_FIELDS))))
        .collect();
    let content = json!({"lines": lines, "order": pick(&view.fields, &ORDER_FIELDS)});
    same("canonical", &json!(case.canonical), &json!(canonical(&content)))?;
    let digest = bill::digest(view);
    same("digest", &json!(case.digest), &json!(digest))?;
    let Some(seen) = &case.seen else { return Ok(()) };
    let differences = bill::differences(&seen.0, view);
    same("differences", &json!(case.differences), &json!(differences))?;
    match differences.is_empty() == (bill::digest(&seen.0) == digest) {
        true => Ok(()),
        false => Err("the digests are equal exactly when there is no difference".into()),
    }
}
