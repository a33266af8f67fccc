//! What `bench native` measured at one server, or at one of the floors.

use std::sync::Arc;

use serde_json::{Value, json};

use super::updates::Updates;

use crate::bench::measured::Measured;
use crate::bench::process::Usage;
use crate::bench::table::Row;
use crate::bench::tally::{Times, count};

/// What was measured.
pub struct NativeMeasured {
    /// What every wire measures.
    pub load: Measured,
    /// What the tills noted of their updates; none where there were no tills.
    pub updates: Option<Arc<Updates>>,
    /// Tills that only listened, and by how many MiB the server has grown when they came.
    pub idle_tills: Option<(usize, f64)>,
    /// Transactions; none where they cannot be counted.
    pub commits: Option<u64>,
}

impl NativeMeasured {
    /// What the server had used at the end; none for the disk's floor, which has no process of its own.
    fn memory(&self) -> Option<Usage> {
        self.load.server.map(|(_, after)| after).filter(|_| self.updates.is_some())
    }

    /// Memory of the server for each till that only listens, in KiB.
    fn idle_kib(&self) -> Option<f64> {
        self.idle_tills.filter(|(tills, _)| *tills > 0).map(|(tills, mib)| mib * 1024.0 / tills as f64)
    }

    fn sent_bytes(&self) -> Option<f64> {
        self.updates
            .as_ref()
            .map(|updates| count(&updates.sent_bytes) as f64 / self.load.accepted().max(1) as f64)
    }

    fn answer_bytes(&self) -> Option<f64> {
        let answered = self.load.tally.answered.summary().0.max(1) as f64;
        self.updates.as_ref().map(|updates| count(&updates.answer_bytes) as f64 / answered)
    }

    fn heard_bytes(&self) -> Option<f64> {
        let heard = self.load.tally.seen.summary().0.max(1) as f64;
        self.updates.as_ref().map(|updates| count(&updates.heard_bytes) as f64 / heard)
    }

    fn seen_by_all(&self) -> Option<&Times> {
        self.updates.as_ref().map(|updates| &updates.seen_by_all)
    }

    fn late(&self) -> Option<&Times> {
        self.updates.as_ref().map(|updates| &updates.late)
    }

    fn noted(&self, value: u64) -> Option<f64> {
        self.updates.as_ref().map(|_| value as f64)
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        let mut json = self.load.json();
        json["refused"] = count(&self.load.tally.refused).into();
        if let Some(updates) = &self.updates {
            json["seen_by_all"] = updates.seen_by_all.json();
            json["bench_late"] = updates.late.json();
        }
        json["server_memory_mib"] = json!(self.memory().map(|after| after.memory_mib));
        json["server_memory_max_mib"] = json!(self.memory().map(|after| after.memory_max_mib));
        json["sent_bytes_per_update"] = json!(self.sent_bytes());
        json["heard_bytes_per_update_and_till"] = json!(self.heard_bytes());
        json["answer_bytes_per_update"] = json!(self.answer_bytes());
        json["idle_tills"] = json!(self.idle_tills.map(|(tills, _)| tills));
        json["idle_till_memory_kib"] = json!(self.idle_kib());
        json["commits"] = json!(self.commits);
        json
    }
}

/// The rows of the table.
pub fn rows() -> Vec<Row<NativeMeasured>> {
    vec![
        ("durable updates accepted", |it| Some(it.load.accepted() as f64)),
        ("  of those that were due, %", |it| Some(it.load.accepted_percent())),
        ("  per second", |it| Some(it.load.per_second())),
        ("accepted after, p50 ms", |it| it.load.tally.answered.p50_ms()),
        ("  p99", |it| it.load.tally.answered.p99_ms()),
        ("  max", |it| it.load.tally.answered.max_ms()),
        ("visible on another till after, p50 ms", |it| it.load.tally.seen.p50_ms()),
        ("  p99", |it| it.load.tally.seen.p99_ms()),
        ("  max", |it| it.load.tally.seen.max_ms()),
        ("  heard, % of what should be", |it| it.load.seen_percent()),
        ("visible on all other tills after, p50 ms", |it| it.seen_by_all()?.p50_ms()),
        ("  p99", |it| it.seen_by_all()?.p99_ms()),
        ("  max", |it| it.seen_by_all()?.max_ms()),
        ("errors", |it| it.noted(count(&it.load.tally.errors))),
        ("refused", |it| it.noted(count(&it.load.tally.refused))),
        ("merged with another's", |it| it.noted(count(&it.load.tally.merged))),
        ("missed events", |it| it.noted(count(&it.load.tally.holes))),
        ("bytes sent by the till per update", |it| it.sent_bytes()),
        ("bytes received per update and hearing till", |it| it.heard_bytes()),
        ("bytes of the answer", |it| it.answer_bytes()),
        ("server CPU, % of one core", |it| it.load.cpu_percent(it.load.server)),
        ("  microseconds per update", |it| it.load.cpu_us_per_update()),
        ("server memory, MiB", |it| it.memory().map(|after| after.memory_mib)),
        ("  at its most", |it| it.memory().map(|after| after.memory_max_mib)),
        ("  KiB per idle till", |it| it.idle_kib()),
        ("updates per transaction", |it| {
            it.commits
                .filter(|commits| *commits > 0)
                .map(|commits| it.load.accepted() as f64 / commits as f64)
        }),
        ("the bench sent late by, p99 ms", |it| it.late()?.p99_ms()),
        ("the bench's own CPU, %", |it| it.load.cpu_percent(it.load.own)),
    ]
}
