//! Plays one recording: its requests in the order in which they began, its polls held as a browser holds them.

use std::collections::BTreeMap;
use std::time::{Duration, Instant};

use anyhow::Context;
use http::Method;
use serde_json::Value;
use tokio::task::JoinHandle;

use super::answers::{Histories, update};
use super::before::{loaded_tills, page_load, seeds};
use super::compare::same;
use super::explained::Reason;
use super::http::{Answer, Http, cors_fault, preflight_fault};
use super::names::{Names, Target};
use super::recording::{Exchange, Kind, Outcome, Recording};
use super::report::{FileReport, Progress};
use super::till::Till;
use super::verdict::Verdict;

/// How long a recorded message is waited for.
pub(super) const PATIENCE: Duration = Duration::from_millis(1_500);

/// Nothing comes for this long: nothing is coming.
pub(super) const QUIET: Duration = Duration::from_millis(150);

/// A request that was recorded as first has this head start over the next.
const HEAD_START: Duration = Duration::from_millis(25);

/// How long a server gets to notice that a poll was abandoned.
pub(super) const HANG_UP: Duration = Duration::from_millis(80);

/// A deletion soon after a list that lacked the order is taken for the client's own, unless the order was
/// registered this long after the list. The recorded tills were loaded long before.
const AFTER_LIST: Duration = Duration::from_millis(3_100);

const UPDATE_PATH: &str = "/pos_multi_session_sync/update";

type Sent = JoinHandle<anyhow::Result<Answer>>;

/// A recording on its stage.
pub struct Stage<'a> {
    pub(super) http: Http,
    pub(super) recording: &'a Recording,
    pub(super) names: Names,
    pub(super) tills: BTreeMap<String, Till>,
    pub(super) histories: Histories,
    pub(super) sent: BTreeMap<usize, Sent>,
    pub(super) sit_out_polls: bool,
    /// When the tills were given their lists.
    pub(super) listed: Instant,
    pub(super) report: FileReport,
}

/// Plays a recording against a Sync Server.
pub async fn play(
    http: &Http,
    recording: &Recording,
    target: Target,
    shift: i64,
    sit_out_polls: bool,
    progress: &mut Progress,
) -> anyhow::Result<FileReport> {
    let till = |client: String| (client, Till::new(http.clone()));
    let mut stage = Stage {
        http: http.clone(),
        recording,
        names: Names::new(recording, target, shift),
        tills: recording.clients().into_iter().map(till).collect(),
        histories: Histories::new(),
        sent: BTreeMap::new(),
        sit_out_polls,
        listed: Instant::now(),
        report: FileReport::new(recording),
    };
    stage.set_up().await.context("what was there before the recording could not be set up")?;
    let mut moments: Vec<(u64, u8, usize)> = Vec::new();
    for (index, exchange) in recording.exchanges.iter().enumerate() {
        moments.push((exchange.began_ms, 1, index));
        moments.push((exchange.ended_ms.max(exchange.began_ms + 1), 0, index));
    }
    moments.sort_unstable();
    for (_, begins, index) in moments {
        let exchange = &recording.exchanges[index];
        if begins == 1 {
            stage.begin(index, exchange).await;
        } else {
            let verdict = stage.end(index, exchange).await;
            stage.report.note(verdict);
        }
        progress.show(&recording.name, stage.report.requests, recording.exchanges.len());
    }
    stage.finish().await;
    Ok(stage.report)
}

