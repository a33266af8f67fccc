//! The mark by which a till tells what it was painted from.
//!
//! The client keeps the `ms_info` of an order and of each line as it came, sends it back with every update, and
//! replaces it exactly when a message brings or repaints the line (for the order: with every message about it).
//! So the server writes into it which message that was. What a till then sends says by itself what its screen
//! showed before its user acted: across lost answers, messages that overtake each other, and restarts.

use std::fmt::{self, Display};

use serde::{Deserialize, Deserializer, Serialize, Serializer};
use serde_json::Value;

/// The key in `ms_info`.
pub const KEY: &str = "painted";

/// The longest mark, in bytes.
const MARK_BYTES_MAX: usize = 48;

/// One delivery of an order to a till. Written as `REVISION.DELIVERY`, followed by `~` when it repaints nothing.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Painted {
    /// The order's revision that was delivered.
    pub revision: u64,
    /// The delivery's number: no till is given the same twice.
    pub delivery: u64,
    /// Whether it repainted what the till had.
    pub reach: Reach,
}

/// How far a delivery goes.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Reach {
    /// It brings and takes lines, and repaints those that differ.
    Repaints,
    /// It brings and takes lines, and leaves those that the till has as they are.
    BringsOnly,
}

impl Painted {
    /// Reads the mark out of an `ms_info`; what is not of that form is not there.
    pub fn read(info: Option<&Value>) -> Option<Self> {
        Self::parse(info?.get(KEY)?.as_str()?)
    }

    fn parse(text: &str) -> Option<Self> {
        if text.len() > MARK_BYTES_MAX {
            return None;
        }
        let (text, reach) = match text.strip_suffix('~') {
            Some(text) => (text, Reach::BringsOnly),
            None => (text, Reach::Repaints),
        };
        let (revision, delivery) = text.split_once('.')?;
        Some(Self { revision: revision.parse().ok()?, delivery: delivery.parse().ok()?, reach })
    }
}

impl Display for Painted {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let end = match self.reach {
            Reach::Repaints => "",
            Reach::BringsOnly => "~",
        };
        write!(to, "{}.{}{end}", self.revision, self.delivery)
    }
}

impl Serialize for Painted {
    fn serialize<S: Serializer>(&self, to: S) -> Result<S::Ok, S::Error> {
        to.collect_str(self)
    }
}

impl<'de> Deserialize<'de> for Painted {
    fn deserialize<D: Deserializer<'de>>(from: D) -> Result<Self, D::Error> {
        let text = String::deserialize(from)?;
        Self::parse(&text).ok_or_else(|| serde::de::Error::custom("not a mark of a delivery"))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn marks_are_read_as_they_are_written() {
        for reach in [Reach::Repaints, Reach::BringsOnly] {
            let painted = Painted { revision: 7, delivery: 1_700_000_000_123, reach };
            assert_eq!(Painted::read(Some(&json!({ "painted": painted.to_string() }))), Some(painted));
        }
    }

    #[test]
    fn what_is_no_mark_is_not_there() {
        for info in [
            json!(null),
            json!(7),
            json!({}),
            json!({"painted": 7}),
            json!({"painted": "7"}),
            json!({"painted": "7.x"}),
            json!({"painted": "-7.1"}),
            json!({"painted": "7.99999999999999999999999"}),
            json!({"painted": format!("7.{}", "1".repeat(1_000))}),
        ] {
            assert_eq!(Painted::read(Some(&info)), None, "{info}");
        }
        assert_eq!(Painted::read(None), None);
    }
}
