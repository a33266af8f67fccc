//! What a till may ask. One file for one action: its type and its effect.
//!
//! A [`Command`] is one or more actions that are taken together or not at all.

mod cash;
mod close;
mod create;
mod delete;
mod form;
mod move_lines;
mod resolve;
mod restore;
mod run;
mod session;
mod settle;
mod update;

use serde::{Deserialize, Serialize};

pub use cash::{CASH_MOVES_MAX, CASH_REASON_CHARS_MAX, MoveCash};
pub use close::{Close, PAYMENTS_MAX, Pay};
pub use create::{Create, CreatedLine, FORMER_REVISION_MAX, FORMER_REVISION_STEP, OldRun};
pub use delete::Delete;
pub use move_lines::{EmptiedSource, Move, MoveItem, MoveTarget};
pub use resolve::{RESOLUTION_CHARS_MAX, Resolve};
pub use restore::Restore;
pub use run::{BeginRun, RUN_MAX, ResetRun};
pub use session::{
    CloseSession, Drafts, JoinPos, LeavePos, LogIn, NOTED_BYTES_MAX, OpenSession, POSES_MAX, SetActive,
    SetOfflineEdits,
};
pub use settle::{Settle, more};
pub use update::{KeepAside, Update};

use crate::author::{Author, Mark};
use crate::event::{Change, Event};
use crate::id::{BillDigest, CommandId, CreationId, OrderUid};
use crate::multi_session::MultiSession;
use crate::operation::Notice;
use crate::refusal::Refusal;

/// Actions that one command may carry.
pub const ACTIONS_MAX: usize = 100;

/// What a till asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Command {
    /// Random, so that the same id is the same command.
    pub id: CommandId,
    /// Its place among the commands of its till: 1, 2, 3 …; none for tills that do not number (Odoo's).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u64>,
    /// Who.
    pub author: Author,
    /// What, taken together or not at all.
    pub actions: Vec<Action>,
}

/// One thing that a till asks.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(tag = "action", rename_all = "snake_case")]
pub enum Action {
    /// Register an order.
    Create(Create),
    /// Change an order.
    Update(Update),
    /// Keep what was done to a closed order in its history.
    KeepAside(KeepAside),
    /// Move quantities from one order to another: move, split, merge.
    Move(Move),
    /// Record a payment.
    Pay(Pay),
    /// Close an order as paid, if the bill is still what was seen.
    Close(Close),
    /// Book a payment that was taken already, whatever happened meanwhile.
    Settle(Settle),
    /// Delete an order.
    Delete(Delete),
    /// Make an unpaid or deleted order a draft again.
    Restore(Restore),
    /// Say that somebody has looked at what an order needed a look for.
    Resolve(Resolve),
    /// Begin a later run.
    BeginRun(BeginRun),
    /// Put a wrong run number right.
    ResetRun(ResetRun),
    /// Let a POS join.
    JoinPos(JoinPos),
    /// Let a POS leave.
    LeavePos(LeavePos),
    /// Open a POS session.
    OpenSession(OpenSession),
    /// Log a device in.
    LogIn(LogIn),
    /// Put cash into a drawer, or take some out.
    MoveCash(MoveCash),
    /// Close a POS session.
    CloseSession(CloseSession),
    /// Activate or deactivate the multi-session.
    SetActive(SetActive),
    /// Choose what tills may do to known orders without a connection.
    SetOfflineEdits(SetOfflineEdits),
}

impl Action {
    /// The orders that it is about.
    pub fn orders(&self) -> Vec<&OrderUid> {
        match self {
            Action::Create(Create { order, .. })
            | Action::Update(Update { order, .. })
            | Action::KeepAside(KeepAside { order, .. })
            | Action::Pay(Pay { order, .. })
            | Action::Close(Close { order, .. })
            | Action::Settle(Settle { order, .. })
            | Action::Delete(Delete { order, .. })
            | Action::Restore(Restore { order })
            | Action::Resolve(Resolve { order, .. }) => vec![order],
            Action::Move(Move { from, to, .. }) => match to {
                MoveTarget::Order { order, .. } | MoveTarget::New { order, .. } => vec![from, order],
            },
            Action::BeginRun(_)
            | Action::ResetRun(_)
            | Action::JoinPos(_)
            | Action::LeavePos(_)
            | Action::OpenSession(_)
            | Action::LogIn(_)
            | Action::MoveCash(_)
            | Action::CloseSession(_)
            | Action::SetActive(_)
            | Action::SetOfflineEdits(_) => Vec::new(),
        }
    }
}

/// What an accepted command came to.
#[derive(Debug, Clone, Default, PartialEq, Serialize, Deserialize)]
pub struct Answer {
    /// The order that the last action was about, under the uid that it has.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub order: Option<OrderUid>,
    /// That order's number.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub number: Option<u32>,
    /// That order's revision.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub revision: Option<u64>,
    /// The login number that was given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub login: Option<u32>,
    /// Who else had changed the order meanwhile.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub merged_with: Vec<Mark>,
    /// What the author should be told.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub notices: Vec<Notice>,
    /// The number of that order's receipt, once it is paid (rule N7).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub receipt: Option<u64>,
    /// Other orders that the command made or changed.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<OrderUid>,
}

