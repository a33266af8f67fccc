//! What a bench measured, as a table and as JSON.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use serde_json::{Value, json};

use super::process::Usage;
use super::tally::{Tally, Times};

/// What was measured at one server.
pub struct Measured {
    /// Whether all edits were answered in time.
    pub in_time: bool,
    /// From the first edit to the last answer.
    pub took: Duration,
    /// From the first edit until every till had seen everything.
    pub wall: Duration,
    /// Edits that were due.
    pub due: usize,
    /// Times that another till should have seen an edit.
    pub expected: usize,
    /// Bytes of bodies that the tills sent.
    pub sent: u64,
    /// Bytes of bodies that they received.
    pub received: u64,
    /// The server's process, before and after; none for a server that is not ours.
    pub server: Option<(Usage, Usage)>,
    /// The bench's own process.
    pub own: Option<(Usage, Usage)>,
    /// What the tills noted.
    pub tally: Arc<Tally>,
}

impl Measured {
    fn accepted(&self) -> u64 {
        count(&self.tally.accepted)
    }

    fn per_second(&self) -> f64 {
        self.accepted() as f64 / self.took.as_secs_f64().max(0.001)
    }

    fn cpu_percent(&self, usage: Option<(Usage, Usage)>) -> Option<f64> {
        usage.map(|(before, after)| (after.cpu_s - before.cpu_s) / self.wall.as_secs_f64().max(0.001) * 100.0)
    }

    /// CPU time of the server for one update with all its deliveries, in microseconds.
    fn cpu_us_per_update(&self) -> Option<f64> {
        let (before, after) = self.server?;
        Some((after.cpu_s - before.cpu_s) * 1e6 / self.accepted().max(1) as f64)
    }

    fn json(&self) -> Value {
        let times = |times: &Times| {
            let (count, [p50, p99, max]) = times.summary();
            json!({"count": count, "p50_ms": p50, "p99_ms": p99, "max_ms": max})
        };
        let tally = &self.tally;
        json!({
            "in_time": self.in_time, "seconds": self.took.as_secs_f64(), "due": self.due,
            "accepted": self.accepted(), "accepted_per_second": self.per_second(),
            "answered": times(&tally.answered), "seen": times(&tally.seen), "seen_expected": self.expected,
            "errors": count(&tally.errors), "first_error": tally.first_error(), "conflicts": count(&tally.conflicts),
            "merged": count(&tally.merged), "holes": count(&tally.holes),
            "sent_bytes_per_update": self.sent / self.accepted().max(1),
            "received_bytes_per_update": self.received / self.accepted().max(1),
            "server_cpu_percent": self.cpu_percent(self.server), "server_cpu_us_per_update": self.cpu_us_per_update(),
            "server_memory_mib": self.server.map(|(_, after)| after.memory_mib),
            "server_memory_max_mib": self.server.map(|(_, after)| after.memory_max_mib),
            "bench_cpu_percent": self.cpu_percent(self.own),
        })
    }
}

/// What was measured.
pub struct Report {
    /// Tills.
    pub tills: usize,
    /// Multi-sessions.
    pub multi_sessions: usize,
    /// Lines of an order.
    pub lines: usize,
    /// Edits a second of a till.
    pub rate: f64,
    /// At the server.
    pub measured: Measured,
    /// At the floor.
    pub floor: Option<Measured>,
}

impl Report {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "tills": self.tills, "multi_sessions": self.multi_sessions, "lines": self.lines, "rate": self.rate,
            "server": self.measured.json(), "floor": self.floor.as_ref().map(Measured::json),
        })
    }

    /// For people.
    pub fn table(&self) -> String {
        let mut text = format!(
            "{} tills in {} multi-sessions, orders of {} lines, {} edits a second each\n\n{:34}{:>12}",
            self.tills, self.multi_sessions, self.lines, self.rate, "", "server"
        );
        if self.floor.is_some() {
            text.push_str(&format!("{:>12}{:>10}", "floor", "ratio"));
        }
        text.push('\n');
        for (name, value) in rows() {
            text.push_str(&format!("{name:34}{:>12}", shown(value(&self.measured))));
            if let Some(floor) = &self.floor {
                let (here, there) = (value(&self.measured), value(floor));
                let ratio =
                    here.zip(there).filter(|(_, there)| *there > 0.0).map(|(here, there)| here / there);
                text.push_str(&format!("{:>12}{:>10}", shown(there), shown(ratio)));
            }
            text.push('\n');
        }
        for (name, measured) in [("server", Some(&self.measured)), ("floor", self.floor.as_ref())] {
            let Some(measured) = measured else { continue };
            if let Some(error) = measured.tally.first_error() {
                text.push_str(&format!("\nfirst error at the {name}: {error}\n"));
            }
            if !measured.in_time {
                text.push_str(&format!(
                    "\nthe {name} did not keep up: edits were unanswered 30 s after the end\n"
                ));
            }
        }
        text
    }
}

type Row = (&'static str, fn(&Measured) -> Option<f64>);

fn rows() -> Vec<Row> {
    vec![
        ("updates accepted", |it| Some(it.accepted() as f64)),
        ("  of those that were due, %", |it| Some(it.accepted() as f64 / it.due.max(1) as f64 * 100.0)),
        ("  per second", |it| Some(it.per_second())),
        ("answered after, p50 ms", |it| Some(it.tally.answered.summary().1[0])),
        ("  p99", |it| Some(it.tally.answered.summary().1[1])),
        ("  max", |it| Some(it.tally.answered.summary().1[2])),
        ("seen by another till after, p50 ms", |it| Some(it.tally.seen.summary().1[0])),
        ("  p99", |it| Some(it.tally.seen.summary().1[1])),
        ("  max", |it| Some(it.tally.seen.summary().1[2])),
        ("  seen, % of what should be", |it| {
            (it.expected > 0).then(|| it.tally.seen.summary().0 as f64 / it.expected as f64 * 100.0)
        }),
        ("errors", |it| Some(count(&it.tally.errors) as f64)),
        ("conflicts (revision_error)", |it| Some(count(&it.tally.conflicts) as f64)),
        ("merged answers (sync_all)", |it| Some(count(&it.tally.merged) as f64)),
        ("missed messages", |it| Some(count(&it.tally.holes) as f64)),
        ("bytes sent per update", |it| Some(it.sent as f64 / it.accepted().max(1) as f64)),
        ("bytes received per update", |it| Some(it.received as f64 / it.accepted().max(1) as f64)),
        ("server CPU, % of one core", |it| it.cpu_percent(it.server)),
        ("  microseconds per update", Measured::cpu_us_per_update),
        ("server memory, MiB", |it| it.server.map(|(_, after)| after.memory_mib)),
        ("  at its most", |it| it.server.map(|(_, after)| after.memory_max_mib)),
        ("the bench's own CPU, %", |it| it.cpu_percent(it.own)),
    ]
}

fn shown(value: Option<f64>) -> String {
    match value {
        Some(value) if value.fract() == 0.0 => format!("{value}"),
        Some(value) if value >= 100.0 => format!("{value:.0}"),
        Some(value) => format!("{value:.2}"),
        None => "-".to_owned(),
    }
}

fn count(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}
