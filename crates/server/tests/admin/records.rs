//! Records of every kind.

use serde_json::{Value, json};

use crate::common::own::{Till, get, post};
use crate::{admin, delete, furnished, items, made, names, put};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn of_two_that_change_one_record_the_second_is_told() {
    let shop = furnished().await;
    let tea = get(&shop, &admin("products/7")).await;
    assert_eq!((&tea["display_name"], &tea["version"]), (&json!("Tea"), &json!(1)));
    let green = json!({"display_name": "Green tea", "lst_price": 2.8, "taxes_id": [1], "colour": {"of": "an extension"}});
    let answer = put(&shop, "products/7", "1", green).await;
    assert_eq!((answer.status, answer.header("etag")), (200, Some("\"2\"")), "{}", answer.text);
    let answer = put(&shop, "products/7", "1", json!({"display_name": "Black tea", "lst_price": 3})).await;
    assert_eq!(answer.status, 412);
    let now = answer.json();
    assert_eq!(
        (&now["display_name"], &now["version"], &now["colour"]["of"]),
        (&json!("Green tea"), &json!(2), &json!("an extension"))
    );
    assert_eq!(delete(&shop, "products/7", "1").await.status, 412);
    assert_eq!(delete(&shop, "products/7", "2").await.status, 204);
    assert_eq!(delete(&shop, "products/7", "3").await.status, 404);
    let answer = put(&shop, "products/1", "x", json!({})).await;
    assert!(answer.status == 400 && answer.text.contains("If-Match"), "{}", answer.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_wrong_is_said_at_its_field() {
    let shop = furnished().await;
    for (path, body, field) in [
        ("products", json!({"display_name": "Tea"}), json!("lst_price")),
        ("products", json!({"display_name": "", "lst_price": 1}), json!("display_name")),
        ("products", json!({"display_name": "Tea", "lst_price": 1, "taxes_id": [99]}), json!("taxes_id")),
        ("tables", json!({"name": "5", "floor_id": 1}), json!("floor_id")),
        ("people", json!({"name": "Bob", "role": "king"}), json!("role")),
        ("points-of-sale", json!({"name": "Bar", "discounts": [120]}), json!("discounts")),
        ("multi-sessions", json!({"name": " "}), json!("name")),
        ("multi-sessions", json!({"name": "Shop", "sync_server": "sync.example.com"}), json!("sync_server")),
    ] {
        let answer = post(&shop, &admin(path), body.clone()).await;
        assert_eq!(
            (answer.status, &answer.json()["error"]["field"]),
            (400, &field),
            "{path} {body}: {}",
            answer.text
        );
    }
    for path in [
        "products?sort=price",
        "products?limit=x",
        "products?colour=3",
        "orders?state=open",
        "orders?after=nowhere",
    ] {
        let answer = crate::ask(&shop, hyper::Method::GET, &admin(path), Value::Null).await;
        assert!(
            answer.status == 400 && answer.json()["error"]["text"].is_string(),
            "{path}: {}",
            answer.text
        );
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_used_is_not_removed_and_says_by_what() {
    let shop = furnished().await;
    let uses = get(&shop, &admin("taxes/1/uses")).await;
    assert_eq!((uses["total"].as_u64(), &uses["uses"][0]["kind"]), (Some(7), &json!("product")));
    let answer = delete(&shop, "taxes/1", "1").await;
    assert_eq!((answer.status, answer.json()["total"].as_u64()), (409, Some(7)), "{}", answer.text);
    let position = json!({"name": "Take away", "tax_ids": [{"tax_src_id": 1, "tax_dest_id": false}]});
    let position = made(&shop, "fiscal-positions", position).await;
    made(&shop, "multi-sessions", json!({"name": "Fair", "fiscal_position_ids": [position]})).await;
    let uses = get(&shop, &admin(&format!("fiscal-positions/{position}/uses"))).await;
    assert_eq!(
        (&uses["uses"][0]["kind"], &uses["uses"][0]["name"]),
        (&json!("multi-session"), &json!("Fair"))
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_removed_keeps_its_name_where_it_was_sold() {
    let shop = furnished().await;
    let session = crate::opened(&shop, 1).await;
    let mut till = Till::open(&shop, 1, "Bar", "device").await;
    till.sells("00001-001-0001", 2, json!({})).await;
    let other = json!({"display_name": "Green tea", "lst_price": 3});
    assert_eq!(put(&shop, "products/7", "1", other).await.status, 200);
    assert_eq!(delete(&shop, "products/7", "2").await.status, 204);
    let closed = crate::press(&shop, &format!("sessions/{session}/close")).await;
    assert_eq!(closed.status, 200, "{}", closed.text);
    assert_eq!(delete(&shop, "payment-methods/1", "1").await.status, 204);
    assert_eq!(crate::ask(&shop, hyper::Method::GET, &admin("products/7"), Value::Null).await.status, 404);
    assert_eq!(items(&shop, "products?q=tea").await.len(), 0);
    assert!(!get(&shop, "/api/poses/1").await["shop"].to_string().contains("Tea"));
    let order = get(&shop, &admin("orders/1/00001-001-0001")).await;
    assert_eq!(order["lines"][0]["product"]["name"], "Tea", "as it was called when it was sold");
    let report = get(&shop, &admin(&format!("sessions/{session}"))).await;
    assert_eq!(
        (&report["cash"][0]["method"]["name"], &report["cash"][0]["opening"]),
        (&json!("Cash"), &json!("100.00"))
    );
    assert_eq!(get(&shop, &admin("reports/sales?from_ms=0")).await["by_product"][0]["name"], "Green tea");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_shop_keeps_somebody_who_may_manage_it() {
    let shop = furnished().await;
    let person = get(&shop, &admin("people/1")).await;
    assert_eq!((&person["name"], &person["role"]), (&json!("Ann"), &json!("admin")));
    let less = put(&shop, "people/1", "1", json!({"name": "Ann", "role": "cashier"})).await;
    assert_eq!((less.status, &less.json()["error"]["field"]), (400, &json!("role")), "{}", less.text);
    assert_eq!(delete(&shop, "people/1", "1").await.status, 400);
    made(&shop, "people", json!({"name": "Bob", "role": "manager"})).await;
    assert_eq!(delete(&shop, "people/1", "1").await.status, 204);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_barcode_is_one_products() {
    let shop = furnished().await;
    let beer = json!({"display_name": "Beer", "lst_price": 4, "barcode": "2000000000015"});
    let id = made(&shop, "products", beer.clone()).await;
    let again = post(&shop, &admin("products"), beer.clone()).await;
    assert_eq!((again.status, &again.json()["error"]["field"]), (400, &json!("barcode")), "{}", again.text);
    assert_eq!(put(&shop, &format!("products/{id}"), "1", beer.clone()).await.status, 200, "its own");
    assert_eq!(delete(&shop, &format!("products/{id}"), "2").await.status, 204);
    made(&shop, "products", beer).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn lists_are_paged_sorted_and_searched() {
    let shop = furnished().await;
    let category = made(&shop, "pos-categories", json!({"name": "Hot"})).await;
    let hot = json!({"display_name": "hot Chocolate", "lst_price": 4, "pos_categ_id": category, "default_code": "C9"});
    made(&shop, "products", hot).await;
    let page = get(&shop, &admin("products?limit=2&offset=1")).await;
    assert_eq!(
        (page["total"].as_u64(), names(page["items"].as_array().expect("items"), "display_name")),
        (Some(8), vec!["Product 1".into(), "Product 2".into()])
    );
    assert_eq!(names(&items(&shop, "products?limit=1&sort=-name").await, "display_name"), ["Tea"]);
    assert_eq!(names(&items(&shop, "products?q=chocol").await, "display_name"), ["hot Chocolate"]);
    assert_eq!(names(&items(&shop, "products?q=c9").await, "display_name"), ["hot Chocolate"]);
    assert_eq!(items(&shop, &format!("products?pos_categ_id={category}")).await.len(), 1);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pin_is_set_and_never_told() {
    let shop = furnished().await;
    let bob =
        made(&shop, "people", json!({"name": "Bob", "role": "manager", "pin_hash": "mine", "pin": "0000"}))
            .await;
    let person = get(&shop, &admin(&format!("people/{bob}"))).await;
    assert_eq!(
        (&person["has_pin"], &person["pin_hash"]),
        (&json!(false), &Value::Null),
        "a hash is not taken from outside"
    );
    let pin = |text: Value| json!({"pin": text});
    for (text, status) in [(json!("12"), 400), (json!("12a4"), 400), (json!("4711"), 204)] {
        assert_eq!(
            put(&shop, &format!("people/{bob}/pin"), "1", pin(text.clone())).await.status,
            status,
            "{text}"
        );
    }
    // Changing the person keeps the PIN.
    let version = get(&shop, &admin(&format!("people/{bob}"))).await["version"].to_string();
    assert_eq!(put(&shop, &format!("people/{bob}"), &version, json!({"name": "Robert"})).await.status, 200);
    let try_it = |text: &str| (format!("/api/people/{bob}/pin"), pin(json!(text)));
    let (path, right) = try_it("4711");
    assert_eq!(post(&shop, &path, right).await.status, 204);
    let (path, wrong) = try_it("4712");
    assert_eq!(post(&shop, &path, wrong).await.status, 403);
    assert!(!get(&shop, &admin("people")).await.to_string().contains("hash"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tills_hear_of_a_change_at_once() {
    let shop = furnished().await;
    crate::opened(&shop, 1).await;
    let till = Till::open(&shop, 1, "Bar", "device").await;
    assert_eq!(
        put(&shop, "products/7", "1", json!({"display_name": "Green tea", "lst_price": 3})).await.status,
        200
    );
    let told = till.hears_message("records").await;
    let known = get(&shop, "/api/poses/1").await;
    assert_eq!(told["change"], known["change"]);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_chosen_for_a_pos_holds_at_its_tills() {
    let shop = furnished().await;
    let position = made(&shop, "fiscal-positions", json!({"name": "Take away", "tax_ids": []})).await;
    let pos = json!({"name": "Bar", "multi_session": 1, "payment_method_ids": [2], "default_fiscal_position_id": 9});
    assert_eq!(put(&shop, "points-of-sale/1", "2", pos).await.status, 400, "there is no position 9");
    let pos = json!({"name": "Bar", "multi_session": 1, "payment_method_ids": [2]});
    assert_eq!(put(&shop, "points-of-sale/1", "2", pos).await.status, 200);
    let off = json!({"display_name": "Tea", "lst_price": 2.5, "available": false});
    assert_eq!(put(&shop, "products/7", "1", off).await.status, 200);
    let settings =
        json!({"name": "House", "poses": [1, 2], "fiscal_position_ids": [position], "drafts": "mark_unpaid"});
    assert_eq!(put(&shop, "multi-sessions/1", "1", settings).await.status, 200);
    let till = get(&shop, "/api/poses/1").await;
    assert_eq!(names(till["shop"]["products"].as_array().expect("products"), "display_name").len(), 6);
    assert_eq!(till["shop"]["cashregisters"], json!([{"id": 2, "journal_id": [2, "Card"], "type": "bank"}]));
    assert_eq!(
        (&till["config"]["fiscal_position_ids"], &till["config"]["drafts"]),
        (&json!([position]), &json!("mark_unpaid"))
    );
    assert_eq!(
        get(&shop, "/api/poses/3").await["config"]["fiscal_position_ids"],
        Value::Null,
        "it is in no multi-session"
    );
}
