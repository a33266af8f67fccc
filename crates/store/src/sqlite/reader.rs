//! Connections that read beside the writer. A read is one transaction: it sees one moment of the database.

use std::path::PathBuf;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use rusqlite::{Connection, Transaction};
use tokio::sync::Semaphore;
use tokio::task::spawn_blocking;
use tokio::time::timeout;

use super::schema::open_reader;
use crate::{Result, StoreError};

/// Reads at one time, each on a connection of its own.
const READERS_MAX: usize = 4;

/// How long one waits for a connection before the store is [`StoreError::Busy`].
const READER_WAIT_MS_MAX: u64 = 10_000;

/// The connections that read.
#[derive(Debug)]
pub(super) struct Readers {
    path: PathBuf,
    busy_timeout_ms: u32,
    places: Arc<Semaphore>,
    idle: Mutex<Vec<Connection>>,
}

impl Readers {
    /// Opens the first connection, so that what cannot be read is known at the start.
    pub fn open(path: PathBuf, busy_timeout_ms: u32) -> Result<Arc<Self>> {
        let first = open_reader(&path, busy_timeout_ms)?;
        let places = Arc::new(Semaphore::new(READERS_MAX));
        Ok(Arc::new(Self { path, busy_timeout_ms, places, idle: Mutex::new(vec![first]) }))
    }

    /// Runs `work` in a transaction, on a thread that may block.
    pub async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Transaction) -> Result<T> + Send + 'static,
    ) -> Result<T> {
        let place = timeout(Duration::from_millis(READER_WAIT_MS_MAX), self.places.clone().acquire_owned());
        let place = place.await.map_err(|_| StoreError::Busy)?;
        let readers = self.clone();
        let reading = spawn_blocking(move || {
            let _place = place;
            readers.read_here(work)
        });
        reading.await.unwrap_or_else(|error| Err(StoreError::Failed(format!("a read did not end: {error}"))))
    }

    fn read_here<T>(&self, work: impl FnOnce(&Transaction) -> Result<T>) -> Result<T> {
        let mut conn = match self.take() {
            Some(conn) => conn,
            None => open_reader(&self.path, self.busy_timeout_ms)?,
        };
        let result = work(&conn.transaction()?)?;
        // A connection on which something failed is closed instead.
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(conn);
        Ok(result)
    }

    fn take(&self) -> Option<Connection> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()
    }
}
