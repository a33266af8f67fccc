//! The history of an order in words: what each entry of the log did to it, seen from how the order was before.

use std::collections::BTreeMap;

use rust_decimal::Decimal;
use serde::Serialize;
use serde_json::Value;
use tillsync_core::event::{Attention, Change, Event};
use tillsync_core::id::{LineUid, OrderUid};
use tillsync_core::json::{self, Fields, amount};
use tillsync_core::money::Money;
use tillsync_core::multi_session::MultiSession;
use tillsync_core::operation::Operation;
use tillsync_core::order::{Line, Order, OrderState, OriginReason};
use utoipa::ToSchema;

use super::{Named, Names};

/// Something that happened to an order.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Happened {
    /// Its place in the log.
    pub seq: u64,
    /// The server's time, in milliseconds since 1970.
    pub time_ms: u64,
    /// The device's own, where it said it.
    pub device_time_ms: Option<u64>,
    /// Who.
    pub user: Named,
    /// Where.
    pub pos: Named,
    /// On which device, and with which login there.
    pub device: String,
    /// What kind of thing it was, most of all.
    pub kind: Doing,
    /// What it was, in words.
    pub text: String,
    /// Each thing that was done.
    pub details: Vec<Detail>,
}

/// One thing that was done.
#[derive(Debug, Clone, PartialEq, Serialize, ToSchema)]
pub struct Detail {
    /// What kind of thing.
    pub kind: Doing,
    /// In words.
    pub text: String,
}

/// What kinds of things happen to an order, those that weigh most last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Doing {
    /// Looked at, or nothing that people would notice.
    Touched,
    /// A field was set.
    Changed,
    /// A line, or more of one.
    Added,
    /// To another order, or from it.
    Moved,
    /// The order was begun.
    Created,
    /// Another run, another number.
    Renumbered,
    /// What came too late was kept.
    Kept,
    /// Money.
    Paid,
    /// Paid, and closed.
    Closed,
    /// Left open when its run ended.
    Unpaid,
    /// A draft again.
    Restored,
    /// A manager should look.
    Attention,
    /// Somebody has looked.
    Resolved,
    /// A line, or some of one, was taken off.
    Removed,
    /// The order was deleted.
    Deleted,
}

/// Tells what happened to one order, entry by entry.
pub struct Teller<'a> {
    uid: OrderUid,
    names: &'a Names,
    /// The order as it was before the next entry.
    state: MultiSession,
}

impl<'a> Teller<'a> {
    /// From the beginning of an order's history.
    pub fn new(uid: &OrderUid, names: &'a Names) -> Self {
        Self { uid: uid.clone(), names, state: MultiSession::default() }
    }

    /// The next entry of the history.
    pub fn tell(&mut self, event: &Event) -> Happened {
        let is_move = event.changes.iter().filter_map(Change::order).any(|uid| *uid != self.uid);
        let mut details = Vec::new();
        for change in &event.changes {
            let is_about = change.order() == Some(&self.uid);
            let order = self.state.order(&self.uid);
            if is_about {
                self.tell_change(change, order.as_deref(), is_move, &mut details);
            }
        }
        self.state.evolve(event);
        details.dedup();
        let heaviest = details.iter().max_by_key(|detail| detail.kind);
        let kind = heaviest.map_or(Doing::Touched, |detail| detail.kind);
        let text = match details.as_slice() {
            [] => "changed nothing that shows".to_owned(),
            details => details.iter().map(|detail| detail.text.as_str()).collect::<Vec<_>>().join("; "),
        };
        let mark = &event.author.mark;
        Happened {
            seq: event.seq,
            time_ms: event.time_ms,
            device_time_ms: event.author.device_time_ms,
            user: (&mark.user).into(),
            pos: (&mark.pos).into(),
            device: event.author.till.to_string(),
            kind,
            text,
            details,
        }
    }

