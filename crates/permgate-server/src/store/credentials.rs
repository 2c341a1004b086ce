//! The end of all credentials at once, inside of a transaction.

use rusqlite::Connection;

/// Ends all sessions and all tokens, and forgets all signing keys.
///
/// A token is refused when its epoch and its end are among those that were forgotten, so all epochs
/// that there were are forgotten to the end of time, and another one begins. That needs no memory
/// of which tokens there are.
pub(super) fn end_all(connection: &Connection) -> rusqlite::Result<()> {
    connection.execute_batch(
        "DELETE FROM signing_key;
         DELETE FROM session;
         DELETE FROM revoked_token;
         INSERT INTO forgotten_token (epoch, through_ms)
         WITH RECURSIVE past (epoch) AS (
             SELECT value FROM counter WHERE name = 'token-epoch'
             UNION ALL SELECT epoch - 1 FROM past WHERE epoch > 0
         )
         SELECT epoch, 9223372036854775807 FROM past WHERE true
         ON CONFLICT (epoch) DO UPDATE SET through_ms = excluded.through_ms;
         UPDATE counter SET value = value + 1 WHERE name = 'token-epoch';",
    )
}
