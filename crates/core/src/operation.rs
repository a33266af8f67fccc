//! What can be done to an order, and how two people's doings meet.
//!
//! An [`Operation`] is used twice. A till sends what its user did, seen from the revision that the till had
//! (`base`). [`judge`] turns that into *effects*: operations that hold on the order as it stands now. Only
//! effects are logged, and [`apply`] needs nothing but the order to apply them, so that every replica ends up
//! with the same bytes.

use std::collections::BTreeSet;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::author::{Author, Mark};
use crate::id::LineUid;
use crate::json::{self, Fields};
use crate::order::{LastChange, Line, Order, QTY, RemovedLine};
use crate::refusal::Refusal;

/// Lines that one order may have.
pub const LINES_MAX: usize = 2_000;

/// Operations that one command may carry.
pub const OPERATIONS_MAX: usize = 5_000;

/// Fields that one order or line may have.
pub const FIELDS_MAX: usize = 300;

/// One thing done to an order or to one of its lines.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "op", rename_all = "snake_case")]
pub enum Operation {
    /// A field gets a value; of two concurrent ones the later at the server stands.
    Set {
        /// The line, or none for the order itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<LineUid>,
        /// The field.
        field: String,
        /// For a field that is merged key by key: the key within it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        key: Option<String>,
        /// The value; none takes the field (or the key) away. JSON's `null` is a value like any other.
        #[serde(default, deserialize_with = "json::present", skip_serializing_if = "Option::is_none")]
        value: Option<Value>,
    },
    /// A number grows or shrinks; concurrent ones add up.
    Increment {
        /// The line, or none for the order itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<LineUid>,
        /// The field.
        field: String,
        /// By how much.
        #[serde(with = "json::plain_number")]
        by: Decimal,
    },
    /// Values join a list that is kept as a set, in the order in which they were accepted.
    Unite {
        /// The line, or none for the order itself.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        line: Option<LineUid>,
        /// The field.
        field: String,
        /// The values.
        values: Vec<Value>,
    },
    /// A line comes to the end of the order.
    AddLine {
        /// Its uid.
        line: LineUid,
        /// Its fields.
        fields: Fields,
        /// In effects, for a line that is brought back: who had added it. It needs no memory of removed lines then.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        added: Option<Mark>,
    },
    /// A line goes.
    RemoveLine {
        /// Its uid.
        line: LineUid,
        /// The quantity that whoever removed it saw: more than that is somebody else's.
        #[serde(with = "json::plain_number")]
        seen: Decimal,
    },
}

impl Operation {
    /// The line that the operation is about, if it is about one.
    pub fn line(&self) -> Option<&LineUid> {
        match self {
            Operation::Set { line, .. }
            | Operation::Increment { line, .. }
            | Operation::Unite { line, .. } => line.as_ref(),
            Operation::AddLine { line, .. } | Operation::RemoveLine { line, .. } => Some(line),
        }
    }
}

impl Operation {
    /// As a till may say it: who added a line is not for tills to say.
    fn unmarked(self) -> Self {
        match self {
            Operation::AddLine { line, fields, .. } => Operation::AddLine { line, fields, added: None },
            other => other,
        }
    }

    /// As an effect on the order: a line that is brought back says who had added it.
    pub(crate) fn on(self, order: &Order) -> Self {
        match self {
            Operation::AddLine { line, fields, .. } => {
                let added = order.removed_line(&line).map(|gone| gone.line.added.clone());
                Operation::AddLine { line, fields, added }
            }
            other => other,
        }
    }
}

/// Something that the author of a command should be told about its operations.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "notice", rename_all = "snake_case")]
pub enum Notice {
    /// A line that the author removed stays, because somebody changed it meanwhile.
    LineKept {
        /// The line.
        line: LineUid,
        /// Who changed it.
        by: Mark,
    },
    /// Of a line that the author removed a part stays, because somebody added to it meanwhile.
    PartKept {
        /// The line.
        line: LineUid,
        /// The quantity that stays.
        #[serde(with = "json::plain_number")]
        qty: Decimal,
    },
    /// A line that the author changed had been removed; it is back, with the author's change.
    LineRestored {
        /// The line.
        line: LineUid,
    },
    /// A change of a line that was gone already, and in the author's own sight, had nothing to change.
    LineGone {
        /// The line.
        line: LineUid,
    },
}

