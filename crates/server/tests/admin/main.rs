//! The back office's API over real sockets.

#[path = "../common/mod.rs"]
mod common;

mod beginning;
mod hostile;
mod multi_sessions;
mod orders;
mod records;
mod sessions;
mod tables;

use hyper::Method;
use serde_json::{Value, json};

use self::common::own::{ask, empty, get, post};
use self::common::shop::Shop;
use self::common::wire::{Answer, send_from};

/// Where the back office's resources are.
fn admin(path: &str) -> String {
    format!("/api/admin/{path}")
}

/// Makes something; its id.
async fn made(shop: &Shop, path: &str, body: Value) -> i64 {
    let answer = post(shop, &admin(path), body.clone()).await;
    assert_eq!(answer.status, 201, "{path} {body}: {}", answer.text);
    answer.json()["id"].as_i64().unwrap_or(0)
}

/// Changes what was seen at a version.
async fn put(shop: &Shop, path: &str, version: &str, body: Value) -> Answer {
    let version = format!("\"{version}\"");
    send_from(shop.address(), Method::PUT, &admin(path), body.to_string(), &[("if-match", &version)]).await
}

/// Removes what was seen at a version.
async fn delete(shop: &Shop, path: &str, version: &str) -> Answer {
    let version = format!("\"{version}\"");
    send_from(shop.address(), Method::DELETE, &admin(path), "", &[("if-match", &version)]).await
}

/// A shop as its set-up page makes it, with POS 1 "Bar" and 2 "Counter" in multi-session 1, 3 "Stall" alone, and tea.
async fn furnished() -> Shop {
    let shop = empty().await;
    let beginning = json!({
        "name": "Café", "currency": {"name": "EUR", "symbol": "€", "position": "after", "rounding": 0.01},
        "taxes": [{"name": "VAT 20 %", "amount": 20, "price_include": true}], "person": {"name": "Ann", "pin": "1234"},
    });
    assert_eq!(post(&shop, &admin("setup"), beginning).await.status, 201);
    for name in ["Bar", "Counter", "Stall"] {
        made(&shop, "points-of-sale", json!({"name": name})).await;
    }
    made(&shop, "multi-sessions", json!({"name": "House", "poses": [1, 2]})).await;
    for product in 1..=7 {
        let name = if product == 7 { "Tea".to_owned() } else { format!("Product {product}") };
        made(&shop, "products", json!({"display_name": name, "lst_price": 2.5, "taxes_id": [1]})).await;
    }
    shop
}

/// Opens a session by the back office; its id.
async fn opened(shop: &Shop, pos: i64) -> u64 {
    let path = admin(&format!("points-of-sale/{pos}/session"));
    let answer = post(shop, &path, json!({"opening": {"cash": {"1": "100.00"}, "note": "two rolls"}})).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    answer.json()["id"].as_u64().expect("its id")
}

/// What stands in a list.
async fn items(shop: &Shop, path: &str) -> Vec<Value> {
    get(shop, &admin(path)).await["items"].as_array().expect("a list").clone()
}

fn names(items: &[Value], field: &str) -> Vec<String> {
    items.iter().map(|item| item[field].as_str().unwrap_or_default().to_owned()).collect()
}

/// Asks with an empty body.
async fn press(shop: &Shop, path: &str) -> Answer {
    ask(shop, Method::POST, &admin(path), json!({})).await
}
