//! Kinds of fields: references that a till does not know, maps, an addon's own fields, keys that are left out.

use std::collections::BTreeSet;

use serde_json::{Value, json};
use tillsync_core::order::Order;
use tillsync_odoo_till::TillConfig;

use crate::common::shop::Shop;
use crate::common::wire::{about, lines, news, order};

const UID: &str = "00001-001-0001";
const A: &str = "00001-001-0001-1";

fn with(mut order: Value, fields: Value) -> Value {
    for (field, value) in fields.as_object().expect("fields") {
        order[field] = value.clone();
    }
    order
}

fn without(mut order: Value, field: &str) -> Value {
    order.as_object_mut().expect("an order").remove(field);
    order
}

fn field(order: &Order, name: &str) -> Value {
    order.fields.get(name).cloned().unwrap_or_default()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reference_that_a_till_does_not_know_is_no_edit() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    let references = json!({
        "partner_id": 5, "fiscal_position_id": 6, "pricelist_id": 7, "table": "T1", "table_id": 8, "floor": "Main",
        "floor_id": 9,
    });
    one.update(with(order(UID, 1, &[(A, 1, 1, 1)]), references.clone())).await;
    let nothing = json!({
        "partner_id": false, "fiscal_position_id": false, "pricelist_id": 1, "table": false, "table_id": false,
        "floor": false, "floor_id": false,
    });
    other.update(with(order(UID, 1, &[(A, 1, 1, 2)]), nothing)).await;
    let stored = shop.order(UID).await;
    for (name, value) in references.as_object().expect("fields") {
        // The pricelist is exported from the till's own default and never taken from a message.
        assert_eq!(field(&stored, name), *value, "{name}");
    }
    assert_eq!(stored.lines[0].fields["qty"], json!(2));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reference_that_a_till_takes_away_itself_goes() {
    let shop = Shop::impatient().await;
    let [(one, _)] = shop.hands().await;
    one.update(with(order(UID, 1, &[(A, 1, 1, 1)]), json!({"partner_id": 5}))).await;
    one.update(order(UID, 1, &[(A, 1, 1, 1)])).await;
    assert_eq!(field(&shop.order(UID).await, "partner_id"), json!(false));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_customer_that_one_till_has_not_loaded_stays() {
    let shop = Shop::open().await;
    let one = shop.till(TillConfig::numbered(1)).await;
    let other =
        shop.till(TillConfig { customers: Some(BTreeSet::from([1])), ..TillConfig::numbered(2) }).await;
    let uid = one.hands(|till| {
        till.tap(1, 3.0);
        till.set_customer(Some(44));
        till.selected().expect("an order").uid
    });
    one.quiet().await;
    other
        .until("the order is there", |till| till.order(&uid).is_some_and(|order| order.lines.len() == 1))
        .await;
    assert_eq!(other.look(|till| till.order(&uid)).expect("it is shown").customer, None);
    other.hands(|till| {
        assert!(till.select_order(&uid));
        till.tap(2, 3.0);
    });
    shop.whole(&[&one]).await;
    other.quiet().await;
    assert_eq!(field(&shop.order(&uid).await, "partner_id"), json!(44));
    assert_eq!(one.look(|till| till.order(&uid)).expect("it is shown").customer, Some(44));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pricelist_and_a_fiscal_position_are_everybodys() {
    let shop = Shop::open().await;
    let (tills, uid) = shop.tills_at_order::<2>().await;
    let [one, other] = &tills;
    one.hands(|till| till.set_pricelist(4));
    shop.whole(&[one, other]).await;
    other.hands(|till| till.set_fiscal_position(Some(3)));
    shop.whole(&[one, other]).await;
    other.hands(|till| till.tap(1, 3.0));
    one.hands(|till| till.tap(5, 3.0));
    shop.whole(&[one, other]).await;
    let stored = shop.order(&uid).await;
    assert_eq!((field(&stored, "pricelist_id"), field(&stored, "fiscal_position_id")), (json!(4), json!(3)));
    assert_eq!(one.look(|till| till.order(&uid)).expect("it is shown").fiscal_position, Some(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_that_the_till_does_not_know_stays() {
    let shop = Shop::open().await;
    let one = shop.till(TillConfig::numbered(1).restaurant()).await;
    let mut few = TillConfig::numbered(2).restaurant();
    few.tables.retain(|table| table.id == 1);
    let other = shop.till(few).await;
    let uid = one.hands(|till| {
        till.open_table(3);
        till.tap(1, 3.0);
        till.selected().expect("an order").uid
    });
    one.quiet().await;
    other
        .until("the order is there", |till| till.order(&uid).is_some_and(|order| order.lines.len() == 1))
        .await;
    other.hands(|till| {
        till.select_order(&uid);
        till.tap(2, 3.0);
    });
    other.quiet().await;
    one.until("the line is there", |till| till.order(&uid).is_some_and(|order| order.lines.len() == 2)).await;
    assert_eq!(one.look(|till| till.order(&uid)).expect("it is shown").table, Some(3));
    assert_eq!(field(&shop.order(&uid).await, "table_id"), json!(3));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn kitchen_marks_are_merged_key_by_key() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    one.update(with(order(UID, 1, &[(A, 1, 1, 1)]), json!({"multiprint_resume": {"x": [1, "a"]}}))).await;
    let mark = |resume: Value| with(order(UID, 1, &[(A, 1, 1, 1)]), json!({"multiprint_resume": resume}));
    one.update(mark(json!({"x": [1, "a"], "y": {"qty": 2}}))).await;
    other.update(mark(json!({"x": [5, "a"], "z": null}))).await;
    let resume = field(&shop.order(UID).await, "multiprint_resume");
    assert_eq!(resume, json!({"x": [5, "a"], "y": {"qty": 2}, "z": null}));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_missing_key_is_an_untouched_field() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, _)] = shop.hands().await;
    let addon = json!({"loyalty": {"points": 3}, "partner_id": 5, "coupon": "X"});
    let mut first = with(order(UID, 1, &[(A, 1, 1, 1)]), addon);
    first["lines"][0][2]["engraving"] = json!("for Ann");
    one.update(first).await;
    // The other till lacks the addon, and this export even the customer.
    let answer = other.update(without(order(UID, 1, &[(A, 1, 1, 2)]), "partner_id")).await;
    let stored = shop.order(UID).await;
    assert_eq!(field(&stored, "loyalty"), json!({"points": 3}));
    assert_eq!((field(&stored, "coupon"), field(&stored, "partner_id")), (json!("X"), json!(5)));
    assert_eq!(stored.lines[0].fields["engraving"], json!("for Ann"));
    assert_eq!(stored.lines[0].fields["qty"], json!(2), "{answer}");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn an_addons_field_may_have_any_shape() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, mut last)] = shop.hands().await;
    let shapes = [
        json!(null),
        json!(false),
        json!(0),
        json!(-0.125),
        json!(1e300),
        json!(9_007_199_254_740_993_u64),
        json!(""),
        json!("ünïcødé \u{1F37A} \u{0} \" \\ </script>"),
        json!([]),
        json!({}),
        json!([[[{"a": [1, {"b": null}]}]]]),
        json!({"": {"": {"": [0.1, 0.2, "x"]}}}),
    ];
    for (at, shape) in shapes.iter().enumerate() {
        let claim = (at as u64).max(1);
        let mut sent = with(order(UID, claim, &[(A, 1, 1, 1)]), json!({"addon": shape}));
        sent["lines"][0][2]["addon_of_line"] = shape.clone();
        one.update(sent).await;
        let stored = shop.order(UID).await;
        assert_eq!(
            (field(&stored, "addon"), &stored.lines[0].fields["addon_of_line"]),
            (shape.clone(), shape)
        );
        let heard = news(&other, &mut last).await;
        let told = about(&heard, UID).last().expect("it is told")["data"].clone();
        assert_eq!((&told["addon"], &lines(&told)[0]["addon_of_line"]), (shape, shape));
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn the_author_is_the_cashier_and_not_the_browsers_login() {
    let shop = Shop::impatient().await;
    let [(one, _), (other, mut last)] = shop.hands().await;
    let mut params = one.params("update_order", order(UID, 1, &[(A, 1, 1, 1)]));
    params["user_ID"] = json!(4711);
    one.sends(&params).await;
    let stored = shop.order(UID).await;
    assert_eq!((stored.added.user.id, stored.added.user.name.as_str()), (1, "Cashier 1"));
    assert_eq!(stored.added.pos.name, "POS1");
    let heard = news(&other, &mut last).await;
    let told = &about(&heard, UID)[0]["data"];
    assert_eq!(told["ms_info"]["created"]["user"], json!({"id": 1, "name": "Cashier 1"}));
    assert_eq!(told["user_id"], json!(1));
}
