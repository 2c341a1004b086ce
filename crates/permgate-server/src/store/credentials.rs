//! Ends all credentials at once, inside a transaction.

use rusqlite::Connection;

/// Ends all sessions and all tokens, and forgets all signing keys.
///
/// A token is refused when its epoch and its end are covered by the forgotten tokens. So all
/// existing epochs are marked as forgotten until the end of time, and a new epoch begins; the
/// tokens themselves need not be known.
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
