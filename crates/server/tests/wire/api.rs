//! What the Register asks besides the orders.

use hyper::Method;
use serde_json::{Value, json};
use tillsync_server::config::{Config, OdooAccess, TillAccess};
use tillsync_store::{RecordChange, RecordStore};

use crate::common::client::ORIGIN;
use crate::common::shop::{Shop, open_config};
use crate::common::wire::{Answer, Hand, order, send_from};
use crate::keys::add;

fn put(kind: &str, id: i64, body: Value) -> RecordChange {
    RecordChange { kind: kind.into(), id: Some(id), seen: None, body: Some(body) }
}

/// A shop whose POSes 1 and 2 are in multi-session 1, and whose POS 9 is on its own.
async fn furnished(config: Config) -> Shop {
    let shop = Shop::with(config).await;
    let records = vec![
        put("multi_session", 1, json!({"name": "Café"})),
        put("pos", 1, json!({"name": "Bar", "multi_session": 1, "deactivate_empty_order": true})),
        put("pos", 2, json!({"name": "Counter", "multi_session": 1})),
        put("pos", 9, json!({"name": "Stall"})),
        put("pos", 10, json!({"nonsense": true})),
        put("user", 1, json!({"name": "Ann"})),
        put("currency", 1, json!({"name": "EUR", "rounding": 0.01})),
        put("product", 7, json!({"display_name": "Tea", "lst_price": 2.5})),
        put("product", 8, json!({"display_name": "Milk", "lst_price": 1})),
    ];
    shop.beside().await.change_records("odoo", records).await.expect("they are kept");
    shop.beside()
        .await
        .change_records("odoo", vec![RecordChange { body: None, ..put("product", 8, Value::Null) }])
        .await
        .expect("it is removed");
    shop
}

async fn get(shop: &Shop, path: &str, headers: &[(&str, &str)]) -> Answer {
    send_from(shop.address(), Method::GET, path, "", headers).await
}

fn open() -> Config {
    Config { tills: TillAccess::Open, ..open_config() }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_points_of_sale_are_listed_with_what_is_going_on() {
    let shop = furnished(open()).await;
    let hand = Hand::numbered(shop.address(), 1);
    hand.load().await;
    hand.update(order("00001-001-0001", 1, &[("00001-001-0001-1", 1, 1, 1)])).await;
    let listed = get(&shop, "/api/poses?database=odoo", &[]).await;
    assert_eq!(listed.status, 200, "{}", listed.text);
    let cafe = json!({"id": 1, "name": "Café"});
    assert_eq!(
        listed.json(),
        json!({"poses": [
            {"id": 1, "name": "Bar", "multi_session": cafe, "session": null, "open_orders": 1},
            {"id": 2, "name": "Counter", "multi_session": cafe, "session": null, "open_orders": 1},
            {"id": 9, "name": "Stall", "multi_session": null, "session": null, "open_orders": 0},
        ]})
    );
    assert_eq!(get(&shop, "/api/poses", &[]).await.json(), json!({"poses": []}), "databases are apart");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_till_loads_what_it_works_with_and_is_told_when_nothing_is_new() {
    let shop = furnished(open()).await;
    let path = "/api/poses/1?database=odoo";
    let loaded = get(&shop, path, &[]).await;
    let till = loaded.json();
    assert_eq!(till["config"], json!({"id": 1, "name": "Bar", "deactivate_empty_order": true}));
    assert_eq!(
        (&till["multi_session"], &till["users"]),
        (&json!(1), &json!([{"id": 1, "name": "Ann", "has_pin": false}]))
    );
    assert_eq!(till["shop"]["products"], json!([{"id": 7, "display_name": "Tea", "lst_price": 2.5}]));
    assert_eq!((&till["shop"]["currency"]["id"], &till["shop"]["taxes"]), (&json!(1), &json!([])));
    let tag = loaded.header("etag").expect("a tag").to_owned();
    let again = get(&shop, path, &[("if-none-match", &tag)]).await;
    assert_eq!((again.status, again.text.as_str()), (304, ""));
    shop.beside()
        .await
        .change_records("odoo", vec![put("user", 2, json!({"name": "Bob"}))])
        .await
        .expect("kept");
    let news = get(&shop, path, &[("if-none-match", &tag)]).await;
    assert_eq!((news.status, news.json()["users"].as_array().map(Vec::len)), (200, Some(2)));
    let alone = get(&shop, "/api/poses/9?database=odoo", &[]).await.json();
    assert_eq!(alone["multi_session"], json!(1_000_000_009), "rule 20: on its own it is one of its own");
    let unknown = get(&shop, "/api/poses/5?database=odoo", &[]).await;
    assert_eq!((unknown.status, &unknown.json()["error"]["code"]), (404, &json!("not_found")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_the_api_does_not_have_it_says_in_its_own_words() {
    let shop = furnished(open()).await;
    for (method, path, status) in [
        (Method::GET, "/api/nothing/here", 404),
        (Method::GET, "/api/poses/1/nothing", 404),
        (Method::DELETE, "/api/poses/1", 405),
    ] {
        let answer = send_from(shop.address(), method, path, "", &[]).await;
        assert_eq!(answer.status, status, "{}", answer.text);
        let text = answer.json()["error"]["text"].as_str().map(str::to_owned);
        assert!(text.is_some_and(|text| text.contains(path) && !text.contains("Odoo")), "{}", answer.text);
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn without_a_key_nothing_is_told_and_with_one_only_what_it_covers() {
    let shop = furnished(Config { odoo: OdooAccess::Keys, ..open_config() }).await;
    add(&shop, "of-the-cafe", Some(1), &[]).await;
    add(&shop, "of-a-page", None, &[ORIGIN]).await;
    let bearer = ("authorization", "Bearer of-the-cafe");
    for headers in [&[][..], &[("authorization", "Bearer wrong")], &[("authorization", "Basic of-the-cafe")]]
    {
        for path in ["/api/poses?database=odoo", "/api/poses/1?database=odoo"] {
            let refused = get(&shop, path, headers).await;
            assert_eq!((refused.status, &refused.json()["error"]["code"]), (401, &json!("access")), "{path}");
            assert!(!refused.text.contains("Bar"), "{}", refused.text);
        }
    }
    let listed = get(&shop, "/api/poses", &[bearer]).await.json();
    let names: Vec<&Value> =
        listed["poses"].as_array().into_iter().flatten().map(|pos| &pos["name"]).collect();
    assert_eq!(names, [&json!("Bar"), &json!("Counter")], "the key's own multi-session");
    assert_eq!(get(&shop, "/api/poses/1", &[bearer]).await.status, 200);
    assert_eq!(get(&shop, "/api/poses/9", &[bearer]).await.status, 401, "another multi-session");
    assert_eq!(get(&shop, "/api/poses?database=other", &[bearer]).await.status, 401, "another database");
    let of_page = ("authorization", "Bearer of-a-page");
    assert_eq!(get(&shop, "/api/poses", &[of_page, ("origin", ORIGIN)]).await.status, 200);
    assert_eq!(
        get(&shop, "/api/poses", &[of_page, ("origin", "https://elsewhere.example")]).await.status,
        401
    );
    let open = furnished(open()).await;
    let foreign = get(&open, "/api/poses?database=odoo", &[("origin", "https://elsewhere.example")]).await;
    assert_eq!(foreign.status, 401, "a page from elsewhere reads nothing on an open server");
}
