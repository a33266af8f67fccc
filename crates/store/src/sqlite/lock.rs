//! The lock of a data folder: one server at a time.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io::Write;
use std::path::Path;

use crate::{Result, StoreError};

const LOCK_FILE: &str = "tillsync.lock";

/// A folder that is this process's to serve. The operating system takes the lock back when the process ends,
/// however it ends; the file stays and means nothing by itself.
#[derive(Debug)]
pub(super) struct FolderLock {
    _file: File,
}

/// What became of an attempt to lock.
pub(super) enum Locked {
    /// It is ours.
    Ours(FolderLock),
    /// Another process has it; this is its number, where it could be read.
    Others(Option<u32>),
}

impl FolderLock {
    /// Takes the lock, unless another has it.
    pub fn try_take(dir: &Path) -> Result<Locked> {
        let path = dir.join(LOCK_FILE);
        let failed = |error: std::io::Error| StoreError::Failed(format!("{}: {error}", path.display()));
        let opened = OpenOptions::new().create(true).read(true).write(true).truncate(false).open(&path);
        let mut file = opened.map_err(failed)?;
        match file.try_lock() {
            Ok(()) => {
                // For whoever is refused; the lock does not depend on it, so that a full disk does not matter.
                let _ = file.set_len(0).and_then(|()| write!(file, "{}", std::process::id()));
                Ok(Locked::Ours(Self { _file: file }))
            }
            Err(TryLockError::WouldBlock) => {
                let owner = fs::read_to_string(&path).ok();
                Ok(Locked::Others(owner.and_then(|text| text.trim().parse().ok())))
            }
            Err(TryLockError::Error(error)) => Err(failed(error)),
        }
    }

    /// Takes the lock to serve the folder; fails with who has it.
    pub fn take(dir: &Path) -> Result<Self> {
        match Self::try_take(dir)? {
            Locked::Ours(lock) => Ok(lock),
            Locked::Others(owner) => {
                let owner = owner.map(|pid| format!(" (process {pid})")).unwrap_or_default();
                Err(StoreError::Failed(format!(
                    "another Tillsync server{owner} is serving {}; stop it first, or name another folder",
                    dir.display()
                )))
            }
        }
    }
}
