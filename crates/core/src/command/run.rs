//! Runs, for tills that number them themselves (Odoo's).

use serde::{Deserialize, Serialize};

use super::Scratch;
use crate::event::Change;
use crate::refusal::Refusal;

/// The largest run number that is taken. A shop that begins ten runs a day for a century stays below it.
pub const RUN_MAX: u32 = 1_000_000;

/// Begin a later run: numbers from 1; drafts of the runs before are unpaid.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct BeginRun {
    /// The run. One that is not later than the current one changes nothing.
    pub run: u32,
}

impl BeginRun {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        check(self.run)?;
        if self.run > scratch.state.run {
            let drafts = scratch.state.drafts();
            for order in drafts {
                scratch.push(Change::Unpaid { order: order.uid.clone(), revision: order.revision + 1 });
            }
            scratch.push(Change::RunBegan { run: self.run });
        }
        Ok(())
    }
}

/// Put a wrong run number right: the run becomes the one given, its numbering goes on where it was.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct ResetRun {
    /// The run.
    pub run: u32,
}

impl ResetRun {
    pub(super) fn decide(&self, scratch: &mut Scratch) -> Result<(), Refusal> {
        check(self.run)?;
        let drafts = scratch.state.drafts().into_iter().filter(|order| order.run != self.run);
        for order in drafts.collect::<Vec<_>>() {
            scratch.push(Change::Unpaid { order: order.uid.clone(), revision: order.revision + 1 });
        }
        scratch.push(Change::RunBegan { run: self.run });
        let unpaid = scratch.state.unpaid().into_iter().filter(|order| order.run == self.run);
        for order in unpaid.collect::<Vec<_>>() {
            let (revision, run, number) = (order.revision + 1, order.run, order.number);
            scratch.push(Change::Renumbered { order: order.uid.clone(), revision, run, number });
        }
        Ok(())
    }
}

fn check(run: u32) -> Result<(), Refusal> {
    if run == 0 || run > RUN_MAX {
        return Err(Refusal::bad(format!("run {run} is no run: it is a number from 1 to {RUN_MAX}")));
    }
    Ok(())
}
