//! Every message between a till of our own and the server (docs/PROTOCOL.md, "The wire"), on one screen.
//!
//! They are JSON objects with a member `type`. How they travel (WebSocket, long polling) is the server's business.

use serde::{Deserialize, Serialize};
use serde_json::Value;

use crate::author::{Author, Mark, Pos, User};
use crate::command::{Action, Answer, Command};
use crate::event::{Change, Event, Registered};
use crate::id::{CommandId, OrderUid, Till};
use crate::json::Fields;
use crate::multi_session::{MultiSession, OfflineEdits};
use crate::order::OrderState;
use crate::refusal::Refusal;

/// The version that this is. A message of another kind, or with another meaning, makes another version.
pub const PROTOCOL: u32 = 1;

/// The largest message of a till, in bytes.
pub const MESSAGE_BYTES_MAX: usize = 2 * 1024 * 1024;

/// Commands that a till may send before the first of them is answered.
pub const COMMANDS_UNANSWERED_MAX: usize = 64;

/// Messages that wait for a till that does not read; beyond it is cut off.
pub const OUTBOX_MESSAGES_MAX: usize = 1_000;

/// Messages of one `send` of long polling.
pub const SEND_MESSAGES_MAX: usize = 64;

/// What a till says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum TillMessage {
    /// First of all (W3).
    Hello(Box<Hello>),
    /// What its user did (W8).
    Command(Box<SentCommand>),
    /// Which order is on its screen, and how many commands of its wait (W16).
    Presence {
        /// The order; none for none.
        order: Option<OrderUid>,
        /// Commands without an answer.
        #[serde(default)]
        unsent: u64,
        /// How old the oldest of these is, in milliseconds; none where there is none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        oldest_ms: Option<u64>,
        /// How long the last command took from being sent to being answered, in milliseconds; none where none was.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        delay_ms: Option<u64>,
    },
    /// Are you there? (W14)
    Ping {
        /// Comes back with the `pong`.
        at: Value,
    },
    /// I am.
    Pong {
        /// From the `ping`.
        at: Value,
    },
}

/// What the server says.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum ServerMessage {
    /// The answer to `hello` (W4).
    Welcome(Box<Welcome>),
    /// What has happened (W6).
    Event(Box<TillEvent>),
    /// A command was taken (W9).
    Accepted {
        /// Its number.
        number: u64,
        /// Its event's place in the log.
        seq: u64,
        /// What it came to.
        answer: Answer,
    },
    /// A command was not taken (W9).
    Refused {
        /// Its number.
        number: u64,
        /// Its event's place in the log; none for one that used no number up.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        seq: Option<u64>,
        /// Why.
        refusal: Refusal,
        /// The order that it is about, as it now stands: a replica.
        order: Option<Value>,
    },
    /// Who is there, with which order open (W16).
    Presence(Present),
    /// A till went away.
    Gone {
        /// Which.
        till: Till,
    },
    /// The shop's records have changed: products, prices, people (W18).
    Records {
        /// The number of the database's last change.
        change: u64,
    },
    /// Are you there? (W14)
    Ping {
        /// Comes back with the `pong`.
        at: Value,
    },
    /// I am.
    Pong {
        /// From the `ping`.
        at: Value,
        /// How far the multi-session's log is.
        seq: u64,
    },
    /// Why the server does not go on; then it closes (W13).
    Error {
        /// What it is.
        code: ErrorCode,
        /// What a person may do.
        text: String,
        /// The versions that the server speaks, where that is the matter.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        protocols: Vec<u32>,
    },
}

/// Who a till is, and what it has.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Hello {
    /// The version that it speaks.
    pub protocol: u32,
    /// The program and its version, for people who look after tills.
    #[serde(default)]
    pub app: String,
    /// The database.
    pub database: String,
    /// The multi-session.
    pub multi_session: i64,
    /// The POS.
    pub pos: Pos,
    /// Who is at it.
    pub user: User,
    /// The name of its durable storage.
    pub device: String,
    /// The POS session that it was logged in to.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<u32>,
    /// The login number that it got there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<u32>,
    /// Whether to open the POS's session if it has none.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub open_session: bool,
    /// The server that its replica is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub server: Option<String>,
    /// The epoch that its replica is of.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub epoch: Option<u64>,
    /// The run that its replica is in.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub run: Option<u32>,
    /// How far its replica is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq: Option<u64>,
    /// When the event at that place was taken, as it was told: a log that has another one there is another history.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub seq_ms: Option<u64>,
}

/// A command as a till sends it: its author follows from the connection.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SentCommand {
    /// Its place among the till's commands: 1, 2, 3 …
    pub number: u64,
    /// Random.
    pub id: CommandId,
    /// Up to this number the till has every answer in its durable storage.
    #[serde(default)]
    pub answered: u64,
    /// Who did it.
    pub user: User,
    /// The device's own clock, in milliseconds since 1970.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub device_time_ms: Option<u64>,
    /// What was done, taken together or not at all.
    pub actions: Vec<Action>,
}

