//! Input that no till sends: huge, deep, endless, broken, elsewhere.

use std::net::SocketAddr;

use futures::future::join_all;
use hyper::Method;
use serde_json::json;
use tillsync_odoo_till::{PING_PATH, POLL_PATH, TillConfig, UPDATE_PATH};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::common::shop::Shop;
use crate::common::wire::{Answer, Hand, order, send};
use crate::common::{client::Client, soon};

const UID: &str = "00050-001-0001";

async fn beside() -> (Shop, Client, Hand) {
    let shop = Shop::impatient().await;
    let probe = shop.till(TillConfig::numbered(1)).await;
    probe.hands(|till| till.tap(1, 2.0));
    shop.whole(&[&probe]).await;
    let hand = Hand::numbered(shop.address(), 50);
    hand.load().await;
    (shop, probe, hand)
}

fn check_error(what: &str, answer: &Answer) {
    assert_eq!(answer.status, 200, "{what}: {}", answer.text);
    assert_eq!(answer.header("access-control-allow-origin"), Some("*"), "{what}");
    assert_eq!(answer.error().as_deref(), Some("tillsync.BadRequest"), "{what}: {}", answer.text);
    assert!(answer.text.len() < 2_000, "{what}: an error repeats nothing long");
}

/// The text of a valid update, with `more` at the end of its order.
fn update_with(hand: &Hand, more: &str) -> String {
    let mut data = order(UID, 1, &[("00050-001-0001-1", 1, 1, 1)]);
    data["addon"] = json!("HERE");
    let body =
        json!({"jsonrpc": "2.0", "method": "call", "params": hand.params("update_order", data), "id": 1});
    body.to_string().replacen("\"HERE\"", more, 1)
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_too_large_or_broken_is_refused() {
    let (shop, probe, hand) = beside().await;
    let seq = shop.seq().await;
    let many_lines: Vec<_> = (0..3_000).map(|k| (format!("00050-001-0001-{k}"), k)).collect();
    let many_lines: Vec<_> = many_lines.iter().map(|(uid, k)| (uid.as_str(), *k, 1, 1)).collect();
    let lines = json!({"params": hand.params("update_order", order(UID, 1, &many_lines))}).to_string();
    let mut fields = order(UID, 1, &[("00050-001-0001-1", 1, 1, 1)]);
    let mut line_fields = fields.clone();
    for k in 0..10_000 {
        fields[format!("f{k}")] = json!(k);
        line_fields["lines"][0][2][format!("f{k}")] = json!(k);
    }
    let of = |data| json!({"params": hand.params("update_order", data)}).to_string();
    let mut twice = order(UID, 1, &[("same", 1, 1, 1), ("same", 2, 2, 1)]);
    twice["x"] = json!(1);
    let cases = [
        ("nothing", String::new()),
        ("broken JSON", update_with(&hand, "{")),
        ("text", "hello".to_owned()),
        ("a list", "[]".to_owned()),
        ("a number", "7".to_owned()),
        ("10,000 levels of lists", update_with(&hand, &("[".repeat(10_000) + &"]".repeat(10_000)))),
        (
            "10,000 levels of objects",
            update_with(&hand, &("{\"a\":".repeat(10_000) + "1" + &"}".repeat(10_000))),
        ),
        ("100 levels", update_with(&hand, &("[".repeat(100) + &"]".repeat(100)))),
        ("a number that is none", update_with(&hand, "1e400")),
        ("3,000 lines", lines),
        ("10,000 fields", of(fields)),
        ("10,000 fields of a line", of(line_fields)),
        ("a long name", update_with(&hand, &format!("1,\"{}\":1", "n".repeat(5_000)))),
        ("3 MB", update_with(&hand, &format!("\"{}\"", "x".repeat(3 << 20)))),
        ("50 MB", update_with(&hand, &format!("\"{}\"", "x".repeat(50 << 20)))),
        ("a line twice", of(twice)),
    ];
    for (what, body) in cases {
        check_error(what, &send(shop.address(), Method::POST, UPDATE_PATH, body).await);
    }
    let bytes = [b"{\"params\": \"".as_slice(), &[0xff, 0xfe, 0x80], b"\"}"].concat();
    check_error("no UTF-8", &send(shop.address(), Method::POST, UPDATE_PATH, bytes).await);
    for route in [POLL_PATH, PING_PATH] {
        check_error(route, &send(shop.address(), Method::POST, route, "{\"params\": 1}").await);
    }
    assert_eq!(shop.seq().await, seq);
    probe.hands(|till| till.tap(1, 2.0));
    shop.whole(&[&probe]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn amounts_beyond_reason_are_refused() {
    let (shop, _probe, hand) = beside().await;
    let seq = shop.seq().await;
    for field in ["qty", "price_unit", "discount"] {
        for value in [json!(1e300), json!(-1e300), json!(u64::MAX), json!("7"), json!(true), json!([1])] {
            let mut data = order(UID, 1, &[("00050-001-0001-1", 1, 1, 1)]);
            data["lines"][0][2][field] = value.clone();
            let answer = hand.call(UPDATE_PATH, &hand.params("update_order", data)).await;
            check_error(&format!("{field} = {value}"), &answer);
        }
    }
    assert_eq!(shop.seq().await, seq);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_run_id_beyond_reason_is_refused_and_a_jump_begins_that_run() {
    let (shop, probe, hand) = beside().await;
    for run in [json!(-1), json!(i64::MAX), json!(1e18), json!("2"), json!(4_294_967_296_i64)] {
        let mut params = hand.params("sync_all", json!({}));
        params["message"]["data"]["run_ID"] = run.clone();
        let answer = hand.call(UPDATE_PATH, &params).await;
        assert!(answer.error().is_some(), "{run}: {}", answer.text);
    }
    probe.hands(|till| till.tap(1, 2.0));
    shop.whole(&[&probe]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn other_methods_and_paths_are_refused_as_http_does() {
    let (shop, probe, _hand) = beside().await;
    let at = shop.address();
    for route in [UPDATE_PATH, POLL_PATH, PING_PATH] {
        for method in [Method::GET, Method::PUT, Method::DELETE, Method::PATCH, Method::HEAD] {
            assert_eq!(send(at, method.clone(), route, "{}").await.status, 405, "{method} {route}");
        }
        let preflight = send(at, Method::OPTIONS, route, "").await;
        assert_eq!((preflight.status, preflight.header("access-control-allow-origin")), (204, Some("*")));
        for header in
            ["access-control-allow-methods", "access-control-allow-headers", "access-control-max-age"]
        {
            assert!(preflight.header(header).is_some(), "{header}");
        }
    }
    assert_eq!(send(at, Method::POST, "/", "{}").await.status, 405, "a page for people");
    for path in [
        "/odoo",
        "/odoo/",
        "/pos_multi_session_sync",
        "/x/y/z",
        "/odoo/a/b/c",
        "/%00",
        "/..%2f..",
        "/healthz/x",
    ] {
        for method in [Method::GET, Method::POST] {
            let answer = send(at, method.clone(), path, "{}").await;
            assert_eq!(answer.status, 404, "{method} {path}: {}", answer.text);
        }
    }
    let long = send(at, Method::POST, &format!("/{}", "x".repeat(60_000)), "{}").await;
    assert!((400..500).contains(&long.status), "{}", long.status);
    probe.hands(|till| till.tap(1, 2.0));
    shop.whole(&[&probe]).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn ids_that_nobody_knows_are_no_error() {
    let (shop, _probe, hand) = beside().await;
    let seq = shop.seq().await;
    let mut params = hand.params("sync_all", json!({}));
    params["message"]["uid"] = json!("00099-001-0001");
    params["message"]["immediate_rerendering"] = json!(true);
    let answer = hand.sends(&params).await;
    assert_eq!(answer["data"]["orders"], json!([]), "{answer}");
    hand.remove(json!({"uid": "00099-001-0001", "revision_ID": 3, "finalized": false})).await;
    assert_eq!(shop.seq().await, seq);
}

/// Sends the beginning of a request and never the rest; gives what comes back.
async fn hang(at: SocketAddr, beginning: &str) -> String {
    let mut stream = TcpStream::connect(at).await.expect("a connection");
    stream.write_all(beginning.as_bytes()).await.expect("it is taken");
    let mut answer = Vec::new();
    // A connection that is reset has been dealt with as well.
    stream.read_to_end(&mut answer).await.ok();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn bodies_and_headers_that_never_end_hinder_nobody_and_are_given_up() {
    let (shop, probe, _hand) = beside().await;
    let head = format!("POST {UPDATE_PATH} HTTP/1.1\r\nhost: x\r\ncontent-type: application/json\r\n");
    let body = format!("{head}content-length: 1000\r\n\r\n{{\"params\":");
    let chunked = format!("{head}transfer-encoding: chunked\r\n\r\n3\r\n{{\"p\r\n");
    let hanging = join_all(
        [head.as_str(), &body, &chunked].repeat(30).into_iter().map(|text| hang(shop.address(), text)),
    );
    let work = async {
        for _ in 0..10 {
            probe.hands(|till| till.tap(1, 2.0));
            shop.whole(&[&probe]).await;
        }
    };
    let (answers, ()) = tokio::join!(soon("the server gives them up", hanging), work);
    for (answer, of) in
        answers.iter().zip(["head", "body", "chunked"].into_iter().cycle()).filter(|(_, of)| *of != "head")
    {
        assert!(answer.contains("took too long"), "{of}: {answer}");
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn two_hundred_garbage_requests_at_once_hinder_nobody() {
    let (shop, probe, hand) = beside().await;
    let garbage = ["", "{", "[]", "null", "{\"params\":{}}", "{\"params\":{\"message\":{\"data\":{}}}}"];
    let big = update_with(&hand, &format!("\"{}\"", "x".repeat(2 << 20)));
    let requests = (0..200).map(|k| {
        let route = [UPDATE_PATH, POLL_PATH, PING_PATH][k % 3];
        let body = if k % 50 == 0 { big.clone() } else { garbage[k % garbage.len()].to_owned() };
        send(shop.address(), Method::POST, route, body)
    });
    let work = async {
        for _ in 0..10 {
            probe.hands(|till| till.tap(1, 2.0));
            probe.quiet().await;
        }
    };
    let (answers, ()) = tokio::join!(join_all(requests), work);
    answers.iter().for_each(|answer| check_error("garbage", answer));
    shop.whole(&[&probe]).await;
    assert_eq!(shop.pieces(1).await, 11.0);
    assert!(!crate::common::shop::was_offline(&probe));
}
