//! Addresses with a key: who is served what.

use hyper::Method;
use serde_json::json;
use tillsync_odoo_till::{PING_PATH, POLL_PATH, TillConfig, UPDATE_PATH};
use tillsync_server::config::{Config, OdooAccess};
use tillsync_server::keys::key_hash;
use tillsync_store::{Key, KeyStore, NewKey, RoomId, Store};

use crate::common::client::{Client, ORIGIN};
use crate::common::eventually;
use crate::common::shop::{Shop, open_config};
use crate::common::wire::{Hand, news, order, polls_held, send, send_from};

const UID: &str = "00001-001-0001";
const A: &str = "00001-001-0001-1";

pub async fn shop_with_keys() -> Shop {
    let poll_hold = std::time::Duration::from_millis(150);
    Shop::with(Config { odoo: OdooAccess::Keys, poll_hold, ..open_config() }).await
}

/// Adds a key as the command line does, beside the server.
pub async fn add(shop: &Shop, secret: &str, multi_session: Option<i64>, origins: &[&str]) -> Key {
    let key = NewKey {
        database: "odoo".into(),
        multi_session,
        origins: origins.iter().map(|origin| (*origin).to_owned()).collect(),
        created_ms: 1,
        hint: secret.chars().take(6).collect(),
    };
    shop.beside().await.add_key(key, &key_hash(secret)).await.expect("it is kept")
}

