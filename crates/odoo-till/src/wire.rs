//! What goes over the wire and comes back: requests, answers, and the JSON-RPC around them.

use serde_json::{Value, json};

/// The route of updates, removals and `sync_all`.
pub const UPDATE_PATH: &str = "/pos_multi_session_sync/update";
/// The route of the long poll.
pub const POLL_PATH: &str = "/longpolling/poll";
/// The route of PING.
pub const PING_PATH: &str = "/pos_longpolling/update";

/// Names a request of one till. Never used twice, across reloads too.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RequestId(pub(crate) u64);

/// A POST that the till wants to send now.
#[derive(Debug, Clone, PartialEq)]
pub struct Outgoing {
    /// By this the answer is handed back.
    pub id: RequestId,
    /// Below the address of the Sync Server: [`UPDATE_PATH`], [`POLL_PATH`] or [`PING_PATH`].
    pub path: &'static str,
    /// The whole JSON-RPC request.
    pub body: Value,
}

impl Outgoing {
    /// `params.message`, for requests to [`UPDATE_PATH`].
    #[must_use]
    pub fn message(&self) -> &Value {
        &self.body["params"]["message"]
    }

    /// `params.message.action`: `update_order`, `remove_order` or `sync_all`; empty for polls and PINGs.
    #[must_use]
    pub fn action(&self) -> &str {
        self.message()["action"].as_str().unwrap_or_default()
    }
}

/// What came back for a request.
#[derive(Debug, Clone, PartialEq)]
pub enum Answer {
    /// The JSON-RPC response, a result or an `error`.
    Ok(Value),
    /// No response: no network, a timeout, a status other than 200, no CORS headers.
    Failed,
}

impl Answer {
    /// A successful response with this result.
    #[must_use]
    pub fn result(result: Value) -> Self {
        Self::Ok(json!({ "jsonrpc": "2.0", "id": null, "result": result }))
    }

    /// A JSON-RPC error as Odoo writes it, with a name.
    #[must_use]
    pub fn error(name: &str) -> Self {
        let data = json!({ "name": name, "message": name, "debug": "" });
        Self::Ok(
            json!({ "jsonrpc": "2.0", "id": null, "error": { "code": 200, "message": "Odoo Server Error", "data": data } }),
        )
    }

    /// What the client makes of it.
    pub(crate) fn read(self) -> Reply {
        let Self::Ok(mut response) = self else { return Reply::NoConnection };
        if let Some(error) = response.get("error") {
            return match error["data"]["name"].as_str() {
                Some(name) if !name.is_empty() => Reply::NoConnection,
                _ => Reply::Unnamed,
            };
        }
        Reply::Result(response.get_mut("result").map_or(Value::Null, Value::take))
    }
}

/// An answer as the client understands it.
#[derive(Debug, PartialEq)]
pub(crate) enum Reply {
    Result(Value),
    /// Also any error with a name: the client takes both for a lost network.
    NoConnection,
    /// An error without a name.
    Unnamed,
}

pub(crate) fn call(id: RequestId, params: Value) -> Value {
    json!({ "jsonrpc": "2.0", "method": "call", "params": params, "id": id.0 })
}

/// JavaScript's idea of true, which decides about `uid`, `is_changed` and the like.
pub(crate) fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(yes) => *yes,
        Value::Number(number) => number.as_f64() != Some(0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

/// A whole number, however it was written (`3`, `3.0`).
pub(crate) fn whole(value: &Value) -> Option<i64> {
    // Ids and numbers are far below 2^53, where every whole float is exact.
    value.as_i64().or_else(|| value.as_f64().filter(|float| float.fract() == 0.0).map(|float| float as i64))
}

/// As JavaScript writes a number: without a fraction if it has none.
pub(crate) fn number(value: f64) -> Value {
    if value.fract() == 0.0 && value.abs() < 9.0e15 { json!(value as i64) } else { json!(value) }
}
