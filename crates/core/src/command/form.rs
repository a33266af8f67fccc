//! The form of what comes from outside: names (rule N6), and how deep values are nested (rule A8).

use serde_json::Value;

use super::{Action, Create, MoveTarget};
use crate::diff::View;
use crate::id::{CreationId, NAME_BYTES_MAX, is_name};
use crate::json::{self, DEPTH_MAX, Fields};
use crate::operation::Operation;
use crate::refusal::Refusal;

/// Refuses an action in which something that ought to be a name is none, or a value is nested too deep.
pub(super) fn check(action: &Action) -> Result<(), Refusal> {
    let values = values_of(action);
    if values.into_iter().any(|fields| fields.values().any(|value| json::is_deeper(value, DEPTH_MAX))) {
        return Err(Refusal::too_large("levels of a value", DEPTH_MAX));
    }
    let operations = match action {
        Action::Update(update) => update.operations.as_slice(),
        Action::KeepAside(keep) => keep.operations.as_slice(),
        _ => &[],
    };
    if operations.iter().any(is_deep) {
        return Err(Refusal::too_large("levels of a value", DEPTH_MAX));
    }
    check_names(action)
}

fn is_deep(operation: &Operation) -> bool {
    let deep = |value: &Value| json::is_deeper(value, DEPTH_MAX);
    match operation {
        Operation::Set { value, .. } => value.as_ref().is_some_and(deep),
        Operation::Unite { values, .. } => values.iter().any(deep),
        Operation::AddLine { fields, .. } => fields.values().any(deep),
        Operation::Increment { .. } | Operation::RemoveLine { .. } => false,
    }
}

/// The fields that an action brings whole.
fn values_of(action: &Action) -> Vec<&Fields> {
    match action {
        Action::Create(create) => {
            create.lines.iter().map(|line| &line.fields).chain([&create.fields]).collect()
        }
        Action::Move(movement) => match &movement.to {
            MoveTarget::New { fields, .. } => vec![fields],
            MoveTarget::Order { .. } => Vec::new(),
        },
        Action::Pay(pay) => vec![&pay.payment.fields],
        Action::OpenSession(open) => vec![&open.opening],
        Action::CloseSession(close) => vec![&close.closing],
        Action::Settle(settle) => {
            let lines = settle.paid.lines.iter().map(|line| &line.fields);
            lines.chain([&settle.paid.fields, &settle.payment.fields]).collect()
        }
        _ => Vec::new(),
    }
}

fn check_names(action: &Action) -> Result<(), Refusal> {
    let orders = action.orders();
    let mut names: Vec<&str> = orders.iter().map(|uid| uid.as_str()).collect();
    match action {
        Action::Create(Create { creation, lines, origin, .. }) => {
            names.push(creation.as_str());
            names.extend(lines.iter().map(|line| line.uid.as_str()));
            names.extend(origin.iter().map(|origin| origin.order.as_str()));
        }
        Action::Update(update) => {
            names.extend(named(&update.creation));
            names.extend(lines_of(&update.operations));
        }
        Action::KeepAside(keep) => {
            names.extend(named(&keep.creation));
            names.extend(lines_of(&keep.operations));
        }
        Action::Move(movement) => {
            names.extend(named(&movement.creation));
            names.extend(movement.items.iter().flat_map(|item| [item.line.as_str(), item.into.as_str()]));
            match &movement.to {
                MoveTarget::Order { creation, .. } => names.extend(named(creation)),
                MoveTarget::New { creation, .. } => names.push(creation.as_str()),
            }
        }
        Action::Pay(pay) => {
            names.extend(named(&pay.creation));
            names.extend([pay.payment.id.as_str(), pay.payment.till.as_str()]);
        }
        Action::Close(close) => {
            names.extend(named(&close.creation));
            names.extend(lines_seen(&close.seen));
            names.extend(close.payments.iter().map(String::as_str));
        }
        Action::Settle(settle) => {
            names.extend(named(&settle.creation));
            names.extend([settle.payment.id.as_str(), settle.payment.till.as_str()]);
            names.extend(settle.payments.iter().map(String::as_str));
            names.extend(lines_seen(&settle.paid));
        }
        Action::Delete(delete) => {
            names.extend(named(&delete.creation));
            names.extend(delete.payments_seen.iter().map(String::as_str));
        }
        Action::JoinPos(_)
        | Action::OpenSession(_)
        | Action::Restore(_)
        | Action::Resolve(_)
        | Action::MoveCash(_)
        | Action::BeginRun(_)
        | Action::ResetRun(_)
        | Action::LeavePos(_)
        | Action::LogIn(_)
        | Action::CloseSession(_)
        | Action::SetActive(_)
        | Action::SetOfflineEdits(_) => {}
    }
    match names.into_iter().find(|name| !is_name(name)) {
        Some(_) => {
            let text =
                format!("a name (a uid, an id) has 1 to {NAME_BYTES_MAX} bytes and no control characters");
            Err(Refusal::bad(text))
        }
        None => Ok(()),
    }
}

fn named(creation: &Option<CreationId>) -> Option<&str> {
    creation.as_ref().map(CreationId::as_str)
}

fn lines_of(operations: &[Operation]) -> impl Iterator<Item = &str> {
    operations.iter().filter_map(Operation::line).map(|line| line.as_str())
}

fn lines_seen(view: &View) -> impl Iterator<Item = &str> {
    view.lines.iter().map(|line| line.uid.as_str())
}
