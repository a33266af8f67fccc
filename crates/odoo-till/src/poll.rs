//! The long poll.

use crate::page::{Phase, Purpose};
use crate::screen::Popup;
use crate::till::Till;
use crate::wire::{Outgoing, POLL_PATH, Reply, RequestId, call, whole};
use serde_json::{Value, json};

/// The client gives up a poll after this time, in milliseconds.
pub const POLL_TIMEOUT_MS: u64 = 60_000;

/// Where the poll of a page is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Poll {
    /// Nothing was asked yet.
    First,
    /// The first poll is out, which names only `pos.longpolling`. The client is about to abort it.
    FirstOut(RequestId),
    /// The next one may go, not before this time.
    Due {
        at_ms: u64,
    },
    Out,
}

impl Poll {
    pub(crate) fn retry_at_ms(self) -> Option<u64> {
        match self {
            Self::Due { at_ms } if at_ms > 0 => Some(at_ms),
            Self::First | Self::FirstOut(_) | Self::Due { .. } | Self::Out => None,
        }
    }
}

impl Till {
    /// The poll that the till wants to send now, if any; there is one at a time. After a page load the second call aborts
    /// what the first gave: see [`Till::take_aborted`].
    pub fn take_poll(&mut self) -> Option<Outgoing> {
        if self.page.phase != Phase::Open {
            return None;
        }
        match self.page.poll {
            Poll::First => {
                let poll = self.poll(&["pos.longpolling"]);
                self.page.poll = Poll::FirstOut(poll.id);
                Some(poll)
            }
            Poll::FirstOut(first) => {
                self.abort(first);
                Some(self.poll_both())
            }
            Poll::Due { at_ms } if at_ms <= self.clock_ms => Some(self.poll_both()),
            Poll::Due { .. } | Poll::Out => None,
        }
    }

    fn poll_both(&mut self) -> Outgoing {
        self.page.poll = Poll::Out;
        self.poll(&["pos.longpolling", "pos.multi_session"])
    }

    fn poll(&mut self, names: &[&str]) -> Outgoing {
        let channels: Vec<_> = names.iter().map(|name| self.channel(name)).collect();
        let options = json!({ "bus_inactivity": self.clock_ms });
        let id = self.take_request_id();
        let body = call(id, json!({ "channels": channels, "last": self.storage.last, "options": options }));
        self.take_off(id, Purpose::Poll, POLL_TIMEOUT_MS);
        Outgoing { id, path: POLL_PATH, body }
    }

    /// A channel's name on the wire, which is JSON text.
    fn channel(&self, name: &str) -> String {
        json!([self.config.database, name, self.config.pos.0.to_string()]).to_string()
    }

    pub(crate) fn poll_answered(&mut self, reply: Reply) {
        self.page.poll = Poll::Due { at_ms: 0 };
        let Reply::Result(notifications) = reply else {
            self.page.poll = Poll::Due { at_ms: self.clock_ms + 10_000 + self.dice.throw(20) * 1_000 };
            self.network_is_off();
            return;
        };
        let empty = Vec::new();
        let notifications = notifications.as_array().unwrap_or(&empty);
        for notification in notifications {
            self.storage.last = self.storage.last.max(whole(&notification["id"]).unwrap_or_default());
        }
        self.network_is_on();
        for notification in notifications {
            self.notified(&notification["channel"], &notification["message"]);
        }
    }

    fn notified(&mut self, channel: &Value, message: &Value) {
        let parsed = match channel {
            Value::String(text) => serde_json::from_str(text).unwrap_or_default(),
            other => other.clone(),
        };
        match parsed[1].as_str() {
            Some("pos.longpolling") => self.heard_pong(),
            Some("pos.multi_session") => {
                if let Err(crash) = self.message_received(message) {
                    self.popups.push(Popup::Crash(crash));
                }
            }
            Some(_) | None => (),
        }
    }
}
