//! What a room does for tills of our own: lets them in, takes their commands, tells them what happens.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use serde_json::{Value, json};
use tillsync_core::command::{Action, Command, Decision, decide, refused_event};
use tillsync_core::event::Event;
use tillsync_core::id::{CommandId, OrderUid, Till};
use tillsync_core::multi_session::{LastCommand, MultiSession};
use tillsync_core::protocol::{ErrorCode, Hello, SentCommand, ServerMessage, session_of};
use tillsync_core::refusal::Refusal;
use tillsync_store::{Append, Appended, SideRow, StoreError};
use tokio::sync::oneshot;

use super::audience::{Inbox, Waits};
use super::task::{RoomTask, STALE_MAX};
use crate::clock::now_ms;
use crate::native::message::{Goodbye, Text, error};

/// The kind of the rows that hold what was answered to numbered commands.
const ANSWER: &str = "till.answer";

/// Answers that are kept for a till that does not say which it has; older ones are forgotten.
const ANSWERS_MAX: usize = 1_000;

/// What a connection asks of its room.
pub enum NativeRequest {
    /// A till comes.
    Join {
        /// Who it is.
        hello: Box<Hello>,
        /// Takes what it is told, or why it is not let in.
        reply: oneshot::Sender<Result<Joined, Goodbye>>,
    },
    /// A connection's till wants something done; it is answered by its outbox.
    Command {
        /// The connection.
        member: u64,
        /// The command.
        command: Box<SentCommand>,
        /// What is wrong with its form, if anything is: then it has no actions.
        fault: Option<String>,
    },
    /// Which order is on the screen.
    Presence {
        /// The connection.
        member: u64,
        /// The order.
        order: Option<OrderUid>,
        /// Commands without an answer, and what else is said of them.
        waits: Waits,
    },
    /// A `ping`.
    Ping {
        /// The connection.
        member: u64,
        /// Comes back with the `pong`.
        at: Value,
    },
    /// The connection is gone.
    Leave {
        /// The connection.
        member: u64,
    },
}

/// A connection that was let in.
pub struct Joined {
    /// Its number in the room.
    pub member: u64,
    /// What it is told from now on.
    pub inbox: Inbox,
    /// What it is told first.
    pub welcome: Text,
}

/// What was answered to a till's numbered commands, as far as it may ask again.
#[derive(Default)]
pub(super) struct TillBook {
    answers: BTreeMap<u64, Given>,
}

/// What was answered to a command.
#[derive(Clone)]
struct Given {
    id: CommandId,
    /// The message, without the order of a refusal.
    message: ServerMessage,
}

/// A command that waits.
struct Asked {
    member: u64,
    command: Box<SentCommand>,
    fault: Option<String>,
}

/// A command, judged.
struct Judged {
    member: u64,
    till: Till,
    number: u64,
    id: CommandId,
    answered: u64,
    event: Option<Event>,
    message: ServerMessage,
}

impl RoomTask {
    /// Takes what waits, in order; commands that stand together land together.
    pub(super) async fn take_native(&mut self, requests: Vec<NativeRequest>) {
        let mut commands = Vec::new();
        for request in requests {
            if let NativeRequest::Command { member, command, fault } = request {
                commands.push(Asked { member, command, fault });
                continue;
            }
            self.take_commands(std::mem::take(&mut commands)).await;
            match request {
                NativeRequest::Join { hello, reply } => {
                    let joined = self.join(&hello).await;
                    if let Err(Ok(left)) = reply.send(joined) {
                        // Whoever asked is gone already.
                        self.audience.leave(left.member);
                    }
                }
                NativeRequest::Presence { member, order, waits } => {
                    self.audience.note_presence(member, order, waits, now_ms());
                }
                NativeRequest::Ping { member, at } => {
                    let pong = ServerMessage::Pong { at, seq: self.book.state.seq };
                    self.audience.tell(member, &pong);
                }
                NativeRequest::Leave { member } => self.audience.leave(member),
                NativeRequest::Command { .. } => {}
            }
        }
        self.take_commands(commands).await;
    }

    /// Reads what the store has of a till, unless that is known.
    pub(super) async fn know(&mut self, till: &Till) -> Result<(), StoreError> {
        if self.tills.contains_key(till) {
            return Ok(());
        }
        let rows = self.store.side(&self.id, ANSWER, &format!("{till}|")).await?;
        let read = |(key, value): (String, Value)| {
            let number: u64 = key.rsplit('|').next()?.parse().ok()?;
            let id = CommandId::new(value["id"].as_str()?);
            let message = serde_json::from_value(value["message"].clone()).ok()?;
            Some((number, Given { id, message }))
        };
        let answers: BTreeMap<u64, Given> = rows.into_iter().filter_map(read).collect();
        if let Some((number, given)) = answers.last_key_value()
            && *number > self.last(till)
        {
            let last = LastCommand { number: *number, id: given.id.clone() };
            self.book.state.tills.insert(till.clone(), last);
        }
        self.tills.insert(till.clone(), TillBook { answers });
        Ok(())
    }

