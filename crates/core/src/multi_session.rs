//! The state of a multi-session, as the events made it.

use std::collections::BTreeMap;
use std::sync::Arc;

use imbl::OrdMap;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

use crate::author::User;
use crate::command::Command;
use crate::id::{CommandId, CreationId, OrderUid, Till};
use crate::json::{self, Fields};
use crate::made_uid;
use crate::order::{Order, OrderState};
use crate::refusal::Refusal;

/// The largest number that an order gets within a run.
const NUMBER_MAX: u32 = u32::MAX - 1;

/// What is known of a multi-session. Cloning it is cheap: the parts are shared.
#[derive(Debug, Clone, PartialEq)]
pub struct MultiSession {
    /// The last event's place in the log.
    pub seq: u64,
    /// When that was taken, in milliseconds since 1970; 0 if that is not known.
    pub seq_ms: u64,
    /// The current run.
    pub run: u32,
    /// Whether its POSes share their orders.
    pub active: bool,
    /// What tills may do to known orders without a connection.
    pub offline_edits: OfflineEdits,
    /// The last number given in each run.
    pub numbers: BTreeMap<u32, u32>,
    /// Its POSes.
    pub poses: BTreeMap<i64, Seat>,
    /// The last number that stands in a uid which the server made (rule N5).
    pub made: u64,
    /// The last receipt number that each POS gave (rule N7).
    pub receipts: BTreeMap<i64, u64>,
    /// The last command of each till that numbers its commands, as far as it was asked for: the store keeps them.
    pub tills: OrdMap<Till, LastCommand>,
    /// Orders by uid. Those closed in runs long over may be missing until they are asked for.
    pub orders: OrdMap<OrderUid, Arc<Order>>,
}

/// What tills may do, without a connection, to orders that the server knows (rule O11).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OfflineEdits {
    /// Nothing: such orders are locked until the connection is back.
    #[default]
    Lock,
    /// Everything: the rules settle it on return.
    Merge,
}

/// All of a [`MultiSession`] but its orders and tills: small, written with every batch.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Summary {
    /// See [`MultiSession::seq`].
    pub seq: u64,
    /// See [`MultiSession::seq_ms`].
    #[serde(default)]
    pub seq_ms: u64,
    /// See [`MultiSession::run`].
    pub run: u32,
    /// See [`MultiSession::active`].
    pub active: bool,
    /// See [`MultiSession::offline_edits`].
    #[serde(default)]
    pub offline_edits: OfflineEdits,
    /// See [`MultiSession::numbers`].
    pub numbers: BTreeMap<u32, u32>,
    /// See [`MultiSession::poses`].
    pub poses: BTreeMap<i64, Seat>,
    /// See [`MultiSession::made`].
    #[serde(default)]
    pub made: u64,
    /// See [`MultiSession::receipts`].
    #[serde(default)]
    pub receipts: BTreeMap<i64, u64>,
}

/// A POS in the multi-session.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Seat {
    /// The POS's name.
    pub name: String,
    /// Its open session.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<PosSession>,
    /// The session that was closed last.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub last: Option<ClosedSession>,
}

/// An open POS session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct PosSession {
    /// Its id, unique in the database.
    pub id: u32,
    /// Who opened it.
    pub user: User,
    /// When, in milliseconds since 1970; 0 where it was opened by a version that did not note it.
    #[serde(default)]
    pub opened_ms: u64,
    /// How many devices logged in to it.
    pub logins: u32,
    /// What was counted and noted when it was opened.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub opening: Fields,
    /// Cash that went in or out for no order, oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<CashMove>,
    /// The devices that logged in last, at most [`DEVICES_KEPT`], oldest first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub devices: Vec<Device>,
}

/// Cash that went into a drawer, or out of it (rule S7).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CashMove {
    /// When, in milliseconds since 1970.
    pub ms: u64,
    /// Who.
    pub user: User,
    /// The payment method whose cash it is.
    pub method: i64,
    /// How much: above zero went in.
    #[serde(with = "json::plain_number")]
    pub amount: Decimal,
    /// What for.
    pub reason: String,
}

/// Devices of a POS session that are remembered.
pub const DEVICES_KEPT: usize = 20;

