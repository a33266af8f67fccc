//! What a replay came to: a progress line while it runs, a table or JSON when it is over.

use std::collections::BTreeMap;
use std::io::{IsTerminal, Write};

use serde_json::{Value, json};

use super::explained::Reason;
use super::recording::Recording;
use super::verdict::Verdict;

/// What playing one file came to.
#[derive(Debug, Clone)]
pub struct FileReport {
    /// The recording's name.
    pub name: String,
    /// Requests that were sent as recorded.
    pub requests: usize,
    /// Requests whose answers were equal.
    pub equal: usize,
    /// Differences that have a reason, with how many there were.
    pub explained: BTreeMap<Reason, usize>,
    /// Differences that have none.
    pub unexplained: Vec<String>,
    /// Tills that were loaded before the recording began.
    pub loaded: Vec<String>,
    /// Orders that were there before, and where their content comes from.
    pub seeded: Vec<String>,
    /// Calls of other routes, left out.
    pub skipped: usize,
    /// Lines that the recorder wrote twice, left out.
    pub doubled: usize,
}

impl FileReport {
    /// Nothing was played yet.
    pub fn new(recording: &Recording) -> Self {
        Self {
            name: recording.name.clone(),
            requests: 0,
            equal: 0,
            explained: BTreeMap::new(),
            unexplained: Vec::new(),
            loaded: Vec::new(),
            seeded: Vec::new(),
            skipped: recording.skipped,
            doubled: recording.doubled,
        }
    }

    /// Notes what a recorded request came to.
    pub fn note(&mut self, verdict: Verdict) {
        self.requests += 1;
        self.equal += usize::from(verdict.is_equal());
        self.found(verdict);
    }

    /// Notes what was found beside the recorded requests.
    pub fn found(&mut self, verdict: Verdict) {
        for (reason, count) in verdict.explained {
            *self.explained.entry(reason).or_default() += count;
        }
        self.unexplained.extend(verdict.unexplained);
    }

    fn json(&self) -> Value {
        let explained: BTreeMap<&str, usize> =
            self.explained.iter().map(|(reason, count)| (reason.name(), *count)).collect();
        json!({
            "file": self.name, "requests": self.requests, "equal": self.equal, "explained": explained,
            "unexplained": self.unexplained, "loaded": self.loaded, "seeded": self.seeded,
            "skipped": self.skipped, "doubled": self.doubled,
        })
    }
}

/// All files as JSON.
pub fn to_json(reports: &[FileReport]) -> Value {
    let reasons: BTreeMap<&str, &str> = reports
        .iter()
        .flat_map(|report| report.explained.keys())
        .map(|reason| (reason.name(), reason.sentence()))
        .collect();
    let files: Vec<Value> = reports.iter().map(FileReport::json).collect();
    json!({"files": files, "reasons": reasons})
}

/// All files as a table, with what the names mean.
pub fn table(reports: &[FileReport]) -> String {
    let mut text = String::new();
    for report in reports {
        let mut notes = Vec::new();
        if !report.loaded.is_empty() {
            notes.push(format!("loaded before it began: {}", report.loaded.join(", ")));
        }
        if !report.seeded.is_empty() {
            notes.push(format!("open before it began: {}", report.seeded.join(", ")));
        }
        for (count, what) in
            [(report.skipped, "calls of Odoo itself"), (report.doubled, "lines written twice")]
        {
            if count > 0 {
                notes.push(format!("left out: {count} {what}"));
            }
        }
        if !notes.is_empty() {
            text.push_str(&format!("{}: {}\n", report.name, notes.join("; ")));
        }
    }
    let width = reports.iter().map(|report| report.name.len()).max().unwrap_or(0).max(4);
    text.push_str(&format!("\n{:width$}  requests  equal  unexplained  explained\n", "file"));
    for report in reports {
        let explained: Vec<String> =
            report.explained.iter().map(|(reason, count)| format!("{} {count}", reason.name())).collect();
        text.push_str(&format!(
            "{:width$}  {:>8}  {:>5}  {:>11}  {}\n",
            report.name,
            report.requests,
            report.equal,
            report.unexplained.len(),
            explained.join(", ")
        ));
    }
    let mut reasons: Vec<Reason> =
        reports.iter().flat_map(|report| report.explained.keys().copied()).collect();
    reasons.sort_unstable();
    reasons.dedup();
    if !reasons.is_empty() {
        text.push('\n');
    }
    for reason in reasons {
        text.push_str(&format!("{:>14}  {}\n", reason.name(), reason.sentence()));
    }
    for report in reports {
        for difference in &report.unexplained {
            text.push_str(&format!("\nUNEXPLAINED in {}\n  {difference}\n", report.name));
        }
    }
    text
}

/// A line that says how far it is, on a terminal.
pub struct Progress {
    is_shown: bool,
}

impl Progress {
    /// Shown where somebody looks.
    pub fn new() -> Self {
        Self { is_shown: std::io::stderr().is_terminal() }
    }

    /// Shows how far a file is.
    pub fn show(&mut self, file: &str, done: usize, of: usize) {
        if self.is_shown {
            eprint!("\r\x1b[K{file}  {done}/{of}");
            std::io::stderr().flush().ok();
        }
    }

    /// Takes the line away.
    pub fn clear(&mut self) {
        if self.is_shown {
            eprint!("\r\x1b[K");
        }
    }
}
