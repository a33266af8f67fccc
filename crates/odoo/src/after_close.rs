//! What a till means by changing an order that was closed meanwhile.

use std::sync::Arc;

use rust_decimal::Decimal;
use tillsync_core::command::{Action, Create, CreatedLine, KeepAside, OldRun, Update};
use tillsync_core::diff::LineView;
use tillsync_core::id::CreationId;
use tillsync_core::json::{self, Fields};
use tillsync_core::operation::Operation;
use tillsync_core::order::{Line, Order, OrderState, Origin, OriginReason, QTY};

use crate::before::Before;
use crate::edits::additions;
use crate::interpret::{Interpreter, Meant};
use crate::message::Head;

impl Interpreter<'_> {
    /// An order that is paid or deleted: what the till added becomes an order of its own, the rest is kept in
    /// the history.
    pub(crate) fn after_close(
        &self,
        head: &Head,
        order: &Arc<Order>,
        operations: Vec<Operation>,
        before: &Before,
        meant: &mut Meant,
    ) {
        if operations.is_empty() {
            return;
        }
        let follow_ups = self.follow_ups(order);
        let mut added = additions(&operations, before);
        // A page that was loaded anew says again what one before it had added.
        for line in added.iter_mut().filter(|line| before.line(&line.uid).is_none()) {
            let known = follow_ups.iter().filter_map(|other| other.line(&line.uid)).map(Line::qty);
            let rest = line.qty() - known.sum::<Decimal>();
            line.fields.insert(QTY.into(), json::number(rest));
        }
        added.retain(|line| !line.qty().is_zero());
        let keep = KeepAside { order: order.uid.clone(), creation: None, operations };
        meant.command.actions.push(Action::KeepAside(keep));
        if added.is_empty() {
            return;
        }
        let open =
            follow_ups.into_iter().find(|other| is_of_additions(other) && other.state == OrderState::Draft);
        meant.command.actions.push(match open {
            Some(other) => {
                let add = |line: LineView| match other.line(&line.uid) {
                    Some(_) => {
                        let by = line.qty();
                        Operation::Increment { line: Some(line.uid), field: QTY.into(), by }
                    }
                    None => Operation::AddLine { line: line.uid, fields: line.fields, added: None },
                };
                Action::Update(Update {
                    order: other.uid.clone(),
                    creation: None,
                    base: other.revision,
                    operations: added.into_iter().map(add).collect(),
                    carried: Fields::new(),
                    carried_lines: Default::default(),
                    touched: Vec::new(),
                })
            }
            None => Action::Create(Create {
                order: self.state.derive_uid(&order.uid),
                creation: CreationId::new(format!("{}~{}", order.creation, order.follow_ups.len() + 1)),
                run: order.run.max(head.run),
                old_run: OldRun::Serve,
                former_revision: 0,
                fields: order.fields.clone(),
                lines: added
                    .into_iter()
                    .map(|line| CreatedLine {
                        uid: line.uid,
                        fields: line.fields,
                        carried: Fields::new(),
                        added: None,
                    })
                    .collect(),
                carried: order.carried.clone(),
                origin: Some(Origin { order: order.uid.clone(), reason: OriginReason::AddedAfterwards }),
            }),
        });
    }
}

/// Whether an order holds what was added to another one that was closed without it.
pub(crate) fn is_of_additions(order: &Order) -> bool {
    let reason = order.origin.as_ref().map(|origin| origin.reason);
    matches!(reason, Some(OriginReason::AddedAfterwards | OriginReason::AddedMeanwhile))
}
