//! `sync_all`: when it is put together, and what it must not destroy.

use serde_json::json;
use tillsync_core::order::OrderState;
use tillsync_odoo_till::{OrderView, TillConfig};

use crate::common::client::Client;
use crate::common::shop::Shop;
use crate::common::wire::{Hand, about, lines, news, order};

const UID: &str = "00001-001-0001";
const LINE: &str = "00001-001-0001-1";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_is_put_together_when_it_is_delivered() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, mut last)] = shop.hands().await;
    one.update(order(UID, 1, &[(LINE, 1, 1, 1)])).await;
    news(&other, &mut last).await;
    assert_eq!(other.sync_all().await, json!({}));
    one.update(order(UID, 1, &[(LINE, 1, 1, 8)])).await;
    let heard = news(&other, &mut last).await;
    let list = heard.iter().find(|message| message["action"] == "sync_all").expect("the list");
    assert_eq!(lines(&list["data"]["orders"][0]["data"])[0]["qty"], json!(8), "{list}");
    assert_eq!(list["data"]["orders"][0]["data"]["revision_ID"], json!(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn destroying_after_a_full_list_is_no_deletion() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, mut last)] = shop.hands().await;
    other.sync_all().await;
    let heard = news(&other, &mut last).await;
    assert!(heard.iter().any(|message| message["action"] == "sync_all" && message["data"]["uid"].is_null()));
    one.update(order(UID, 1, &[(LINE, 1, 1, 1)])).await;
    let heard = news(&other, &mut last).await;
    assert!(!about(&heard, UID).is_empty());
    // The client got the order before it processed the list that lacks it.
    let answer = other.remove(json!({"uid": UID, "revision_ID": 1, "finalized": false})).await;
    assert_eq!(answer, json!({"order_ID": 1}));
    assert_eq!(shop.order(UID).await.state, OrderState::Draft);
    let heard = news(&other, &mut last).await;
    assert_eq!(about(&heard, UID).last().expect("the order is sent again")["action"], "update_order");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_wish_to_delete_counts_when_no_list_lacked_the_order() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, mut last)] = shop.hands().await;
    one.update(order(UID, 1, &[(LINE, 1, 1, 1)])).await;
    other.sync_all().await;
    news(&other, &mut last).await;
    other.remove(json!({"uid": UID, "revision_ID": 1, "finalized": false})).await;
    assert_eq!(shop.order(UID).await.state, OrderState::Deleted);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_first_list_of_a_multi_session_that_was_never_seen_has_nobodys_uid() {
    let shop = Shop::impatient().await;
    let one = Hand::numbered(shop.address(), 1);
    let loaded = one.load().await;
    assert_eq!(loaded["action"], "sync_all");
    let uid = loaded["data"]["uid"].as_str().expect("a uid, so that the till destroys nothing");
    assert!(!uid.is_empty() && loaded["data"]["orders"] == json!([]), "{loaded}");
    let again = Hand { login: 2, ..one.clone() }.load().await;
    assert!(again["data"]["uid"].is_null(), "from then on lists are lists: {again}");
}

/// A till that made three orders with another Sync Server, and the shop to whose server it has just been pointed.
async fn till_with_orders_from_before() -> (Client, Shop, Shop) {
    let before = Shop::open().await;
    let till = before.till(TillConfig::numbered(1)).await;
    for product in [1, 2, 3] {
        till.hands(|till| {
            till.new_order();
            till.tap(product, 2.0);
        });
    }
    before.whole(&[&till]).await;
    assert_eq!(before.drafts().await.len(), 3);
    // The shop's technician types another Sync Server's address, and the page is loaded anew.
    let after = Shop::open().await;
    before.point_at(&after);
    till.net.cut();
    till.hands(|till| till.reload());
    till.quiet().await;
    (till, before, after)
}

/// The orders on the screen that something is in.
fn orders(till: &Client) -> Vec<OrderView> {
    let orders = till.look(|till| till.orders());
    orders.into_iter().filter(|order| !order.lines.is_empty()).collect()
}

/// Touches each of them.
fn tap_each(till: &Client) {
    for order in orders(till) {
        till.hands(|till| {
            assert!(till.select_order(&order.uid));
            till.tap(9, 1.0);
        });
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tills_keep_orders_from_before_and_send_them_when_they_are_touched() {
    let (till, _before, after) = till_with_orders_from_before().await;
    assert_eq!(orders(&till).len(), 3);
    tap_each(&till);
    after.whole(&[&till]).await;
    assert_eq!((after.drafts().await.len(), after.pieces(9).await), (3, 3.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reloaded_page_shows_everything_under_its_true_names() {
    let shop = Shop::open().await;
    let (tills, _) = shop.tills_at_order::<2>().await;
    let [one, other] = &tills;
    one.hands(|till| till.reload());
    shop.whole(&[one, other]).await;
    one.hands(|till| till.tap(1, 3.0));
    other.hands(|till| till.reload());
    shop.whole(&[one, other]).await;
}
