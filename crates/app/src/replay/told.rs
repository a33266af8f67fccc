//! What the tills are told by their polls, compared with what the recorded ones were told.

use std::time::{Duration, Instant};

use serde_json::Value;

use super::answers::{history, list};
use super::compare::{History, order};
use super::explained::Reason;
use super::recording::{Exchange, Outcome};
use super::screen::News;
use super::stage::{HANG_UP, PATIENCE, QUIET, Stage};
use super::till::Got;
use super::verdict::Verdict;

/// How long a poll may be held when polls are sat out.
const HELD_MAX: Duration = Duration::from_secs(61);

impl Stage<'_> {
    /// A recorded poll is over: everything that it brought must have come here, too.
    pub(super) async fn end_poll(&mut self, exchange: &Exchange) -> Verdict {
        let mut verdict = Verdict::default();
        let Some(till) = self.tills.get_mut(&exchange.client) else { return verdict };
        let entries = exchange.result().as_array().cloned().unwrap_or_default();
        if exchange.outcome == Outcome::Aborted {
            till.poller.stop();
            tokio::time::sleep(HANG_UP).await;
            return verdict;
        }
        if entries.is_empty() {
            let known = till.poller.answered();
            let held = if self.sit_out_polls { HELD_MAX } else { QUIET };
            if !till.poller.wait(known, held).await && self.sit_out_polls {
                verdict.fault(format!("{}: a poll was not answered within 61 s", exchange.client));
            }
        }
        let until = Instant::now() + PATIENCE;
        for entry in entries {
            verdict.add(self.find(&exchange.client, &entry["message"], until).await);
            let Some(till) = self.tills.get_mut(&exchange.client) else { continue };
            till.delivered(entry["id"].as_i64().unwrap_or_default());
        }
        if !exchange.polls_on
            && let Some(till) = self.tills.get_mut(&exchange.client)
        {
            till.settle(QUIET, PATIENCE).await;
            till.poller.stop();
            tokio::time::sleep(HANG_UP).await;
        }
        verdict
    }

    /// Finds the recorded message among those that came; waits for it.
    async fn find(&mut self, client: &str, want: &Value, until: Instant) -> Verdict {
        let mut verdict = Verdict::default();
        let older = self.tills.get(client).map_or(-1, |till| till.loaded_at);
        if want["data"]["message_ID"].as_i64().is_some_and(|id| id <= older) {
            verdict.explain(Reason::OlderMessages);
            return verdict;
        }
        let uid = want["data"]["uid"].as_str().unwrap_or_default().to_owned();
        let recorded = want["data"]["revision_ID"].as_i64().unwrap_or_default();
        let target = self.names.revision_here(&uid, recorded);
        let above = self.names.revision_below(&uid, recorded);
        loop {
            let Some(till) = self.tills.get_mut(client) else { return verdict };
            till.read(&self.names, &mut verdict);
            let alike = |got: &Value| {
                got["action"] == want["action"]
                    && (got["data"]["uid"] == want["data"]["uid"] || got["data"]["uid"] == "nobody")
                    && got.is_string() == want.is_string()
            };
            let revision = |got: &Value| got["data"]["revision_ID"].as_i64();
            let exact = till.got.iter().position(|got| {
                let here = revision(&got.message);
                let fits = target.map_or(above.is_none_or(|above| here > Some(above)), |it| here == Some(it));
                let fits = fits || want["action"] != "update_order";
                !got.is_matched && alike(&got.message) && fits
            });
            let later = || {
                let is_later =
                    |got: &Value| target.is_some_and(|it| revision(got).is_some_and(|got| got > it));
                let found = |got: &Got| alike(&got.message) && is_later(&got.message);
                till.got.iter().position(found).filter(|_| want["action"] == "update_order")
            };
            if let Some(found) = exact.or_else(later) {
                let is_exact = exact.is_some();
                let got = &mut till.got[found];
                got.is_matched = true;
                let message = got.message.clone();
                if want["action"] == "remove_order" && got.news == News::Nothing {
                    let is_own = till.who.map(|(session, login)| (Some(session), Some(login)))
                        == Some((want["session_id"].as_i64(), want["login_number"].as_i64()));
                    verdict.explain(if is_own { Reason::Ids } else { Reason::ToldAgain });
                    return verdict;
                }
                verdict.add(self.compare(client, &message, want, is_exact));
                return verdict;
            }
            let known = till.poller.answered();
            let is_over = Instant::now() >= until || self.is_no_news(client, want);
            let Some(till) = self.tills.get(client) else { return verdict };
            if is_over {
                break;
            }
            till.poller.wait(known, until.saturating_duration_since(Instant::now())).await;
        }
        self.missing(client, want, &uid, &mut verdict);
        verdict
    }

    /// Whether the message would tell the till nothing.
    fn is_no_news(&self, client: &str, want: &Value) -> bool {
        let uid = want["data"]["uid"].as_str().unwrap_or_default();
        let gone = self.tills.get(client).is_some_and(|till| till.screen.is_gone(uid));
        want["action"] == "remove_order" && gone && history(&self.histories, uid) == History::Merged
    }

    fn missing(&self, client: &str, want: &Value, uid: &str, verdict: &mut Verdict) {
        let unchanged = format!("{uid}@{}", want["data"]["revision_ID"]);
        let gone = self.tills.get(client).is_some_and(|till| till.screen.is_gone(uid));
        match want["action"].as_str() {
            Some("remove_order") if gone => verdict.explain(Reason::ToldOnce),
            Some("update_order") if self.histories.contains_key(&unchanged) => {
                verdict.explain(Reason::NoChange)
            }
            Some("update_order") if history(&self.histories, uid) == History::Merged => {
                verdict.explain(Reason::AfterMerge)
            }
            Some(_) | None => {
                let came: Vec<Value> = self
                    .tills
                    .get(client)
                    .into_iter()
                    .flat_map(|till| &till.got)
                    .map(|got| got.message.clone())
                    .collect();
                verdict.differs(
                    &format!("{client}: a recorded message did not come; what came"),
                    &came.into(),
                    want,
                );
            }
        }
    }

    fn compare(&mut self, client: &str, got: &Value, want: &Value, is_exact: bool) -> Verdict {
        let mut verdict = Verdict::default();
        let (here, there) = (&got["data"], &want["data"]);
        let uid = there["uid"].as_str().unwrap_or_default().to_owned();
        let at = format!("{client} is told {}", want["action"].as_str().unwrap_or_default());
        match want["action"].as_str() {
            None => verdict.explain(Reason::Ids),
            Some("sync_all") => {
                verdict.add(list(&mut self.names, &self.histories, client, got, want, &at));
            }
            Some(_) => {
                let told = if is_exact { history(&self.histories, &uid) } else { History::Merged };
                if !is_exact {
                    verdict.explain(Reason::LatestState);
                }
                let senders = ["session_id", "login_number"].iter().all(|key| got[*key] == want[*key]);
                if !senders && told == History::Plain {
                    verdict.differs(&format!("{at} {uid}: session_id, login_number"), got, want);
                }
                let revisions = (there["revision_ID"].as_i64(), here["revision_ID"].as_i64());
                if let (Some(recorded), Some(here), true) = (revisions.0, revisions.1, is_exact) {
                    self.names.learn_revision(client, &uid, recorded, here);
                }
                verdict.add(order(&mut self.names, told, here, there, &at));
            }
        }
        verdict
    }

    /// Looks at what came and was not recorded.
    pub(super) async fn finish(&mut self) {
        let merged = self.histories.values().any(|history| *history == History::Merged);
        let mut verdict = Verdict::default();
        for till in self.tills.values_mut() {
            till.settle(QUIET, PATIENCE).await;
            till.read(&self.names, &mut verdict);
            till.leftovers(merged, |uid| self.names.is_recorded(uid), &mut verdict);
            till.poller.stop();
        }
        tokio::time::sleep(HANG_UP).await;
        self.report.found(verdict);
    }
}
