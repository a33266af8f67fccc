//! The updates of a run: when each was sent, and which tills it has still to reach.

use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::time::{Duration, Instant};

use crate::bench::tally::{Schedule, Times};

/// All updates of a run.
pub struct Updates {
    /// When each is due, by the number of its editing till.
    pub schedule: Schedule,
    /// From when an update was sent until the last of the other tills had it.
    pub seen_by_all: Times,
    /// From when an update was due until it was sent: what the bench itself is late by.
    pub late: Times,
    /// Bytes of the frames that updates were sent in.
    pub sent_bytes: AtomicU64,
    /// Bytes of the frames with their answers.
    pub answer_bytes: AtomicU64,
    /// Bytes of the frames in which other tills heard of them.
    pub heard_bytes: AtomicU64,
    each: Vec<Update>,
}

/// One update.
struct Update {
    /// When it was sent, in microseconds since the load began.
    sent_us: AtomicU64,
    /// Tills that have not heard of it.
    left: AtomicU32,
}

impl Updates {
    /// Nothing was sent yet. `others` says of each editing till how many others are in its multi-session.
    pub fn new(schedule: Schedule, others: &[usize]) -> Self {
        let update = |others: usize| Update {
            sent_us: AtomicU64::new(0),
            left: AtomicU32::new(u32::try_from(others).unwrap_or(u32::MAX)),
        };
        let each = others.iter().flat_map(|others| (0..schedule.edits).map(move |_| update(*others)));
        Self {
            schedule,
            seen_by_all: Times::new(),
            late: Times::new(),
            sent_bytes: AtomicU64::new(0),
            answer_bytes: AtomicU64::new(0),
            heard_bytes: AtomicU64::new(0),
            each: each.collect(),
        }
    }

    /// An editor's edit (from 1) is sent now. `held` says that it had to wait until earlier ones were answered: that
    /// wait is the server's, so the times count from when it was due.
    pub fn send(&self, editor: usize, edit: usize, held: Held) {
        let due = self.schedule.due(editor, edit);
        let begins = match held {
            Held::No => Instant::now(),
            Held::ByUnanswered => due,
        };
        self.late.since(due);
        let micros = begins.saturating_duration_since(self.schedule.begins).as_micros();
        if let Some(update) = self.each.get(self.at(editor, edit)) {
            update.sent_us.store(u64::try_from(micros).unwrap_or(u64::MAX), Ordering::Release);
        }
    }

    /// When an edit was sent; none for what is no edit of this run.
    pub fn sent(&self, editor: usize, edit: usize) -> Option<Instant> {
        let update = self.each.get(self.at(editor, edit)).filter(|_| self.is_edit(edit))?;
        Some(self.schedule.begins + Duration::from_micros(update.sent_us.load(Ordering::Acquire)))
    }

    /// Another till has heard of an edit; when it was sent. Notes the time when that till was the last.
    pub fn heard(&self, editor: usize, edit: usize) -> Option<Instant> {
        let sent = self.sent(editor, edit)?;
        if self.each[self.at(editor, edit)].left.fetch_sub(1, Ordering::AcqRel) == 1 {
            self.seen_by_all.since(sent);
        }
        Some(sent)
    }

    fn at(&self, editor: usize, edit: usize) -> usize {
        editor * self.schedule.edits + edit.saturating_sub(1)
    }

    fn is_edit(&self, edit: usize) -> bool {
        (1..=self.schedule.edits).contains(&edit)
    }
}

/// Whether an update had to wait before it could be sent.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Held {
    /// It is sent when it is due.
    No,
    /// As many as may be unanswered were.
    ByUnanswered,
}
