//! What a till claims and what it means: stale claims, lost answers, merged answers.

use serde_json::json;
use tillsync_core::order::OrderState;

use crate::common::shop::Shop;
use crate::common::wire::{about, lines, news, order};

const UID: &str = "00001-001-0001";
const LINE: &str = "00001-001-0001-1";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn taps_count_once_with_a_stale_claim() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    one.update(order(UID, 1, &[(LINE, 1, 1, 1)])).await;
    let mut noted = order(UID, 1, &[(LINE, 1, 1, 1)]);
    noted["lines"][0][2]["note"] = json!("hot");
    other.update(noted).await;
    // Both taps claim the revision before the other's note: the first must not count again with the second.
    one.update(order(UID, 1, &[(LINE, 1, 1, 2)])).await;
    one.update(order(UID, 1, &[(LINE, 1, 1, 3)])).await;
    let stored = shop.order(UID).await;
    assert_eq!(stored.lines[0].fields["qty"], json!(3));
    assert_eq!(stored.lines[0].fields["note"], json!("hot"), "an untouched field is no edit");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_tap_whose_answer_is_lost_counts_once() {
    let shop = Shop::open().await;
    let (tills, _) = shop.tills_at_order::<2>().await;
    let [one, other] = &tills;
    for taps in 1..=3 {
        one.net.lose_answer_to("update_order");
        one.hands(|till| till.tap(1, 3.0));
        one.net.has_struck(taps).await;
        // Typed before the till has noticed: it still claims the revision before.
        one.hands(|till| till.tap(1, 3.0));
        other.hands(|till| till.tap(1, 3.0));
        other.quiet().await;
        shop.whole(&[one, other]).await;
        assert_eq!(shop.pieces(1).await, 1.0 + 3.0 * taps as f64);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_till_is_never_stale_by_its_own_updates() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, mut last)] = shop.hands().await;
    one.update(order(UID, 1, &[(LINE, 1, 1, 1)])).await;
    for qty in 2..6 {
        // The answers are lost on the way, so the claim stays.
        let answer = one.update(order(UID, 1, &[(LINE, 1, 1, qty)])).await;
        assert_eq!(answer["action"], "update_revision_ID", "{answer}");
    }
    let answer = one.remove(json!({"uid": UID, "revision_ID": 1, "finalized": false})).await;
    assert_eq!(answer, json!({"order_ID": 1}));
    assert_eq!(shop.order(UID).await.state, OrderState::Deleted);
    let heard = news(&other, &mut last).await;
    assert_eq!(about(&heard, UID).last().expect("it is told")["action"], "remove_order");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_merged_update_is_answered_with_the_whole_order_and_the_message_id_that_was_told() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, mut last)] = shop.hands().await;
    one.update(order(UID, 1, &[(LINE, 1, 1, 1)])).await;
    let heard = news(&other, &mut last).await;
    let told = heard.last().expect("the order is told")["data"]["message_ID"].as_u64().expect("a number");
    one.update(order(UID, 1, &[(LINE, 1, 1, 1), ("00001-001-0001-2", 2, 2, 1)])).await;
    let answer = other.update(order(UID, 1, &[(LINE, 1, 1, 1), ("00002-001-0001-2", 2, 3, 1)])).await;
    assert_eq!(answer["action"], "sync_all", "{answer}");
    let data = &answer["data"];
    assert_eq!((&data["uid"], &data["message_ID"]), (&json!(UID), &json!(told)), "{answer}");
    assert_eq!(data["order_ID"], json!(1));
    let merged = &data["orders"][0]["data"];
    assert_eq!(data["orders"].as_array().map(Vec::len), Some(1));
    let products: Vec<i64> = lines(merged).iter().filter_map(|line| line["product_id"].as_i64()).collect();
    assert_eq!(products, [1, 2, 3]);
    // One before the order's: the message that repaints has that one.
    assert_eq!(merged["revision_ID"], json!(shop.order(UID).await.revision - 1));
    // What came meanwhile is told on the channel all the same, and counts on from there.
    // Not at once: the till may be about to send what was typed meanwhile.
    let mut heard = Vec::new();
    for _ in 0..20 {
        if about(&heard, UID).is_empty() {
            heard = news(&other, &mut last).await;
        }
    }
    assert_eq!(about(&heard, UID)[0]["data"]["message_ID"], json!(told + 1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_plain_update_is_answered_with_revision_and_number() {
    let shop = Shop::impatient().await;
    let [(one, _)] = shop.hands().await;
    let answer = one.update(order(UID, 1, &[(LINE, 1, 1, 1)])).await;
    let wanted =
        json!({"action": "update_revision_ID", "revision_ID": 1, "uid": UID, "order_ID": 1, "run_ID": 1});
    assert_eq!(answer, wanted);
    let answer = one.update(order(UID, 1, &[(LINE, 1, 1, 2)])).await;
    assert_eq!(answer["revision_ID"], json!(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_stale_delete_brings_the_order_back_without_a_popup() {
    let shop = Shop::open().await;
    let (tills, uid) = shop.tills_at_order::<2>().await;
    let [one, other] = &tills;
    // The other's edit reaches the first till only after it has deleted the order.
    one.net.stall();
    other.hands(|till| till.tap(3, 4.0));
    other.quiet().await;
    one.hands(|till| till.delete_order());
    one.net.come_back();
    one.until("the order is back", |till| till.order(&uid).is_some_and(|order| order.lines.len() == 3)).await;
    shop.whole(&[one, other]).await;
    assert_eq!(shop.order(&uid).await.state, OrderState::Draft);
    let removals = one.exchanges("remove_order");
    assert!(removals[0].result()["order_ID"].is_i64(), "{removals:?}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn edits_of_an_unknown_base_only_add() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    one.update(order(UID, 1, &[(LINE, 1, 1, 4)])).await;
    other.update(order(UID, 77, &[("00002-001-0001-9", 9, 5, 1)])).await;
    let stored = shop.order(UID).await;
    let products: Vec<_> = stored.lines.iter().map(|line| line.fields["product_id"].clone()).collect();
    assert_eq!(products, [json!(1), json!(5)], "nothing is taken away on a claim that cannot be known");
}
