//! Requests of Odoo's clients, read and checked.

use serde_json::Value;
use tillsync_core::command::RUN_MAX;
use tillsync_core::id::{OrderUid, Till, is_name};
use tillsync_core::json::{self, Fields};

use crate::error::WireError;
use crate::sent::SentOrder;

/// The largest id (of a POS, a session, a login, a user, a multi-session) that is taken: PostgreSQL's integer.
pub const ID_MAX: i64 = i32::MAX as i64;

/// The largest message of an unknown kind that is passed on to all, in bytes of JSON.
pub const RELAY_BYTES_MAX: usize = 64 * 1024;

/// A call of `/pos_multi_session_sync/update`.
#[derive(Debug, Clone, PartialEq)]
pub struct UpdateCall {
    /// The database that the client says it is of.
    pub database: String,
    /// The multi-session that it says it is of.
    pub multi_session: i64,
    /// The user whose browser it is.
    pub user_id: i64,
    /// The message.
    pub message: Message,
}

/// Who sends, and in which run.
#[derive(Debug, Clone, PartialEq)]
pub struct Head {
    /// The POS.
    pub pos_id: i64,
    /// The POS session.
    pub session_id: i64,
    /// The login number within the session.
    pub login_number: i64,
    /// The run that the till is in.
    pub run: u32,
    /// Random letters, not many.
    pub nonce: String,
}

impl Head {
    /// The till: this session and login.
    pub fn till(&self) -> Till {
        till(self.session_id, self.login_number)
    }
}

/// The till of a session and login.
pub fn till(session_id: i64, login_number: i64) -> Till {
    Till::new(format!("odoo-{session_id}-{login_number}"))
}

/// The session and login of an Odoo till; none for other tills.
pub fn session_and_login(till: &Till) -> Option<(i64, i64)> {
    let (session, login) = till.as_str().strip_prefix("odoo-")?.split_once('-')?;
    Some((session.parse().ok()?, login.parse().ok()?))
}

/// A message to the multi-session.
#[derive(Debug, Clone, PartialEq)]
pub struct Message {
    /// Who sends.
    pub head: Head,
    /// What.
    pub body: Body,
    /// The message as it came, normalized.
    pub raw: Value,
}

/// What a message says.
#[derive(Debug, Clone, PartialEq)]
pub enum Body {
    /// An order, whole.
    UpdateOrder(Box<SentOrder>),
    /// An order left the till.
    RemoveOrder(Box<RemoveOrder>),
    /// The till wants to know everything, or all of one order.
    SyncAll(SyncAll),
    /// Anything else: it goes to all POSes as it is.
    Relay,
}

/// `remove_order`.
#[derive(Debug, Clone, PartialEq)]
pub struct RemoveOrder {
    /// The order.
    pub uid: OrderUid,
    /// The revision that the till has.
    pub revision: u64,
    /// Whether it left because it was paid.
    pub reason: Removal,
}

/// Why an order left a till.
#[derive(Debug, Clone, PartialEq)]
pub enum Removal {
    /// It was deleted (or the till destroyed it after a `sync_all` that lacked it).
    Deleted,
    /// It was paid, online or offline; offline the till sends what was paid.
    Paid(Option<Box<SentOrder>>),
}

/// `sync_all`.
#[derive(Debug, Clone, PartialEq)]
pub struct SyncAll {
    /// Only this order.
    pub uid: Option<OrderUid>,
    /// Where the answer is wanted.
    pub answer: SyncAnswer,
}

/// Where the answer to a `sync_all` is wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum SyncAnswer {
    /// In the answer itself: the page is loading.
    Immediate,
    /// On the POS's channel.
    Channel,
}

