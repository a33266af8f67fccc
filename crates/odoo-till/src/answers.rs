//! Answers: what the client does with one, in the order in which it does it.

use crate::page::{Phase, Purpose};
use crate::queue::{Errand, SyncAll};
use crate::screen::Popup;
use crate::till::{Leaving, Till};
use crate::wire::{Answer, Reply, RequestId, whole};
use serde_json::Value;

impl Till {
    /// Hands the till what came back for a request or a poll. An answer that nobody waits for any more is ignored.
    pub fn answer(&mut self, id: RequestId, answer: Answer) {
        let Some(flight) = self.page.flights.remove(&id) else { return };
        let reply = answer.read();
        match flight.purpose {
            Purpose::Errand(errand) => self.errand_answered(&errand, reply),
            Purpose::SyncAll => self.sync_all_answered(reply),
            Purpose::Ping => match reply {
                Reply::Result(_) => self.ping_answered(),
                Reply::NoConnection | Reply::Unnamed => self.network_is_off(),
            },
            Purpose::Poll => self.poll_answered(reply),
        }
        self.settle();
    }

    /// First the answer itself, then the flags of the order and all its lines, then the queue's next.
    fn errand_answered(&mut self, errand: &Errand, reply: Reply) {
        let answered = self.heard(reply);
        if let Errand::Update(key) = errand
            && answered
            && let Some(order) = self.page.orders.get_mut(key)
        {
            order.order_on_server = true;
            for line in &mut order.lines {
                line.offline = false;
            }
        }
        self.page.busy = false;
        self.run_queue();
    }

    fn sync_all_answered(&mut self, reply: Reply) {
        let answered = self.heard(reply);
        self.page.sync_all_running = false;
        match (self.page.phase, answered) {
            (Phase::Loading { .. }, true) => self.page_loaded(),
            (Phase::Loading { .. }, false) => self.retry_loading(),
            (Phase::Open | Phase::Closed, _) => (),
        }
    }

    /// What all requests to the Sync Server have in common. Whether there was a result.
    fn heard(&mut self, reply: Reply) -> bool {
        match reply {
            Reply::Result(result) => {
                self.result_received(&result);
                true
            }
            Reply::NoConnection => {
                self.page.link.client_online = false;
                // Before the page is there, there is no light and no popup: it just tries again.
                if self.page.phase == Phase::Open {
                    self.network_is_off();
                    self.lose();
                }
                false
            }
            Reply::Unnamed => {
                self.request_sync_all(SyncAll::Plain);
                false
            }
        }
    }

    fn result_received(&mut self, result: &Value) {
        self.page.link.client_online = true;
        match result["action"].as_str() {
            Some("revision_error") => self.refused(result),
            Some("sync_all") => {
                if let Err(crash) = self.updates_from_server(result) {
                    self.popups.push(Popup::Crash(crash));
                }
            }
            Some(_) | None => (),
        }
        self.found();
        if self.page.phase == Phase::Open {
            self.network_is_on();
        }
        if result["action"] == "update_revision_ID" {
            self.revision_given(result);
        }
    }

    fn refused(&mut self, result: &Value) {
        let uid = result["order_uid"].as_str().unwrap_or_default();
        if result["state"] != "deleted" {
            self.popups.push(Popup::Conflict);
            self.request_sync_all(SyncAll::Only(uid.to_owned()));
        } else if let Some(key) = self.page.find(uid) {
            self.destroy(key, Leaving::Abandon);
        }
    }

    /// The number and the revision. In a restaurant they do not reach an order of a table that is not open any more.
    fn revision_given(&mut self, result: &Value) {
        let Some(uid) = result["uid"].as_str() else { return };
        let shown = self.shown();
        let page = &mut self.page;
        let Some(key) = shown.into_iter().find(|key| page.orders.get(key).is_some_and(|it| it.uid == uid))
        else {
            return;
        };
        let Some(order) = page.orders.get_mut(&key) else { return };
        if let Some(number) = whole(&result["order_ID"]).filter(|number| *number != 0) {
            order.number = number;
            page.next_number = page.next_number.max(number + 1);
        }
        if let Some(revision) = whole(&result["revision_ID"]) {
            order.revision = order.revision.max(revision);
        }
    }
}
