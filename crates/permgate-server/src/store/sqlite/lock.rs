//! The lock that keeps a second process from using the same database.
//!
//! Other processes do not hear the announcements of this one, so a second server on the same file
//! would miss revocations. The lock is one of the operating system, on a file beside the database:
//! it ends with the process, however that ends, and the file stays. The database itself is not
//! locked, since closing any handle of that file would drop SQLite's own locks.

use std::fs::{File, OpenOptions, TryLockError};
use std::path::Path;

use super::files::with_suffix;
use crate::store::StoreError;

/// A lock that is held until it is dropped.
#[derive(Debug)]
pub(super) struct Lock(#[expect(dead_code, reason = "the handle holds the lock")] File);

impl Lock {
    /// Takes the lock of a database.
    ///
    /// # Errors
    /// When another process has the lock, or the file cannot be created.
    pub(super) fn take(database: &Path) -> Result<Self, StoreError> {
        let mut options = OpenOptions::new();
        options.read(true).append(true).create(true);
        #[cfg(unix)]
        std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
        let file = options.open(with_suffix(database, ".lock")).map_err(StoreError::File)?;
        match file.try_lock() {
            Ok(()) => Ok(Self(file)),
            Err(TryLockError::WouldBlock) => Err(StoreError::InUse(database.into())),
            Err(TryLockError::Error(error)) => Err(StoreError::File(error)),
        }
    }
}
