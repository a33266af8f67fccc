//! Multi-session settings: which POS may be chosen, and what changes tell the tills.

use serde_json::json;

use crate::common::own::{Till, get};
use crate::{admin, delete, furnished, opened, press, put};

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pos_moves_only_while_its_session_is_closed() {
    let shop = furnished().await;
    let session = opened(&shop, 3).await;
    let choices = get(&shop, &admin("multi-sessions/choices")).await;
    let stall = &choices["poses"][2];
    assert!(
        stall["reasons"][0].as_str().is_some_and(|why| why.contains("Stall has an open session")),
        "{choices}"
    );
    assert_eq!(choices["poses"][0]["reasons"], json!([]), "it may be taken out");
    let all = json!({"name": "House", "poses": [1, 2, 3]});
    let answer = put(&shop, "multi-sessions/1", "1", all.clone()).await;
    assert_eq!((answer.status, &answer.json()["error"]["code"]), (409, &json!("session")), "{}", answer.text);
    assert_eq!(get(&shop, &admin("multi-sessions/1")).await["version"], 1, "nothing is half-done");
    let alone = json!({"name": "Stall", "multi_session": 1});
    assert_eq!(put(&shop, "points-of-sale/3", "1", alone.clone()).await.status, 409);
    assert_eq!(press(&shop, &format!("sessions/{session}/close")).await.status, 200);
    let answer = put(&shop, "multi-sessions/1", "1", all).await;
    assert_eq!(answer.status, 200, "{}", answer.text);
    assert_eq!(answer.json()["poses"].as_array().map(Vec::len), Some(3));
    // And out of it again.
    opened(&shop, 3).await;
    assert_eq!(
        put(&shop, "multi-sessions/1", "2", json!({"name": "House", "poses": [1, 2]})).await.status,
        409
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn receipts_go_on_where_a_pos_had_them_before_it_moved() {
    let shop = furnished().await;
    let session = opened(&shop, 3).await;
    let mut till = Till::open_in(&shop, 1_000_000_003, 3, "Stall", "device").await;
    assert_eq!(till.sells("00001-001-0001", 1, json!({})).await["answer"]["receipt"], 1);
    assert_eq!(press(&shop, &format!("sessions/{session}/close")).await.status, 200);
    assert_eq!(
        put(&shop, "multi-sessions/1", "1", json!({"name": "House", "poses": [1, 2, 3]})).await.status,
        200
    );
    opened(&shop, 3).await;
    let mut till = Till::open(&shop, 3, "Stall", "device").await;
    assert_eq!(till.sells("00002-001-0001", 1, json!({})).await["answer"]["receipt"], 2);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_deactivating_does_is_said_and_tills_are_told() {
    let shop = furnished().await;
    opened(&shop, 1).await;
    let mut till = Till::open(&shop, 1, "Bar", "device").await;
    till.begins("00001-001-0001").await;
    let effect = get(&shop, &admin("multi-sessions/1/effect?active=false")).await;
    assert_eq!(
        (&effect["tills_online"], &effect["open_orders"], &effect["sessions_open"]),
        (&json!(1), &json!(1), &json!(1))
    );
    assert!(effect["text"].as_str().is_some_and(|text| text.contains("1 open order is hidden")), "{effect}");
    let settings = json!({"name": "House", "poses": [1, 2], "active": false, "offline_edits": "merge"});
    assert_eq!(put(&shop, "multi-sessions/1", "1", settings).await.status, 200);
    till.hears("activated").await;
    let shown = get(&shop, &admin("multi-sessions/1")).await;
    assert_eq!(
        (&shown["active"], &shown["offline_edits"], &shown["last_number"]),
        (&json!(false), &json!("merge"), &json!(1))
    );
    assert_eq!(shown["online"][0]["pos"]["name"], "Bar");
    let effect = get(&shop, &admin("multi-sessions/1/effect?active=true")).await;
    assert!(effect["text"].as_str().is_some_and(|text| text.contains("share their orders from now on")));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn one_that_is_in_use_is_not_removed() {
    let shop = furnished().await;
    let answer = delete(&shop, "multi-sessions/1", "1").await;
    assert!(answer.status == 409 && answer.text.contains("Bar, Counter"), "{}", answer.text);
    assert_eq!(put(&shop, "multi-sessions/1", "1", json!({"name": "House", "poses": []})).await.status, 200);
    assert_eq!(delete(&shop, "multi-sessions/1", "1").await.status, 412);
    assert_eq!(delete(&shop, "multi-sessions/1", "2").await.status, 204);
}
