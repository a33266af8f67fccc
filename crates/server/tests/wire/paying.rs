//! Paying: a fact, whatever the till had seen.

use std::sync::Arc;

use serde_json::{Value, json};
use tillsync_core::order::{Order, OrderState};
use tillsync_odoo_till::Odoo;

use crate::common::shop::Shop;
use crate::common::wire::{Hand, order};

const UID: &str = "00001-001-0001";
const A: &str = "00001-001-0001-1";
const B: &str = "00001-001-0001-2";

fn products(order: &Order) -> Vec<(Value, Value)> {
    order.lines.iter().map(|line| (line.fields["product_id"].clone(), line.fields["qty"].clone())).collect()
}

async fn follow_ups(shop: &Shop) -> Vec<Arc<Order>> {
    shop.orders().await.into_iter().filter(|order| order.origin.is_some()).collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn finalized_at_any_revision_is_never_an_error() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    for (counter, claim) in (1..).zip([0, 1, 2, 77]) {
        let uid = format!("00001-001-000{counter}");
        let line = format!("{uid}-1");
        one.update(order(&uid, 1, &[(&line, 1, 1, 1)])).await;
        one.update(order(&uid, 1, &[(&line, 1, 1, 2)])).await;
        let answer = other.remove(json!({"uid": uid, "revision_ID": claim, "finalized": true})).await;
        assert!(answer["order_ID"].is_i64(), "claim {claim}: {answer}");
        assert_eq!(shop.order(&uid).await.state, OrderState::Paid, "claim {claim}");
    }
    shop.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_added_meanwhile_becomes_an_order_of_its_own_made_once() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1)])).await;
    other.update(order(UID, 1, &[(A, 1, 1, 1), (B, 2, 2, 1)])).await;
    // The payer has not seen the second line.
    let paid = json!({"uid": UID, "revision_ID": 1, "finalized": true});
    for _ in 0..3 {
        one.remove(paid.clone()).await;
    }
    let stored = shop.order(UID).await;
    assert_eq!((stored.state, products(&stored)), (OrderState::Paid, vec![(json!(1), json!(1))]));
    let made = follow_ups(&shop).await;
    assert_eq!(made.len(), 1, "{made:#?}");
    assert_eq!((made[0].state, products(&made[0])), (OrderState::Draft, vec![(json!(2), json!(1))]));
    assert_eq!(made[0].origin.as_ref().map(|origin| origin.order.as_str()), Some(UID));
    shop.sound().await;
}

/// A till whose page loaded the order names its lines itself, and the answer to its update brings them anew.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lines_that_an_answer_brought_under_their_true_names_are_paid_as_they_came() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1)])).await;
    let loaded = other.load().await;
    let shown = &loaded["data"]["orders"][0]["data"];
    for qty in [2_u64, 3] {
        one.update(order(UID, qty - 1, &[(A, 1, 1, qty as i64)])).await;
    }
    let name = |k: &Value| format!("{:05}-{:03}-0001-{k}", other.session, other.login);
    let (own, new) = (name(&shown["lines"][0][2]["id"]), name(&json!(99)));
    let mut sent = order(UID, 1, &[(&own, 1, 1, 1), (&new, 99, 2, 1)]);
    sent["ms_info"] = shown["ms_info"].clone();
    sent["lines"][0][2]["ms_info"] = json!({});
    let answer = other.update(sent).await;
    let merged = &answer["data"]["orders"][0]["data"];
    assert_eq!(merged["lines"][0][2]["uid"], A, "{answer}");
    assert_eq!(merged["lines"][0][2]["qty"], 3, "{answer}");
    other.remove(json!({"uid": UID, "revision_ID": merged["revision_ID"], "finalized": true})).await;
    let stored = shop.order(UID).await;
    assert_eq!(stored.state, OrderState::Paid);
    assert_eq!(products(&stored), [(json!(1), json!(3)), (json!(2), json!(1))]);
    assert_eq!(follow_ups(&shop).await, []);
    shop.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_added_afterwards_becomes_an_order_of_its_own_made_once() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1)])).await;
    one.remove(json!({"uid": UID, "revision_ID": 1, "finalized": true})).await;
    for _ in 0..3 {
        let answer = other.update(order(UID, 1, &[(A, 1, 1, 1), (B, 2, 2, 1)])).await;
        assert_eq!(answer, json!({"action": "revision_error", "order_uid": UID, "state": "deleted"}));
    }
    let made = follow_ups(&shop).await;
    assert_eq!(made.len(), 1, "{made:#?}");
    assert_eq!(products(&made[0]), [(json!(2), json!(1))]);
    assert_eq!(products(&shop.order(UID).await), [(json!(1), json!(1))], "what was paid does not change");
}