/// What a till is told when it comes.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Welcome {
    /// The version that is spoken from here on.
    pub protocol: u32,
    /// Which server.
    pub server: String,
    /// The epoch of its logs.
    pub epoch: u64,
    /// Its clock, in milliseconds since 1970.
    pub time_ms: u64,
    /// The database.
    pub database: String,
    /// The multi-session.
    pub multi_session: i64,
    /// Whether its POSes share their orders.
    pub active: bool,
    /// What tills may do to known orders without a connection.
    pub offline_edits: OfflineEdits,
    /// The till that it is; none without a login.
    pub till: Option<Till>,
    /// The POS session that it is logged in to.
    pub session: Option<u32>,
    /// Its login number there.
    pub login: Option<u32>,
    /// Whether that session is open still.
    pub session_open: bool,
    /// The number of the last command that was taken from it.
    pub last_command: u64,
    /// The run.
    pub run: u32,
    /// How far the log is, and with what follows the till's replica.
    pub seq: u64,
    /// When the event at that place was taken, in milliseconds since 1970; 0 if that is not known.
    #[serde(default)]
    pub seq_ms: u64,
    /// What happened after the till's seq.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tail: Option<Vec<Value>>,
    /// The replica as it is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub snapshot: Option<Snapshot>,
    /// Who else is there.
    pub present: Vec<Present>,
}

/// Every draft, as tills replicate it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// The replicas.
    pub orders: Vec<Value>,
}

/// Somebody at a till.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Present {
    /// Which till.
    pub till: Till,
    /// Who.
    #[serde(flatten)]
    pub mark: Mark,
    /// The order on its screen.
    pub order: Option<OrderUid>,
    /// Commands of its without an answer.
    pub unsent: u64,
}

/// An event as tills are told it: without what no replica keeps.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct TillEvent {
    /// Its place in the log.
    pub seq: u64,
    /// The server's time, in milliseconds since 1970.
    pub time_ms: u64,
    /// Which till's command it is.
    pub till: Till,
    /// That command's number, for tills that number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// Who, and where.
    #[serde(flatten)]
    pub mark: Mark,
    /// What changed.
    pub changes: Vec<Change>,
    /// Orders that come back into the replica: whole, as they stand then or later.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub brings: Vec<Value>,
}

/// Why the server does not go on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ErrorCode {
    /// The versions do not fit.
    Protocol,
    /// Not of the form that the document shows.
    BadMessage,
    /// The address gives no access to what was asked for.
    Access,
    /// Too much waited for the till.
    TooSlow,
    /// The same till has connected a second time.
    Replaced,
    /// The server stops.
    Stopping,
    /// The server cannot serve now.
    Busy,
}

impl Hello {
    /// The till that says so: `DEVICE/SSSSS-LLL`; none while it has no login.
    pub fn till(&self) -> Option<Till> {
        Some(till_name(&self.device, self.session?, self.login?))
    }

    /// Who and where.
    pub fn mark(&self) -> Mark {
        Mark { user: self.user.clone(), pos: self.pos.clone() }
    }
}

/// The name of a till: its device, POS session and login number.
pub fn till_name(device: &str, session: u32, login: u32) -> Till {
    Till::new(format!("{device}/{session:05}-{login:03}"))
}

/// The POS session in the name of a till of ours; none for a name of another form.
pub fn session_of(till: &Till) -> Option<u32> {
    let (_, login) = till.as_str().rsplit_once('/')?;
    login.split_once('-')?.0.parse().ok()
}

impl SentCommand {
    /// The command, with its author.
    pub fn of(self, till: Till, pos: Pos) -> Command {
        let author =
            Author { till, mark: Mark { user: self.user, pos }, device_time_ms: self.device_time_ms };
        Command { id: self.id, number: Some(self.number), author, actions: self.actions }
    }
}

impl Action {
    /// Whether tills may ask for it (W8).
    pub fn is_a_tills(&self) -> bool {
        match self {
            Action::Create(_)
            | Action::Update(_)
            | Action::KeepAside(_)
            | Action::Move(_)
            | Action::Pay(_)
            | Action::Close(_)
            | Action::Settle(_)
            | Action::Delete(_)
            | Action::Restore(_)
            | Action::CloseSession(_) => true,
            Action::BeginRun(_)
            | Action::ResetRun(_)
            | Action::JoinPos(_)
            | Action::LeavePos(_)
            | Action::OpenSession(_)
            | Action::LogIn(_)
            | Action::Resolve(_)
            | Action::MoveCash(_)
            | Action::SetActive(_)
            | Action::SetOfflineEdits(_) => false,
        }
    }
}

impl TillEvent {
    /// The event as tills are told it; `state` is the one after it, or a later one.
    pub fn new(event: &Event, state: &MultiSession) -> Self {
        let back = event.changes.iter().filter_map(|change| match change {
            Change::Renumbered { order, .. } => state.order(order),
            _ => None,
        });
        let back = back.filter(|order| order.state == OrderState::Draft);
        Self {
            seq: event.seq,
            time_ms: event.time_ms,
            till: event.author.till.clone(),
            number: event.number,
            mark: event.author.mark.clone(),
            changes: event.changes.iter().map(for_tills).collect(),
            brings: back.map(|order| order.replica()).collect(),
        }
    }
}

/// A change without what tills of other makes say of themselves.
fn for_tills(change: &Change) -> Change {
    match change {
        Change::Registered(registered) => {
            let lines = registered.lines.iter().cloned().map(|mut line| {
                line.carried = Fields::new();
                line
            });
            Change::Registered(Box::new(Registered {
                lines: lines.collect(),
                carried: Fields::new(),
                ..(**registered).clone()
            }))
        }
        Change::Updated { order, revision, operations, touched, .. } => Change::Updated {
            order: order.clone(),
            revision: *revision,
            operations: operations.clone(),
            carried: Fields::new(),
            carried_lines: Default::default(),
            touched: touched.clone(),
        },
        other => other.clone(),
    }
}
