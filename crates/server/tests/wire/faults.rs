//! Rooms on a store that fails: answered once, nothing doubled, nothing half done, everyone back by themselves.

use std::sync::Arc;
use std::sync::atomic::Ordering;

use tillsync_odoo_till::{TillConfig, UPDATE_PATH};
use tillsync_server::config::Config;
use tillsync_store::faulty::Fault;
use tillsync_store::sqlite::{OpenMode, Options, SqliteStore};
use tillsync_store::{RoomId, Store};

use crate::common::client::Client;
use crate::common::shop::{Shop, open_config, room, start, was_offline};
use crate::common::wire::{Hand, order};
use crate::faulty::Faulty;

const UID: &str = "00001-001-0001";
const LINE: &str = "00001-001-0001-1";

async fn faulty_shop() -> (Shop, Arc<Faulty>) {
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let store =
        Arc::new(SqliteStore::open(dir.path(), &Options::new(OpenMode::Serve)).expect("the store opens"));
    let faulty = Arc::new(Faulty::new(store.clone()));
    let config = Config { poll_hold: std::time::Duration::from_secs(2), ..open_config() };
    let running = start(config, faulty.clone()).await;
    (Shop::on(dir, store, running), faulty)
}

/// Makes an order of one piece of a product; its uid.
fn sell(till: &Client, product: i64) -> String {
    till.hands(|till| {
        till.new_order();
        till.tap(product, 2.0);
        till.selected().expect("an order").uid
    })
}

