//! `--data`: the folder of the database, as the commands that work on it take it.

use std::path::PathBuf;

use anyhow::{Context, bail};
use clap::Args;
use tillsync_store::sqlite::{DATABASE_FILE, OpenMode, Options, SqliteStore};

/// Which database a command works on.
#[derive(Debug, Args)]
pub struct DataDir {
    /// The folder of the server's database.
    #[arg(long, env = "TILLSYNC_DATA", default_value = "./tillsync-data", value_name = "DIR")]
    data: PathBuf,
}

impl DataDir {
    /// Opens the database. A folder without one is refused: it is not the server's, and an empty database would
    /// answer every question with "nothing".
    pub fn open(&self, mode: OpenMode) -> anyhow::Result<SqliteStore> {
        if !self.has_database()? {
            bail!(
                "there is no database {}; give --data the folder that the server was given, or set TILLSYNC_DATA",
                self.file().display()
            );
        }
        self.open_or_make(mode)
    }

    /// Opens the database; makes it if it is not there.
    pub fn open_or_make(&self, mode: OpenMode) -> anyhow::Result<SqliteStore> {
        SqliteStore::open(&self.data, &Options::new(mode))
            .with_context(|| format!("the database in {} could not be opened", self.data.display()))
    }

    /// Whether the folder has a database; an error if that cannot be seen.
    pub fn has_database(&self) -> anyhow::Result<bool> {
        let file = self.file();
        file.try_exists().with_context(|| {
            format!("{} cannot be looked at; run this as the user that the server runs as", file.display())
        })
    }

    /// The database's file, with its whole path.
    pub fn file(&self) -> PathBuf {
        let file = self.data.join(DATABASE_FILE);
        std::path::absolute(&file).unwrap_or(file)
    }
}
