//! One load on one server: tills connect, edit for a while, and what they noted is put together.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::{Duration, Instant};

use anyhow::Context;
use tokio::sync::watch;
use tokio::task::JoinSet;

use super::measured::NativeMeasured;
use super::seat::{self, Role, Seat};
use super::till::{Begin, Editor, Part, Shop, Till};
use super::updates::Updates;

use crate::bench::address::Address;
use crate::bench::measured::Measured;
use crate::bench::process::Usage;
use crate::bench::tally::{Schedule, Tally, count};

/// Tills that connect at once.
const OPENING_MAX: usize = 32;

/// Between the last till's coming and the look at the server's memory: by then everyone knows who is there.
const REST: Duration = Duration::from_secs(2);

/// From when the tills are told that the load begins to the first update.
const BEGIN_AFTER: Duration = Duration::from_millis(500);

/// How long after the end answers are waited for.
const ANSWERS_WITHIN: Duration = Duration::from_secs(30);

/// How long the last events may still be on their way when all is answered.
const DRAIN: Duration = Duration::from_secs(2);

/// How often it is looked whether all is done.
const LOOK_EVERY: Duration = Duration::from_millis(5);

/// What is loaded onto a server.
#[derive(Debug, Clone, Copy)]
pub struct Load {
    /// Tills.
    pub tills: usize,
    /// Multi-sessions that they are spread into.
    pub multi_sessions: usize,
    /// Lines of an order.
    pub lines: usize,
    /// Updates of an editing till.
    pub edits: usize,
    /// Between two updates of an editing till.
    pub every: Duration,
    /// Tills more that only listen.
    pub idle: usize,
}

/// What is kept of a till when it is at work.
struct Opened {
    name: String,
    order: Option<(String, u64)>,
    sent: u64,
}

impl Load {
    /// How many tills edit.
    pub fn editing(&self) -> usize {
        let seats = seat::working(self.tills, self.multi_sessions);
        seats.iter().filter(|seat| seat.role != Role::Hears).count()
    }

    /// When updates are due.
    pub fn schedule(&self, begins: Instant) -> Schedule {
        Schedule { begins, every: self.every, edits: self.edits, tills: self.editing() }
    }

    /// Loads a server and measures it. `server` is its process if it is ours; `mark` names the run.
    pub async fn measure(
        &self,
        url: &str,
        server: Option<u32>,
        mark: &str,
    ) -> anyhow::Result<NativeMeasured> {
        let address = Address::read(url)?;
        let shop = Arc::new(Shop { address, mark: mark.to_owned(), lines: self.lines, tally: Tally::new() });
        let (begin, begun) = watch::channel(None);
        let mut running = JoinSet::new();
        let seats = seat::working(self.tills, self.multi_sessions);
        let opened = open(&seats, &shop, &begun, &mut running).await?;
        let idle_tills = match self.idle {
            0 => None,
            idle => {
                tokio::time::sleep(REST).await;
                let before = server.and_then(Usage::of);
                let idle_seats = seat::idle(idle, self.tills, self.multi_sessions);
                open(&idle_seats, &shop, &begun, &mut running).await?;
                tokio::time::sleep(REST).await;
                let grown = before.zip(server.and_then(Usage::of));
                grown.map(|(before, after)| (idle, after.memory_mib - before.memory_mib))
            }
        };
        tokio::time::sleep(REST).await;
        let schedule = self.schedule(Instant::now() + BEGIN_AFTER);
        let told = Arc::new(plan(&seats, &opened, schedule));
        begin.send_replace(Some(told.clone()));
        tokio::time::sleep_until(schedule.begins.into()).await;
        let before = (server.and_then(Usage::of), Usage::of(std::process::id()));
        let due = self.edits * schedule.tills;
        let answered = || (count(&shop.tally.accepted) + count(&shop.tally.refused)) as usize;
        let in_time = wait_until(schedule.ends() + ANSWERS_WITHIN, &mut running, || answered() >= due).await;
        let took = schedule.begins.elapsed();
        let hearings = |seat: &Seat| if seat.role == Role::Hears { 0 } else { seat.together - 1 };
        let expected = self.edits * seats.iter().map(hearings).sum::<usize>();
        let heard = || shop.tally.seen.summary().0 as usize;
        wait_until(Instant::now() + DRAIN, &mut running, || heard() >= expected).await;
        let wall = schedule.begins.elapsed();
        let after = (server.and_then(Usage::of), Usage::of(std::process::id()));
        running.shutdown().await;
        drop((begin, begun));
        let Begin { updates, .. } = Arc::into_inner(told).context("a till is still at work")?;
        let shop = Arc::into_inner(shop).context("a till is still at work")?;
        let load = Measured {
            in_time,
            took,
            wall,
            due,
            expected,
            server: before.0.zip(after.0),
            own: before.1.zip(after.1),
            tally: Arc::new(shop.tally),
        };
        Ok(NativeMeasured { load, updates: Some(updates), idle_tills, commits: None })
    }
}

/// Waits for something, for a time; whether it came. Without a till at work it will not come.
async fn wait_until(end: Instant, running: &mut JoinSet<()>, is_done: impl Fn() -> bool) -> bool {
    while !is_done() {
        while running.try_join_next().is_some() {}
        if Instant::now() >= end || running.is_empty() {
            return false;
        }
        tokio::time::sleep(LOOK_EVERY).await;
    }
    true
}

/// Connects tills and lets each listen from then on.
async fn open(
    seats: &[Seat],
    shop: &Arc<Shop>,
    begun: &watch::Receiver<Option<Arc<Begin>>>,
    running: &mut JoinSet<()>,
) -> anyhow::Result<HashMap<usize, Opened>> {
    let (mut opened, mut opening) = (HashMap::new(), JoinSet::new());
    let mut waiting = seats.iter().copied();
    loop {
        while opening.len() < OPENING_MAX
            && let Some(seat) = waiting.next()
        {
            opening.spawn(Till::open(seat, shop.clone()));
        }
        let Some(till) = opening.join_next().await else { return Ok(opened) };
        let till = till?.context("a till could not be opened")?;
        let (name, order, sent) = (till.name.clone(), till.order.clone(), till.sent);
        opened.insert(till.index(), Opened { name, order, sent });
        running.spawn(till.run(begun.clone()));
    }
}

/// Who edits what.
fn plan(seats: &[Seat], opened: &HashMap<usize, Opened>, schedule: Schedule) -> Begin {
    let (mut editors, mut parts, mut others) = (HashMap::new(), HashMap::new(), Vec::new());
    for seat in seats {
        let creator = match seat.role {
            Role::Creates => seat.index,
            Role::Joins(creator) => creator,
            Role::Hears => continue,
        };
        let order = opened.get(&creator).and_then(|till| till.order.clone());
        let (Some(till), Some((order, revision))) = (opened.get(&seat.index), order) else { continue };
        let editor = Editor { number: others.len(), before: till.sent };
        editors.insert(till.name.clone(), editor);
        parts.insert(seat.index, Part { editor, order, revision });
        others.push(seat.together - 1);
    }
    Begin { updates: Arc::new(Updates::new(schedule, &others)), editors, parts }
}