    pub(super) fn last(&self, till: &Till) -> u64 {
        self.book.state.tills.get(till).map_or(0, |last| last.number)
    }

    async fn take_commands(&mut self, mut batch: Vec<Asked>) {
        if batch.is_empty() {
            return;
        }
        for _ in 0..STALE_MAX {
            match self.land_commands(&batch).await {
                Ok(Appended::Landed) => return,
                Ok(Appended::Stale) | Err(StoreError::Unknown(_)) => {
                    // What landed after all is known by its number, and is answered as it was.
                    if let Err(failed) = self.catch_up().await {
                        self.fail(&mut batch, &failed);
                        return;
                    }
                }
                Err(failed) => {
                    self.fail(&mut batch, &failed);
                    return;
                }
            }
        }
        self.fail(&mut batch, &StoreError::Busy);
    }

    /// Nothing of the batch is there: its tills connect again, and send again.
    fn fail(&mut self, batch: &mut Vec<Asked>, failed: &StoreError) {
        let why = self.busy(failed);
        for asked in batch.drain(..) {
            self.audience.dismiss(asked.member, why.clone());
        }
    }

    pub(super) fn busy(&self, failed: &StoreError) -> Goodbye {
        self.failed(failed);
        let text = match failed {
            StoreError::Full(_) => "the Sync Server's disk is full; make room, tills go on offline meanwhile",
            _ => "the Sync Server cannot write now; the till tries again by itself",
        };
        error(ErrorCode::Busy, text)
    }

    /// Judges a batch, lands it, answers it. On an error nothing has changed and nobody has been answered.
    async fn land_commands(&mut self, batch: &[Asked]) -> Result<Appended, StoreError> {
        for asked in batch {
            self.supply_orders(&asked.command).await?;
            if let Some(till) = self.audience.member(asked.member).and_then(|member| member.till.clone()) {
                self.know(&till).await?;
            }
        }
        let mut scratch = self.book.clone();
        let now = now_ms();
        let mut judged: Vec<Judged> = Vec::new();
        for Asked { member, command, fault } in batch {
            let Some(sender) = self.audience.member(*member) else { continue };
            let Some(till) = sender.till.clone() else {
                let refusal =
                    Refusal::session("log in before you send commands: say hello with open_session");
                let message =
                    ServerMessage::Refused { number: command.number, seq: None, refusal, order: None };
                self.audience.tell(*member, &message);
                continue;
            };
            let pos = sender.mark.pos.clone();
            let renumbers = |other: &Judged| other.member == *member && other.is_renumber();
            let renumber = sender.is_to_renumber || judged.iter().any(renumbers);
            let again = judged
                .iter()
                .find(|other| other.till == till && other.number == command.number && other.id == command.id);
            let given = self.tills.get(&till).and_then(|book| book.answers.get(&command.number));
            let mut one = Judged {
                member: *member,
                till: till.clone(),
                number: command.number,
                id: command.id.clone(),
                answered: command.answered.min(command.number.saturating_sub(1)),
                event: None,
                message: ServerMessage::Gone { till: till.clone() },
            };
            one.message = match (again, given) {
                (Some(again), _) => again.message.clone(),
                (None, Some(given)) if given.id == command.id => given.message.clone(),
                (None, _) if renumber => {
                    let (number, seq, order) = (command.number, None, None);
                    ServerMessage::Refused { number, seq, refusal: Refusal::Renumber { number }, order }
                }
                (None, _) => {
                    let mut command = (**command).clone();
                    if fault.is_some() {
                        // Who it was could not be read with the rest of it.
                        command.user = sender.mark.user.clone();
                    }
                    let command = command.of(till, pos);
                    let (event, message) = judge(&scratch.state, command, fault.as_deref(), now);
                    if let Some(event) = &event {
                        scratch.follow(event);
                    }
                    one.event = event;
                    message
                }
            };
            judged.push(one);
        }
        let events: Vec<Event> = judged.iter().filter_map(|judged| judged.event.clone()).collect();
        if !events.is_empty() {
            let mut touched: Vec<OrderUid> = events.iter().flat_map(MultiSession::touched_by).collect();
            touched.sort();
            touched.dedup();
            let append = Append {
                room: self.id.clone(),
                expected_seq: self.book.state.seq,
                orders: touched.iter().filter_map(|uid| scratch.state.order(uid)).collect(),
                summary: scratch.state.summary(),
                answers: Vec::new(),
                events,
                side: self.answer_rows(&judged),
            };
            if self.append(append).await? == Appended::Stale {
                return Ok(Appended::Stale);
            }
        }
        self.book = scratch;
        self.answer_commands(judged, now);
        Ok(Appended::Landed)
    }

