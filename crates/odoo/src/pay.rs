//! What a till means by saying that an order was paid.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use tillsync_core::command::{Action, Delete, OldRun, Settle, Update, more};
use tillsync_core::diff::{LineView, View};
use tillsync_core::id::{Till, stable_id};
use tillsync_core::json::{self, Fields};
use tillsync_core::operation::Operation;
use tillsync_core::order::{Line, Order, OrderState, Payment};

use crate::after_close::is_of_additions;
use crate::fields::{Kind, order_kind};
use crate::interpret::{Interpreter, Meant, carried, creation};
use crate::message::{Head, RemoveOrder};
use crate::sent::SentOrder;

impl Interpreter<'_> {
    /// Money was taken: a fact, whatever became of the order meanwhile.
    pub(crate) fn pay(
        &self,
        head: &Head,
        remove: &RemoveOrder,
        content: Option<&SentOrder>,
        order: Option<Arc<Order>>,
        meant: &mut Meant,
    ) {
        let till = head.till();
        let mut paid = match (content, &order) {
            (Some(content), Some(order)) => self.content(&till, order, content),
            (Some(content), None) => content.view.clone(),
            (None, Some(order)) => self.shown(&till, order, remove.revision),
            (None, None) => return,
        };
        // What stands in the order's own fields is no part of what was paid; lines are.
        let statements = content.and_then(|content| content.carried.get("statement_ids")).cloned();
        let payment = Payment {
            id: match &statements {
                Some(statements) => stable_id(&["odoo", remove.uid.as_str(), &json::canonical(statements)]),
                None => stable_id(&["odoo", remove.uid.as_str(), till.as_str()]),
            },
            till: till.clone(),
            fields: statements.map(|value| ("statement_ids".to_owned(), value)).into_iter().collect(),
        };
        if let Some(order) = &order {
            if self.is_repeated(head, order, &payment, &paid) {
                return;
            }
            for (field, value) in &order.fields {
                let known =
                    paid.fields.get(field).is_some_and(|value| *value != serde_json::Value::Bool(false));
                if !known || order_kind(field) == Kind::Sticky {
                    paid.fields.insert(field.clone(), value.clone());
                }
            }
        }
        let surplus = order.iter().filter(|order| order.state.is_closed());
        let surplus = surplus.flat_map(|order| more(&paid, &View::from(&**order))).collect::<Vec<_>>();
        let bill = paid.clone();
        meant.command.actions.push(Action::Settle(Settle {
            order: remove.uid.clone(),
            // Odoo's tills know one order of a uid.
            creation: order.is_none().then(|| creation(&remove.uid)),
            run: head.run,
            old_run: OldRun::Serve,
            paid,
            payment,
            payments: Vec::new(),
            carried: content.map(|content| carried(head, content)).unwrap_or_default(),
        }));
        meant
            .command
            .actions
            .extend(order.iter().flat_map(|order| self.covered(order, &till, &bill, &surplus)));
    }

    /// What the payer had added to an order that another closed without it became an order of its own; now it is
    /// paid, so it goes from there. `surplus` is what the payer paid beyond the order as it was closed. An order of
    /// additions in which there is nobody's but the payer's is paid with all that the payer's bill has of it.
    fn covered(
        &self,
        order: &Order,
        payer: &Till,
        bill: &View,
        surplus: &[(LineView, Decimal)],
    ) -> Vec<Action> {
        let mut actions = Vec::new();
        for other in self
            .follow_ups(order)
            .iter()
            .filter(|other| other.state == OrderState::Draft && is_of_additions(other))
        {
            let is_payers = other.changed_at.keys().all(|till| till == payer);
            let paid = |line: &Line| match is_payers {
                true => bill.line(&line.uid).map(LineView::qty),
                false => surplus.iter().find(|(paid, _)| paid.uid == line.uid).map(|(_, qty)| *qty),
            };
            let is_covered = |line: &&Line| {
                line.qty() > Decimal::ZERO && paid(line).is_some_and(|paid| paid >= line.qty())
            };
            let covered: Vec<&Line> = other.lines.iter().map(|line| &**line).filter(is_covered).collect();
            let (uid, base) = (other.uid.clone(), other.revision);
            if !covered.is_empty() && covered.len() == other.lines.len() {
                let delete = Delete { order: uid, creation: None, base, payments_seen: Vec::new() };
                actions.push(Action::Delete(delete));
            } else if !covered.is_empty() {
                let remove =
                    |line: &&Line| Operation::RemoveLine { line: line.uid.clone(), seen: line.qty() };
                actions.push(Action::Update(Update {
                    order: uid,
                    creation: None,
                    base,
                    operations: covered.iter().map(remove).collect(),
                    carried: Fields::new(),
                    carried_lines: BTreeMap::new(),
                    touched: Vec::new(),
                }));
            }
        }
        actions
    }

    /// Whether the order knows this payment already: from this till, or, after a reload of the page, from
    /// another login of the same POS session that paid the same bill.
    fn is_repeated(&self, head: &Head, order: &Order, payment: &Payment, paid: &View) -> bool {
        let session = format!("odoo-{}-", head.session_id);
        let follow_ups = self.follow_ups(order);
        follow_ups
            .iter()
            .map(|order| &**order)
            .chain([order])
            .filter(|order| order.state == OrderState::Paid)
            .any(|order| {
                order.payments.iter().any(|known| {
                    let same_bill =
                        tillsync_core::bill::digest(&View::from(order)) == tillsync_core::bill::digest(paid);
                    known.id == payment.id
                        || known.till == payment.till
                        || (known.till.as_str().starts_with(&session) && same_bill)
                })
            })
    }
}
