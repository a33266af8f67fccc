//! A recording: what a browser sent, what it was answered, and when.

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, bail};
use serde_json::Value;

/// The three routes of a Sync Server.
const ROUTES: [&str; 3] = ["/pos_multi_session_sync/update", "/longpolling/poll", "/pos_longpolling/update"];

/// How long a till may pause between two polls and still count as polling, in milliseconds.
const POLL_PAUSE_MS: u64 = 1_000;

/// What the request was.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// `OPTIONS`.
    Preflight,
    /// `/pos_multi_session_sync/update`
    Update,
    /// The long poll of both channels.
    Poll,
    /// The first poll of a page, which names only `pos.longpolling`.
    FirstPoll,
    /// `/pos_longpolling/update`
    Ping,
}

/// What came of it.
#[derive(Debug, Clone, PartialEq)]
pub enum Outcome {
    /// It was answered with this body.
    Answered(Value),
    /// The browser hung up.
    Aborted,
}

/// A request with its answer.
#[derive(Debug, Clone)]
pub struct Exchange {
    /// Which till, as the recording calls it.
    pub client: String,
    /// What it was.
    pub kind: Kind,
    /// The path below the Sync Server's address.
    pub path: String,
    /// The headers that are sent along.
    pub headers: Vec<(String, String)>,
    /// The body; null for a preflight.
    pub request: Value,
    /// What came of it.
    pub outcome: Outcome,
    /// When it was sent, in milliseconds since 1970.
    pub began_ms: u64,
    /// When it was over.
    pub ended_ms: u64,
    /// For a poll: whether the till polls on at once when this one is answered.
    pub polls_on: bool,
}

impl Exchange {
    /// `params.message`.
    pub fn message(&self) -> &Value {
        &self.request["params"]["message"]
    }

    /// `params.message.action`.
    pub fn action(&self) -> &str {
        self.message()["action"].as_str().unwrap_or_default()
    }

    /// The `result` of the answer.
    pub fn result(&self) -> &Value {
        match &self.outcome {
            Outcome::Answered(response) => &response["result"],
            Outcome::Aborted => &Value::Null,
        }
    }
}

/// A recording.
#[derive(Debug, Clone)]
pub struct Recording {
    /// The file's name without its ending.
    pub name: String,
    /// Where it lies; its siblings may know orders from before.
    pub folder: PathBuf,
    /// Its exchanges, in the order in which they began.
    pub exchanges: Vec<Exchange>,
    /// Calls of other routes, which are left out.
    pub skipped: usize,
    /// Lines that the recorder wrote twice.
    pub doubled: usize,
}

impl Recording {
    /// Reads a file.
    pub fn read(path: &Path) -> anyhow::Result<Self> {
        let text = fs::read_to_string(path).with_context(|| format!("{} cannot be read", path.display()))?;
        let name = path.file_stem().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        let folder = path.parent().unwrap_or(Path::new(".")).to_owned();
        Self::parse(name, folder, &text).with_context(|| format!("{} is no recording", path.display()))
    }

    /// Reads the text of a recording.
    pub fn parse(name: String, folder: PathBuf, text: &str) -> anyhow::Result<Self> {
        let mut recording = Self { name, folder, exchanges: Vec::new(), skipped: 0, doubled: 0 };
        let mut known = BTreeSet::new();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| !line.trim().is_empty()) {
            let line: Value =
                serde_json::from_str(line).with_context(|| format!("line {} is no JSON", number + 1))?;
            if line.get("note").is_some() {
                continue;
            }
            let path = line["path"].as_str().unwrap_or_default();
            if !ROUTES.contains(&path) {
                recording.skipped += 1;
            } else if known.insert(format!("{} {} {}", line["client"], line["t_ms"], line["request"]["id"])) {
                recording.exchanges.push(exchange(&line).with_context(|| format!("line {}", number + 1))?);
            } else {
                recording.doubled += 1;
            }
        }
        recording.exchanges.sort_by_key(|exchange| exchange.began_ms);
        recording.end_polls();
        Ok(recording)
    }

    /// Finds out when aborted requests were aborted, and after which polls the till polled on.
    fn end_polls(&mut self) {
        for at in 0..self.exchanges.len() {
            let this = &self.exchanges[at];
            let later = self.exchanges[at + 1..].iter().filter(|later| later.client == this.client);
            let ended_ms = match this.outcome {
                Outcome::Answered(_) => this.ended_ms,
                Outcome::Aborted => later.clone().next().map_or(this.began_ms + 1, |next| next.began_ms),
            };
            let answered = matches!(this.outcome, Outcome::Answered(_));
            let next_poll = later.filter(|later| later.kind == Kind::Poll).map(|later| later.began_ms).next();
            let polls_on = answered && next_poll.is_some_and(|next| next < ended_ms + POLL_PAUSE_MS);
            let this = &mut self.exchanges[at];
            (this.ended_ms, this.polls_on) = (ended_ms, polls_on);
        }
    }

    /// The tills, in the order in which they appear: each with its first exchange that says who it is.
    pub fn clients(&self) -> Vec<String> {
        let mut clients: Vec<String> = Vec::new();
        for exchange in &self.exchanges {
            if !clients.contains(&exchange.client) {
                clients.push(exchange.client.clone());
            }
        }
        clients
    }

    /// Every order as some message in here has it, with its revision.
    pub fn orders(&self) -> impl Iterator<Item = &Value> {
        self.exchanges.iter().flat_map(|exchange| {
            let mut orders = Vec::new();
            let result = exchange.result();
            let told = result.as_array().into_iter().flatten().map(|entry| &entry["message"]);
            for message in told.chain([result]) {
                let list = message["data"]["orders"].as_array().into_iter().flatten();
                orders.extend(list.chain([message]).map(|order| &order["data"]));
            }
            orders.into_iter().filter(|order| order["lines"].is_array())
        })
    }
}

fn exchange(line: &Value) -> anyhow::Result<Exchange> {
    let text = |key: &str| line[key].as_str().with_context(|| format!("{key} is missing"));
    let path = text("path")?.to_owned();
    let channels = line["request"]["params"]["channels"].as_array().map_or(0, Vec::len);
    let kind = match (text("method")?, path.as_str()) {
        ("OPTIONS", _) => Kind::Preflight,
        ("POST", "/longpolling/poll") if channels == 1 => Kind::FirstPoll,
        ("POST", "/longpolling/poll") => Kind::Poll,
        ("POST", "/pos_longpolling/update") => Kind::Ping,
        ("POST", _) => Kind::Update,
        (method, _) => bail!("a {method} was not expected"),
    };
    let began_ms = line["t_ms"].as_u64().context("t_ms is missing")?;
    let headers = line["request_headers"].as_object().into_iter().flatten();
    let headers = headers.filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    Ok(Exchange {
        client: text("client")?.to_owned(),
        kind,
        path,
        headers: headers.collect(),
        request: line["request"].clone(),
        outcome: match line.get("aborted") {
            Some(_) => Outcome::Aborted,
            None => Outcome::Answered(line["response"].clone()),
        },
        began_ms,
        ended_ms: began_ms + line["took_ms"].as_u64().unwrap_or(0),
        polls_on: false,
    })
}
