//! Odoo's wire over real sockets: `docs/PROTOCOL.md`'s rules as its tills meet them.

#[path = "../common/mod.rs"]
mod common;

mod api;
mod belonging;
mod claims;
mod faults;
mod faulty;
mod fields;
mod hostile;
mod keys;
mod lists;
mod logged;
mod original;
mod pages;
mod painting;
mod paying;
mod polls;
mod register;
mod repeated;
mod wrong_types;
