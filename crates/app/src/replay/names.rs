//! What this server calls otherwise than the recorded one: logins, orders, revisions, numbers.
//!
//! A recording can be played again and again: its tills get logins that were never used, and with them every uid
//! is a new one.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use serde_json::Value;

use super::recording::Recording;

/// A multi-session on the server that is played against.
#[derive(Debug, Clone)]
pub struct Target {
    /// The database.
    pub database: String,
    /// The multi-session.
    pub multi_session: i64,
}

/// The names of one recording.
pub struct Names {
    target: Target,
    recorded_database: String,
    shift: i64,
    /// `00001-004-` here, what it is there.
    prefixes: Vec<(String, String)>,
    revisions: HashMap<String, BTreeMap<i64, i64>>,
    claims: HashMap<(String, String), BTreeMap<i64, i64>>,
    numbers: BTreeMap<i64, i64>,
}

impl Names {
    /// Names for a recording, all logins moved up by `shift`.
    pub fn new(recording: &Recording, target: Target, shift: i64) -> Self {
        let mut logins = BTreeSet::new();
        let mut recorded_database = target.database.clone();
        for exchange in &recording.exchanges {
            let text = format!("{}{}", exchange.request, exchange.result());
            logins.extend(prefixes(&text));
            if let Some(database) = exchange.request["params"]["dbname"].as_str() {
                recorded_database = database.to_owned();
            }
        }
        let there = |(session, login): (i64, i64)| {
            (format!("{session:05}-{login:03}-"), format!("{session:05}-{:03}-", login + shift))
        };
        let prefixes = logins.into_iter().map(there).collect();
        let (revisions, claims) = (HashMap::new(), HashMap::new());
        Self { target, recorded_database, shift, prefixes, revisions, claims, numbers: BTreeMap::new() }
    }

    /// A recorded request as this server must get it.
    pub fn outgoing(&self, client: &str, recorded: &Value) -> Value {
        let mut request = self.translate(recorded, Direction::There);
        let params = &mut request["params"];
        if params["multi_session_id"].is_number() {
            params["multi_session_id"] = self.target.multi_session.into();
        }
        for key in ["dbname", "db_name"] {
            if params[key].is_string() {
                params[key] = self.target.database.clone().into();
            }
        }
        for channel in params["channels"].as_array_mut().into_iter().flatten() {
            if let Some(text) = channel.as_str() {
                *channel = text.replacen(&self.recorded_database, &self.target.database, 1).into();
            }
        }
        let uid = recorded["params"]["message"]["data"]["uid"].as_str().map(str::to_owned);
        if let Some(uid) = uid {
            let data = &mut params["message"]["data"];
            self.claim(client, &uid, data);
            let order_data = data["order_data"].as_str().and_then(|text| serde_json::from_str(text).ok());
            if let Some(mut order_data) = order_data.filter(Value::is_object) {
                self.claim(client, &uid, &mut order_data["data"]);
                data["order_data"] = order_data.to_string().into();
            }
        }
        request
    }

    fn claim(&self, client: &str, uid: &str, order: &mut Value) {
        if let Some(revision) = order["revision_ID"].as_i64() {
            order["revision_ID"] = self.revision(client, uid, revision).into();
        }
        let number = order["sequence_number"].as_i64().and_then(|number| self.numbers.get(&number));
        if let Some(number) = number {
            order["sequence_number"] = (*number).into();
        }
    }

    /// Something that this server said, in the recording's names.
    pub fn incoming(&self, said: &Value) -> Value {
        self.translate(said, Direction::Here)
    }

    fn translate(&self, value: &Value, direction: Direction) -> Value {
        match value {
            Value::String(text) => self.rename(text, direction).into(),
            Value::Array(items) => items.iter().map(|item| self.translate(item, direction)).collect(),
            Value::Object(fields) => fields
                .iter()
                .map(|(key, value)| match (key.as_str(), value.as_i64(), direction) {
                    ("login_number", Some(login), Direction::There) => {
                        (key.clone(), (login + self.shift).into())
                    }
                    ("login_number", Some(login), Direction::Here) if login >= self.shift => {
                        (key.clone(), (login - self.shift).into())
                    }
                    _ => (key.clone(), self.translate(value, direction)),
                })
                .collect(),
            Value::Null | Value::Bool(_) | Value::Number(_) => value.clone(),
        }
    }

    fn rename(&self, text: &str, direction: Direction) -> String {
        let mut text = text.to_owned();
        for (here, there) in &self.prefixes {
            text = match direction {
                Direction::There => text.replace(here, there),
                Direction::Here => text.replace(there, here),
            };
        }
        text
    }

    /// The revision that the client would claim here, where the recorded one claimed `recorded`.
    fn revision(&self, client: &str, uid: &str, recorded: i64) -> i64 {
        let own =
            self.claims.get(&(client.to_owned(), uid.to_owned())).and_then(|known| known.get(&recorded));
        let any = || self.revisions.get(uid).and_then(|known| known.get(&recorded));
        own.or_else(any).copied().unwrap_or(recorded)
    }

    /// A client has learned a revision: the recorded one, and the one here.
    pub fn learn_revision(&mut self, client: &str, uid: &str, recorded: i64, here: i64) {
        self.revisions.entry(uid.to_owned()).or_default().entry(recorded).or_insert(here);
        self.claims.entry((client.to_owned(), uid.to_owned())).or_default().insert(recorded, here);
    }

    /// The revision here that is the recorded one.
    pub fn revision_here(&self, uid: &str, recorded: i64) -> Option<i64> {
        self.revisions.get(uid)?.get(&recorded).copied()
    }

    /// The revision here of the latest recorded one before this.
    pub fn revision_below(&self, uid: &str, recorded: i64) -> Option<i64> {
        self.revisions.get(uid)?.range(..recorded).next_back().map(|(_, here)| *here)
    }

    /// A number that was given: the recorded one, and the one here. False if they cannot be the same order's.
    pub fn learn_number(&mut self, recorded: i64, here: i64) -> bool {
        if let Some(known) = self.numbers.get(&recorded) {
            return *known == here;
        }
        let before = self.numbers.range(..recorded).next_back();
        let after = self.numbers.range(recorded + 1..).next();
        let fits =
            before.is_none_or(|(_, number)| *number < here) && after.is_none_or(|(_, number)| *number > here);
        self.numbers.insert(recorded, here);
        fits
    }

    /// Whether a uid, in the recording's names, is of a till of the recording.
    pub fn is_recorded(&self, uid: &str) -> bool {
        self.prefixes.iter().any(|(here, _)| uid.starts_with(here))
    }

    /// The number here that is the recorded one.
    pub fn number_here(&self, recorded: i64) -> Option<i64> {
        self.numbers.get(&recorded).copied()
    }
}

#[derive(Debug, Clone, Copy)]
enum Direction {
    There,
    Here,
}

/// Every `SSSSS-LLL-` before a counter in the text: session and login.
fn prefixes(text: &str) -> BTreeSet<(i64, i64)> {
    let digits = |text: &str| !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit());
    let words = text.split(|c: char| !c.is_ascii_digit() && c != '-');
    let found = words.filter_map(|word| {
        let mut parts = word.split('-');
        let (session, login, counter) = (parts.next()?, parts.next()?, parts.next()?);
        let is_uid = session.len() == 5 && login.len() == 3 && counter.len() >= 4;
        let is_uid = is_uid && [session, login, counter].into_iter().all(digits);
        is_uid.then(|| Some((session.parse().ok()?, login.parse().ok()?)))?
    });
    found.collect()
}
