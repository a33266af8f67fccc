//! The bill: what a payment is taken for. Closing an order compares its digest (rule C2).

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use crate::diff::View;
use crate::id::{BillDigest, LineUid};
use crate::json::{self, Fields};

/// Fields of an order that change what has to be paid.
pub const ORDER_FIELDS: [&str; 2] = ["fiscal_position_id", "pricelist_id"];

/// Fields of a line that change what has to be paid. A note or a kitchen mark is not among them.
pub const LINE_FIELDS: [&str; 5] = ["product_id", "qty", "price_unit", "discount", "tax_ids"];

/// One line's difference between two bills.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BillDifference {
    /// The line; none for the order's own fields.
    pub line: Option<LineUid>,
    /// Its bill fields as whoever wanted to close saw them; none if the line was not there.
    pub seen: Option<Fields>,
    /// Its bill fields as they are; none if the line is gone.
    pub now: Option<Fields>,
}

/// The digest of what a till shows: SHA-256, in hexadecimal, over the canonical JSON (RFC 8785) of
/// `{"order": {bill fields}, "lines": {uid: {bill fields}}}`. The order of lines does not count. Totals follow
/// from the lines and are not digested a second time.
pub fn digest(view: &View) -> BillDigest {
    let lines: BTreeMap<&str, Fields> =
        view.lines.iter().map(|line| (line.uid.as_str(), bill_fields(&line.fields, &LINE_FIELDS))).collect();
    let bill = json!({"order": bill_fields(&view.fields, &ORDER_FIELDS), "lines": lines});
    let hash = Sha256::digest(json::canonical(&bill).as_bytes());
    BillDigest::new(hash.iter().map(|byte| format!("{byte:02x}")).collect::<String>())
}

/// What differs, line by line, between the bill that was seen and the bill as it is.
pub fn differences(seen: &View, now: &View) -> Vec<BillDifference> {
    let mut differences = Vec::new();
    let (seen_order, now_order) =
        (bill_fields(&seen.fields, &ORDER_FIELDS), bill_fields(&now.fields, &ORDER_FIELDS));
    if seen_order != now_order {
        differences.push(BillDifference { line: None, seen: Some(seen_order), now: Some(now_order) });
    }
    let gone = seen.lines.iter().filter(|line| now.line(&line.uid).is_none());
    for line in now.lines.iter().chain(gone) {
        let fields = |view: &View| view.line(&line.uid).map(|line| bill_fields(&line.fields, &LINE_FIELDS));
        let (before, after) = (fields(seen), fields(now));
        if before != after {
            differences.push(BillDifference { line: Some(line.uid.clone()), seen: before, now: after });
        }
    }
    differences
}

fn bill_fields(fields: &Fields, names: &[&str]) -> Fields {
    names
        .iter()
        .filter_map(|name| fields.get(*name).map(|value: &Value| ((*name).to_owned(), value.clone())))
        .collect()
}
