//! Whether the Sync Server is there: the status light, the timer of the lost, PING and PONG.

use crate::page::Purpose;
use crate::queue::SyncAll;
use crate::screen::Popup;
use crate::till::Till;
use crate::wire::{Outgoing, PING_PATH, call};
use serde_json::json;

/// The client sends PING when nothing was heard for this long, in milliseconds.
pub const PING_INTERVAL_MS: u64 = 300_000;
/// And takes the server for lost when no PONG comes for this long.
pub const PONG_TIMEOUT_MS: u64 = 60_000;
/// The client gives up a request other than a poll after this time.
pub const REQUEST_TIMEOUT_MS: u64 = 30_000;

/// What the page knows of its connection.
#[derive(Debug, Clone)]
pub(crate) struct Link {
    /// The last request to the Sync Server was answered.
    pub(crate) client_online: bool,
    /// The status light.
    status: bool,
    /// While the server is lost: when `sync_all` is asked next, and the time between.
    lost: Option<Lost>,
    /// PONG came, since the last PING.
    pong: bool,
    ping_at_ms: Option<u64>,
    pong_ends_ms: Option<u64>,
}

#[derive(Debug, Clone, Copy)]
struct Lost {
    at_ms: u64,
    period_ms: u64,
}

impl Link {
    pub(crate) fn new() -> Self {
        Self {
            client_online: true,
            status: false,
            lost: None,
            pong: false,
            ping_at_ms: None,
            pong_ends_ms: None,
        }
    }

    pub(crate) fn timers(&self) -> impl Iterator<Item = u64> + use<> {
        [self.lost.map(|lost| lost.at_ms), self.ping_at_ms, self.pong_ends_ms].into_iter().flatten()
    }
}

impl Till {
    /// The page is there: PING, and the light goes on, which asks for everything once more.
    pub(crate) fn start_link(&mut self) {
        self.send_ping();
        self.network_is_on();
    }

    /// Something was heard.
    pub(crate) fn network_is_on(&mut self) {
        self.restart_ping_timer();
        if !self.page.link.status {
            self.page.link.status = true;
            self.page.link.lost = None;
            self.request_sync_all(SyncAll::Plain);
        }
    }

    /// Something was not answered.
    pub(crate) fn network_is_off(&mut self) {
        self.restart_ping_timer();
        if self.page.link.status {
            self.page.link.status = false;
            self.lose();
        }
    }

    /// Shows the popup and starts asking every 6 to 15 seconds, unless that is already so.
    pub(crate) fn lose(&mut self) {
        if self.page.link.lost.is_some() {
            return;
        }
        self.popups.push(Popup::NoConnection);
        let period_ms = 5_000 + self.dice.throw(10) * 1_000;
        self.page.link.lost = Some(Lost { at_ms: self.clock_ms + period_ms, period_ms });
    }

    /// A request was answered.
    pub(crate) fn found(&mut self) {
        self.page.link.lost = None;
    }

    pub(crate) fn heard_pong(&mut self) {
        self.page.link.pong = true;
    }

    pub(crate) fn ping_answered(&mut self) {
        if !self.page.link.pong {
            self.page.link.ping_at_ms = None;
            self.page.link.pong_ends_ms = Some(self.clock_ms + PONG_TIMEOUT_MS);
        }
    }

    pub(crate) fn tick_link(&mut self) {
        if let Some(lost) = &mut self.page.link.lost
            && lost.at_ms <= self.clock_ms
        {
            lost.at_ms = self.clock_ms + lost.period_ms;
            self.request_sync_all(SyncAll::Plain);
        }
        if self.page.link.ping_at_ms.is_some_and(|at| at <= self.clock_ms) {
            self.page.link.ping_at_ms = None;
            self.send_ping();
        }
        if self.page.link.pong_ends_ms.is_some_and(|at| at <= self.clock_ms) {
            self.network_is_off();
        }
    }

    fn restart_ping_timer(&mut self) {
        self.page.link.pong_ends_ms = None;
        self.page.link.ping_at_ms = Some(self.clock_ms + PING_INTERVAL_MS);
    }

    fn send_ping(&mut self) {
        self.page.link.pong = false;
        let id = self.take_request_id();
        let params =
            json!({ "message": "PING", "pos_id": self.config.pos.0, "db_name": self.config.database });
        self.outbox.push(Outgoing { id, path: PING_PATH, body: call(id, params) });
        self.take_off(id, Purpose::Ping, REQUEST_TIMEOUT_MS);
    }
}
