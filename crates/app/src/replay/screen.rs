//! What a recorded till shows, as far as the replay must know it: to find its next claim, to tell a flag that is
//! needed from one that is missing, and to know news from what is told once more.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::verdict::Verdict;

/// What of a line is painted only with `is_changed`.
const PAINTED: [&str; 4] = ["qty", "price_unit", "discount", "note"];

/// What a message is to the till that gets it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum News {
    /// It changes what the till shows.
    Change,
    /// It changes nothing on the screen.
    Nothing,
}

/// A till's orders.
#[derive(Debug, Default)]
pub struct Screen {
    orders: BTreeMap<String, BTreeMap<String, Value>>,
    gone: BTreeSet<String>,
    /// The revision from which on a message knows what the till itself sent last; none while that is not answered.
    ahead: BTreeMap<String, Option<i64>>,
}

impl Screen {
    /// The till sends an order: that is what it shows.
    pub fn sends(&mut self, order: &Value) {
        if let Some(uid) = order["uid"].as_str() {
            self.orders.insert(uid.to_owned(), lines(order));
            self.ahead.insert(uid.to_owned(), None);
        }
    }

    /// What the till sent was answered, with this revision if it was taken.
    pub fn answered(&mut self, uid: &str, revision: Option<i64>) {
        self.ahead.insert(uid.to_owned(), Some(revision.unwrap_or(0)));
    }

    /// The order leaves the till.
    pub fn removes(&mut self, uid: &str) {
        self.orders.remove(uid);
        self.gone.insert(uid.to_owned());
    }

    /// Whether the till has had the order and has it no longer.
    pub fn is_gone(&self, uid: &str) -> bool {
        self.gone.contains(uid)
    }

    /// Whether the till shows the order.
    pub fn shows(&self, uid: &str) -> bool {
        self.orders.contains_key(uid)
    }

    /// The till is told an order, whole. Lines that it would go on showing wrongly are faults.
    pub fn told(&mut self, order: &Value, verdict: &mut Verdict) -> News {
        let Some(uid) = order["uid"].as_str() else { return News::Nothing };
        let now = lines(order);
        let revision = order["revision_ID"].as_i64().unwrap_or_default();
        if self.ahead.get(uid).is_some_and(|ahead| ahead.is_none_or(|ahead| revision < ahead)) {
            // From before what the till has just sent: it goes on showing that.
            return News::Nothing;
        }
        let Some(shown) = self.orders.get(uid) else {
            self.orders.insert(uid.to_owned(), now);
            return News::Change;
        };
        let mut news = if shown.len() == now.len() { News::Nothing } else { News::Change };
        for (line_uid, line) in &now {
            let looks = |line: &Value| PAINTED.map(|field| number_or_text(&line[field]));
            match shown.get(line_uid) {
                Some(old) if looks(old) == looks(line) => (),
                Some(old) if line["is_changed"] == true => {
                    news = if looks(old) == looks(line) { news } else { News::Change };
                }
                Some(old) => {
                    let text = format!(
                        "order {uid}, line {line_uid} differs from what the till shows and lacks is_changed: \
                         it shows {old}, it is told {line}"
                    );
                    verdict.fault(text);
                    news = News::Change;
                }
                // The till names the lines of an order that it creates itself, until it is told once more.
                None => news = if shown.len() == now.len() { news } else { News::Change },
            }
        }
        self.orders.insert(uid.to_owned(), now);
        news
    }
}

fn lines(order: &Value) -> BTreeMap<String, Value> {
    let lines = order["lines"].as_array().into_iter().flatten().map(|line| &line[2]);
    lines.filter_map(|line| Some((line["uid"].as_str()?.to_owned(), line.clone()))).collect()
}

fn number_or_text(value: &Value) -> String {
    match value.as_f64() {
        Some(number) => number.to_string(),
        None => value.as_str().unwrap_or_default().to_owned(),
    }
}
