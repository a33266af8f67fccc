//! The keys in the addresses that Odoo's tills are given as their *Sync Server*.
//!
//! Whoever knows such an address may speak for the tills of a database. The store never sees the secret itself:
//! whoever makes it hands over its SHA-256, and asks by that.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};

use crate::Result;

/// How many keys there may be that are not removed, over all databases.
pub const KEYS_MAX: usize = 1_000;

/// How many removed keys are remembered for the list; older ones are forgotten.
pub const REMOVED_KEYS_MAX: usize = 1_000;

/// A key, as the back office lists it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Key {
    /// Its id, never given twice.
    pub id: i64,
    /// The database that it is for.
    pub database: String,
    /// The only multi-session that it is for; none for all of the database.
    pub multi_session: Option<i64>,
    /// The origins (`https://odoo.example`) from which browsers may use it.
    pub origins: Vec<String>,
    /// When it was made, in milliseconds since 1970.
    pub created_ms: u64,
    /// The first six characters of the secret, by which people tell keys apart.
    pub hint: String,
    /// When it was removed, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub removed_ms: Option<u64>,
}

/// A key to be made: see [`Key`] for the fields.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewKey {
    /// See [`Key::database`].
    pub database: String,
    /// See [`Key::multi_session`].
    pub multi_session: Option<i64>,
    /// See [`Key::origins`].
    pub origins: Vec<String>,
    /// See [`Key::created_ms`].
    pub created_ms: u64,
    /// See [`Key::hint`].
    pub hint: String,
}

/// Keeps the keys.
#[async_trait]
pub trait KeyStore: Send + Sync + 'static {
    /// Keeps a key under the SHA-256 of its secret, in hexadecimal. Fails when there are [`KEYS_MAX`] already, or
    /// when the secret was used before.
    async fn add_key(&self, key: NewKey, secret_hash: &str) -> Result<Key>;

    /// All keys, also removed ones, oldest first.
    async fn keys(&self) -> Result<Vec<Key>>;

    /// Removes a key; from then on [`key_by_hash`](Self::key_by_hash) does not find it. None if there is no such
    /// key; a key that was removed before stays as it is.
    async fn remove_key(&self, id: i64, removed_ms: u64) -> Result<Option<Key>>;

    /// The key whose secret has this SHA-256, in hexadecimal, unless it was removed.
    async fn key_by_hash(&self, secret_hash: &str) -> Result<Option<Key>>;
}
