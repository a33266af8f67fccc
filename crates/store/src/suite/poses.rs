//! A POS belongs to at most one multi-session of its database (rule S1).

use super::append::{assert_all_there, assert_nothing_there};
use super::shop::{Shop, create, join, leave};
use super::{Engine, land};
use crate::{Appended, StoreError};

/// A POS that is in another multi-session cannot join, and the error says where it is; once it has left, it can.
pub async fn a_pos_is_in_one_multi_session(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let (mut there, here) = (Shop::new(31), Shop::new(32));
    land(&*store, there.does_all(vec![join(70), join(71)])).await;
    // In another database the same number is another POS.
    land(&*store, Shop::of("another", 32).does(join(70))).await;

    let mut refused = here.clone();
    let batch = refused.does_all(vec![create("A", 1), join(72), join(70)]);
    match store.append(batch.clone()).await {
        Err(StoreError::Failed(text)) => {
            assert!(text.contains("70") && text.contains("31"), "it does not say which POS is where: {text}");
            assert!(text.contains("POS number 70"), "it does not name the POS: {text}");
        }
        other => panic!("POS 70 is in two multi-sessions: {other:?}"),
    }
    assert_nothing_there(&*store, &batch).await;

    let mut here = here;
    // Nothing is left of the refusal: POS 72 is free.
    land(&*store, Shop::new(33).does(join(72))).await;
    land(&*store, there.does(leave(70))).await;
    land(&*store, here.does(join(70))).await;
    let outcome = store.append(there.clone().does(join(70))).await;
    assert!(matches!(outcome, Err(StoreError::Failed(_))), "{outcome:?}");
    // Within one batch only the end counts, and a new name is no second membership.
    let rename = serde_json::json!({"action": "join_pos", "pos": 70, "name": "Terrace"});
    land(&*store, here.does_all(vec![rename, leave(70), join(70), leave(70)])).await;
    land(&*store, there.does(join(70))).await;
}

/// Leaving and joining in one transaction, in either order.
pub async fn a_pos_moves_in_one_transaction(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let (mut one, mut other) = (Shop::new(1), Shop::new(2));
    land(&*store, one.does(join(70))).await;
    let there = vec![one.does(leave(70)), other.does(join(70))];
    assert_eq!(store.append_together(there).await, Ok(Appended::Landed));
    let (joins, leaves) = (one.does(join(70)), other.does(leave(70)));
    let back = vec![joins.clone(), leaves.clone()];
    assert_eq!(store.append_together(back).await, Ok(Appended::Landed));
    assert_all_there(&*store, &one, &joins).await;
    assert_all_there(&*store, &other, &leaves).await;
    let outcome = store.append(other.clone().does(join(70))).await;
    assert!(matches!(outcome, Err(StoreError::Failed(_))), "it is in both: {outcome:?}");
    drop(store);
    let store = engine.open().await.store;
    let outcome = store.append(other.does(join(70))).await;
    assert!(matches!(outcome, Err(StoreError::Failed(_))), "after a restart it is in both: {outcome:?}");
}
