//! Wrong types and missing fields, for every parameter of a valid request.
//!
//! What is not of the wire's form gets an error; what could be an addon's doing is taken, and no till falls over it.

use futures::stream::{self, StreamExt};
use serde_json::{Value, json};
use tillsync_odoo_till::{PING_PATH, POLL_PATH, TillConfig, UPDATE_PATH};
use tillsync_store::RoomId;

use crate::common::client::Client;
use crate::common::shop::Shop;
use crate::common::wire::{Answer, Hand, order};

const UID: &str = "00050-001-0001";

fn wrong_values() -> Vec<Value> {
    vec![
        json!(null),
        json!(true),
        json!(-1),
        json!(1e300),
        json!(""),
        json!([]),
        json!({}),
        json!("x".repeat(10_000)),
    ]
}

/// Every place in a value.
fn places(value: &Value, at: String, places_found: &mut Vec<String>) {
    match value {
        Value::Object(members) => {
            for (name, member) in members {
                let place = format!("{at}/{name}");
                places_found.push(place.clone());
                places(member, place, places_found);
            }
        }
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let place = format!("{at}/{index}");
                places_found.push(place.clone());
                places(item, place, places_found);
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The value with the member at a place taken out.
fn without(value: &Value, place: &str) -> Value {
    let mut value = value.clone();
    let (parent, name) = place.rsplit_once('/').expect("a place");
    match value.pointer_mut(parent).expect("a parent") {
        Value::Object(members) => drop(members.remove(name)),
        Value::Array(items) => drop(items.remove(name.parse().expect("an index"))),
        other => panic!("{other} has no members"),
    }
    value
}

/// Everything that is made wrong, and where; the valid request itself is not among it.
fn mutations(valid: &Value) -> Vec<(String, Value)> {
    let mut all = Vec::new();
    places(valid, String::new(), &mut all);
    let mut wrong = Vec::new();
    for place in all {
        wrong.push((format!("{place} missing"), without(valid, &place)));
        for value in wrong_values() {
            let mut mutated = valid.clone();
            let target = mutated.pointer_mut(&place).expect("a place");
            let text: String = value.to_string().chars().take(20).collect();
            *target = value;
            wrong.push((format!("{place} = {text}"), mutated));
        }
    }
    wrong
}

/// Each is answered with JSON-RPC, readable by the page.
fn check_form(what: &str, answer: &Answer) {
    assert_eq!(answer.status, 200, "{what}: {}", answer.text);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{what}");
    let json = answer.json();
    assert_eq!(json["jsonrpc"], "2.0", "{what}: {}", answer.text);
    if json.get("result").is_none() {
        let error = &json["error"];
        assert_eq!(error["code"], 200, "{what}: {}", answer.text);
        let name = error["data"]["name"].as_str().unwrap_or_default();
        assert!(name.starts_with("tillsync."), "{what}: {}", answer.text);
        let message = error["data"]["message"].as_str().unwrap_or_default();
        assert!(
            message.len() > 10 && message.len() < 1_000,
            "{what}: an error says what is wrong: {message}"
        );
    }
}

/// A till that has nothing to do with it, and one that hears of everything.
struct Beside {
    shop: Shop,
    hand: Hand,
    probe: Client,
    witness: Client,
}

impl Beside {
    async fn open() -> Self {
        let shop = Shop::impatient().await;
        let probe = shop.till(TillConfig::numbered(1)).await;
        probe.hands(|till| till.tap(1, 2.0));
        shop.whole(&[&probe]).await;
        let witness = shop.till(TillConfig { multi_session_id: 9, ..TillConfig::numbered(2) }).await;
        let hand = Hand { multi_session: 9, ..Hand::numbered(shop.address(), 50) };
        hand.load().await;
        Self { shop, hand, probe, witness }
    }

    /// Sends all of it, some at a time.
    async fn send(&self, route: &str, wrong: Vec<(String, Value)>) -> Vec<(String, Answer)> {
        let ask =
            |(what, params): (String, Value)| async move { (what, self.hand.call(route, &params).await) };
        let answers: Vec<_> = stream::iter(wrong.into_iter().map(ask)).buffer_unordered(16).collect().await;
        answers.iter().for_each(|(what, answer)| check_form(what, answer));
        answers
    }

    /// Nothing of it has reached the probe, which goes on working; nobody fell over anything.
    async fn end(self, seq: u64) {
        assert_eq!(self.shop.seq().await, seq);
        self.probe.hands(|till| till.tap(1, 2.0));
        self.shop.whole(&[&self.probe]).await;
        self.witness.hands(|till| till.tap(3, 2.0));
        self.witness.quiet().await;
        assert_eq!(self.witness.bad_popups(), []);
        self.witness.hands(|till| till.reload());
        self.witness.quiet().await;
        assert_eq!(self.witness.bad_popups(), []);
        crate::common::shop::check_sound(&self.shop.orders_of(&RoomId::new("odoo", 9)).await);
    }
}

/// Places without which a request means nothing: whatever else stands there is an error.
const NEEDED: [&str; 13] = [
    "/dbname",
    "/multi_session_id",
    "/message",
    "/message/action",
    "/message/session_id",
    "/message/login_number",
    "/message/data",
    "/message/data/pos_id",
    "/message/data/run_ID",
    "/message/data/uid",
    "/message/data/lines",
    "/message/data/lines/0/2/uid",
    "/message/data/lines/0/2/product_id",
];

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_an_update() {
    let beside = Beside::open().await;
    let seq = beside.shop.seq().await;
    let lines = [("00050-001-0001-1", 1, 1, 1), ("00050-001-0001-2", 2, 2, 1)];
    let params = beside.hand.params("update_order", order(UID, 1, &lines));
    for (what, answer) in beside.send(UPDATE_PATH, mutations(&params)).await {
        let needed = NEEDED.iter().any(|place| what.starts_with(&format!("{place} ")));
        let allowed = [
            // Any text is an action of some addon's; an order may be without lines.
            "/message/action = \"\"",
            "/message/action = \"xxxxx",
            "/message/data/lines = []",
        ];
        if needed && !allowed.iter().any(|may| what.starts_with(may)) {
            assert!(answer.error().is_some(), "{what}: {}", answer.text);
        }
    }
    beside.end(seq).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_payment() {
    let beside = Beside::open().await;
    let seq = beside.shop.seq().await;
    let paid = order(UID, 1, &[("00050-001-0001-1", 1, 1, 1)]);
    let params = beside.hand.params("remove_order", json!({"uid": UID, "revision_ID": 1, "finalized": true}));
    let mut wrong = mutations(&params);
    // The content is JSON text: what is wrong in it is wrong in the text.
    let wrapped = json!({"id": UID, "data": paid, "to_invoice": false});
    for (what, content) in mutations(&wrapped).into_iter().chain([("broken".to_owned(), json!("{\"data\":"))])
    {
        let text = content.as_str().map_or_else(|| content.to_string(), str::to_owned);
        let data = json!({"uid": UID, "revision_ID": 1, "finalized": true, "order_data": text});
        wrong.push((format!("order_data: {what}"), beside.hand.params("remove_order", data)));
    }
    beside.send(UPDATE_PATH, wrong).await;
    beside.end(seq).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_sync_all() {
    let beside = Beside::open().await;
    let seq = beside.shop.seq().await;
    let mut params = beside.hand.params("sync_all", json!({}));
    params["message"]["uid"] = json!(UID);
    params["message"]["immediate_rerendering"] = json!(true);
    beside.send(UPDATE_PATH, mutations(&params)).await;
    beside.end(seq).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_a_poll_and_a_ping() {
    let beside = Beside::open().await;
    let seq = beside.shop.seq().await;
    beside
        .send(POLL_PATH, mutations(&beside.hand.poll_params(3, &["pos.longpolling", "pos.multi_session"])))
        .await;
    let ping = json!({"message": "PING", "pos_id": 50, "db_name": "odoo"});
    beside.send(PING_PATH, mutations(&ping)).await;
    beside.end(seq).await;
}
