//! Who made and who last changed an order or a line: `ms_info`.

use crate::config::TillConfig;
use serde_json::{Map, Value, json};

/// `ms_info` as it is on the wire. Other keys than ours are carried along.
pub(crate) type MsInfo = Map<String, Value>;

/// A cashier at a POS.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Author {
    /// The cashier's id and name.
    pub user: (i64, String),
    /// The POS's id and name.
    pub pos: (i64, String),
}

impl Author {
    /// Who is under this key (`created`, `changed`), if anybody.
    pub(crate) fn read(info: &MsInfo, key: &str) -> Option<Self> {
        let entry = info.get(key)?;
        let named = |what: &str| {
            let part = &entry[what];
            Some((part["id"].as_i64()?, part["name"].as_str().unwrap_or_default().to_owned()))
        };
        Some(Self { user: named("user")?, pos: named("pos")? })
    }
}

/// This till as an entry of `ms_info`.
pub(crate) fn mine(config: &TillConfig) -> Value {
    json!({
        "user": { "id": config.user.0, "name": config.user.1 },
        "pos": { "id": config.pos.0, "name": config.pos.1 },
    })
}

/// What came in, as far as it is an object.
pub(crate) fn read(value: &Value) -> MsInfo {
    value.as_object().cloned().unwrap_or_default()
}