    fn tell_change(&self, change: &Change, order: Option<&Order>, is_move: bool, told: &mut Vec<Detail>) {
        let mut tell = |kind: Doing, text: String| told.push(Detail { kind, text });
        match change {
            Change::Registered(new) => {
                let number = new.number;
                tell(
                    Doing::Created,
                    match &new.origin {
                        None => format!("began order {number}"),
                        Some(origin) => format!("made order {number}: {}", reason(origin.reason)),
                    },
                );
                for line in &new.lines {
                    tell(Doing::Added, format!("added {}", self.goods(&line.fields)));
                }
                self.tell_fields(&new.fields, &mut tell);
            }
            Change::Updated { operations, .. } => {
                for operation in operations {
                    self.tell_operation(operation, order, is_move, &mut tell);
                }
            }
            Change::PaymentTaken { payment, .. } => {
                let money = Money::by([payment].into_iter());
                let given: Vec<String> = money
                    .methods
                    .iter()
                    .map(|method| format!("{} {}", plain(method.amount), method.name))
                    .collect();
                let given = if given.is_empty() { "money".into() } else { given.join(" and ") };
                tell(Doing::Paid, format!("took {given}"));
            }
            Change::Paid { receipt, .. } => tell(
                Doing::Closed,
                match receipt {
                    Some(receipt) => format!("closed it as paid, receipt {receipt}"),
                    None => "closed it as paid".into(),
                },
            ),
            Change::PaymentMoved { to, .. } => {
                tell(Doing::Attention, format!("a payment went to an order of its own, {to}"));
            }
            Change::Deleted { .. } => tell(Doing::Deleted, "deleted the order".into()),
            Change::Unpaid { .. } => tell(Doing::Unpaid, "left it unpaid when the run ended".into()),
            Change::Renumbered { run, number, .. } => {
                let was_off = order.is_some_and(|order| order.state != OrderState::Draft);
                match was_off {
                    true => {
                        tell(Doing::Restored, format!("made it a draft again: order {number} of run {run}"))
                    }
                    false => tell(Doing::Renumbered, format!("carried it on: order {number} of run {run}")),
                }
            }
            Change::FollowUp { follow_up, .. } => {
                tell(Doing::Moved, format!("order {follow_up} came out of it"));
            }
            Change::KeptAside { operations, .. } => {
                tell(Doing::Kept, format!("came too late, and was kept ({} changes)", operations.len()));
                for operation in operations {
                    self.tell_operation(operation, order, true, &mut |_, text| {
                        tell(Doing::Kept, format!("too late: {text}"));
                    });
                }
            }
            Change::Attention { about, .. } => tell(Doing::Attention, matter(about)),
            Change::Resolved { note, .. } => tell(
                Doing::Resolved,
                match note.trim() {
                    "" => "looked at it: it is settled".into(),
                    note => format!("looked at it: {note}"),
                },
            ),
            _ => {}
        }
    }

    fn tell_operation(
        &self,
        operation: &Operation,
        order: Option<&Order>,
        is_move: bool,
        tell: &mut impl FnMut(Doing, String),
    ) {
        let line = operation.line().and_then(|uid| order?.line(uid));
        let taken = if is_move { Doing::Moved } else { Doing::Removed };
        let took = if is_move { "moved" } else { "removed" };
        match operation {
            Operation::AddLine { fields, .. } => {
                let (kind, did) = if is_move { (Doing::Moved, "got") } else { (Doing::Added, "added") };
                tell(kind, format!("{did} {}", self.goods(fields)));
            }
            // Somebody counted it down to nothing before: that was the removal.
            Operation::RemoveLine { .. } if line.is_some_and(|line| line.qty().is_zero()) => {
                let name = line.map_or_else(|| "a line".into(), |line| self.product(&line.fields));
                tell(Doing::Changed, format!("took the empty line of {name} off"));
            }
            Operation::RemoveLine { line: uid, .. } => {
                let goods = line.map_or_else(|| unknown(uid), |line| self.goods(&line.fields));
                tell(taken, format!("{took} {goods}"));
            }
            Operation::Increment { field, by, .. } if field == "qty" => {
                let name = line.map_or_else(|| "a line".into(), |line| self.product(&line.fields));
                let qty = line.map(Line::qty).unwrap_or_default();
                let more = by.abs().normalize();
                match is_less(qty, qty + by) {
                    true => tell(taken, format!("{took} {more} × {name} ({} left)", (qty + by).normalize())),
                    false => {
                        tell(Doing::Added, format!("added {more} × {name} ({} now)", (qty + by).normalize()))
                    }
                }
            }
            Operation::Set { line: Some(_), field, key: None, value } if field == "qty" => {
                let name = line.map_or_else(|| "a line".into(), |line| self.product(&line.fields));
                let qty = line.map(Line::qty).unwrap_or_default();
                let now = value.as_ref().and_then(|value| amount(value).ok()).unwrap_or_default();
                let (before, after) = (qty.normalize(), now.normalize());
                match is_less(qty, now) {
                    true => tell(
                        taken,
                        format!(
                            "{took} {} × {name} ({before} before, {after} now)",
                            (qty - now).abs().normalize()
                        ),
                    ),
                    false => tell(Doing::Changed, format!("set {name} to {after} × ({before} before)")),
                }
            }
            Operation::Set { line: of, field, value, .. } => {
                let name = line.map(|line| format!(" of {}", self.product(&line.fields))).unwrap_or_default();
                let before = match of {
                    Some(_) => line.and_then(|line| line.fields.get(field)),
                    None => order.and_then(|order| order.fields.get(field)),
                };
                let (before, now) = (self.value(field, before), self.value(field, value.as_ref()));
                tell(Doing::Changed, format!("set {}{name} to {now} ({before} before)", words(field)));
            }
            Operation::Increment { field, by, .. } => {
                tell(Doing::Changed, format!("changed {} by {by}", words(field)));
            }
            Operation::Unite { field, values, .. } => {
                tell(Doing::Changed, format!("added {} to {}", values.len(), words(field)));
            }
        }
    }

