//! `tillsync replay`: recorded tills against a Sync Server.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use rand::RngExt;
use serde_json::json;
use tillsync_odoo_till::PING_PATH;

mod answers;
mod before;
mod compare;
pub mod explained;
pub mod http;
mod names;
mod poller;
pub mod recording;
pub mod report;
mod screen;
mod stage;
mod till;
mod told;
mod verdict;

pub use names::Target;

use http::Http;
use recording::Recording;
use report::{FileReport, Progress};

use crate::say::say;

/// Logins of one recording stay below this.
const LOGINS_MAX: i64 = 100;

/// Logins are moved up by one of so many multiples of [`LOGINS_MAX`]; a login has 31 bits.
const SHIFTS: i64 = 20_000_000;

/// Play recorded tills against a Sync Server and show where its answers differ.
///
/// A recording is a file of JSON lines: what the browsers of an Odoo POS with pos_multi_session sent and were
/// answered. Each can be played again: its tills get logins, and with them uids, that were never used. What the
/// POSes' pollers of the time before missed may show as a difference for ten minutes, until they are forgotten.
#[derive(Debug, Args)]
pub struct Replay {
    /// The recordings.
    #[arg(required = true, value_name = "FILE.jsonl")]
    files: Vec<PathBuf>,
    /// The Sync Server's address, as typed into Odoo's field Sync Server.
    #[arg(long, value_name = "URL")]
    url: String,
    /// The database that the tills say they are of.
    #[arg(long, default_value = "odoo", value_name = "NAME")]
    database: String,
    /// The multi-session that they say they are in.
    #[arg(long, default_value_t = 2, value_name = "ID")]
    multi_session: i64,
    /// Wait out polls that were answered with nothing: about 50 seconds each.
    #[arg(long)]
    sit_out_polls: bool,
    /// Print JSON instead of a table.
    #[arg(long)]
    json: bool,
}

impl Replay {
    /// Plays the recordings; an error if anything is unexplained.
    pub async fn run(self) -> anyhow::Result<()> {
        let recordings =
            self.files.iter().map(|file| Recording::read(file)).collect::<anyhow::Result<Vec<_>>>()?;
        let target = Target { database: self.database, multi_session: self.multi_session };
        let reports = play(&self.url, &recordings, &target, self.sit_out_polls).await?;
        match self.json {
            true => say!("{}", report::to_json(&reports)),
            false => print!("{}", report::table(&reports)),
        }
        match reports.iter().map(|report| report.unexplained.len()).sum() {
            0 => Ok(()),
            1 => bail!("one difference is unexplained"),
            count => bail!("{count} differences are unexplained"),
        }
    }
}

/// Plays recordings, one after the other.
pub async fn play(
    url: &str,
    recordings: &[Recording],
    target: &Target,
    sit_out_polls: bool,
) -> anyhow::Result<Vec<FileReport>> {
    let http = Http::new(url)?;
    greet(&http, url, target).await?;
    let mut progress = Progress::new();
    let mut reports = Vec::new();
    for recording in recordings {
        let shift = rand::rng().random_range(1..=SHIFTS) * LOGINS_MAX;
        let played = stage::play(&http, recording, target.clone(), shift, sit_out_polls, &mut progress).await;
        progress.clear();
        reports.push(played?);
    }
    Ok(reports)
}

/// A POS that no recording has, so that what is asked for it is told to nobody.
const NOBODYS_POS: i64 = 999_999_999;

/// Whether anybody answers there, and lets these tills in: otherwise each answer would be a difference.
async fn greet(http: &Http, url: &str, target: &Target) -> anyhow::Result<()> {
    let list = json!({
        "jsonrpc": "2.0", "method": "call", "id": 1,
        "params": {"message": "PING", "pos_id": NOBODYS_POS, "db_name": target.database},
    });
    let answer = http.post(PING_PATH, &[], &list).await;
    let answer = answer.with_context(|| format!("no Sync Server answers at {url}"))?;
    let error = &answer.body["error"]["data"];
    // Another server's error may be one that it answered when it was recorded.
    if error["name"].as_str().is_some_and(|name| name.starts_with("tillsync.")) {
        bail!("the Sync Server at {url} refuses: {}", error["message"].as_str().unwrap_or_default());
    }
    Ok(())
}
