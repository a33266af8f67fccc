//! An order as a till sends it, whole, taken apart into what people did and what the till says of itself.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;
use tillsync_core::author::{Mark, Pos, User};
use tillsync_core::diff::{LineView, View};
use tillsync_core::id::{LineUid, OrderUid, is_name};
use tillsync_core::json::{self, Fields};
use tillsync_core::operation::{FIELDS_MAX, LINES_MAX};
use tillsync_core::order::QTY;

use crate::error::WireError;
use crate::fields::{line_kind, order_kind};
use crate::message::{integer, member, object, order_uid, text, wrong};
use crate::painted::Painted;

/// The longest name of a field, in bytes.
const FIELD_NAME_BYTES_MAX: usize = 128;

/// The key under which the order's own `ms_info.changed` is carried.
pub(crate) const CARRIED_CHANGED: &str = "ms_changed";

/// The key under which the quantity is carried for which the till computed a line's totals.
pub(crate) const QTY_COUNTED: &str = "qty_counted";

/// An order as a till sent it.
#[derive(Debug, Clone, PartialEq)]
pub struct SentOrder {
    /// Its uid.
    pub uid: OrderUid,
    /// The revision that the till claims to have.
    pub revision: u64,
    /// The cashier's id.
    pub user_id: Option<i64>,
    /// What people can have changed.
    pub view: View,
    /// What the till says of itself.
    pub carried: Fields,
    /// The same for each line.
    pub carried_lines: BTreeMap<LineUid, Fields>,
    /// Who created the order, as the till has it.
    pub created: Option<Mark>,
    /// Who changed it last, as the till has it.
    pub changed: Option<Mark>,
    /// The message about it that the till took last, if any.
    pub painted: Option<Painted>,
    /// What each line's `ms_info` says.
    pub line_marks: BTreeMap<LineUid, LineMarks>,
}

/// A line's `ms_info`.
#[derive(Debug, Clone, Default, PartialEq)]
pub struct LineMarks {
    /// Who added it.
    pub created: Option<Mark>,
    /// Who changed it last.
    pub changed: Option<Mark>,
    /// The message that brought or last repainted it, if any did.
    pub painted: Option<Painted>,
}

impl SentOrder {
    /// Reads and checks the `data` of an `update_order`.
    pub fn read(data: &Fields) -> Result<Self, WireError> {
        let uid = order_uid(member(data, "uid")?, "uid")?;
        let mut sent = SentOrder {
            uid,
            revision: revision(data.get("revision_ID"))?,
            user_id: data.get("user_id").and_then(Value::as_i64),
            view: View::default(),
            carried: Fields::new(),
            carried_lines: BTreeMap::new(),
            created: None,
            changed: None,
            painted: Painted::read(data.get("ms_info")),
            line_marks: BTreeMap::new(),
        };
        (sent.created, sent.changed) = marks(data.get("ms_info"));
        check_fields(data)?;
        for (field, value) in data {
            if order_kind(field).is_content() {
                sent.view.fields.insert(field.clone(), value.clone());
            } else if is_carried(field) {
                sent.carried.insert(field.clone(), value.clone());
            }
        }
        if let Some(changed) =
            data.get("ms_info").and_then(|info| info.get("changed")).filter(|_| sent.changed.is_some())
        {
            sent.carried.insert(CARRIED_CHANGED.into(), changed.clone());
        }
        let lines = member(data, "lines")?.as_array().ok_or_else(|| wrong("lines", "a list"))?;
        if lines.len() > LINES_MAX {
            return Err(WireError::bad_request(format!("an order has {LINES_MAX} lines at most")));
        }
        let mut seen = BTreeSet::new();
        for line in lines {
            sent.read_line(line, &mut seen)?;
        }
        Ok(sent)
    }

