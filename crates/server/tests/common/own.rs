//! The API and the native wire of a shop, as a till of our own uses them.

use hyper::Method;
use serde_json::{Value, json};
use tillsync_server::config::{Config, TillAccess};

use super::shop::{Shop, open_config};
use super::wire::{Answer, send_from};

/// Asks the API for something.
pub async fn ask(shop: &Shop, method: Method, path: &str, body: Value) -> Answer {
    send_from(shop.address(), method, path, body.to_string(), &[]).await
}

/// What is there.
pub async fn get(shop: &Shop, path: &str) -> Value {
    let answer = ask(shop, Method::GET, path, Value::Null).await;
    assert_eq!(answer.status, 200, "{path}: {}", answer.text);
    answer.json()
}

/// Sends something.
pub async fn post(shop: &Shop, path: &str, body: Value) -> Answer {
    ask(shop, Method::POST, path, body).await
}

/// A till of our own, by long polling.
pub struct Till<'a> {
    shop: &'a Shop,
    connection: String,
    pub welcome: Value,
    said: u64,
}

impl<'a> Till<'a> {
    /// It comes to multi-session 1, and logs in.
    pub async fn open(shop: &'a Shop, pos: i64, name: &str, device: &str) -> Self {
        Self::open_in(shop, 1, pos, name, device).await
    }

    /// The same in another multi-session.
    pub async fn open_in(shop: &'a Shop, multi_session: i64, pos: i64, name: &str, device: &str) -> Self {
        let hello = json!({
            "type": "hello", "protocol": 1, "database": "main", "multi_session": multi_session,
            "pos": {"id": pos, "name": name}, "user": {"id": 2, "name": "Bob"}, "device": device,
        });
        let opened = post(shop, "/sync/open", hello).await.json();
        let connection = opened["connection"].as_str().expect("a connection").to_owned();
        Self { shop, connection, welcome: opened["messages"][0].clone(), said: 0 }
    }

    /// Has a command taken; what it came to.
    pub async fn does(&mut self, actions: Vec<Value>) -> Value {
        self.said += 1;
        let command = json!({
            "type": "command", "number": self.said, "id": format!("c{}{}", self.connection, self.said),
            "user": {"id": 2, "name": "Bob"}, "device_time_ms": 5, "actions": actions,
        });
        post(self.shop, &format!("/sync/send/{}", self.connection), json!({"messages": [command]})).await;
        loop {
            let polled = post(self.shop, &format!("/sync/poll/{}", self.connection), json!({})).await.json();
            let messages = polled["messages"].as_array().expect("messages").clone();
            let mine = |message: &&Value| message["number"] == json!(self.said) && message["type"] != "event";
            if let Some(answer) = messages.iter().find(mine) {
                return answer.clone();
            }
        }
    }

    /// Says something that has no answer; the next answer shows that it was taken.
    pub async fn says(&self, message: Value) {
        let messages = json!({"messages": [message, {"type": "ping", "at": 1}]});
        post(self.shop, &format!("/sync/send/{}", self.connection), messages).await;
        self.hears_message("pong").await;
    }

    /// The next message of a type.
    pub async fn hears_message(&self, kind: &str) -> Value {
        self.next(|message| message["type"] == kind).await
    }

    /// The next event with a change of this kind.
    pub async fn hears(&self, change: &str) -> Value {
        let has = |message: &Value| {
            message["changes"].as_array().is_some_and(|all| all.iter().any(|one| one["change"] == change))
        };
        self.next(has).await
    }

    async fn next(&self, is_it: impl Fn(&Value) -> bool) -> Value {
        for _ in 0..50 {
            let polled = post(self.shop, &format!("/sync/poll/{}", self.connection), json!({})).await.json();
            let messages = polled["messages"].as_array().expect("messages").clone();
            if let Some(found) = messages.into_iter().find(&is_it) {
                return found;
            }
        }
        panic!("it was not heard")
    }

    /// Begins an order with one of product 7.
    pub async fn begins(&mut self, uid: &str) -> Value {
        let line =
            json!({"uid": format!("{uid}-1"), "fields": {"product_id": 7, "qty": 1, "price_unit": 2.5}});
        let creation = format!("k{uid}");
        let create =
            json!({"action": "create", "order": uid, "creation": creation, "run": 1, "lines": [line]});
        self.does(vec![create]).await
    }

    /// Sells so many of product 7 and is paid in cash.
    pub async fn sells(&mut self, uid: &str, qty: i64, fields: Value) -> Value {
        let total = 2.5 * qty as f64;
        let line =
            json!({"uid": format!("{uid}-1"), "fields": {"product_id": 7, "qty": qty, "price_unit": 2.5}});
        let seen = json!({"fields": fields, "lines": [line]});
        let payment = json!({
            "id": format!("payment of {uid}"), "till": self.welcome["till"],
            "fields": {
                "amount_total": total, "amount_tax": 0.5, "amount_return": 1.1,
                "sold": {"lines": [{"product_id": 7, "name": "Tea", "qty": qty, "net": total - 0.5, "total": total}], "taxes": [{"id": 1, "base": total - 0.5, "amount": 0.5}]},
                "statement_ids": [[0, 0, {"name": "Cash", "journal_id": 1, "amount": total + 1.1}]],
            },
        });
        self.does(vec![
            json!({"action": "create", "order": uid, "creation": format!("k{uid}"), "run": 1, "fields": fields, "lines": [line]}),
            json!({"action": "pay", "order": uid, "payment": payment}),
            json!({"action": "close", "order": uid, "base": 1, "seen": seen, "payments": [payment["id"]]}),
        ])
        .await
    }
}

/// A shop that serves everyone, with nothing in it.
pub async fn empty() -> Shop {
    Shop::with(Config { tills: TillAccess::Open, ..open_config() }).await
}
