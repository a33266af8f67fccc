//! A recording, line by line, and the comparison with what the till sends.

use serde_json::Value;

/// A line of a recording.
pub enum Entry {
    /// What somebody did.
    Note(String),
    Exchange(Exchange),
}

/// A request of the real client with what it was answered.
pub struct Exchange {
    pub client: String,
    pub path: String,
    /// When it was answered, in milliseconds since 1970.
    pub ended_ms: u64,
    pub params: Value,
    /// `None`: it was aborted.
    pub response: Option<Value>,
}

pub fn read(text: &str) -> Vec<Entry> {
    text.lines().map(|line| entry(&serde_json::from_str(line).expect("a line is JSON"))).collect()
}

fn entry(line: &Value) -> Entry {
    if let Some(note) = line["note"].as_str() {
        return Entry::Note(note.to_owned());
    }
    Entry::Exchange(Exchange {
        client: line["client"].as_str().expect("client").to_owned(),
        path: line["path"].as_str().expect("path").to_owned(),
        ended_ms: line["t_ms"].as_u64().expect("t_ms") + line["took_ms"].as_u64().unwrap_or_default(),
        params: line["request"]["params"].clone(),
        response: line.get("response").cloned(),
    })
}

/// Where two JSON values differ, as paths. What chance or the clock decide is left out.
pub fn differences(expected: &Value, found: &Value) -> Vec<String> {
    let mut differences = Vec::new();
    compare(expected, found, "", &mut differences);
    differences
}

fn compare(expected: &Value, found: &Value, at: &str, differences: &mut Vec<String>) {
    match (expected, found) {
        (Value::Object(left), Value::Object(right)) => {
            for (key, value) in left {
                let at = format!("{at}.{key}");
                match right.get(key) {
                    _ if ignored(&at) => (),
                    Some(found) if key == "order_data" => {
                        compare(&parsed(value), &parsed(found), &at, differences)
                    }
                    Some(found) => compare(value, found, &at, differences),
                    None => differences.push(format!("{at}: missing, expected {value}")),
                }
            }
            let more = right.iter().filter(|(key, _)| !left.contains_key(*key));
            differences.extend(more.map(|(key, value)| format!("{at}.{key}: {value} is too much")));
        }
        (Value::Array(left), Value::Array(right)) if left.len() == right.len() => {
            for (index, (expected, found)) in left.iter().zip(right).enumerate() {
                compare(expected, found, &format!("{at}[{index}]"), differences);
            }
        }
        (Value::Number(left), Value::Number(right)) => {
            let (left, right) = (left.as_f64().unwrap_or_default(), right.as_f64().unwrap_or_default());
            // Sums of cents, noise in the last digits.
            if (left - right).abs() > 1e-6 {
                differences.push(format!("{at}: {right}, expected {left}"));
            }
        }
        (expected, found) if expected == found => (),
        (expected, found) => differences.push(format!("{at}: {found}, expected {expected}")),
    }
}

fn ignored(at: &str) -> bool {
    let payment_date = at.contains("statement_ids") && at.ends_with(".name");
    payment_date || [".nonce", ".creation_date", ".options"].iter().any(|end| at.ends_with(end))
}

fn parsed(text: &Value) -> Value {
    serde_json::from_str(text.as_str().expect("order_data is text")).expect("order_data is JSON")
}
