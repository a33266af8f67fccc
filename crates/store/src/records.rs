//! What a shop is made of besides its orders: POSes, products, taxes, customers, people.
//!
//! A record is JSON under a kind and an id; what may stand in it is for whoever writes it to know. Each change of a
//! database gets the next number, so that a till asks for what came after the last one that it has.

use async_trait::async_trait;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::Result;

/// Changes that land together at most.
pub const RECORD_CHANGES_MAX: usize = 20_000;

/// A record as it stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Record {
    /// What it is: `product`, `tax` …
    pub kind: String,
    /// Its id, unique among its kind in its database, never given twice.
    pub id: i64,
    /// How often it was written, from 1.
    pub version: u64,
    /// The number of the database's change that wrote it last.
    pub change: u64,
    /// What it holds; none once it was removed.
    pub body: Option<Value>,
}

/// A change of a record.
#[derive(Debug, Clone, PartialEq)]
pub struct RecordChange {
    /// What it is.
    pub kind: String,
    /// Its id; none gives it the next one.
    pub id: Option<i64>,
    /// The version that whoever changes it has seen, 0 for none: another one stands in the way. None overwrites.
    pub seen: Option<u64>,
    /// What it shall hold; none removes it.
    pub body: Option<Value>,
}

/// What became of changes.
#[derive(Debug, Clone, PartialEq)]
pub enum RecordsChanged {
    /// All are on disk; the records as they stand now, in the changes' order.
    Landed(Vec<Record>),
    /// None was written: this one was changed by somebody else. None stands for a record that there never was.
    Stale(Option<Record>),
}

/// Records, and how far they go.
#[derive(Debug, Clone, PartialEq)]
pub struct Records {
    /// The number of the database's last change; 0 if there was none.
    pub change: u64,
    /// By kind, and within it by id.
    pub records: Vec<Record>,
}

/// Keeps the records.
#[async_trait]
pub trait RecordStore: Send + Sync + 'static {
    /// The records of these kinds that were written after a change, removed ones too unless `after` is 0.
    async fn records(&self, database: &str, kinds: &[&str], after: u64) -> Result<Records>;

    /// One record; none if there never was one, or if it was removed.
    async fn record(&self, database: &str, kind: &str, id: i64) -> Result<Option<Record>>;

    /// Writes all of the changes, at most [`RECORD_CHANGES_MAX`], or none; they share one change number.
    async fn change_records(&self, database: &str, changes: Vec<RecordChange>) -> Result<RecordsChanged>;
}
