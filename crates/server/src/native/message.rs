//! Messages as text.

use serde_json::Value;
use tillsync_core::author::User;
use tillsync_core::id::CommandId;
use tillsync_core::json;
use tillsync_core::protocol::{
    ErrorCode, MESSAGE_BYTES_MAX, PROTOCOL, SentCommand, ServerMessage, TillMessage,
};

/// A message's JSON, shared by all that it goes to.
pub type Text = axum::extract::ws::Utf8Bytes;

/// Why a connection ends: what its till is told last.
#[derive(Debug, Clone, PartialEq)]
pub struct Goodbye {
    /// What it is.
    pub code: ErrorCode,
    /// What a person may do.
    pub text: String,
    /// The versions that the server speaks, where that is the matter.
    pub protocols: Vec<u32>,
}

impl Goodbye {
    /// As it is said.
    pub fn message(self) -> ServerMessage {
        ServerMessage::Error { code: self.code, text: self.text, protocols: self.protocols }
    }
}

/// A message as text.
pub fn text(message: &ServerMessage) -> Text {
    // Messages hold JSON values, strings and numbers: they always have a text.
    serde_json::to_string(message).unwrap_or_default().into()
}

/// How deep a message may be nested: what a command wraps around a value adds to the value's own depth.
const MESSAGE_DEPTH_MAX: usize = json::DEPTH_MAX + 8;

/// The longest name of a user or a POS, in bytes.
const SHOWN_NAME_BYTES_MAX: usize = 200;

/// What a till said.
pub enum Said {
    /// A message as it should be.
    Message(TillMessage),
    /// A command of which the number and the id can be read, and what is wrong with the rest: it is refused, so that
    /// one odd command keeps no till from going on.
    Faulty(Box<SentCommand>, String),
}

/// Reads a till's message, its numbers in one spelling.
pub fn read(text: &str) -> Result<Said, Goodbye> {
    if text.len() > MESSAGE_BYTES_MAX {
        return Err(bad(&format!("a message has {MESSAGE_BYTES_MAX} bytes at most")));
    }
    let mut value: Value =
        serde_json::from_str(text).map_err(|error| bad(&format!("this is no JSON: {error}")))?;
    let depth = json::normalize_within(&mut value, MESSAGE_DEPTH_MAX).map_err(|error| error.to_string());
    let kind = value["type"].as_str().unwrap_or_default().to_owned();
    if kind == "hello" && value["protocol"].as_u64() != Some(PROTOCOL.into()) {
        return Err(other_version(&value["protocol"]));
    }
    let head = (kind == "command").then(|| head(&value)).flatten();
    let message = depth.and_then(|()| serde_json::from_value(value).map_err(|error| error.to_string()));
    match (message, head) {
        (Ok(TillMessage::Command(command)), Some(head)) if !is_shown(&command.user.name) => {
            let wrong = format!("the user's name has 1 to {SHOWN_NAME_BYTES_MAX} bytes");
            Ok(Said::Faulty(Box::new(head), wrong))
        }
        (Ok(message), _) => Ok(Said::Message(message)),
        (Err(wrong), Some(head)) => Ok(Said::Faulty(Box::new(head), wrong)),
        (Err(wrong), None) => Err(bad(&wrong)),
    }
}

/// Whether a name can be shown to people.
pub fn is_shown(name: &str) -> bool {
    !name.is_empty() && name.len() <= SHOWN_NAME_BYTES_MAX
}

/// A command's number and id alone, if those can be read.
fn head(value: &Value) -> Option<SentCommand> {
    let (number, id) = (value["number"].as_u64()?, CommandId::new(value["id"].as_str()?));
    let user = User { id: 0, name: String::new() };
    Some(SentCommand { number, id, answered: 0, user, device_time_ms: None, actions: Vec::new() })
}

/// A till's message is not of the form that the document shows.
pub fn bad(what: &str) -> Goodbye {
    let text = format!("the message cannot be read: {what}; docs/PROTOCOL.md, \"The wire\", shows its form");
    error(ErrorCode::BadMessage, &text)
}

/// An error that ends a connection.
pub fn error(code: ErrorCode, text: &str) -> Goodbye {
    Goodbye { code, text: text.into(), protocols: Vec::new() }
}

fn other_version(theirs: &Value) -> Goodbye {
    let advice = match theirs.as_u64() {
        Some(newer) if newer > PROTOCOL.into() => "update the server",
        Some(_) | None => "update the till",
    };
    let text = format!("this server speaks protocol {PROTOCOL}, the till speaks {theirs}; {advice}");
    Goodbye { code: ErrorCode::Protocol, text, protocols: vec![PROTOCOL] }
}
