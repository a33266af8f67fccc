//! Starting and stopping.

use std::time::Duration;

use crate::common::wire::polls_held;
use crate::process::{Floor, Server, beside, orders, run, said};

/// A stop takes two seconds at most; this is what a loaded machine may add.
const STOP_MAX: Duration = Duration::from_secs(5);

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn it_stops_on_sigterm_and_sigint_also_while_polls_are_held() {
    for signal in ["TERM", "INT"] {
        let dir = tempfile::tempdir().expect("a folder for temporary files");
        let server = Server::start(dir.path());
        let floor = Floor::open(&server, 3, "").await;
        polls_held(server.address, 3).await;
        server.signal(signal);
        let (status, took) = server.ends();
        assert!(status.success(), "SIG{signal}: {status}");
        assert!(took < STOP_MAX, "SIG{signal}: {took:?}");
        drop(floor);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_stop_the_database_is_one_file_with_everything_in_it() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let server = Server::start(dir.path());
    let floor = Floor::open(&server, 3, "").await;
    floor.tills[0].hands(|till| till.tap(1, 2.0));
    // Looking at the orders opens the database as well: it has to be closed again before the stop.
    floor.whole(dir.path()).await;
    polls_held(server.address, 3).await;
    server.signal("TERM");
    let (status, _) = server.ends();
    assert!(status.success(), "{status}");
    let files =
        std::fs::read_dir(dir.path()).expect("the folder").map(|file| file.expect("a file").file_name());
    let mut files: Vec<_> = files.collect();
    files.sort();
    assert_eq!(files, ["tillsync.db", "tillsync.lock"]);
    let moved = tempfile::tempdir().expect("a folder for temporary files");
    std::fs::copy(dir.path().join("tillsync.db"), moved.path().join("tillsync.db")).expect("a copy");
    assert_eq!(orders(&beside(moved.path())).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restart_in_the_middle_of_held_polls_every_till_is_whole_by_itself() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let mut server = Server::start(dir.path());
    let floor = Floor::open(&server, 3, "").await;
    for round in 1..=3 {
        for (product, till) in (1..).zip(&floor.tills) {
            till.hands(|till| {
                till.new_order();
                till.tap(product, 2.0);
            });
        }
        floor.whole(dir.path()).await;
        polls_held(server.address, 3).await;
        server.signal("TERM");
        // Typed while nobody is there: new orders are sent on return.
        let (status, _) = server.ends();
        assert!(status.success(), "round {round}: {status}");
        floor.tills[0].hands(|till| {
            till.new_order();
            till.tap(10 + round, 2.0);
        });
        server = Server::start(dir.path());
        floor.upstream.set(server.address);
        floor.whole(dir.path()).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_server_on_the_same_folder_is_refused_clearly() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let _server = Server::start(dir.path());
    let second = run(&["serve", "--listen", "127.0.0.1:0", "--data", &dir.path().display().to_string()]);
    let (out, errors) = said(&second);
    assert!(!second.status.success());
    assert!(errors.contains("another Tillsync server"), "{errors}");
    assert_eq!(out, "", "it never says that it is ready");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_that_is_taken_is_refused_clearly() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let other = tempfile::tempdir().expect("a folder for temporary files");
    let server = Server::start(dir.path());
    let address = server.address.to_string();
    let second = run(&["serve", "--listen", &address, "--data", &other.path().display().to_string()]);
    let (_, errors) = said(&second);
    assert!(!second.status.success());
    assert!(errors.contains(&address), "{errors}");
}
