//! The keys in Odoo's addresses.

use super::Engine;
use crate::keys::{KEYS_MAX, NewKey};
use crate::{Key, KeyStore, StoreError};

fn new_key(n: u64) -> NewKey {
    NewKey {
        database: "odoo-12".into(),
        multi_session: n.is_multiple_of(2).then_some(-1),
        origins: vec!["https://odoo.example".into(), format!("http://pos-{n}.lan:8069")],
        created_ms: 1_760_000_000_000 + n,
        hint: format!("k{n:05}"),
    }
}

async fn listed(keys: &dyn KeyStore) -> Vec<Key> {
    keys.keys().await.expect("the keys")
}

/// A key is found by its secret's hash until it is removed; the list shows it afterwards, too.
pub async fn keys_are_found_by_their_hash(engine: &dyn Engine) {
    let keys = engine.open().await.keys;
    assert_eq!(listed(&*keys).await, []);
    let first = keys.add_key(new_key(1), "aa").await.expect("the first key");
    let second = keys.add_key(new_key(2), "bb").await.expect("the second key");
    assert_ne!(first.id, second.id);
    assert_eq!((first.hint.as_str(), first.multi_session, second.multi_session), ("k00001", None, Some(-1)));
    assert_eq!((first.database.as_str(), first.created_ms), ("odoo-12", 1_760_000_000_001));
    assert_eq!(first.origins, new_key(1).origins);
    assert_eq!(keys.key_by_hash("aa").await, Ok(Some(first.clone())));
    assert_eq!(keys.key_by_hash("AA").await, Ok(None));
    assert_eq!(keys.key_by_hash("").await, Ok(None));
    let again = keys.add_key(new_key(3), "bb").await;
    assert!(matches!(again, Err(StoreError::Failed(_))), "two keys with one secret: {again:?}");

    let removed = Key { removed_ms: Some(5), ..first.clone() };
    assert_eq!(keys.remove_key(first.id, 5).await, Ok(Some(removed.clone())));
    assert_eq!(keys.remove_key(first.id, 6).await, Ok(Some(removed.clone())), "removed twice");
    assert_eq!(keys.remove_key(second.id + 1_000, 5).await, Ok(None));
    assert_eq!(keys.key_by_hash("aa").await, Ok(None), "a removed key opens");
    let reused = keys.add_key(new_key(4), "aa").await;
    assert!(matches!(reused, Err(StoreError::Failed(_))), "a removed key's secret works again: {reused:?}");
    drop(keys);
    let keys = engine.open().await.keys;
    assert_eq!(listed(&*keys).await, [removed, second.clone()]);
    assert_eq!(keys.key_by_hash("bb").await, Ok(Some(second)));
}

/// There are only so many keys; removing one makes room.
pub async fn keys_are_bounded(engine: &dyn Engine) {
    let keys = engine.open().await.keys;
    for n in 0..KEYS_MAX as u64 {
        keys.add_key(new_key(n), &format!("hash {n}")).await.expect("a key");
    }
    let beyond = keys.add_key(new_key(0), "one more").await;
    assert!(matches!(beyond, Err(StoreError::Failed(_))), "{beyond:?}");
    let first = listed(&*keys).await.remove(0);
    keys.remove_key(first.id, 1).await.expect("removed");
    keys.add_key(new_key(0), "one more").await.expect("there is room again");
}
