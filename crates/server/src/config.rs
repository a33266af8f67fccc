//! What can be set, and the bounds of everything that could grow.

use std::time::Duration;

/// The largest request body, in bytes. An order of 2,000 lines has about one million.
pub const BODY_BYTES_MAX: usize = 2 * 1024 * 1024;

/// How much of a body that is too large is read and thrown away, so that its sender gets to read the refusal.
pub const BODY_THROWN_AWAY_MAX: usize = 64 * 1024 * 1024;

/// How long a request may take to arrive, its headers and its body each.
pub const REQUEST_READ_MAX: Duration = Duration::from_secs(15);

/// Requests that wait at one room.
pub const ROOM_WAITING_MAX: usize = 1_024;

/// Requests that one batch of a room holds.
pub const BATCH_MAX: usize = 64;

/// Rooms that are open at once.
pub const ROOMS_MAX: usize = 10_000;

/// Polls that are held at once, over all rooms.
pub const POLLS_HELD_MAX: usize = 20_000;

/// Connections of tills of our own, over all rooms.
pub const SOCKETS_MAX: usize = 20_000;

/// Connections that are open at once.
pub const CONNECTIONS_MAX: usize = 40_000;

/// How long a stop waits for what is under way.
pub const STOP_GRACE: Duration = Duration::from_millis(1_500);

/// How long a stop waits after that until the store is closed. Usually that is a moment; a slow disk may have to take
/// over a long write-ahead log.
pub const STORE_CLOSE_MAX: Duration = Duration::from_secs(5);

/// What can be set.
#[derive(Debug, Clone)]
pub struct Config {
    /// Which of Odoo's tills are served.
    pub odoo: OdooAccess,
    /// Which tills of our own are served.
    pub tills: TillAccess,
    /// How long a poll is held before it is answered with nothing. Odoo: 50 s; its client gives up after 60.
    pub poll_hold: Duration,
    /// What happens when the disk no longer takes what is written.
    pub on_fatal: OnFatal,
}

/// Who may use Odoo's wire.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OdooAccess {
    /// Whoever has an address with a key.
    Keys,
    /// Everyone who reaches the port: for a trusted LAN.
    Open,
}

/// Who may use the wire of our own tills.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TillAccess {
    /// Whoever has an address with a key.
    Keys,
    /// Everyone who reaches the port: for a trusted LAN, and for trying it out.
    Open,
}

/// What happens when the disk no longer takes what is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum OnFatal {
    /// The process ends at once: the log on disk is the truth, and a restart reads it.
    Abort,
    /// Nothing but an error: for tests.
    Report,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            odoo: OdooAccess::Keys,
            tills: TillAccess::Keys,
            poll_hold: Duration::from_secs(50),
            on_fatal: OnFatal::Abort,
        }
    }
}