/// What a till's operations come to on the order as it stands.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct Judged {
    /// To be logged and applied.
    pub effects: Vec<Operation>,
    /// To be told to the author.
    pub notices: Vec<Notice>,
}

/// Judges what `author` did at revision `base` against the order as it is now (PROTOCOL.md, M-rules).
///
/// Nothing is half-done: either all operations are taken, or a [`Refusal`] says which one is wrong.
pub fn judge(order: &Order, base: u64, author: &Author, operations: &[Operation]) -> Result<Judged, Refusal> {
    if operations.len() > OPERATIONS_MAX {
        return Err(Refusal::too_large("operations in one action", OPERATIONS_MAX));
    }
    let mut judged = Judged::default();
    // Operations of one command build on each other, so each is judged on the order after those before it.
    let mut now = order.clone();
    for operation in operations {
        let from = judged.effects.len();
        judge_one(&now, base, author, operation, &mut judged)?;
        for effect in &judged.effects[from..] {
            apply_one(&mut now, effect, author, order.revision + 1);
        }
    }
    if now.lines.len() > LINES_MAX {
        return Err(Refusal::too_large("lines in one order", LINES_MAX));
    }
    let fields_max = now.lines.iter().map(|line| line.fields.len()).max().unwrap_or(0).max(now.fields.len());
    if fields_max > FIELDS_MAX {
        return Err(Refusal::too_large("fields of one order or line", FIELDS_MAX));
    }
    Ok(judged)
}

fn judge_one(
    order: &Order,
    base: u64,
    author: &Author,
    operation: &Operation,
    judged: &mut Judged,
) -> Result<(), Refusal> {
    match operation {
        Operation::AddLine { line, .. } => {
            // A uid that is or was there is the same line, sent again.
            if order.line(line).is_none() && order.removed_line(line).is_none() {
                judged.effects.push(operation.clone().unmarked());
            }
        }
        Operation::RemoveLine { line, seen } => judge_removal(order, base, author, line, *seen, judged),
        Operation::Increment { line, field, by } => {
            increment_target(order, line.as_ref(), field, *by)?;
            match line {
                Some(uid) if order.line(uid).is_none() => {
                    judge_late(order, base, author, uid, operation, *by, judged)?
                }
                Some(_) | None => judged.effects.push(operation.clone()),
            }
        }
        Operation::Set { line, .. } | Operation::Unite { line, .. } => match line {
            Some(uid) if order.line(uid).is_none() => {
                judge_late(order, base, author, uid, operation, Decimal::ZERO, judged)?;
            }
            Some(_) | None => judged.effects.push(operation.clone()),
        },
    }
    Ok(())
}

/// An increment needs a number (or nothing yet) under it, and a sum that can still be read as an amount.
fn increment_target(order: &Order, line: Option<&LineUid>, field: &str, by: Decimal) -> Result<(), Refusal> {
    let fields = match line {
        None => Some(&order.fields),
        Some(uid) => {
            order.line(uid).map(|line| &line.fields).or(order.removed_line(uid).map(|gone| &gone.line.fields))
        }
    };
    let before = fields.and_then(|fields| fields.get(field)).map_or(Ok(Decimal::ZERO), json::amount);
    match before {
        Err(_) => Err(Refusal::bad(format!(
            "field '{field}' holds no number, so it cannot be incremented; use set"
        ))),
        Ok(before) if !json::is_within_bounds(before + by) => {
            let max = json::AMOUNT_MAX;
            Err(Refusal::bad(format!("field '{field}' would leave the range from -{max} to {max}")))
        }
        Ok(_) => Ok(()),
    }
}

