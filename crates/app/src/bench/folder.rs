//! A folder for a database that is thrown away.

use std::path::PathBuf;

use rand::RngExt;

/// A folder that is removed when it is dropped.
pub struct Folder(pub PathBuf);

impl Folder {
    /// The name of a folder that is not there yet; whoever opens a database in it makes it.
    pub fn new() -> Self {
        let name = format!("tillsync-bench-{}-{:08x}", std::process::id(), rand::rng().random::<u32>());
        Self(std::env::temp_dir().join(name))
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        std::fs::remove_dir_all(&self.0).ok();
    }
}