    fn tell_fields(&self, fields: &Fields, tell: &mut impl FnMut(Doing, String)) {
        for field in ["partner_id", "table_id", "note"] {
            if let Some(value) =
                fields.get(field).filter(|value| !value.is_null() && **value != Value::Bool(false))
            {
                tell(Doing::Changed, format!("{}: {}", words(field), self.value(field, Some(value))));
            }
        }
    }

    fn goods(&self, fields: &Fields) -> String {
        let qty = fields.get("qty").and_then(|qty| amount(qty).ok()).unwrap_or(Decimal::ONE);
        format!("{} × {}", qty.normalize(), self.product(fields))
    }

    fn product(&self, fields: &Fields) -> String {
        let id = reference(fields.get("product_id"));
        id.map_or_else(|| "a line".into(), |id| self.names.get("product", id).name)
    }

    /// A value as people read it: what references point at by its name.
    fn value(&self, field: &str, value: Option<&Value>) -> String {
        let kind = match field {
            "partner_id" => Some("partner"),
            "fiscal_position_id" => Some("fiscal_position"),
            "pricelist_id" => Some("pricelist"),
            "table_id" => Some("table"),
            "product_id" => Some("product"),
            _ => None,
        };
        match (kind.zip(reference(value)), value) {
            (Some((kind, id)), _) => self.names.get(kind, id).name,
            (None, None | Some(Value::Null | Value::Bool(false))) => "nothing".into(),
            (None, Some(Value::String(text))) => format!("“{text}”"),
            (None, Some(value)) => value.to_string(),
        }
    }
}

/// What was taken off an order, in a few words: the newest first.
pub fn removals(history: &[Happened]) -> Option<String> {
    let last = history.iter().rev().find(|happened| happened.kind == Doing::Removed)?;
    let removed = last.details.iter().filter(|detail| detail.kind == Doing::Removed);
    // Without what stood there before and after, in brackets.
    let short =
        |text: &'_ str| text.trim_start_matches("removed ").split(" (").next().unwrap_or_default().to_owned();
    let what: Vec<String> = removed.map(|detail| short(&detail.text)).collect();
    Some(format!("{}, by {}", what.join(", "), last.user.name))
}

/// Why an order was made out of another one.
pub fn reason(reason: OriginReason) -> &'static str {
    match reason {
        OriginReason::AddedMeanwhile => "what others added while the other one was paid",
        OriginReason::AddedAfterwards => "what was added to one that was closed already",
        OriginReason::PaidTwice => "a second payment of one that was paid already",
        OriginReason::UidTaken => "another order had its name already",
        OriginReason::Split => "lines were moved out of another one",
    }
}

/// What a manager should know.
pub fn matter(about: &Attention) -> String {
    match about {
        Attention::TakenAway { lines } => {
            format!("it was paid with {} that another had taken away meanwhile", lines_text(lines))
        }
        Attention::DeletedThenPaid => "it had been deleted when its payment arrived".into(),
        Attention::PaidTwice { second } => format!("it was paid a second time: that money is order {second}"),
    }
}

/// An amount with as many decimals as most money has.
fn plain(amount: Decimal) -> String {
    let amount = amount.normalize();
    if amount.scale() == 1 { format!("{amount:.2}") } else { amount.to_string() }
}

fn lines_text(lines: &[LineUid]) -> String {
    match lines.len() {
        1 => "a line".into(),
        many => format!("{many} lines"),
    }
}

fn unknown(_: &LineUid) -> String {
    "a line".into()
}

fn is_less(before: Decimal, after: Decimal) -> bool {
    after.abs() < before.abs()
        || (!after.is_zero() && after.is_sign_negative() != before.is_sign_negative() && !before.is_zero())
}

/// The record that a field refers to, if it is there.
pub fn reference(value: Option<&Value>) -> Option<i64> {
    value.and_then(json::reference)
}

/// A field's name as people read it.
fn words(field: &str) -> String {
    let known: BTreeMap<&str, &str> = [
        ("partner_id", "the customer"),
        ("fiscal_position_id", "the fiscal position"),
        ("pricelist_id", "the pricelist"),
        ("table_id", "the table"),
        ("price_unit", "the price"),
        ("discount", "the discount"),
        ("note", "the note"),
        ("tax_ids", "the taxes"),
    ]
    .into();
    known.get(field).map_or_else(|| field.replace('_', " "), |words| (*words).to_owned())
}