fn order_data(order: &Value) -> String {
    json!({"id": order["uid"], "data": order, "to_invoice": false}).to_string()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_that_was_paid_offline_is_registered_first() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    other.update(order("00002-001-0001", 1, &[("00002-001-0001-1", 1, 7, 1)])).await;
    let paid = order(UID, 1, &[(A, 1, 1, 3)]);
    let remove = json!({"uid": UID, "revision_ID": 1, "finalized": true, "order_data": order_data(&paid)});
    for _ in 0..3 {
        assert_eq!(one.remove(remove.clone()).await, json!({"order_ID": 2}));
    }
    let stored = shop.order(UID).await;
    assert_eq!((stored.state, stored.number), (OrderState::Paid, 2));
    assert_eq!(products(&stored), [(json!(1), json!(3))]);
    shop.sound().await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_order_without_content_that_nobody_knows_is_no_error() {
    let shop = Shop::impatient().await;
    let [(one, _)] = shop.hands().await;
    for finalized in [true, false] {
        let answer = one.remove(json!({"uid": UID, "revision_ID": 1, "finalized": finalized})).await;
        assert_eq!(answer, json!({"order_ID": 0}));
    }
    assert_eq!(shop.orders().await.len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_taken_offline_keeps_what_others_added() {
    let shop = Shop::open().await;
    let (tills, uid) = shop.tills_at_order::<2>().await;
    let [one, other] = &tills;
    one.net.go_offline();
    one.hands(|till| till.set_odoo(Odoo::Down));
    one.hands(|till| till.tap(1, 3.0));
    one.until("it is offline", |till| !till.is_online()).await;
    one.hands(|till| till.pay()).expect("it is paid");
    other.hands(|till| till.tap(6, 4.0));
    other.quiet().await;
    one.net.come_back();
    one.hands(|till| till.set_odoo(Odoo::Up));
    shop.whole(&[one, other]).await;
    let stored = shop.order(&uid).await;
    assert_eq!(stored.state, OrderState::Paid);
    assert_eq!(products(&stored), [(json!(2), json!(1)), (json!(1), json!(2))], "paid is what the payer saw");
    let made = follow_ups(&shop).await;
    assert_eq!(made.iter().map(|order| products(order)).collect::<Vec<_>>(), [vec![(json!(6), json!(1))]]);
    assert_eq!((shop.pieces(1).await, shop.pieces(2).await, shop.pieces(6).await), (2.0, 1.0, 1.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_payment_whose_answer_is_lost_counts_once() {
    let shop = Shop::open().await;
    let (tills, uid) = shop.tills_at_order::<2>().await;
    let [one, other] = &tills;
    one.net.lose_answer_to("remove_order");
    one.hands(|till| till.pay()).expect("it is paid");
    one.net.has_struck(1).await;
    other.hands(|till| till.tap(8, 4.0));
    shop.whole(&[one, other]).await;
    assert_eq!(shop.order(&uid).await.state, OrderState::Paid);
    assert_eq!((shop.pieces(1).await, shop.pieces(2).await, shop.pieces(8).await), (1.0, 1.0, 1.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_till_that_learns_late_of_a_payment_loses_nothing_typed() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1)])).await;
    let paid = order(UID, 1, &[(A, 1, 1, 1)]);
    one.remove(json!({"uid": UID, "revision_ID": 1, "finalized": true, "order_data": order_data(&paid)}))
        .await;
    other.update(order(UID, 1, &[(A, 1, 1, 4)])).await;
    let made = follow_ups(&shop).await;
    assert_eq!(made.len(), 1);
    assert_eq!(
        products(&made[0]),
        [(json!(1), json!(3))],
        "three more pieces were ordered after one was paid"
    );
    let late = Hand { login: 2, ..other.clone() };
    late.load().await;
    shop.sound().await;
}
