//! What `bench odoo` measured, as a table and as JSON.

use std::sync::Arc;

use serde_json::{Value, json};

use crate::bench::measured::Measured;
use crate::bench::table::{Row, table};
use crate::bench::tally::{Times, count};

/// What was measured at one server.
pub struct OdooMeasured {
    /// What every wire measures.
    pub load: Measured,
    /// Bytes of bodies that the tills sent.
    pub sent: u64,
    /// Bytes of bodies that they received.
    pub received: u64,
    /// How long it took meanwhile to force a page to the disk; none for a server that is not ours.
    pub disk: Option<Arc<Times>>,
}

impl OdooMeasured {
    fn per_update(&self, bytes: u64) -> f64 {
        bytes as f64 / self.load.accepted().max(1) as f64
    }

    fn json(&self) -> Value {
        let mut json = self.load.json();
        json["conflicts"] = count(&self.load.tally.refused).into();
        json["disk"] = self.disk.as_ref().map(|times| times.json()).into();
        json["sent_bytes_per_update"] = (self.per_update(self.sent) as u64).into();
        json["received_bytes_per_update"] = (self.per_update(self.received) as u64).into();
        json
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
    pub measured: OdooMeasured,
    /// At the floor.
    pub floor: Option<OdooMeasured>,
}

impl Report {
    /// As JSON.
    pub fn json(&self) -> Value {
        json!({
            "tills": self.tills, "multi_sessions": self.multi_sessions, "lines": self.lines, "rate": self.rate,
            "server": self.measured.json(), "floor": self.floor.as_ref().map(OdooMeasured::json),
        })
    }

    /// For people.
    pub fn table(&self) -> String {
        let floors: Vec<(&str, &OdooMeasured)> = self.floor.iter().map(|floor| ("floor", floor)).collect();
        let mut text = format!(
            "{} tills in {} multi-sessions, orders of {} lines, {} edits a second each\n\n",
            self.tills, self.multi_sessions, self.lines, self.rate
        );
        text.push_str(&table(&rows(), ("server", &self.measured), &floors));
        text.push_str(&self.measured.load.complaints("server"));
        floors.iter().for_each(|(name, floor)| text.push_str(&floor.load.complaints(name)));
        text
    }
}

fn rows() -> Vec<Row<OdooMeasured>> {
    vec![
        ("updates accepted", |it| Some(it.load.accepted() as f64)),
        ("  of those that were due, %", |it| Some(it.load.accepted_percent())),
        ("  per second", |it| Some(it.load.per_second())),
        ("answered after, p50 ms", |it| it.load.tally.answered.p50_ms()),
        ("  p99", |it| it.load.tally.answered.p99_ms()),
        ("  max", |it| it.load.tally.answered.max_ms()),
        ("seen by another till after, p50 ms", |it| it.load.tally.seen.p50_ms()),
        ("  p99", |it| it.load.tally.seen.p99_ms()),
        ("  max", |it| it.load.tally.seen.max_ms()),
        ("  seen, % of what should be", |it| it.load.seen_percent()),
        ("a page forced to the disk meanwhile, p50 ms", |it| it.disk.as_ref()?.p50_ms()),
        ("  p99", |it| it.disk.as_ref()?.p99_ms()),
        ("  max", |it| it.disk.as_ref()?.max_ms()),
        ("errors", |it| Some(count(&it.load.tally.errors) as f64)),
        ("conflicts (revision_error)", |it| Some(count(&it.load.tally.refused) as f64)),
        ("merged answers (sync_all)", |it| Some(count(&it.load.tally.merged) as f64)),
        ("missed messages", |it| Some(count(&it.load.tally.holes) as f64)),
        ("bytes sent per update", |it| Some(it.per_update(it.sent))),
        ("bytes received per update", |it| Some(it.per_update(it.received))),
        ("server CPU, % of one core", |it| it.load.cpu_percent(it.load.server)),
        ("  microseconds per update", |it| it.load.cpu_us_per_update()),
        ("server memory, MiB", |it| it.load.server.map(|(_, after)| after.memory_mib)),
        ("  at its most", |it| it.load.server.map(|(_, after)| after.memory_max_mib)),
        ("the bench's own CPU, %", |it| it.load.cpu_percent(it.load.own)),
    ]
}
