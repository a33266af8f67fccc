//! What is read.

use tillsync_core::id::{CommandId, OrderUid};
use tillsync_core::multi_session::MultiSession;
use tillsync_core::order::Order;

use super::shop::{
    POS, Shop, a_busy_shop, close_session, create, delete, join, open_session, settle, update,
};
use super::{Engine, Opened, land};
use crate::{Loaded, RoomId, Store};

/// After a restart everything reads as before.
pub async fn what_was_reopened_is_equal(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let (shop, batches) = a_busy_shop(1);
    for batch in &batches {
        land(&*store, batch.clone()).await;
    }
    let before = everything(&*store, &shop).await;
    drop(store);
    let store = engine.open().await.store;
    assert_eq!(everything(&*store, &shop).await, before);
    for stored in batches.iter().flat_map(|batch| &batch.answers) {
        assert_eq!(store.answer(&shop.room, &stored.command).await, Ok(Some(stored.answer.clone())));
    }
}

/// Everything of a room, as text, so that a difference shows.
async fn everything(store: &dyn Store, shop: &Shop) -> String {
    let loaded = store.load(&shop.room).await;
    let tail = store.tail(&shop.room, 0, usize::MAX).await;
    let mut text = format!("{loaded:#?}\n{tail:#?}\n");
    for uid in shop.state.orders.keys() {
        let order = store.order(&shop.room, uid).await;
        let history = store.history(&shop.room, uid, 0, usize::MAX).await;
        text.push_str(&format!("{order:#?}\n{history:#?}\n"));
    }
    text
}

/// The log alone gives the orders that are stored, and the summary: it is the truth.
pub async fn the_log_gives_the_orders_and_the_summary(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let (shop, batches) = a_busy_shop(1);
    for batch in batches {
        land(&*store, batch).await;
        let mut state = MultiSession::default();
        for event in store.tail(&shop.room, 0, usize::MAX).await.expect("the log") {
            state.evolve(&event);
        }
        let summary = store.summary(&shop.room).await.expect("the summary").expect("it is there");
        assert_eq!(summary, state.summary());
        for (uid, order) in &state.orders {
            assert_eq!(store.order(&shop.room, uid).await, Ok(Some(Order::clone(order))));
        }
    }
}

/// Pages of any size, put together, are the log; after the end there is nothing.
pub async fn the_tail_comes_in_pages(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let mut shop = Shop::new(1);
    let batch = shop.does_all((0..25).map(|n| create(&format!("order {n}"), 1)).collect());
    land(&*store, batch.clone()).await;
    land(&*store, Shop::new(2).does(create("another's", 1))).await;
    for size in [1, 7, 25, 100, usize::MAX] {
        let mut read = Vec::new();
        loop {
            let page = store.tail(&shop.room, read.len() as u64, size).await.expect("a page");
            assert!(page.len() <= size);
            if page.is_empty() {
                break;
            }
            read.extend(page);
        }
        assert_eq!(read, batch.events, "pages of {size}");
    }
    for (after, max) in [(25, 10), (26, 10), (u64::MAX, 10), (0, 0)] {
        assert_eq!(store.tail(&shop.room, after, max).await, Ok(Vec::new()), "after {after}, at most {max}");
    }
}

/// An order's history has all that touched it and nothing else, also when it was deleted or only split from.
pub async fn an_order_has_its_history(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let (shop, batches) = a_busy_shop(1);
    let log: Vec<_> = batches.iter().flat_map(|batch| batch.events.clone()).collect();
    for batch in batches {
        land(&*store, batch).await;
    }
    for uid in shop.state.orders.keys() {
        let expected: Vec<_> =
            log.iter().filter(|event| MultiSession::touched_by(event).contains(uid)).cloned().collect();
        assert!(!expected.is_empty());
        assert_eq!(store.history(&shop.room, uid, 0, usize::MAX).await, Ok(expected.clone()), "{uid}");
        let paged = store.history(&shop.room, uid, expected[0].seq, 1).await;
        let second: Vec<_> = expected.get(1).cloned().into_iter().collect();
        assert_eq!(paged, Ok(second), "{uid}: the page after its first event");
    }
    assert!(store.history(&shop.room, &OrderUid::new("B"), 0, 10).await.expect("B").len() >= 2);
    assert_eq!(store.history(&shop.room, &OrderUid::new("nobody's"), 0, 10).await, Ok(Vec::new()));
}

