//! A key appears nowhere: not in the log, whatever its level, and not in the metrics.
//!
//! A test program of its own, because the log is the process's.

mod common;

use std::sync::Arc;

use hyper::Method;
use metrics_exporter_prometheus::PrometheusBuilder;
use serde_json::json;
use tillsync_odoo_till::{TillConfig, UPDATE_PATH};
use tillsync_server::config::{Config, OdooAccess};
use tillsync_server::keys::key_hash;
use tillsync_store::sqlite::{OpenMode, Options, SqliteStore};
use tillsync_store::{KeyStore, NewKey};
use tracing::Level;

use common::client::Client;
use common::log::Log;
use common::shop::{Shop, open_config};
use common::wire::{Hand, send};

const SECRET: &str = "Zq7TestKeyThatMustNotBeLogged77Zq";

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_key_is_neither_in_the_log_nor_in_the_metrics() {
    let log = Log::default();
    tracing::subscriber::set_global_default(log.keeps(Level::TRACE)).expect("it is the only one");
    let metrics = PrometheusBuilder::new().install_recorder().expect("metrics");
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let store =
        Arc::new(SqliteStore::open(dir.path(), &Options::new(OpenMode::Serve)).expect("the store opens"));
    let key = NewKey {
        database: "odoo".into(),
        multi_session: None,
        origins: Vec::new(),
        created_ms: 1,
        hint: SECRET[..6].into(),
    };
    let key = store.add_key(key, &key_hash(SECRET)).await.expect("it is kept");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let config = Config { odoo: OdooAccess::Keys, ..open_config() };
    let running =
        tillsync_server::serve(config, store.clone(), listener, Some(metrics)).await.expect("it starts");
    let shop = Shop::on(dir, store, running);

    let till = Client::new(TillConfig::numbered(1), shop.network().await, &format!("/odoo/{SECRET}"));
    till.open().await;
    till.hands(|till| till.tap(1, 2.0));
    shop.whole(&[&till]).await;
    let hand = Hand { path: format!("/odoo/{SECRET}"), ..Hand::numbered(shop.address(), 2) };
    hand.load().await;
    for (method, path) in [
        (Method::GET, format!("/odoo/{SECRET}{UPDATE_PATH}")),
        (Method::POST, format!("/odoo/{SECRET}")),
        (Method::POST, format!("/odoo/{SECRET}-wrong{UPDATE_PATH}")),
        (Method::POST, format!("//odoo//{SECRET}//nothing")),
        (Method::OPTIONS, format!("/odoo/{SECRET}{UPDATE_PATH}")),
    ] {
        send(shop.address(), method, &path, "{").await;
    }
    let params = Hand { database: "other".into(), ..hand.clone() }.params("sync_all", json!({}));
    assert!(hand.call(UPDATE_PATH, &params).await.error().is_some());
    shop.store().remove_key(key.id, 2).await.expect("it is removed");
    let metrics = send(shop.address(), Method::GET, "/metrics", "").await;
    assert!(metrics.text.contains("tillsync_messages_total"), "{}", metrics.text);
    assert!(metrics.text.contains("tillsync_odoo_errors_total"), "{}", metrics.text);
    drop(till);

    let text = log.text();
    assert!(text.contains("refused"), "the log was caught: {text}");
    let inner = &SECRET[7..20];
    for (what, said) in [("the log", &text), ("the metrics", &metrics.text)] {
        let line = said.lines().find(|line| line.contains(inner) || line.contains(&key_hash(SECRET)));
        assert_eq!(line, None, "the key is in {what}");
    }
}
