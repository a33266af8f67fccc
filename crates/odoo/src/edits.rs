//! The operations that a till means by the whole order that it sends.
//!
//! A value is an edit only if it differs from what the till showed before ([`crate::before`]).

use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::Value;
use tillsync_core::diff::{LineView, View, field_operations};
use tillsync_core::id::LineUid;
use tillsync_core::json::{self, Fields};
use tillsync_core::operation::Operation;
use tillsync_core::order::{Order, QTY};

use crate::before::{Before, Was};
use crate::fields::{Kind, line_kind, order_kind};

/// The till's own values of fields that it does not take from messages.
pub struct OwnValues<'a> {
    /// The last view that was accepted from the till.
    pub accepted: Option<&'a View>,
    /// Former versions of the order, from any of which the till can have such a value; none when it has taken no
    /// message about the order.
    pub formerly: Option<Vec<Arc<Order>>>,
}

/// Where a till can have a value from that it does not show by the last message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Origin {
    /// It has taken no message: the value is its own, perhaps a default.
    Own,
    /// An earlier version of the order had it.
    Formerly,
    /// Nobody but its user.
    Elsewhere,
}

impl OwnValues<'_> {
    fn origin(&self, value: &Value, of: impl Fn(&Order) -> Option<&Value>) -> Origin {
        match &self.formerly {
            None => Origin::Own,
            Some(formerly) if formerly.iter().any(|order| of(order) == Some(value)) => Origin::Formerly,
            Some(_) => Origin::Elsewhere,
        }
    }
}

/// Reads the operations out of what a till sent.
pub fn edits(order: &Order, before: &Before, own: &OwnValues, sent: &View) -> Vec<Operation> {
    let mut operations = Vec::new();
    if let Some(was) = before.fields {
        order_edits(was, own, &sent.fields, &mut operations);
    }
    let gone = before.had.iter().filter(|(uid, _)| sent.line(uid).is_none());
    let remove =
        |(uid, seen): &(&LineUid, Decimal)| Operation::RemoveLine { line: LineUid::clone(uid), seen: *seen };
    operations.extend(gone.map(remove));
    for line in &sent.lines {
        if let Some(was) = before.line(&line.uid) {
            line_edits(was, own, line, &mut operations);
        } else if order.line(&line.uid).is_none() && order.removed_line(&line.uid).is_none() {
            let (line, fields) = (line.uid.clone(), line.fields.clone());
            operations.push(Operation::AddLine { line, fields, added: None });
        }
    }
    operations
}

/// Whether the client does this by itself when a customer is chosen or taken away.
fn follows_customer(operation: &Operation) -> bool {
    match operation {
        Operation::Set { field, .. } => {
            matches!(field.as_str(), "price_unit" | "pricelist_id" | "fiscal_position_id")
        }
        Operation::Increment { .. }
        | Operation::AddLine { .. }
        | Operation::RemoveLine { .. }
        | Operation::Unite { .. } => false,
    }
}

/// That there is no customer any more. A till that was told of one and sends none may only not know him yet. But with a
/// choice of the customer the client applies the pricelist anew, which leaves its mark on lines: an update that leaves
/// marks (`has_touched`) and means nothing else was sent because of that.
pub fn customer_taken_away(
    operations: &[Operation],
    before: &Before,
    sent: &Fields,
    has_touched: bool,
) -> Option<Operation> {
    if !has_touched || !operations.iter().all(follows_customer) {
        return None;
    }
    let (field, value) = sent.get_key_value("partner_id").filter(|(_, value)| is_nothing(value))?;
    before.fields?.before(field, value)?.filter(|before| !is_nothing(before))?;
    Some(Operation::Set { line: None, field: field.clone(), key: None, value: Some(value.clone()) })
}

fn is_nothing(value: &Value) -> bool {
    matches!(value, Value::Bool(false) | Value::Null)
}

fn order_edits(was: Was, own: &OwnValues, sent: &Fields, operations: &mut Vec<Operation>) {
    for (field, value) in sent {
        let kind = order_kind(field);
        let Some(before) = was.before(field, value) else { continue };
        let own_value = own.accepted.and_then(|view| view.fields.get(field));
        let origin = own.origin(value, |order| order.fields.get(field));
        if is_edit(kind, field, value, before, own_value, origin) {
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
    origin: Origin,
) -> bool {
    let nothing = |value: Option<&Value>| value.is_none_or(is_nothing);
    match kind {
        Kind::Derived | Kind::Own | Kind::Ours => false,
        Kind::Map | Kind::Tap | Kind::Set => true,
        // `false` may only mean that the till does not know the record (yet): it counts from a till that has
        // itself sent the value which it now takes away.
        Kind::Reference if nothing(Some(value)) => !nothing(own_value) && own_value == before,
        // The client takes a fiscal position from a message only when there is one, so an old one may stay.
        Kind::Reference if field == "fiscal_position_id" => {
            own_value != Some(value) && origin != Origin::Formerly
        }
        Kind::Reference => true,
        // The client never takes it from a message on an order that it has.
        Kind::Sticky => match own_value {
            Some(own) => own != value,
            None => origin == Origin::Elsewhere,
        },
    }
}

fn line_edits(was: Was, own: &OwnValues, sent: &LineView, operations: &mut Vec<Operation>) {
    let accepted = own.accepted.and_then(|view| view.line(&sent.uid));
    for (field, value) in &sent.fields {
        let kind = line_kind(field);
        let Some(before) = was.before(field, value) else { continue };
        let own_value = accepted.and_then(|line| line.fields.get(field));
        let origin = own.origin(value, |order| order.line(&sent.uid)?.fields.get(field));
        if is_edit(kind, field, value, before, own_value, origin) {
            operations.extend(field_operations(Some(&sent.uid), field, before, value, kind.merge_rule()));
        }
    }
}

/// What the operations add to an order, as lines: for an order that is closed already.
pub fn additions(operations: &[Operation], before: &Before) -> Vec<LineView> {
    let part = |uid: &LineUid, by: Decimal| {
        let was = before.line(uid)?;
        let same_sign = was.qty().is_zero() || was.qty().is_sign_positive() == by.is_sign_positive();
        (!by.is_zero() && same_sign).then(|| {
            let mut fields = was.fields();
            fields.insert(QTY.into(), json::number(by));
            LineView { uid: uid.clone(), fields }
        })
    };
    let added = operations.iter().filter_map(|operation| match operation {
        Operation::AddLine { line, fields, .. } => {
            Some(LineView { uid: line.clone(), fields: fields.clone() })
        }
        Operation::Increment { line: Some(line), field, by } if field == QTY => part(line, *by),
        Operation::Set { line: Some(line), field, key: None, value: Some(value) } if field == QTY => {
            part(line, json::amount(value).ok()? - before.line(line)?.qty())
        }
        Operation::Increment { .. }
        | Operation::Set { .. }
        | Operation::Unite { .. }
        | Operation::RemoveLine { .. } => None,
    });
    added.collect()
}
