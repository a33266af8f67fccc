//! `tillsync after-restore`.

use clap::Args;
use tillsync_store::Store;
use tillsync_store::sqlite::OpenMode;

use crate::data::DataDir;
use crate::say::say;

/// Say that the database was put back from a backup, before the server starts on it.
///
/// What came after the backup is not in it, though tills may have been told of it. So the database begins a new
/// epoch, by which that can be seen.
#[derive(Debug, Args)]
pub struct AfterRestore {
    #[command(flatten)]
    data: DataDir,
}

impl AfterRestore {
    /// Begins the epoch. Refused while a server runs: its tills would go on in the old one.
    pub async fn run(self) -> anyhow::Result<()> {
        let epoch = self.data.open(OpenMode::Serve)?.begin_epoch().await?;
        say!("Epoch {epoch} begins. Start the server, and load every till's page anew.");
        Ok(())
    }
}
