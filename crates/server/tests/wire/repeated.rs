//! Requests that come again: the same nonce gets the same answer, whenever it comes.

use serde_json::{Value, json};

use crate::common::shop::Shop;
use crate::common::wire::{Hand, order};

const UID: &str = "00001-001-0001";
const LINE: &str = "00001-001-0001-1";

/// Each kind of accepted message, and the answers that they got.
async fn say_everything(one: &Hand, other: &Hand) -> Vec<(Hand, Value, Value)> {
    let create = one.params("update_order", order(UID, 1, &[(LINE, 1, 1, 1)]));
    let edit = one.params("update_order", order(UID, 1, &[(LINE, 1, 1, 2)]));
    let merged =
        other.params("update_order", order(UID, 1, &[(LINE, 1, 1, 1), ("00002-001-0001-2", 2, 2, 1)]));
    let paid_uid = "00001-001-0002";
    let second = one.params("update_order", order(paid_uid, 1, &[("00001-001-0002-1", 1, 1, 1)]));
    let pay = one.params("remove_order", json!({"uid": paid_uid, "revision_ID": 1, "finalized": true}));
    let mut answers = Vec::new();
    for (hand, params) in [(one, create), (one, edit), (other, merged), (one, second), (one, pay)] {
        let answer = hand.sends(&params).await;
        answers.push((hand.clone(), params, answer));
    }
    answers
}

async fn check_again(shop: &Shop, said: &[(Hand, Value, Value)]) {
    let seq = shop.seq().await;
    for (hand, params, first) in said {
        let hand = Hand { address: shop.address(), ..hand.clone() };
        let mut again = hand.sends(params).await;
        let mut first = first.clone();
        // How the lines are to be repainted follows what the till is known to show.
        for answer in [&mut again, &mut first] {
            without_paint(answer);
        }
        assert_eq!(again, first, "{params}");
    }
    assert_eq!(shop.seq().await, seq, "nothing is done twice");
}

fn without_paint(answer: &mut Value) {
    for order in answer["data"]["orders"].as_array_mut().into_iter().flatten() {
        order["data"].as_object_mut().expect("an order").remove("message_ID");
        let info = |data: &mut Value| data["ms_info"].as_object_mut().expect("ms_info").remove("painted");
        info(&mut order["data"]).expect("the mark of this delivery");
        for line in order["data"]["lines"].as_array_mut().into_iter().flatten() {
            info(&mut line[2]).expect("the mark of this delivery");
            line[2].as_object_mut().expect("a line").remove("is_changed");
        }
    }
    if let Some(data) = answer.get_mut("data").and_then(Value::as_object_mut) {
        data.remove("message_ID");
        // The last number is today's, so that the till's own count does not go back.
        data.remove("order_ID");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_repeated_nonce_gets_the_same_answer_also_after_a_restart() {
    let mut shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    let said = say_everything(&one, &other).await;
    assert_eq!(said[2].2["action"], "sync_all");
    check_again(&shop, &said).await;
    shop.restart().await;
    check_again(&shop, &said).await;
    shop.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_request_sent_many_times_at_once_counts_once() {
    let shop = Shop::impatient().await;
    let [(one, _)] = shop.hands().await;
    let params = one.params("update_order", order(UID, 1, &[(LINE, 1, 1, 1)]));
    let answers = futures::future::join_all((0..20).map(|_| one.sends(&params))).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    let tap = one.params("update_order", order(UID, 1, &[(LINE, 1, 1, 2)]));
    let answers = futures::future::join_all((0..20).map(|_| one.sends(&tap))).await;
    assert!(answers.iter().all(|answer| *answer == answers[0]), "{answers:?}");
    assert_eq!(shop.order(UID).await.lines[0].fields["qty"], json!(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_short_nonce_repeated_with_another_content_is_another_command() {
    let shop = Shop::impatient().await;
    let [(one, _)] = shop.hands().await;
    for qty in 1..=3 {
        let mut data = order(UID, 1, &[(LINE, 1, 1, qty)]);
        data["nonce"] = json!("a");
        one.update(data).await;
    }
    assert_eq!(shop.order(UID).await.lines[0].fields["qty"], json!(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_same_nonce_of_another_till_is_another_command() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    for (hand, uid) in [(&one, UID), (&other, "00002-001-0001")] {
        let mut data = order(uid, 1, &[("x-1", 1, 1, 1)]);
        data["nonce"] = json!("abcdef");
        assert_eq!(hand.update(data).await["action"], "update_revision_ID");
    }
    assert_eq!(shop.drafts().await.len(), 2);
}
