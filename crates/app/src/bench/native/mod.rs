//! `tillsync bench native`.

mod disk_floor;
mod load;
mod measured;
mod report;
mod seat;
mod socket;
pub mod socket_floor;
mod till;
mod updates;
mod wire;

use std::time::Instant;

use clap::Args;
use rand::RngExt;
use tillsync_core::command::POSES_MAX;

use self::disk_floor::DiskFloor;
use self::load::Load;
use self::report::{Floors, Report};
use self::socket::check_files;

use super::folder::Folder;
use super::process::Server;
use super::work::Work;

use crate::say::say;

/// Measure a Sync Server with tills of our own that edit orders together.
///
/// Each till is a POS of its own. Half of the tills of a multi-session edit, two at each order: a tap is a command
/// that increments a line's quantity, and every till of the multi-session hears of it. The load is an open loop: a tap is
/// sent when it is due, whether or not the one before was answered. Without --url a server of its own is started,
/// with a database of its own that is removed afterwards, and then the floors: a bare WebSocket broadcast of the same
/// bytes to the same tills, and a bare SQLite group commit of the same rows. Bytes are those of WebSocket frames,
/// without TCP's own.
#[derive(Debug, Args)]
pub struct BenchNative {
    #[command(flatten)]
    work: Work,
    /// Tills more that only listen, in multi-sessions in which nothing happens.
    #[arg(long, default_value_t = 0, value_name = "COUNT")]
    idle: usize,
    /// Load this server instead: …/sync/KEY, or one that was started with --till-open. Its database is `bench`.
    #[arg(long, value_name = "URL")]
    url: Option<String>,
}

impl BenchNative {
    /// Measures and prints.
    pub async fn run(self) -> anyhow::Result<()> {
        self.work.check(POSES_MAX)?;
        check_files(self.work.tills + self.idle)?;
        let load = Load {
            tills: self.work.tills,
            multi_sessions: self.work.multi_sessions,
            lines: self.work.lines,
            edits: self.work.edits(),
            every: self.work.every(),
            idle: self.idle,
        };
        // Names that were never used, so that a server can be measured again.
        let mark = format!("{:08x}", rand::rng().random::<u32>());
        let (measured, floors) = match &self.url {
            Some(url) => (load.measure(url, None, &mark).await?, None),
            None => {
                let folder = Folder::new();
                let data = folder.0.to_string_lossy().into_owned();
                let arguments =
                    ["serve", "--till-open", "--listen", "127.0.0.1:0", "--log", "error", "--data", &data];
                let server = Server::start(&arguments).await?;
                let measured = load.measure(&server.url, Some(server.id), &mark).await?;
                // Its database is read by the floor.
                drop(server);
                let floors = match self.work.no_floor {
                    true => None,
                    false => Some(floors(load, folder, mark).await?),
                };
                (measured, floors)
            }
        };
        let report = Report {
            tills: self.work.tills,
            editing: load.editing(),
            idle: self.idle,
            multi_sessions: self.work.multi_sessions,
            lines: self.work.lines,
            rate: self.work.rate,
            measured,
            floors,
        };
        match self.work.json {
            true => say!("{}", report.json()),
            false => print!("{}", report.table()),
        }
        Ok(())
    }
}

/// Measures the floors: the same load on a bare broadcast, and the rows that are in the folder's database.
async fn floors(load: Load, folder: Folder, mark: String) -> anyhow::Result<Floors> {
    let server = Server::start(&["bench", "socket-floor"]).await?;
    let sockets = load.measure(&server.url, Some(server.id), &mark).await?;
    drop(server);
    let schedule = load.schedule(Instant::now());
    let commit = move || DiskFloor::read(&folder.0, &mark)?.run(schedule);
    let disk = tokio::task::spawn_blocking(commit).await??;
    Ok(Floors { sockets, disk })
}
