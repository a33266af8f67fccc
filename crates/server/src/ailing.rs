//! Whether changes can be written: for `/healthz`, and so that a full disk does not fill the log as well.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use tillsync_store::{RoomId, StoreError};

/// A failing store is in the log so often at most; the tills try again all the time.
const LOGGED_EVERY: Duration = Duration::from_secs(10);

/// What keeps the store from writing, as far as the last attempt showed.
#[derive(Debug, Default)]
pub struct Ailing {
    is_ailing: AtomicBool,
    notes: Mutex<Notes>,
}

#[derive(Debug, Default)]
struct Notes {
    /// Why the last write failed; none when it did not.
    why: Option<String>,
    logged: Option<Instant>,
    left_out: u64,
}

impl Ailing {
    /// Something was written.
    pub fn wrote(&self) {
        if self.is_ailing.swap(false, Ordering::Relaxed) {
            let mut notes = self.notes();
            tracing::info!(left_out = notes.left_out, "changes are written again");
            *notes = Notes::default();
        }
    }

    /// A write failed, and the next one will, too, until something is done.
    pub fn did_not_write(&self, error: &StoreError) {
        self.is_ailing.store(true, Ordering::Relaxed);
        self.notes().why = Some(error.to_string());
    }

    /// Why nothing can be written; none while it can, or while nobody tried.
    pub fn why(&self) -> Option<String> {
        self.notes().why.clone()
    }

    /// Counts that the store failed, and logs it unless that was logged just now.
    pub fn log(&self, room: &RoomId, error: &StoreError) {
        metrics::counter!("tillsync_store_errors_total").increment(1);
        let mut notes = self.notes();
        if notes.logged.is_some_and(|logged| logged.elapsed() < LOGGED_EVERY) {
            notes.left_out += 1;
            return;
        }
        let left_out = std::mem::take(&mut notes.left_out);
        notes.logged = Some(Instant::now());
        tracing::error!(%room, %error, left_out, "the store failed");
    }

    fn notes(&self) -> MutexGuard<'_, Notes> {
        self.notes.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
