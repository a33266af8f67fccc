//! What a till is told before it opens: who it is, and which of the real client's switches are on.

use std::collections::{BTreeMap, BTreeSet};

/// Everything that a till knows from Odoo when its page loads.
#[derive(Debug, Clone, PartialEq)]
pub struct TillConfig {
    /// The Odoo database, `dbname` on the wire.
    pub database: String,
    /// The multi-session that the POS belongs to.
    pub multi_session_id: i64,
    /// The POS: its id and its name.
    pub pos: (i64, String),
    /// `pos_session.id`. Tills with the same session and login take each other's messages for their own.
    pub session_id: i64,
    /// `pos_session.login_number`: one more with each page load.
    pub login_number: i64,
    /// The cashier, who is also the browser's login (`user_ID`): id and name.
    pub user: (i64, String),
    /// The multi-session's run that the page was loaded with.
    pub run_id: i64,
    /// `pos_session.sequence_number`: the number of the first order that the page makes.
    pub sequence_number: i64,
    /// Seeds the nonces and the waiting times, the only randomness of a till.
    pub seed: u64,
    /// Orders of other cashiers are taken in. Without it only those that this cashier made.
    pub accept_incoming_orders: bool,
    /// The first empty order gives way to the first order that comes in.
    pub replace_empty_order: bool,
    /// The pricelist of new orders.
    pub pricelist_id: i64,
    /// The tables of a restaurant POS. Without tables a till is a shop.
    pub tables: Vec<Table>,
    /// The customers that the page has loaded; `None`: all there are. Others are exported as `false`.
    pub customers: Option<BTreeSet<i64>>,
    /// Product to list price. For the products in here a typed quantity and a chosen customer bring the list price back,
    /// unless the price was typed on this till, as Odoo 12 does.
    pub list_prices: BTreeMap<i64, f64>,
    /// Where the money goes, in `statement_ids`.
    pub cash: Cash,
    /// What Odoo needs for `create_from_ui`, in milliseconds: `sync_all` waits for it while paid orders are kept.
    pub sale_ms: u64,
    /// The source drops a deletion while an update of the same order waits in the queue; the wire's README queues it behind.
    pub queued_update_swallows_delete: bool,
}

impl TillConfig {
    /// A till of database `odoo`, multi-session 1: POS, session, user and seed all bear its number, as with one session a POS.
    #[must_use]
    pub fn numbered(number: i64) -> Self {
        Self {
            database: "odoo".to_owned(),
            multi_session_id: 1,
            pos: (number, format!("POS{number}")),
            session_id: number,
            login_number: 1,
            user: (number, format!("Cashier {number}")),
            run_id: 1,
            sequence_number: 1,
            seed: number.unsigned_abs(),
            accept_incoming_orders: true,
            replace_empty_order: true,
            pricelist_id: 1,
            tables: Vec::new(),
            customers: None,
            list_prices: BTreeMap::new(),
            cash: Cash { statement_id: number + 1, account_id: 27, journal_id: 8 },
            sale_ms: 500,
            queued_update_swallows_delete: false,
        }
    }

    /// The same till in a restaurant with tables `T1` to `T4`, ids 1 to 4, on one floor.
    #[must_use]
    pub fn restaurant(mut self) -> Self {
        let floor = (1, "Main Floor".to_owned());
        self.tables = (1..=4).map(|id| Table { id, name: format!("T{id}"), floor: floor.clone() }).collect();
        self
    }

    /// Whether the restaurant addons are there: it has tables.
    #[must_use]
    pub fn is_restaurant(&self) -> bool {
        !self.tables.is_empty()
    }

    pub(crate) fn knows_customer(&self, id: i64) -> bool {
        self.customers.as_ref().is_none_or(|known| known.contains(&id))
    }

    pub(crate) fn table(&self, id: i64) -> Option<&Table> {
        self.tables.iter().find(|table| table.id == id)
    }
}

/// A table of a restaurant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Table {
    /// `restaurant.table` id.
    pub id: i64,
    /// What the waiter reads.
    pub name: String,
    /// Its floor: id and name.
    pub floor: (i64, String),
}

/// The cash register of a POS, as `statement_ids` names it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Cash {
    /// `account.bank.statement` id.
    pub statement_id: i64,
    /// `account.account` id.
    pub account_id: i64,
    /// `account.journal` id.
    pub journal_id: i64,
}

/// What another page load brings; `None` leaves what was.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Reload {
    /// The new login number; `None`: one more.
    pub login_number: Option<i64>,
    /// The run that Odoo names now. Orders of another run stay in the local storage, unseen.
    pub run_id: Option<i64>,
    /// A new `pos_session`, after the old one was closed. Its predecessor's orders stay unseen.
    pub session_id: Option<i64>,
    /// `pos_session.sequence_number` as Odoo gives it now.
    pub sequence_number: Option<i64>,
}
