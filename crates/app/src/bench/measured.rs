//! What was measured at one server, on whatever wire.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};

use super::process::Usage;
use super::tally::{Tally, count};

/// What was measured at one server.
pub struct Measured {
    /// Whether all updates were answered in time.
    pub in_time: bool,
    /// From the first update to the last answer.
    pub took: Duration,
    /// From the first update until every till had seen everything.
    pub wall: Duration,
    /// Updates that were due.
    pub due: usize,
    /// Times that another till should have seen an update.
    pub expected: usize,
    /// The server's process, before and after; none for a server that is not ours.
    pub server: Option<(Usage, Usage)>,
    /// The bench's own process.
    pub own: Option<(Usage, Usage)>,
    /// What the tills noted.
    pub tally: Arc<Tally>,
}

impl Measured {
    /// Updates that were accepted.
    pub fn accepted(&self) -> u64 {
        count(&self.tally.accepted)
    }

    /// Of those that were due, in percent.
    pub fn accepted_percent(&self) -> f64 {
        self.accepted() as f64 / self.due.max(1) as f64 * 100.0
    }

    /// Accepted updates per second.
    pub fn per_second(&self) -> f64 {
        self.accepted() as f64 / self.took.as_secs_f64().max(0.001)
    }

    /// Of the times that another till should have seen an update, in percent; none if there are none.
    pub fn seen_percent(&self) -> Option<f64> {
        (self.expected > 0).then(|| self.tally.seen.summary().0 as f64 / self.expected as f64 * 100.0)
    }

    /// CPU time of a process, in percent of one core.
    pub fn cpu_percent(&self, usage: Option<(Usage, Usage)>) -> Option<f64> {
        usage.map(|(before, after)| (after.cpu_s - before.cpu_s) / self.wall.as_secs_f64().max(0.001) * 100.0)
    }

    /// CPU time of the server for one update with all its deliveries, in microseconds.
    pub fn cpu_us_per_update(&self) -> Option<f64> {
        let (before, after) = self.server?;
        Some((after.cpu_s - before.cpu_s) * 1e6 / self.accepted().max(1) as f64)
    }

    /// As JSON: an object, to which a wire adds what is its own.
    pub fn json(&self) -> Value {
        let tally = &self.tally;
        json!({
            "in_time": self.in_time, "seconds": self.took.as_secs_f64(), "due": self.due,
            "accepted": self.accepted(), "accepted_per_second": self.per_second(),
            "answered": tally.answered.json(), "seen": tally.seen.json(), "seen_expected": self.expected,
            "errors": count(&tally.errors), "first_error": tally.first_error(), "merged": count(&tally.merged),
            "holes": count(&tally.holes),
            "server_cpu_percent": self.cpu_percent(self.server), "server_cpu_us_per_update": self.cpu_us_per_update(),
            "server_memory_mib": self.server.map(|(_, after)| after.memory_mib),
            "server_memory_max_mib": self.server.map(|(_, after)| after.memory_max_mib),
            "bench_cpu_percent": self.cpu_percent(self.own),
        })
    }

    /// What went wrong, for people: the first error, and that the server did not keep up. Empty if nothing did.
    pub fn complaints(&self, name: &str) -> String {
        let mut text = String::new();
        if let Some(error) = self.tally.first_error() {
            text.push_str(&format!("\nfirst error at the {name}: {error}\n"));
        }
        if !self.in_time {
            text.push_str(&format!(
                "\nthe {name} did not keep up: edits were unanswered 30 s after the end\n"
            ));
        }
        text
    }
}
