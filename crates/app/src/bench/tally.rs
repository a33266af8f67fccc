//! What the tills measured.

use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use hdrhistogram::Histogram;
use serde_json::{Value, json};

/// Longer times count as this, in microseconds.
const MICROS_MAX: u64 = 60_000_000;

/// Times, in microseconds.
pub struct Times(Mutex<Histogram<u64>>);

impl Times {
    /// No times yet.
    pub fn new() -> Self {
        // From 1 microsecond to a minute, three digits: these bounds are valid.
        Self(Mutex::new(Histogram::new_with_bounds(1, MICROS_MAX, 3).expect("the bounds are valid")))
    }

    /// Notes a time that has run since `due`.
    pub fn since(&self, due: Instant) {
        let micros = u64::try_from(due.elapsed().as_micros()).unwrap_or(MICROS_MAX);
        lock(&self.0).saturating_record(micros.max(1));
    }

    /// How many, and in milliseconds p50, p99, the longest.
    pub fn summary(&self) -> (u64, [f64; 3]) {
        let times = lock(&self.0);
        let micros = [times.value_at_quantile(0.5), times.value_at_quantile(0.99), times.max()];
        (times.len(), micros.map(|micros| micros as f64 / 1_000.0))
    }

    /// Half of them are shorter; in milliseconds. None if there are no times; so below.
    pub fn p50_ms(&self) -> Option<f64> {
        self.figure(0)
    }

    /// All but one in a hundred are shorter.
    pub fn p99_ms(&self) -> Option<f64> {
        self.figure(1)
    }

    /// The longest.
    pub fn max_ms(&self) -> Option<f64> {
        self.figure(2)
    }

    fn figure(&self, which: usize) -> Option<f64> {
        let (many, figures) = self.summary();
        figures.get(which).copied().filter(|_| many > 0)
    }

    /// As JSON.
    pub fn json(&self) -> Value {
        let (count, [p50, p99, max]) = self.summary();
        json!({"count": count, "p50_ms": p50, "p99_ms": p99, "max_ms": max})
    }
}

/// What all tills of a run measured.
pub struct Tally {
    /// From when an update was due until it was answered.
    pub answered: Times,
    /// From when an update was due until another till of the multi-session had it.
    pub seen: Times,
    /// Updates that were accepted.
    pub accepted: AtomicU64,
    /// Updates that another till had merged with. In Odoo's wire they are answered with `sync_all`.
    pub merged: AtomicU64,
    /// Updates that were refused. In Odoo's wire this is `revision_error`.
    pub refused: AtomicU64,
    /// Requests and connections that failed.
    pub errors: AtomicU64,
    /// Messages that were missed, by their numbers (Odoo's `message_ID`, our `seq`).
    pub holes: AtomicU64,
    first_error: Mutex<Option<String>>,
}

impl Tally {
    /// Nothing yet.
    pub fn new() -> Self {
        Self {
            answered: Times::new(),
            seen: Times::new(),
            accepted: AtomicU64::new(0),
            merged: AtomicU64::new(0),
            refused: AtomicU64::new(0),
            errors: AtomicU64::new(0),
            holes: AtomicU64::new(0),
            first_error: Mutex::new(None),
        }
    }

    /// Notes a request that failed.
    pub fn error(&self, text: String) {
        self.errors.fetch_add(1, Ordering::Relaxed);
        lock(&self.first_error).get_or_insert(text);
    }

    /// Notes an update that was refused.
    pub fn refused(&self, text: String) {
        self.refused.fetch_add(1, Ordering::Relaxed);
        lock(&self.first_error).get_or_insert(text);
    }

    /// The text of the first error or refusal.
    pub fn first_error(&self) -> Option<String> {
        lock(&self.first_error).clone()
    }
}

/// When each till's edits are due: open loop, spread evenly.
#[derive(Debug, Clone, Copy)]
pub struct Schedule {
    /// When the first till's first edit is due.
    pub begins: Instant,
    /// Between two edits of a till.
    pub every: Duration,
    /// Edits of a till.
    pub edits: usize,
    /// All tills.
    pub tills: usize,
}

impl Schedule {
    /// When the till's edit (from 1) is due.
    pub fn due(&self, till: usize, edit: usize) -> Instant {
        let offset = self.every.mul_f64(till as f64 / self.tills.max(1) as f64);
        self.begins + offset + self.every.mul_f64(edit.saturating_sub(1) as f64)
    }

    /// When the last edit is due.
    pub fn ends(&self) -> Instant {
        self.begins + self.every.mul_f64(self.edits as f64)
    }
}

/// What a counter counts now.
pub fn count(counter: &AtomicU64) -> u64 {
    counter.load(Ordering::Relaxed)
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
