//! What a technician finds in the log. These tests have one thread each, so that each has a log of its own.

use hyper::Method;
use serde_json::json;
use tillsync_odoo_till::UPDATE_PATH;
use tillsync_server::config::{Config, OdooAccess};
use tracing::Level;

use crate::common::log::Log;
use crate::common::shop::{Shop, open_config};
use crate::common::wire::{Hand, send_from};
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
