//! The recordings of real tills, played by `tillsync replay` against a server in this process: every answer is the
//! recorded one, or differs for a reason that has a name.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;
use std::time::Duration;

use serde_json::Value;
use tillsync_server::config::{Config, OdooAccess, OnFatal};
use tillsync_store::sqlite::{OpenMode, Options, SqliteStore};
use tokio::net::TcpListener;

/// Recordings that are played at once, each in a database of its own.
const AT_ONCE: usize = 4;

#[tokio::test(flavor = "multi_thread")]
async fn every_recording_is_answered_as_recorded_or_better() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &Options::new(OpenMode::Serve)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    // Polls that were answered with nothing are sat out.
    let poll_hold = Duration::from_secs(2);
    let config = Config { odoo: OdooAccess::Open, poll_hold, on_fatal: OnFatal::Report, ..Config::default() };
    let running = tillsync_server::serve(config, Arc::new(store), listener, None).await.unwrap();
    let url = format!("http://{}", running.address);

    let files = recordings();
    assert_eq!(files.len(), 24);
    let mut faults = Vec::new();
    for some in files.chunks(AT_ONCE) {
        let played = some.iter().map(|file| {
            let (url, file) = (url.clone(), file.clone());
            tokio::task::spawn_blocking(move || (replay(&url, &file), file))
        });
        for task in played.collect::<Vec<_>>() {
            let (output, file) = task.await.unwrap();
            if let Some(fault) = fault(&output) {
                faults.push(format!("{}: {fault}", file.display()));
            }
        }
    }
    running.stop().await;
    assert!(faults.is_empty(), "{}", faults.join("\n"));
}

fn recordings() -> Vec<PathBuf> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("recordings");
    let mut files: Vec<PathBuf> = folder
        .read_dir()
        .expect("the folder of recordings")
        .filter_map(|entry| Some(entry.ok()?.path()))
        .collect();
    files.sort();
    files
}

fn replay(url: &str, file: &Path) -> Output {
    let database = file.file_stem().expect("a recording has a name");
    Command::new(env!("CARGO_BIN_EXE_tillsync"))
        .arg("replay")
        .arg(file)
        .args(["--url", url, "--json", "--sit-out-polls", "--database"])
        .arg(database)
        .output()
        .expect("the program runs")
}

/// What is wrong with a replay; none if nothing is.
fn fault(output: &Output) -> Option<String> {
    let errors = String::from_utf8_lossy(&output.stderr);
    let Ok(report) = serde_json::from_slice::<Value>(&output.stdout) else {
        return Some(errors.into_owned());
    };
    let file = &report["files"][0];
    let unexplained = file["unexplained"].as_array().expect("a list");
    if !unexplained.is_empty() {
        let texts: Vec<&str> = unexplained.iter().filter_map(Value::as_str).collect();
        return Some(texts.join("\n"));
    }
    if !output.status.success() {
        return Some(errors.into_owned());
    }
    (file["requests"].as_u64() == Some(0)).then(|| "nothing was played".to_owned())
}

#[tokio::test(flavor = "multi_thread")]
async fn who_does_not_answer_or_refuses_is_told_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path(), &Options::new(OpenMode::Serve)).unwrap();
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let config = Config { on_fatal: OnFatal::Report, ..Config::default() };
    let running = tillsync_server::serve(config, Arc::new(store), listener, None).await.unwrap();
    let address = running.address;
    let file = recordings().remove(0);
    let play = async |url: String| {
        let file = file.clone();
        let output = tokio::task::spawn_blocking(move || replay(&url, &file)).await.unwrap();
        (output.status.success(), String::from_utf8_lossy(&output.stderr).into_owned())
    };
    let (is_fine, errors) = play(format!("http://{address}/odoo/nobodys")).await;
    assert!(!is_fine && errors.contains("refuses: this address has no valid key"), "{errors}");
    running.stop().await;
    let (is_fine, errors) = play(format!("http://{address}/odoo/nobodys")).await;
    assert!(!is_fine && errors.contains("no Sync Server answers at http://"), "{errors}");
    assert!(errors.lines().count() <= 2, "{errors}");
}