    /// The rows of what is answered now, and of what its tills have in their storage and need not be kept.
    fn answer_rows(&self, judged: &[Judged]) -> Vec<SideRow> {
        let kind: Arc<str> = ANSWER.into();
        let key = |till: &Till, number: u64| format!("{till}|{number:012}");
        let mut rows = Vec::new();
        let mut answered: HashMap<&Till, u64> = HashMap::new();
        for one in judged.iter().filter(|one| one.event.is_some()) {
            let value = json!({"id": one.id, "message": one.message});
            rows.push(SideRow { kind: kind.clone(), key: key(&one.till, one.number), value: Some(value) });
            let most = answered.entry(&one.till).or_default();
            *most = (*most).max(one.answered);
        }
        for (till, answered) in answered {
            let gone = self.tills.get(till).into_iter().flat_map(|book| book.answers.range(..=answered));
            rows.extend(gone.map(|(number, _)| SideRow {
                kind: kind.clone(),
                key: key(till, *number),
                value: None,
            }));
        }
        rows
    }

    /// Everyone is told what landed, then each sender is answered.
    fn answer_commands(&mut self, judged: Vec<Judged>, now: u64) {
        let state = Arc::new(self.book.state.clone());
        for one in judged {
            if let Some(event) = &one.event {
                self.told(&state, event, now);
                let answers = &mut self.tills.entry(one.till.clone()).or_default().answers;
                answers.retain(|number, _| *number > one.answered);
                answers.insert(one.number, Given { id: one.id.clone(), message: one.message.clone() });
                if answers.len() > ANSWERS_MAX {
                    answers.pop_first();
                }
            }
            if one.is_renumber() {
                self.audience.has_to_renumber(one.member);
            }
            let message = with_order(one.message, &state);
            let outcome = match &message {
                ServerMessage::Accepted { .. } => "accepted",
                _ => "refused",
            };
            metrics::counter!("tillsync_commands_total", "outcome" => outcome).increment(1);
            self.audience.tell(one.member, &message);
        }
        self.forget_long_closed();
    }

    /// Reads the orders that a command is about and memory lacks.
    async fn supply_orders(&mut self, command: &SentCommand) -> Result<(), StoreError> {
        for uid in command.actions.iter().flat_map(Action::orders) {
            self.supply_order(uid).await?;
            let made = self.book.state.order(uid).map(|order| order.follow_ups.clone()).unwrap_or_default();
            for uid in &made {
                self.supply_order(uid).await?;
            }
        }
        Ok(())
    }

    pub(super) async fn supply_order(&mut self, uid: &OrderUid) -> Result<(), StoreError> {
        if self.book.state.order(uid).is_some() {
            return Ok(());
        }
        if let Some(order) = self.store.order(&self.id, uid).await? {
            if order.state.is_closed() {
                self.closed.push_back(uid.clone());
            }
            self.book.supply_order(order);
        }
        Ok(())
    }
}

impl Judged {
    fn is_renumber(&self) -> bool {
        matches!(&self.message, ServerMessage::Refused { refusal: Refusal::Renumber { .. }, .. })
    }
}

/// What a command comes to: the event to log, if any, and what is answered.
fn judge(
    state: &MultiSession,
    mut command: Command,
    fault: Option<&str>,
    now_ms: u64,
) -> (Option<Event>, ServerMessage) {
    let session = session_of(&command.author.till);
    for action in &mut command.actions {
        // Its own, and not the one that somebody has opened there since.
        if let Action::CloseSession(close) = action {
            close.session = close.session.or(session);
        }
    }
    let number = command.number.unwrap_or_default();
    let foreign = command.actions.iter().any(|action| !action.is_a_tills());
    let own = command.author.mark.pos.id;
    let elsewhere = |action: &Action| matches!(action, Action::CloseSession(close) if close.pos != own);
    let decided = match (foreign, state.admit(&command)) {
        (_, Err(refusal)) => Err(refusal),
        (_, Ok(())) if fault.is_some() => Err(Refusal::bad(fault.unwrap_or_default())),
        (_, Ok(())) if command.actions.iter().any(elsewhere) => {
            Err(Refusal::bad("a till closes the session of its own POS"))
        }
        (true, Ok(())) => {
            Err(Refusal::bad("this action is not for tills; docs/PROTOCOL.md lists theirs (W8)"))
        }
        (false, Ok(())) => decide(state, &command, now_ms),
    };
    match decided {
        Ok(Decision { event, answer }) => {
            let message = ServerMessage::Accepted { number, seq: event.seq, answer };
            (Some(event), message)
        }
        Err(refusal) => {
            let event = refused_event(state, &command, &refusal, now_ms);
            let seq = event.as_ref().map(|event| event.seq);
            (event, ServerMessage::Refused { number, seq, refusal, order: None })
        }
    }
}

/// A refusal with the order that it is about, as it now stands.
fn with_order(message: ServerMessage, state: &MultiSession) -> ServerMessage {
    match message {
        ServerMessage::Refused { number, seq, refusal, .. } => {
            // Under the uid of an order that is unknown to its till there may be another customer's.
            let of = match &refusal {
                Refusal::UnknownOrder { .. } => None,
                _ => refusal.order(),
            };
            let order = of.and_then(|uid| state.order(uid)).map(|order| order.replica());
            ServerMessage::Refused { number, seq, refusal, order }
        }
        other => other,
    }
}
