//! A simulated till: Odoo 12's POS with `pos_multi_session`, in the browser, faults included. A tool for tests and benches.
//!
//! [`Till`] is a pure state machine. It has no socket, no clock and no chance of its own: hands work on it
//! ([`Till::tap`], [`Till::type_qty`], [`Till::pay`] and so on), it gives out what it wants to send
//! ([`Till::take_requests`], [`Till::take_poll`]), it is handed what came back ([`Till::answer`]), and time passes when it
//! is told ([`Till::tick`]). The same calls with the same [`TillConfig`] give the same bytes.
//!
//! ```
//! use serde_json::json;
//! use tillsync_odoo_till::{Answer, Till, TillConfig};
//!
//! let mut till = Till::new(TillConfig::numbered(1));
//! till.open();
//! let request = till.take_requests().remove(0);
//! assert_eq!(request.action(), "sync_all");
//! assert!(!till.is_loaded());
//! let data = json!({ "orders": [], "message_ID": 7, "order_ID": 4, "uid": null });
//! till.answer(request.id, Answer::result(json!({ "action": "sync_all", "data": data })));
//! assert!(till.is_loaded());
//!
//! till.tap(18, 47.0);
//! let requests = till.take_requests();
//! let update = requests.iter().find(|request| request.action() == "update_order").unwrap();
//! assert_eq!(update.message()["data"]["lines"][0][2]["price_unit"], 47);
//! ```
//!
//! # Driving it
//!
//! - A request counts as sent when it is made, and is given out once. Answer it, or let it time out: 30 s, a poll 60 s.
//!   Answers may come in any order, late or never; one that nobody waits for is ignored.
//! - One poll at a time. After a page load [`Till::take_poll`] gives two: the first names only `pos.longpolling` and is
//!   aborted by the second. [`Till::take_aborted`] says whose connection the client has closed.
//! - [`Till::tick`] runs the timers; [`Till::next_tick_ms`] says when the next one ends.
//! - What is on the screen is in [`Till::orders`]; [`Till::popups`] has every popup ever shown;
//!   [`Till::is_quiet`] is true when nothing is under way.
//!
//! # How true it is
//!
//! The `recordings` are what real tills sent and were answered. The test `replay` plays them with this till in the real
//! one's place, and everything that it sends must be equal, but for nonces, dates and noise in the last digits. Faults of
//! the real client are played on purpose. Some that surprise:
//!
//! - A line that was selected when a message took it away swallows what is typed; the order is sent nevertheless.
//! - Any answer to an update clears the offline flag of all lines, also of those that the update did not have.
//! - An order that comes back with lines still offline ends "receiving" early: the rest of the message counts as typed here.
//! - While it is offline, deleting a registered order sends nothing: it only leaves the screen.
//! - In a restaurant an answer reaches its order only while its table is the one that was opened last.
//! - A chosen customer marks every line without a typed price as changed.
//!
//! # What is simplified
//!
//! - Odoo itself: `create_from_ui` works if Odoo is there ([`Till::set_odoo`]), and takes `sale_ms`. No invoices.
//! - One cashier a till, who is also the browser's login. All products exist, in units that can be added up, without lots
//!   to choose and without taxes; prices have no rounding of their own. All fiscal positions and pricelists exist.
//! - The local storage has the order as it was when the page closed; the real one lags behind what messages brought.
//! - The date stands still between ticks. Nothing happens between two calls: what the browser would do a moment later is
//!   done before a call returns.
//! - While "Sync Orders" hangs, only the immediate `sync_all` is repeated; the real client's other timer is left out, and so
//!   is the popup that cannot be shown then.
//! - A message that the code would fall over gives a [`Popup::Crash`] and is left half done, as in the browser; but a crash
//!   in an answer does not stop the queue for good.
//! - An order at a table that the till does not know has no table here (exported as `false`). The real addon asks Odoo for
//!   it, and may move the order to another table. No splitting of bills, no printers: [`Till::send_to_kitchen`] only writes
//!   `multiprint_resume`.
//! - A list price is known only where the configuration has one; see [`TillConfig::list_prices`].

mod answers;
mod config;
mod dice;
mod hands;
mod line;
mod link;
mod messages;
mod ms_info;
mod order;
mod page;
mod poll;
mod queue;
mod sale;
mod screen;
mod stamp;
mod tables;
mod till;
mod wire;

pub use config::{Cash, Reload, Table, TillConfig};
pub use link::{PING_INTERVAL_MS, PONG_TIMEOUT_MS, REQUEST_TIMEOUT_MS};
pub use ms_info::Author;
pub use poll::POLL_TIMEOUT_MS;
pub use screen::{LineView, OrderView, Popup};
pub use till::{LOAD_RETRY_MS, Odoo, Till};
pub use wire::{Answer, Outgoing, PING_PATH, POLL_PATH, RequestId, UPDATE_PATH};
