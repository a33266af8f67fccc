//! A till's long poll: held, answered, asked again, as a browser does.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use serde_json::Value;
use tokio::sync::Notify;
use tokio::task::JoinHandle;

use super::http::{Http, cors_fault};

/// A message that came by a poll.
#[derive(Debug, Clone)]
pub struct Told {
    /// The channel, as it was named.
    pub channel: String,
    /// The message.
    pub message: Value,
}

#[derive(Debug, Default)]
struct Inbox {
    told: Vec<Told>,
    last: i64,
    empty_answers: usize,
    faults: Vec<String>,
}

/// A till's poll.
pub struct Poller {
    http: Http,
    inbox: Arc<Mutex<Inbox>>,
    bell: Arc<Notify>,
    task: Option<JoinHandle<()>>,
}

impl Poller {
    /// A poll that is not held yet.
    pub fn new(http: Http) -> Self {
        Self { http, inbox: Arc::default(), bell: Arc::default(), task: None }
    }

    /// The largest id that was seen.
    pub fn last(&self) -> i64 {
        lock(&self.inbox).last
    }

    /// Polls from now on. With `rewind`, the till never got what came after that id.
    pub fn start(&mut self, request: &Value, headers: &[(String, String)], rewind: Option<i64>) {
        if let Some(last) = rewind {
            self.stop();
            lock(&self.inbox).last = last;
        }
        if self.task.as_ref().is_some_and(|task| !task.is_finished()) {
            return;
        }
        let (http, inbox, bell) = (self.http.clone(), self.inbox.clone(), self.bell.clone());
        let (mut request, headers) = (request.clone(), headers.to_vec());
        self.task = Some(tokio::spawn(async move {
            loop {
                request["params"]["last"] = lock(&inbox).last.into();
                let answer = http.post("/longpolling/poll", &headers, &request).await;
                let mut inbox = lock(&inbox);
                let goes_on = match answer {
                    Ok(answer) => {
                        let origin = headers.iter().find(|(name, _)| name == "origin");
                        let fault = origin.and_then(|(_, origin)| cors_fault(&answer.headers, origin));
                        inbox.faults.extend(fault);
                        inbox.take(&answer.body)
                    }
                    Err(error) => {
                        inbox.faults.push(format!("a poll failed: {error:#}"));
                        false
                    }
                };
                bell.notify_waiters();
                if !goes_on {
                    return;
                }
            }
        }));
    }

    /// Hangs up.
    pub fn stop(&mut self) {
        if let Some(task) = self.task.take() {
            task.abort();
        }
    }

    /// What came, from the `first` message on.
    pub fn told(&self, first: usize) -> Vec<Told> {
        lock(&self.inbox).told.get(first..).unwrap_or_default().to_vec()
    }

    /// How many messages came, and how many polls were answered with nothing.
    pub fn answered(&self) -> (usize, usize) {
        let inbox = lock(&self.inbox);
        (inbox.told.len(), inbox.empty_answers)
    }

    /// What went wrong since this was last asked.
    pub fn take_faults(&self) -> Vec<String> {
        std::mem::take(&mut lock(&self.inbox).faults)
    }

    /// Waits until something is answered, for this long at most. Whether something was.
    pub async fn wait(&self, known: (usize, usize), at_most: Duration) -> bool {
        let answered = self.bell.notified();
        tokio::pin!(answered);
        answered.as_mut().enable();
        if self.answered() != known {
            return true;
        }
        tokio::time::timeout(at_most, answered).await.is_ok()
    }
}

impl Drop for Poller {
    fn drop(&mut self) {
        self.stop();
    }
}

impl Inbox {
    /// Takes a poll's answer; whether the till polls on.
    fn take(&mut self, answer: &Value) -> bool {
        let Some(entries) = answer["result"].as_array() else {
            self.faults.push(format!("a poll was answered {answer}"));
            return false;
        };
        self.empty_answers += usize::from(entries.is_empty());
        for entry in entries {
            let id = entry["id"].as_i64().unwrap_or_default();
            if id <= self.last {
                self.faults.push(format!("a poll after {} was answered with the entry {id}", self.last));
            }
            self.last = self.last.max(id);
            let channel = entry["channel"].as_str().unwrap_or_default().to_owned();
            self.told.push(Told { channel, message: entry["message"].clone() });
        }
        true
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
