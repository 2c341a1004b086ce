//! Sessions and tokens in the tables.

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};
use serde_json::{Value, json};

use super::SqliteStore;
use crate::clock::Timestamp;
use crate::secret::DigestBytes;
use crate::store::audit::Act;
use crate::store::{
    Author, PasswordChange, Session, Sessions, StoreError, TokenMark, tables, trail,
};

impl Sessions for SqliteStore {
    fn open_session(&self, session: &Session, now: Timestamp) -> Result<(), StoreError> {
        let id = tables::user_id(&session.subject)
            .ok_or_else(|| StoreError::Corrupt(format!("no subject `{}`", session.subject)))?;
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction
            .execute("DELETE FROM session WHERE expires_ms <= ?1", [tables::milliseconds(now)])?;
        transaction.execute(
            "INSERT INTO session (digest, user_id, expires_ms, id, created_ms, seen_ms, agent)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
            params![
                session.digest,
                id,
                tables::milliseconds(session.expires_at),
                session.id,
                tables::milliseconds(session.created_at),
                tables::milliseconds(session.seen_at),
                session.agent
            ],
        )?;
        let opened = json!({ "session": session.id });
        note(&transaction, Act::OpenSession, id, opened, now)?;
        Ok(transaction.commit()?)
    }

    fn session(&self, digest: &DigestBytes, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let reader = self.reader();
        let mut find = reader.prepare_cached(
            "SELECT digest, id, user_id, created_ms, seen_ms, agent, expires_ms FROM session
             WHERE digest = ?1 AND expires_ms > ?2",
        )?;
        let session = find.query_row(params![digest, tables::milliseconds(now)], session);
        Ok(session.optional()?)
    }

    fn sessions(&self, subject: &str, now: Timestamp) -> Result<Vec<Session>, StoreError> {
        let Some(id) = tables::user_id(subject) else { return Ok(Vec::new()) };
        let reader = self.reader();
        let mut find = reader.prepare_cached(
            "SELECT digest, id, user_id, created_ms, seen_ms, agent, expires_ms FROM session
             WHERE user_id = ?1 AND expires_ms > ?2 ORDER BY created_ms DESC, id",
        )?;
        let sessions = find.query_map(params![id, tables::milliseconds(now)], session)?;
        Ok(sessions.collect::<Result<_, _>>()?)
    }

    fn touch_session(&self, digest: &DigestBytes, now: Timestamp) -> Result<(), StoreError> {
        let touch = "UPDATE session SET seen_ms = ?2 WHERE digest = ?1";
        self.writer().execute(touch, params![digest, tables::milliseconds(now)])?;
        Ok(())
    }

    fn close_session(
        &self,
        digest: &DigestBytes,
        now: Timestamp,
    ) -> Result<Option<String>, StoreError> {
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let find = "SELECT user_id, id FROM session WHERE digest = ?1";
        let found = transaction.query_row(find, [digest], |row| Ok((row.get(0)?, row.get(1)?)));
        let Some((user, session)) = found.optional()? else { return Ok(None) };
        let session: String = session;
        transaction.execute("DELETE FROM session WHERE digest = ?1", [digest])?;
        note(&transaction, Act::EndSession, user, json!({ "session": session }), now)?;
        transaction.commit()?;
        Ok(Some(tables::subject(user)))
    }

    fn close_all(
        &self,
        subject: &str,
        but: Option<&DigestBytes>,
        now: Timestamp,
    ) -> Result<bool, StoreError> {
        let Some(id) = tables::user_id(subject) else { return Ok(false) };
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tables::end_all_credentials(&transaction, id, but)?;
        let find = "SELECT EXISTS (SELECT 1 FROM user WHERE id = ?1)";
        let is_there = transaction.query_row(find, [id], |row| row.get(0))?;
        if is_there {
            note(&transaction, Act::EndAllSessions, id, Value::Null, now)?;
        }
        transaction.commit()?;
        Ok(is_there)
    }

    fn change_password(&self, change: &PasswordChange, now: Timestamp) -> Result<bool, StoreError> {
        let Some(id) = tables::user_id(&change.subject) else { return Ok(false) };
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        // The old password was verified before this transaction began.
        let set = "UPDATE user SET password_hash = ?3 WHERE id = ?1 AND password_hash = ?2";
        if transaction.execute(set, params![id, change.old_hash, change.new_hash])? == 0 {
            return Ok(false);
        }
        tables::end_all_credentials(&transaction, id, change.but.as_ref())?;
        note(&transaction, Act::ChangePassword, id, Value::Null, now)?;
        transaction.commit()?;
        Ok(true)
    }

