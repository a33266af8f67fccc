//! Operations found by comparing two versions of an order: for tills that send whole orders (Odoo's), and for
//! fields that only an extension knows.

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::id::LineUid;
use crate::json::{self, Fields};
use crate::operation::Operation;
use crate::order::{Order, QTY};

/// How two people's changes of one field meet (rules M2 to M5).
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum MergeRule {
    /// The later at the server stands.
    #[default]
    Set,
    /// Differences add up.
    Increment,
    /// One more is a tap and adds up; any other change was typed and is set.
    Tap,
    /// An object, merged key by key.
    Map,
    /// A list that is kept as a set; values only join.
    Union,
}

/// What a till shows of an order: fields and lines, nothing of the server's book-keeping.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct View {
    /// The order's own fields.
    #[serde(default)]
    pub fields: Fields,
    /// The lines, in order.
    #[serde(default)]
    pub lines: Vec<LineView>,
}

/// What a till shows of a line.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LineView {
    /// The line's uid.
    pub uid: LineUid,
    /// Its fields.
    pub fields: Fields,
}

impl View {
    /// The line with this uid.
    pub fn line(&self, uid: &LineUid) -> Option<&LineView> {
        self.lines.iter().find(|line| &line.uid == uid)
    }
}

impl LineView {
    /// The quantity; zero if there is none.
    pub fn qty(&self) -> Decimal {
        self.fields.get(QTY).and_then(|value| json::amount(value).ok()).unwrap_or_default()
    }
}

impl From<&Order> for View {
    fn from(order: &Order) -> Self {
        let lines = order
            .lines
            .iter()
            .map(|line| LineView { uid: line.uid.clone(), fields: line.fields.clone() })
            .collect();
        View { fields: order.fields.clone(), lines }
    }
}

/// The operations that lead from one version to the other. `rule` names each field's merge rule; its first
/// argument says whether the field is a line's.
///
/// Law (tested): applying them to `from` gives `to`, lines that are in both keeping their order and new ones
/// coming last. Fields under `increment` and `tap` are compared as amounts, fields under `union` as sets.
pub fn diff(from: &View, to: &View, rule: impl Fn(bool, &str) -> MergeRule) -> Vec<Operation> {
    let mut operations = Vec::new();
    diff_fields(None, &from.fields, &to.fields, |field| rule(false, field), &mut operations);
    for line in &from.lines {
        match to.line(&line.uid) {
            Some(other) => {
                diff_fields(
                    Some(&line.uid),
                    &line.fields,
                    &other.fields,
                    |field| rule(true, field),
                    &mut operations,
                );
            }
            None => operations.push(Operation::RemoveLine { line: line.uid.clone(), seen: line.qty() }),
        }
    }
    for line in &to.lines {
        if from.line(&line.uid).is_none() {
            operations.push(Operation::AddLine {
                line: line.uid.clone(),
                fields: line.fields.clone(),
                added: None,
            });
        }
    }
    operations
}

fn diff_fields(
    line: Option<&LineUid>,
    from: &Fields,
    to: &Fields,
    rule: impl Fn(&str) -> MergeRule,
    operations: &mut Vec<Operation>,
) {
    for (field, before) in from {
        match to.get(field) {
            Some(after) if after != before => {
                operations.extend(field_operations(line, field, Some(before), after, rule(field)));
            }
            Some(_) => {}
            None => {
                operations.push(Operation::Set {
                    line: line.cloned(),
                    field: field.clone(),
                    key: None,
                    value: None,
                });
            }
        }
    }
    for (field, after) in to {
        if !from.contains_key(field) {
            operations.extend(field_operations(line, field, None, after, rule(field)));
        }
    }
}

/// The operations by which one field came from `before` to `after`, under its merge rule.
pub fn field_operations(
    line: Option<&LineUid>,
    field: &str,
    before: Option<&Value>,
    after: &Value,
    rule: MergeRule,
) -> Vec<Operation> {
    let set = |key: Option<String>, value: Option<Value>| Operation::Set {
        line: line.cloned(),
        field: field.into(),
        key,
        value,
    };
    let step = || {
        let by = json::amount(after).ok()? - json::amount(before?).ok()?;
        json::is_within_bounds(by).then_some(by)
    };
    match rule {
        MergeRule::Set => vec![set(None, Some(after.clone()))],
        MergeRule::Increment | MergeRule::Tap => match step() {
            // The same amount in another spelling, such as JavaScript's 0.30000000000000004.
            Some(by) if by.is_zero() => Vec::new(),
            Some(by) if rule == MergeRule::Increment || by == Decimal::ONE => {
                vec![Operation::Increment { line: line.cloned(), field: field.into(), by }]
            }
            Some(_) | None => vec![set(None, Some(after.clone()))],
        },
        MergeRule::Map => match (before.map_or(Some(&Fields::new()), Value::as_object), after.as_object()) {
            (Some(before), Some(after)) if !after.is_empty() || !before.is_empty() => {
                let gone = before
                    .keys()
                    .filter(|key| !after.contains_key(*key))
                    .map(|key| set(Some(key.clone()), None));
                let came = after
                    .iter()
                    .filter(|(key, value)| before.get(*key) != Some(*value))
                    .map(|(key, value)| set(Some(key.clone()), Some(value.clone())));
                gone.chain(came).collect()
            }
            _ => vec![set(None, Some(after.clone()))],
        },
        MergeRule::Union => match (before.map_or(Some(&Vec::new()), Value::as_array), after.as_array()) {
            (Some(before), Some(after))
                if before.iter().all(|value| after.contains(value)) && !after.is_empty() =>
            {
                let values: Vec<Value> =
                    after.iter().filter(|value| !before.contains(value)).cloned().collect();
                // The same set in another order is no change.
                let unite = (!values.is_empty()).then(|| Operation::Unite {
                    line: line.cloned(),
                    field: field.into(),
                    values,
                });
                unite.into_iter().collect()
            }
            _ => vec![set(None, Some(after.clone()))],
        },
    }
}
