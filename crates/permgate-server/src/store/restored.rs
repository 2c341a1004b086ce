//! Makes a database that was restored from a backup safe to serve.
//!
//! A backup knows nothing of later events: tokens and sessions that were ended since would
//! count again, versions that pages have seen would be given to other permissions, and subjects of
//! users that were added since to other people. So a backup bears a mark, and the first start with
//! such a file ends all credentials and leaves a gap in all numbers.

use rusqlite::{Connection, OptionalExtension as _, TransactionBehavior};
use serde_json::Value;

use super::audit::Act;
use super::keys::OPERATOR;
use super::{Author, StoreError, credentials, tables, trail};
use crate::clock::Timestamp;

/// How far numbers go on behind those of the backup: more than are given between two backups.
const GAP: u32 = 1_000_000;

/// Marks a copy, and when it was made.
pub(super) fn mark(copy: &Connection, at: Timestamp) -> rusqlite::Result<()> {
    let mark = "INSERT OR REPLACE INTO setting (name, value) VALUES ('copied-ms', ?1)";
    copy.execute(mark, [tables::milliseconds(at).to_string().into_bytes()]).map(drop)
}

/// Makes a database that bears the mark safe to serve, and takes the mark off; tells whether it
/// bore it.
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
