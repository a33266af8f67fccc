//! Lists of what was paid and deleted.

use std::cmp::Reverse;

use tillsync_core::order::Order;

use super::shop::{Shop, a_busy_shop, create, delete};
use super::{Engine, land};
use crate::{Closed, Store};

/// Pages of any size, put together, are all closed orders, those closed last first; drafts are in none.
pub async fn the_newest_come_first_and_in_pages(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let (mut shop, batches) = a_busy_shop(1);
    for batch in batches {
        land(&*store, batch).await;
    }
    let uids: Vec<String> = (0..7).map(|n| format!("gone {n}")).collect();
    let batch = shop.does_all(uids.iter().map(|uid| create(uid, 1)).collect());
    land(&*store, batch).await;
    let batch = shop.does_all(uids.iter().map(|uid| delete(uid)).collect());
    land(&*store, batch).await;
    let mut other = Shop::of("another", 1);
    land(&*store, other.does_all(vec![create("another's", 1), delete("another's")])).await;
    let expected = closed_of(&shop, |_| true);
    assert!(expected.len() > 9, "paid and deleted ones");
    for max in [1, 2, 5, 100] {
        assert_eq!(paged(&*store, &shop, None, max).await, expected, "pages of {max}");
    }
}

/// The list of a session has what was closed at its POS while it was open.
pub async fn a_session_has_its_own(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let (shop, batches) = a_busy_shop(1);
    for batch in batches {
        land(&*store, batch).await;
    }
    for session in 1..=3 {
        let of_it = |order: &Order| order.closing.as_ref().is_some_and(|c| c.session == Some(session));
        let expected = closed_of(&shop, of_it);
        assert_eq!(expected.is_empty(), session == 3, "in session {session}");
        assert_eq!(paged(&*store, &shop, Some(session), 1).await, expected, "session {session}");
    }
    assert_eq!(paged(&*store, &shop, Some(4), 10).await, Vec::<Order>::new());
}

fn closed_of(shop: &Shop, wanted: impl Fn(&Order) -> bool) -> Vec<Order> {
    let orders = shop.state.orders.values().map(|order| Order::clone(order));
    let mut closed: Vec<Order> = orders.filter(|order| order.closing.is_some() && wanted(order)).collect();
    closed.sort_by_key(|order| Reverse(place(order)));
    closed
}

fn place(order: &Order) -> (u64, tillsync_core::id::OrderUid) {
    (order.closing.as_ref().map_or(0, |closing| closing.ms), order.uid.clone())
}

async fn paged(store: &dyn Store, shop: &Shop, session: Option<u32>, max: usize) -> Vec<Order> {
    let (mut all, mut after) = (Vec::new(), None);
    loop {
        let page = store.closed(&shop.room, &Closed { session, after, max }).await.expect("a page");
        assert!(page.len() <= max);
        let Some(last) = page.last() else { return all };
        after = Some(place(last));
        all.extend(page);
    }
}
