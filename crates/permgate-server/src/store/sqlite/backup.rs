//! Copies a database that may be in use.

use std::fs::{self, File, OpenOptions};
use std::path::Path;

use rusqlite::{Connection, OpenFlags};

use super::files::{BUSY_TIMEOUT, with_suffix};
use crate::clock::Timestamp;
use crate::store::{StoreError, restored, schema};

/// Copies the database in a file into a new file that only its owner can read, and checks the copy.
/// A server may use the database meanwhile: the copy shows a single moment, with every change that
/// was acknowledged before the call, and delays no write.
///
/// # Errors
/// When `target` already exists, `source` is not a database of this program, or the copy cannot be
/// written or fails the check. In each case no file is left behind.
pub fn back_up(source: &Path, target: &Path, now: Timestamp) -> Result<(), StoreError> {
    if target.symlink_metadata().is_ok() {
        return Err(StoreError::Exists(target.into()));
    }
    // The copy has another name until it is complete: a file with the name of a backup must be
    // whole.
    let partial = with_suffix(target, ".partial");
    let copied = copy(source, &partial, now).and_then(|()| {
        File::open(&partial)?.sync_all()?;
        fs::rename(&partial, target)?;
        sync_folder(target)
    });
    if copied.is_err() {
        for suffix in ["", "-journal"] {
            drop(fs::remove_file(with_suffix(&partial, suffix)));
        }
    }
    copied
}

fn copy(source: &Path, partial: &Path, now: Timestamp) -> Result<(), StoreError> {
    // The flags never create a database: a mistyped name is an error.
    let flags = OpenFlags::SQLITE_OPEN_READ_WRITE | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(source, flags)?;
    connection.busy_timeout(BUSY_TIMEOUT)?;
    connection.pragma_update(None, "trusted_schema", false)?;
    schema::check(&connection)?;
    let text = partial.to_str();
    let text =
        text.ok_or_else(|| StoreError::Corrupt("the name of the copy is not UTF-8".into()))?;
    // SQLite writes into an empty file, and so keeps the access rights of this one.
    create_empty(partial)?;
    connection.execute("VACUUM INTO ?1", [text])?;
    drop(connection);
    let copy = Connection::open_with_flags(partial, flags)?;
    let found: String = copy.query_row("PRAGMA integrity_check", [], |row| row.get(0))?;
    if found != "ok" {
        return Err(StoreError::Corrupt(found));
    }
    Ok(restored::mark(&copy, now)?)
}

fn create_empty(path: &Path) -> std::io::Result<()> {
    let mut options = OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    match options.open(path) {
        // A copy that was killed left this file behind.
        Err(error) if error.kind() == std::io::ErrorKind::AlreadyExists => {
            fs::remove_file(path)?;
            options.open(path).map(drop)
        }
        opened => opened.map(drop),
    }
}

/// The name of a file is on disk only after its folder is synced.
fn sync_folder(path: &Path) -> Result<(), StoreError> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    #[cfg(unix)]
    File::open(folder.unwrap_or(Path::new(".")))?.sync_all()?;
    #[cfg(not(unix))]
    drop(folder);
    Ok(())
}
