//! Requests that are written by hand: what a till would not send, or not at this moment.

use std::net::SocketAddr;
use std::sync::atomic::{AtomicU64, Ordering};

use http_body_util::{BodyExt, Full};
use hyper::body::Bytes;
use hyper::{HeaderMap, Method};
use hyper_util::client::legacy::Client as Http;
use hyper_util::client::legacy::connect::HttpConnector;
use hyper_util::rt::TokioExecutor;
use serde_json::{Value, json};
use tillsync_odoo_till::{PING_PATH, POLL_PATH, UPDATE_PATH};

use super::client::ORIGIN;

/// An answer, whole.
#[derive(Debug)]
pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub text: String,
}

impl Answer {
    /// The body as JSON; null if it is none.
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.text).unwrap_or_default()
    }

    /// `error.data.name`, if it is a JSON-RPC error.
    pub fn error(&self) -> Option<String> {
        Some(self.json()["error"]["data"]["name"].as_str()?.to_owned())
    }

    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name)?.to_str().ok()
    }
}

/// Sends one request from a page of [`ORIGIN`].
pub async fn send(address: SocketAddr, method: Method, path: &str, body: impl Into<Bytes>) -> Answer {
    send_from(address, method, path, body, &[("origin", ORIGIN)]).await
}

/// Sends one request with these headers and `Content-Type: application/json`.
pub async fn send_from(
    address: SocketAddr,
    method: Method,
    path: &str,
    body: impl Into<Bytes>,
    headers: &[(&str, &str)],
) -> Answer {
    let http: Http<HttpConnector, Full<Bytes>> = Http::builder(TokioExecutor::new()).build_http();
    let mut request = hyper::Request::builder()
        .method(method)
        .uri(format!("http://{address}{path}"))
        .header("content-type", "application/json");
    for (name, value) in headers {
        request = request.header(*name, *value);
    }
    let request = request.body(Full::from(body.into())).expect("a request");
    let response = super::soon("an answer", http.request(request)).await.expect("an answer");
    let (parts, body) = response.into_parts();
    let text = super::soon("the answer's body", body.collect()).await.expect("a body").to_bytes();
    let text = String::from_utf8(text.to_vec()).expect("UTF-8");
    Answer { status: parts.status.as_u16(), headers: parts.headers, text }
}

/// `GET /healthz`.
pub async fn health(address: SocketAddr) -> Value {
    send(address, Method::GET, "/healthz", Bytes::new()).await.json()
}

/// Waits until so many polls are held.
pub async fn polls_held(address: SocketAddr, count: u64) {
    super::eventually("the number of held polls", async || match health(address).await["polls"].as_u64() {
        Some(polls) if polls == count => Ok(()),
        other => Err(format!("{other:?}, not {count}")),
    })
    .await;
}

/// A till of which nothing is left but what it writes.
#[derive(Debug, Clone)]
pub struct Hand {
    pub address: SocketAddr,
    /// What follows the host in its address.
    pub path: String,
    pub database: String,
    pub multi_session: i64,
    pub pos: i64,
    pub session: i64,
    pub login: i64,
    pub run: i64,
}

static NONCES: AtomicU64 = AtomicU64::new(1);

impl Hand {
    /// A till of POS, session and user `number` in the usual multi-session.
    pub fn numbered(address: SocketAddr, number: i64) -> Self {
        Self {
            address,
            path: String::new(),
            database: "odoo".into(),
            multi_session: 1,
            pos: number,
            session: number,
            login: 1,
            run: 1,
        }
    }

    /// The parameters of an `update` with this action; `more` goes into the message's `data`.
    pub fn params(&self, action: &str, more: Value) -> Value {
        let nonce = format!("n{}", NONCES.fetch_add(1, Ordering::Relaxed));
        let mut data = json!({"pos_id": self.pos, "nonce": nonce, "run_ID": self.run});
        for (field, value) in more.as_object().cloned().unwrap_or_default() {
            data[field] = value;
        }
        json!({
            "multi_session_id": self.multi_session,
            "message": {"action": action, "data": data, "session_id": self.session, "login_number": self.login},
            "dbname": self.database,
            "user_ID": self.session,
        })
    }

    /// Calls a route with these parameters.
    pub async fn call(&self, route: &str, params: &Value) -> Answer {
        let body = json!({"jsonrpc": "2.0", "method": "call", "params": params, "id": 1});
        send(self.address, Method::POST, &format!("{}{route}", self.path), body.to_string()).await
    }