impl Stage<'_> {
    /// Brings the server to where it was when the recording began.
    async fn set_up(&mut self) -> anyhow::Result<()> {
        let headers = [("content-type".to_owned(), "application/json".to_owned())];
        let mut verdict = Verdict::default();
        let loaded = loaded_tills(self.recording);
        // Orders first: the pages load with them.
        for seed in seeds(self.recording) {
            let request = self.names.outgoing("", &seed.request);
            let answer = self.http.post(UPDATE_PATH, &headers, &request).await?;
            let here = answer.body["result"]["revision_ID"].as_i64();
            let here = here.with_context(|| format!("order {} was answered {}", seed.uid, answer.body))?;
            for client in self.tills.keys() {
                self.names.learn_revision(client, &seed.uid, seed.revision, here);
            }
            self.report.seeded.push(format!("{} ({})", seed.uid, seed.source));
        }
        for (client, who) in &loaded {
            let request = self.names.outgoing(client, &page_load(self.recording, who));
            let answer = self.http.post(UPDATE_PATH, &headers, &request).await?;
            let result = self.names.incoming(&answer.body["result"]);
            let Some(till) = self.tills.get_mut(client) else { continue };
            till.who = Some((who.session, who.login));
            till.loaded(result["data"]["message_ID"].as_i64());
            till.take_list(&result["data"], &mut verdict);
            let first =
                self.recording.exchanges.iter().find(|it| it.client == *client && it.kind == Kind::Poll);
            if let Some(first) = first {
                till.poller.start(&self.names.outgoing(client, &first.request), &first.headers, None);
            }
        }
        for (client, _) in &loaded {
            let Some(till) = self.tills.get_mut(client) else { continue };
            till.settle(QUIET, PATIENCE).await;
            till.read(&self.names, &mut verdict);
            till.got.clear();
        }
        self.report.loaded = loaded.into_iter().map(|(client, _)| client).collect();
        // The server's own checks hold from the first message on.
        self.report.found(verdict);
        self.listed = Instant::now();
        Ok(())
    }

    async fn begin(&mut self, index: usize, exchange: &Exchange) {
        let mut verdict = Verdict::default();
        let request = self.names.outgoing(&exchange.client, &exchange.request);
        let Some(till) = self.tills.get_mut(&exchange.client) else { return };
        if exchange.kind == Kind::Poll {
            let last = exchange.request["params"]["last"].as_i64().unwrap_or_default();
            let rewind = till.rewind(last);
            till.poller.start(&request, &exchange.headers, rewind);
            return;
        }
        till.read(&self.names, &mut verdict);
        let message = exchange.message();
        let uid = message["data"]["uid"].as_str().unwrap_or_default();
        match exchange.action() {
            "update_order" => till.screen.sends(&message["data"]),
            "remove_order" => till.screen.removes(uid),
            _ => (),
        }
        if let (Some(session), Some(login)) =
            (message["session_id"].as_i64(), message["login_number"].as_i64())
        {
            till.who = Some((session, login));
        }
        self.report.found(verdict);
        if self.is_deleted_later(exchange) {
            tokio::time::sleep_until((self.listed + AFTER_LIST).into()).await;
        }
        let until = Instant::now() + HEAD_START;
        while self.sent.values().any(|sent| !sent.is_finished()) && Instant::now() < until {
            tokio::time::sleep(Duration::from_millis(1)).await;
        }
        let method = if exchange.kind == Kind::Preflight { Method::OPTIONS } else { Method::POST };
        let (http, path, headers) = (self.http.clone(), exchange.path.clone(), exchange.headers.clone());
        let sent = tokio::spawn(async move { http.send(method, &path, &headers, &request).await });
        self.sent.insert(index, sent);
    }

    /// Whether this registers an order that is deleted in the same recording.
    fn is_deleted_later(&self, exchange: &Exchange) -> bool {
        let uid = &exchange.message()["data"]["uid"];
        let registers = exchange.action() == "update_order" && exchange.result()["revision_ID"] == 1;
        registers
            && self
                .recording
                .exchanges
                .iter()
                .any(|later| later.action() == "remove_order" && later.message()["data"]["uid"] == *uid)
    }

    async fn end(&mut self, index: usize, exchange: &Exchange) -> Verdict {
        if exchange.kind == Kind::Poll {
            return self.end_poll(exchange).await;
        }
        let mut verdict = Verdict::default();
        let Some(mut sent) = self.sent.remove(&index) else { return verdict };
        if exchange.outcome == Outcome::Aborted {
            sent.abort();
            tokio::time::sleep(HANG_UP).await;
            return verdict;
        }
        let patience = if exchange.kind == Kind::FirstPoll { PATIENCE } else { Duration::from_secs(30) };
        let at = format!("{} {} {}", exchange.client, exchange.path, exchange.action());
        let answer = match tokio::time::timeout(patience, &mut sent).await {
            Ok(Ok(Ok(answer))) => answer,
            Ok(Ok(Err(error))) => {
                verdict.fault(format!("{at}: {error:#}"));
                return verdict;
            }
            Ok(Err(_)) | Err(_) => {
                sent.abort();
                match exchange.kind {
                    Kind::FirstPoll => verdict.explain(Reason::FirstPoll),
                    Kind::Preflight | Kind::Update | Kind::Poll | Kind::Ping => {
                        verdict.fault(format!("{at}: no answer"))
                    }
                }
                return verdict;
            }
        };
        self.check_headers(exchange, &answer, &mut verdict);
        if exchange.kind != Kind::Preflight {
            verdict.add(self.check_answer(exchange, &answer));
        }
        verdict
    }

    fn check_headers(&self, exchange: &Exchange, answer: &Answer, verdict: &mut Verdict) {
        let header =
            |name: &str| exchange.headers.iter().find(|(other, _)| other == name).map(|(_, value)| value);
        let origin = header("origin").map_or("null", String::as_str);
        let asked = header("access-control-request-headers").map_or("", String::as_str);
        let fault = match exchange.kind {
            Kind::Preflight => preflight_fault(answer, origin, asked),
            Kind::Update | Kind::Poll | Kind::FirstPoll | Kind::Ping if answer.status != 200 => {
                Some(format!("answered with status {}", answer.status))
            }
            Kind::Update | Kind::Poll | Kind::FirstPoll | Kind::Ping => cors_fault(&answer.headers, origin),
        };
        if let Some(fault) = fault {
            verdict.fault(format!("{} {}: {fault}", exchange.client, exchange.path));
        }
    }

    fn check_answer(&mut self, exchange: &Exchange, answer: &Answer) -> Verdict {
        let mut verdict = Verdict::default();
        let (got, want) = (self.names.incoming(&answer.body["result"]), exchange.result());
        let at = format!("{} {}", exchange.client, exchange.path);
        if answer.body["id"] != exchange.request["id"] {
            verdict.differs(
                &format!("{at}: the id of the answer"),
                &answer.body["id"],
                &exchange.request["id"],
            );
        }
        match exchange.kind {
            Kind::FirstPoll => {
                let says = |list: &Value| {
                    list.as_array().into_iter().flatten().any(|entry| entry["message"] == "PONG")
                };
                match says(&got) == says(want) {
                    true => verdict.explain(Reason::Ids),
                    false => verdict.explain(Reason::FirstPoll),
                }
            }
            Kind::Preflight | Kind::Poll | Kind::Ping if same(&got, want) => (),
            Kind::Preflight | Kind::Poll | Kind::Ping => verdict.differs(&at, &answer.body, want),
            Kind::Update if answer.body.get("error").is_some() => verdict.differs(&at, &answer.body, want),
            Kind::Update => {
                verdict.add(update(&mut self.names, &mut self.histories, exchange, &got));
                if let Some(till) =
                    self.tills.get_mut(&exchange.client).filter(|_| exchange.action() == "update_order")
                {
                    let uid = exchange.message()["data"]["uid"].as_str().unwrap_or_default();
                    till.screen.answered(uid, got["revision_ID"].as_i64());
                }
                if let Some(till) =
                    self.tills.get_mut(&exchange.client).filter(|_| got["action"] == "sync_all")
                {
                    if exchange.message()["immediate_rerendering"] == true {
                        till.loaded(got["data"]["message_ID"].as_i64());
                        till.loaded_at = want["data"]["message_ID"].as_i64().unwrap_or(-1);
                    }
                    till.take_list(&got["data"], &mut verdict);
                }
            }
        }
        verdict
    }
}
