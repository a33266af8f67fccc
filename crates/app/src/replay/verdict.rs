//! What a comparison came to: nothing, differences with a reason, differences without one.

use std::collections::BTreeMap;

use serde_json::Value;

use super::explained::Reason;

/// The longest value that is printed, in characters.
const PRINTED_MAX: usize = 4_000;

/// The outcome of comparing.
#[derive(Debug, Clone, Default)]
pub struct Verdict {
    /// Differences that have a reason, counted.
    pub explained: BTreeMap<Reason, usize>,
    /// Differences that have none, in full.
    pub unexplained: Vec<String>,
}

impl Verdict {
    /// Whether there was no difference at all.
    pub fn is_equal(&self) -> bool {
        self.explained.is_empty() && self.unexplained.is_empty()
    }

    /// Notes a difference that has a reason.
    pub fn explain(&mut self, reason: Reason) {
        *self.explained.entry(reason).or_default() += 1;
    }

    /// Notes a difference that has none.
    pub fn differs(&mut self, at: &str, got: &Value, want: &Value) {
        self.unexplained.push(format!("{at}\n      got  {}\n      want {}", short(got), short(want)));
    }

    /// Notes a fault that is not a difference between two values.
    pub fn fault(&mut self, text: impl Into<String>) {
        self.unexplained.push(text.into());
    }

    /// Takes over another outcome.
    pub fn add(&mut self, other: Verdict) {
        for (reason, count) in other.explained {
            *self.explained.entry(reason).or_default() += count;
        }
        self.unexplained.extend(other.unexplained);
    }
}

fn short(value: &Value) -> String {
    let text = value.to_string();
    if text.len() <= PRINTED_MAX {
        text
    } else {
        format!("{}…", text.chars().take(PRINTED_MAX).collect::<String>())
    }
}
