//! Tables of records: out, changed, and in again.

use hyper::Method;
use serde_json::{Value, json};

use crate::common::own::get;
use crate::common::shop::Shop;
use crate::common::wire::Answer;
use crate::{admin, ask, furnished, send_from};

async fn import(shop: &Shop, path: &str, table: &str) -> Answer {
    send_from(shop.address(), Method::POST, &admin(path), table.to_owned(), &[]).await
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_table_is_looked_at_line_by_line_before_it_is_written() {
    let shop = furnished().await;
    let table = "id,display_name,lst_price,taxes_id,barcode\n\
                 7,Green tea,2.80,[1],0012\n\
                 1,Product 1,2.5,[1],\n\
                 ,Cocoa,3,,\n\
                 99,Nobody,1,,\n\
                 ,,1,,\n\
                 ,Wrong,1,[7],\n";
    let looked = import(&shop, "products/import", table).await;
    assert_eq!(looked.status, 200, "{}", looked.text);
    let preview = looked.json();
    let counts = ["creates", "updates", "same", "errors"].map(|count| preview[count].as_u64().unwrap_or(9));
    assert_eq!(counts, [1, 1, 1, 3], "{preview}");
    assert_eq!(preview["lines"][0]["line"], 5, "what is wrong comes first");
    let tea =
        preview["lines"].as_array().and_then(|lines| lines.iter().find(|line| line["id"] == 7)).expect("tea");
    assert_eq!(tea["changes"][0], json!({"field": "display_name", "from": "Tea", "to": "Green tea"}));
    assert_eq!((tea["line"].as_u64(), &preview["written"]), (Some(2), &json!(false)));
    let change = &preview["change"];
    let refused = import(&shop, &format!("products/import?commit={change}"), table).await;
    assert_eq!(refused.status, 400, "nothing is written while a line is wrong");
    assert_eq!(get(&shop, &admin("products/7")).await["display_name"], "Tea");
    let good: String = table.lines().take(4).map(|line| format!("{line}\r\n")).collect();
    let good = format!("\u{feff}{}", good.replace(',', ";"));
    let written = import(&shop, &format!("products/import?commit={change}"), &good).await;
    assert_eq!((written.status, &written.json()["written"]), (200, &json!(true)), "{}", written.text);
    let tea = get(&shop, &admin("products/7")).await;
    assert_eq!(
        (&tea["display_name"], &tea["lst_price"], &tea["barcode"]),
        (&json!("Green tea"), &json!(2.8), &json!("0012"))
    );
    let again = import(&shop, &format!("products/import?commit={change}"), &good).await;
    assert_eq!((again.status, &again.json()["error"]["code"]), (409, &json!("changed")));
    let comma = import(&shop, "products/import", "id;lst_price\n7;3,25\n").await.json();
    assert_eq!(comma["lines"][0]["changes"][0]["to"], "3.25", "{comma}");
    assert_eq!(import(&shop, "products/import", "").await.status, 400);
    let wrong = import(&shop, "products/import", "id,colour\n1,red\n").await;
    assert!(wrong.status == 400 && wrong.text.contains("there is no column 'colour'"), "{}", wrong.text);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_comes_out_goes_in_again_and_changes_nothing() {
    let shop = furnished().await;
    let formula =
        json!({"display_name": "=1+1, \"Tea\"", "lst_price": 2.5, "default_code": "-12", "barcode": "-x"});
    crate::made(&shop, "products", formula).await;
    for kind in [
        "products",
        "taxes",
        "units",
        "pricelists",
        "payment-methods",
        "people",
        "companies",
        "currencies",
        "points-of-sale",
    ] {
        let table = ask(&shop, Method::GET, &admin(&format!("{kind}.csv")), Value::Null).await;
        assert_eq!(table.status, 200);
        let preview = import(&shop, &format!("{kind}/import"), &table.text).await.json();
        assert_eq!(
            (&preview["creates"], &preview["updates"], &preview["errors"]),
            (&json!(0), &json!(0), &json!(0)),
            "{kind}: {preview}\n{}",
            table.text
        );
    }
    let table = ask(&shop, Method::GET, &admin("products.csv"), Value::Null).await.text;
    assert!(table.contains("\"'=1+1, \"\"Tea\"\"\""), "a spreadsheet does not run it: {table}");
}
