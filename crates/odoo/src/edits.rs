//! The operations that a till means by the whole order that it sends.
//!
//! A value is an edit only if it differs from what the till can have had: from the order at the revision that
//! the till claims and, when the till's latest accepted update is newer than that claim, from that update too.

use serde_json::Value;
use tillsync_core::diff::{LineView, View, field_operations};
use tillsync_core::id::LineUid;
use tillsync_core::json::Fields;
use tillsync_core::operation::Operation;
use tillsync_core::order::Order;

use crate::fields::{Kind, line_kind, order_kind};
use crate::shadow::Accepted;

/// What the till can have had when its user acted.
pub enum Base<'a> {
    /// The claimed revision was never ours, or cannot be found any more: only additions count.
    Unknown,
    /// The order at the claimed revision, and what the till said since.
    Known {
        /// The order at the claimed revision.
        claimed: View,
        /// The till's accepted update that is newer than the claim.
        newer: Option<Newer<'a>>,
    },
}

/// An accepted update that is newer than the till's claim: its answer has not reached the till, or was lost.
pub struct Newer<'a> {
    /// The update.
    pub accepted: &'a Accepted,
    /// The order at the revision that *that* update claimed.
    pub claimed_then: View,
    /// Whether the till can have been repainted since.
    pub repaint: Repaint,
}

/// Whether something that was delivered can have repainted the till's screen since its latest update.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Repaint {
    /// No: the till shows what it sent, and what its user did since.
    Impossible,
    /// Perhaps: a value that equals the claimed revision's may have been painted.
    Possible,
}

/// The till's own values of fields that it does not take from messages.
pub struct OwnValues<'a> {
    /// The last view that was accepted from the till, newer than the claim or not.
    pub accepted: Option<&'a View>,
    /// Values that the till took from messages: those with which it created the order, and every fiscal
    /// position since.
    pub taken: Option<&'a Fields>,
}

/// Reads the operations out of what a till sent.
pub fn edits(order: &Order, base: &Base, own: &OwnValues, sent: &View) -> Vec<Operation> {
    let mut operations = Vec::new();
    if let Base::Known { .. } = base {
        order_edits(base, own, &sent.fields, &mut operations);
        removals(base, sent, &mut operations);
    }
    for line in &sent.lines {
        if base.has(&line.uid) {
            line_edits(base, own, line, &mut operations);
        } else if order.line(&line.uid).is_none() && order.removed_line(&line.uid).is_none() {
            operations.push(Operation::AddLine { line: line.uid.clone(), fields: line.fields.clone() });
        }
    }
    operations
}

impl Base<'_> {
    /// Whether the till can have had the line before.
    fn has(&self, uid: &LineUid) -> bool {
        match self {
            Base::Unknown => false,
            Base::Known { claimed, newer } => {
                claimed.line(uid).is_some()
                    || newer.as_ref().is_some_and(|newer| newer.view().line(uid).is_some())
            }
        }
    }

    /// What a value was before the edit that `sent` is; none if it is no edit. `of` finds the value in a view.
    fn before<'a>(
        &'a self,
        sent: &Value,
        of: impl Fn(&'a View) -> Option<&'a Value>,
    ) -> Option<Option<&'a Value>> {
        let Base::Known { claimed, newer } = self else { return None };
        let at_claim = of(claimed);
        let Some(newer) = newer else {
            return (at_claim != Some(sent)).then_some(at_claim);
        };
        let at_newer = of(newer.view());
        if at_newer == Some(sent) || (newer.repaint == Repaint::Possible && at_claim == Some(sent)) {
            return None;
        }
        let before = at_newer.or(at_claim);
        (before != Some(sent)).then_some(before)
    }
}

impl Newer<'_> {
    fn view(&self) -> &View {
        &self.accepted.view
    }
}

fn order_edits(base: &Base, own: &OwnValues, sent: &Fields, operations: &mut Vec<Operation>) {
    for (field, value) in sent {
        let kind = order_kind(field);
        let Some(before) = base.before(value, |view| view.fields.get(field)) else { continue };
        let own_value = own.accepted.and_then(|view| view.fields.get(field));
        let taken = own.taken.and_then(|fields| fields.get(field));
        if is_edit(kind, field, value, before, own_value, taken) {
            operations.extend(field_operations(None, field, before, value, kind.merge_rule()));
        }
    }
}

