//! Several multi-sessions in one transaction.

use super::append::{assert_all_there, assert_nothing_there};
use super::shop::{POS, Shop, create, join, update};
use super::{Engine, land};
use crate::{Appended, StoreError};

/// What fails in one takes the others back; what lands, lands in all.
pub async fn all_land_or_none(engine: &dyn Engine) {
    let store = engine.open().await.store;
    land(&*store, Shop::new(9).does(join(POS))).await;
    let (one, other) = (Shop::new(1), Shop::of("another", 2));
    let (mut trying, mut failing) = (one.clone(), Shop::new(3));
    let together = vec![trying.does(create("A", 1)), failing.does_all(vec![create("B", 1), join(POS)])];
    for batches in [together.clone(), together.iter().rev().cloned().collect()] {
        let outcome = store.append_together(batches).await;
        assert!(matches!(outcome, Err(StoreError::Failed(_))), "{outcome:?}");
        for batch in &together {
            assert_nothing_there(&*store, batch).await;
        }
    }

    let (mut one, mut other) = (one, other);
    let together = vec![one.does(create("A", 1)), other.does(create("B", 1))];
    assert_eq!(store.append_together(together.clone()).await, Ok(Appended::Landed));
    assert_all_there(&*store, &one, &together[0]).await;
    assert_all_there(&*store, &other, &together[1]).await;

    // Two batches of one room follow each other.
    let together = vec![one.does(update("A")), other.does(update("B")), one.does(create("C", 1))];
    assert_eq!(store.append_together(together.clone()).await, Ok(Appended::Landed));
    assert_all_there(&*store, &one, &together[2]).await;
    assert_eq!(store.append_together(Vec::new()).await, Ok(Appended::Landed), "nothing at all");
}

/// If the log of one has grown, none lands.
pub async fn one_stale_makes_all_stale(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let (mut one, mut other) = (Shop::new(1), Shop::new(2));
    land(&*store, one.does(create("A", 1))).await;
    land(&*store, other.does(create("A", 1))).await;
    let mut behind = other.as_till("till-2");
    land(&*store, other.does(update("A"))).await;
    let together = vec![one.does(create("B", 1)), behind.does(create("C", 1))];
    for batches in [together.clone(), together.iter().rev().cloned().collect()] {
        assert_eq!(store.append_together(batches).await, Ok(Appended::Stale));
        for batch in &together {
            assert_nothing_there(&*store, batch).await;
        }
    }
    land(&*store, together[0].clone()).await;
}
