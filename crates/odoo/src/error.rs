//! Errors as Odoo's clients read them.

use serde_json::{Value, json};

/// Why a request of an Odoo client cannot be served. The text says what to do; it goes to the till's log and
/// to whoever tries the address by hand.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("{text}")]
pub struct WireError {
    /// The name of the kind of error, as `data.name` carries it.
    pub name: &'static str,
    /// What is wrong, and what to do.
    pub text: String,
}

impl WireError {
    /// The request is not of the wire's form.
    pub fn bad_request(text: impl Into<String>) -> Self {
        Self { name: "tillsync.BadRequest", text: text.into() }
    }

    /// The address, or what is claimed under it, is not served.
    pub fn not_served(text: impl Into<String>) -> Self {
        Self { name: "tillsync.NotServed", text: text.into() }
    }

    /// The server cannot do it now; tills go on offline and come back by themselves.
    pub fn unavailable(text: impl Into<String>) -> Self {
        Self { name: "tillsync.Unavailable", text: text.into() }
    }

    /// The JSON-RPC 2.0 answer that carries the error, as Odoo spells it: HTTP status 200, code 200.
    pub fn to_json_rpc(&self, id: &Value) -> Value {
        json!({
            "jsonrpc": "2.0",
            "id": id,
            "error": {
                "code": 200,
                "message": "Tillsync Server Error",
                "data": {"name": self.name, "message": self.text, "debug": ""},
            },
        })
    }
}
