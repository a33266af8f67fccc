//! Numbers that are never given twice.

use std::collections::BTreeSet;

use tokio::task::JoinSet;

use super::Engine;

/// Asked by many at once, through two processes and over a restart, no id comes twice; they begin at 1.
pub async fn session_ids_are_never_given_twice(engine: &dyn Engine) {
    let (here, beside) = (engine.open().await.store, engine.open_beside().await.store);
    let mut asked = JoinSet::new();
    for n in 0..60 {
        let store = if n % 2 == 0 { here.clone() } else { beside.clone() };
        asked.spawn(async move { store.next_session_id("main").await.expect("a session id") });
    }
    let given: BTreeSet<u32> = asked.join_all().await.into_iter().collect();
    assert_eq!(given, (1..=60).collect(), "each once, without a hole");
    assert_eq!(here.next_session_id("another").await, Ok(1), "each database counts for itself");
    drop((here, beside));
    let store = engine.open().await.store;
    assert_eq!(store.next_session_id("main").await, Ok(61));
}

/// The server's id is made once.
pub async fn the_server_id_stays(engine: &dyn Engine) {
    let (here, beside) = (engine.open().await.store, engine.open_beside().await.store);
    let id = here.server_id().await.expect("an id");
    assert!(id.len() >= 16, "too short to be random: {id}");
    assert_eq!(beside.server_id().await.as_ref(), Ok(&id));
    here.begin_epoch().await.expect("an epoch");
    drop((here, beside));
    assert_eq!(engine.open().await.store.server_id().await, Ok(id));
}

/// Epochs count from 1. A new one leaves out the session ids that were given after the backup was made.
pub async fn epochs_count_up(engine: &dyn Engine) {
    let store = engine.open().await.store;
    assert_eq!(store.epoch().await, Ok(1));
    let before = store.next_session_id("main").await.expect("a session id");
    assert_eq!(store.begin_epoch().await, Ok(2));
    assert_eq!(store.begin_epoch().await, Ok(3));
    drop(store);
    let store = engine.open().await.store;
    assert_eq!(store.epoch().await, Ok(3));
    for (database, least) in
        [("main", before + 2 * crate::SESSION_IDS_SKIPPED), ("new", 2 * crate::SESSION_IDS_SKIPPED)]
    {
        let id = store.next_session_id(database).await.expect("a session id");
        assert!(id > least, "database {database}: session {id} may have been given after the backup");
        assert_eq!(store.next_session_id(database).await, Ok(id + 1));
    }
}