/// A till that was given the address with this key.
pub fn hand(shop: &Shop, number: i64, secret: &str) -> Hand {
    Hand { path: format!("/odoo/{secret}"), ..Hand::numbered(shop.address(), number) }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_key_nothing_is_served() {
    let shop = shop_with_keys().await;
    add(&shop, "the-right-one", None, &[]).await;
    let long = "k".repeat(5_000);
    for path in [
        "",
        "/odoo/wrong",
        "/odoo/the-right-on",
        "/odoo/the-right-one2",
        "/odoo/%00",
        "/odoo/THE-RIGHT-ONE",
        &format!("/odoo/{long}"),
    ] {
        let hand = Hand { path: path.to_owned(), ..Hand::numbered(shop.address(), 1) };
        let calls = [
            (UPDATE_PATH, hand.params("update_order", order(UID, 1, &[(A, 1, 1, 1)]))),
            (UPDATE_PATH, hand.params("sync_all", json!({}))),
            (POLL_PATH, hand.poll_params(0, &["pos.multi_session"])),
            (PING_PATH, json!({"message": "PING", "pos_id": 1, "db_name": "odoo"})),
        ];
        for (route, params) in calls {
            let answer = hand.call(route, &params).await;
            assert_eq!(
                answer.error().as_deref(),
                Some("tillsync.NotServed"),
                "{path}{route}: {}",
                answer.text
            );
            assert_eq!(
                answer.header("access-control-allow-origin"),
                Some("*"),
                "so that the till sees the error"
            );
            assert!(
                !answer.text.contains("the-right") && !answer.text.contains(&long[..50]),
                "no key in an answer"
            );
        }
    }
    assert_eq!(shop.store().rooms().await.expect("the store reads"), []);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_counts_at_once_and_a_removed_one_no_more_within_a_second() {
    let shop = shop_with_keys().await;
    let one = hand(&shop, 1, "secret");
    let refused = one.call(UPDATE_PATH, &one.params("sync_all", json!({}))).await;
    assert!(refused.error().is_some());
    let key = add(&shop, "secret", None, &[]).await;
    one.load().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1)])).await;
    shop.beside().await.remove_key(key.id, 2).await.expect("it is removed");
    let removed = tokio::time::Instant::now();
    let refused_after = eventually("it is refused", async || {
        let answer = one.call(UPDATE_PATH, &one.params("sync_all", json!({}))).await;
        answer.error().map(|_| removed.elapsed()).ok_or_else(|| answer.text.clone())
    })
    .await;
    // A second, and what a loaded machine adds to it.
    assert!(refused_after.as_secs_f64() < 5.0, "{refused_after:?}");
    let seq = shop.seq().await;
    let answer = one.call(UPDATE_PATH, &one.params("update_order", order(UID, 1, &[(A, 1, 1, 2)]))).await;
    assert_eq!((answer.error().as_deref(), shop.seq().await), (Some("tillsync.NotServed"), seq));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_of_one_multi_session_serves_no_other_whatever_is_claimed() {
    let shop = shop_with_keys().await;
    add(&shop, "of-one", Some(1), &[]).await;
    add(&shop, "of-two", Some(2), &[]).await;
    let one = hand(&shop, 1, "of-one");
    one.load().await;
    one.update(order(UID, 1, &[(A, 1, 1, 1)])).await;
    let seq = shop.seq().await;
    let own = Hand { multi_session: 2, ..hand(&shop, 2, "of-two") };
    own.load().await;
    let claims = [
        ("another multi-session", Hand { multi_session: 1, ..own.clone() }),
        ("another database", Hand { database: "other".into(), ..own.clone() }),
        ("another POS", Hand { pos: 1, ..own.clone() }),
        ("another POS and multi-session", Hand { pos: 1, multi_session: 1, ..own.clone() }),
        ("a multi-session that is not there", Hand { multi_session: 3, ..own.clone() }),
    ];
    for (what, claim) in claims {
        for (action, data) in [
            ("update_order", order(UID, 1, &[(A, 1, 1, 9)])),
            ("remove_order", json!({"uid": UID, "revision_ID": 1, "finalized": true})),
            ("sync_all", json!({})),
            ("hello", json!({})),
        ] {
            let answer = claim.call(UPDATE_PATH, &claim.params(action, data)).await;
            assert_eq!(
                answer.error().as_deref(),
                Some("tillsync.NotServed"),
                "{what}, {action}: {}",
                answer.text
            );
        }
        let poll = claim.call(POLL_PATH, &claim.poll_params(0, &["pos.multi_session"])).await;
        assert!(!poll.text.contains(UID), "{what}: {}", poll.text);
    }
    assert_eq!(shop.seq().await, seq);
    assert_eq!(shop.orders_of(&RoomId::new("odoo", 2)).await.len(), 0);
    assert_eq!(shop.orders_of(&RoomId::new("odoo", 3)).await.len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cors_headers_are_for_allowed_origins_only() {
    let shop = shop_with_keys().await;
    add(&shop, "narrow", None, &[ORIGIN, "https://pos.example"]).await;
    let at = shop.address();
    let one = hand(&shop, 1, "narrow");
    let body = json!({"id": 1, "params": one.params("sync_all", json!({}))}).to_string();
    let path = format!("/odoo/narrow{UPDATE_PATH}");
    for (origin, allowed) in [
        (ORIGIN, true),
        ("https://pos.example", true),
        ("https://evil.example", false),
        ("http://odoo.example", false),
        ("https://odoo.example.evil", false),
        ("null", false),
    ] {
        for method in [Method::OPTIONS, Method::POST] {
            let answer = send_from(at, method.clone(), &path, body.clone(), &[("origin", origin)]).await;
            let header = answer.header("access-control-allow-origin");
            assert_eq!(header, allowed.then_some(origin), "{method} from {origin}: {}", answer.text);
            if method == Method::POST {
                assert_eq!(answer.error().is_none(), allowed, "{origin}: {}", answer.text);
            }
            if allowed {
                assert_eq!(answer.header("vary").map(str::to_lowercase).as_deref(), Some("origin"));
            }
        }
    }
    // No page: curl, another server.
    let answer = send_from(at, Method::POST, &path, body, &[]).await;
    assert!(answer.error().is_none(), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_page_may_reach_a_server_on_the_lan() {
    let shop = shop_with_keys().await;
    add(&shop, "any", None, &[]).await;
    let path = format!("/odoo/any{UPDATE_PATH}");
    let ask = [("origin", ORIGIN), ("access-control-request-private-network", "true")];
    let answer = send_from(shop.address(), Method::OPTIONS, &path, "", &ask).await;
    assert_eq!(answer.header("access-control-allow-private-network"), Some("true"));
    let allowed = answer.header("access-control-allow-headers").expect("headers").to_lowercase();
    assert!(allowed.contains("content-type") && allowed.contains("x-debug-mode"), "{allowed}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tills_work_through_an_address_with_a_key() {
    let shop = shop_with_keys().await;
    add(&shop, "secret", Some(1), &[ORIGIN]).await;
    let mut tills = Vec::new();
    for number in 1..=2 {
        let net = shop.network().await;
        let till = Client::new(TillConfig::numbered(number), net, "/odoo/secret");
        till.open().await;
        till.hands(|till| {
            till.new_order();
            till.tap(number, 2.0)
        });
        tills.push(till);
    }
    shop.whole(&[&tills[0], &tills[1]]).await;
    assert_eq!(shop.drafts().await.len(), 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_poll_or_a_ping_that_the_address_does_not_cover_is_refused() {
    let shop = shop_with_keys().await;
    add(&shop, "of-the-first", Some(1), &[]).await;
    add(&shop, "of-the-second", Some(2), &[]).await;
    let one = hand(&shop, 1, "of-the-first");
    one.load().await;
    let mut last = 0;
    news(&one, &mut last).await;
    let ping = |database: &str| json!({"message": "PING", "pos_id": 1, "db_name": database});
    let elsewhere = hand(&shop, 1, "of-the-second");
    let of_another = Hand { database: "other".into(), ..one.clone() };
    for (till, database) in [(&elsewhere, "odoo"), (&of_another, "other")] {
        let poll = till.call(POLL_PATH, &till.poll_params(0, &["pos.multi_session"])).await;
        assert_eq!(poll.error().as_deref(), Some("tillsync.NotServed"), "{}", poll.text);
        let ping = till.call(PING_PATH, &ping(database)).await;
        assert_eq!(ping.error().as_deref(), Some("tillsync.NotServed"), "{}", ping.text);
    }
    assert_eq!(news(&one, &mut last).await, Vec::<serde_json::Value>::new(), "a foreign PING reached it");
    assert_eq!(one.ping().await, json!(1));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_held_poll_ends_soon_after_its_key_was_removed() {
    let shop = Shop::with(Config { odoo: OdooAccess::Keys, ..open_config() }).await;
    let key = add(&shop, "secret", None, &[]).await;
    let one = hand(&shop, 1, "secret");
    let params = one.poll_params(0, &["pos.multi_session"]);
    let remove = async {
        polls_held(shop.address(), 1).await;
        shop.beside().await.remove_key(key.id, 2).await.expect("it is removed");
        tokio::time::Instant::now()
    };
    let (answer, removed) = tokio::join!(one.call(POLL_PATH, &params), remove);
    assert_eq!(answer.error().as_deref(), Some("tillsync.NotServed"), "{}", answer.text);
    // Two seconds, and what a loaded machine adds to it.
    assert!(removed.elapsed().as_secs_f64() < 5.0, "{:?}", removed.elapsed());
    polls_held(shop.address(), 0).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_open_server_serves_everyone_and_addresses_with_a_key() {
    let shop = Shop::impatient().await;
    add(&shop, "secret", Some(1), &[]).await;
    hand(&shop, 1, "secret").load().await;
    Hand::numbered(shop.address(), 2).load().await;
    let wrong = send(shop.address(), Method::POST, &format!("/odoo/wrong{UPDATE_PATH}"), "{}").await;
    assert_eq!(wrong.error().as_deref(), Some("tillsync.NotServed"));
}
