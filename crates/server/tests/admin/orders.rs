//! Orders of all tills, and their histories.

use serde_json::{Value, json};

use crate::common::own::{Till, get, post};
use crate::{admin, furnished, items, opened, press};

async fn story(shop: &crate::common::shop::Shop, uid: &str) -> Vec<(String, String, String)> {
    let story = get(shop, &admin(&format!("orders/1/{uid}/history"))).await;
    let entries = story["entries"].as_array().expect("entries").clone();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    entries
        .iter()
        .map(|entry| (text(&entry["user"]["name"]), text(&entry["kind"]), text(&entry["text"])))
        .collect()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_removed_what_is_said_in_the_list_and_in_the_history() {
    let shop = furnished().await;
    opened(&shop, 1).await;
    opened(&shop, 2).await;
    let mut bar = Till::open(&shop, 1, "Bar", "bar").await;
    let mut counter = Till::open(&shop, 2, "Counter", "counter").await;
    let line = json!({"uid": "a-1", "fields": {"product_id": 7, "qty": 3, "price_unit": 2.5}});
    let fields = json!({"table": "5"});
    bar.does(vec![json!({"action": "create", "order": "00001-001-0001", "creation": "k", "run": 1, "fields": fields, "lines": [line]})]).await;
    let removal = json!({"action": "update", "order": "00001-001-0001", "base": 1, "operations": [
        {"op": "increment", "line": "a-1", "field": "qty", "by": -2}]});
    counter.does(vec![removal]).await;
    let listed = items(&shop, "orders?mark=removals").await;
    assert_eq!(listed.len(), 1, "an open order too: {listed:?}");
    assert_eq!((&listed[0]["table"], &listed[0]["removed"]), (&json!("5"), &json!("2 × Tea, by Bob")));
    assert_eq!(items(&shop, "orders?q=table+5").await.len(), 1);
    counter.does(vec![json!({"action": "delete", "order": "00001-001-0001", "base": 2})]).await;
    let listed = items(&shop, "orders?mark=removals&state=deleted&q=tea").await;
    assert_eq!((listed.len(), &listed[0]["removed"]), (1, &json!("2 × Tea, by Bob")));
    assert_eq!(items(&shop, "orders?q=table+5").await.len(), 1);
    assert_eq!(items(&shop, "orders?q=table+6").await.len(), 0);
    let told = story(&shop, "00001-001-0001").await;
    assert_eq!(
        told.iter().map(|(_, kind, _)| kind.as_str()).collect::<Vec<_>>(),
        ["created", "removed", "deleted"]
    );
    assert_eq!(told[1].2, "removed 2 × Tea (1 left)");
    let whole = get(&shop, &admin("orders/1/00001-001-0001")).await;
    assert_eq!((&whole["order"]["state"], &whole["lines"][0]["qty"]), (&json!("deleted"), &json!("1")));
    // And back with it.
    let restored = press(&shop, "orders/1/00001-001-0001/restore").await;
    assert_eq!((restored.status, restored.json()), (200, json!({"number": 1, "run": 1})));
    assert_eq!(items(&shop, "orders?state=deleted").await.len(), 0);
    assert_eq!(items(&shop, "orders?state=draft").await.len(), 1);
    assert_eq!(story(&shop, "00001-001-0001").await[3].0, "Back office");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_second_payment_waits_until_somebody_has_looked() {
    let shop = furnished().await;
    opened(&shop, 1).await;
    let mut till = Till::open(&shop, 1, "Bar", "bar").await;
    till.sells("00001-001-0001", 1, json!({})).await;
    let line = json!({"uid": "00001-001-0001-1", "fields": {"product_id": 7, "qty": 1, "price_unit": 2.5}});
    let second = json!({"action": "settle", "order": "00001-001-0001", "run": 1, "paid": {"fields": {}, "lines": [line]},
        "payment": {"id": "another", "till": till.welcome["till"], "fields": {"amount_total": 2.5}}});
    till.does(vec![second]).await;
    let waiting = items(&shop, "orders?mark=attention").await;
    assert_eq!(waiting.len(), 1, "{waiting:?}");
    let uid = waiting[0]["uid"].as_str().expect("a uid").to_owned();
    let whole = get(&shop, &admin(&format!("orders/1/{uid}"))).await;
    assert!(
        whole["attention"][0]["text"].as_str().is_some_and(|text| text.contains("paid a second time")),
        "{whole}"
    );
    let path = admin(&format!("orders/1/{uid}/resolve"));
    let ann = crate::send_from(
        shop.address(),
        hyper::Method::POST,
        &path,
        json!({"note": "given back"}).to_string(),
        &[("tillsync-user", "1")],
    )
    .await;
    assert_eq!(ann.status, 204, "{}", ann.text);
    assert_eq!(items(&shop, "orders?mark=attention").await.len(), 0);
    let settled = get(&shop, &admin(&format!("orders/1/{uid}"))).await["attention"][0]["settled"].clone();
    assert_eq!((&settled["by"]["name"], &settled["note"]), (&json!("Ann"), &json!("given back")));
    let nobody = crate::send_from(
        shop.address(),
        hyper::Method::POST,
        &path,
        json!({}).to_string(),
        &[("tillsync-user", "99")],
    )
    .await;
    assert_eq!(nobody.status, 401, "a person that there is not");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_filtered_and_go_on_where_they_ended() {
    let shop = furnished().await;
    opened(&shop, 1).await;
    let mut till = Till::open(&shop, 1, "Bar", "bar").await;
    for n in 1..=5 {
        till.sells(&format!("00001-001-000{n}"), n, json!({})).await;
    }
    till.begins("00001-001-0006").await;
    let (mut path, mut seen) = ("orders?limit=2".to_owned(), Vec::new());
    loop {
        let page = get(&shop, &admin(&path)).await;
        seen.extend(
            page["items"].as_array().expect("items").iter().map(|item| item["number"].as_u64().unwrap_or(0)),
        );
        let Some(next) = page["next"].as_str() else { break };
        path = format!("orders?limit=2&after={next}");
    }
    assert_eq!(seen, [6, 5, 4, 3, 2, 1], "what is open comes first");
    assert_eq!(items(&shop, "orders?limit=3").await.len(), 3);
    let totals: Vec<Value> = items(&shop, "orders?state=paid&sort=-total&limit=2")
        .await
        .iter()
        .map(|item| item["total"].clone())
        .collect();
    assert_eq!(totals, [json!("12.5"), json!("10")]);
    assert_eq!(items(&shop, "orders?number=3").await.len(), 1);
    assert_eq!(items(&shop, "orders?q=nobody").await.len(), 0);
    assert_eq!(items(&shop, "orders?pos=2").await.len(), 0);
    let answer = post(&shop, &admin("orders/1/00001-001-0001/restore"), json!({})).await;
    assert_eq!(
        (answer.status, &answer.json()["error"]["code"]),
        (409, &json!("closed")),
        "what was paid stays paid"
    );
}
