//! Who did something, and from where.

use serde::{Deserialize, Serialize};

use crate::id::Till;

/// A user, as Odoo's `res.users` names them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// The user's id in its database.
    pub id: i64,
    /// The name that lines show.
    pub name: String,
}

/// A point of sale.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pos {
    /// The POS's id in its database.
    pub id: i64,
    /// The name that lines show.
    pub name: String,
}

/// Somebody at a POS: what "added by" and "edited by" show.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Mark {
    /// Who.
    pub user: User,
    /// Where.
    pub pos: Pos,
}

impl Mark {
    /// The server itself, for what no person did.
    pub fn server() -> Self {
        Self { user: User { id: 0, name: "Tillsync".into() }, pos: Pos { id: 0, name: "Tillsync".into() } }
    }
}

/// The author of a command.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Author {
    /// The device and login that sent it.
    pub till: Till,
    /// The person and the POS.
    #[serde(flatten)]
    pub mark: Mark,
    /// The device's own clock, in milliseconds since 1970, where the device said it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_time_ms: Option<u64>,
}
