//! `tillsync odoo`: addresses for Odoo's tills, and what a technician can put right in their multi-sessions.

use clap::{Args, Subcommand};
use tillsync_core::order::OrderState;
use tillsync_store::sqlite::OpenMode;
use tillsync_store::{KeyStore, Store};

use crate::data::DataDir;
use crate::say::say;

pub mod address;
mod restore;
mod run;

/// Make and remove the addresses of Odoo's tills, and put their orders and runs right.
///
/// Each of these works while the server runs, and counts at once.
#[derive(Debug, Subcommand)]
pub enum OdooCommand {
    Add(address::Add),
    List(List),
    Remove(address::Remove),
    Restore(restore::RestoreOrders),
    ResetRun(run::ResetRunArgs),
}

/// List the addresses, and the multi-sessions with their runs.
#[derive(Debug, Args)]
pub struct List {
    #[command(flatten)]
    data: DataDir,
}

impl OdooCommand {
    /// Carries the command out.
    pub async fn run(self) -> anyhow::Result<()> {
        match self {
            OdooCommand::Add(add) => add.run().await,
            OdooCommand::List(list) => list.run().await,
            OdooCommand::Remove(remove) => remove.run().await,
            OdooCommand::Restore(restore) => restore.run().await,
            OdooCommand::ResetRun(reset) => reset.run().await,
        }
    }
}

impl List {
    async fn run(self) -> anyhow::Result<()> {
        let store = self.data.open(OpenMode::Beside)?;
        let keys = store.keys().await?;
        say!("Addresses:");
        let width = keys.iter().map(|key| key.id.to_string().len()).max().unwrap_or_default();
        for key in keys.iter().filter(|key| key.removed_ms.is_none()) {
            let origins =
                if key.origins.is_empty() { "any origin".to_owned() } else { key.origins.join(", ") };
            say!(
                "  {:>width$}  /odoo/{}…  database '{}', {}, {origins}",
                key.id,
                key.hint,
                key.database,
                address::scope(key.multi_session)
            );
        }
        if keys.iter().all(|key| key.removed_ms.is_some()) {
            say!("  none; 'tillsync odoo add --database NAME' makes one");
        }
        say!("Multi-sessions:");
        let rooms = store.rooms().await?;
        if rooms.is_empty() {
            say!("  none; the first message of a till makes its own");
        }
        for room in rooms {
            let Some(loaded) = store.load(&room).await? else { continue };
            let run = loaded.summary.run;
            let in_state = |state| loaded.orders.iter().filter(move |order| order.state == state);
            // Orders of tills that are still in a run that is over are not on the other tills' screens.
            let open = in_state(OrderState::Draft).filter(|order| order.run == run).count();
            let unpaid = in_state(OrderState::Unpaid).count();
            let poses: Vec<&str> = loaded.summary.poses.values().map(|seat| seat.name.as_str()).collect();
            let poses =
                if poses.is_empty() { "no POS".to_owned() } else { format!("POSes {}", poses.join(", ")) };
            say!(
                "  database '{}', multi-session {}: run_ID {run}, last order number {}, {open} open, {unpaid} unpaid, {poses}",
                room.database,
                room.multi_session,
                loaded.summary.numbers.get(&run).copied().unwrap_or(0),
            );
        }
        Ok(())
    }
}
