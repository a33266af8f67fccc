//! Many at once.

use std::collections::BTreeSet;
use std::sync::Arc;

use tillsync_core::event::Event;
use tillsync_core::multi_session::Summary;
use tokio::task::JoinSet;

use super::append::assert_nothing_there;
use super::shop::{POS, Shop, create, join, update};
use super::{Engine, land, soon};
use crate::{Append, Appended, RoomId, Store, StoreError};

/// Tasks that race.
const RACERS: usize = 8;

/// What each of them has to land.
const LANDINGS: usize = 12;

/// Many writers of one log: at each seq exactly one lands, and nothing of the others is there.
pub async fn one_lands_at_each_seq(engine: &dyn Engine) {
    let store = engine.open().await.store;
    race(&vec![store.clone(); RACERS]).await;
}

/// The same between processes.
pub async fn one_lands_at_each_seq_of_two_processes(engine: &dyn Engine) {
    let (one, other) = (engine.open().await.store, engine.open_beside().await.store);
    race(&[one.clone(), other.clone(), one, other]).await;
}

async fn race(stores: &[Arc<dyn Store>]) {
    let mut racers = JoinSet::new();
    for (n, store) in stores.iter().enumerate() {
        racers.spawn(racer(store.clone(), Shop::new(1).as_till(&format!("till-{n}"))));
    }
    let mut landed: Vec<Event> = racers.join_all().await.into_iter().flatten().collect();
    landed.sort_by_key(|event| event.seq);
    let log = stores[0].tail(&RoomId::new("main", 1), 0, usize::MAX).await.expect("the log");
    assert_eq!(log.len(), stores.len() * LANDINGS, "some that said they landed are not there");
    assert!(log.iter().map(|event| event.seq).eq(1..=log.len() as u64), "a hole in the log");
    assert_eq!(log, landed, "what is in the log is not what landed");
}

/// Lands its share, deciding again after each `Stale`; gives the events that landed.
async fn racer(store: Arc<dyn Store>, mut shop: Shop) -> Vec<Event> {
    let mut landed = Vec::new();
    let mut tries = 0;
    while landed.len() < LANDINGS {
        tries += 1;
        let mut next = shop.clone();
        // Named after the try, so that an order of a try that was stale would be seen.
        let batch = next.does(create(&format!("{} {tries}", shop.till), 1));
        match store.append(batch.clone()).await {
            Ok(Appended::Landed) => {
                shop = next;
                landed.extend(batch.events);
            }
            Ok(Appended::Stale) => {
                // What the other racer landed may have come to the same summary.
                let summary = Summary { run: u32::MAX, ..batch.summary.clone() };
                assert_nothing_there(&*store, &Append { answers: Vec::new(), summary, ..batch }).await;
                let behind = store.tail(&shop.room, shop.state.seq, usize::MAX).await.expect("the tail");
                assert!(!behind.is_empty(), "it was stale, and the log has not grown");
                behind.iter().for_each(|event| shop.state.evolve(event));
            }
            // Between processes, for a store whose writers wait for each other only for a time.
            Err(StoreError::Busy) => {}
            Err(error) => panic!("a racer failed: {error}"),
        }
    }
    landed
}

/// Fifty rooms at once, each in order, each whole.
pub async fn many_rooms_do_not_disturb_each_other(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let mut rooms = JoinSet::new();
    for room in 1..=50 {
        let store = store.clone();
        rooms.spawn(async move {
            let mut shop = Shop::new(room);
            land(&*store, shop.does(create("A", 3))).await;
            for _ in 0..5 {
                land(&*store, shop.does(update("A"))).await;
            }
            shop
        });
    }
    for shop in rooms.join_all().await {
        assert_eq!(store.summary(&shop.room).await, Ok(Some(shop.state.summary())));
        let loaded = store.load(&shop.room).await.expect("it loads").expect("it is there");
        assert_eq!(loaded.orders, [shop.order("A")]);
    }
}

/// Batches that fail stand among others that land.
pub async fn a_failing_batch_hinders_nobody_else(engine: &dyn Engine) {
    let store = engine.open().await.store;
    land(&*store, Shop::new(1).does(join(POS))).await;
    let mut appends = JoinSet::new();
    for room in 2..=30 {
        let store = store.clone();
        appends.spawn(async move {
            let mut shop = Shop::new(room);
            let fails = room % 3 == 0;
            // The POS is in room 1: the rest of the batch falls with that.
            let batch =
                shop.does_all(if fails { vec![create("A", 1), join(POS)] } else { vec![create("A", 1)] });
            (fails, batch.clone(), store.append(batch).await)
        });
    }
    for (fails, batch, outcome) in appends.join_all().await {
        if fails {
            assert!(matches!(outcome, Err(StoreError::Failed(_))), "{}: {outcome:?}", batch.room);
            assert_nothing_there(&*store, &batch).await;
        } else {
            assert_eq!(outcome, Ok(Appended::Landed), "{}", batch.room);
        }
    }
    let rooms = store.rooms().await.expect("the rooms");
    let expected: BTreeSet<_> = (1..=30).filter(|room| *room == 1 || room % 3 != 0).collect();
    assert_eq!(rooms.iter().map(|room| room.multi_session).collect::<BTreeSet<_>>(), expected);
}

/// When another process has written, whoever waits for that is told; also who was not waiting just then.
pub async fn who_is_elsewhere_is_noticed(engine: &dyn Engine) {
    let (here, elsewhere) = (engine.open().await.store, engine.open_beside().await.store);
    let (mut ours, mut theirs) = (Shop::new(1), Shop::new(2));
    let mut counts = here.changed_elsewhere();
    land(&*elsewhere, theirs.does(create("A", 1))).await;
    // An engine that looks before it writes has noticed by now, and nobody was waiting.
    land(&*here, ours.does(create("A", 1))).await;
    soon("it is told afterwards", counts.changed()).await.expect("the store is there");

    let mut waiting = JoinSet::new();
    for _ in 0..3 {
        let (here, room, mut counts) = (here.clone(), theirs.room.clone(), here.changed_elsewhere());
        waiting.spawn(async move {
            // It may be told of what it has seen already; the tail is what counts.
            while here.tail(&room, 1, 1).await.expect("the tail").is_empty() {
                counts.changed().await.expect("the store is there");
            }
        });
    }
    land(&*elsewhere, theirs.does(update("A"))).await;
    soon("all who wait are told", waiting.join_all()).await;
}
