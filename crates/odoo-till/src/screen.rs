//! What somebody sees who looks at the till.

use crate::ms_info::{Author, MsInfo};
use crate::order::Order;
use crate::till::Till;
use std::fmt;

/// An order on the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct OrderView {
    /// Given once, by the till that made it.
    pub uid: String,
    /// The order's number, the till's guess until it is registered.
    pub number: i64,
    /// The newest revision that the till knows of.
    pub revision: i64,
    /// Its lines, in the order in which they came.
    pub lines: Vec<LineView>,
    /// The customer, if one is chosen and loaded.
    pub customer: Option<i64>,
    /// The pricelist.
    pub pricelist: i64,
    /// The fiscal position, if it has one.
    pub fiscal_position: Option<i64>,
    /// Who made it.
    pub created: Option<Author>,
    /// Who last changed a line of it.
    pub changed: Option<Author>,
    /// An update of it was answered, or it came in a message.
    pub order_on_server: bool,
    /// Nothing has been done with it yet.
    pub new_order: bool,
    /// Paid: it cannot be edited, and messages about it are ignored.
    pub finalized: bool,
    /// It is the one that the hands work on.
    pub selected: bool,
    /// Its table, in a restaurant.
    pub table: Option<i64>,
    /// How many guests sit at it.
    pub guests: i64,
}

impl OrderView {
    /// The line of this uid.
    #[must_use]
    pub fn line(&self, uid: &str) -> Option<&LineView> {
        self.lines.iter().find(|line| line.uid == uid)
    }

    /// How many pieces of this product are ordered, over all lines.
    #[must_use]
    pub fn pieces(&self, product_id: i64) -> f64 {
        self.lines.iter().filter(|line| line.product_id == product_id).map(|line| line.qty).sum()
    }
}

/// A line on the screen.
#[derive(Debug, Clone, PartialEq)]
pub struct LineView {
    /// The same on all tills, but for an order that has only just arrived.
    pub uid: String,
    /// The till's own count.
    pub id: i64,
    /// The product.
    pub product_id: i64,
    /// How many.
    pub qty: f64,
    /// For one piece.
    pub price: f64,
    /// In percent.
    pub discount: f64,
    /// For the kitchen.
    pub note: String,
    /// Who added it. Nobody, for a line that came with its order.
    pub created: Option<Author>,
    /// Who last changed it.
    pub changed: Option<Author>,
    /// Typed here, not yet answered for.
    pub offline: bool,
}

/// A box over the screen that somebody has to click away.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Popup {
    /// The till has lost the Sync Server.
    NoConnection,
    /// A `revision_error`: what was typed may be lost.
    Conflict,
    /// A message that the client cannot digest: what the code fell over.
    Crash(String),
}

impl fmt::Display for Popup {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoConnection => f.write_str("No connection to the server."),
            Self::Conflict => {
                f.write_str("There is a conflict during synchronization, try your action again")
            }
            Self::Crash(what) => f.write_str(what),
        }
    }
}

impl Till {
    /// All orders, as the screen's tabs show them.
    #[must_use]
    pub fn orders(&self) -> Vec<OrderView> {
        self.page
            .screen
            .iter()
            .filter_map(|key| self.page.orders.get(key))
            .map(|order| self.view(order))
            .collect()
    }

    /// The order of this uid, if it is on the screen.
    #[must_use]
    pub fn order(&self, uid: &str) -> Option<OrderView> {
        let key = self.page.find(uid)?;
        self.page.orders.get(&key).map(|order| self.view(order))
    }

    /// The order that the hands work on. None while a restaurant till shows its floor.
    #[must_use]
    pub fn selected(&self) -> Option<OrderView> {
        self.page.current.and_then(|key| self.page.orders.get(&key)).map(|order| self.view(order))
    }

    /// Every popup since the till was made, reloads included.
    #[must_use]
    pub fn popups(&self) -> &[Popup] {
        &self.popups
    }

    /// Whether the till takes the Sync Server for reachable.
    #[must_use]
    pub fn is_online(&self) -> bool {
        self.page.link.client_online
    }

    /// The last message's count, by which the till notices a hole.
    #[must_use]
    pub fn message_id(&self) -> i64 {
        self.page.message_id.unwrap_or_default()
    }

    /// What was done here and is not yet answered for: queued updates and removals, the one in the air, paid orders that
    /// Odoo has not got.
    #[must_use]
    pub fn unsent(&self) -> usize {
        self.page.queue.len() + usize::from(self.page.busy) + self.storage.paid.len()
    }

    /// Whether nothing is going on: nothing unsent, no request but the poll in the air, no sale on its way.
    #[must_use]
    pub fn is_quiet(&self) -> bool {
        self.unsent() == 0
            && self.outbox.is_empty()
            && self.page.sales.is_empty()
            && !self.page.awaits_answer()
    }

    fn view(&self, order: &Order) -> OrderView {
        let author = |info: Option<&MsInfo>, key| info.and_then(|info| Author::read(info, key));
        let lines = order.lines.iter().map(|line| LineView {
            uid: line.uid.clone(),
            id: line.id,
            product_id: line.product_id,
            qty: line.qty,
            price: line.price,
            discount: line.discount,
            note: line.note.clone(),
            created: author(Some(&line.ms_info), "created"),
            changed: author(Some(&line.ms_info), "changed"),
            offline: line.offline,
        });
        OrderView {
            uid: order.uid.clone(),
            number: order.number,
            revision: order.revision,
            lines: lines.collect(),
            customer: order.customer,
            pricelist: order.pricelist,
            fiscal_position: order.fiscal_position,
            created: author(order.ms_info.as_ref(), "created"),
            changed: author(order.ms_info.as_ref(), "changed"),
            order_on_server: order.order_on_server,
            new_order: order.new_order == Some(true),
            finalized: order.finalized,
            selected: self
                .page
                .current
                .and_then(|key| self.page.orders.get(&key))
                .is_some_and(|it| it.uid == order.uid),
            table: order.table.as_ref().map(|table| table.id),
            guests: order.guests,
        }
    }
}
