//! Sessions: cash in and out, and what a drawer should hold.

use serde_json::{Value, json};

use crate::common::own::{Till, get, post};
use crate::{admin, furnished, items, opened};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn cash_that_is_moved_counts_and_the_end_says_what_differs() {
    let shop = furnished().await;
    let session = opened(&shop, 1).await;
    let mut till = Till::open(&shop, 1, "Bar", "bar").await;
    till.sells("00001-001-0001", 2, json!({})).await;
    let path = admin(&format!("sessions/{session}/cash"));
    for (moved, status) in [
        (json!({"amount": "-50.00", "reason": "to the bank", "method": 1}), 201),
        (json!({"amount": "-50.00", "reason": " ", "method": 1}), 409),
        (json!({"amount": "much", "reason": "change", "method": 1}), 400),
        (json!({"amount": "5", "reason": "change", "method": 2}), 400),
    ] {
        let answer = post(&shop, &path, moved.clone()).await;
        assert_eq!(answer.status, status, "{moved}: {}", answer.text);
    }
    let report = get(&shop, &admin(&format!("sessions/{session}"))).await;
    let cash = &report["cash"][0];
    let figures = |cash: &Value| {
        ["opening", "taken", "moves", "expected"]
            .map(|field| cash[field].as_str().unwrap_or("none").to_owned())
    };
    assert_eq!(figures(cash), ["100.00", "5.0", "-50.00", "55.00"], "{report}");
    assert_eq!(
        (&report["kind"], &report["ends_run"], &report["opening_note"]),
        (&json!("x"), &json!(true), &json!("two rolls"))
    );
    assert_eq!(
        (&report["moves"][0]["reason"], &report["moves"][0]["user"]["name"]),
        (&json!("to the bank"), &json!("Back office"))
    );
    let closing = json!({"closing": {"cash": {"1": "54.50"}, "note": "a coin is missing"}});
    let closed = post(&shop, &admin(&format!("sessions/{session}/close")), closing.clone()).await;
    let report = closed.json();
    assert_eq!((closed.status, &report["kind"]), (200, &json!("z")), "{}", closed.text);
    assert_eq!(
        (&report["cash"][0]["counted"], &report["cash"][0]["difference"]),
        (&json!("54.50"), &json!("-0.50"))
    );
    assert_eq!((&report["sold"]["orders"], &report["session"]["total"]), (&json!(1), &json!("5")));
    assert_eq!(post(&shop, &admin(&format!("sessions/{session}/close")), closing).await.status, 409);
    assert_eq!(post(&shop, &path, json!({"amount": "5", "reason": "late", "method": 1})).await.status, 409);
    let listed = items(&shop, "sessions").await;
    assert_eq!(
        (listed.len(), &listed[0]["difference"], &listed[0]["closed_by"]["name"]),
        (1, &json!("-0.50"), &json!("Back office"))
    );
    assert_eq!(items(&shop, "sessions?open=true").await.len(), 0);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_was_sold_is_told_by_everything_that_a_shop_asks_for() {
    let shop = furnished().await;
    opened(&shop, 1).await;
    let mut till = Till::open(&shop, 1, "Bar", "bar").await;
    till.sells("00001-001-0001", 2, json!({})).await;
    till.sells("00001-001-0002", 1, json!({})).await;
    let sales = get(&shop, &admin("reports/sales?from_ms=0")).await;
    assert_eq!(
        (&sales["totals"]["orders"], &sales["totals"]["total"], &sales["totals"]["tax"]),
        (&json!(2), &json!("7.5"), &json!("1.0"))
    );
    assert_eq!(
        (&sales["by_pos"][0]["name"], &sales["by_cashier"][0]["name"], &sales["by_product"][0]["name"]),
        (&json!("Bar"), &json!("Bob"), &json!("Tea"))
    );
    assert_eq!(
        (
            &sales["by_product"][0]["qty"],
            &sales["by_product"][0]["orders"],
            &sales["by_hour"].as_array().map(Vec::len)
        ),
        (&json!("3"), &json!(2), &Some(1))
    );
    assert_eq!(
        (&sales["by_method"][0]["name"], &sales["by_method"][0]["total"]),
        (&json!("Cash"), &json!("7.5")),
        "less the change"
    );
    let tax = &sales["by_tax"][0];
    assert_eq!(
        (&tax["name"], &tax["net"], &tax["tax"]),
        (&json!("VAT 20 %"), &json!("6.5"), &json!("1.0")),
        "as the till said it"
    );
    let none = get(&shop, &admin("reports/sales?from_ms=0&pos=2")).await;
    assert_eq!(none["totals"]["orders"], 0);
    let table = crate::ask(
        &shop,
        hyper::Method::GET,
        &admin("reports/sales.csv?from_ms=0&table=by_product"),
        Value::Null,
    )
    .await;
    assert_eq!(table.text, "id,product,orders,qty,net,tax,total\n7,Tea,2,3,6.5,1,7.5\n", "{}", table.text);
    assert!(table.header("content-disposition").is_some_and(|file| file.contains("sales-by-product.csv")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn who_is_connected_is_told_live() {
    let shop = furnished().await;
    opened(&shop, 1).await;
    let mut till = Till::open(&shop, 1, "Bar", "bar").await;
    till.sells("00001-001-0001", 1, json!({})).await;
    till.says(json!({"type": "presence", "order": null, "unsent": 2, "oldest_ms": 9000, "delay_ms": 12}))
        .await;
    let live = get(&shop, &admin("live")).await;
    let house = &live["multi_sessions"][0];
    let shown = &house["tills"][0];
    assert_eq!(
        (&shown["pos"]["name"], &shown["online"], &shown["unsent"], &shown["delay_ms"]),
        (&json!("Bar"), &json!(true), &json!(2), &json!(12)),
        "{live}"
    );
    assert!(shown["oldest_ms"].as_u64().is_some_and(|ms| ms >= 9_000));
    let updates: u64 = house["updates"].as_array().expect("minutes").iter().filter_map(Value::as_u64).sum();
    assert!(updates >= 3, "the session, the login, the order: {updates}");
}
