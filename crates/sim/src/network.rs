//! The network between the tills and the server: connections, and what is on its way.

use std::collections::VecDeque;

use rand::RngExt;
use serde_json::Value;
use tillsync_server::native::connection::Connection;
use tillsync_server::room::audience::Inbox;

use crate::sabotage::Sabotage;
use crate::server::Opening;
use crate::shop::{MANY_TURNS, Shop};

/// A till's connection, and what is on its way.
pub(crate) struct Link {
    pub(crate) connection: Connection,
    pub(crate) inbox: Inbox,
    pub(crate) up: VecDeque<String>,
    pub(crate) down: VecDeque<String>,
}

impl Shop {
    pub(crate) fn connect(&mut self, at: usize, turns: u32) {
        let Some(server) = &self.server else { return };
        if self.links[at].is_some() {
            return;
        }
        // A server that is held at its disk answers nobody before it is let go.
        if turns == MANY_TURNS {
            self.faulty.release();
        }
        match server.open(&self.tills[at].hello(), turns) {
            Opening::Open(connection, welcome, inbox) => {
                self.report.connections += 1;
                let welcome: Value = serde_json::from_str(welcome.as_str()).unwrap_or_default();
                self.tills[at].welcome(&welcome);
                let (up, down) = (VecDeque::new(), VecDeque::new());
                self.links[at] = Some(Link { connection, inbox, up, down });
            }
            Opening::Refused(_) | Opening::Broken => {}
        }
    }

    pub(crate) fn cut(&mut self, at: usize) {
        if let (Some(link), Some(server)) = (self.links[at].take(), &self.server) {
            server.close(link.connection);
        }
        if self.options.sabotage == Sabotage::NewIdEachTime {
            self.tills[at].storage.outbox.iter_mut().for_each(|kept| kept.id.push('x'));
        }
    }

    /// A till's next command goes out, or one that is on its way arrives.
    pub(crate) fn send(&mut self, at: usize) {
        let turns = self.dice.random_range(0..6);
        let (Some(link), Some(server)) = (&mut self.links[at], &self.server) else { return };
        if let Some(message) = self.tills[at].next_to_send() {
            link.up.push_back(message);
        }
        if link.up.len() < 2 && self.dice.random_range(0..2) == 0 {
            return;
        }
        let Some(message) = link.up.pop_front() else { return };
        if server.take(&link.connection, &message, 50).is_err() {
            self.cut(at);
            return;
        }
        server.work(turns);
    }

    /// What the server said is on its way; the next of it arrives.
    pub(crate) fn hear(&mut self, at: usize) {
        let Some(link) = &mut self.links[at] else { return };
        while let Ok(message) = link.inbox.messages.try_recv() {
            link.down.push_back(message.as_str().to_owned());
        }
        let over = link.inbox.messages.is_closed();
        let Some(message) = link.down.pop_front() else {
            if over {
                self.cut(at);
            }
            return;
        };
        let message: Value = serde_json::from_str(&message).unwrap_or_default();
        self.take(at, &message);
    }

    pub(crate) fn take(&mut self, at: usize, message: &Value) {
        match message["type"].as_str().unwrap_or_default() {
            "event" => {
                if self.options.sabotage == Sabotage::LostEvent && self.chance(5) {
                    self.tills[at].replica.seq += 1;
                } else if !self.tills[at].replica.event(message) {
                    self.ledger.wrong.push(format!("A7: till {at} was told {} out of turn", message["seq"]));
                }
            }
            kind @ ("accepted" | "refused") => {
                let number = message["number"].as_u64().unwrap_or_default();
                if kind == "refused" && message.get("seq").is_none() {
                    self.ledger.wrong.push(format!("A4: till {at}: {message}"));
                    return;
                }
                if let Some(kept) = self.tills[at].answered(number) {
                    self.report.answered += 1;
                    self.report.refused += usize::from(kind == "refused");
                    self.ledger.answered.push((kept.id, kind == "accepted"));
                }
            }
            "error" => self.cut(at),
            _ => {}
        }
    }
}