/// Rules M7 and M8: a removal takes away what the remover saw.
fn judge_removal(
    order: &Order,
    base: u64,
    author: &Author,
    uid: &LineUid,
    seen: Decimal,
    judged: &mut Judged,
) {
    let Some(line) = order.line(uid) else { return };
    let set_by_others = line.set_at.iter().filter(|(till, at)| **till != author.till && **at > base);
    if let Some((till, _)) = set_by_others.max_by_key(|(_, at)| **at) {
        let by = order.changed_at.get(till).map(|change| change.by.clone());
        let by = by.or_else(|| line.edited.clone()).unwrap_or_else(|| line.added.clone());
        judged.notices.push(Notice::LineKept { line: uid.clone(), by });
        return;
    }
    let left = line.qty() - seen;
    let same_sign = seen.is_zero() || left.is_sign_positive() == seen.is_sign_positive();
    let added_meanwhile = !left.is_zero() && same_sign;
    if added_meanwhile && order.changed_by_others_since(&author.till, base) {
        let line = uid.clone();
        judged.notices.push(Notice::PartKept { line: line.clone(), qty: left });
        if !seen.is_zero() {
            judged.effects.push(Operation::Increment { line: Some(line), field: QTY.into(), by: -seen });
        }
    } else {
        judged.effects.push(Operation::RemoveLine { line: uid.clone(), seen: line.qty() });
    }
}

/// A change of a line that is not there: if another removed it meanwhile, the line comes back with the change
/// (an increment brings back what it adds, no more); if it was gone in the author's own sight, there is
/// nothing to change.
fn judge_late(
    order: &Order,
    base: u64,
    author: &Author,
    uid: &LineUid,
    operation: &Operation,
    by: Decimal,
    judged: &mut Judged,
) -> Result<(), Refusal> {
    let Some(gone) = order.removed_line(uid) else {
        return Err(Refusal::bad(format!("the order has no line '{uid}'")));
    };
    let concurrent = gone.by != author.till && gone.revision > base;
    let brings_back = match operation {
        Operation::Increment { field, .. } if field == QTY => {
            let qty = gone.line.qty();
            !by.is_zero() && (qty.is_zero() || qty.is_sign_positive() == by.is_sign_positive())
        }
        Operation::Increment { .. } | Operation::Set { .. } | Operation::Unite { .. } => true,
        Operation::AddLine { .. } | Operation::RemoveLine { .. } => false,
    };
    if !concurrent || !brings_back {
        judged.notices.push(Notice::LineGone { line: uid.clone() });
        return Ok(());
    }
    judged.notices.push(Notice::LineRestored { line: uid.clone() });
    let mut fields = gone.line.fields.clone();
    let added = Some(gone.line.added.clone());
    match operation {
        Operation::Increment { field, .. } if field == QTY => {
            fields.insert(QTY.into(), json::number(by));
            judged.effects.push(Operation::AddLine { line: uid.clone(), fields, added });
        }
        Operation::Increment { .. }
        | Operation::Set { .. }
        | Operation::Unite { .. }
        | Operation::AddLine { .. }
        | Operation::RemoveLine { .. } => {
            judged.effects.push(Operation::AddLine { line: uid.clone(), fields, added });
            judged.effects.push(operation.clone());
        }
    }
    Ok(())
}

/// Applies effects to an order; `revision` is the one that they make.
pub fn apply(order: &mut Order, effects: &[Operation], author: &Author, revision: u64) {
    for effect in effects {
        apply_one(order, effect, author, revision);
    }
    if !effects.is_empty() {
        order.changed_at.insert(author.till.clone(), LastChange { revision, by: author.mark.clone() });
    }
}

/// Whether an effect takes a line away, or some of its quantity.
pub(crate) fn takes_away(order: &Order, effect: &Operation) -> bool {
    let Some(line) = effect.line().and_then(|uid| order.line(uid)) else { return false };
    let qty = line.qty();
    let left = match effect {
        Operation::RemoveLine { .. } => Decimal::ZERO,
        Operation::Increment { field, by, .. } if field == QTY => qty + by,
        Operation::Set { field, key: None, value, .. } if field == QTY => {
            value.as_ref().and_then(|value| json::amount(value).ok()).unwrap_or_default()
        }
        _ => return false,
    };
    let is_other_way = !left.is_zero() && left.is_sign_negative() != qty.is_sign_negative();
    !qty.is_zero() && (is_other_way || left.abs() < qty.abs())
}

