//! What lands, and what does not.

use serde_json::{Value, json};
use tillsync_core::id::OrderUid;

use super::shop::{self, Shop, create, update};
use super::{Engine, land};
use crate::{Append, Appended, SideRow, Store, StoreError};

/// Everything that a batch carries is there once it has landed.
pub async fn a_batch_lands_whole(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let mut shop = Shop::new(1);
    let mut batch = shop.does_all(vec![create("A", 2), update("A"), create("B", 1)]);
    batch.side.push(SideRow {
        kind: "odoo.shadow".into(),
        key: "till-1".into(),
        value: Some(json!({"A": 2})),
    });
    land(&*store, batch.clone()).await;
    assert_all_there(&*store, &shop, &batch).await;

    let batch = shop.does(update("B"));
    assert_eq!(batch.expected_seq, 3);
    land(&*store, batch.clone()).await;
    assert_all_there(&*store, &shop, &batch).await;
}

/// A batch that was decided on another seq, too low or too high, writes nothing at all.
pub async fn what_is_stale_writes_nothing(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let mut shop = Shop::new(1);
    let mut ahead = shop.as_till("till-2");
    let first = ahead.does(create("X", 1));
    let from_the_future = ahead.does(create("Y", 1));
    assert_eq!(judged(&*store, from_the_future.clone()).await, Appended::Stale, "the log was empty");
    assert!(store.load(&shop.room).await.expect("it loads").is_none(), "a stale batch made a room");

    land(&*store, shop.does_all(vec![create("A", 1), update("A")])).await;
    for late in [first, from_the_future] {
        assert_eq!(judged(&*store, late.clone()).await, Appended::Stale, "the log has grown");
        assert_nothing_there(&*store, &late).await;
    }
}

/// A batch whose own seqs leave a hole, or whose summary is of another seq, fails.
pub async fn what_would_leave_a_hole_is_refused(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let mut shop = Shop::new(1);
    let good = shop.does_all(vec![create("A", 1), create("B", 1), create("C", 1)]);
    let mut holes = vec![good.clone(), good.clone(), good.clone()];
    holes[0].events.remove(1);
    holes[1].events.swap(0, 1);
    holes[2].summary.seq += 1;
    for hole in holes {
        let outcome = store.append(hole.clone()).await;
        assert!(matches!(outcome, Err(StoreError::Failed(_))), "a hole: {outcome:?}");
        assert_nothing_there(&*store, &hole).await;
    }
    land(&*store, good).await;
}

/// Refusals are answers too: they land on the seq that is, with the summary.
pub async fn refusals_land_without_an_event(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let mut shop = Shop::new(1);
    land(&*store, shop.does(create("A", 1))).await;
    let refused = shop.refuses();
    land(&*store, refused.clone()).await;
    assert_all_there(&*store, &shop, &refused).await;
    let mut stale = shop.refuses();
    stale.expected_seq = 0;
    stale.summary.seq = 0;
    assert_eq!(judged(&*store, stale.clone()).await, Appended::Stale);
    assert_nothing_there(&*store, &stale).await;
    land(&*store, shop.does(update("A"))).await;
}

/// A shop that was long offline: hundreds of events, some of them large, in one batch.
pub async fn a_big_batch_lands(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let mut shop = Shop::new(1);
    let mut actions: Vec<Value> = (0..300).map(|n| create(&format!("order {n}"), 5)).collect();
    actions.push(create("large", 1_500));
    actions.extend((0..300).map(|n| update(&format!("order {n}"))));
    let batch = shop.does_all(actions);
    land(&*store, batch.clone()).await;
    assert_eq!(store.tail(&shop.room, 0, usize::MAX).await.expect("the tail"), batch.events);
    let loaded = store.load(&shop.room).await.expect("it loads").expect("it is there");
    assert_eq!(loaded.orders.len(), 301);
    assert_eq!(store.order(&shop.room, &OrderUid::new("large")).await, Ok(Some(shop.order("large"))));
}

