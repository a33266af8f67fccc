//! What a till showed before its user acted: what its update is compared with.
//!
//! A till says that itself, by the marks ([`Painted`]) that messages have left on its orders and lines. Whoever
//! sends none has taken no message about the order, or is no till of ours (a recording, a script): then the
//! revision that it claims is all there is to go by.

use std::collections::BTreeMap;
use std::sync::Arc;

use rust_decimal::Decimal;
use serde_json::Value;
use tillsync_core::diff::{LineView, View};
use tillsync_core::id::LineUid;
use tillsync_core::json::{self, Fields};
use tillsync_core::order::{Order, QTY};

use crate::painted::{Painted, Reach};
use crate::sent::SentOrder;
use crate::shadow::Accepted;

/// Former versions that one question can ask for. What a till shows of lines that were changed since is a few
/// messages old at most: each message that tells of the order repaints them.
const NEEDS_MAX: usize = 6;

/// What a till showed of an order.
#[derive(Default)]
pub struct Before<'a> {
    /// The order's own fields; none when that is not known, and then no value is an edit.
    pub fields: Option<Was<'a>>,
    /// Lines that the till can have had.
    lines: BTreeMap<&'a LineUid, Was<'a>>,
    /// Lines that it had, in order, and their quantities: one that it sends no more was removed there.
    pub had: Vec<(&'a LineUid, Decimal)>,
}

/// What fields were on a till.
#[derive(Debug, Clone, Copy)]
pub struct Was<'a> {
    shown: &'a Fields,
    /// Another version of them, and what that one is good for.
    other: Option<(&'a Fields, Other)>,
}

/// What another version of the fields is good for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Other {
    /// It says what the first one lacks.
    Supplement,
    /// The till may also have kept it where it does not take everything from messages.
    KeptPerhaps,
    /// The till may as well have shown this one.
    ShownPerhaps,
}

/// Fields that the client takes from every message that repaints: what it then sends was shown or typed.
const ALWAYS_TAKEN: [&str; 4] = [QTY, "price_unit", "discount", "partner_id"];

impl<'a> Was<'a> {
    fn shown(shown: &'a Fields) -> Self {
        Self { shown, other: None }
    }

    fn or(self, other: Option<&'a Fields>, good_for: Other) -> Self {
        Self { other: other.map(|other| (other, good_for)), ..self }
    }

    /// The value before the edit that `sent` is; none if it is no edit.
    pub fn before(&self, field: &str, sent: &Value) -> Option<Option<&'a Value>> {
        let other = self.other.and_then(|(fields, good_for)| Some((fields.get(field)?, good_for)));
        let shown = self.shown.get(field).or(other.map(|(value, _)| value));
        let as_other = other.is_some_and(|(value, good_for)| {
            value == sent
                && match good_for {
                    Other::Supplement => false,
                    Other::KeptPerhaps => !ALWAYS_TAKEN.contains(&field),
                    Other::ShownPerhaps => true,
                }
        });
        (shown != Some(sent) && !as_other).then_some(shown)
    }

    /// All that the till showed of it.
    pub fn fields(&self) -> Fields {
        self.shown.clone()
    }

    /// The quantity; zero if there was none.
    pub fn qty(&self) -> Decimal {
        qty(self.shown)
    }
}

fn qty(fields: &Fields) -> Decimal {
    fields.get(QTY).and_then(|value| json::amount(value).ok()).unwrap_or_default()
}

impl<'a> Before<'a> {
    /// What the line was, if the till can have had it.
    pub fn line(&self, uid: &LineUid) -> Option<Was<'a>> {
        self.lines.get(uid).copied()
    }
}

/// An order's former versions, as far as a question needs them.
#[derive(Default)]
pub struct Former(BTreeMap<u64, Arc<Order>>);

impl Former {
    /// Those of the revisions that can be found.
    pub fn find(revisions: &[u64], at: impl Fn(u64) -> Option<Arc<Order>>) -> Self {
        Self(revisions.iter().filter_map(|revision| Some((*revision, at(*revision)?))).collect())
    }

    fn at(&self, revision: u64) -> Option<&Order> {
        self.0.get(&revision).map(|order| &**order)
    }

    /// The order as the till created it, if it took one message about it and no more.
    pub fn created_from(&self, question: &Question) -> Option<&Order> {
        match question.painted {
            Some(painted) => self.at(painted.revision),
            None => self.at(question.claim),
        }
    }

