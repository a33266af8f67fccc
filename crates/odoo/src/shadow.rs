//! What each till was last accepted with. It survives a restart.
//!
//! Together with the marks that the till sends back ([`crate::painted`]) it says what the till showed.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::OrdMap;
use serde::{Deserialize, Serialize};
use serde_json::Value;
use tillsync_core::diff::View;
use tillsync_core::id::{LineUid, OrderUid, Till};

use crate::painted::Painted;

/// The kind of the rows in the store.
pub const KIND: &str = "odoo.shadow";

/// The last update of an order that was accepted from a till.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Accepted {
    /// The revision that the till claimed with it.
    pub claim: u64,
    /// The revision of the order that the till acted on: the claimed one, or the one whose content it had been
    /// answered with.
    pub base: u64,
    /// The revision that the order had afterwards.
    pub revision: u64,
    /// The revision that the till is told in the answer. When it is not `revision`, the answer does not repaint
    /// lines that the till has: they look on its screen as in `view` until a message of a later revision comes.
    pub answered: u64,
    /// The latest revision of which the till shows everything that others did.
    pub seen: u64,
    /// What the till showed, in the order's true line uids.
    pub view: View,
    /// The message about the order that the till had taken last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub painted: Option<Painted>,
    /// The messages that had brought or last repainted its lines.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub painted_lines: BTreeMap<LineUid, Painted>,
    /// The till's own names of lines, from the message that it created the order from: theirs to the true ones.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub aliases: BTreeMap<LineUid, LineUid>,
}

impl Accepted {
    /// The message that had brought or last repainted the line.
    pub fn painted_line(&self, uid: &LineUid) -> Option<Painted> {
        self.painted_lines.get(uid).copied()
    }

    /// Whether the till sent the line under a name of its own.
    pub fn is_renamed(&self, uid: &LineUid) -> bool {
        self.aliases.values().any(|name| name == uid)
    }
}

/// A row to be stored in the transaction of the update.
#[derive(Debug, Clone, PartialEq)]
pub struct ShadowRow {
    /// The row's name.
    pub key: String,
    /// The value; none takes the row away.
    pub value: Option<Value>,
}

/// All shadows of a multi-session. Cloning is cheap.
#[derive(Debug, Clone, Default)]
pub struct Shadows {
    rows: OrdMap<(OrderUid, Till), Arc<Accepted>>,
}

impl Shadows {
    /// Put together again from stored rows; rows that cannot be read are passed over, as if the till were new.
    pub fn load(rows: impl IntoIterator<Item = (String, Value)>) -> Self {
        let read = |(key, value): (String, Value)| {
            let (uid, till) = key.split_once('|')?;
            let accepted = serde_json::from_value(value).ok()?;
            Some(((OrderUid::new(uid), Till::new(till)), Arc::new(accepted)))
        };
        Self { rows: rows.into_iter().filter_map(read).collect() }
    }

    /// What the till was last accepted with for this order.
    pub fn get(&self, till: &Till, order: &OrderUid) -> Option<Arc<Accepted>> {
        self.rows.get(&(order.clone(), till.clone())).cloned()
    }

    /// Notes what a till was accepted with; the row is to be stored with the event.
    pub fn put(&mut self, till: &Till, order: &OrderUid, accepted: Accepted) -> ShadowRow {
        let value = serde_json::to_value(&accepted).ok();
        self.rows.insert((order.clone(), till.clone()), Arc::new(accepted));
        ShadowRow { key: format!("{order}|{till}"), value }
    }

    /// Forgets what a till was accepted with; the row to be taken away, if there was one.
    pub fn remove(&mut self, till: &Till, order: &OrderUid) -> Option<ShadowRow> {
        self.rows.remove(&(order.clone(), till.clone()))?;
        Some(ShadowRow { key: format!("{order}|{till}"), value: None })
    }

    /// Forgets an order; the rows to be taken away.
    pub fn forget(&mut self, order: &OrderUid) -> Vec<ShadowRow> {
        let of_order =
            self.rows.range((order.clone(), Till::new(""))..).take_while(|((uid, _), _)| uid == order);
        let gone: Vec<(OrderUid, Till)> = of_order.map(|(key, _)| key.clone()).collect();
        gone.into_iter()
            .map(|key| {
                self.rows.remove(&key);
                ShadowRow { key: format!("{}|{}", key.0, key.1), value: None }
            })
            .collect()
    }

    /// The orders of which something is remembered.
    pub fn orders(&self) -> impl Iterator<Item = &OrderUid> {
        self.rows.keys().map(|(order, _)| order)
    }
}
