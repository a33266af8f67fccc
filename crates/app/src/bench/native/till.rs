//! A load till: says hello, hears everything, and taps if that is its part. Far lighter than the SDK, but true to the
//! wire in what it claims and in what it takes from answers.

use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Instant;

use anyhow::{Context, bail};
use tokio::sync::watch;

use super::seat::{Role, Seat};
use super::socket::Socket;
use super::updates::{Held, Updates};
use super::wire::{self, COMMANDS_UNANSWERED_MAX, Heard};

use crate::bench::address::Address;
use crate::bench::tally::Tally;

/// What the tills of a run have in common.
pub struct Shop {
    /// Where the server is.
    pub address: Address,
    /// Names the run: its devices and command ids have been in no other.
    pub mark: String,
    /// Lines of an order.
    pub lines: usize,
    /// Where tills note what they measure.
    pub tally: Tally,
}

/// What all tills are told when the load begins.
pub struct Begin {
    /// The updates to come.
    pub updates: Arc<Updates>,
    /// The editing tills, by their names.
    pub editors: HashMap<String, Editor>,
    /// What each editing till does, by its index.
    pub parts: HashMap<usize, Part>,
}

/// Whose updates they are.
#[derive(Debug, Clone, Copy)]
pub struct Editor {
    /// Which of all editing tills, from 0.
    pub number: usize,
    /// Commands that it had sent before the load began.
    pub before: u64,
}

/// What an editing till does.
#[derive(Debug, Clone)]
pub struct Part {
    /// Who it is.
    pub editor: Editor,
    /// The order that it edits.
    pub order: String,
    /// The order's revision when the load begins.
    pub revision: u64,
}

/// A till that is connected.
pub struct Till {
    seat: Seat,
    shop: Arc<Shop>,
    socket: Socket,
    /// What others know it by.
    pub name: String,
    /// The order that it made, and its revision.
    pub order: Option<(String, u64)>,
    seq: u64,
    /// The number of the last command that it sent.
    pub sent: u64,
    answered: u64,
}

impl Till {
    /// Connects, says hello, and makes its order if that is its part.
    pub async fn open(seat: Seat, shop: Arc<Shop>) -> anyhow::Result<Self> {
        let mut socket = Socket::open(&shop.address).await?;
        let device = format!("bench-{}-{}", shop.mark, seat.index);
        socket.send(wire::hello(&seat, &device)).await?;
        let (text, _) = socket.next().await?;
        let welcome: Heard<'_> = serde_json::from_str(&text)?;
        let (Some(name), Some(session), Some(login)) = (welcome.till, welcome.session, welcome.login) else {
            bail!("a hello was answered {text} (the bench's tills are of the database 'bench')");
        };
        let (name, seq, run) = (name.to_owned(), welcome.seq, welcome.run);
        let mut till = Self { seat, shop, socket, name, order: None, seq, sent: 0, answered: 0 };
        if till.seat.role == Role::Creates {
            let uid = format!("{session:05}-{login:03}-0001");
            till.create(&uid, run).await?;
        }
        Ok(till)
    }

    async fn create(&mut self, uid: &str, run: u32) -> anyhow::Result<()> {
        self.sent = 1;
        let create = wire::create(&self.seat, &self.command_id(), uid, run, self.shop.lines);
        self.socket.send(create).await?;
        while self.answered < self.sent {
            let (text, bytes) = self.socket.next().await?;
            let heard: Heard<'_> = serde_json::from_str(&text)?;
            if heard.kind == "refused" {
                bail!("a new order was answered {text}");
            }
            if let (Some(answer), 1) = (&heard.answer, heard.number) {
                self.order = Some((answer.order.unwrap_or(uid).to_owned(), answer.revision));
            }
            self.hear(&heard, bytes, None, &mut 0).await?;
        }
        Ok(())
    }

    /// Which of all tills it is.
    pub fn index(&self) -> usize {
        self.seat.index
    }

    /// Listens, and edits once the load has begun, until it is dropped or its connection fails.
    pub async fn run(mut self, begin: watch::Receiver<Option<Arc<Begin>>>) {
        let failed = self.work(begin).await.err();
        if let Some(error) = failed {
            self.shop.tally.error(format!("a till's connection failed: {error:#}"));
        }
    }

    async fn work(&mut self, mut begin: watch::Receiver<Option<Arc<Begin>>>) -> anyhow::Result<()> {
        let begun = loop {
            tokio::select! {
                told = self.socket.next() => self.told(told?, None, &mut 0).await?,
                changed = begin.changed() => {
                    if changed.is_err() {
                        return Ok(());
                    }
                    if let Some(begun) = begin.borrow_and_update().clone() {
                        break begun;
                    }
                }
            }
        };
        let Some(part) = begun.parts.get(&self.seat.index) else {
            loop {
                let told = self.socket.next().await?;
                self.told(told, Some(&begun), &mut 0).await?;
            }
        };
        self.edit(&begun, part).await
    }

