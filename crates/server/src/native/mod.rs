//! Tills of our own: the wire of docs/PROTOCOL.md ("The wire").
//!
//! A [`connection`] is what a till says and is told, whatever carries it; [`socket`] carries it over a WebSocket,
//! [`long_poll`] over HTTP requests for networks that let no WebSocket through.

pub mod connection;
pub mod door;
pub mod long_poll;
pub mod message;
pub mod socket;
