//! What adapters keep beside the log.

use serde_json::{Value, json};

use super::shop::{Shop, create};
use super::{Engine, land};
use crate::{Append, Appended, SideRow};

fn row(kind: &str, key: &str, value: Option<Value>) -> SideRow {
    SideRow { kind: kind.into(), key: key.into(), value }
}

/// Rows are put, replaced and deleted, in the transaction of their batch, in the order of the batch.
pub async fn rows_come_and_go(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let mut shop = Shop::new(1);
    let side = |batch: Append, side: Vec<SideRow>| Append { side, ..batch };
    let put = vec![
        row("k", "a", Some(json!(1))),
        row("k", "b", Some(json!({"x": null}))),
        row("other", "a", Some(json!(3))),
    ];
    land(&*store, side(shop.does(create("A", 1)), put)).await;
    land(&*store, side(Shop::new(2).does(create("A", 1)), vec![row("k", "a", Some(json!("2's")))])).await;
    let found = store.side(&shop.room, "k", "").await;
    assert_eq!(found, Ok(vec![("a".into(), json!(1)), ("b".into(), json!({"x": null}))]));

    let change = vec![
        row("k", "a", Some(json!("new"))),
        row("k", "b", None),
        row("k", "c", Some(json!(0))),
        row("k", "c", None),
        row("k", "d", None),
        row("k", "d", Some(json!(null))),
    ];
    land(&*store, side(shop.nothing(), change)).await;
    let expected = vec![("a".to_owned(), json!("new")), ("d".into(), json!(null))];
    assert_eq!(store.side(&shop.room, "k", "").await, Ok(expected.clone()));

    // A stale batch leaves them alone.
    let mut stale = side(shop.nothing(), vec![row("k", "a", None), row("k", "e", Some(json!(1)))]);
    (stale.expected_seq, stale.summary.seq) = (0, 0);
    assert_eq!(store.append(stale).await, Ok(Appended::Stale));
    drop(store);
    let store = engine.open().await.store;
    assert_eq!(store.side(&shop.room, "k", "").await, Ok(expected));
    assert_eq!(store.side(&shop.room, "other", "").await, Ok(vec![("a".into(), json!(3))]));
}

/// A prefix has no wildcards, and the rows come in the order of their keys' bytes.
pub async fn a_prefix_is_a_prefix(engine: &dyn Engine) {
    let store = engine.open().await.store;
    let shop = Shop::new(1);
    let keys = ["a%1", "a_1", "a", "A", "ab", "a\u{10FFFF}", "a\u{10FFFF}b", "b", "é", "é/1", "z", ""];
    let mut batch = shop.nothing();
    batch.side = keys.iter().map(|key| row("k", key, Some(json!(key)))).collect();
    land(&*store, batch).await;
    for prefix in ["", "a", "a%", "a_", "A", "a\u{10FFFF}", "é", "b", "c", "zz"] {
        let mut expected: Vec<&str> = keys.into_iter().filter(|key| key.starts_with(prefix)).collect();
        expected.sort_unstable();
        let found = store.side(&shop.room, "k", prefix).await.expect("side rows");
        assert_eq!(found.iter().map(|(key, _)| key.as_str()).collect::<Vec<_>>(), expected, "{prefix:?}");
        assert!(found.iter().all(|(key, value)| *value == json!(key)));
    }
    assert_eq!(store.side(&shop.room, "k%", "").await, Ok(Vec::new()));
}
