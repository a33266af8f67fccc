//! Orders as Odoo's clients read them.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use rust_decimal::Decimal;
use serde_json::Value;
use tillsync_core::diff::{LineView, View};
use tillsync_core::id::LineUid;
use tillsync_core::json::{self as json_rules, Fields};
use tillsync_core::order::{Line, Order};

use crate::fields::{Kind, line_kind, order_kind};
use crate::sent::{QTY_COUNTED, SentOrder};

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

/// A short stand-in for what a till shows of each line: lines with equal marks look the same.
pub type Looks = BTreeMap<LineUid, u64>;

/// How the lines of an order look.
pub fn looks(order: &Order) -> Looks {
    order.lines.iter().map(|line| (line.uid.clone(), look(line))).collect()
}

/// How the lines of an order look on the till that sent it; `names` are their true uids, in order. A line that
/// looks there as it is has the look that it has in `order`.
pub fn looks_sent<'a>(sent: &SentOrder, names: impl Iterator<Item = &'a LineUid>, order: &Order) -> Looks {
    let look = |(line, name): (&LineView, &LineUid)| {
        let same = order.line(name).filter(|now| shows_line(&line.fields, &now.fields));
        // Who changed it last, the till writes itself; who added it, it has to be told.
        let created = sent.line_marks.get(&line.uid).and_then(|marks| marks.created.as_ref());
        let same = same.filter(|now| created == Some(&now.added));
        (name.clone(), same.map_or(ANOTHER_LOOK, look))
    };
    sent.view.lines.iter().zip(names).map(look).collect()
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

fn shows_line(sent: &Fields, now: &Fields) -> bool {
    same(sent, now, line_kind)
}

fn same(sent: &Fields, now: &Fields, kind: impl Fn(&str) -> Kind) -> bool {
    let equal = |one: &Value, other: &Value| {
        let amounts = || json_rules::amount(one).ok().zip(json_rules::amount(other).ok());
        one == other || (one.is_number() && amounts().is_some_and(|(one, other)| one == other))
    };
    sent.iter().all(|(field, value)| match kind(field) {
        Kind::Derived | Kind::Own | Kind::Ours | Kind::Sticky | Kind::Reference => true,
        Kind::Map | Kind::Tap | Kind::Set => now.get(field).is_some_and(|now| equal(value, now)),
    })
}

/// The look of a line that looks in another way than the order has it.
const ANOTHER_LOOK: u64 = 0;

fn look(line: &Line) -> u64 {
    let mut hash = DefaultHasher::new();
    for (field, value) in line.fields.iter().filter(|(field, _)| line_kind(field).is_content()) {
        (field, value).hash(&mut hash);
    }
    for mark in [Some(&line.added), line.edited.as_ref()] {
        mark.map(|mark| (mark.user.id, &mark.user.name, mark.pos.id, &mark.pos.name)).hash(&mut hash);
    }
    hash.finish().max(ANOTHER_LOOK + 1)
}

/// The lines that a till which shows `shown` has to repaint.
pub fn differing(now: &Looks, shown: &Looks) -> Flags {
    let differs = |(uid, look): &(&LineUid, &u64)| shown.get(*uid) != Some(*look);
    Flags::Lines(now.iter().filter(differs).map(|(uid, _)| uid.clone()).collect())
}

/// The number (`id`) that each line has in messages. A till that creates an order from a message names line `k`
/// `S-L-N-k`, so no line may get the number in which *another* line's uid ends: the till would take the one for
/// the other. A number that two uids end in is nobody's.
pub fn line_ids(order: &Order) -> BTreeMap<LineUid, i64> {
    let ends = |uid: &LineUid| {
        uid.as_str().rsplit('-').next().and_then(|end| end.parse::<i64>().ok()).filter(|k| *k > 0)
    };
    let all = order.lines.iter().chain(order.removed.iter().map(|gone| &gone.line));
    let mut count: BTreeMap<i64, usize> = BTreeMap::new();
    for end in all.filter_map(|line| ends(&line.uid)) {
        *count.entry(end).or_default() += 1;
    }
    let mut next = count.keys().max().copied().unwrap_or(0);
    let number = |line: &Line| {
        let own = ends(&line.uid).filter(|end| count.get(end) == Some(&1));
        let id = own.unwrap_or_else(|| {
            next += 1;
            next
        });
        (line.uid.clone(), id)
    };
    order.lines.iter().map(number).collect()
}

/// The session and login that last changed the order, as its messages name them; 0 and 0 for the server.
pub fn last_sender(order: &Order) -> (i64, i64) {
    let number = |field: &str| order.carried.get(field).and_then(Value::as_i64).unwrap_or(0);
    (number("session_id"), number("login_number"))
}

fn field(fields: &Fields, name: &str) -> Option<Decimal> {
    json_rules::amount(fields.get(name)?).ok()
}

/// Quantity times price less discount: what a line costs before or after tax, as its till's prices are.
fn worth(line: &Line) -> Decimal {
    let price = field(&line.fields, "price_unit").unwrap_or_default();
    let discount = field(&line.fields, "discount").unwrap_or_default();
    line.qty() * price * (Decimal::ONE - discount / Decimal::ONE_HUNDRED)
}

/// A line's totals without and with tax: as its till computed them or, when others changed the quantity since,
/// scaled with it.
pub(crate) fn line_totals(line: &Line) -> [(&'static str, Decimal); 2] {
    let counted = field(&line.carried, QTY_COUNTED).filter(|counted| !counted.is_zero());
    ["price_subtotal", "price_subtotal_incl"].map(|name| {
        let total = match (field(&line.carried, name), counted) {
            (Some(total), Some(counted)) if counted != line.qty() => {
                (total * line.qty() / counted).round_dp(6)
            }
            (Some(total), Some(_)) => total,
            (_, None) | (None, _) => worth(line).round_dp(6),
        };
        (name, total)
    })
}

/// The order's totals, where those that the last till computed no longer fit the lines.
pub(crate) fn totals(order: &Order) -> Fields {
    let (mut without, mut with_tax) = (Decimal::ZERO, Decimal::ZERO);
    for line in &order.lines {
        let [(_, excluded), (_, included)] = line_totals(line);
        (without, with_tax) = (without + excluded, with_tax + included);
    }
    let carried = field(&order.carried, "amount_total");
    // Tills round cash; what is less than two hundredths away is theirs.
    if carried.is_some_and(|total| (total - with_tax).abs() < Decimal::new(2, 2)) {
        return Fields::new();
    }
    let (without, with_tax) = (without.round_dp(2), with_tax.round_dp(2));
    [("amount_total", with_tax), ("amount_tax", with_tax - without)]
        .map(|(name, total)| (name.to_owned(), json_rules::number(total)))
        .into_iter()
        .collect()
}