    fn token_mark(
        &self,
        subject: &str,
        expires_at: Timestamp,
    ) -> Result<Option<TokenMark>, StoreError> {
        let Some(id) = tables::user_id(subject) else { return Ok(None) };
        let mark = |connection: &Connection| {
            let mut find = connection.prepare_cached(
                "SELECT user.generation, epoch.value, forgotten_token.through_ms
                 FROM user JOIN counter AS epoch ON epoch.name = 'token-epoch'
                 LEFT JOIN forgotten_token ON forgotten_token.epoch = epoch.value
                 WHERE user.id = ?1",
            )?;
            let found = find.query_row([id], |row| {
                let through: Option<i64> = row.get(2)?;
                let mark = TokenMark { generation: row.get(0)?, epoch: row.get(1)? };
                Ok((mark, through))
            });
            found.optional()
        };
        let is_dead = |through: Option<i64>| {
            through.is_some_and(|through| tables::milliseconds(expires_at) <= through)
        };
        let found = mark(&self.reader())?;
        let Some((_, through)) = found.filter(|(_, through)| is_dead(*through)) else {
            return Ok(found.map(|(mark, _)| mark));
        };
        // The clock was set back: a new token would be taken for a forgotten one.
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let mut found = mark(&transaction)?;
        if found.is_some_and(|(_, now)| is_dead(now)) {
            tracing::warn!(?through, "the clock was set back; tokens begin a new epoch");
            let next = "UPDATE counter SET value = value + 1 WHERE name = 'token-epoch'";
            transaction.execute(next, [])?;
            found = mark(&transaction)?;
        }
        transaction.commit()?;
        Ok(found.map(|(mark, _)| mark))
    }

    fn revoke_token(
        &self,
        digest: &DigestBytes,
        subject: &str,
        epoch: u64,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let (at, now) = (now, tables::milliseconds(now));
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute(
            "INSERT INTO forgotten_token (epoch, through_ms)
             SELECT epoch, max(expires_ms) FROM revoked_token WHERE expires_ms <= ?1 GROUP BY epoch
             ON CONFLICT (epoch) DO UPDATE SET through_ms = max(through_ms, excluded.through_ms)",
            [now],
        )?;
        transaction.execute("DELETE FROM revoked_token WHERE expires_ms <= ?1", [now])?;
        let revoked = transaction.execute(
            "INSERT INTO revoked_token (digest, epoch, expires_ms) VALUES (?1, ?2, ?3)
             ON CONFLICT DO NOTHING",
            params![digest, epoch, tables::milliseconds(expires_at)],
        )?;
        if let Some(id) = tables::user_id(subject).filter(|_| revoked > 0) {
            note(&transaction, Act::EndSession, id, json!({ "session": "token" }), at)?;
        }
        Ok(transaction.commit()?)
    }

    fn token_version(
        &self,
        digest: &DigestBytes,
        subject: &str,
        mark: TokenMark,
        expires_at: Timestamp,
    ) -> Result<Option<u64>, StoreError> {
        let Some(id) = tables::user_id(subject) else { return Ok(None) };
        let reader = self.reader();
        let mut find = reader.prepare_cached(
            "SELECT version FROM user
             WHERE id = ?1 AND generation = ?2
                 AND NOT EXISTS (SELECT 1 FROM revoked_token WHERE digest = ?3)
                 AND NOT EXISTS (
                     SELECT 1 FROM forgotten_token WHERE epoch = ?4 AND through_ms >= ?5
                 )",
        )?;
        let expires_ms = tables::milliseconds(expires_at);
        let found = find
            .query_row(params![id, mark.generation, digest, mark.epoch, expires_ms], |row| {
                row.get(0)
            });
        Ok(found.optional()?)
    }
}

/// Writes the entry for a change that users make to their own credentials. Ended credentials are
/// its state before, opened ones its state afterwards.
fn note(
    connection: &Connection,
    act: Act,
    user: i64,
    what: Value,
    at: Timestamp,
) -> rusqlite::Result<()> {
    let subject = tables::subject(user);
    let target = format!("users/{subject}");
    let (before, after) = match act {
        Act::OpenSession => (Value::Null, what),
        _ => (what, Value::Null),
    };
    trail::write(
        connection,
        &trail::Deed { act, target, before, after, by: &Author { subject, at } },
    )
}

fn session(row: &Row<'_>) -> rusqlite::Result<Session> {
    Ok(Session {
        digest: row.get(0)?,
        id: row.get(1)?,
        subject: tables::subject(row.get(2)?),
        created_at: tables::timestamp(row.get(3)?),
        seen_at: tables::timestamp(row.get(4)?),
        agent: row.get(5)?,
        expires_at: tables::timestamp(row.get(6)?),
    })
}
