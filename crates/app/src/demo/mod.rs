//! `tillsync demo`: a server, two simulated tills and a recording, before one's eyes.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, bail};
use clap::Args;
use tillsync_server::clock::now_ms;
use tillsync_server::config::{Config, TillAccess};
use tillsync_store::sqlite::{OpenMode, Options, SqliteStore};
use tillsync_store::{KeyStore, RoomId, Store};
use tokio::net::TcpListener;

mod device;
mod shop;
mod show;
mod story;

use crate::arguments;
use crate::odoo::address;
use crate::replay::explained::Reason;
use crate::replay::http::Http;
use crate::replay::recording::Recording;
use crate::replay::{self, Target};
use crate::serve::stop_signal;
use show::Show;
use story::{Place, Story};

/// The database whose key the demo makes.
const DATABASE: &str = "odoo";

/// The multi-session of the story; the recording has [`RECORDED`].
const CAFE: i64 = 1;

/// The multi-session of the recording.
const RECORDED: i64 = 2;

/// Real browsers at the original server: two tills click a product of one order at once.
const RECORDING: &str = include_str!("../../recordings/concurrent.jsonl");

/// Run the Sync Server and show what it does: two simulated tills, then a recording of real ones.
///
/// The server stays up until Ctrl-C, so that tills of your own can be tried.
#[derive(Debug, Args)]
pub struct Demo {
    /// The folder for the demo's database.
    #[arg(long, default_value = "./tillsync-data/demo", value_name = "DIR")]
    data: PathBuf,
    /// Where to listen.
    #[arg(long, default_value = "127.0.0.1:8090", value_name = "ADDR", value_parser = arguments::listen_address)]
    listen: SocketAddr,
    /// How long each screen is shown before the story goes on, in milliseconds.
    #[arg(long, default_value_t = 400, value_name = "MS")]
    pace_ms: u64,
    /// Stop when the story is over.
    #[arg(long)]
    once: bool,
}

impl Demo {
    /// Plays the demo; an error if anything that is shown is wrong.
    pub async fn run(self) -> anyhow::Result<()> {
        let show = Show::new();
        let store = SqliteStore::open(&self.data, &Options::new(OpenMode::Serve))
            .with_context(|| format!("the database in {} could not be opened", self.data.display()))?;
        let store = Arc::new(store);
        let listener = TcpListener::bind(self.listen).await.with_context(|| {
            format!(
                "cannot listen on {}; is another server there? --listen takes another address, such as 127.0.0.1:8091 \
                 (with 'cargo xtask run', after two dashes: -- --listen 127.0.0.1:8091)",
                self.listen
            )
        })?;
        let secret = new_key(store.as_ref()).await?;
        shop::make(store.as_ref()).await?;
        let summary = store.summary(&RoomId::new(DATABASE, CAFE)).await?;
        let run = summary.map_or(1, |summary| i64::from(summary.run) + 1);
        // Whoever reaches the demo may try its tills; it listens on this machine only unless told otherwise.
        let config = Config { tills: TillAccess::Open, ..Config::default() };
        let running = tillsync_server::serve(config, store, listener, None).await?;
        let url = format!("http://{}/odoo/{secret}", running.address);
        show.title(&format!(
            "Tillsync runs on http://{}. Two tills of a café share their orders.",
            running.address
        ));
        let played = play(&show, &url, Duration::from_millis(self.pace_ms), run).await;
        if played.is_err() || self.once {
            running.stop().await;
            return played;
        }
        show.title("The server stays up for tills of your own.");
        show.says(&format!(
            "  Open http://{} in a browser, twice: the Register, with a café's products (PINs: Ann 1111, Bob 2222).",
            running.address
        ));
        show.says(&format!("  http://{}/admin is the café's back office.", running.address));
        show.says(&format!("  Type into Odoo's field Sync Server (database '{DATABASE}'):  {url}"));
        show.says("  The address is new at each start of the demo; 'tillsync serve' and 'tillsync odoo add' make lasting ones.");
        show.says("  docs/ODOO.md says how to put it in front of a shop's tills.");
        show.says("  Ctrl-C stops it.");
        stop_signal().await?;
        running.stop().await;
        Ok(())
    }
}

async fn play(show: &Show, url: &str, pace: Duration, run: i64) -> anyhow::Result<()> {
    let place = Place { database: DATABASE, multi_session: CAFE, run };
    let story = Story::open(show, pace, &Http::new(url)?, &place).await?;
    story.play().await?;
    drop(story);
    show.title(
        "Now two real browsers, as they were recorded at the original server: both click a product at once.",
    );
    show.says("There it ended in \"There is a conflict during synchronization, try your action again\".\n");
    let recording = Recording::parse("concurrent".to_owned(), PathBuf::from("nowhere"), RECORDING)?;
    let target = Target { database: DATABASE.to_owned(), multi_session: RECORDED };
    let reports = replay::play(url, &[recording], &target, false).await?;
    if reports.iter().any(|report| !report.unexplained.is_empty()) {
        bail!("the demo went wrong: the recording has differences that are not explained");
    }
    let requests: usize = reports.iter().map(|report| report.requests).sum();
    let merged: usize = reports.iter().filter_map(|report| report.explained.get(&Reason::Merged)).sum();
    show.says(&format!("Their {requests} requests were sent to this server as they were recorded."));
    show.says(&match merged {
        0 => "No answer was a conflict.".to_owned(),
        _ => "Where the conflict was, it answered with the order that has both clicks.".to_owned(),
    });
    Ok(())
}

/// Makes a key for this start; those of earlier demos are removed. Gives its secret.
async fn new_key(store: &SqliteStore) -> anyhow::Result<String> {
    for key in store.keys().await?.iter().filter(|key| key.removed_ms.is_none()) {
        store.remove_key(key.id, now_ms()).await?;
    }
    let (secret, _) = address::make(store, DATABASE.to_owned(), None, Vec::new()).await?;
    Ok(secret)
}
