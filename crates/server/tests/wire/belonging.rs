//! Who belongs where: POSes, multi-sessions, databases, runs.

use serde_json::{Value, json};
use tillsync_core::order::OrderState;
use tillsync_odoo_till::{POLL_PATH, Reload, TillConfig, UPDATE_PATH};
use tillsync_store::RoomId;

use crate::common::shop::Shop;
use crate::common::wire::{Hand, about, news, order};

const UID: &str = "00001-001-0001";
const A: &str = "00001-001-0001-1";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nothing_crosses_multi_sessions_or_databases() {
    let shop = Shop::impatient().await;
    let [(one, _)] = shop.hands().await;
    let elsewhere = Hand { multi_session: 2, ..Hand::numbered(shop.address(), 2) };
    let foreign = Hand { database: "other".into(), ..Hand::numbered(shop.address(), 1) };
    for hand in [&elsewhere, &foreign] {
        hand.load().await;
    }
    one.update(order(UID, 1, &[(A, 1, 1, 1)])).await;
    for hand in [&elsewhere, &foreign] {
        assert_eq!(hand.load().await["data"]["orders"], json!([]));
        let mut last = 0;
        let heard = news(hand, &mut last).await;
        assert!(about(&heard, UID).is_empty(), "{heard:?}");
        // The same uid is another order there.
        hand.update(order(UID, 1, &[(A, 1, 9, 1)])).await;
    }
    assert_eq!(shop.order(UID).await.lines[0].fields["product_id"], json!(1));
    assert_eq!(shop.orders_of(&RoomId::new("other", 1)).await.len(), 1);
    assert_eq!(shop.orders_of(&RoomId::new("odoo", 2)).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pos_that_claims_another_multi_session_gets_nothing_of_it_while_its_page_is_open() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1)])).await;
    let seq = shop.seq().await;
    let claims = Hand { multi_session: 2, ..other.clone() };
    for action in ["update_order", "remove_order", "sync_all", "hello"] {
        let answer = claims.call(UPDATE_PATH, &claims.params(action, order(UID, 1, &[(A, 1, 1, 9)]))).await;
        assert_eq!(answer.error().as_deref(), Some("tillsync.NotServed"), "{action}: {}", answer.text);
    }
    assert_eq!(shop.seq().await, seq);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pos_that_was_given_another_multi_session_moves_when_its_page_loads() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, mut last)] = shop.hands().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1)])).await;
    news(&other, &mut last).await;
    let moved = Hand { multi_session: 2, login: 2, ..other.clone() };
    let loaded = moved.load().await;
    assert_eq!(loaded["data"]["orders"], json!([]), "{loaded}");
    one.update(order(UID, 1, &[(A, 1, 1, 2)])).await;
    let mut last = 0;
    let heard = news(&moved, &mut last).await;
    assert!(about(&heard, UID).is_empty(), "{heard:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pos_that_moves_goes_on_with_its_receipts_and_leaves_the_others_alone() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    let paid = async |hand: &Hand, uid: &str| {
        hand.update(order(uid, 1, &[(&format!("{uid}-1"), 1, 1, 1)])).await;
        hand.remove(json!({"uid": uid, "revision_ID": 1, "finalized": true})).await;
    };
    paid(&one, UID).await;
    paid(&other, "00001-002-0001").await;
    paid(&other, "00001-002-0002").await;
    let moved = Hand { multi_session: 2, login: 2, ..other.clone() };
    moved.load().await;
    paid(&moved, "00001-002-0003").await;
    let mut receipts = Vec::new();
    for multi_session in [1, 2] {
        for order in shop.orders_of(&RoomId::new("odoo", multi_session)).await {
            let closing = order.closing.as_ref().expect("it is paid");
            receipts.push((closing.by.pos.id, closing.receipt));
        }
    }
    receipts.sort_unstable();
    assert_eq!(receipts, [(1, Some(1)), (2, Some(1)), (2, Some(2)), (2, Some(3))], "rule N7");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_of_an_unknown_pos_gets_nothing_and_one_without_a_channel_is_refused() {
    let shop = Shop::impatient().await;
    let [(one, _)] = shop.hands().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1)])).await;
    for channel in [
        json!(["odoo", "pos.multi_session", "77"]).to_string(),
        json!(["other", "pos.multi_session", "1"]).to_string(),
    ] {
        let params = json!({"channels": [channel], "last": 0, "options": {}});
        let answer = one.call(POLL_PATH, &params).await.json();
        assert_eq!(answer["result"], json!([]), "{channel}");
    }
    for channels in
        [json!([]), json!([json!(["odoo", "something.else", "1"]).to_string()]), json!(["no JSON"])]
    {
        let answer = one.call(POLL_PATH, &json!({"channels": channels, "last": 0, "options": {}})).await;
        assert_eq!(answer.error().as_deref(), Some("tillsync.BadRequest"), "{channels}: {}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_larger_run_begins_a_run_and_tills_of_the_old_one_are_served_the_old_one() {
    let shop = Shop::open().await;
    let (tills, uid) = shop.tills_at_order::<2>().await;
    let [one, other] = &tills;
    // The first till's session was closed and a new one opened in Odoo; the second till's page is still the old one.
    one.hands(|till| till.reload_as(Reload { run_id: Some(2), session_id: Some(11), ..Reload::default() }));
    one.until("the page is there", |till| till.is_loaded() && till.is_quiet()).await;
    assert_eq!(shop.order(&uid).await.state, OrderState::Unpaid);
    assert_eq!(one.look(|till| till.order(&uid)), None, "the old run's drafts are not shown in the new one");
    let new = one.hands(|till| {
        till.tap(9, 1.0);
        till.selected().expect("an order").uid
    });
    one.quiet().await;
    assert_eq!((shop.order(&new).await.number, shop.order(&new).await.run), (1, 2), "numbers begin at 1");
    other.hands(|till| till.tap(1, 3.0));
    other.quiet().await;
    let served = other.look(|till| till.order(&uid)).expect("the old run's till goes on with it");
    assert_eq!(served.pieces(1), 2.0);
    assert_eq!(shop.order(&uid).await.run, 1);
    assert_eq!(other.look(|till| till.order(&new)), None);
    assert!(one.bad_popups().is_empty() && other.bad_popups().is_empty());
    // The old run's till makes an order there, too, and its numbers go on.
    let late = other.hands(|till| {
        till.new_order();
        till.tap(4, 1.0);
        till.selected().expect("an order").uid
    });
    other.quiet().await;
    assert_eq!((shop.order(&late).await.number, shop.order(&late).await.run), (2, 1));
    // What a new page of the other POS does is in the new run.
    other.hands(|till| till.reload_as(Reload { run_id: Some(2), session_id: Some(12), ..Reload::default() }));
    other.until("the new run's order is there", |till| till.order(&new).is_some() && till.is_quiet()).await;
    shop.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_devices_of_one_pos_are_told_everything_each() {
    let shop = Shop::open().await;
    let one = shop.till(TillConfig::numbered(1)).await;
    let second = TillConfig { login_number: 2, seed: 77, ..TillConfig::numbered(1) };
    let twin = shop.till(second).await;
    let other = shop.till(TillConfig::numbered(2)).await;
    let mut uids = Vec::new();
    for (at, till) in [&one, &twin, &other].into_iter().enumerate() {
        uids.push(till.hands(|till| {
            till.new_order();
            till.tap(at as i64 + 1, 3.0);
            till.selected().expect("an order").uid
        }));
    }
    let all = [&one, &twin, &other];
    shop.whole(&all).await;
    for till in all {
        till.hands(|till| {
            assert!(till.select_order(&uids[0]));
            till.tap(8, 1.0);
        });
        shop.whole(&all).await;
    }
    twin.hands(|till| till.reload());
    shop.whole(&all).await;
    twin.hands(|till| {
        assert!(till.select_order(&uids[2]));
        till.tap(9, 1.0);
    });
    shop.whole(&all).await;
    assert_eq!((shop.pieces(8).await, shop.pieces(9).await), (3.0, 1.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn messages_of_other_kinds_go_to_every_pos_as_they_are() {
    let shop = Shop::impatient().await;
    let [(one, mut of_one), (other, mut of_other)] = shop.hands().await;
    let params = one.params("table_moved", json!({"any": [1, {"shape": null}]}));
    assert_eq!(one.sends(&params).await, json!(1));
    for (hand, last) in [(&one, &mut of_one), (&other, &mut of_other)] {
        let heard = news(hand, last).await;
        let passed: Vec<&Value> = heard.iter().filter(|message| message["action"] == "table_moved").collect();
        assert_eq!(passed.len(), 1, "{heard:?}");
        assert_eq!(passed[0]["data"]["any"], json!([1, {"shape": null}]));
        assert!(passed[0]["data"]["message_ID"].is_u64());
    }
}