/// Reads the parameters of `/pos_multi_session_sync/update`.
pub fn read_update(params: &Value) -> Result<UpdateCall, WireError> {
    let params = object(params, "params")?;
    let mut raw = params.get("message").cloned().unwrap_or_default();
    json::normalize(&mut raw).map_err(|error| WireError::bad_request(format!("message: {error}")))?;
    let message = object(&raw, "message")?;
    let data = object(member(message, "data")?, "message.data")?;
    let run = integer(member(data, "run_ID")?, "run_ID", 0, i64::from(RUN_MAX))?;
    let head = Head {
        pos_id: integer(member(data, "pos_id")?, "pos_id", 1, ID_MAX)?,
        session_id: integer(member(message, "session_id")?, "session_id", 0, ID_MAX)?,
        login_number: integer(member(message, "login_number")?, "login_number", 0, ID_MAX)?,
        // A till whose multi-session was never opened before says 0; its first run is 1 all the same.
        run: u32::try_from(run).unwrap_or(1).max(1),
        nonce: text(data.get("nonce").unwrap_or(&Value::Null)).unwrap_or_default().chars().take(64).collect(),
    };
    let action = text(member(message, "action")?).ok_or_else(|| wrong("action", "a text"))?;
    let body = match action {
        "update_order" => Body::UpdateOrder(Box::new(SentOrder::read(data)?)),
        "remove_order" => Body::RemoveOrder(Box::new(read_remove(data)?)),
        "sync_all" => Body::SyncAll(SyncAll {
            uid: message.get("uid").filter(|uid| truthy(uid)).map(|uid| order_uid(uid, "uid")).transpose()?,
            answer: match message.get("immediate_rerendering").is_some_and(truthy) {
                true => SyncAnswer::Immediate,
                false => SyncAnswer::Channel,
            },
        }),
        _ => {
            if raw.to_string().len() > RELAY_BYTES_MAX {
                let text = format!("a message that is passed on may have {RELAY_BYTES_MAX} bytes at most");
                return Err(WireError::bad_request(text));
            }
            Body::Relay
        }
    };
    let database = text(member(params, "dbname")?).filter(|name| is_name(name));
    Ok(UpdateCall {
        database: database.ok_or_else(|| wrong("dbname", "a database's name"))?.to_owned(),
        multi_session: integer(member(params, "multi_session_id")?, "multi_session_id", 1, ID_MAX)?,
        user_id: params.get("user_ID").and_then(Value::as_i64).unwrap_or(0),
        message: Message { head, body, raw },
    })
}

fn read_remove(data: &Fields) -> Result<RemoveOrder, WireError> {
    let uid = order_uid(member(data, "uid")?, "uid")?;
    let paid = match data.get("finalized") {
        None | Some(Value::Null) => false,
        Some(Value::Bool(paid)) => *paid,
        Some(_) => return Err(wrong("finalized", "true or false")),
    };
    let order_data = data.get("order_data").filter(|value| truthy(value)).filter(|_| paid);
    let content = order_data.map(|value| read_order_data(value, &uid)).transpose()?;
    Ok(RemoveOrder {
        uid,
        revision: data.get("revision_ID").and_then(Value::as_u64).unwrap_or(0),
        reason: if paid { Removal::Paid(content.map(Box::new)) } else { Removal::Deleted },
    })
}

/// `order_data` is JSON text of `{"id", "data": order, "to_invoice"}`; some senders leave the wrapping out.
fn read_order_data(value: &Value, uid: &OrderUid) -> Result<SentOrder, WireError> {
    let parsed;
    let value = match value {
        Value::String(text) => {
            let mut inner: Value = serde_json::from_str(text)
                .map_err(|error| WireError::bad_request(format!("order_data is no JSON: {error}")))?;
            json::normalize(&mut inner)
                .map_err(|error| WireError::bad_request(format!("order_data: {error}")))?;
            parsed = inner;
            &parsed
        }
        other => other,
    };
    let outer = object(value, "order_data")?;
    let order = match outer.get("data") {
        Some(inner) => object(inner, "order_data.data")?,
        None => outer,
    };
    let sent = SentOrder::read(order)?;
    if sent.uid != *uid {
        return Err(WireError::bad_request(format!("order_data is of order {}, not of {uid}", sent.uid)));
    }
    Ok(sent)
}

/// Whether JavaScript takes the value for true.
pub(crate) fn truthy(value: &Value) -> bool {
    match value {
        Value::Null => false,
        Value::Bool(yes) => *yes,
        Value::Number(number) => number.as_f64().is_some_and(|number| number != 0.0),
        Value::String(text) => !text.is_empty(),
        Value::Array(_) | Value::Object(_) => true,
    }
}

pub(crate) fn wrong(what: &str, wanted: &str) -> WireError {
    WireError::bad_request(format!("{what} is not {wanted}"))
}

pub(crate) fn object<'a>(value: &'a Value, what: &str) -> Result<&'a Fields, WireError> {
    value.as_object().ok_or_else(|| wrong(what, "an object"))
}

pub(crate) fn member<'a>(object: &'a Fields, name: &str) -> Result<&'a Value, WireError> {
    object.get(name).ok_or_else(|| WireError::bad_request(format!("{name} is missing")))
}

pub(crate) fn text(value: &Value) -> Option<&str> {
    value.as_str()
}

pub(crate) fn integer(value: &Value, what: &str, min: i64, max: i64) -> Result<i64, WireError> {
    let number = value.as_i64().filter(|number| (min..=max).contains(number));
    number.ok_or_else(|| wrong(what, &format!("a whole number from {min} to {max}")))
}

pub(crate) fn order_uid(value: &Value, what: &str) -> Result<OrderUid, WireError> {
    text(value).filter(|uid| is_name(uid)).map(OrderUid::new).ok_or_else(|| wrong(what, "an order's uid"))
}
