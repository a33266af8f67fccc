//! How many appends the SQLite engine takes on this machine.
//!
//! Each room appends one event at a time and waits for it, as a server's rooms do: an order of about 3 kB is
//! registered, changed some times, then the next one.
//!
//! ```text
//! cargo run --release -p tillsync-store --features suite --example appends -- [rooms] [seconds] [folder]
//! ```

use std::error::Error;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tillsync_store::Store;
use tillsync_store::sqlite::{OpenMode, Options, SqliteStore};
use tillsync_store::suite::land;
use tillsync_store::suite::shop::{Shop, create, delete, update};
use tokio::task::JoinSet;

/// Lines of each order: about 3 kB.
const LINES: usize = 12;

/// Events of each order.
const EVENTS_PER_ORDER: u64 = 10;

#[tokio::main]
async fn main() -> Result<(), Box<dyn Error>> {
    let mut args = std::env::args().skip(1);
    let rooms: i64 = args.next().map_or(Ok(50), |rooms| rooms.parse())?;
    let seconds: u64 = args.next().map_or(Ok(5), |seconds| seconds.parse())?;
    let unique = format!("tillsync-appends-{}", std::process::id());
    let dir = args.next().map_or_else(std::env::temp_dir, PathBuf::from).join(unique);
    let store = Arc::new(SqliteStore::open(&dir, &Options::new(OpenMode::Serve))?);

    let begin = Instant::now();
    let end = begin + Duration::from_secs(seconds);
    let mut appending = JoinSet::new();
    for room in 1..=rooms {
        appending.spawn(append_until(end, store.clone(), Shop::new(room)));
    }
    let mut waits: Vec<Duration> = appending.join_all().await.into_iter().flatten().collect();
    let taken = begin.elapsed().as_secs_f64();
    waits.sort_unstable();

    let at = |share: f64| waits.get((waits.len() as f64 * share) as usize).copied().unwrap_or_default();
    let (appends, commits) = (waits.len() as f64, store.commits() as f64);
    println!("{rooms} rooms, {taken:.1} s");
    println!(
        "{:.0} appends/s, {:.0} commits/s, {:.1} appends per commit",
        appends / taken,
        commits / taken,
        appends / commits
    );
    println!(
        "an append takes {:?} (median), {:?} (99 of 100), {:?} (longest)",
        at(0.5),
        at(0.99),
        at(1.0).max(waits.last().copied().unwrap_or_default())
    );
    let order =
        Shop::new(0).does(create("A", LINES)).orders.first().map(|order| serde_json::to_string(&**order));
    println!("an order is {} bytes", order.transpose()?.map_or(0, |body| body.len()));
    drop(store);
    println!("the database is {} KiB", std::fs::metadata(dir.join("tillsync.db"))?.len() / 1024);
    std::fs::remove_dir_all(dir)?;
    Ok(())
}

/// Appends until the end; gives how long each append took.
async fn append_until(end: Instant, store: Arc<dyn Store>, mut shop: Shop) -> Vec<Duration> {
    let mut waits = Vec::new();
    while Instant::now() < end {
        let uid = format!("order {}", shop.state.seq / EVENTS_PER_ORDER);
        let action = match shop.state.seq % EVENTS_PER_ORDER {
            0 => create(&uid, LINES),
            9 => delete(&uid),
            _ => update(&uid),
        };
        let batch = shop.does(action);
        let begin = Instant::now();
        land(&*store, batch).await;
        waits.push(begin.elapsed());
    }
    waits
}