/// Whether a value that differs is a person's doing, for kinds of fields that tills do not follow faithfully.
fn is_edit(
    kind: Kind,
    field: &str,
    value: &Value,
    before: Option<&Value>,
    own_value: Option<&Value>,
    taken: Option<&Value>,
) -> bool {
    let nothing =
        |value: Option<&Value>| value.is_none_or(|value| matches!(value, Value::Bool(false) | Value::Null));
    match kind {
        Kind::Derived | Kind::Own | Kind::Ours => false,
        Kind::Map | Kind::Tap | Kind::Set => true,
        // `false` may only mean that the till does not know the record (yet): it counts from a till that has
        // itself sent the value which it now takes away.
        Kind::Reference if nothing(Some(value)) => !nothing(own_value) && own_value == before,
        // The client takes a fiscal position from a message only when there is one, so an old one may stay.
        Kind::Reference if field == "fiscal_position_id" => own_value != Some(value) && taken != Some(value),
        Kind::Reference => true,
        Kind::Sticky => own_value.or(taken).is_some_and(|own| own != value),
    }
}

fn line_edits(base: &Base, own: &OwnValues, sent: &LineView, operations: &mut Vec<Operation>) {
    for (field, value) in &sent.fields {
        let kind = line_kind(field);
        let of = |view: &View| view.line(&sent.uid).and_then(|line| line.fields.get(field)).cloned();
        let Some(before) = before_of_line(base, sent, field, value) else { continue };
        let own_value = own.accepted.and_then(of);
        if is_edit(kind, field, value, before, own_value.as_ref(), None) {
            operations.extend(field_operations(Some(&sent.uid), field, before, value, kind.merge_rule()));
        }
    }
}

fn before_of_line<'a>(
    base: &'a Base,
    sent: &LineView,
    field: &str,
    value: &Value,
) -> Option<Option<&'a Value>> {
    base.before(value, |view| view.line(&sent.uid).and_then(|line| line.fields.get(field)))
}

/// Lines that the till had and does not send any more.
fn removals(base: &Base, sent: &View, operations: &mut Vec<Operation>) {
    let Base::Known { claimed, newer } = base else { return };
    let mut gone = |line: &LineView| {
        if sent.line(&line.uid).is_none() {
            operations.push(Operation::RemoveLine { line: line.uid.clone(), seen: line.qty() });
        }
    };
    let Some(newer) = newer else {
        claimed.lines.iter().for_each(gone);
        return;
    };
    for line in &newer.view().lines {
        // A line that the claimed revision lacks may have been painted away.
        if newer.repaint == Repaint::Impossible || claimed.line(&line.uid).is_some() {
            gone(line);
        }
    }
    for line in &claimed.lines {
        // What that update knew and lacked, it had removed already.
        let removed_then = newer.claimed_then.line(&line.uid).is_some();
        if newer.view().line(&line.uid).is_none() && !removed_then {
            gone(line);
        }
    }
}

/// What the operations add to an order, as lines: for an order that is closed already.
pub fn additions(operations: &[Operation], base: &Base) -> Vec<LineView> {
    use rust_decimal::Decimal;
    use tillsync_core::json;
    use tillsync_core::order::QTY;

    let Base::Known { claimed, newer } = base else {
        let added = operations.iter().filter_map(|operation| match operation {
            Operation::AddLine { line, fields } => {
                Some(LineView { uid: line.clone(), fields: fields.clone() })
            }
            _ => None,
        });
        return added.collect();
    };
    let had =
        |uid: &LineUid| newer.as_ref().and_then(|newer| newer.view().line(uid)).or_else(|| claimed.line(uid));
    let part = |uid: &LineUid, by: Decimal| {
        let line = had(uid)?;
        let same_sign = line.qty().is_zero() || line.qty().is_sign_positive() == by.is_sign_positive();
        (!by.is_zero() && same_sign).then(|| {
            let mut fields = line.fields.clone();
            fields.insert(QTY.into(), json::number(by));
            LineView { uid: uid.clone(), fields }
        })
    };
    let added = operations.iter().filter_map(|operation| match operation {
        Operation::AddLine { line, fields } => Some(LineView { uid: line.clone(), fields: fields.clone() }),
        Operation::Increment { line: Some(line), field, by } if field == QTY => part(line, *by),
        Operation::Set { line: Some(line), field, key: None, value: Some(value) } if field == QTY => {
            part(line, json::amount(value).ok()? - had(line)?.qty())
        }
        Operation::Increment { .. }
        | Operation::Set { .. }
        | Operation::Unite { .. }
        | Operation::RemoveLine { .. } => None,
    });
    added.collect()
}
