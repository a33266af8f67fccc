//! Lines under names of a till's own.
//!
//! A till that creates an order from a message names line number `k` of it `S-L-N-k`, after its own session and
//! login. Until the next message about the order it sends the lines under those names.

use std::collections::BTreeMap;

use serde_json::Value;
use tillsync_core::diff::View;
use tillsync_core::id::{LineUid, Till};

use crate::before::{Former, Question};
use crate::encode::line_ids;
use crate::painted::Painted;
use crate::sent::SentOrder;

/// Whether the till sent lines under names of its own.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Renamed {
    /// Some of them.
    Some,
    /// None.
    None,
}

/// A till's own names of lines, and the true ones.
#[derive(Debug, Clone, Default)]
pub struct Aliases(BTreeMap<LineUid, LineUid>);

/// Finds out what the lines of an update are called. A name is read against the message that the till created
/// the order from; with another product under it, the line is a new one.
pub fn true_names(till: &Till, sent: &SentOrder, question: &Question, former: &Former) -> Aliases {
    let mut aliases = Aliases::default();
    let order = question.now;
    let created_from = former.created_from(question);
    let mut ids: Option<BTreeMap<i64, LineUid>> = None;
    for line in &sent.view.lines {
        if order.line(&line.uid).is_some() || order.removed_line(&line.uid).is_some() {
            continue;
        }
        let known = question.accepted.and_then(|accepted| accepted.aliases.get(&line.uid));
        let found = known.cloned().or_else(|| {
            let (k, from) = (own_number(till, line.uid.as_str())?, created_from?);
            let ids =
                ids.get_or_insert_with(|| line_ids(from).into_iter().map(|(uid, id)| (id, uid)).collect());
            let uid = ids.get(&k)?;
            let product =
                |fields: &tillsync_core::json::Fields| fields.get("product_id").and_then(Value::as_i64);
            (product(&from.line(uid)?.fields) == product(&line.fields)).then(|| uid.clone())
        });
        if let Some(uid) = found.filter(|uid| sent.view.line(uid).is_none()) {
            aliases.0.insert(line.uid.clone(), uid);
        }
    }
    aliases
}

/// The `k` of a name `S-L-N-k` of this till's.
fn own_number(till: &Till, uid: &str) -> Option<i64> {
    let (session, login) = till.as_str().strip_prefix("odoo-")?.split_once('-')?;
    let mut parts = uid.splitn(4, '-');
    let same = |part: Option<&str>, own: &str| part.is_some_and(|part| part.trim_start_matches('0') == own);
    let is_own = same(parts.next(), session) && same(parts.next(), login);
    parts.next()?;
    parts.next().filter(|_| is_own)?.parse().ok()
}

impl Aliases {
    /// Whether there are any.
    pub fn renamed(&self) -> Renamed {
        if self.0.is_empty() { Renamed::None } else { Renamed::Some }
    }

    /// The view with its lines under their true names.
    pub fn view(&self, sent: &View) -> View {
        let mut view = sent.clone();
        for line in &mut view.lines {
            if let Some(uid) = self.0.get(&line.uid) {
                line.uid = uid.clone();
            }
        }
        view
    }

    /// What the lines say of the messages that brought them, by their true names.
    pub fn marks(&self, sent: &SentOrder) -> BTreeMap<LineUid, Painted> {
        let mark = |(uid, marks): (&LineUid, &crate::sent::LineMarks)| {
            Some((self.0.get(uid).unwrap_or(uid).clone(), marks.painted?))
        };
        sent.line_marks.iter().filter_map(mark).collect()
    }

    /// Own names to true ones.
    pub fn into_inner(self) -> BTreeMap<LineUid, LineUid> {
        self.0
    }
}
