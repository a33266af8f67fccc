//! Addresses with a key: what a key gives access to, looked up for every request.
//!
//! The store knows only a key's SHA-256. Neither the key nor the path it stands in is ever logged.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use sha2::{Digest, Sha256};
use tillsync_odoo::error::WireError;
use tillsync_store::{Key, KeyStore, StoreError};

use crate::hub::Access;

/// How long a looked-up key is remembered: a removed one is refused after this at the latest.
const REMEMBERED: Duration = Duration::from_millis(500);

/// How often whoever is served for long is asked for the key again.
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// What is longer is no key.
const KEY_BYTES_MAX: usize = 128;

/// Keys that are remembered.
const REMEMBERED_MAX: usize = 10_000;

/// A key as it stands in an address: 32 letters and digits.
pub const KEY_CHARS: usize = 32;

/// The SHA-256 of a key, in hexadecimal: what the store keeps.
pub fn key_hash(key: &str) -> String {
    Sha256::digest(key.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect()
}

/// What people tell keys apart by, and all of a key that may be shown again: its first six characters, as far as
/// they are letters and digits.
pub fn key_hint(key: &str) -> String {
    key.chars().take(6).filter(char::is_ascii_alphanumeric).collect()
}

/// Why a key gives no access.
#[derive(Debug)]
pub enum NoAccess {
    /// There is no such key, or it was removed.
    Unknown,
    /// It cannot be looked up now.
    Unavailable(StoreError),
}

impl NoAccess {
    /// What a till is told.
    pub fn into_wire(self) -> WireError {
        match self {
            NoAccess::Unknown => WireError::not_served(
                "this address has no valid key; ask whoever runs the Sync Server for one ('tillsync odoo add')",
            ),
            NoAccess::Unavailable(error) => {
                tracing::error!(%error, "a key could not be looked up");
                WireError::unavailable(
                    "the Sync Server cannot look the address up now; the till tries again by itself",
                )
            }
        }
    }
}

/// Looks keys up.
pub struct Keys {
    store: Arc<dyn KeyStore>,
    remembered: Mutex<HashMap<String, (Instant, Arc<Access>)>>,
}

impl Keys {
    /// Looks keys up in this store.
    pub fn new(store: Arc<dyn KeyStore>) -> Self {
        Self { store, remembered: Mutex::new(HashMap::new()) }
    }

    /// What the key gives access to.
    pub async fn access(&self, key: &str) -> Result<Arc<Access>, NoAccess> {
        if key.len() > KEY_BYTES_MAX {
            return Err(NoAccess::Unknown);
        }
        let hash = key_hash(key);
        if let Some(access) = self.remembered(&hash) {
            return Ok(access);
        }
        let found = self.store.key_by_hash(&hash).await.map_err(NoAccess::Unavailable)?;
        let key = found.filter(|key| key.removed_ms.is_none()).ok_or(NoAccess::Unknown)?;
        let access = Arc::new(access_of(key));
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        if remembered.len() >= REMEMBERED_MAX {
            remembered.clear();
        }
        remembered.insert(hash, (Instant::now(), access.clone()));
        Ok(access)
    }

    /// Resolves when a key that was good is not any more. While the store does not answer, nothing is known.
    pub async fn removed(&self, key: &str) -> NoAccess {
        loop {
            tokio::time::sleep(LOOK_AGAIN).await;
            match self.access(key).await {
                Ok(_) | Err(NoAccess::Unavailable(_)) => {}
                Err(NoAccess::Unknown) => return NoAccess::Unknown,
            }
        }
    }

    fn remembered(&self, hash: &str) -> Option<Arc<Access>> {
        let mut remembered = self.remembered.lock().unwrap_or_else(PoisonError::into_inner);
        let (at, access) = remembered.get(hash)?;
        if at.elapsed() < REMEMBERED {
            return Some(access.clone());
        }
        remembered.remove(hash);
        None
    }
}

fn access_of(key: Key) -> Access {
    Access {
        database: Some(key.database.as_str().into()),
        multi_session: key.multi_session,
        origins: key.origins,
    }
}
