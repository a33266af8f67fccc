//! A multi-session's run, put right.

use clap::Args;
use tillsync_core::command::{Action, ResetRun};

use crate::arguments;
use crate::say::say;
use crate::shop::ShopArgs;

/// Put a wrong run_ID right.
///
/// For a multi-session whose run here is not the one that Odoo says, as after a restore of Odoo's database.
#[derive(Debug, Args)]
pub struct ResetRunArgs {
    #[command(flatten)]
    shop: ShopArgs,
    /// The run_ID that Odoo has for the multi-session.
    #[arg(value_name = "RUN_ID", value_parser = arguments::run)]
    run: u32,
}

impl ResetRunArgs {
    /// Carries the command out.
    pub async fn run(self) -> anyhow::Result<()> {
        let mut shop = self.shop.open().await?;
        let before = shop.state.run;
        shop.take(vec![Action::ResetRun(ResetRun { run: self.run })]).await?;
        say!(
            "Multi-session {}: run_ID was {before} and is {}; the next order gets number {}.",
            self.shop.multi_session,
            shop.state.run,
            shop.state.next_number(shop.state.run)
        );
        say!("Reload the tills' pages, so that they take the run from Odoo.");
        Ok(())
    }
}
