//! `tillsync bench odoo`.

mod body;
mod connection;
pub mod floor;
mod report;
mod till;

use std::collections::HashMap;
use std::path::Path;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use clap::Args;
use rand::RngExt;
use tokio::task::JoinSet;

use self::body::{Identity, POSES_MAX};
use self::connection::{Bytecount, Connection};
use self::report::{OdooMeasured, Report};
use self::till::Post;

use super::address::Address;
use super::disk::DiskProbe;
use super::folder::Folder;
use super::measured::Measured;
use super::process::{Server, Usage};
use super::tally::{Schedule, Tally, count};
use super::work::Work;
use crate::arguments;

use crate::say::say;

/// Tills that load their pages at once.
const LOADING_MAX: usize = 16;

/// From the last till's page to the first edit: by then every till has had what a page that was just loaded gets, and
/// holds its poll. A shop's tills do not all open in the moment in which they all begin to work.
const REST: Duration = Duration::from_secs(3);

/// How long the last edits may still be on their way when the time is over.
const DRAIN: Duration = Duration::from_secs(2);

/// Measure a Sync Server with Odoo tills that edit their orders and hold their polls.
///
/// Each till is a POS of its own with an order of its own. It types quantities into it, and every other till of
/// its multi-session is told. The load is an open loop: times count from when an edit was due, not from when it was
/// sent. Without --url a server of its own is started, with a database of its own that is removed afterwards, and
/// then the floor: the least that any server must do for the same requests.
#[derive(Debug, Args)]
pub struct BenchOdoo {
    #[command(flatten)]
    work: Work,
    /// Load this server instead: http://HOST:PORT/odoo/KEY, or whatever is typed into Odoo's field Sync Server. It gets
    /// orders of POSes from 10001 on, in multi-sessions from 1 on: not a shop's own database.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
    /// The database that its tills say they are of.
    #[arg(long, default_value = "bench", value_name = "NAME", value_parser = plain_name)]
    database: String,
}

/// A name that is the same within JSON, however deep.
fn plain_name(name: &str) -> Result<String, String> {
    let name = arguments::database(name)?;
    match name.contains(['"', '\\']) {
        true => Err("the bench's database has no quotes and no backslashes in its name".to_owned()),
        false => Ok(name),
    }
}

impl BenchOdoo {
    /// Measures and prints.
    pub async fn run(self) -> anyhow::Result<()> {
        self.work.check(POSES_MAX - 1)?;
        let folder = Folder::new();
        let measured = match &self.url {
            Some(url) => self.measure(url, None).await?,
            None => {
                let data = folder.0.to_string_lossy().into_owned();
                let arguments =
                    ["serve", "--odoo-open", "--listen", "127.0.0.1:0", "--log", "error", "--data", &data];
                let server = Server::start(&arguments).await?;
                self.measure(&server.url, Some((&server, &folder.0))).await?
            }
        };
        let floor = match self.url.is_none() && !self.work.no_floor {
            true => {
                let floor = Server::start(&["bench", "floor"]).await?;
                Some(self.measure(&floor.url, Some((&floor, &folder.0))).await?)
            }
            false => None,
        };
        let report = Report {
            tills: self.work.tills,
            multi_sessions: self.work.multi_sessions,
            lines: self.work.lines,
            rate: self.work.rate,
            measured,
            floor,
        };
        match self.work.json {
            true => say!("{}", report.json()),
            false => print!("{}", report.table()),
        }
        Ok(())
    }