async fn events(shop: &Shop) -> usize {
    shop.store().tail(&room(), 0, usize::MAX).await.expect("the log").len()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_stale_is_decided_again_and_answered_once() {
    let (shop, faulty) = faulty_shop().await;
    let tills = shop.tills::<2>().await;
    let [one, other] = &tills;
    for product in 1..=3 {
        faulty.faults.next_of(&room(), Fault::Stale);
        sell(one, product);
        shop.whole(&[one, other]).await;
        assert_eq!(faulty.faults.faults_left(), 0);
        assert_eq!(shop.pieces(product).await, 1.0);
    }
    assert!(!was_offline(one));
    assert!(
        one.exchanges("update_order")
            .iter()
            .all(|exchange| exchange.result()["action"] == "update_revision_ID")
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_unknown_outcome_is_looked_up_and_nothing_is_doubled() {
    let (shop, faulty) = faulty_shop().await;
    let tills = shop.tills::<2>().await;
    let [one, other] = &tills;
    for (product, fault) in
        (1..).zip([Fault::LandsUnknown, Fault::LostUnknown, Fault::LandsUnknown, Fault::LostUnknown])
    {
        let before = events(&shop).await;
        faulty.faults.next_of(&room(), fault);
        sell(one, product);
        shop.whole(&[one, other]).await;
        assert_eq!(faulty.faults.faults_left(), 0);
        assert_eq!((events(&shop).await, shop.pieces(product).await), (before + 1, 1.0), "{fault:?}");
        faulty.faults.next_of(&room(), fault);
        one.hands(|till| till.tap(product, 2.0));
        shop.whole(&[one, other]).await;
        assert_eq!((events(&shop).await, shop.pieces(product).await), (before + 2, 2.0), "{fault:?}");
    }
    assert!(!was_offline(one));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_full_disk_is_said_clearly_and_tills_come_back_by_themselves() {
    let (shop, faulty) = faulty_shop().await;
    let tills = shop.tills::<2>().await;
    let [one, other] = &tills;
    sell(one, 1);
    shop.whole(&[one, other]).await;
    let seq = shop.seq().await;
    faulty.faults.next_of(&room(), Fault::Full);
    sell(one, 2);
    one.until("it is told", |till| !till.popups().is_empty()).await;
    let refused = one.exchanges("update_order").into_iter().find_map(|exchange| {
        let error = exchange.response?.get("error")?.clone();
        Some((error["data"]["name"].clone(), error["data"]["message"].as_str()?.to_owned()))
    });
    let (name, text) = refused.expect("an error");
    assert_eq!(name, "tillsync.Unavailable");
    assert!(text.contains("full"), "{text}");
    // The order was never registered: the till sends it again by itself once there is room.
    shop.whole(&[one, other]).await;
    assert_eq!((shop.seq().await, shop.pieces(2).await), (seq + 1, 1.0));
    // An edit of a known order that failed is sent with the next one.
    faulty.faults.next_of(&room(), Fault::Full);
    one.hands(|till| till.tap(2, 2.0));
    one.until("it is told", |till| till.popups().len() >= 2).await;
    one.quiet().await;
    one.hands(|till| till.tap(3, 2.0));
    shop.whole(&[one, other]).await;
    assert_eq!((shop.pieces(2).await, shop.pieces(3).await), (2.0, 1.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_failing_or_busy_store_is_said_clearly_and_nothing_is_half_done() {
    let (shop, faulty) = faulty_shop().await;
    let tills = shop.tills::<2>().await;
    let [one, other] = &tills;
    for (product, fault) in (1..).zip([Fault::Fails, Fault::Busy, Fault::Fatal]) {
        faulty.faults.next_of(&room(), fault);
        sell(one, product);
        shop.whole(&[one, other]).await;
        assert_eq!(shop.pieces(product).await, 1.0, "{fault:?}");
        assert!(was_offline(one));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_fault_in_one_room_does_not_hinder_another() {
    let (shop, faulty) = faulty_shop().await;
    let one = shop.till(TillConfig::numbered(1)).await;
    let elsewhere = shop.till(TillConfig { multi_session_id: 2, ..TillConfig::numbered(2) }).await;
    faulty.faults.next_of(&room(), Fault::HeldBefore);
    sell(&one, 1);
    crate::common::soon("the append is held", faulty.faults.is_holding()).await;
    for _ in 0..5 {
        sell(&elsewhere, 2);
        elsewhere.quiet().await;
    }
    let there = shop.orders_of(&RoomId::new("odoo", 2)).await;
    assert_eq!(there.len(), 5);
    assert_eq!(shop.orders().await.len(), 0, "nothing is visible before it is on disk");
    assert_eq!(one.exchanges("update_order").len(), 0, "and nobody is answered");
    faulty.faults.release();
    shop.whole(&[&one]).await;
    assert!(!was_offline(&elsewhere));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn nobody_is_told_before_it_is_on_disk() {
    let (shop, faulty) = faulty_shop().await;
    let tills = shop.tills::<2>().await;
    let [one, other] = &tills;
    faulty.faults.next_of(&room(), Fault::HeldAfter);
    let uid = sell(one, 1);
    crate::common::soon("the append is held", faulty.faults.is_holding()).await;
    assert_eq!(other.look(|till| till.order(&uid)), None);
    assert_eq!(one.exchanges("update_order").len(), 0);
    faulty.faults.release();
    shop.whole(&[one, other]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_multi_sessions_that_claim_a_pos_at_once_one_is_told_where_it_is() {
    let (shop, faulty) = faulty_shop().await;
    let here = Hand::numbered(shop.address(), 7);
    let there = Hand { multi_session: 2, ..here.clone() };
    // The first claim fails, and leaves nothing behind.
    for fault in [Fault::Full, Fault::HeldBefore] {
        faulty.faults.next_of(&room(), fault);
        let params = here.load_params();
        let first = here.call(UPDATE_PATH, &params);
        let second = async {
            if fault == Fault::HeldBefore {
                crate::common::soon("the append is held", faulty.faults.is_holding()).await;
                let claims = there.params("update_order", order(UID, 1, &[(LINE, 1, 1, 1)]));
                let refused = there.call(UPDATE_PATH, &claims).await;
                faulty.faults.release();
                assert_eq!(refused.error().as_deref(), Some("tillsync.NotServed"), "{}", refused.text);
                assert!(refused.text.contains("POS 7 is in multi-session 1"), "{}", refused.text);
            }
        };
        let (first, ()) = tokio::join!(first, second);
        let failed = (fault == Fault::Full).then_some("tillsync.Unavailable");
        assert_eq!(first.error().as_deref(), failed, "{}", first.text);
    }
    assert_eq!(shop.orders_of(&RoomId::new("odoo", 2)).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_room_whose_task_is_gone_is_opened_anew() {
    let (shop, faulty) = faulty_shop().await;
    let tills = shop.tills::<2>().await;
    let [one, other] = &tills;
    sell(one, 1);
    shop.whole(&[one, other]).await;
    faulty.panics.store(true, Ordering::SeqCst);
    sell(one, 2);
    one.until("it is told", |till| !till.popups().is_empty()).await;
    shop.whole(&[one, other]).await;
    sell(other, 3);
    shop.whole(&[one, other]).await;
    assert_eq!((shop.pieces(1).await, shop.pieces(2).await, shop.pieces(3).await), (1.0, 1.0, 1.0));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_store_that_another_process_writes_to_is_followed() {
    let (shop, _faulty) = faulty_shop().await;
    let one = shop.till(TillConfig::numbered(1)).await;
    // A second server on the same data, as the command line opens it.
    let beside = Arc::new(shop.beside().await);
    let running = start(open_config(), beside).await;
    let far = Shop::on(tempfile::tempdir().expect("a folder"), shop.store().clone(), running);
    let other = far.till(TillConfig::numbered(2)).await;
    let uid = sell(&other, 7);
    one.until("the other server's order is there", |till| till.order(&uid).is_some()).await;
    let uid = sell(&one, 8);
    other.until("the first server's order is there", |till| till.order(&uid).is_some()).await;
    shop.whole(&[&one, &other]).await;
}
