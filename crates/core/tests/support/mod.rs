//! What the tests share: reading the repository's files, and comparing JSON.
#![allow(dead_code, reason = "each test binary uses a part of it")]

pub mod world;

use std::collections::BTreeMap;
use std::path::PathBuf;

use proptest::test_runner::{Config, FileFailurePersistence};
use serde::Deserialize;
use serde::de::DeserializeOwned;
use serde_json::Value;
use tillsync_core::author::Author;

/// So many random cases; one that fails is kept beside the test's source, as `.regressions`.
pub fn config(cases: u32) -> Config {
    let kept = FileFailurePersistence::WithSource("regressions");
    Config { cases, failure_persistence: Some(Box::new(kept)), ..Config::default() }
}

/// A file of the repository, as text.
pub fn read(path: &str) -> String {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../..").join(path);
    std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{}: {error}", path.display()))
}

/// A file of `vectors/`, read as `T`. Keys that `T` does not know are an error.
pub fn vectors<T: DeserializeOwned>(name: &str) -> T {
    let text = read(&format!("vectors/{name}.json"));
    serde_json::from_str(&text).unwrap_or_else(|error| panic!("vectors/{name}.json: {error}"))
}

/// The authors that a file of cases names.
pub type Authors = BTreeMap<String, Author>;

/// A member of a document that `T` reads: whatever stands in the document must be known to `T`, since writing it
/// again gives it back.
#[derive(Debug, Clone)]
pub struct Known<T>(pub T);

impl<'de, T: DeserializeOwned + serde::Serialize> Deserialize<'de> for Known<T> {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        known(&Value::deserialize(deserializer)?).map(Known).map_err(serde::de::Error::custom)
    }
}

/// Reads a value as `T` and checks that `T` knows all of it.
pub fn known<T: DeserializeOwned + serde::Serialize>(value: &Value) -> Result<T, String> {
    let read: T = serde_json::from_value(value.clone()).map_err(|error| format!("{error} in {value}"))?;
    let written = serde_json::to_value(&read).map_err(|error| error.to_string())?;
    match is_within(value, &written) {
        true => Ok(read),
        false => Err(format!("{value} is read as {written}")),
    }
}

/// Whether `whole` has everything that `part` has; defaults may come on top.
fn is_within(part: &Value, whole: &Value) -> bool {
    match (part, whole) {
        (Value::Object(part), Value::Object(whole)) => {
            part.iter().all(|(key, value)| whole.get(key).is_some_and(|other| is_within(value, other)))
        }
        (Value::Array(part), Value::Array(whole)) => {
            part.len() == whole.len() && part.iter().zip(whole).all(|(part, whole)| is_within(part, whole))
        }
        (part, whole) if part.is_number() => part.as_f64() == whole.as_f64(),
        (part, whole) => part == whole,
    }
}

/// Compares two JSON values as canonical JSON and says what differs.
pub fn same(what: &str, expected: &Value, got: &Value) -> Result<(), String> {
    let (expected, got) = (tillsync_core::json::canonical(expected), tillsync_core::json::canonical(got));
    match expected == got {
        true => Ok(()),
        false => Err(format!("{what}\n  expected {expected}\n  got      {got}")),
    }
}

/// Runs every case and fails once, with the names of all cases that failed.
pub fn run_all<T>(cases: &[T], name: impl Fn(&T) -> &str, check: impl Fn(&T) -> Result<(), String>) {
    let failed: Vec<String> = cases
        .iter()
        .filter_map(|case| check(case).err().map(|why| format!("case '{}': {why}", name(case))))
        .collect();
    assert!(!cases.is_empty(), "no cases");
    assert!(failed.is_empty(), "{} of {} failed\n\n{}", failed.len(), cases.len(), failed.join("\n\n"));
    let mut names: Vec<&str> = cases.iter().map(name).collect();
    names.sort_unstable();
    let twice = names.windows(2).find(|pair| pair[0] == pair[1]);
    assert_eq!(twice, None, "two cases have one name");
}
