//! How an order looks on a till's screen, in short, and what the till has to repaint when it looks otherwise.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use serde_json::Value;
use tillsync_core::diff::{LineView, View};
use tillsync_core::id::LineUid;
use tillsync_core::json::{self as json_rules, Fields};
use tillsync_core::order::{Line, Order};

use crate::fields::{Kind, line_kind, order_kind};
use crate::sent::SentOrder;

/// Which lines a till repaints: those that carry `is_changed: true`.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
pub enum Flags {
    /// All of them: for a till that is not known.
    All,
    /// These.
    Lines(BTreeSet<LineUid>),
}

impl Flags {
    /// None.
    pub fn none() -> Self {
        Flags::Lines(BTreeSet::new())
    }

    /// Whether the line is repainted.
    pub fn has(&self, uid: &LineUid) -> bool {
        match self {
            Flags::All => true,
            Flags::Lines(lines) => lines.contains(uid),
        }
    }

    /// What either has.
    pub fn and(self, other: Flags) -> Flags {
        match (self, other) {
            (Flags::Lines(mut one), Flags::Lines(other)) => {
                one.extend(other);
                Flags::Lines(one)
            }
            (Flags::All, _) | (_, Flags::All) => Flags::All,
        }
    }
}

/// A short stand-in for what a till shows of an order: what has equal marks looks the same.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Looks {
    /// The order's own fields. A till takes them from every message about the order.
    head: u64,
    /// Each line. A till takes one that it lacks, or that is to be repainted.
    lines: BTreeMap<LineUid, u64>,
}

/// The look of what looks in another way than the order has it.
const ANOTHER_LOOK: u64 = 0;

impl Looks {
    /// How the order looks.
    pub fn of(order: &Order) -> Self {
        let lines = order.lines.iter().map(|line| (line.uid.clone(), look(line))).collect();
        Self { head: head(order), lines }
    }

    /// How the order looks on the till that sent it; `names` are its lines' true uids, in order. What looks there as
    /// it is has the look that it has in `order`.
    pub fn sent<'a>(sent: &SentOrder, names: impl Iterator<Item = &'a LineUid>, order: &Order) -> Self {
        let look = |(line, name): (&LineView, &LineUid)| {
            let same = order.line(name).filter(|now| shows_line(&line.fields, &now.fields));
            // Who changed it last, the till writes itself; who added it, it has to be told.
            let created = sent.line_marks.get(&line.uid).and_then(|marks| marks.created.as_ref());
            let same = same.filter(|now| created == Some(&now.added));
            (name.clone(), same.map_or(ANOTHER_LOOK, look))
        };
        let lines = sent.view.lines.iter().zip(names).map(look).collect();
        let shown = &sent.view.fields;
        let same = same(shown, &order.fields, order_kind) && shows_records(shown, &order.fields);
        let head = if same { head(order) } else { ANOTHER_LOOK };
        Self { head, lines }
    }

    /// Whether it has the line.
    pub fn has(&self, line: &LineUid) -> bool {
        self.lines.contains_key(line)
    }

    /// The till takes a message: lines that it lacks come, flagged ones are repainted, others go.
    pub fn take(&mut self, told: &Looks, flags: &Flags) {
        self.head = told.head;
        self.lines.retain(|uid, _| told.lines.contains_key(uid));
        for (uid, look) in &told.lines {
            if flags.has(uid) || !self.lines.contains_key(uid) {
                self.lines.insert(uid.clone(), *look);
            }
        }
    }

    /// The lines that a till which shows `shown` has to repaint to show this.
    pub fn flags_over(&self, shown: &Looks) -> Flags {
        let differs = |(uid, look): &(&LineUid, &u64)| shown.lines.get(*uid) != Some(*look);
        Flags::Lines(self.lines.iter().filter(differs).map(|(uid, _)| uid.clone()).collect())
    }

    /// Looks for tests: the head, and each line's.
    #[cfg(test)]
    pub(crate) fn made(head: u64, lines: &[(&str, u64)]) -> Self {
        Self { head, lines: lines.iter().map(|(uid, look)| (LineUid::new(*uid), *look)).collect() }
    }
}

fn head(order: &Order) -> u64 {
    finish(hash_content(&order.fields, order_kind))
}

fn look(line: &Line) -> u64 {
    let mut hash = hash_content(&line.fields, line_kind);
    for mark in [Some(&line.added), line.edited.as_ref()] {
        mark.map(|mark| (mark.user.id, &mark.user.name, mark.pos.id, &mark.pos.name)).hash(&mut hash);
    }
    finish(hash)
}

fn hash_content(fields: &Fields, kind: impl Fn(&str) -> Kind) -> DefaultHasher {
    let mut hash = DefaultHasher::new();
    for (field, value) in fields.iter().filter(|(field, _)| kind(field).is_content()) {
        (field, value).hash(&mut hash);
    }
    hash
}

fn finish(hash: DefaultHasher) -> u64 {
    hash.finish().max(ANOTHER_LOOK + 1)
}

/// Whether a till that shows `sent` shows the order as it is, as far as the till tells.
pub fn shows(sent: &View, order: &Order) -> bool {
    sent.lines.len() == order.lines.len()
        && same(&sent.fields, &order.fields, order_kind)
        && sent
            .lines
            .iter()
            .all(|line| order.line(&line.uid).is_some_and(|now| shows_line(&line.fields, &now.fields)))
}

/// Whether the till shows the records that the order names, where a message can make it do so.
fn shows_records(sent: &Fields, now: &Fields) -> bool {
    let record = |fields: &Fields, field: &str| fields.get(field).and_then(Value::as_i64);
    let shows = |field: &str| record(sent, field) == record(now, field);
    // The client takes a fiscal position from a message only when there is one.
    shows("partner_id") && (record(now, "fiscal_position_id").is_none() || shows("fiscal_position_id"))
}

fn shows_line(sent: &Fields, now: &Fields) -> bool {
    same(sent, now, line_kind)
}

fn same(sent: &Fields, now: &Fields, kind: impl Fn(&str) -> Kind) -> bool {
    let equal = |one: &Value, other: &Value| {
        let amounts = || json_rules::amount(one).ok().zip(json_rules::amount(other).ok());
        one == other || (one.is_number() && amounts().is_some_and(|(one, other)| one == other))
    };
    sent.iter().all(|(field, value)| match kind(field) {
        // Of a record that it does not know, a till shows none.
        Kind::Derived | Kind::Own | Kind::Ours | Kind::Sticky | Kind::Reference => true,
        Kind::Map | Kind::Tap | Kind::Set => now.get(field).is_some_and(|now| equal(value, now)),
    })
}
