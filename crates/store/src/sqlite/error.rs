//! What SQLite's errors mean to a caller of the store.

use rusqlite::ErrorCode;
use rusqlite::ffi;

use crate::StoreError;

impl From<rusqlite::Error> for StoreError {
    /// An error of a statement, after which nothing of it is there. A failed commit is judged by `at_commit`.
    fn from(error: rusqlite::Error) -> Self {
        let text = error.to_string();
        match &error {
            rusqlite::Error::SqliteFailure(failure, _) => match failure.code {
                ErrorCode::DiskFull => StoreError::Full(text),
                ErrorCode::DatabaseBusy | ErrorCode::DatabaseLocked => StoreError::Busy,
                ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase => StoreError::Damaged(text),
                ErrorCode::ReadOnly => StoreError::Failed(format!(
                    "{text}; run this as the user that the server runs as, who may write there"
                )),
                ErrorCode::SystemIoFailure if lost_writes(failure.extended_code) => StoreError::Fatal(text),
                _ => StoreError::Failed(text),
            },
            // What SQLite gives back is not of the type that was put in.
            rusqlite::Error::FromSqlConversionFailure(..)
            | rusqlite::Error::IntegralValueOutOfRange(..)
            | rusqlite::Error::Utf8Error(..)
            | rusqlite::Error::InvalidColumnType(..) => StoreError::Damaged(text),
            _ => StoreError::Failed(text),
        }
    }
}

/// Whether the disk did not take what it was given, so that nothing it says of other writes can be trusted.
fn lost_writes(extended_code: i32) -> bool {
    matches!(
        extended_code,
        ffi::SQLITE_IOERR_WRITE
            | ffi::SQLITE_IOERR_FSYNC
            | ffi::SQLITE_IOERR_DIR_FSYNC
            | ffi::SQLITE_IOERR_TRUNCATE
    )
}

/// What a failed COMMIT means.
///
/// The codes that are clean come before the commit mark is written into the write-ahead log. After an I/O error
/// the mark may be on the disk, and a restart would find it: only the restart can tell.
pub(super) fn at_commit(error: rusqlite::Error) -> StoreError {
    let text = error.to_string();
    match error.sqlite_error_code() {
        Some(ErrorCode::SystemIoFailure) => StoreError::Fatal(text),
        Some(
            ErrorCode::DiskFull
            | ErrorCode::DatabaseBusy
            | ErrorCode::DatabaseLocked
            | ErrorCode::ConstraintViolation
            | ErrorCode::DatabaseCorrupt
            | ErrorCode::OutOfMemory,
        ) => error.into(),
        _ => StoreError::Unknown(text),
    }
}

/// Whether a row was refused because another with its primary key is there.
pub(super) fn is_taken(error: &rusqlite::Error) -> bool {
    error.sqlite_error().is_some_and(|failure| failure.extended_code == ffi::SQLITE_CONSTRAINT_PRIMARYKEY)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The kind of an error, without its text.
    fn kind(error: &StoreError) -> &'static str {
        match error {
            StoreError::Full(_) => "full",
            StoreError::Failed(_) => "failed",
            StoreError::Unknown(_) => "unknown",
            StoreError::Fatal(_) => "fatal",
            StoreError::Damaged(_) => "damaged",
            StoreError::Busy => "busy",
        }
    }

    #[test]
    fn each_code_has_its_meaning_in_a_statement_and_at_the_commit() {
        for (code, in_statement, in_commit) in [
            (ffi::SQLITE_FULL, "full", "full"),
            (ffi::SQLITE_BUSY, "busy", "busy"),
            (ffi::SQLITE_LOCKED, "busy", "busy"),
            (ffi::SQLITE_CORRUPT, "damaged", "damaged"),
            (ffi::SQLITE_NOTADB, "damaged", "unknown"),
            (ffi::SQLITE_NOMEM, "failed", "failed"),
            (ffi::SQLITE_CONSTRAINT_FOREIGNKEY, "failed", "failed"),
            (ffi::SQLITE_IOERR_READ, "failed", "fatal"),
            (ffi::SQLITE_IOERR_WRITE, "fatal", "fatal"),
            (ffi::SQLITE_IOERR_FSYNC, "fatal", "fatal"),
            (ffi::SQLITE_IOERR_DIR_FSYNC, "fatal", "fatal"),
            (ffi::SQLITE_IOERR_SHMSIZE, "failed", "fatal"),
            (ffi::SQLITE_ERROR, "failed", "unknown"),
        ] {
            let error = || rusqlite::Error::SqliteFailure(ffi::Error::new(code), None);
            assert_eq!(kind(&error().into()), in_statement, "code {code} in a statement");
            assert_eq!(kind(&at_commit(error())), in_commit, "code {code} at the commit");
        }
    }
}
