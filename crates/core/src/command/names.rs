//! Names that come from outside (rule N6).

use super::{Action, Create, MoveTarget};
use crate::diff::View;
use crate::id::{CreationId, NAME_BYTES_MAX, is_name};
use crate::operation::Operation;
use crate::refusal::Refusal;

/// Refuses an action in which something that ought to be a name is none.
pub(super) fn check(action: &Action) -> Result<(), Refusal> {
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
        Action::KeepAside(keep) => names.extend(lines_of(&keep.operations)),
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
        }
        Action::Settle(settle) => {
            names.extend([
                settle.creation.as_str(),
                settle.payment.id.as_str(),
                settle.payment.till.as_str(),
            ]);
            names.extend(lines_seen(&settle.paid));
        }
        Action::Delete(delete) => {
            names.extend(named(&delete.creation));
            names.extend(delete.payments_seen.iter().map(String::as_str));
        }
        Action::JoinPos(_)
        | Action::OpenSession(_)
        | Action::Restore(_)
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
