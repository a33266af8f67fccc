//! A shop in one thread: the real rooms on the real contract of a store, with model tills.
//!
//! Everything that happens is drawn from a seed: who types what, which message arrives when, which connection breaks,
//! at which await the server loses its power, what its disk answers. In the end all is well again, everything is
//! delivered, and then nothing may be missing ([`check`]). A seed that fails fails again.

pub mod check;
mod network;
mod people;
pub mod replica;
pub mod sabotage;
pub mod server;
pub mod shop;
pub mod till;

pub use sabotage::Sabotage;
pub use shop::{Options, Report, run};
