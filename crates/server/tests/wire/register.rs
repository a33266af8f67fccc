//! What the Register asks of the API while it works: a session from its beginning to its end, lists, histories, people.

use hyper::Method;
use serde_json::{Value, json};
use tillsync_server::pin;
use tillsync_store::{RecordChange, RecordStore};

use crate::common::own::{Till, ask, empty, get, post};
use crate::common::shop::Shop;
use crate::common::wire::send_from;

/// POS 1 "Bar" and POS 2 "Counter" in multi-session 1, Ann with a PIN and Bob without, a product and a customer.
async fn furnished() -> Shop {
    let shop = empty().await;
    let put = |kind: &str, id: i64, body: Value| RecordChange {
        kind: kind.into(),
        id: Some(id),
        seen: None,
        body: Some(body),
    };
    let records = vec![
        put("pos", 1, json!({"name": "Bar", "multi_session": 1})),
        put("pos", 2, json!({"name": "Counter", "multi_session": 1})),
        put("user", 1, json!({"name": "Ann", "pin_hash": pin::hash("1234")})),
        put("user", 2, json!({"name": "Bob"})),
        put("product", 7, json!({"display_name": "Tea", "lst_price": 2.5})),
        put("partner", 3, json!({"name": "Bakery next door", "note": "kept"})),
    ];
    shop.beside().await.change_records("main", records).await.expect("they are kept");
    shop
}

