//! Makes a database safe to serve that was restored from a backup.
//!
//! A backup knows nothing of later events: tokens and sessions that ended since would be valid
//! again, versions that pages have seen would be reused for other permissions, and subjects of
//! users who were added since would be reused for other people. So a backup carries a mark, and the
//! first start with such a file ends all credentials and leaves a gap in all numbers.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use serde_json::Value;

use super::audit::Act;
use super::keys::OPERATOR;
use super::{Author, StoreError, credentials, tables, trail};
use crate::clock::Timestamp;

/// The gap between the numbers in the backup and new ones: more numbers than two backups lie apart.
const GAP: u32 = 1_000_000;

/// Marks a copy with the time at which it was made.
pub(super) fn mark(copy: &Connection, at: Timestamp) -> rusqlite::Result<()> {
    let mark = "INSERT OR REPLACE INTO setting (name, value) VALUES ('copied-ms', ?1)";
    copy.execute(mark, [tables::milliseconds(at).to_string().into_bytes()]).map(drop)
}

/// Makes a database that carries the mark safe to serve, and removes the mark; returns whether
/// there was one.
pub(super) fn settle(connection: &mut Connection) -> Result<bool, StoreError> {
    let transaction = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
    let find = "SELECT value FROM setting WHERE name = 'copied-ms'";
    let found: Option<Vec<u8>> = transaction.query_row(find, [], |row| row.get(0)).optional()?;
    let Some(copied) = found else { return Ok(false) };
    let copied = String::from_utf8(copied).ok().and_then(|text| text.parse().ok()).unwrap_or(0);
    credentials::end_all(&transaction)?;
    transaction.execute("UPDATE user SET version = version + ?1", [GAP])?;
    transaction.execute("UPDATE counter SET value = value + ?1 WHERE name = 'revision'", [GAP])?;
    transaction.execute("UPDATE sqlite_sequence SET seq = seq + ?1", [GAP])?;
    transaction.execute("DELETE FROM setting WHERE name = 'copied-ms'", [])?;
    let by = Author { subject: OPERATOR.into(), at: tables::timestamp(copied) };
    let (before, after) = (Value::Null, Value::Null);
    let (act, target) = (Act::Restore, "database".to_owned());
    trail::write(&transaction, &trail::Deed { act, target, before, after, by: &by })?;
    transaction.commit()?;
    Ok(true)
}
