//! Register an order.

use std::collections::BTreeSet;

use serde::{Deserialize, Serialize};

use super::Scratch;
use crate::author::Mark;
use crate::event::{Change, NewLine, Registered};
use crate::id::{CreationId, LineUid, OrderUid};
use crate::json::Fields;
use crate::operation::{FIELDS_MAX, LINES_MAX};
use crate::order::{Origin, OriginReason};
use crate::refusal::Refusal;

/// How far a revision from another Sync Server is moved on, so that no till's claim of a revision that this
/// server never gave can be mistaken for one that it gave.
pub const FORMER_REVISION_STEP: u64 = 1_000;

/// The largest revision from another Sync Server that is believed; a larger one counts as this.
pub const FORMER_REVISION_MAX: u64 = 1_000_000_000;

/// Register an order under the next number of its run.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Create {
    /// The uid that its till gave it.
    pub order: OrderUid,
    /// Random: tells two orders apart that claim one uid.
    pub creation: CreationId,
    /// The run that the till is in.
    pub run: u32,
    /// What to do when that run is over.
    #[serde(default)]
    pub old_run: OldRun,
    /// The revision that another Sync Server had given it already; 0 for a new order.
    #[serde(default)]
    pub former_revision: u64,
    /// The order's fields.
    #[serde(default)]
    pub fields: Fields,
    /// Its lines.
    #[serde(default)]
    pub lines: Vec<CreatedLine>,
    /// What the till says of itself.
    #[serde(default)]
    pub carried: Fields,
    /// The order that it comes from, if no till created it.
    #[serde(default)]
    pub origin: Option<Origin>,
}

/// A line of the order.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct CreatedLine {
    /// Its uid.
    pub uid: LineUid,
    /// Its fields.
    pub fields: Fields,
    /// What its till says of it beside its fields.
    #[serde(default)]
    pub carried: Fields,
    /// Who added it; none for the author of the command.
    #[serde(default)]
    pub added: Option<Mark>,
}

/// What happens to an order of a run that is over.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OldRun {
    /// It is booked in the current run and marked as late (rule O9).
    #[default]
    BookInCurrent,
    /// It stays in its run: Odoo's tills know no other.
    Serve,
}

impl Create {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        check_content(&self.fields, self.lines.iter().map(|line| (&line.uid, &line.fields)))?;
        let (uid, origin) = match scratch.state.order(&self.order) {
            Some(known) if known.creation == self.creation => {
                scratch.answer_about(&self.order);
                return Ok(());
            }
            Some(known) => {
                let reason = OriginReason::UidTaken;
                let taken = known.uid.clone();
                let origins = [Some(&taken), self.origin.as_ref().map(|origin| &origin.order)];
                let mut made = origins.into_iter().flatten();
                if let Some(mine) = made.find_map(|origin| scratch.state.created_as(origin, &self.creation)) {
                    scratch.answer_about(&mine);
                    return Ok(());
                }
                let origin = self.origin.clone().unwrap_or(Origin { order: taken.clone(), reason });
                (scratch.state.derive_uid(&taken), Some(origin))
            }
            None => (self.order.clone(), self.origin.clone()),
        };
        let over = self.run < scratch.state.run;
        let (run, late) = match self.old_run {
            OldRun::Serve => (self.run.min(scratch.state.run), false),
            OldRun::BookInCurrent => (scratch.state.run, over),
        };
        let lines = self.lines.iter().map(|line| NewLine {
            uid: line.uid.clone(),
            fields: line.fields.clone(),
            carried: line.carried.clone(),
            added: line.added.clone(),
        });
        scratch.push(Change::Registered(Box::new(Registered {
            order: uid.clone(),
            creation: self.creation.clone(),
            number: scratch.state.next_number(run),
            run,
            revision: match self.former_revision {
                0 => 1,
                former => former.min(FORMER_REVISION_MAX) + FORMER_REVISION_STEP,
            },
            fields: self.fields.clone(),
            lines: lines.collect(),
            carried: self.carried.clone(),
            origin: origin.clone(),
            late,
        })));
        if let Some(origin) = origin
            && scratch.state.order(&origin.order).is_some()
        {
            scratch.push(Change::FollowUp { order: origin.order, follow_up: uid.clone() });
        }
        scratch.answer_about(&uid);
        Ok(())
    }
}

/// A whole order from a till: within its bounds, and each line under a uid of its own.
pub(super) fn check_content<'a>(
    fields: &Fields,
    lines: impl Iterator<Item = (&'a LineUid, &'a Fields)>,
) -> Result<(), Refusal> {
    let mut uids = BTreeSet::new();
    let mut fields_most = fields.len();
    for (uid, fields) in lines {
        if !uids.insert(uid) {
            return Err(Refusal::bad(format!("two lines have the uid '{uid}'; give each its own")));
        }
        fields_most = fields_most.max(fields.len());
    }
    if uids.len() > LINES_MAX {
        return Err(Refusal::too_large("lines in one order", LINES_MAX));
    }
    if fields_most > FIELDS_MAX {
        return Err(Refusal::too_large("fields of one order or line", FIELDS_MAX));
    }
    Ok(())
}
