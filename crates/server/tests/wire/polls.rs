//! Long polls: held, answered, abandoned; with a `last` of ours and of others.

use std::time::Duration;

use serde_json::json;
use tillsync_odoo_till::{POLL_PATH, TillConfig};

use crate::common::client::Client;
use crate::common::shop::Shop;
use crate::common::wire::{about, news, order, polls_held};

const UID: &str = "00001-001-0001";
const A: &str = "00001-001-0001-1";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn abandoned_polls_are_freed() {
    let shop = Shop::open().await;
    let tills = shop.tills::<3>().await;
    // The first poll of each page, which names only one channel, was aborted.
    polls_held(shop.address(), 3).await;
    tills[0].hands(|till| till.close());
    polls_held(shop.address(), 2).await;
    tills[1].net.go_offline();
    polls_held(shop.address(), 1).await;
    drop(tills);
    polls_held(shop.address(), 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_is_answered_as_soon_as_there_is_something() {
    let shop = Shop::open().await;
    let [one, other] = shop.tills::<2>().await;
    one.hands(|till| till.tap(1, 2.0));
    other.until("it is told", |till| till.orders().iter().any(|order| order.pieces(1) == 1.0)).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_that_has_waited_long_enough_is_answered_with_nothing() {
    let shop = Shop::impatient().await;
    let [(one, last)] = shop.hands().await;
    let answer = one.call(POLL_PATH, &one.poll_params(last, &["pos.longpolling", "pos.multi_session"])).await;
    assert_eq!(answer.json()["result"], json!([]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_ping_is_answered_by_a_pong_on_the_channel_of_its_pos() {
    let shop = Shop::impatient().await;
    let [(one, mut of_one), (other, mut of_other)] = shop.hands().await;
    assert_eq!(one.ping().await, json!(1));
    assert_eq!(news(&one, &mut of_one).await, [json!("PONG")]);
    assert!(news(&other, &mut of_other).await.is_empty());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_foreign_last_loses_nothing() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, last)] = shop.hands().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1)])).await;
    // Larger than ours, smaller, and equal to one of ours: the client may have it from the main server.
    for (taps, foreign) in (2..).zip([1_000_000, 0, last, 3, u64::MAX, last + 1]) {
        one.update(order(UID, taps - 1, &[(A, 1, 1, taps as i64)])).await;
        let messages = other.poll(foreign).await;
        let told: Vec<_> = messages.iter().map(|entry| entry["message"].clone()).collect();
        let newest = told.iter().rev().find_map(|message| {
            let data = match message["action"].as_str() {
                Some("sync_all") => &message["data"]["orders"][0]["data"],
                _ => &message["data"],
            };
            (data["uid"] == UID).then(|| data["revision_ID"].clone())
        });
        assert_eq!(newest, Some(json!(taps)), "last {foreign}: {told:#?}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_that_cannot_be_continued_after_a_restart_gets_everything() {
    let mut shop = Shop::impatient().await;
    let [(one, _), (mut other, mut last)] = shop.hands().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1)])).await;
    news(&other, &mut last).await;
    shop.restart().await;
    other.address = shop.address();
    let heard = news(&other, &mut last).await;
    let list = heard.iter().find(|message| message["action"] == "sync_all").expect("the whole list");
    assert_eq!(list["data"]["orders"][0]["data"]["uid"], json!(UID));
    assert!(list["data"]["uid"].is_null());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_whose_answer_is_lost_is_told_again() {
    let shop = Shop::open().await;
    let one = shop.till(TillConfig::numbered(1)).await;
    let other = shop.till(TillConfig::numbered(2)).await;
    polls_held(shop.address(), 2).await;
    for product in 1..4 {
        // The held poll's connection breaks under the answer, and the next poll's, too.
        other.net.lose_answer_to("longpolling/poll");
        other.net.cut();
        one.hands(|till| till.tap(product, 2.0));
        one.quiet().await;
        shop.whole(&[&one, &other]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_till_that_is_far_behind_gets_the_whole_list() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, mut last)] = shop.hands().await;
    for counter in 1..=120 {
        let uid = format!("00001-001-{counter:04}");
        one.update(order(&uid, 1, &[(&format!("{uid}-1"), 1, 1, 1)])).await;
    }
    let heard = news(&other, &mut last).await;
    let list = heard.iter().find(|message| message["action"] == "sync_all").expect("the whole list");
    assert_eq!(list["data"]["orders"].as_array().map(Vec::len), Some(120));
    assert!(about(&heard, UID).len() <= 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn doubled_and_trailing_slashes_in_the_address_are_served() {
    let shop = Shop::open().await;
    let one = shop.till(TillConfig::numbered(1)).await;
    for (number, path) in [(2, "/"), (3, "//"), (4, "///")] {
        let till = Client::new(TillConfig::numbered(number), shop.network().await, path);
        till.open().await;
        till.hands(|till| till.tap(number, 2.0));
        shop.whole(&[&one, &till]).await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stop_ends_held_polls() {
    let mut shop = Shop::open().await;
    let tills = shop.tills::<3>().await;
    polls_held(shop.address(), 3).await;
    let stopping = tokio::time::timeout(Duration::from_secs(20), shop.stop()).await;
    assert!(stopping.is_ok(), "polls that are held do not hold up a stop");
    shop.start().await;
    tills[0].hands(|till| till.tap(1, 1.0));
    shop.whole(&tills.each_ref()).await;
}