/// A device that logged in to a POS session.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Device {
    /// The name that it gives itself.
    pub device: String,
    /// The login number that it got last.
    pub login: u32,
    /// Who was at it then.
    pub user: User,
    /// When, in milliseconds since 1970.
    pub ms: u64,
}

/// A POS session that is over.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ClosedSession {
    /// Its id.
    pub id: u32,
    /// Who closed it.
    pub user: User,
    /// When, in milliseconds since 1970.
    pub closed_ms: u64,
    /// What was counted and noted then.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub closing: Fields,
    /// Cash that had gone in or out for no order.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub moves: Vec<CashMove>,
}

/// The last command that was taken from a till.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LastCommand {
    /// Its number.
    pub number: u64,
    /// Its id.
    pub id: CommandId,
}

impl Default for MultiSession {
    fn default() -> Self {
        Self {
            seq: 0,
            seq_ms: 0,
            run: 1,
            active: true,
            offline_edits: OfflineEdits::default(),
            numbers: BTreeMap::new(),
            poses: BTreeMap::new(),
            made: 0,
            receipts: BTreeMap::new(),
            tills: OrdMap::new(),
            orders: OrdMap::new(),
        }
    }
}

impl MultiSession {
    /// Everything but the orders and the tills.
    pub fn summary(&self) -> Summary {
        Summary {
            seq: self.seq,
            seq_ms: self.seq_ms,
            run: self.run,
            active: self.active,
            offline_edits: self.offline_edits,
            numbers: self.numbers.clone(),
            poses: self.poses.clone(),
            made: self.made,
            receipts: self.receipts.clone(),
        }
    }

    /// Put together again from what was stored.
    pub fn from_parts(summary: Summary, orders: impl IntoIterator<Item = Order>) -> Self {
        Self {
            seq: summary.seq,
            seq_ms: summary.seq_ms,
            run: summary.run,
            active: summary.active,
            offline_edits: summary.offline_edits,
            numbers: summary.numbers,
            poses: summary.poses,
            made: summary.made,
            receipts: summary.receipts,
            tills: OrdMap::new(),
            orders: orders.into_iter().map(|order| (order.uid.clone(), Arc::new(order))).collect(),
        }
    }

    /// The order with this uid.
    pub fn order(&self, uid: &OrderUid) -> Option<Arc<Order>> {
        self.orders.get(uid).cloned()
    }

    /// The order with this uid, or the refusal that says that there is none.
    pub fn known_order(&self, uid: &OrderUid) -> Result<Arc<Order>, Refusal> {
        self.order(uid).ok_or_else(|| Refusal::UnknownOrder { order: uid.clone() })
    }

    /// The order with this uid, if it can be changed: a draft, or an unpaid one that a silent till changes late.
    pub(crate) fn open_order(&self, uid: &OrderUid) -> Result<Arc<Order>, Refusal> {
        let order = self.known_order(uid)?;
        if order.state.is_closed() {
            let by = order.edited.clone();
            return Err(Refusal::Closed { order: uid.clone(), state: order.state, by });
        }
        Ok(order)
    }

    /// All drafts.
    pub fn drafts(&self) -> Vec<Arc<Order>> {
        self.in_state(OrderState::Draft)
    }

    /// All unpaid orders that are in memory.
    pub fn unpaid(&self) -> Vec<Arc<Order>> {
        self.in_state(OrderState::Unpaid)
    }

    fn in_state(&self, state: OrderState) -> Vec<Arc<Order>> {
        self.orders.values().filter(|order| order.state == state).cloned().collect()
    }

    /// The number that the next receipt of a POS gets (rule N7).
    pub fn next_receipt(&self, pos: i64) -> u64 {
        self.receipts.get(&pos).map_or(1, |last| last + 1)
    }

    /// The number that the next order of a run gets.
    pub fn next_number(&self, run: u32) -> u32 {
        self.last_number(run).saturating_add(1).min(NUMBER_MAX)
    }

    /// The last number given in a run; 0 before the first.
    pub fn last_number(&self, run: u32) -> u32 {
        self.numbers.get(&run).copied().unwrap_or(0)
    }