    /// A server of our own is given with the folder that it writes to.
    async fn measure(&self, url: &str, own: Option<(&Server, &Path)>) -> anyhow::Result<OdooMeasured> {
        let server = own.map(|(server, _)| server.id);
        let address = Arc::new(Address::read(url)?);
        let bytes = Arc::new(Bytecount::default());
        let (posts, mut opened) = self.open(&address, &bytes).await?;
        let begins = Instant::now() + REST;
        let edits = self.work.edits();
        let every = self.work.every();
        let schedule = Schedule { begins, every, edits, tills: self.work.tills };
        let tally = Arc::new(Tally::new());
        let (mut editing, mut polling) = (JoinSet::new(), JoinSet::new());
        for mut post in posts {
            let Some((connection, revision, message)) = opened.remove(&post.index) else { continue };
            (post.schedule, post.tally) = (schedule, tally.clone());
            let poll = Connection::new(address.clone(), bytes.clone());
            polling.spawn(post.clone().poll(poll, message));
            editing.spawn(post.edit(connection, revision));
        }
        tokio::time::sleep_until(begins.into()).await;
        let disk = own.map(|(_, folder)| DiskProbe::start(folder)).transpose().context("the disk's probe")?;
        let before = (server.and_then(Usage::of), Usage::of(std::process::id()));
        let moved = || (count(&bytes.sent), count(&bytes.received));
        let moved_before = moved();
        let ends = schedule.ends();
        let whole = async { while editing.join_next().await.is_some() {} };
        let in_time = tokio::time::timeout_at((ends + Duration::from_secs(30)).into(), whole).await.is_ok();
        let took = begins.elapsed();
        // Every edit reaches every other till of its multi-session.
        let share = self.work.tills / self.work.multi_sessions;
        let rest = self.work.tills % self.work.multi_sessions;
        let pairs = |tills: usize| tills * tills.saturating_sub(1);
        let expected = edits * (rest * pairs(share + 1) + (self.work.multi_sessions - rest) * pairs(share));
        let drained = Instant::now() + DRAIN;
        while (tally.seen.summary().0 as usize) < expected && Instant::now() < drained {
            tokio::time::sleep(Duration::from_millis(10)).await;
        }
        let disk = disk.map(DiskProbe::stop).transpose()?;
        let wall = begins.elapsed();
        let after = (server.and_then(Usage::of), Usage::of(std::process::id()));
        let moved_after = moved();
        polling.shutdown().await;
        let load = Measured {
            in_time,
            took,
            wall,
            due: edits * self.work.tills,
            expected,
            server: before.0.zip(after.0),
            own: before.1.zip(after.1),
            tally,
        };
        let (sent, received) = (moved_after.0 - moved_before.0, moved_after.1 - moved_before.1);
        Ok(OdooMeasured { load, sent, received, disk })
    }

    /// Loads all pages and makes all orders.
    async fn open(
        &self,
        address: &Arc<Address>,
        bytes: &Arc<Bytecount>,
    ) -> anyhow::Result<(Vec<Post>, Opened)> {
        // A login that was never used, so that a server can be measured again.
        let login = rand::rng().random_range(100..1_000_000);
        // One for as long as the program runs: the tills' requests are made without copying it.
        let database: &'static str = self.database.clone().leak();
        let identity = |index: usize| {
            let (multi_session, place) =
                (index % self.work.multi_sessions + 1, index / self.work.multi_sessions + 1);
            Identity { database, multi_session, pos: multi_session * POSES_MAX + place, login }
        };
        let indexes: HashMap<usize, usize> =
            (0..self.work.tills).map(|index| (identity(index).pos, index)).collect();
        let indexes = Arc::new(indexes);
        let schedule = Schedule { begins: Instant::now(), every: REST, edits: 0, tills: self.work.tills };
        let post = |index| Post {
            identity: identity(index),
            index,
            lines: self.work.lines,
            schedule,
            indexes: indexes.clone(),
            tally: Arc::new(Tally::new()),
        };
        let posts: Vec<Post> = (0..self.work.tills).map(post).collect();
        let mut opened = Opened::new();
        let mut opening = JoinSet::new();
        let mut waiting = posts.iter().cloned();
        loop {
            while opening.len() < LOADING_MAX
                && let Some(post) = waiting.next()
            {
                let mut connection = Connection::new(address.clone(), bytes.clone());
                opening.spawn(async move {
                    let opened = post.open(&mut connection).await;
                    opened.map(|(revision, message)| (post.index, (connection, revision, message)))
                });
            }
            let Some(one) = opening.join_next().await else { break };
            let (index, one) = one?.context("a till could not be opened")?;
            opened.insert(index, one);
        }
        Ok((posts, opened))
    }
}

/// Tills whose pages are loaded: the connection, the order's revision, the message number.
type Opened = HashMap<usize, (Connection, u64, u64)>;
