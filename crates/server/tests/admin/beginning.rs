//! From an empty database to tills that share their orders: the seeds' chapter "Configuration", by the API.

use serde_json::json;

use crate::common::own::{Till, empty, get, post};
use crate::{admin, items, made, names, opened};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn from_an_empty_database_to_three_tills_that_share_an_order() {
    let shop = empty().await;
    assert_eq!(get(&shop, &admin("setup")).await["is_empty"], true);
    let beginning = json!({
        "name": "Corner shop", "currency": {"name": "EUR", "symbol": "€", "position": "after", "rounding": 0.01},
        "taxes": [{"name": "VAT 20 %", "amount": 20, "price_include": true}], "person": {"name": "Ann", "pin": "1234"},
    });
    let answer = post(&shop, &admin("setup"), beginning.clone()).await;
    assert_eq!(answer.status, 201, "{}", answer.text);
    assert_eq!(post(&shop, &admin("setup"), beginning).await.status, 409, "a shop begins once");
    let setup = get(&shop, &admin("setup")).await;
    assert_eq!(
        (&setup["company"]["name"], &setup["counts"]["payment_methods"]),
        (&json!("Corner shop"), &json!(2))
    );
    for name in ["Counter", "Bar", "Terrace"] {
        made(&shop, "points-of-sale", json!({"name": name})).await;
    }
    let choices = get(&shop, &admin("multi-sessions/choices")).await;
    assert!(choices["poses"].as_array().is_some_and(|all| all.iter().all(|pos| pos["reasons"] == json!([]))));
    made(&shop, "products", json!({"display_name": "Tea", "lst_price": 2.5, "taxes_id": [1]})).await;
    let id = made(&shop, "multi-sessions", json!({"name": "House", "poses": [1, 2, 3]})).await;
    assert_eq!(
        names(items(&shop, "multi-sessions").await[0]["poses"].as_array().expect("POSes"), "name"),
        ["Counter", "Bar", "Terrace"]
    );
    // What a till loads before it sells.
    let till = get(&shop, "/api/poses/2").await;
    assert_eq!((&till["multi_session"], &till["config"]["name"]), (&json!(id), &json!("Bar")));
    assert_eq!(till["shop"]["products"][0]["display_name"], "Tea");
    assert_eq!(till["users"][0]["has_pin"], true);
    assert!(!till.to_string().contains("argon2"), "no hash leaves the server");
    let mut tills = Vec::new();
    for (pos, name) in [(1, "Counter"), (2, "Bar"), (3, "Terrace")] {
        opened(&shop, pos).await;
        tills.push(Till::open(&shop, pos, name, &format!("device {name}")).await);
    }
    let sold = tills[0].sells("00001-001-0001", 2, json!({})).await;
    assert_eq!(sold["type"], "accepted", "{sold}");
    for till in &mut tills[1..] {
        let heard = till.hears("paid").await;
        assert_eq!(heard["user"]["name"], "Bob", "{heard}");
    }
}
