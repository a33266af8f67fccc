//! What every load is asked for on the command line.

use std::time::Duration;

use anyhow::bail;
use clap::Args;

/// How many tills work how much, and what becomes of the figures.
#[derive(Debug, Args)]
pub struct Work {
    /// How many tills.
    #[arg(long, default_value_t = 100, value_name = "COUNT")]
    pub tills: usize,
    /// Into how many multi-sessions they are spread.
    #[arg(long, default_value_t = 10, value_name = "COUNT")]
    pub multi_sessions: usize,
    /// Lines of each order.
    #[arg(long, default_value_t = 5, value_name = "COUNT")]
    pub lines: usize,
    /// How long the tills edit.
    #[arg(long, default_value_t = 20, value_name = "SECONDS")]
    seconds: u32,
    /// Edits a second of each till that edits.
    #[arg(long, default_value_t = 1.0, value_name = "EDITS")]
    pub rate: f64,
    /// Leave the floors out.
    #[arg(long)]
    pub no_floor: bool,
    /// Print JSON instead of a table.
    #[arg(long)]
    pub json: bool,
}

impl Work {
    /// Refuses what cannot be measured; `poses_max` is how many tills a multi-session has at most.
    pub fn check(&self, poses_max: usize) -> anyhow::Result<()> {
        let sane = self.tills >= 1 && self.multi_sessions >= 1 && self.lines >= 1 && self.seconds >= 1;
        if !sane || !(0.01..=1_000.0).contains(&self.rate) {
            bail!("give at least one till, multi-session, line and second, and a rate from 0.01 to 1000");
        }
        if self.tills.div_ceil(self.multi_sessions) > poses_max {
            bail!("a multi-session has {poses_max} POSes at most here: spread the tills into more of them");
        }
        Ok(())
    }

    /// How many edits each till that edits makes.
    pub fn edits(&self) -> usize {
        (f64::from(self.seconds) * self.rate).round().max(1.0) as usize
    }

    /// The time from one edit of a till to its next.
    pub fn every(&self) -> Duration {
        Duration::from_secs_f64(1.0 / self.rate)
    }
}
