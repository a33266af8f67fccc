//! A model till: a replica, an outbox, a storage that outlives it. It shows only what is confirmed; what a screen
//! would show on top of that changes nothing of what is sent.

use serde_json::{Value, json};

use crate::replica::{Replica, items};

/// What a till keeps through a restart of its own.
#[derive(Debug, Clone, Default)]
pub struct Storage {
    /// The name of the storage.
    pub device: String,
    /// POS session and login, once it has them.
    pub login: Option<(u64, u64)>,
    /// The last number of an order or line that it gave.
    pub counter: u64,
    /// The last number of a command.
    pub number: u64,
    /// Commands, oldest first, until they are answered.
    pub outbox: Vec<Kept>,
    /// What it knew when that was last saved: the replica, of which server and epoch.
    pub saved: Option<(Replica, String, u64)>,
}

/// A command in the outbox.
#[derive(Debug, Clone)]
pub struct Kept {
    /// Its number.
    pub number: u64,
    /// Its id.
    pub id: String,
    /// What it asks.
    pub actions: Value,
}

/// A till.
#[derive(Debug, Clone)]
pub struct Till {
    /// Its place in the shop, from 0.
    pub at: usize,
    /// What is durable.
    pub storage: Storage,
    /// What is confirmed.
    pub replica: Replica,
    /// The server and the epoch that the replica is of.
    pub of: Option<(String, u64)>,
    /// Up to this number of the outbox everything was sent on this connection.
    pub sent: u64,
}

impl Till {
    /// A till with an empty storage.
    pub fn new(at: usize) -> Self {
        let storage = Storage { device: format!("dev-{at}"), ..Storage::default() };
        Self { at, storage, replica: Replica::default(), of: None, sent: 0 }
    }

    /// Loses its memory, and begins with what it kept.
    pub fn restart(&mut self) {
        let saved = self.storage.saved.clone();
        let (replica, of) = match saved {
            Some((replica, server, epoch)) => (replica, Some((server, epoch))),
            None => (Replica::default(), None),
        };
        (self.replica, self.of, self.sent) = (replica, of, 0);
    }

    /// Who is at it.
    pub fn mark(&self) -> (Value, Value) {
        let at = self.at + 1;
        (json!({"id": at, "name": format!("User {at}")}), json!({"id": at, "name": format!("POS {at}")}))
    }

    /// Its first message.
    pub fn hello(&self) -> String {
        let (user, pos) = self.mark();
        let mut hello = json!({
            "type": "hello", "protocol": 1, "app": "sim", "database": "main", "multi_session": 1, "pos": pos,
            "user": user, "device": self.storage.device, "open_session": true,
        });
        if let Some((session, login)) = self.storage.login {
            hello["session"] = session.into();
            hello["login"] = login.into();
        }
        if let Some((server, epoch)) = &self.of {
            hello["server"] = server.as_str().into();
            hello["epoch"] = (*epoch).into();
            hello["seq"] = self.replica.seq.into();
            hello["seq_ms"] = self.replica.seq_ms.into();
            hello["run"] = self.replica.run.into();
        }
        hello.to_string()
    }

    /// Takes the answer to its `hello`.
    pub fn welcome(&mut self, welcome: &Value) {
        self.replica.welcome(welcome);
        let server = welcome["server"].as_str().unwrap_or_default().to_owned();
        self.of = Some((server, welcome["epoch"].as_u64().unwrap_or_default()));
        self.storage.login = welcome["session"].as_u64().zip(welcome["login"].as_u64());
        self.sent = 0;
    }

    /// A uid for a new order; none without a login.
    pub fn new_uid(&mut self) -> Option<String> {
        let (session, login) = self.storage.login?;
        self.storage.counter += 1;
        Some(format!("{session:05}-{login:03}-{:04}", self.storage.counter))
    }

    /// A uid for a new line.
    pub fn new_line(&mut self) -> String {
        self.storage.counter += 1;
        format!("{}-{}", self.storage.device, self.storage.counter)
    }

    /// Keeps a command.
    pub fn keep(&mut self, actions: Value) -> String {
        self.storage.number += 1;
        let (number, device) = (self.storage.number, &self.storage.device);
        let id = format!("{device}-c{number}");
        self.storage.outbox.push(Kept { number, id: id.clone(), actions });
        id
    }

    /// The next command that was not sent on this connection, as a message.
    pub fn next_to_send(&mut self) -> Option<String> {
        let (user, _) = self.mark();
        let kept = self.storage.outbox.iter().find(|kept| kept.number > self.sent)?;
        self.sent = kept.number;
        let answered = self.storage.outbox[0].number - 1;
        let message = json!({
            "type": "command", "number": kept.number, "id": kept.id, "answered": answered, "user": user,
            "actions": kept.actions,
        });
        Some(message.to_string())
    }

    /// Takes an answer: the command that it is for, if it waited for one.
    pub fn answered(&mut self, number: u64) -> Option<Kept> {
        let at = self.storage.outbox.iter().position(|kept| kept.number == number)?;
        Some(self.storage.outbox.remove(at))
    }

    /// Drafts that it knows, but for one, with at least one line.
    pub fn others(&self, but: &str) -> Vec<&Value> {
        let orders = self.replica.orders.values();
        orders.filter(|order| order["uid"] != but && !items(&order["lines"]).is_empty()).collect()
    }
}
