//! The shell of Tillsync: it knows the clock, the network and the store, and leaves every rule to the core.
//!
//! A request's way: [`router`] finds the handler, [`odoo`] reads it and checks its key ([`keys`]), [`hub`] finds
//! the [`room`] of the multi-session, and the room judges what waits as one batch, lands it in the store, answers
//! and tells the tills.

pub mod address;
pub mod admin;
pub mod ailing;
pub mod api;
pub mod assets;
pub mod attention;
pub mod clock;
pub mod config;
pub mod cors;
pub mod health;
pub mod hub;
pub mod keys;
pub mod native;
pub mod odoo;
pub mod page;
pub mod pin;
pub mod poll;
pub mod refusals;
pub mod room;
pub mod router;
pub mod seats;
pub mod serve;

pub use config::Config;
pub use hub::Hub;
pub use serve::{Running, serve};
