//! What a technician finds in the log. These tests have one thread each, so that each has a log of its own.

use hyper::Method;
use serde_json::json;
use tillsync_odoo_till::UPDATE_PATH;
use tillsync_server::config::{Config, OdooAccess};
use tracing::Level;

use crate::common::log::Log;
use crate::common::shop::{Shop, open_config};
use crate::common::wire::{Hand, order, send_from};
use crate::keys::{add, hand};

#[tokio::test]
async fn a_refused_request_is_a_warning_once_with_its_reason_and_its_caller() {
    let log = Log::default();
    let _kept = tracing::subscriber::set_default(log.keeps(Level::WARN));
    let shop = Shop::with(Config { odoo: OdooAccess::Keys, ..open_config() }).await;
    add(&shop, "Zq7TestKeyOfDatabaseOdoo", None, &["https://pos.example"]).await;
    let good = hand(&shop, 1, "Zq7TestKeyOfDatabaseOdoo");
    let body = |hand: &Hand| json!({"params": hand.params("sync_all", json!({}))}).to_string();
    let elsewhere = Hand { database: "copy".into(), ..good.clone() };
    for (path, body, headers, reason, caller) in [
        ("/odoo/Zq8TestKeyThatNobodyMade", body(&good), vec![], "no valid key", "key=\"Zq8Tes\""),
        ("", body(&good), vec![], "wants an address with a key", "peer=127.0.0.1"),
        (&good.path, body(&elsewhere), vec![], "the till says 'copy'", "key=\"Zq7Tes\""),
        (&good.path, body(&good), vec![("origin", "https://a.b")], "pages of this origin", "key=\"Zq7Tes\""),
        (&good.path, "{".to_owned(), vec![("x-forwarded-for", "10.0.0.7")], "no JSON", "for=10.0.0.7"),
    ] {
        let path = format!("{path}{UPDATE_PATH}");
        for _ in 0..3 {
            send_from(shop.address(), Method::POST, &path, body.clone(), &headers).await;
        }
        let lines = log.lines(reason);
        assert!(matches!(&lines[..], [line] if line.contains("WARN")), "{reason}: {}", log.text());
        assert!(lines[0].contains(caller), "{caller}: {}", lines[0]);
    }
    assert!(!log.text().contains("TestKey"), "{}", log.text());
}

#[tokio::test]
async fn an_order_that_a_manager_should_look_at_is_a_warning_once_it_is_on_disk() {
    let log = Log::default();
    let _kept = tracing::subscriber::set_default(log.keeps(Level::WARN));
    let shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    let uid = "00001-001-0001";
    one.update(order(uid, 1, &[("00001-001-0001-1", 1, 1, 1)])).await;
    one.remove(json!({"uid": uid, "revision_ID": 1, "finalized": false})).await;
    assert_eq!(log.text(), "");
    // Sent twice, as a till does whose answer was lost.
    for _ in 0..2 {
        other.remove(json!({"uid": uid, "revision_ID": 1, "finalized": true})).await;
    }
    let lines = log.lines("an order needs a look");
    assert!(matches!(&lines[..], [line] if line.contains("WARN")), "{}", log.text());
    for said in ["room=odoo/1", "order=00001-001-0001", "deleted before its payment came"] {
        assert!(lines[0].contains(said), "{said}: {}", lines[0]);
    }
}
