//! Page loads, polls, time.

use crate::desk::{Desk, list, order};
use serde_json::json;
use tillsync_odoo_till::{Answer, PING_PATH, POLL_PATH, Popup, Reload, Till, TillConfig};

#[test]
fn the_page_hangs_until_sync_all_is_answered() {
    let mut desk = Desk::closed(TillConfig::numbered(1));
    desk.till.open();
    for answer in [Answer::Failed, Answer::error("any"), Answer::Ok(json!({ "error": {} }))] {
        let request = desk.one();
        assert_eq!(crate::desk::in_words(&request), "sync_all now");
        desk.till.answer(request.id, answer);
        assert!(!desk.till.is_loaded() && desk.till.take_poll().is_none());
        desk.pass(1_999);
        assert_eq!(desk.sends(), Vec::<String>::new());
        desk.pass(1);
    }
    let request = desk.one();
    desk.answer(&request, list(10, &[]));
    assert!(desk.till.is_loaded() && desk.till.popups().is_empty());
    assert_eq!(desk.sends(), [PING_PATH, "sync_all"]);
}

#[test]
fn the_first_poll_is_aborted_by_the_second() {
    let mut desk = Desk::open();
    let first = desk.till.take_poll().expect("the first poll");
    assert_eq!(first.body["params"]["channels"], json!([r#"["odoo","pos.longpolling","1"]"#]));
    let second = desk.till.take_poll().expect("the second poll");
    assert_eq!(second.path, POLL_PATH);
    assert_eq!(second.body["params"]["channels"].as_array().map(Vec::len), Some(2));
    assert_eq!((desk.till.take_aborted(), desk.till.take_poll()), (vec![first.id], None));
    // An answer that nobody waits for.
    desk.answer(&first, json!([{ "id": 9, "channel": "x", "message": "PONG" }]));
    assert!(desk.till.take_poll().is_none());
    desk.answer(
        &second,
        json!([{ "id": 4, "channel": r#"["odoo","pos.longpolling","1"]"#, "message": "PONG" }]),
    );
    let third = desk.till.take_poll().expect("the third poll");
    assert_eq!(third.body["params"]["last"], json!(4));
}

#[test]
fn a_poll_that_fails_is_tried_again_later() {
    let mut desk = Desk::open();
    let poll = desk.take_poll();
    desk.fail(&poll);
    assert_eq!(desk.till.popups(), [Popup::NoConnection]);
    let before_ms = desk.now_ms;
    while desk.till.take_poll().is_none() {
        desk.now_ms = desk.till.next_tick_ms().expect("a timer");
        desk.till.tick(desk.now_ms);
    }
    assert!((11_000..=30_000).contains(&(desk.now_ms - before_ms)));
}

#[test]
fn requests_time_out() {
    let mut desk = Desk::open();
    desk.till.tap(18, 1.0);
    let update = desk.one();
    let poll = desk.take_poll();
    desk.till.take_aborted();
    desk.pass(30_000);
    assert_eq!((desk.till.take_aborted(), desk.till.is_online()), (vec![update.id], false));
    desk.pass(30_000);
    assert!(desk.till.take_aborted().contains(&poll.id));
}

#[test]
fn a_server_that_comes_back_is_asked_for_everything_once() {
    let mut desk = Desk::open();
    desk.registered(&[18]);
    desk.till.type_qty(2.0);
    let update = desk.one();
    desk.fail(&update);
    desk.till.type_qty(3.0);
    let update = desk.one();
    desk.accept(&update, 2, 1);
    assert_eq!((desk.till.is_online(), desk.sends()), (true, vec!["sync_all".to_owned()]));
}

#[test]
fn a_reload_brings_orders_back_with_other_line_uids() {
    let mut desk = Desk::open();
    let uid = desk.registered(&[18]);
    desk.till.tap(19, 1.0);
    desk.till.tap(20, 1.0);
    let in_the_air = desk.one();
    desk.till.reload();
    assert_eq!(desk.till.take_aborted(), [in_the_air.id]);
    assert_eq!((desk.till.config().login_number, desk.till.unsent()), (2, 0));
    assert_eq!(desk.lines(&uid), ["00001-002-0001-1 1x18", "00001-002-0001-2 1x19", "00001-002-0001-3 1x20"]);
    desk.load_with(&[order(&uid, 1, &[(&format!("{uid}-1"), 1, 1)])]);
    // Typed on a registered order, never sent: gone.
    assert_eq!(desk.lines(&uid), [format!("{uid}-1 1x7")]);
    assert_eq!(desk.till.tap(21, 1.0).as_deref(), Some("00001-002-0001-5"));
}

#[test]
fn a_reload_sends_orders_that_were_never_registered() {
    let mut desk = Desk::open();
    desk.till.tap(18, 1.0);
    let lost = desk.one();
    desk.till.reload();
    desk.answer(&lost, json!({ "action": "update_revision_ID", "revision_ID": 9, "uid": "00001-001-0001" }));
    let request = desk.one();
    desk.answer(&request, list(10, &[]));
    let sent = desk.requests();
    let update = sent.iter().find(|out| out.action() == "update_order").expect("an update");
    let data = &update.message()["data"];
    assert_eq!((&data["uid"], &data["revision_ID"]), (&json!("00001-001-0001"), &json!(1)));
    assert_eq!(data["lines"][0][2]["uid"], json!("00001-002-0001-1"));
    assert_eq!(data["lines"][0][2]["ms_info"], json!({}));
}

#[test]
fn a_registered_order_that_is_gone_at_page_load_goes_silently() {
    let mut desk = Desk::open();
    let uid = desk.registered(&[18]);
    desk.till.reload();
    let request = desk.one();
    desk.answer(&request, list(10, &[]));
    assert_eq!(
        (desk.till.order(&uid), desk.sends()),
        (None, vec![PING_PATH.to_owned(), "sync_all".to_owned()])
    );
    assert_eq!(desk.till.orders().len(), 1);
}

#[test]
fn paid_orders_and_last_outlive_a_reload() {
    let mut desk = Desk::open();
    desk.message("update_order", order("theirs", 1, &[("a", 1, 1)]), 11);
    desk.till.type_qty(2.0);
    let update = desk.one();
    desk.fail(&update);
    desk.till.pay();
    desk.till.reload();
    assert_eq!(desk.sends(), ["remove theirs r1 paid kept"]);
    desk.pass(500);
    let request = desk.requests().pop().expect("sync_all after the sale");
    desk.answer(&request, list(10, &[]));
    assert_eq!(desk.take_poll().body["params"]["last"], json!(1));
}

#[test]
fn orders_of_another_run_or_session_stay_in_the_storage() {
    let elsewhere = [
        Reload { run_id: Some(2), ..Reload::default() },
        Reload { session_id: Some(5), login_number: Some(1), ..Reload::default() },
    ];
    for reload in elsewhere {
        let mut desk = Desk::open();
        let uid = desk.registered(&[18]);
        desk.till.reload_as(reload);
        desk.load();
        assert!(desk.till.order(&uid).is_none(), "{reload:?}");
        desk.till.reload_as(Reload { run_id: Some(1), session_id: Some(1), ..Reload::default() });
        assert!(desk.till.order(&uid).is_some(), "{reload:?}");
    }
}

#[test]
fn the_same_seed_gives_the_same_bytes() {
    let play = |seed: u64| {
        let mut config = TillConfig::numbered(1);
        config.seed = seed;
        let mut till = Till::new(config);
        till.open();
        let mut sent = Vec::new();
        for now_ms in (0..120_000).step_by(700) {
            till.tick(now_ms);
            till.tap(18, 1.0);
            for out in till.take_requests() {
                let lost = now_ms % 5 == 0;
                till.answer(
                    out.id,
                    if lost { Answer::Failed } else { Answer::result(json!({ "action": "" })) },
                );
                sent.push(out.body.to_string());
            }
        }
        sent
    };
    assert_eq!(play(3), play(3));
    assert_ne!(play(3), play(4));
}
