//! What a till showed of an order when it says of it nothing but a revision: that it was paid, or paid without a
//! connection.

use std::sync::Arc;

use tillsync_core::diff::View;
use tillsync_core::id::Till;
use tillsync_core::order::Order;

use crate::aliases::true_names;
use crate::before::Question;
use crate::interpret::Interpreter;
use crate::sent::SentOrder;
use crate::shadow::Accepted;

impl Interpreter<'_> {
    /// What the till showed when it sent nothing but a revision: the order at that revision, with what the
    /// till's later updates added and took away.
    pub(crate) fn shown(&self, till: &Till, order: &Order, claim: u64) -> View {
        let accepted =
            self.shadows.get(till, &order.uid).map(|accepted| self.repainted(till, order, accepted, claim));
        let question = Question::claim(order, claim, accepted.as_deref());
        let former = self.former(&question, None);
        let nothing = View::default();
        let before = question.before(&former, &nothing, |_| None);
        match (before.fields, &accepted) {
            (Some(_), _) => before.view(),
            (None, Some(accepted)) => accepted.view.clone(),
            (None, None) => View::from(order),
        }
    }

    /// What the till was accepted with, as messages have repainted it on the till's screen since. Those of later
    /// revisions than it claims found the order paid there, and painted nothing.
    fn repainted(&self, till: &Till, order: &Order, accepted: Arc<Accepted>, claim: u64) -> Arc<Accepted> {
        let mut accepted = accepted;
        let taken = self.sight.taken_since_sent(till, &order.uid);
        for (revision, flags) in taken.into_iter().filter(|(revision, _)| *revision <= claim) {
            let Some(then) = self.versions.at(&order.uid, revision) else { continue };
            for line in &mut Arc::make_mut(&mut accepted).view.lines {
                if let Some(then) = then.line(&line.uid).filter(|_| flags.has(&line.uid)) {
                    line.fields.clone_from(&then.fields);
                }
            }
        }
        accepted
    }

    /// An order that was paid without a connection, in the order's true names.
    pub(crate) fn content(&self, till: &Till, order: &Order, content: &SentOrder) -> View {
        let accepted = self.shadows.get(till, &order.uid);
        let question = Question::update(order, content, accepted.as_deref());
        let former = self.former(&question, Some(content));
        true_names(till, content, &question, &former).view(&content.view)
    }
}
