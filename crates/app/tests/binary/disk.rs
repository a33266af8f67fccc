//! A disk that is full, and one that fails.

use std::path::{Path, PathBuf};
use std::process::Command;

use hyper::Method;
use tempfile::TempDir;

use crate::common::wire::send;
use crate::process::{Floor, PROGRAM, Server, beside, orders};

/// A disk of a few megabytes, where whoever tests may mount one.
struct SmallDisk(TempDir);

impl SmallDisk {
    fn mount() -> Option<Self> {
        let dir = tempfile::tempdir().expect("a folder for temporary files");
        let mount =
            Command::new("mount").args(["-t", "tmpfs", "-o", "size=6m", "tmpfs"]).arg(dir.path()).output();
        mount.is_ok_and(|mounted| mounted.status.success()).then(|| Self(dir))
    }

    fn data(&self) -> PathBuf {
        self.0.path().join("data")
    }

    fn filler(&self) -> PathBuf {
        self.0.path().join("filler")
    }

    /// Leaves no room.
    fn fill(&self) {
        let to = format!("of={}", self.filler().display());
        // It ends because the disk is full.
        Command::new("dd").args(["if=/dev/zero", &to, "bs=4096"]).output().expect("dd runs");
    }

    fn make_room(&self) {
        std::fs::remove_file(self.filler()).expect("the filler goes");
    }
}

impl Drop for SmallDisk {
    fn drop(&mut self) {
        Command::new("umount").arg("-l").arg(self.0.path()).status().ok();
    }
}

/// Makes orders until an answer says that the disk is full; the text of that answer.
async fn sell_until_full(floor: &Floor) -> String {
    for product in 0..5_000 {
        floor.tills[0].hands(|till| {
            till.new_order();
            till.tap(product, 1.0);
        });
        floor.tills[0].until("it is answered", |till| till.unsent() == 0).await;
        let last = floor.tills[0].exchanges("update_order").pop().expect("an update");
        match last.response {
            Some(response) if response.get("result").is_some() => {}
            Some(response) => {
                return response["error"]["data"]["message"].as_str().unwrap_or_default().to_owned();
            }
            None => return "no answer".to_owned(),
        }
    }
    panic!("the disk never was full");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_disk_is_full_tills_go_offline_and_come_back_once_there_is_room() {
    let Some(disk) = SmallDisk::mount() else {
        println!("no disk can be mounted here: a limit on the size of files stands in for it");
        return fails_at_a_size_limit().await;
    };
    let server = Server::start(&disk.data());
    let floor = Floor::open(&server, 2, "").await;
    floor.tills[1].hands(|till| till.tap(9_999, 1.0));
    floor.whole(&disk.data()).await;
    disk.fill();
    let said = sell_until_full(&floor).await;
    assert!(said.contains("full"), "{said}");
    let health = send(server.address, Method::GET, "/healthz", "").await;
    assert_eq!(health.status, 503, "{}", health.text);
    assert!(health.text.contains("changes cannot be written: the disk is full"), "{}", health.text);
    disk.make_room();
    floor.whole(&disk.data()).await;
    assert_eq!(send(server.address, Method::GET, "/healthz", "").await.status, 200);
    floor.tills[1].hands(|till| {
        till.new_order();
        till.tap(9_998, 1.0);
    });
    floor.whole(&disk.data()).await;
}

/// Standard error goes to a device on which everything is as on a full disk.
#[cfg(target_os = "linux")]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_log_that_cannot_be_written_stops_nothing() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let mut shell = Command::new("sh");
    shell.args(["-c", r#"exec "$0" "$@" 2>/dev/full"#, PROGRAM]);
    let server = Server::start_with(shell, dir.path(), &["--odoo-open"]);
    for _ in 0..3 {
        let refused = send(server.address, Method::POST, "/odoo/wrong/longpolling/poll", "{}").await;
        assert_eq!(refused.error().as_deref(), Some("tillsync.NotServed"), "{}", refused.text);
    }
    let floor = Floor::open(&server, 1, "").await;
    floor.tills[0].hands(|till| till.tap(1, 1.0));
    floor.whole(dir.path()).await;
    server.signal("TERM");
    assert!(server.ends().0.success());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn when_the_disk_fails_the_process_ends_and_a_restart_has_everything() {
    fails_at_a_size_limit().await;
}

async fn fails_at_a_size_limit() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    // The database exists before the limit.
    drop(Server::start(dir.path()));
    let server = start_limited(dir.path());
    let floor = Floor::open(&server, 2, "").await;
    let said = sell_until_full(&floor).await;
    assert!(said == "no answer" || said.contains("cannot write"), "{said}");
    let (status, _) = server.ends();
    assert!(!status.success(), "a disk that fails is no good end");
    let acknowledged: Vec<String> = floor.tills[0]
        .exchanges("update_order")
        .iter()
        .filter(|exchange| exchange.result()["action"] == "update_revision_ID")
        .filter_map(|exchange| exchange.result()["uid"].as_str().map(str::to_owned))
        .collect();
    assert!(!acknowledged.is_empty());
    let server = Server::start(dir.path());
    floor.upstream.set(server.address);
    let stored = orders(&beside(dir.path())).await;
    for uid in &acknowledged {
        assert!(stored.iter().any(|order| order.uid.as_str() == uid), "{uid} was acknowledged and is gone");
    }
    floor.whole(dir.path()).await;
}

/// A server whose files may grow to half a MiB or a whole one, depending on the shell's blocks.
fn start_limited(dir: &Path) -> Server {
    let mut shell = Command::new("sh");
    // The signal would end it; ignored, it leaves the error to SQLite.
    shell.args(["-c", "trap '' XFSZ; ulimit -f 1024; exec \"$0\" \"$@\"", PROGRAM]);
    Server::start_with(shell, dir, &["--odoo-open"])
}