/// A command that is accepted: the event to log, and what to answer once it is on disk.
#[derive(Debug, Clone, PartialEq)]
pub struct Decision {
    /// To be logged at `state.seq + 1`.
    pub event: Event,
    /// To be answered.
    pub answer: Answer,
}

/// Judges a command on the state. Neither clock nor chance: `now_ms` and every id come in.
pub fn decide(state: &MultiSession, command: &Command, now_ms: u64) -> Result<Decision, Refusal> {
    // The number first: only a command whose turn it is uses its number up, whatever else is wrong with it.
    state.admit(command)?;
    if command.actions.is_empty() || command.actions.len() > ACTIONS_MAX {
        return Err(Refusal::bad(format!("a command carries 1 to {ACTIONS_MAX} actions")));
    }
    let mut scratch = Scratch::new(state, &command.author);
    for action in &command.actions {
        scratch.decide(action)?;
    }
    let event = Event {
        seq: state.seq + 1,
        time_ms: now_ms,
        author: command.author.clone(),
        command: command.id.clone(),
        number: command.number,
        changes: scratch.changes,
        refused: None,
    };
    Ok(Decision { event, answer: scratch.answer })
}

/// The event of a refusal that uses the command's number up (rule A4), to be logged at `state.seq + 1`; none for a
/// refusal that does not.
pub fn refused_event(
    state: &MultiSession,
    command: &Command,
    refusal: &Refusal,
    now_ms: u64,
) -> Option<Event> {
    match (command.number, refusal) {
        (None, _) | (_, Refusal::Gap { .. } | Refusal::Renumber { .. }) => None,
        (Some(_), _) => Some(Event {
            seq: state.seq + 1,
            time_ms: now_ms,
            author: command.author.clone(),
            command: command.id.clone(),
            number: command.number,
            changes: Vec::new(),
            refused: Some(refusal.clone()),
        }),
    }
}

/// The state as it grows along one command.
pub(crate) struct Scratch<'a> {
    /// Who asks.
    pub author: &'a Author,
    /// The state after the changes so far.
    pub state: MultiSession,
    /// The changes so far.
    changes: Vec<Change>,
    /// The answer so far.
    pub answer: Answer,
}

impl<'a> Scratch<'a> {
    fn new(state: &MultiSession, author: &'a Author) -> Self {
        Self { author, state: state.clone(), changes: Vec::new(), answer: Answer::default() }
    }

    fn decide(&mut self, action: &Action) -> Result<(), Refusal> {
        form::check(action)?;
        match action {
            Action::Create(create) => create.decide(self),
            Action::Update(update) => update.decide(self),
            Action::KeepAside(keep) => keep.decide(self),
            Action::Move(movement) => movement.decide(self),
            Action::Pay(pay) => pay.decide(self),
            Action::Close(close) => close.decide(self),
            Action::Settle(settle) => settle.decide(self),
            Action::Delete(delete) => delete.decide(self),
            Action::Restore(restore) => restore.decide(self),
            Action::Resolve(resolve) => resolve.decide(self),
            Action::BeginRun(begin) => begin.decide(self),
            Action::ResetRun(reset) => reset.decide(self),
            Action::JoinPos(join) => join.decide(self),
            Action::LeavePos(leave) => leave.decide(self),
            Action::OpenSession(open) => open.decide(self),
            Action::LogIn(log_in) => log_in.decide(self),
            Action::MoveCash(cash) => cash.decide(self),
            Action::CloseSession(close) => close.decide(self),
            Action::SetActive(set) => set.decide(self),
            Action::SetOfflineEdits(set) => set.decide(self),
        }
    }

    /// The order that a till means: the one under this uid, unless the till says by which creation it made it.
    pub fn meant(&self, uid: &OrderUid, creation: Option<&CreationId>) -> Result<OrderUid, Refusal> {
        match (creation, self.state.order(uid)) {
            (Some(creation), Some(known)) if known.creation != *creation => {
                let registered = self.state.created_as(uid, creation);
                registered.ok_or_else(|| Refusal::UnknownOrder { order: uid.clone() })
            }
            (Some(_) | None, _) => Ok(uid.clone()),
        }
    }

    /// Notes a change and lets the state follow it.
    pub fn push(&mut self, change: Change) {
        self.state.apply(&change, self.author);
        self.changes.push(change);
    }

    /// Closes an order as paid: its receipt gets the next number of the POS where that is done (rule N7).
    pub fn paid(&mut self, order: &OrderUid, revision: u64, bill: BillDigest, payments: Vec<String>) {
        let receipt = Some(self.state.next_receipt(self.author.mark.pos.id));
        self.push(Change::Paid { order: order.clone(), revision, bill, payments, receipt });
    }

    /// Answers about this order, as it is now.
    pub fn answer_about(&mut self, uid: &OrderUid) {
        if let Some(former) = self.answer.order.take().filter(|former| former != uid) {
            self.also(former);
        }
        self.answer.also.retain(|other| other != uid);
        let order = self.state.order(uid);
        self.answer.order = Some(uid.clone());
        self.answer.number = order.as_ref().map(|order| order.number);
        self.answer.revision = order.as_ref().map(|order| order.revision);
        self.answer.receipt = order.and_then(|order| order.closing.as_ref()?.receipt);
    }

    /// Notes another order that the command made or changed.
    pub fn also(&mut self, uid: OrderUid) {
        if !self.answer.also.contains(&uid) {
            self.answer.also.push(uid);
        }
    }
}