    /// Each edit is sent when it is due, whether or not those before are answered, up to the wire's bound.
    async fn edit(&mut self, begun: &Begin, part: &Part) -> anyhow::Result<()> {
        let updates = &begun.updates;
        let (mut edit, mut held, mut revision) = (1, Held::No, part.revision);
        loop {
            let is_full = self.sent - self.answered >= COMMANDS_UNANSWERED_MAX as u64;
            let due = updates.schedule.due(part.editor.number, edit);
            if is_full && Instant::now() >= due {
                held = Held::ByUnanswered;
            }
            tokio::select! {
                told = self.socket.next() => self.told(told?, Some(begun), &mut revision).await?,
                () = tokio::time::sleep_until(due.into()), if edit <= updates.schedule.edits && !is_full => {
                    self.sent += 1;
                    let (id, line) = (self.command_id(), edit % self.shop.lines + 1);
                    let tap = wire::tap(&self.seat, self.sent, &id, self.answered, line, &part.order, revision);
                    updates.send(part.editor.number, edit, held);
                    let bytes = self.socket.send(tap).await?;
                    updates.sent_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
                    (edit, held) = (edit + 1, Held::No);
                }
            }
        }
    }

    async fn told(
        &mut self,
        (text, bytes): (impl AsRef<str>, usize),
        begun: Option<&Begin>,
        revision: &mut u64,
    ) -> anyhow::Result<()> {
        let heard: Heard<'_> = serde_json::from_str(text.as_ref()).context("a message cannot be read")?;
        self.hear(&heard, bytes, begun, revision).await
    }

    /// Takes what it is told. `revision` is its order's, and goes up with it.
    async fn hear(
        &mut self,
        heard: &Heard<'_>,
        bytes: usize,
        begun: Option<&Begin>,
        revision: &mut u64,
    ) -> anyhow::Result<()> {
        match heard.kind {
            "event" => {
                if heard.seq != self.seq + 1 {
                    self.shop.tally.holes.fetch_add(1, Ordering::Relaxed);
                }
                self.seq = heard.seq;
                if let Some(begun) = begun {
                    self.saw(heard, bytes, begun, revision);
                }
            }
            "accepted" | "refused" => {
                self.answered = self.answered.max(heard.number);
                if let Some(begun) = begun {
                    self.got_answer(heard, bytes, begun);
                }
            }
            "ping" => {
                self.socket.send(wire::pong(heard.at.as_ref())).await?;
            }
            "error" => bail!("the server says: {}", heard.text.as_deref().unwrap_or_default()),
            // Who is there does not matter here.
            _ => {}
        }
        Ok(())
    }

    /// Notes another's update, and how far its own order is.
    fn saw(&self, heard: &Heard<'_>, bytes: usize, begun: &Begin, revision: &mut u64) {
        if let Some(part) = begun.parts.get(&self.seat.index) {
            let mine = heard.changes.iter().filter(|change| change.order == Some(&part.order));
            *revision = mine.map(|change| change.revision).fold(*revision, u64::max);
        }
        let Some(till) = heard.till.filter(|till| *till != self.name) else { return };
        let Some(editor) = begun.editors.get(till) else { return };
        let edit = heard.number.saturating_sub(editor.before) as usize;
        if let Some(sent) = begun.updates.heard(editor.number, edit) {
            self.shop.tally.seen.since(sent);
            begun.updates.heard_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        }
    }

    fn got_answer(&self, heard: &Heard<'_>, bytes: usize, begun: &Begin) {
        let Some(editor) = begun.editors.get(&self.name) else { return };
        let edit = heard.number.saturating_sub(editor.before) as usize;
        let Some(sent) = begun.updates.sent(editor.number, edit) else { return };
        let tally = &self.shop.tally;
        tally.answered.since(sent);
        begun.updates.answer_bytes.fetch_add(bytes as u64, Ordering::Relaxed);
        match &heard.answer {
            Some(answer) => {
                tally.accepted.fetch_add(1, Ordering::Relaxed);
                if !answer.merged_with.is_empty() {
                    tally.merged.fetch_add(1, Ordering::Relaxed);
                }
            }
            None => {
                let refusal = heard.refusal.as_ref().map(ToString::to_string).unwrap_or_default();
                tally.refused(format!("an update was refused: {refusal}"));
            }
        }
    }

    fn command_id(&self) -> String {
        format!("{}-{}-{}", self.shop.mark, self.seat.index, self.sent)
    }
}