    fn read_line(&mut self, line: &Value, seen: &mut BTreeSet<LineUid>) -> Result<(), WireError> {
        // Odoo writes a line as the command [0, 0, {fields}].
        let fields = match line.as_array().map(Vec::as_slice) {
            Some([_, _, fields]) => object(fields, "a line")?,
            Some(_) | None => return Err(wrong("a line", "of the form [0, 0, {…}]")),
        };
        check_fields(fields)?;
        let uid = text(member(fields, "uid")?).filter(|uid| is_name(uid)).map(LineUid::new);
        let uid = uid.ok_or_else(|| wrong("a line's uid", "a text"))?;
        if !seen.insert(uid.clone()) {
            return Err(WireError::bad_request(format!("line {uid} is there twice")));
        }
        integer(member(fields, "product_id")?, "a line's product_id", 0, i64::MAX)?;
        for field in [QTY, "price_unit", "discount"] {
            if let Some(value) = fields.get(field) {
                json::amount(value)
                    .map_err(|error| WireError::bad_request(format!("{field} of {uid}: {error}")))?;
            }
        }
        let mut view = LineView { uid: uid.clone(), fields: Fields::new() };
        let mut carried = Fields::new();
        for (field, value) in fields {
            if line_kind(field).is_content() {
                view.fields.insert(field.clone(), value.clone());
            } else if !matches!(field.as_str(), "id" | "uid" | "is_changed" | "ms_info") {
                carried.insert(field.clone(), value.clone());
            }
        }
        if let Some(qty) = fields.get(QTY) {
            carried.insert(QTY_COUNTED.into(), qty.clone());
        }
        let (created, changed) = marks(fields.get("ms_info"));
        let painted = Painted::read(fields.get("ms_info"));
        self.line_marks.insert(uid.clone(), LineMarks { created, changed, painted });
        self.carried_lines.insert(uid, carried);
        self.view.lines.push(view);
        Ok(())
    }

    /// The person at the till: the cashier, whose name stands in some `ms_info` of the order that the POS wrote.
    pub fn author(&self, pos_id: i64) -> Option<Mark> {
        let lines = self.line_marks.values().flat_map(|marks| [&marks.changed, &marks.created]);
        let mine = |mark: &&Mark| mark.pos.id == pos_id && self.user_id.is_none_or(|id| mark.user.id == id);
        [&self.changed, &self.created].into_iter().chain(lines).flatten().find(mine).cloned()
    }
}

/// Whether what a till says of itself is kept: not what the server says itself with every message.
fn is_carried(field: &str) -> bool {
    !matches!(
        field,
        "lines"
            | "uid"
            | "revision_ID"
            | "run_ID"
            | "sequence_number"
            | "new_order"
            | "order_on_server"
            | "message_ID"
            | "ms_info"
    )
}

fn check_fields(fields: &Fields) -> Result<(), WireError> {
    if fields.len() > FIELDS_MAX {
        return Err(WireError::bad_request(format!("an order or line has {FIELDS_MAX} fields at most")));
    }
    match fields.keys().find(|name| name.len() > FIELD_NAME_BYTES_MAX) {
        Some(_) => {
            Err(WireError::bad_request(format!("a field's name has {FIELD_NAME_BYTES_MAX} bytes at most")))
        }
        None => Ok(()),
    }
}

fn revision(value: Option<&Value>) -> Result<u64, WireError> {
    match value {
        None | Some(Value::Null | Value::Bool(false)) => Ok(1),
        Some(value) => Ok(integer(value, "revision_ID", 0, i64::from(u32::MAX))?.unsigned_abs()),
    }
}

/// Reads `ms_info: {created: {user, pos}, changed: {user, pos}}`; what is not of that form is not there.
fn marks(info: Option<&Value>) -> (Option<Mark>, Option<Mark>) {
    let mark = |which: &str| {
        let entry = info?.get(which)?;
        let id_and_name = |of: &str| {
            let of = entry.get(of)?;
            let name = of.get("name").and_then(Value::as_str).unwrap_or_default();
            Some((of.get("id")?.as_i64()?, name.chars().take(120).collect::<String>()))
        };
        let (user, pos) = (id_and_name("user")?, id_and_name("pos")?);
        Some(Mark { user: User { id: user.0, name: user.1 }, pos: Pos { id: pos.0, name: pos.1 } })
    };
    (mark("created"), mark("changed"))
}
