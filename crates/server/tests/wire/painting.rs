//! What a message makes a till repaint, and under which names it knows the lines.

use std::collections::BTreeSet;

use serde_json::{Value, json};

use crate::common::shop::Shop;
use crate::common::wire::{about, lines, news, order};

const UID: &str = "00001-001-0001";
const A: &str = "00001-001-0001-1";
const B: &str = "00001-001-0001-2";

fn painted(message: &Value) -> Vec<&str> {
    let lines = lines(&message["data"]).into_iter().filter(|line| line["is_changed"] == true);
    lines.filter_map(|line| line["uid"].as_str()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_first_seen_order_is_told_a_second_time_with_its_true_lines() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, mut last)] = shop.hands().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1), (B, 2, 2, 1)])).await;
    let heard = news(&other, &mut last).await;
    let told = about(&heard, UID);
    assert_eq!(told.len(), 2, "{heard:#?}");
    assert_eq!(painted(told[1]), [A, B]);
    for message in &told {
        assert_eq!(
            (&message["session_id"], &message["login_number"]),
            (&json!(1), &json!(1)),
            "the creator ignores it"
        );
        let lines = lines(&message["data"]);
        assert!(
            lines.iter().all(|line| line["ms_info"]["created"]["user"]["name"] == "Cashier 1"),
            "{message}"
        );
    }
    let ids: Vec<u64> = told.iter().filter_map(|message| message["data"]["message_ID"].as_u64()).collect();
    assert_eq!(ids[0] + 1, ids[1], "message_ID has no hole");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn only_lines_that_differ_from_what_the_till_shows_are_repainted() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, mut last)] = shop.hands().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1), (B, 2, 2, 1)])).await;
    news(&other, &mut last).await;
    // So that the server knows that it was processed.
    news(&other, &mut last).await;
    one.update(order(UID, 1, &[(A, 1, 1, 5), (B, 2, 2, 1)])).await;
    let heard = news(&other, &mut last).await;
    assert_eq!(painted(about(&heard, UID).last().expect("it is told")), [A]);
    // A message that was not fetched yet does not change what the till shows.
    one.update(order(UID, 2, &[(A, 1, 1, 6), (B, 2, 2, 1)])).await;
    one.update(order(UID, 3, &[(A, 1, 1, 6), (B, 2, 2, 2)])).await;
    let heard = news(&other, &mut last).await;
    let all: BTreeSet<&str> = about(&heard, UID).into_iter().flat_map(painted).collect();
    assert_eq!(all, BTreeSet::from([A, B]));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn line_ids_are_unique_when_two_tills_number_alike() {
    let shop = Shop::impatient().await;
    let [(one, mut of_one), (other, mut of_other)] = shop.hands().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1)])).await;
    // Each counts its lines for itself, and both come to 2.
    one.update(order(UID, 1, &[(A, 1, 1, 1), (B, 2, 2, 1)])).await;
    other.update(order(UID, 1, &[(A, 1, 1, 1), ("00002-001-0001-2", 2, 3, 1)])).await;
    for (hand, last) in [(&one, &mut of_one), (&other, &mut of_other)] {
        let heard = news(hand, last).await;
        for message in about(&heard, UID) {
            let ids: Vec<i64> =
                lines(&message["data"]).iter().filter_map(|line| line["id"].as_i64()).collect();
            let unique: BTreeSet<i64> = ids.iter().copied().collect();
            assert_eq!((ids.len(), ids.len()), (lines(&message["data"]).len(), unique.len()), "{message}");
        }
    }
    shop.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn own_names_of_lines_are_read_against_the_message_that_made_the_order() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, mut last)] = shop.hands().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1), (B, 2, 2, 1)])).await;
    news(&other, &mut last).await;
    // The till created the order from the first message: session 2, login 1, the order's number 1, the lines' ids.
    let (own_a, own_b) = ("00002-001-0001-1", "00002-001-0001-2");
    let answer = other.update(order(UID, 1, &[(own_a, 1, 1, 2), (own_b, 2, 2, 1)])).await;
    let stored = shop.order(UID).await;
    let known: Vec<_> =
        stored.lines.iter().map(|line| (line.uid.as_str(), line.fields["qty"].clone())).collect();
    assert_eq!(known, [(A, json!(2)), (B, json!(1))]);
    assert_eq!(answer["action"], "sync_all", "the till has to learn the true names: {answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_own_name_with_another_product_is_a_new_line() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, mut last)] = shop.hands().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1)])).await;
    news(&other, &mut last).await;
    other.update(order(UID, 1, &[(A, 1, 1, 1), ("00002-001-0001-1", 1, 9, 1)])).await;
    let stored = shop.order(UID).await;
    let known: Vec<_> = stored.lines.iter().map(|line| line.fields["product_id"].clone()).collect();
    assert_eq!(known, [json!(1), json!(9)]);
    shop.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_has_only_just_arrived_can_be_edited_at_once() {
    let shop = Shop::open().await;
    let tills = shop.tills::<2>().await;
    let [one, other] = &tills;
    for round in 0..5 {
        let uid = one.hands(|till| {
            till.new_order();
            till.tap(100 + round, 3.0);
            till.tap(200 + round, 3.0);
            till.selected().expect("an order").uid
        });
        other.until("it arrives", |till| till.order(&uid).is_some()).await;
        other.hands(|till| {
            assert!(till.select_order(&uid));
            let order = till.selected().expect("an order");
            if let Some(line) = order.lines.first() {
                assert!(till.select_line(&line.uid.clone()));
                till.type_qty(7.0);
            }
        });
        shop.whole(&[one, other]).await;
        assert_eq!((shop.pieces(100 + round).await, shop.pieces(200 + round).await), (7.0, 1.0));
    }
}