/// Numbers to the last bit, any text, anything that extensions invent (rules A6 and M11).
pub async fn values_come_back_as_they_went(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let mut shop = Shop::of("l'été \"%_\\ 店", -3);
    let mut action = create("ü'\"%_\\", 1);
    action["fields"] = json!({
        "sum": 0.1 + 0.2, "third": 1.0 / 3.0, "small": 5e-324, "large": 1.797_693_134_862_315_7e308,
        "parsed_wrong_by_many": [8.895_541_212_936_6e-6, 6.929_001_713_869_936e236, 0.000_123_456_789_012_345_67],
        "most": u64::MAX, "least": i64::MIN, "zero": 0, "text": "\u{0}\t\u{1F600}\u{2028}\u{10FFFF}",
        "": null, "deep": [[[[{"a": [true, false, null]}]]]],
    });
    let mut batch = shop.does(action.clone());
    let answer = json!({"fields": action["fields"]});
    batch.answers[0].answer = answer.clone();
    batch.side.push(SideRow { kind: "odd ' kind".into(), key: String::new(), value: Some(answer) });
    land(&*store, batch.clone()).await;
    assert_all_there(&*store, &shop, &batch).await;
    let order = store.order(&shop.room, &OrderUid::new("ü'\"%_\\")).await.expect("it reads");
    assert_eq!(order.map(|order| Value::Object(order.fields)), Some(action["fields"].clone()));
}

/// One multi-session's id in two databases is two multi-sessions.
pub async fn databases_are_apart(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let (mut one, mut other) = (Shop::of("one", 1), Shop::of("other", 1));
    let (first, second) = (one.does(create("A", 1)), other.does_all(vec![create("A", 2), shop::join(7)]));
    land(&*store, first.clone()).await;
    land(&*store, second.clone()).await;
    assert_all_there(&*store, &one, &first).await;
    assert_all_there(&*store, &other, &second).await;
}

/// What became of a batch with which nothing is wrong but its seq.
async fn judged(store: &dyn Store, batch: Append) -> Appended {
    store.append(batch).await.expect("it is judged")
}

/// Every part of the batch can be read, and the room is as the shop has it.
pub(super) async fn assert_all_there(store: &dyn Store, shop: &Shop, batch: &Append) {
    let room = &shop.room;
    assert_eq!(store.tail(room, batch.expected_seq, usize::MAX).await.as_ref(), Ok(&batch.events));
    for order in &batch.orders {
        assert_eq!(store.order(room, &order.uid).await, Ok(Some(order.as_ref().clone())));
    }
    for stored in &batch.answers {
        assert_eq!(store.answer(room, &stored.command).await, Ok(Some(stored.answer.clone())));
    }
    for row in &batch.side {
        let there = store.side(room, &row.kind, &row.key).await.expect("side rows");
        assert_eq!(there.into_iter().find(|(key, _)| *key == row.key).map(|(_, value)| value), row.value);
    }
    assert_eq!(store.summary(room).await, Ok(Some(shop.state.summary())));
}

/// No part of the batch can be read: its orders, answers and side rows are all new.
pub(super) async fn assert_nothing_there(store: &dyn Store, batch: &Append) {
    let room = &batch.room;
    for event in store.tail(room, 0, usize::MAX).await.expect("the tail") {
        assert!(!batch.events.contains(&event), "{room}: an event of a batch that did not land");
    }
    for order in &batch.orders {
        let there = store.order(room, &order.uid).await.expect("an order");
        assert_ne!(there.as_ref(), Some(order.as_ref()), "{room}: an order of a batch that did not land");
        let history = store.history(room, &order.uid, 0, usize::MAX).await.expect("a history");
        assert!(history.iter().all(|event| !batch.events.contains(event)), "{room}: its history");
    }
    for stored in &batch.answers {
        assert_eq!(store.answer(room, &stored.command).await, Ok(None), "{room}: its answer");
    }
    for row in &batch.side {
        assert_eq!(store.side(room, &row.kind, &row.key).await, Ok(Vec::new()), "{room}: its side row");
    }
    let summary = store.summary(room).await.expect("a summary");
    assert_ne!(summary.as_ref(), Some(&batch.summary), "{room}: the summary of a batch that did not land");
}
