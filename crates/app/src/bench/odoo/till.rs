//! A load till: one order of its own that it edits, and a poll that it holds. Far lighter than Odoo's client, but
//! true to it in what it claims and in what it takes from answers.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

use anyhow::{Context, bail};
use serde::Deserialize;
use serde_json::Value;

use super::body::Identity;
use super::connection::Connection;

use crate::bench::tally::{Schedule, Tally};

const UPDATE_PATH: &str = "/pos_multi_session_sync/update";
const POLL_PATH: &str = "/longpolling/poll";

/// What of a JSON-RPC answer a load till reads.
#[derive(Debug, Deserialize)]
struct Answer<T> {
    result: Option<T>,
    error: Option<Value>,
}

/// The answer to an update, or a message.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Said {
    action: String,
    #[serde(rename = "revision_ID")]
    revision: u64,
    data: Data,
}

#[derive(Debug, Default, Deserialize)]
#[serde(default)]
struct Data {
    nonce: Option<String>,
    #[serde(rename = "revision_ID")]
    revision: u64,
    #[serde(rename = "message_ID")]
    message: u64,
    orders: Vec<Said>,
}

#[derive(Debug, Deserialize)]
struct Entry {
    id: u64,
    message: Said,
}

/// What a till has to itself and to the bench.
#[derive(Clone)]
pub struct Post {
    /// Who it is.
    pub identity: Identity,
    /// Which of all tills, from 0.
    pub index: usize,
    /// Lines of its order.
    pub lines: usize,
    /// When it edits.
    pub schedule: Schedule,
    /// Which till a POS is, for what others send.
    pub indexes: Arc<HashMap<usize, usize>>,
    /// Where it notes what it measures.
    pub tally: Arc<Tally>,
}

impl Post {
    /// Loads the page and makes the order; the revision that it got, and the message number.
    pub async fn open(&self, connection: &mut Connection) -> anyhow::Result<(u64, u64)> {
        let load = said(&connection.post(UPDATE_PATH, self.identity.page_load()).await?)?;
        if load.action != "sync_all" {
            bail!("a page load was answered {load:?}");
        }
        let made = said(&connection.post(UPDATE_PATH, self.identity.update(self.lines, 0, 1)).await?)?;
        match made.action.as_str() {
            "update_revision_ID" => Ok((made.revision, load.data.message)),
            _ => bail!("a new order was answered {made:?}"),
        }
    }

    /// Edits the order, each edit when it is due or as soon as the one before is answered.
    pub async fn edit(self, mut connection: Connection, mut revision: u64) {
        for edit in 1..=self.schedule.edits {
            let due = self.schedule.due(self.index, edit);
            tokio::time::sleep_until(due.into()).await;
            let update = self.identity.update(self.lines, edit, revision);
            let answer = match connection.post(UPDATE_PATH, update).await {
                Ok(bytes) => said(&bytes),
                Err(error) => Err(error),
            };
            self.tally.answered.since(due);
            match answer {
                Ok(said) => revision = revision.max(self.note(&said)),
                Err(error) => self.tally.error(format!("an update failed: {error:#}")),
            }
        }
    }

    /// Notes an answer; the revision that it brings.
    fn note(&self, said: &Said) -> u64 {
        match said.action.as_str() {
            "update_revision_ID" => {
                self.tally.accepted.fetch_add(1, Ordering::Relaxed);
                said.revision
            }
            "sync_all" => {
                self.tally.accepted.fetch_add(1, Ordering::Relaxed);
                self.tally.merged.fetch_add(1, Ordering::Relaxed);
                said.data.orders.first().map_or(0, |order| order.data.revision)
            }
            "revision_error" => {
                self.tally.refused.fetch_add(1, Ordering::Relaxed);
                0
            }
            other => {
                self.tally.error(format!("an update was answered with the action '{other}'"));
                0
            }
        }
    }

    /// Holds the poll until it is dropped. `message` is the message number that the page load brought.
    pub async fn poll(self, mut connection: Connection, mut message: u64) {
        let (mut last, mut seen) = (0, HashMap::new());
        loop {
            let answer = connection.post(POLL_PATH, self.identity.poll(last)).await;
            let entries = answer.and_then(|bytes| {
                let answer: Answer<Vec<Entry>> = serde_json::from_slice(&bytes)?;
                answer.result.with_context(|| refused(answer.error.as_ref()))
            });
            match entries {
                Ok(entries) => {
                    for entry in entries {
                        last = last.max(entry.id);
                        let number = entry.message.data.message;
                        // A list sets the number; a server without numbers (the floor) says 0.
                        if number > message + 1 && entry.message.action != "sync_all" {
                            self.tally.holes.fetch_add(1, Ordering::Relaxed);
                        }
                        message = message.max(number);
                        self.saw(&entry.message, &mut seen);
                        entry.message.data.orders.iter().for_each(|order| self.saw(order, &mut seen));
                    }
                }
                Err(error) => {
                    self.tally.error(format!("a poll failed: {error:#}"));
                    tokio::time::sleep(self.schedule.every).await;
                }
            }
        }
    }

    /// Notes when another's edit arrived; a later state of the order holds the earlier edits, too.
    fn saw(&self, message: &Said, seen: &mut HashMap<usize, usize>) {
        let Some((pos, edit)) = message.data.nonce.as_deref().and_then(|nonce| nonce.split_once('-')) else {
            return;
        };
        let (Ok(pos), Ok(edit)) = (pos.parse::<usize>(), edit.parse::<usize>()) else { return };
        let Some(index) = self.indexes.get(&pos).copied().filter(|index| *index != self.index) else {
            return;
        };
        let before = seen.entry(pos).or_insert(0);
        for edit in *before + 1..=edit {
            self.tally.seen.since(self.schedule.due(index, edit));
        }
        *before = edit.max(*before);
    }
}

fn said(bytes: &[u8]) -> anyhow::Result<Said> {
    let answer: Answer<Said> = serde_json::from_slice(bytes)?;
    answer.result.with_context(|| refused(answer.error.as_ref()))
}

/// What a server said instead of a result.
fn refused(error: Option<&Value>) -> String {
    let text = error.and_then(|error| error.pointer("/data/message").or_else(|| error.get("message")));
    let text = text.and_then(Value::as_str).unwrap_or("the answer has no result");
    format!("the server says: {text} (--database says of which database the bench's tills are)")
}
