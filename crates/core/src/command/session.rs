//! POSes, their sessions and logins, and the end of a run.

use serde::{Deserialize, Serialize};

use super::Scratch;
use crate::author::User;
use crate::event::Change;
use crate::json::Fields;
use crate::multi_session::OfflineEdits;
use crate::refusal::Refusal;

/// POSes that one multi-session may have.
pub const POSES_MAX: usize = 1_000;

/// Bytes of what is counted and noted at the beginning or the end of a session, as JSON.
pub const NOTED_BYTES_MAX: usize = 16 * 1024;

/// It stays in the multi-session's state for as long as the session is the POS's last one.
fn check_noted(noted: &Fields) -> Result<(), Refusal> {
    let bytes = serde_json::to_string(noted).map_or(usize::MAX, |text| text.len());
    match bytes > NOTED_BYTES_MAX {
        true => Err(Refusal::too_large("bytes of what was counted and noted", NOTED_BYTES_MAX)),
        false => Ok(()),
    }
}

/// Let a POS join the multi-session. That it is in no other one is for the store to see to: one transaction
/// over both logs.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct JoinPos {
    /// The POS's id.
    pub pos: i64,
    /// Its name.
    pub name: String,
    /// The last receipt number that it gave in another multi-session: its numbers go on from there (rule N7).
    #[serde(default, skip_serializing_if = "crate::event::is_none_yet")]
    pub receipts: u64,
}

impl JoinPos {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        let is_new = !scratch.state.poses.contains_key(&self.pos);
        if is_new && scratch.state.poses.len() >= POSES_MAX {
            return Err(Refusal::too_large("POSes in one multi-session", POSES_MAX));
        }
        let is_renamed = scratch.state.poses.get(&self.pos).is_none_or(|seat| seat.name != self.name);
        if is_renamed || self.receipts >= scratch.state.next_receipt(self.pos) {
            let (pos, name, receipts) = (self.pos, self.name.clone(), self.receipts);
            scratch.push(Change::PosJoined { pos, name, receipts });
        }
        Ok(())
    }
}

/// Let a POS leave the multi-session: only while its session is closed and its devices have sent everything
/// (rule S1).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LeavePos {
    /// The POS's id.
    pub pos: i64,
    /// Devices of the POS that have said they hold unsent work, by name.
    #[serde(default)]
    pub unsent: Vec<String>,
}

impl LeavePos {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        let Some(seat) = scratch.state.poses.get(&self.pos) else {
            return Err(Refusal::session(format!("POS {} is not in this multi-session", self.pos)));
        };
        if let Some(session) = &seat.session {
            return Err(Refusal::session(format!(
                "POS {} has an open session ({}, opened by {}); close it first",
                seat.name, session.id, session.user.name
            )));
        }
        if !self.unsent.is_empty() {
            let devices = self.unsent.join(", ");
            return Err(Refusal::session(format!(
                "devices of POS {} hold unsent work: {devices}",
                seat.name
            )));
        }
        scratch.push(Change::PosLeft { pos: self.pos });
        Ok(())
    }
}

/// Open a POS session. A POS has at most one.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OpenSession {
    /// The POS.
    pub pos: i64,
    /// The session's id, given by the store, unique in the database.
    pub session: u32,
    /// Who opens it.
    pub user: User,
    /// What was counted and noted: for people and reports, kept as it came.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub opening: Fields,
}

impl OpenSession {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        check_noted(&self.opening)?;
        let Some(seat) = scratch.state.poses.get(&self.pos) else {
            return Err(Refusal::session(format!("POS {} is not in this multi-session", self.pos)));
        };
        if let Some(open) = &seat.session {
            return Err(Refusal::session(format!(
                "POS {} has an open session already ({}, opened by {}); continue it or close it",
                seat.name, open.id, open.user.name
            )));
        }
        scratch.push(Change::SessionOpened {
            pos: self.pos,
            session: self.session,
            user: self.user.clone(),
            opening: self.opening.clone(),
        });
        Ok(())
    }
}

/// Log a device in to its POS's open session: it gets the next login number.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct LogIn {
    /// The POS.
    pub pos: i64,
}

impl LogIn {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        let session = scratch.state.poses.get(&self.pos).and_then(|seat| seat.session.as_ref());
        let Some(session) = session else {
            return Err(Refusal::session(format!("POS {} has no open session; open one first", self.pos)));
        };
        let login = session.logins + 1;
        scratch.push(Change::LoggedIn { pos: self.pos, login });
        scratch.answer.login = Some(login);
        Ok(())
    }
}

/// What happens to open drafts when a run ends (rule S3).
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Drafts {
    /// They go on in the next run, under its first numbers.
    #[default]
    CarryOn,
    /// They are marked unpaid and can be restored.
    MarkUnpaid,
}

/// Close a POS session. When it was the last open one of the multi-session, the run ends.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CloseSession {
    /// The POS.
    pub pos: i64,
    /// The session that is meant; none for the one that is open. One that is over is not closed again, nor the next
    /// one in its place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub session: Option<u32>,
    /// What to do with open drafts if the run ends.
    #[serde(default)]
    pub drafts: Drafts,
    /// What was counted and noted: for people and reports, kept as it came.
    #[serde(default, skip_serializing_if = "Fields::is_empty")]
    pub closing: Fields,
}

impl CloseSession {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        check_noted(&self.closing)?;
        let open = scratch.state.poses.get(&self.pos).and_then(|seat| seat.session.as_ref());
        let Some(open) = open else {
            return Err(Refusal::session(format!("POS {} has no open session", self.pos)));
        };
        if let Some(meant) = self.session.filter(|meant| *meant != open.id) {
            let (pos, id) = (self.pos, open.id);
            return Err(Refusal::session(format!(
                "session {meant} of POS {pos} is closed; {id} is open there now"
            )));
        }
        scratch.push(Change::SessionClosed { pos: self.pos, closing: self.closing.clone() });
        if scratch.state.poses.values().any(|seat| seat.session.is_some()) {
            return Ok(());
        }
        let mut drafts = scratch.state.drafts();
        drafts.sort_by_key(|order| (order.run, order.number));
        if self.drafts == Drafts::MarkUnpaid {
            for order in &drafts {
                scratch.push(Change::Unpaid { order: order.uid.clone(), revision: order.revision + 1 });
            }
        }
        let run = scratch.state.run + 1;
        scratch.push(Change::RunBegan { run });
        if self.drafts == Drafts::CarryOn {
            for order in &drafts {
                let number = scratch.state.next_number(run);
                let revision = order.revision + 1;
                scratch.push(Change::Renumbered { order: order.uid.clone(), revision, run, number });
            }
        }
        Ok(())
    }
}

/// Activate or deactivate the multi-session (rule S5).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetActive {
    /// Whether its POSes share their orders from now on.
    pub active: bool,
}

impl SetActive {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        if scratch.state.active != self.active {
            scratch.push(Change::Activated { active: self.active });
        }
        Ok(())
    }
}

/// Choose what tills may do, without a connection, to orders that the server knows (rule O11).
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct SetOfflineEdits {
    /// From now on.
    pub offline_edits: OfflineEdits,
}

impl SetOfflineEdits {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        if scratch.state.offline_edits != self.offline_edits {
            scratch.push(Change::OfflineEdits { offline_edits: self.offline_edits });
        }
        Ok(())
    }
}