async fn open_session(shop: &Shop, pos: i64) -> Value {
    let opening = json!({"cash": {"1": "100.00"}, "note": "two rolls of coins"});
    let opened = post(
        shop,
        &format!("/api/poses/{pos}/session"),
        json!({"user": {"id": 1, "name": "Ann"}, "opening": opening}),
    )
    .await;
    assert_eq!(opened.status, 201, "{}", opened.text);
    opened.json()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_session_is_opened_counted_and_closed() {
    let shop = furnished().await;
    let path = "/api/poses/1/session";
    let before = get(&shop, path).await;
    assert_eq!((&before["session"], &before["last"]), (&Value::Null, &Value::Null));
    let session = open_session(&shop, 1).await;
    assert_eq!(
        (&session["user"]["name"], &session["opening"]["cash"]["1"]),
        (&json!("Ann"), &json!("100.00"))
    );
    let twice = post(&shop, path, json!({"user": {"id": 2, "name": "Bob"}})).await;
    assert_eq!((twice.status, &twice.json()["error"]["code"]), (409, &json!("session")));
    assert!(twice.text.contains("opened by Ann"), "{}", twice.text);

    let mut bar = Till::open(&shop, 1, "Bar", "tablet").await;
    assert_eq!((&bar.welcome["session"], &bar.welcome["login"]), (&session["id"], &json!(1)));
    let paid = bar.sells("00001-001-0001", 2, json!({})).await;
    assert_eq!(paid["answer"]["receipt"], json!(1), "{paid}");
    let paid = bar.sells("00001-001-0002", -1, json!({"refund_of": "00001-001-0001"})).await;
    assert_eq!(paid["answer"]["receipt"], json!(2), "{paid}");
    bar.does(vec![json!({"action": "create", "order": "00001-001-0003", "creation": "k3", "run": 1, "fields": {}, "lines": []})]).await;

    let report = get(&shop, path).await;
    assert_eq!(
        report["sold"],
        json!({
            "orders": 2, "refunds": 1, "late": 0, "rounding": "0.0", "total": "2.5", "tax": "1.0", "change": "2.2",
            "methods": [{"journal": 1, "name": "Cash", "payments": 2, "amount": "4.7"}],
        })
    );
    assert_eq!(report["drafts"][0]["uid"], json!("00001-001-0003"));
    let device = &report["devices"][0];
    assert_eq!((&device["pos"], &device["here"]), (&json!("Bar"), &json!(true)), "{device}");
    assert_eq!(report["ends_run"], json!(true));

    open_session(&shop, 2).await;
    assert_eq!(get(&shop, path).await["ends_run"], json!(false), "the Counter's is open");
    let closing = json!({"counted": {"1": "104.00"}, "difference": "-0.70"});
    let close =
        |session: &Value| json!({"user": {"id": 2, "name": "Bob"}, "session": session, "closing": closing});
    let closed = post(&shop, "/api/poses/1/session/close", close(&session["id"])).await;
    assert_eq!(closed.status, 200, "{}", closed.text);
    assert_eq!((&closed.json()["last"]["closing"], &closed.json()["run"]), (&closing, &json!(1)));
    let again = post(&shop, "/api/poses/1/session/close", close(&session["id"])).await;
    assert_eq!(again.status, 409, "what is closed is not closed again: {}", again.text);
    let after = get(&shop, path).await;
    assert_eq!((&after["session"], &after["last"]["user"]["name"]), (&Value::Null, &json!("Bob")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn closed_orders_are_found_and_read_with_their_history() {
    let shop = furnished().await;
    open_session(&shop, 1).await;
    let mut bar = Till::open(&shop, 1, "Bar", "tablet").await;
    bar.sells("00001-001-0001", 2, json!({"partner_id": 3})).await;
    bar.sells("00001-001-0002", 3, json!({})).await;
    bar.sells("00001-001-0003", -1, json!({"refund_of": "00001-001-0001"})).await;
    bar.does(vec![json!({"action": "create", "order": "00001-001-0004", "creation": "k4", "run": 1, "fields": {}, "lines": []})]).await;
    let line = json!({"uid": "00001-001-0005-1", "fields": {"product_id": 7, "qty": -1, "refunded_line": "00001-001-0001-1"}});
    bar.does(vec![json!({"action": "create", "order": "00001-001-0005", "creation": "k5", "run": 1,
        "fields": {"refund_of": "00001-001-0001"}, "lines": [line]})])
        .await;
    let found = async |query: &str| -> Vec<String> {
        let listed = get(&shop, &format!("/api/poses/2/orders?q={query}")).await;
        let orders = listed["orders"].as_array().expect("orders").clone();
        orders.iter().map(|order| order["number"].to_string()).collect()
    };
    assert_eq!(found("").await, ["3", "2", "1"], "those closed last first, drafts are not among them");
    for (query, expected) in [
        ("2", &["2"][..]),
        ("bakery", &["1"]),
        ("TEA", &["3", "2", "1"]),
        ("7.50", &["2"]),
        ("7,5", &["2"]),
        ("001-0003", &["3"]),
        ("Bob", &["3", "2", "1"]),
        ("nothing", &[]),
    ] {
        assert_eq!(found(query).await, expected, "{query}");
    }
    let whole = get(&shop, "/api/poses/1/orders/00001-001-0001").await;
    assert_eq!((&whole["order"]["state"], &whole["closing"]["receipt"]), (&json!("paid"), &json!(1)));
    assert_eq!(whole["total"], json!("5"));
    assert_eq!(whole["refunded"], json!({"00001-001-0001-1": "1"}), "a draft is about to give one back");
    let history = get(&shop, "/api/poses/1/orders/00001-001-0001/history").await;
    let changes: Vec<&Value> = history["entries"][0]["changes"].as_array().expect("changes").iter().collect();
    let kinds: Vec<&Value> = changes.iter().map(|change| &change["change"]).collect();
    assert_eq!(kinds, [&json!("registered"), &json!("payment_taken"), &json!("paid")]);
    assert_eq!(history["entries"][0]["user"]["name"], json!("Bob"));
    for path in ["/api/poses/1/orders/none", "/api/poses/1/orders/none/history", "/api/poses/8/orders"] {
        let refused = ask(&shop, Method::GET, path, Value::Null).await;
        assert_eq!((refused.status, &refused.json()["error"]["code"]), (404, &json!("not_found")), "{path}");
    }
}

/// The money was taken for a smaller bill, and some of the change went back into the drawer.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_last_payment_says_of_an_order_counts() {
    let shop = furnished().await;
    open_session(&shop, 1).await;
    let mut bob = Till::open(&shop, 1, "Bar", "d1").await;
    let uid = "00009-001-0001";
    let line = json!({"uid": format!("{uid}-1"), "fields": {"product_id": 7, "qty": 3, "price_unit": 2.5}});
    let payment = |id: &str, total: f64, change: f64, statements: Value| {
        json!({"action": "pay", "order": uid, "payment": {"id": id, "till": bob.welcome["till"], "fields": {
            "amount_total": total, "amount_tax": 0.1, "amount_return": change, "statement_ids": statements,
        }}})
    };
    let actions = vec![
        json!({"action": "create", "order": uid, "creation": "k", "run": 1, "lines": [line]}),
        payment("one", 2.5, 7.5, json!([[0, 0, {"name": "Cash", "journal_id": 1, "amount": 10}]])),
        payment("two", 7.5, 2.5, json!([])),
        json!({"action": "close", "order": uid, "base": 1, "seen": {"fields": {}, "lines": [line]}, "payments": ["one", "two"]}),
    ];
    let closed = bob.does(actions).await;
    assert_eq!(closed["type"], "accepted", "{closed}");
    let order = get(&shop, &format!("/api/poses/1/orders/{uid}")).await;
    assert_eq!((&order["total"], &order["change"]), (&json!("7.5"), &json!("2.5")), "{order}");
    let session = get(&shop, "/api/poses/1/session").await;
    assert_eq!(session["sold"]["total"], "7.5", "{session}");
    assert_eq!(session["sold"]["change"], "2.5", "{session}");
}

async fn close_session(shop: &Shop, pos: i64, session: &Value) {
    let close = json!({"user": {"id": 2, "name": "Bob"}, "session": session["id"]});
    let closed = post(shop, &format!("/api/poses/{pos}/session/close"), close).await;
    assert_eq!(closed.status, 200, "{}", closed.text);
}

/// What a POS's report says of the money: orders, late ones, total, and each method with its amount.
async fn taken(shop: &Shop, pos: i64) -> Value {
    let sold = get(shop, &format!("/api/poses/{pos}/session")).await["sold"].clone();
    let methods = sold["methods"].as_array().expect("methods").iter();
    let methods: Vec<Value> = methods.map(|method| json!([method["name"], method["amount"]])).collect();
    json!([sold["orders"], sold["late"], sold["total"], sold["change"], methods])
}

fn payment(till: &Till, id: &str, total: f64, change: f64, method: &str, amount: f64) -> Value {
    json!({"id": id, "till": till.welcome["till"], "fields": {
        "amount_total": total, "amount_tax": 0, "amount_return": change,
        "statement_ids": [[0, 0, {"name": method, "journal_id": method.len(), "amount": amount}]],
    }})
}

/// The Bar took some of it, the Counter the rest, and closed the order.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn money_is_in_the_drawer_of_the_till_that_took_it() {
    let shop = furnished().await;
    let bars = open_session(&shop, 1).await;
    open_session(&shop, 2).await;
    let (mut bar, mut counter) =
        (Till::open(&shop, 1, "Bar", "d1").await, Till::open(&shop, 2, "Counter", "d2").await);
    let uid = "00001-001-0001";
    let line = json!({"uid": format!("{uid}-1"), "fields": {"product_id": 7, "qty": 4, "price_unit": 2.5}});
    let first = payment(&bar, "one", 7.5, 0.0, "Cash", 7.5);
    bar.does(vec![
        json!({"action": "create", "order": uid, "creation": "k", "run": 1, "lines": [line]}),
        json!({"action": "pay", "order": uid, "payment": first}),
    ])
    .await;
    let open = json!([0, 0, "0", "0", [["Cash", "7.5"]]]);
    assert_eq!(taken(&shop, 1).await, open, "it is in the drawer before the order is closed");
    let rest = payment(&counter, "two", 10.0, 0.5, "Voucher", 3.0);
    let closed = counter
        .does(vec![
            json!({"action": "pay", "order": uid, "payment": rest}),
            json!({"action": "close", "order": uid, "base": 1, "seen": {"fields": {}, "lines": [line]}, "payments": ["one", "two"]}),
        ])
        .await;
    assert_eq!(closed["type"], "accepted", "{closed}");
    assert_eq!(taken(&shop, 1).await, open);
    let counters = json!([1, 0, "10", "0.5", [["Voucher", "3"]]]);
    assert_eq!(taken(&shop, 2).await, counters);
    // It stays so when the other session is over.
    close_session(&shop, 1, &bars).await;
    assert_eq!(taken(&shop, 2).await, counters);
    // And when an order is deleted with money in it.
    let left = payment(&counter, "three", 2.5, 0.0, "Cash", 2.5);
    let uid = "00002-001-0002";
    counter
        .does(vec![
            json!({"action": "create", "order": uid, "creation": "k2", "run": 1, "lines": []}),
            json!({"action": "pay", "order": uid, "payment": left}),
            json!({"action": "delete", "order": uid, "base": 1, "payments_seen": ["three"]}),
        ])
        .await;
    assert_eq!(taken(&shop, 2).await, json!([1, 0, "10", "0.5", [["Cash", "2.5"], ["Voucher", "3"]]]));
}

/// Its session was closed at another device; what it brings then is counted with the next one.
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_a_silent_device_brings_late_is_in_the_next_sessions_drawer() {
    let shop = furnished().await;
    let first = open_session(&shop, 1).await;
    open_session(&shop, 2).await;
    let mut late = Till::open(&shop, 1, "Bar", "d1").await;
    close_session(&shop, 1, &first).await;
    let sold = late.sells("00001-001-0001", 2, json!({})).await;
    assert_eq!(sold["type"], "accepted", "{sold}");
    assert_eq!(taken(&shop, 2).await, json!([0, 0, "0", "0", []]), "it is none of the Counter's");
    let second = open_session(&shop, 1).await;
    assert_eq!(taken(&shop, 1).await, json!([1, 1, "5", "1.1", [["Cash", "6.1"]]]));
    // Also what comes when that is open already.
    late.sells("00001-001-0002", 1, json!({})).await;
    let both = json!([2, 1, "7.5", "2.2", [["Cash", "9.7"]]]);
    assert_eq!(taken(&shop, 1).await, both);
    close_session(&shop, 1, &second).await;
    open_session(&shop, 1).await;
    assert_eq!(taken(&shop, 1).await, json!([0, 0, "0", "0", []]), "it is counted once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_list_goes_on_where_it_ended() {
    let shop = furnished().await;
    open_session(&shop, 1).await;
    let mut bar = Till::open(&shop, 1, "Bar", "tablet").await;
    for n in 1..=60 {
        bar.sells(&format!("00001-001-{n:04}"), 1, json!({})).await;
    }
    let (mut path, mut numbers) = ("/api/poses/1/orders".to_owned(), Vec::new());
    let pages = loop {
        let page = get(&shop, &path).await;
        numbers
            .extend(page["orders"].as_array().expect("orders").iter().map(|order| order["number"].as_u64()));
        let next = &page["next"];
        if next.is_null() {
            break numbers.len();
        }
        path = format!(
            "/api/poses/1/orders?after_ms={}&after={}",
            next["ms"],
            next["uid"].as_str().expect("uid")
        );
    };
    assert_eq!(pages, 60);
    assert_eq!(numbers, (1..=60).rev().map(Some).collect::<Vec<_>>());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn pins_stay_on_the_server_and_are_tried_a_few_times() {
    let shop = furnished().await;
    let till = get(&shop, "/api/poses/1").await;
    assert_eq!(
        till["users"],
        json!([
            {"id": 1, "name": "Ann", "has_pin": true}, {"id": 2, "name": "Bob", "has_pin": false},
        ])
    );
    let pin = async |user: i64, pin: &str| {
        post(&shop, &format!("/api/people/{user}/pin"), json!({"pin": pin})).await
    };
    assert_eq!(pin(1, "1234").await.status, 204);
    assert_eq!(pin(2, "").await.status, 204, "Bob has none");
    assert_eq!(pin(9, "1234").await.status, 404);
    let mut answers = Vec::new();
    for _ in 0..5 {
        let answer = pin(1, "0000").await;
        answers.push((answer.status, answer.header("retry-after").map(str::to_owned)));
    }
    let wrong = |wait: &str| (403, Some(wait.to_owned()));
    assert_eq!(answers[..4], [wrong("0"), wrong("0"), wrong("0"), wrong("5")]);
    assert_eq!(answers[4].0, 429);
    assert_eq!(pin(1, "1234").await.status, 429, "the right one waits like the others");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn customers_are_made_and_changed_and_the_second_editor_is_told() {
    let shop = furnished().await;
    let made = post(&shop, "/api/partners", json!({"name": "Office upstairs", "phone": "555-0100"})).await;
    assert_eq!((made.status, made.json()["version"].clone()), (201, json!(1)), "{}", made.text);
    let id = made.json()["id"].as_i64().expect("an id");
    for (wrong, what) in [
        (json!({"phone": "1"}), "a name"),
        (json!({"name": "  "}), "a name"),
        (json!({"name": "x", "credit": 5}), "credit"),
        (json!({"name": "x", "phone": "1".repeat(51)}), "50"),
        (json!({"name": 7}), "text"),
    ] {
        let refused = post(&shop, "/api/partners", wrong).await;
        assert_eq!(refused.status, 400, "{}", refused.text);
        assert!(refused.text.contains(what), "{}", refused.text);
    }
    let put = async |id: i64, version: &str, body: Value| {
        let path = format!("/api/partners/{id}");
        send_from(shop.address(), Method::PUT, &path, body.to_string(), &[("if-match", version)]).await
    };
    let changed = put(3, "\"1\"", json!({"city": "Here"})).await;
    assert_eq!(changed.status, 200, "{}", changed.text);
    assert_eq!((&changed.json()["note"], &changed.json()["version"]), (&json!("kept"), &json!(2)));
    let late = put(3, "\"1\"", json!({"city": "There"})).await;
    assert_eq!((late.status, &late.json()["city"]), (412, &json!("Here")));
    assert_eq!(put(3, "nonsense", json!({})).await.status, 400);
    assert_eq!(put(99, "\"1\"", json!({})).await.status, 404);
    let partners = get(&shop, "/api/poses/1").await["shop"]["partners"].clone();
    let names: Vec<&Value> = partners.as_array().expect("partners").iter().map(|one| &one["id"]).collect();
    assert_eq!(names, [&json!(3), &json!(id)]);
}