    /// A uid for an order that the server makes out of another one (rule N5). The number in it makes it one that was
    /// never given: whether an order that is not in memory has it need not be asked.
    pub fn derive_uid(&self, origin: &OrderUid) -> OrderUid {
        let next = self.made + 1;
        // A till may have an order of that name.
        let is_free = |uid: &OrderUid| !self.orders.contains_key(uid);
        (next..).map(|n| made_uid::of(origin, n)).find(is_free).unwrap_or_else(|| made_uid::of(origin, next))
    }

    /// Whether an order that came out of this one has the payment (rule O4).
    pub(crate) fn is_booked_apart(&self, order: &Order, payment: &str) -> bool {
        let mut made = order.follow_ups.iter().filter_map(|uid| self.orders.get(uid));
        made.any(|made| made.payments.iter().any(|known| known.id == payment))
    }

    /// The order that was registered under a new uid because `taken` was another's.
    pub(crate) fn created_as(&self, taken: &OrderUid, creation: &CreationId) -> Option<OrderUid> {
        let order = self.order(taken)?;
        let mut followers = order.follow_ups.iter();
        followers.find(|uid| self.order(uid).is_some_and(|order| order.creation == *creation)).cloned()
    }

    /// Rule A4: commands of a till come in the order of their numbers, each once. A number that was used for
    /// another command means a copied or restored profile.
    ///
    /// Whether a command was taken before is asked of the store first, by its id.
    pub fn admit(&self, command: &Command) -> Result<(), Refusal> {
        let Some(number) = command.number else { return Ok(()) };
        let last = self.tills.get(&command.author.till).map_or(0, |last| last.number);
        if number <= last {
            return Err(Refusal::Renumber { number });
        }
        if number > last + 1 {
            return Err(Refusal::Gap { expected: last + 1 });
        }
        Ok(())
    }

    /// Notes that a numbered command was taken, accepted or refused: its number is used up.
    pub fn note_command(&mut self, command: &Command) {
        if let Some(number) = command.number {
            let last = LastCommand { number, id: command.id.clone() };
            self.tills.insert(command.author.till.clone(), last);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::author::Author;
    use crate::event::Registered;
    use crate::order::{Origin, OriginReason};

    fn from(uid: &str) -> Option<Origin> {
        Some(Origin { order: OrderUid::new(uid), reason: OriginReason::PaidTwice })
    }

    fn registered(state: &mut MultiSession, uid: &OrderUid, origin: Option<Origin>) {
        let new = Registered {
            order: uid.clone(),
            creation: CreationId::new("k"),
            number: 1,
            run: 1,
            revision: 1,
            fields: Default::default(),
            lines: Vec::new(),
            carried: Default::default(),
            origin,
            late: false,
        };
        let mark = crate::author::Mark::server();
        state.register(&new, &Author { till: Till::new("a"), mark, device_time_ms: None });
    }

    /// N5: a store may hold orders that are not in memory.
    #[test]
    fn a_uid_is_made_once_also_when_the_order_that_has_it_is_in_memory_no_longer() {
        let mut state = MultiSession::default();
        for (origin, made) in [
            ("00001-001-0004", "00001-999-0001"),
            ("00001-002-0004", "00001-999-0002"),
            ("00007-002-0004", "00007-999-0003"),
            ("abc", "00000-999-0004"),
        ] {
            let uid = state.derive_uid(&OrderUid::new(origin));
            assert_eq!(uid.as_str(), made);
            registered(&mut state, &uid, from(origin));
            state.orders.remove(&uid);
        }
        let mut again = MultiSession::from_parts(state.summary(), []);
        assert_eq!(again.derive_uid(&OrderUid::new("00001-001-0001")).as_str(), "00001-999-0005");
        // A till with so many logins begins an order of its own: that is no number of the server's.
        registered(&mut again, &OrderUid::new("00001-998-0007"), None);
        assert_eq!(again.derive_uid(&OrderUid::new("00001-001-0001")).as_str(), "00001-999-0005");
        registered(&mut again, &OrderUid::new("00001-999-9999"), from("00001-001-0001"));
        assert_eq!(again.derive_uid(&OrderUid::new("00001-001-0001")).as_str(), "00001-998-0000");
    }
}
