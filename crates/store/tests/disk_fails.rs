//! After the disk did not take a write, nothing is acknowledged any more, and what was acknowledged is there.
//!
//! The failing disk is a limit on the size of files, which a shell sets for a child process: a write beyond it is an
//! I/O error to SQLite, where a full disk would not be one.

#![cfg(unix)]

use std::env;
use std::path::Path;
use std::process::Command;

use tillsync_store::sqlite::{OpenMode, Options, SqliteStore};
use tillsync_store::suite::shop::{Shop, create};
use tillsync_store::{Appended, RoomId, Store, StoreError};

/// Where the child finds the folder; without it, the child's test does nothing.
const FOLDER: &str = "TILLSYNC_DISK_TEST_FOLDER";

/// The limit in the shell's blocks: half a MiB or a whole one, depending on the shell.
const BLOCKS_MAX: u32 = 1_024;

fn open(dir: &Path) -> SqliteStore {
    SqliteStore::open(dir, &Options::new(OpenMode::Serve)).expect("the store opens")
}

/// The child. Started by the test below; among the tests it does nothing.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn child() {
    let Some(dir) = env::var_os(FOLDER) else { return };
    let store = open(Path::new(&dir));
    let mut shop = Shop::new(1);
    let mut acknowledged = 0;
    let failure = loop {
        match store.append(shop.does(create(&format!("order {acknowledged}"), 20))).await {
            Ok(Appended::Landed) => acknowledged += 1,
            other => break other,
        }
        assert!(acknowledged < 10_000, "the limit on the size of files has no effect");
    };
    assert!(matches!(failure, Err(StoreError::Fatal(_))), "{failure:?}");
    // A small one would fit; but who knows what the disk says next.
    let later = store.append(Shop::new(2).does(create("small", 0))).await;
    assert!(matches!(later, Err(StoreError::Fatal(_))), "{later:?}");
    let id = store.next_session_id("main").await;
    assert!(matches!(id, Err(StoreError::Fatal(_))), "{id:?}");
    println!("\nacknowledged {acknowledged}");
}

#[tokio::test]
async fn nothing_is_acknowledged_after_the_disk_failed() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    drop(open(dir.path()));
    // The signal would end the child; ignored, it leaves the error to SQLite.
    let limited = format!("trap '' XFSZ; ulimit -f {BLOCKS_MAX}; exec \"$0\" child --exact --nocapture");
    let output = Command::new("sh")
        .args(["-c", &limited])
        .arg(env::current_exe().expect("this program"))
        .env(FOLDER, dir.path())
        .output()
        .expect("the child runs");
    let text = String::from_utf8_lossy(&output.stdout).into_owned();
    let said = text.lines().find_map(|line| line.strip_prefix("acknowledged "));
    let errors = String::from_utf8_lossy(&output.stderr).into_owned();
    let acknowledged: usize = said.unwrap_or_else(|| panic!("{text}\n{errors}")).parse().expect("a number");
    assert!(output.status.success(), "{errors}");
    assert!(acknowledged > 0);

    let store = open(dir.path());
    let log = store.tail(&RoomId::new("main", 1), 0, usize::MAX).await.expect("the log");
    // The one that failed may have been written nevertheless.
    assert!(
        (acknowledged..=acknowledged + 1).contains(&log.len()),
        "{acknowledged}, {} are there",
        log.len()
    );
    assert!(log.iter().map(|event| event.seq).eq(1..=log.len() as u64), "a hole in the log");
    assert_eq!(store.rooms().await, Ok(vec![RoomId::new("main", 1)]));
}
