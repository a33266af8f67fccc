//! Odoo's wire without the network.
//!
//! Odoo's tills send whole orders and show what they are sent. What a till *means* must be found from what it
//! sends, and what it *shows* must be known to tell it no more and no less than it needs. Both are here, free of
//! clock, chance, disk and network, so that every interleaving can be tried in tests.
//!
//! A message's way: [`message`] reads it, [`interpret`] finds the command (with [`edits`] for the operations,
//! [`shadow`] for what the till was accepted with, `after_close` for what comes too late, `pay` for payments, `shown` for what the payer showed), [`book`]
//! decides it, the room logs it, [`desk`] answers it and queues what every POS is to be told ([`channel`], [`seen`] by [`looks`]), [`encode`] spells it.
//!
//! `docs/ODOO.md` says what a shop's technician needs, and what this client cannot be saved from.

mod after_close;
pub mod aliases;
pub mod before;
pub mod book;
pub mod channel;
pub mod desk;
pub mod edits;
pub mod encode;
pub mod error;
pub mod fields;
pub mod interpret;
pub mod looks;
pub mod message;
pub mod order_text;
pub mod painted;
mod pay;
pub mod plan;
pub mod seen;
pub mod sent;
pub mod shadow;
mod shown;