fn apply_one(order: &mut Order, effect: &Operation, author: &Author, revision: u64) {
    match effect {
        Operation::AddLine { line: uid, fields, .. } => {
            if order.line(uid).is_some() {
                return;
            }
            let former = order
                .removed
                .iter()
                .position(|gone| &gone.line.uid == uid)
                .map(|at| order.removed.remove(at).line);
            let line = match former {
                Some(line) => {
                    let edited = Some(author.mark.clone());
                    Line { fields: fields.clone(), edited, changed: revision, ..Arc::unwrap_or_clone(line) }
                }
                None => Line {
                    uid: uid.clone(),
                    fields: fields.clone(),
                    carried: Fields::new(),
                    added: author.mark.clone(),
                    edited: None,
                    set_at: Default::default(),
                    changed: revision,
                },
            };
            order.lines.push(Arc::new(line));
        }
        Operation::RemoveLine { line: uid, .. } => {
            if let Some(at) = order.lines.iter().position(|line| &line.uid == uid) {
                let line = order.lines.remove(at);
                order.removed.push(RemovedLine { line, revision, by: author.till.clone() });
            }
        }
        Operation::Set { line, field, key, value } => {
            if let Some(fields) = touched(order, line.as_ref(), author, revision, Edit::Set) {
                set(fields, field, key.as_deref(), value.as_ref());
            }
        }
        Operation::Increment { line, field, by } => {
            let edit = if field == QTY { Edit::Quantity } else { Edit::Set };
            if let Some(fields) = touched(order, line.as_ref(), author, revision, edit) {
                let before = fields.get(field).and_then(|value| json::amount(value).ok()).unwrap_or_default();
                fields.insert(field.clone(), json::number(before + by));
            }
        }
        Operation::Unite { line, field, values } => {
            if let Some(fields) = touched(order, line.as_ref(), author, revision, Edit::Set) {
                unite(fields, field, values);
            }
        }
    }
}

/// What an effect does to a line.
#[derive(PartialEq, Eq)]
enum Edit {
    /// It changes the quantity by some: a concurrent removal reckons with that by itself.
    Quantity,
    /// Anything else: a concurrent removal gives way to it.
    Set,
}

/// The fields that an effect changes; notes on the line who changed it, and when.
fn touched<'a>(
    order: &'a mut Order,
    line: Option<&LineUid>,
    author: &Author,
    revision: u64,
    edit: Edit,
) -> Option<&'a mut Fields> {
    let Some(uid) = line else {
        return Some(&mut order.fields);
    };
    let line = order.line_mut(uid)?;
    line.edited = Some(author.mark.clone());
    line.changed = revision;
    if edit == Edit::Set {
        line.set_at.insert(author.till.clone(), revision);
    }
    Some(&mut line.fields)
}

fn set(fields: &mut Fields, field: &str, key: Option<&str>, value: Option<&Value>) {
    let Some(key) = key else {
        match value {
            Some(value) => fields.insert(field.into(), value.clone()),
            None => fields.remove(field),
        };
        return;
    };
    let entry = fields.entry(field).or_insert_with(|| Value::Object(Fields::new()));
    if !entry.is_object() {
        *entry = Value::Object(Fields::new());
    }
    if let Some(members) = entry.as_object_mut() {
        match value {
            Some(value) => members.insert(key.into(), value.clone()),
            None => members.remove(key),
        };
    }
}

fn unite(fields: &mut Fields, field: &str, values: &[Value]) {
    let entry = fields.entry(field).or_insert_with(|| Value::Array(Vec::new()));
    if !entry.is_array() {
        *entry = Value::Array(Vec::new());
    }
    if let Some(items) = entry.as_array_mut() {
        let mut known: BTreeSet<String> = items.iter().map(json::canonical).collect();
        for value in values {
            if known.insert(json::canonical(value)) {
                items.push(value.clone());
            }
        }
    }
}