/// Every draft and unpaid order, however old; of the closed ones those of this run and the one before.
pub async fn a_room_loads_what_it_needs(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let mut shop = Shop::new(1);
    land(&*store, shop.does_all(vec![join(POS), open_session(1)])).await;
    for run in 1..=4 {
        let [paid, deleted, left] = ["paid", "deleted", "left"].map(|kind| format!("{kind} {run}"));
        land(&*store, shop.does_all(vec![create(&paid, 1), create(&deleted, 1), create(&left, 1)])).await;
        let settled = settle(&shop.order(&paid));
        land(&*store, shop.does_all(vec![settled, delete(&deleted)])).await;
        if run < 4 {
            land(&*store, shop.does_all(vec![close_session("mark_unpaid"), open_session(run + 1)])).await;
        }
    }
    let loaded = store.load(&shop.room).await.expect("it loads").expect("it is there");
    assert_eq!(loaded.summary, shop.state.summary());
    assert_eq!(loaded.summary.run, 4);
    let closed = |run: u32| [format!("paid {run}"), format!("deleted {run}")];
    let mut expected: Vec<String> = (3..=4).flat_map(closed).collect();
    expected.extend((1..=4).map(|run| format!("left {run}")));
    expected.sort();
    let mut uids: Vec<String> = loaded.orders.iter().map(|order| order.uid.to_string()).collect();
    uids.sort();
    assert_eq!(uids, expected);
    for order in &loaded.orders {
        assert_eq!(*order, shop.order(order.uid.as_str()));
    }
    // What is not loaded is not lost.
    assert_eq!(store.order(&shop.room, &OrderUid::new("paid 1")).await, Ok(Some(shop.order("paid 1"))));
    // What was loaded goes on.
    let Loaded { summary, orders, .. } = loaded;
    shop.state = MultiSession::from_parts(summary, orders);
    land(&*store, shop.does(update("left 4"))).await;
}

/// A room that nobody has written to is not there, and asking does not make it.
pub async fn an_unknown_room_has_nothing(engine: &dyn Engine) {
    let Opened { store, .. } = engine.open().await;
    land(&*store, Shop::new(1).does(create("A", 1))).await;
    for room in [RoomId::new("main", 2), RoomId::new("other", 1), RoomId::new("", 1)] {
        let (uid, command) = (OrderUid::new("A"), CommandId::new("main/1/till-1/1"));
        assert!(store.load(&room).await.expect("it loads").is_none());
        assert_eq!(store.summary(&room).await, Ok(None));
        assert_eq!(store.tail(&room, 0, 10).await, Ok(Vec::new()));
        assert_eq!(store.order(&room, &uid).await, Ok(None));
        assert_eq!(store.history(&room, &uid, 0, 10).await, Ok(Vec::new()));
        assert_eq!(store.answer(&room, &command).await, Ok(None));
        assert_eq!(store.side(&room, "odoo.shadow", "").await, Ok(Vec::new()));
    }
    assert_eq!(store.rooms().await, Ok(vec![RoomId::new("main", 1)]));
}

/// Every room that has been written to is listed, each once, also one that has only refused so far.
pub async fn rooms_are_listed(engine: &dyn Engine) {
    let store = engine.open().await.store;
    assert_eq!(store.rooms().await, Ok(Vec::new()));
    let mut expected = Vec::new();
    for (database, multi_session) in [("b", 2), ("a", 10), ("a", 9), ("a", -1)] {
        let mut shop = Shop::of(database, multi_session);
        land(&*store, shop.does_all(vec![create("A", 1), update("A")])).await;
        land(&*store, shop.does(update("A"))).await;
        expected.push(shop.room);
    }
    let mut refusing = Shop::of("c", 1);
    land(&*store, refusing.refuses()).await;
    expected.push(refusing.room);
    expected.sort();
    let mut rooms = store.rooms().await.expect("the rooms");
    rooms.sort();
    assert_eq!(rooms, expected);
}
