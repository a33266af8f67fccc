//! `kill -9` under load: what was acknowledged is there, numbers have no hole, tills are whole again by themselves.

use std::collections::BTreeMap;
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rand::rngs::SmallRng;
use rand::{RngExt, SeedableRng};
use serde_json::Value;
use tillsync_core::id::OrderUid;
use tillsync_core::order::{Order, OrderState};
use tillsync_store::Store;
use tillsync_store::sqlite::SqliteStore;

use crate::common::client::{Client, Exchange};
use crate::common::shop::{check_sound, room};
use crate::common::wire::lines;
use crate::process::{Floor, Server, beside, orders};

const KILLS: u32 = 30;

const TILLS: i64 = 3;

/// What a till was told about one order, by whatever answer.
#[derive(Debug, Default, Clone)]
struct Acknowledged {
    /// The largest revision.
    revision: u64,
    /// Pieces of the till's own product in the largest update that was answered.
    pieces: f64,
    /// It was removed as paid.
    paid: bool,
}

/// What a till's product is; nobody else sells it.
fn product_of(till: &Client) -> i64 {
    till.look(|till| till.config().pos.0)
}

fn acknowledged(till: &Client) -> BTreeMap<String, Acknowledged> {
    let mut all: BTreeMap<String, Acknowledged> = BTreeMap::new();
    let product = product_of(till);
    for exchange in till.log() {
        let Exchange { request, response: Some(response) } = exchange else { continue };
        let (result, data) = (&response["result"], &request.message()["data"]);
        let Some(uid) = data["uid"].as_str() else { continue };
        let known = || all.get(uid).cloned().unwrap_or_default();
        let ack = match (request.action(), result["action"].as_str()) {
            ("update_order", Some("update_revision_ID")) => {
                updated(known(), data, product, &result["revision_ID"])
            }
            ("update_order", Some("sync_all")) => {
                updated(known(), data, product, &result["data"]["orders"][0]["data"]["revision_ID"])
            }
            // A deletion is a wish, and the answer no promise; a payment is a fact.
            ("remove_order", None) if result["order_ID"].is_i64() && data["finalized"] == true => {
                Acknowledged { paid: true, ..known() }
            }
            _ => continue,
        };
        all.insert(uid.to_owned(), ack);
    }
    all
}

fn updated(known: Acknowledged, data: &Value, product: i64, revision: &Value) -> Acknowledged {
    let own = lines(data).into_iter().filter(|line| line["product_id"] == product);
    let pieces: f64 = own.filter_map(|line| line["qty"].as_f64()).sum();
    let revision = revision.as_u64().unwrap_or_default().max(known.revision);
    Acknowledged { revision, pieces: pieces.max(known.pieces), ..known }
}

/// Everything that any till was told is in the store.
async fn check(store: &SqliteStore, floor: &Floor, seed: u64) {
    check_sound(&orders(store).await);
    let log = store.tail(&room(), 0, usize::MAX).await.expect("the log");
    assert!(log.iter().map(|event| event.seq).eq(1..=log.len() as u64), "seed {seed}: a hole in the log");
    for till in &floor.tills {
        let product = product_of(till);
        for (uid, ack) in acknowledged(till) {
            if ack.revision == 0 {
                continue;
            }
            let order = store.order(&room(), &OrderUid::new(uid.as_str())).await.expect("the store reads");
            let order =
                order.unwrap_or_else(|| panic!("seed {seed}: {uid} was acknowledged and is gone: {ack:?}"));
            assert!(order.revision >= ack.revision, "seed {seed}: {uid} is at {}, {ack:?}", order.revision);
            // Nobody else sells the till's product, and the till never takes a piece away.
            let now = pieces(&order, product);
            assert!(now >= ack.pieces, "seed {seed}: {uid}: {ack:?}, {now} in the order");
            if ack.paid {
                assert_eq!(order.state, OrderState::Paid, "seed {seed}: {uid}");
            }
        }
    }
}

/// Pieces of a product in an order.
fn pieces(order: &Order, product: i64) -> f64 {
    let own = order.lines.iter().filter(|line| line.fields["product_id"].as_i64() == Some(product));
    own.filter_map(|line| line.fields["qty"].as_f64()).sum()
}

/// Somebody at a till does something: mostly a product more in an order of everybody's or one's own, sometimes a
/// new order, a payment or a deletion of one's own.
fn work(till: &Client, shared: &str, dice: &mut SmallRng) {
    let product = product_of(till);
    let own_prefix = format!("{product:05}-");
    till.hands(|till| {
        if !till.is_loaded() || !till.is_online() {
            return;
        }
        let orders = till.orders();
        let own: Vec<&str> = orders
            .iter()
            .map(|order| order.uid.as_str())
            .filter(|uid| uid.starts_with(&own_prefix) && *uid != shared)
            .collect();
        match dice.random_range(0..10) {
            0 | 1 => {
                till.new_order();
                till.tap(product, 1.0);
            }
            2..=5 if !own.is_empty() => {
                till.select_order(own[dice.random_range(0..own.len())]);
                till.tap(product, 1.0);
            }
            6 if own.len() > 2 => {
                till.select_order(own[0]);
                till.pay();
            }
            7 if own.len() > 2 => {
                till.select_order(own[1]);
                till.delete_order();
            }
            _ => {
                if till.select_order(shared) {
                    till.tap(product, 1.0);
                }
            }
        }
    });
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn everything_acknowledged_survives_kills_under_load() {
    let seed = u64::from(SystemTime::now().duration_since(UNIX_EPOCH).expect("after 1970").subsec_nanos());
    println!("seed {seed}");
    let mut dice = SmallRng::seed_from_u64(seed);
    let dir = tempfile::tempdir().expect("a folder for temporary files");
    let mut server = Server::start(dir.path());
    let floor = Floor::open(&server, TILLS, "").await;
    let shared = floor.tills[0].hands(|till| {
        till.tap(1, 1.0);
        till.selected().expect("an order").uid
    });
    floor.whole(dir.path()).await;
    for _ in 0..KILLS {
        let until = tokio::time::Instant::now() + Duration::from_millis(dice.random_range(40..250));
        while tokio::time::Instant::now() < until {
            let till = &floor.tills[dice.random_range(0..floor.tills.len())];
            work(till, &shared, &mut dice);
            // The pace of work, not a wait for anything.
            tokio::time::sleep(Duration::from_millis(dice.random_range(0..8))).await;
        }
        server.kill();
        check(&beside(dir.path()), &floor, seed).await;
        server = Server::start(dir.path());
        floor.upstream.set(server.address);
        floor.quiet().await;
    }
    let acks: usize = floor.tills.iter().map(|till| acknowledged(till).len()).sum();
    assert!(acks >= KILLS as usize, "there was load: {acks} orders were acknowledged");
    // A failed update of a known order is not sent again by itself: each till touches what it shows.
    for till in &floor.tills {
        let orders = till.look(|till| till.orders());
        for order in orders.iter().filter(|order| !order.lines.is_empty()) {
            till.hands(|till| {
                till.select_order(&order.uid) && till.tap(product_of_config(till), 1.0).is_some()
            });
            till.quiet().await;
        }
    }
    floor.whole(dir.path()).await;
    check(&beside(dir.path()), &floor, seed).await;
}

fn product_of_config(till: &tillsync_odoo_till::Till) -> i64 {
    till.config().pos.0
}
