//! Rule A5: what was acknowledged survives `kill -9` at any moment.
//!
//! A child process appends as fast as it can and says what was acknowledged; it is killed, again and again, and each
//! time everything that it said has to be there.

use std::collections::BTreeMap;
use std::env;
use std::io::{BufRead, BufReader, Write};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::sync::mpsc;
use std::thread;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use tillsync_core::id::OrderUid;
use tillsync_core::multi_session::MultiSession;
use tillsync_core::order::Order;
use tillsync_store::sqlite::{OpenMode, Options, SqliteStore};
use tillsync_store::suite::shop::{Shop, create, update};
use tillsync_store::{RoomId, Store};

/// Where the child finds the folder; without it, the child's test does nothing.
const FOLDER: &str = "TILLSYNC_KILL_TEST_FOLDER";

/// Rooms that the child writes to at once.
const ROOMS: i64 = 4;

/// How often the child is killed.
const KILLS: u32 = 10;

/// How long a child has for its first acknowledgement.
const FIRST_SECONDS_MAX: u64 = 30;

fn open(dir: &Path) -> SqliteStore {
    SqliteStore::open(dir, &Options::new(OpenMode::Serve)).expect("the store opens after the kill")
}

/// The child. Started by the test below; among the tests it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Some(dir) = env::var_os(FOLDER) else { return };
    let store = std::sync::Arc::new(open(Path::new(&dir)));
    let mut rooms = tokio::task::JoinSet::new();
    for room in 1..=ROOMS {
        let store = store.clone();
        rooms.spawn(async move {
            let mut shop = Shop::new(room);
            if let Some(loaded) = store.load(&shop.room).await.expect("it loads") {
                shop.state = MultiSession::from_parts(loaded.summary, loaded.orders);
            }
            loop {
                let seq = shop.state.seq;
                let uid = format!("order {}", seq / 10);
                // A life of its own for each process, so that command ids do not repeat.
                shop = shop.as_till(&format!("till-{}-{seq}", std::process::id()));
                let action = if seq.is_multiple_of(10) { create(&uid, 5) } else { update(&uid) };
                tillsync_store::suite::land(&*store, shop.does(action)).await;
                let said = writeln!(std::io::stdout().lock(), "ack {room} {}", shop.state.seq);
                said.expect("the parent listens");
            }
        });
    }
    rooms.join_all().await;
}

fn start(dir: &Path) -> Child {
    Command::new(env::current_exe().expect("this program"))
        .args(["child", "--exact", "--nocapture", "--test-threads=1"])
        .env(FOLDER, dir)
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("the child starts")
}

/// Runs a child, kills it some time after its first word, and gives the last seq that it acknowledged in each room.
fn run_and_kill(dir: &Path, after: Duration) -> BTreeMap<i64, u64> {
    let mut child = start(dir);
    let output = child.stdout.take().expect("its output");
    let (first, spoke) = mpsc::channel();
    let listener = thread::spawn(move || {
        let mut acknowledged = BTreeMap::new();
        let mut lines = BufReader::new(output);
        let mut line = String::new();
        while lines.read_line(&mut line).is_ok_and(|bytes| bytes > 0) {
            // The kill may have torn the last line.
            if let Some(said) = line.strip_prefix("ack ").filter(|_| line.ends_with('\n')) {
                let (room, seq) = said.trim().split_once(' ').expect("a room and a seq");
                let seq = seq.parse::<u64>().expect("a seq");
                acknowledged.insert(room.parse::<i64>().expect("a room"), seq);
                let _ = first.send(());
            }
            line.clear();
        }
        acknowledged
    });
    spoke.recv_timeout(Duration::from_secs(FIRST_SECONDS_MAX)).expect("the child acknowledges something");
    thread::sleep(after);
    child.kill().expect("SIGKILL");
    child.wait().expect("it is gone");
    listener.join().expect("the listener")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_acknowledged_survives_a_kill() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let mut acknowledged: BTreeMap<i64, u64> = (1..=ROOMS).map(|room| (room, 0)).collect();
    let chance = SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").subsec_nanos();
    for kill in 0..KILLS {
        // Spread over a range, and moved by chance; each moment is as good as another.
        let after = Duration::from_micros(u64::from(kill * 12_000 + chance.rotate_left(kill) % 20_000));
        acknowledged.extend(run_and_kill(dir.path(), after));
        let store = open(dir.path());
        for (room, seq) in &acknowledged {
            check(&store, &RoomId::new("main", *room), *seq).await;
        }
    }
}

/// The log reaches what was acknowledged, has no hole, and gives the orders and the summary that are stored.
async fn check(store: &SqliteStore, room: &RoomId, acknowledged: u64) {
    let log = store.tail(room, 0, usize::MAX).await.expect("the log");
    assert!(
        log.len() as u64 >= acknowledged,
        "{room}: {acknowledged} was acknowledged, {} is there",
        log.len()
    );
    let mut state = MultiSession::default();
    for (event, seq) in log.iter().zip(1..) {
        assert_eq!(event.seq, seq, "{room}: a hole in the log");
        state.evolve(event);
        let answer = store.answer(room, &event.command).await.expect("an answer");
        assert!(answer.is_some(), "{room}: event {seq} has no answer");
    }
    let summary = store.summary(room).await.expect("a summary");
    assert_eq!(summary, (!log.is_empty()).then(|| state.summary()), "{room}");
    for (uid, order) in &state.orders {
        assert_eq!(store.order(room, &OrderUid::new(uid.as_str())).await, Ok(Some(Order::clone(order))));
    }
}
