//! Lines under names of a till's own.
//!
//! A till that creates an order from a message names line number `k` of it `S-L-N-k`, after its own session and
//! login. Until the next message about the order it sends the lines under those names.

use std::collections::BTreeMap;
use std::sync::Arc;

use serde_json::Value;
use tillsync_core::diff::View;
use tillsync_core::id::{LineUid, Till};
use tillsync_core::json::Fields;
use tillsync_core::order::Order;

use crate::before::{Former, Question};
use crate::encode::line_ids;
use crate::message::session_and_login;
use crate::painted::Painted;
use crate::sent::SentOrder;
use crate::shadow::Accepted;

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
/// the order from, and against what the page before this one called its lines, which is in the order or in one that
/// came out of it; with another product under it, the line is a new one.
pub fn true_names(
    till: &Till,
    sent: &SentOrder,
    question: &Question,
    former: &Former,
    follow_ups: &[Arc<Order>],
) -> Aliases {
    let mut aliases = Aliases::default();
    let order = question.now;
    let created_from = former.created_from(question);
    let mut ids: Option<BTreeMap<i64, LineUid>> = None;
    for line in &sent.view.lines {
        if order.line(&line.uid).is_some() || order.removed_line(&line.uid).is_some() {
            continue;
        }
        let known = question.accepted.and_then(|accepted| accepted.aliases.get(&line.uid));
        let brought = || {
            let (Name { k, .. }, from) = (Name::of_till(&line.uid, till)?, created_from?);
            let ids =
                ids.get_or_insert_with(|| line_ids(from).into_iter().map(|(uid, id)| (id, uid)).collect());
            let uid = ids.get(&k)?;
            (product(&from.line(uid)?.fields) == product(&line.fields)).then(|| uid.clone())
        };
        let stored = || {
            let lines = follow_ups.iter().flat_map(|other| &other.lines).chain(&order.lines);
            let mut same = lines.filter(|known| product(&known.fields) == product(&line.fields));
            let name = Name::of_till(&line.uid, till)?;
            same.find(|known| name.is_as_on_page_before(&known.uid)).map(|known| known.uid.clone())
        };
        let found = known.cloned().or_else(brought).or_else(stored);
        if let Some(uid) = found.filter(|uid| sent.view.line(uid).is_none()) {
            aliases.0.insert(line.uid.clone(), uid);
        }
    }
    aliases
}

fn product(fields: &Fields) -> Option<i64> {
    fields.get("product_id").and_then(Value::as_i64)
}

/// A line's name as a page gives it.
#[derive(Clone, Copy)]
struct Name<'a> {
    session: i64,
    login: i64,
    /// The order's number, as the page wrote it.
    number: &'a str,
    /// The line's, on that page.
    k: i64,
}

impl<'a> Name<'a> {
    fn read(uid: &'a LineUid) -> Option<Self> {
        let mut parts = uid.as_str().splitn(4, '-');
        let session = parts.next()?.parse().ok()?;
        let login = parts.next()?.parse().ok()?;
        Some(Self { session, login, number: parts.next()?, k: parts.next()?.parse().ok()? })
    }

    /// The name, if this till's page gave it.
    fn of_till(uid: &'a LineUid, till: &Till) -> Option<Self> {
        Self::read(uid).filter(|name| session_and_login(till) == Some((name.session, name.login)))
    }

    /// Whether a page of the same session, with another login, called the line so: a page that is loaded anew names
    /// the lines of the orders that it has kept after its own login.
    fn is_as_on_page_before(&self, other: &LineUid) -> bool {
        Name::read(other).is_some_and(|other| {
            other.session == self.session
                && other.login != self.login
                && other.number == self.number
                && other.k == self.k
        })
    }
}

impl Aliases {
    /// Whether there are any.
    pub fn renamed(&self) -> Renamed {
        if self.0.is_empty() { Renamed::None } else { Renamed::Some }
    }

    /// Whether a till that was accepted so has let the order go since, and created it anew from a message: there it has
    /// names of its own for lines that it knew by their true ones.
    pub fn are_of_another_life(&self, accepted: &Accepted) -> bool {
        let was_known = |(own, uid): (&LineUid, &LineUid)| {
            accepted.view.line(uid).is_some() && !accepted.aliases.contains_key(own)
        };
        self.0.iter().any(was_known)
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