    /// The line as it was when this was delivered.
    fn line<'a>(&'a self, now: &'a Order, uid: &LineUid, painted: Painted) -> Option<&'a Fields> {
        let unchanged = now.line(uid).filter(|line| line.changed <= painted.revision);
        let line = unchanged.or_else(|| self.at(painted.revision)?.line(uid))?;
        Some(&line.fields)
    }
}

/// What an update has to be compared with.
#[derive(Clone, Copy)]
pub struct Question<'a> {
    /// The order as it is now.
    pub now: &'a Order,
    /// The revision that the till claims.
    pub claim: u64,
    /// The message that the till took last.
    pub painted: Option<Painted>,
    /// What it was last accepted with.
    pub accepted: Option<&'a Accepted>,
}

impl<'a> Question<'a> {
    /// By an update.
    pub fn update(now: &'a Order, sent: &SentOrder, accepted: Option<&'a Accepted>) -> Self {
        let ours = |painted: &Painted| (now.first_revision..=now.revision).contains(&painted.revision);
        Self { now, claim: sent.revision, painted: sent.painted.filter(ours), accepted }
    }

    /// By a message that says nothing but a revision.
    pub fn claim(now: &'a Order, claim: u64, accepted: Option<&'a Accepted>) -> Self {
        Self { now, claim, painted: None, accepted }
    }

    /// The message that the till took after its last accepted update, or ever; none if there was none.
    fn taken_since(&self) -> Option<Painted> {
        self.painted.filter(|painted| self.accepted.and_then(|accepted| accepted.painted) != Some(*painted))
    }

    /// The revisions of which the content is needed.
    pub fn needs(&self, sent: Option<&SentOrder>) -> Vec<u64> {
        let mut needs = Vec::new();
        if self.painted.is_none() {
            match self.held() {
                Some(held) => needs.extend([held.revision, held.base]),
                None => needs.extend(
                    [Some(self.claim), self.accepted.map(|accepted| accepted.base)].into_iter().flatten(),
                ),
            }
        }
        needs.extend(self.taken_since().map(|painted| painted.revision));
        for (uid, marks) in sent.iter().flat_map(|sent| &sent.line_marks) {
            let Some(painted) = marks.painted else { continue };
            let known = self.accepted.is_some_and(|accepted| accepted.painted_line(uid) == Some(painted));
            let unchanged = self.now.line(uid).is_some_and(|line| line.changed <= painted.revision);
            if !known && !unchanged {
                needs.push(painted.revision);
            }
        }
        needs.retain(|revision| (self.now.first_revision..=self.now.revision).contains(revision));
        needs.sort_unstable();
        needs.dedup();
        needs.drain(..needs.len().saturating_sub(NEEDS_MAX));
        needs
    }

