//! The command line while the server runs, and what it says to wrong flags.

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::json;
use tillsync_core::order::OrderState;
use tillsync_odoo_till::Reload;

use crate::common::eventually;
use crate::common::wire::{Hand, health, order};
use crate::process::{Floor, PROGRAM, Server, beside, orders, run, said};

/// Runs `tillsync odoo …` on a folder; what it printed. Panics if it failed.
fn odoo(dir: &Path, args: &[&str]) -> String {
    let dir = dir.display().to_string();
    let args = [&["odoo", args[0], "--data", &dir], &args[1..]].concat();
    let output = run(&args);
    let (out, errors) = said(&output);
    assert!(output.status.success(), "{args:?}: {out}{errors}");
    out
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_address_counts_at_once_and_no_more_when_it_is_removed() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let server = Server::start_with(Command::new(PROGRAM), dir.path(), &[]);
    let printed = odoo(dir.path(), &["add", "--database", "odoo", "--multi-session", "1"]);
    let path = printed.trim();
    assert!(path.starts_with("/odoo/") && path.len() == "/odoo/".len() + 32, "{printed}");
    let floor = Floor::open(&server, 2, path).await;
    floor.tills[0].hands(|till| till.tap(1, 2.0));
    floor.whole(dir.path()).await;
    let listed = odoo(dir.path(), &["list"]);
    assert!(
        listed.contains(&path[..12]) && !listed.contains(path),
        "the secret is shown once only: {listed}"
    );
    assert!(
        listed.contains("multi-session 1") && listed.contains("POS1") && listed.contains("1 open"),
        "{listed}"
    );
    let id =
        listed.lines().find(|line| line.contains("/odoo/")).and_then(|line| line.split_whitespace().next());
    let removed = odoo(dir.path(), &["remove", id.expect("a number")]);
    assert!(removed.contains("removed"), "{removed}");
    let hand = Hand { path: path.to_owned(), ..Hand::numbered(server.address, 1) };
    eventually("the address is refused", async || {
        let answer = hand.call(tillsync_odoo_till::UPDATE_PATH, &hand.params("sync_all", json!({}))).await;
        answer.error().map(|_| ()).ok_or(answer.text)
    })
    .await;
    assert!(!odoo(dir.path(), &["list"]).contains("/odoo/"));
    let again = run(&["odoo", "remove", "--data", &dir.path().display().to_string(), id.expect("a number")]);
    assert!(!again.status.success() && said(&again).1.contains("was removed before"), "{again:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn unpaid_orders_are_restored_and_runs_put_right_while_tills_are_open() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let server = Server::start(dir.path());
    let floor = Floor::open(&server, 2, "").await;
    floor.tills[0].hands(|till| till.tap(1, 2.0));
    floor.whole(dir.path()).await;
    for (session, till) in (11..).zip(&floor.tills) {
        let reload = Reload { run_id: Some(2), session_id: Some(session), ..Reload::default() };
        till.hands(|till| till.reload_as(reload));
        till.quiet().await;
    }
    let of = ["--database", "odoo", "--multi-session", "1"];
    let unpaid = odoo(dir.path(), &[&["restore"], &of[..]].concat());
    assert!(unpaid.contains("00001-001-") && unpaid.contains("number 1 of run 1"), "{unpaid}");
    let restored = odoo(dir.path(), &[&["restore", "--all"], &of[..]].concat());
    assert!(restored.contains("is open again: number"), "{restored}");
    // The tills are told by themselves.
    floor.whole(dir.path()).await;
    let drafts: Vec<_> = orders(&beside(dir.path()))
        .await
        .into_iter()
        .filter(|order| order.state == OrderState::Draft)
        .collect();
    assert_eq!(drafts.len(), 1);
    assert_eq!(drafts[0].run, 2);
    for till in &floor.tills {
        assert!(till.look(|till| till.order(drafts[0].uid.as_str())).is_some());
    }
    // A till that is still in the run before is served, and its order is on no other till's screen.
    let straggler = Hand { run: 1, ..Hand::numbered(server.address, 3) };
    straggler.update(order("00003-001-0001", 1, &[("00003-001-0001-1", 1, 1, 1)])).await;
    let listed = odoo(dir.path(), &["list"]);
    assert!(listed.contains("run_ID 2") && listed.contains("1 open, 0 unpaid"), "{listed}");
    let said = odoo(dir.path(), &[&["reset-run"], &of[..], &["7"]].concat());
    assert!(said.contains("was 2 and is 7"), "{said}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn deleted_orders_are_listed_with_who_deleted_them_and_come_back() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let server = Server::start(dir.path());
    let hand = Hand::numbered(server.address, 1);
    let uid = "00001-001-0001";
    hand.update(order(uid, 1, &[("00001-001-0001-1", 1, 1, 2)])).await;
    let restore = ["restore", "--database", "odoo", "--multi-session", "1"];
    assert!(!odoo(dir.path(), &restore).contains(uid));
    hand.remove(json!({"uid": uid, "revision_ID": 2, "finalized": false})).await;
    let listed = odoo(dir.path(), &restore);
    let line = listed.lines().find(|line| line.contains(uid)).expect("it is listed");
    assert!(line.contains("1 line, deleted just now by") && line.contains("POS1"), "{listed}");
    let restored = odoo(dir.path(), &[&restore[..], &[uid]].concat());
    assert!(restored.contains("is open again"), "{restored}");
    assert!(!odoo(dir.path(), &restore).contains(uid));
}

#[test]
fn an_address_may_be_made_before_the_server_runs_and_it_says_where_the_database_is() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let data = dir.path().join("new").display().to_string();
    let add = ["odoo", "add", "--data", &data, "--database", "odoo"];
    let (first, second) = (run(&add), run(&add));
    let made = format!("this made one: {data}/tillsync.db");
    assert!(first.status.success() && said(&first).1.contains(&made), "{first:?}");
    assert!(second.status.success() && !said(&second).1.contains("this made"), "{second:?}");
}

#[test]
fn a_folder_without_a_database_is_refused_and_left_as_it_is() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let data = dir.path().display().to_string();
    let of = ["--database", "odoo", "--multi-session", "1"];
    for args in [
        vec!["odoo", "list"],
        vec!["odoo", "remove", "1"],
        [&["odoo", "restore"], &of[..]].concat(),
        [&["odoo", "reset-run", "2"], &of[..]].concat(),
        vec!["after-restore"],
    ] {
        let output = run(&[&args[..], &["--data", &data]].concat());
        let (out, errors) = said(&output);
        assert!(!output.status.success(), "{args:?}: {out}");
        assert!(
            errors.contains(&format!("no database {data}/tillsync.db; give --data")),
            "{args:?}: {errors}"
        );
    }
    assert_eq!(std::fs::read_dir(dir.path()).expect("the folder").count(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn after_a_restore_a_new_epoch_begins_unless_a_server_runs() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let data = dir.path().display().to_string();
    let after_restore = || run(&["after-restore", "--data", &data]);
    let server = Server::start(dir.path());
    let refused = after_restore();
    assert!(!refused.status.success() && said(&refused).1.contains("another Tillsync server"), "{refused:?}");
    server.signal("TERM");
    server.ends();
    let done = after_restore();
    assert!(done.status.success() && said(&done).0.contains("Epoch 2 begins"), "{done:?}");
    let server = Server::start(dir.path());
    assert_eq!(health(server.address).await["epoch"], json!(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_environment_opens_and_closes_the_server_in_the_usual_words() {
    for (word, is_open) in
        [("1", true), ("true", true), ("yes", true), ("0", false), ("false", false), ("no", false)]
    {
        let dir = tempfile::tempdir().expect("a folder for temporary files");
        let mut command = Command::new(PROGRAM);
        command.env("TILLSYNC_ODOO_OPEN", word);
        let server = Server::start_with(command, dir.path(), &[]);
        let hand = Hand::numbered(server.address, 1);
        let answer = hand.call(tillsync_odoo_till::UPDATE_PATH, &hand.params("sync_all", json!({}))).await;
        assert_eq!(answer.error().is_none(), is_open, "{word}: {}", answer.text);
    }
    let refused = Command::new(PROGRAM).arg("serve").env("TILLSYNC_ODOO_OPEN", "maybe").output();
    let refused = refused.expect("the program runs");
    let (_, errors) = said(&refused);
    assert!(errors.contains("true, yes or on") && errors.contains("as TILLSYNC_ODOO_OPEN"), "{errors}");
    assert_eq!(refused.status.code(), Some(2));
}

#[test]
fn a_log_that_goes_into_a_file_has_no_colours() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let mut serve = Command::new(PROGRAM);
    serve.args(["serve", "--listen", "127.0.0.1:0", "--data"]).arg(dir.path()).env_remove("NO_COLOR");
    let mut serve = serve.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
    let mut ready = String::new();
    BufReader::new(serve.stdout.take().expect("piped")).read_line(&mut ready).expect("a line");
    serve.kill().expect("it runs");
    let (_, errors) = said(&serve.wait_with_output().expect("it ends"));
    assert!(errors.contains("new schema") && !errors.contains('\u{1b}'), "{errors:?}");
}

#[test]
fn a_server_that_cannot_listen_leaves_no_database_behind() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("its address").to_string();
    let data = dir.path().join("data");
    let serve = Command::new(PROGRAM).args(["serve", "--listen", &address, "--data"]).arg(&data).output();
    let (_, errors) = said(&serve.expect("the program runs"));
    assert!(errors.contains("cannot listen") && !data.exists(), "{errors:?}");
}

#[test]
fn a_reader_that_has_seen_enough_ends_a_command_quietly() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    odoo(dir.path(), &["add", "--database", "odoo"]);
    let mut list = Command::new(PROGRAM);
    list.args(["odoo", "list", "--data"]).arg(dir.path());
    let mut list = list.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().expect("the program runs");
    drop(list.stdout.take());
    let output = list.wait_with_output().expect("it ends");
    assert!(
        output.status.success() && output.stderr.is_empty(),
        "{:?}",
        String::from_utf8_lossy(&output.stderr)
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn settings_are_shown_and_chosen_beside_the_server() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let server = Server::start(dir.path());
    Hand::numbered(server.address, 1).load().await;
    let data = dir.path().display().to_string();
    let of = ["settings", "--data", &data, "--database", "odoo", "--multi-session"];
    let settings = |more: &[&str]| run(&[&of, more].concat());
    let shown = |more: &[&str]| {
        let output = settings(more);
        assert!(output.status.success(), "{output:?}");
        said(&output).0
    };
    for (chosen, expected) in [
        (&["1"][..], ["active: yes", "offline edits: lock"]),
        (&["1", "--offline-edits", "merge"], ["active: yes", "offline edits: merge"]),
        (&["1", "--active", "no"], ["active: no", "offline edits: merge"]),
        (&["1", "--active", "yes", "--offline-edits", "lock"], ["active: yes", "offline edits: lock"]),
        (&["1"], ["active: yes", "offline edits: lock"]),
    ] {
        let said = shown(chosen);
        assert!(expected.iter().all(|part| said.contains(part)), "{chosen:?}: {said}");
    }
    for (wrong, hint) in [
        (&["2"][..], "no multi-session 2"),
        (&["1", "--active", "maybe"], "yes or on"),
        (&["1", "--offline-edits", "perhaps"], "lock, merge"),
    ] {
        let output = settings(wrong);
        assert!(!output.status.success() && said(&output).1.contains(hint), "{wrong:?}: {output:?}");
    }
}

#[test]
fn wrong_flags_get_clear_errors() {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    odoo(&dir.path().join("data"), &["add", "--database", "odoo"]);
    let data = dir.path().join("data").display().to_string();
    let file = dir.path().join("file");
    std::fs::write(&file, "no folder").expect("a file");
    let file = file.display().to_string();
    let cases: &[(&[&str], &str)] = &[
        (&["nonsense"], "nonsense"),
        (&["serve", "--listen", "somewhere", "--data", &data], "somewhere"),
        (&["serve", "--listen", "127.0.0.1:99999", "--data", &data], "99999"),
        (&["serve", "--log", "(((", "--data", &data], "--log"),
        (&["serve", "--log-format", "xml", "--data", &data], "xml"),
        (&["serve", "--listen", "127.0.0.1:0", "--data", &file], &file),
        (&["serve", "--nonsense"], "--nonsense"),
        (&["odoo", "add", "--data", &data], "--database"),
        (&["odoo", "add", "--data", &data, "--database", ""], "database's name"),
        (&["odoo", "add", "--data", &data, "--database", "odoo", "--multi-session", "x"], "stands as id="),
        (&["odoo", "add", "--data", &data, "--database", "odoo", "--multi-session", "0"], "from 1 on"),
        (
            &["odoo", "add", "--data", &data, "--database", "odoo", "--origin", "pos.example.com"],
            "an origin is",
        ),
        (
            &["odoo", "add", "--data", &data, "--database", "odoo", "--origin", "https://a.b/c"],
            "an origin is",
        ),
        (&["odoo", "remove", "--data", &data, "99"], "no key 99"),
        (&["odoo", "remove", "--data", &data, "x"], "'tillsync odoo list' shows it"),
        (
            &["odoo", "restore", "--data", &data, "--database", "odoo", "--multi-session", "1", "--all"],
            "no multi-session 1",
        ),
        (
            &["odoo", "reset-run", "--data", &data, "--database", "odoo", "--multi-session", "1", "2"],
            "no multi-session 1",
        ),
        (
            &["odoo", "reset-run", "--data", &data, "--database", "odoo", "--multi-session", "1", "--", "-1"],
            "the run_ID that",
        ),
    ];
    for (args, hint) in cases {
        let output = run(args);
        let (out, errors) = said(&output);
        assert!(!output.status.success(), "{args:?}: {out}");
        assert!(errors.contains(hint), "{args:?}: {errors}");
        assert!(!errors.contains("panicked"), "{args:?}: {errors}");
        assert!(!out.contains("ready"), "{args:?}: {out}");
    }
}
