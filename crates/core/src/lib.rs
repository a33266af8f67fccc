//! The rules of Tillsync.
//!
//! Orders, the operations that change them, the commands that tills send, the events that the log holds, and
//! the two functions that everything stands on: [`decide`](command::decide) says what a command comes to, and
//! [`evolve`](multi_session::MultiSession::evolve) follows what was decided. Nothing here knows a clock, chance,
//! a disk or a network: time and ids come in as arguments.
//!
//! The rules have numbers in `docs/PROTOCOL.md`.

pub mod author;
pub mod bill;
pub mod command;
pub mod diff;
pub mod event;
mod evolve;
pub mod id;
pub mod json;
mod made_uid;
pub mod money;
pub mod multi_session;
pub mod operation;
pub mod order;
pub mod protocol;
pub mod refusal;
