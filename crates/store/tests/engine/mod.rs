//! A folder of its own for each check.

use async_trait::async_trait;
use tempfile::TempDir;
use tillsync_store::sqlite::{OpenMode, Options, SqliteStore};
use tillsync_store::suite::{Engine, Opened};

/// A data folder that goes with the test.
pub struct SqliteEngine {
    dir: TempDir,
}

impl SqliteEngine {
    /// An empty folder.
    pub fn new() -> Self {
        Self { dir: tempfile::tempdir().expect("a folder for temporary files") }
    }

    fn opened(&self, mode: OpenMode) -> Opened {
        Opened::new(SqliteStore::open(self.dir.path(), &Options::new(mode)).expect("the store opens"))
    }
}

#[async_trait]
impl Engine for SqliteEngine {
    async fn open(&self) -> Opened {
        self.opened(OpenMode::Serve)
    }

    async fn open_beside(&self) -> Opened {
        self.opened(OpenMode::Beside)
    }
}
