//! The shop that the demo's Register sells from: a café with three tills, and a stall on its own.

use anyhow::Context;
use serde::Deserialize;
use serde_json::Value;
use tillsync_server::api::MAIN;
use tillsync_store::{RecordChange, RecordStore};

const SHOP: &str = include_str!("shop.json");

#[derive(Deserialize)]
struct Made {
    kind: String,
    id: i64,
    body: Value,
}

/// Makes the shop, unless there is one: what was changed in it stays.
pub async fn make(store: &impl RecordStore) -> anyhow::Result<()> {
    if store.records(MAIN, &["pos"], 0).await?.change > 0 {
        return Ok(());
    }
    let made: Vec<Made> = serde_json::from_str(SHOP).context("the demo's shop")?;
    let changes = made.into_iter().map(|Made { kind, id, body }| RecordChange {
        kind,
        id: Some(id),
        seen: Some(0),
        body: Some(body),
    });
    store.change_records(MAIN, changes.collect()).await?;
    Ok(())
}