    /// Sends these parameters to the update route: the result. Panics on an error.
    pub async fn sends(&self, params: &Value) -> Value {
        let answer = self.call(UPDATE_PATH, params).await;
        let json = answer.json();
        assert!(json.get("result").is_some(), "{}", answer.text);
        json["result"].clone()
    }

    pub async fn update(&self, order: Value) -> Value {
        self.sends(&self.params("update_order", order)).await
    }

    pub async fn remove(&self, data: Value) -> Value {
        self.sends(&self.params("remove_order", data)).await
    }

    /// What a page asks when it loads.
    pub fn load_params(&self) -> Value {
        let mut params = self.params("sync_all", json!({}));
        params["message"]["immediate_rerendering"] = json!(true);
        params
    }

    /// The page loads: the answer.
    pub async fn load(&self) -> Value {
        self.sends(&self.load_params()).await
    }

    /// Asks for everything on the channel.
    pub async fn sync_all(&self) -> Value {
        self.sends(&self.params("sync_all", json!({}))).await
    }

    pub async fn ping(&self) -> Value {
        let params = json!({"message": "PING", "pos_id": self.pos, "db_name": self.database});
        self.call(PING_PATH, &params).await.json()["result"].clone()
    }

    pub fn poll_params(&self, last: u64, kinds: &[&str]) -> Value {
        let channel = |kind: &&str| json!([self.database, kind, self.pos.to_string()]).to_string();
        let channels: Vec<String> = kinds.iter().map(channel).collect();
        json!({"channels": channels, "last": last, "options": {}})
    }

    /// Polls both channels: the entries.
    pub async fn poll(&self, last: u64) -> Vec<Value> {
        let params = self.poll_params(last, &["pos.longpolling", "pos.multi_session"]);
        let answer = self.call(POLL_PATH, &params).await;
        answer.json()["result"].as_array().cloned().unwrap_or_else(|| panic!("no entries: {}", answer.text))
    }
}

/// The messages of what a poll brings after `last`, which moves along as the client's does.
pub async fn news(hand: &Hand, last: &mut u64) -> Vec<Value> {
    let entries = hand.poll(*last).await;
    *last = entries.iter().filter_map(|entry| entry["id"].as_u64()).fold(*last, u64::max);
    entries.into_iter().map(|entry| entry["message"].clone()).collect()
}

/// Those about one order.
pub fn about<'a>(messages: &'a [Value], uid: &str) -> Vec<&'a Value> {
    messages.iter().filter(|message| message["data"]["uid"] == uid).collect()
}

/// The fields of the lines of an order.
pub fn lines(data: &Value) -> Vec<&Value> {
    data["lines"].as_array().map(|lines| lines.iter().map(|line| &line[2]).collect()).unwrap_or_default()
}

/// An order as a till exports it; `lines` are uid, id, product and quantity, each at a price of 3.
pub fn order(uid: &str, revision: u64, lines: &[(&str, i64, i64, i64)]) -> Value {
    let session: i64 = uid.split('-').next().and_then(|session| session.parse().ok()).unwrap_or(1);
    let person = json!({
        "user": {"id": session, "name": format!("Cashier {session}")},
        "pos": {"id": session, "name": format!("POS{session}")},
    });
    let line = |(uid, id, product, qty): &(&str, i64, i64, i64)| {
        json!([0, 0, {
            "uid": uid, "id": id, "product_id": product, "qty": qty, "price_unit": 3, "discount": 0,
            "price_subtotal": 3 * qty, "price_subtotal_incl": 3 * qty, "tax_ids": [[6, false, []]], "pack_lot_ids": [],
            "ms_info": {"created": person},
        }])
    };
    let total: i64 = lines.iter().map(|line| 3 * line.3).sum();
    json!({
        "uid": uid, "name": format!("Order {uid}"), "sequence_number": 1, "revision_ID": revision,
        "lines": lines.iter().map(line).collect::<Vec<_>>(), "statement_ids": [], "pos_session_id": session,
        "pricelist_id": 1, "partner_id": false, "user_id": session, "creation_date": "2026-11-21 01:14:20",
        "fiscal_position_id": false, "new_order": false, "order_on_server": revision > 1,
        "amount_paid": 0, "amount_total": total, "amount_tax": 0, "amount_return": 0,
        "ms_info": {"created": person},
    })
}
