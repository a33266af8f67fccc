//! Orders as Odoo's clients read them.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{DefaultHasher, Hash, Hasher};

use rust_decimal::Decimal;
use serde_json::{Value, json};
use tillsync_core::author::Mark;
use tillsync_core::id::LineUid;
use tillsync_core::json::{self as json_rules, Fields};
use tillsync_core::order::{Line, Order};

use crate::fields::line_kind;
use crate::sent::{CARRIED_CHANGED, QTY_COUNTED, SentOrder};

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
    let look = |line: &Line| look(&line.fields, Some(&line.added), line.edited.as_ref());
    order.lines.iter().map(|line| (line.uid.clone(), look(line))).collect()
}

/// How the lines of an order look on the till that sent it; `names` are their true uids, in order.
pub fn looks_sent<'a>(sent: &SentOrder, names: impl Iterator<Item = &'a LineUid>) -> Looks {
    let marks = |uid: &LineUid| sent.line_marks.get(uid).cloned().unwrap_or_default();
    let look = |line: &tillsync_core::diff::LineView| {
        let marks = marks(&line.uid);
        look(&line.fields, marks.created.as_ref(), marks.changed.as_ref())
    };
    sent.view.lines.iter().zip(names).map(|(line, name)| (name.clone(), look(line))).collect()
}

fn look(fields: &Fields, created: Option<&Mark>, changed: Option<&Mark>) -> u64 {
    let mut hash = DefaultHasher::new();
    for (field, value) in fields.iter().filter(|(field, _)| line_kind(field).is_content()) {
        (field, value).hash(&mut hash);
    }
    for mark in [created, changed] {
        mark.map(|mark| (mark.user.id, &mark.user.name, mark.pos.id, &mark.pos.name)).hash(&mut hash);
    }
    hash.finish()
}

/// The lines that a till which may show any of `shown` has to repaint.
pub fn differing<'a>(now: &Looks, shown: impl Iterator<Item = &'a Looks>) -> Flags {
    let mut differing = BTreeSet::new();
    for looks in shown {
        let differs = |(uid, look): &(&LineUid, &u64)| looks.get(*uid) != Some(*look);
        differing.extend(now.iter().filter(differs).map(|(uid, _)| uid.clone()));
    }
    Flags::Lines(differing)
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

/// The `data` of an `update_order`, without its `message_ID`, which differs from POS to POS: a text that lacks
/// only `,"message_ID":N}`.
pub fn order_text(order: &Order, flags: &Flags) -> String {
    let mut data = order.fields.clone();
    data.extend(order.carried.iter().map(|(field, value)| (field.clone(), value.clone())));
    for not_data in ["session_id", "login_number"] {
        data.remove(not_data);
    }
    let changed = data.remove(CARRIED_CHANGED);
    let mut info = json!({"created": order.added});
    if let (Some(changed), Some(info)) = (changed, info.as_object_mut()) {
        info.insert("changed".into(), changed);
    }
    let ids = line_ids(order);
    let lines: Vec<Value> =
        order.lines.iter().map(|line| line_json(line, ids.get(&line.uid), flags)).collect();
    for (field, value) in [
        ("uid", json!(order.uid)),
        ("name", json!(format!("Order {}", order.uid))),
        ("revision_ID", json!(order.revision)),
        ("run_ID", json!(order.run)),
        ("sequence_number", json!(order.number)),
        ("new_order", json!(false)),
        ("order_on_server", json!(true)),
        ("ms_info", info),
        ("lines", json!(lines)),
    ] {
        data.insert(field.into(), value);
    }
    // The client falls over without these; without a customer's key it takes the customer away.
    for (field, value) in [
        ("statement_ids", json!([])),
        ("pos_session_id", json!(0)),
        ("user_id", json!(order.added.user.id)),
        ("partner_id", json!(false)),
    ] {
        data.entry(field).or_insert(value);
    }
    data.extend(totals(order));
    let mut text = Value::Object(data).to_string();
    text.pop();
    text
}

/// The session and login that last changed the order, as its messages name them; 0 and 0 for the server.
pub fn last_sender(order: &Order) -> (i64, i64) {
    let number = |field: &str| order.carried.get(field).and_then(Value::as_i64).unwrap_or(0);
    (number("session_id"), number("login_number"))
}

fn line_json(line: &Line, id: Option<&i64>, flags: &Flags) -> Value {
    let mut fields = line.fields.clone();
    fields.extend(line.carried.iter().map(|(field, value)| (field.clone(), value.clone())));
    fields.remove(QTY_COUNTED);
    fields.extend(line_totals(line).map(|(name, total)| (name.to_owned(), json_rules::number(total))));
    fields.insert("uid".into(), json!(line.uid));
    fields.insert("id".into(), json!(id));
    let mut info = json!({"created": line.added});
    if let (Some(edited), Some(info)) = (&line.edited, info.as_object_mut()) {
        info.insert("changed".into(), json!(edited));
    }
    fields.insert("ms_info".into(), info);
    fields.remove("is_changed");
    if flags.has(&line.uid) {
        fields.insert("is_changed".into(), json!(true));
    }
    json!([0, 0, fields])
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
fn line_totals(line: &Line) -> [(&'static str, Decimal); 2] {
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
fn totals(order: &Order) -> Fields {
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