    /// The accepted update, if the till has had the answer to it, but not yet the message that repaints.
    pub fn held(&self) -> Option<&'a Accepted> {
        self.accepted
            .filter(|accepted| accepted.answered == self.claim && accepted.answered != accepted.revision)
    }

    /// The latest revision of which the till showed everything that others did.
    pub fn seen(&self) -> u64 {
        match (self.taken_since(), self.accepted) {
            (Some(Painted { revision, reach: Reach::Repaints, .. }), _) => revision,
            (Some(Painted { reach: Reach::BringsOnly, .. }), Some(accepted)) => accepted.seen,
            (None, Some(accepted)) if self.painted.is_some() => accepted.seen,
            (Some(Painted { revision, reach: Reach::BringsOnly, .. }), None) => revision,
            (None, accepted) => self
                .held()
                .or(accepted.filter(|accepted| accepted.claim == self.claim))
                .map_or(self.claim, |accepted| accepted.seen),
        }
    }

    /// What the till showed. `sent` has the lines under their true names; `marks` finds what a line says itself.
    pub fn before(
        &self,
        former: &'a Former,
        sent: &'a View,
        mark: impl Fn(&LineUid) -> Option<Painted>,
    ) -> Before<'a> {
        match (self.painted, self.taken_since(), self.accepted) {
            (Some(_), None, Some(accepted)) => as_accepted(accepted),
            (Some(_), Some(taken), accepted) => match former.at(taken.revision) {
                Some(then) => self.as_marked(former, sent, mark, taken, then, accepted),
                None => Before::default(),
            },
            (None | Some(_), _, _) => self.as_claimed(former),
        }
    }

    /// By the marks: the till took a message since its last accepted update.
    fn as_marked(
        &self,
        former: &'a Former,
        sent: &'a View,
        mark: impl Fn(&LineUid) -> Option<Painted>,
        taken: Painted,
        then: &'a Order,
        accepted: Option<&'a Accepted>,
    ) -> Before<'a> {
        let own =
            |uid: &LineUid| accepted.and_then(|accepted| accepted.view.line(uid)).map(|line| &line.fields);
        let mut before = Before {
            fields: Some(
                Was::shown(&then.fields)
                    .or(accepted.map(|accepted| &accepted.view.fields), Other::KeptPerhaps),
            ),
            ..Before::default()
        };
        for line in &sent.lines {
            let uid = &line.uid;
            let painted = mark(uid);
            let repainted = painted != accepted.and_then(|accepted| accepted.painted_line(uid));
            let was = match (painted, own(uid)) {
                (_, Some(own)) if !repainted => Some(Was::shown(own)),
                (Some(painted), own) => former
                    .line(self.now, uid, painted)
                    .map(|fields| Was::shown(fields).or(own, Other::KeptPerhaps)),
                // As the till created it from the message, under a name of its own.
                (None, own) => own.or(then.line(uid).map(|line| &line.fields)).map(Was::shown),
            };
            was.into_iter().for_each(|was| {
                before.lines.insert(uid, was);
            });
        }
        for line in &then.lines {
            let was = match (before.line(&line.uid), taken.reach, own(&line.uid)) {
                (Some(was), ..) => was,
                (None, Reach::BringsOnly, Some(own)) => Was::shown(own),
                (None, Reach::BringsOnly | Reach::Repaints, _) => Was::shown(&line.fields),
            };
            before.lines.insert(&line.uid, was);
            before.had.push((&line.uid, was.qty()));
        }
        before
    }

    /// By the claimed revision: without marks it is open whether what was delivered since has been painted.
    fn as_claimed(&self, former: &'a Former) -> Before<'a> {
        let (newer, certain) = match (self.held(), self.accepted) {
            (Some(held), _) => (Some(held), true),
            (None, Some(accepted)) if accepted.revision > self.claim => {
                (Some(accepted), accepted.claim == self.claim)
            }
            (None, _) => (None, false),
        };
        let revision = self.held().map_or(self.claim, |held| held.revision);
        let Some(claimed) = former.at(revision) else {
            return if certain { newer.map(as_accepted).unwrap_or_default() } else { Before::default() };
        };
        let mut before = Before::default();
        let Some(newer) = newer else {
            before.fields = Some(Was::shown(&claimed.fields));
            for line in &claimed.lines {
                before.lines.insert(&line.uid, Was::shown(&line.fields));
                before.had.push((&line.uid, line.qty()));
            }
            return before;
        };
        let good_for = if certain { Other::Supplement } else { Other::ShownPerhaps };
        before.fields = Some(Was::shown(&newer.view.fields).or(Some(&claimed.fields), good_for));
        for line in &newer.view.lines {
            let then = claimed.line(&line.uid).map(|line| &line.fields);
            let was = match then.filter(|_| self.held().is_some_and(|held| held.is_renamed(&line.uid))) {
                // The answer has it under its true name, which the till did not know: it came as it is there.
                Some(then) => Was::shown(then),
                None => Was::shown(&line.fields).or(then, good_for),
            };
            before.lines.insert(&line.uid, was);
            // A line that the claimed revision lacks may have been painted away.
            if certain || then.is_some() {
                before.had.push((&line.uid, line.qty()));
            }
        }
        // What that update knew and lacked, it had removed already.
        let base = former.at(newer.base);
        for line in claimed.lines.iter().filter(|line| newer.view.line(&line.uid).is_none()) {
            before.lines.insert(&line.uid, Was::shown(&line.fields));
            if base.is_none_or(|base| base.line(&line.uid).is_none()) {
                before.had.push((&line.uid, line.qty()));
            }
        }
        before
    }
}

/// The till took nothing since.
fn as_accepted(accepted: &Accepted) -> Before<'_> {
    Before {
        fields: Some(Was::shown(&accepted.view.fields)),
        lines: accepted.view.lines.iter().map(|line| (&line.uid, Was::shown(&line.fields))).collect(),
        had: accepted.view.lines.iter().map(|line| (&line.uid, line.qty())).collect(),
    }
}

impl Before<'_> {
    /// The order as the till showed it.
    pub fn view(&self) -> View {
        let line = |(uid, _): &(&LineUid, Decimal)| {
            Some(LineView { uid: LineUid::clone(uid), fields: self.line(uid)?.fields() })
        };
        View {
            fields: self.fields.map(|was| was.fields()).unwrap_or_default(),
            lines: self.had.iter().filter_map(line).collect(),
        }
    }
}
