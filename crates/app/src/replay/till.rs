//! A till of a recording, on the stage: its poll, its screen, what it was told and what of that was recorded.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::explained::Reason;
use super::http::Http;
use super::names::Names;
use super::poller::Poller;
use super::screen::{News, Screen};
use super::verdict::Verdict;

/// A message that came, in the recording's names.
#[derive(Debug, Clone)]
pub struct Got {
    /// The message.
    pub message: Value,
    /// What it was to the till.
    pub news: News,
    /// Whether a recorded message was found for it.
    pub is_matched: bool,
}

/// A till.
pub struct Till {
    /// Its poll.
    pub poller: Poller,
    /// What it shows.
    pub screen: Screen,
    /// What came, as far as it was read.
    pub got: Vec<Got>,
    /// Its session and login, in the recording's names.
    pub who: Option<(i64, i64)>,
    /// Recorded messages up to this `message_ID` are from before its page load.
    pub loaded_at: i64,
    /// Which `last` it had here when it had seen a recorded id.
    delivered: Vec<(i64, i64)>,
    message_id: Option<i64>,
    read: usize,
}

impl Till {
    /// A till that has done nothing yet.
    pub fn new(http: Http) -> Self {
        Self {
            poller: Poller::new(http),
            screen: Screen::default(),
            got: Vec::new(),
            who: None,
            loaded_at: -1,
            delivered: Vec::new(),
            message_id: None,
            read: 0,
        }
    }

    /// Notes the message number of a page load's answer.
    pub fn loaded(&mut self, message_id: Option<i64>) {
        self.message_id = message_id;
    }

    /// The recorded till had seen recorded ids up to `last`: what it must go back to here, if it had lost an answer.
    pub fn rewind(&mut self, recorded_last: i64) -> Option<i64> {
        let lost = self.delivered.iter().position(|(recorded, _)| *recorded > recorded_last)?;
        self.delivered.truncate(lost);
        Some(self.delivered.last().map_or(0, |(_, here)| *here))
    }

    /// The recorded till has seen this id.
    pub fn delivered(&mut self, recorded_id: i64) {
        self.delivered.push((recorded_id, self.poller.last()));
    }

    /// Reads what has come since.
    pub fn read(&mut self, names: &Names, verdict: &mut Verdict) {
        for told in self.poller.told(self.read) {
            self.read += 1;
            let message = names.incoming(&told.message);
            let kind = if message.is_string() { "pos.longpolling" } else { "pos.multi_session" };
            if !told.channel.contains(kind) {
                verdict.fault(format!("channel {} holds the message {message}", told.channel));
            }
            let news = self.take(&message, verdict);
            self.got.push(Got { message, news, is_matched: false });
        }
        for fault in self.poller.take_faults() {
            verdict.fault(fault);
        }
    }

    fn take(&mut self, message: &Value, verdict: &mut Verdict) -> News {
        let data = &message["data"];
        if let Some(id) = data["message_ID"].as_i64() {
            // A message that is told again after a lost answer has its number again.
            if let Some(before) = self.message_id.filter(|before| id > before + 1) {
                verdict.fault(format!("message_ID goes from {before} to {id}: a hole"));
            }
            self.message_id = self.message_id.max(Some(id));
        }
        let from = (message["session_id"].as_i64(), message["login_number"].as_i64());
        let is_own = self.who.is_some_and(|(session, login)| from == (Some(session), Some(login)));
        match message["action"].as_str() {
            Some("sync_all") => self.take_list(data, verdict),
            Some("update_order") if !is_own => self.screen.told(data, verdict),
            Some("remove_order") if !is_own => {
                let uid = data["uid"].as_str().unwrap_or_default();
                let news = if self.screen.shows(uid) { News::Change } else { News::Nothing };
                self.screen.removes(uid);
                news
            }
            Some(_) | None => News::Nothing,
        }
    }

    /// Takes a list, from a message or an answer.
    pub fn take_list(&mut self, data: &Value, verdict: &mut Verdict) -> News {
        let mut news = News::Nothing;
        for order in data["orders"].as_array().into_iter().flatten() {
            if self.screen.told(&order["data"], verdict) == News::Change {
                news = News::Change;
            }
        }
        news
    }

    /// Waits until nothing has come for `quiet`, for `at_most` altogether.
    pub async fn settle(&mut self, quiet: Duration, at_most: Duration) {
        let until = Instant::now() + at_most;
        loop {
            let known = self.poller.answered();
            if !self.poller.wait(known, quiet).await || Instant::now() > until {
                return;
            }
        }
    }

    /// What came and was not recorded: each with its reason, or as a fault.
    pub fn leftovers(&mut self, merged: bool, is_recorded: impl Fn(&str) -> bool, verdict: &mut Verdict) {
        for got in self.got.iter().filter(|got| !got.is_matched) {
            let uid = got.message["data"]["uid"].as_str().unwrap_or_default();
            match got.message["action"].as_str() {
                Some("update_order" | "sync_all" | "remove_order") if got.news == News::Nothing => {
                    verdict.explain(Reason::ToldAgain);
                }
                // Told while the till was deleting it, and then told to be gone.
                Some("update_order") if is_recorded(uid) && !self.screen.shows(uid) => {
                    verdict.explain(Reason::ToldAgain);
                }
                Some("update_order") if !is_recorded(uid) && merged => verdict.explain(Reason::Paid),
                Some("update_order") if !is_recorded(uid) => verdict.explain(Reason::OtherOrders),
                Some(_) if merged => verdict.explain(Reason::AfterMerge),
                Some(_) | None => {
                    verdict.differs("a message that was not recorded", &got.message, &Value::Null)
                }
            }
        }
    }
}
