//! The store in an SQLite database: one writer, a few readers, every commit on disk.

use std::path::Path;
use std::sync::{Mutex, MutexGuard, PoisonError, TryLockError};
use std::time::Duration;

use permgate_core::Language;
use rusqlite::config::DbConfig;
use rusqlite::{Connection, OptionalExtension, TransactionBehavior, params};

use super::tables::Tables;
use super::{
    Account, Applied, Change, ChangeError, MAX_RECORDS_PER_PAGE, Record, RecordFields, Role,
    Session, Standing, Store, StoreError, User, administration, schema, tables,
};
use crate::clock::Timestamp;
use crate::secret::{DigestBytes, random_bytes};
use crate::seed::Seed;

/// How many connections read beside the writer. Reads take microseconds; two cores need no more.
const READERS: usize = 4;

/// How long a connection waits for another process, a backup for instance, before it fails.
const BUSY_TIMEOUT: Duration = Duration::from_secs(5);

/// A store in an SQLite database.
#[derive(Debug)]
pub struct SqliteStore {
    writer: Mutex<Connection>,
    // Empty for a database in memory, which only the writer's connection can see.
    readers: Vec<Mutex<Connection>>,
    language: Language,
}

impl SqliteStore {
    /// Opens the database in a file, which only its owner can read when it is made here.
    ///
    /// # Errors
    /// When the file cannot be used, or is the database of a newer program.
    pub fn open(path: &Path) -> Result<Self, StoreError> {
        create_private(path).map_err(StoreError::File)?;
        let writer = prepare(Connection::open(path)?)?;
        let readers = (0..READERS)
            .map(|_| {
                let reader = configure(Connection::open(path)?)?;
                reader.pragma_update(None, "query_only", true)?;
                Ok(Mutex::new(reader))
            })
            .collect::<Result<_, StoreError>>()?;
        Ok(Self { writer: Mutex::new(writer), readers, language: Language::default() })
    }

    /// Opens a new database in memory, which is gone with the store.
    ///
    /// # Errors
    /// When SQLite fails.
    pub fn in_memory() -> Result<Self, StoreError> {
        let writer = prepare(Connection::open_in_memory()?)?;
        let (writer, readers) = (Mutex::new(writer), Vec::new());
        Ok(Self { writer, readers, language: Language::default() })
    }

    /// The same store, its patterns read in another language: the one they were written in.
    #[must_use]
    pub fn in_language(self, language: Language) -> Self {
        Self { language, ..self }
    }

    fn tables<'a>(&self, connection: &'a Connection) -> Tables<'a> {
        Tables { connection, language: self.language }
    }

    // A panic under the lock rolled its transaction back, so the connection is as good as before.
    fn writer(&self) -> MutexGuard<'_, Connection> {
        self.writer.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// A reader that is free, else the first to become so; the writer for a database in memory.
    fn reader(&self) -> MutexGuard<'_, Connection> {
        for reader in &self.readers {
            match reader.try_lock() {
                Ok(free) => return free,
                Err(TryLockError::Poisoned(free)) => return free.into_inner(),
                Err(TryLockError::WouldBlock) => {}
            }
        }
        let any = self.readers.first().unwrap_or(&self.writer);
        any.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Makes an absent file, readable by its owner alone: it will hold hashes and the signing key.
fn create_private(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.read(true).append(true).create(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

fn configure(connection: Connection) -> Result<Connection, StoreError> {
    connection.busy_timeout(BUSY_TIMEOUT)?;
    // A statement is prepared once. Without this it may be prepared again for each value that is
    // bound, in case another plan suits that value better.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_ENABLE_QPSG, true)?;
    connection.pragma_update(None, "foreign_keys", true)?;
    // FULL syncs at every commit: an acknowledged change survives a power cut, not only a crash.
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.pragma_update(None, "trusted_schema", false)?;
    Ok(connection)
}

fn prepare(connection: Connection) -> Result<Connection, StoreError> {
    // Answers with the mode that it chose; a database in memory has its own.
    connection.query_row("PRAGMA journal_mode = WAL", [], |_| Ok(()))?;
    let mut connection = configure(connection)?;
    schema::migrate(&mut connection)?;
    Ok(connection)
}

impl Store for SqliteStore {
    fn language(&self) -> Language {
        self.language
    }

    fn signing_key(&self) -> Result<[u8; 32], StoreError> {
        let fresh = random_bytes().map_err(StoreError::Randomness)?;
        let writer = self.writer();
        writer.execute(
            "INSERT INTO setting (name, value) VALUES ('signing-key', ?1) ON CONFLICT DO NOTHING",
            [fresh],
        )?;
        let find = "SELECT value FROM setting WHERE name = 'signing-key'";
        let key: Vec<u8> = writer.query_row(find, [], |row| row.get(0))?;
        key.try_into().map_err(|_| StoreError::Corrupt("the signing key has a wrong length".into()))
    }

    fn plant(&self, seed: &Seed) -> Result<bool, StoreError> {
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let used: bool =
            transaction.query_row("SELECT EXISTS (SELECT 1 FROM user)", [], |row| row.get(0))?;
        if used {
            return Ok(false);
        }
        for role in &seed.roles {
            tables::insert_role(&transaction, &role.name, &role.title)?;
            tables::replace_role_permissions(&transaction, &role.name, &role.permissions)?;
        }
        for user in &seed.users {
            let id =
                tables::insert_user(&transaction, &user.username, &user.name, &user.password_hash)?;
            tables::replace_user_roles(&transaction, id, &user.roles)?;
            tables::replace_user_grants(&transaction, id, &user.grants)?;
        }
        for (page, fields, at) in &seed.records {
            tables::insert_record(&transaction, page, fields, *at)?;
        }
        transaction.commit()?;
        Ok(true)
    }

    fn account(&self, username: &str) -> Result<Option<Account>, StoreError> {
        let reader = self.reader();
        let mut find = reader.prepare_cached(
            "SELECT id, name, password_hash, version FROM user WHERE username = ?1",
        )?;
        let account = find.query_row([username], |row| {
            Ok(Account {
                subject: tables::subject(row.get(0)?),
                name: row.get(1)?,
                password_hash: row.get(2)?,
                version: row.get(3)?,
            })
        });
        Ok(account.optional()?)
    }

    fn standing(&self, subject: &str) -> Result<Option<Standing>, StoreError> {
        let Some(id) = tables::user_id(subject) else { return Ok(None) };
        let reader = self.reader();
        // One transaction, so that version and grants are of one moment.
        let transaction = reader.unchecked_transaction()?;
        self.tables(&transaction).standing(id)
    }

    fn version(&self, subject: &str) -> Result<Option<u64>, StoreError> {
        let Some(id) = tables::user_id(subject) else { return Ok(None) };
        let reader = self.reader();
        let mut find = reader.prepare_cached("SELECT version FROM user WHERE id = ?1")?;
        Ok(find.query_row([id], |row| row.get(0)).optional()?)
    }

    fn token_version(
        &self,
        digest: &DigestBytes,
        subject: &str,
    ) -> Result<Option<u64>, StoreError> {
        let Some(id) = tables::user_id(subject) else { return Ok(None) };
        let reader = self.reader();
        let mut find = reader.prepare_cached(
            "SELECT version FROM user
             WHERE id = ?1 AND NOT EXISTS (SELECT 1 FROM revoked_token WHERE digest = ?2)",
        )?;
        Ok(find.query_row(params![id, digest], |row| row.get(0)).optional()?)
    }

    fn is_free(&self) -> bool {
        let is_free = |connection: &Mutex<Connection>| {
            !matches!(connection.try_lock(), Err(TryLockError::WouldBlock))
        };
        // A database in memory has no readers beside the writer.
        self.readers.iter().any(is_free) || (self.readers.is_empty() && is_free(&self.writer))
    }

    fn open_session(&self, session: &Session, now: Timestamp) -> Result<(), StoreError> {
        let id = tables::user_id(&session.subject)
            .ok_or_else(|| StoreError::Corrupt(format!("no subject `{}`", session.subject)))?;
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction
            .execute("DELETE FROM session WHERE expires_ms <= ?1", [tables::milliseconds(now)])?;
        transaction.execute(
            "INSERT INTO session (digest, user_id, expires_ms) VALUES (?1, ?2, ?3)",
            params![session.digest, id, tables::milliseconds(session.expires_at)],
        )?;
        Ok(transaction.commit()?)
    }

    fn session(&self, digest: &DigestBytes, now: Timestamp) -> Result<Option<Session>, StoreError> {
        let reader = self.reader();
        let mut find = reader.prepare_cached(
            "SELECT user_id, expires_ms FROM session WHERE digest = ?1 AND expires_ms > ?2",
        )?;
        let session = find.query_row(params![digest, tables::milliseconds(now)], |row| {
            Ok(Session {
                digest: *digest,
                subject: tables::subject(row.get(0)?),
                expires_at: tables::timestamp(row.get(1)?),
            })
        });
        Ok(session.optional()?)
    }

    fn close_session(&self, digest: &DigestBytes) -> Result<Option<String>, StoreError> {
        let close = "DELETE FROM session WHERE digest = ?1 RETURNING user_id";
        let writer = self.writer();
        let mut close = writer.prepare_cached(close)?;
        // To the last row, of which there is one at most: the commit comes after it.
        let whose = close.query_map([digest], |row| row.get(0))?;
        Ok(whose.collect::<Result<Vec<_>, _>>()?.pop().map(tables::subject))
    }

    fn revoke_token(
        &self,
        digest: &DigestBytes,
        expires_at: Timestamp,
        now: Timestamp,
    ) -> Result<(), StoreError> {
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        transaction.execute(
            "DELETE FROM revoked_token WHERE expires_ms <= ?1",
            [tables::milliseconds(now)],
        )?;
        transaction.execute(
            "INSERT INTO revoked_token (digest, expires_ms) VALUES (?1, ?2) ON CONFLICT DO NOTHING",
            params![digest, tables::milliseconds(expires_at)],
        )?;
        Ok(transaction.commit()?)
    }

    fn is_token_revoked(&self, digest: &DigestBytes) -> Result<bool, StoreError> {
        let reader = self.reader();
        let mut find = reader.prepare_cached("SELECT 1 FROM revoked_token WHERE digest = ?1")?;
        Ok(find.exists([digest])?)
    }

    fn users(&self) -> Result<Vec<User>, StoreError> {
        let reader = self.reader();
        let transaction = reader.unchecked_transaction()?;
        self.tables(&transaction).users()
    }

    fn roles(&self) -> Result<Vec<Role>, StoreError> {
        let reader = self.reader();
        let transaction = reader.unchecked_transaction()?;
        self.tables(&transaction).roles()
    }

    fn administer(&self, actor: &str, change: &Change) -> Result<Applied, ChangeError> {
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let applied = administration::apply(self.tables(&transaction), actor, change)?;
        transaction.commit()?;
        Ok(applied)
    }

    fn records(&self, page: &str) -> Result<Vec<Record>, StoreError> {
        tables::records(&self.reader(), page)
    }

    fn add_record(
        &self,
        page: &str,
        fields: &RecordFields,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError> {
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let count = "SELECT count(*) FROM record WHERE page = ?1";
        let held: usize = transaction.query_row(count, [page], |row| row.get(0))?;
        if held >= MAX_RECORDS_PER_PAGE {
            return Ok(None);
        }
        let id = tables::insert_record(&transaction, page, fields, now)?;
        transaction.commit()?;
        Ok(Some(Record { id, fields: fields.clone(), updated_at: now }))
    }

    fn change_record(
        &self,
        page: &str,
        id: i64,
        fields: &RecordFields,
        now: Timestamp,
    ) -> Result<Option<Record>, StoreError> {
        let changed = self.writer().execute(
            "UPDATE record SET title = ?3, amount = ?4, status = ?5, note = ?6, updated_ms = ?7
             WHERE page = ?1 AND id = ?2",
            params![
                page,
                id,
                fields.title,
                fields.amount,
                fields.status,
                fields.note,
                tables::milliseconds(now)
            ],
        )?;
        let record = Record { id, fields: fields.clone(), updated_at: now };
        Ok((changed > 0).then_some(record))
    }

    fn remove_record(&self, page: &str, id: i64) -> Result<bool, StoreError> {
        let remove = "DELETE FROM record WHERE page = ?1 AND id = ?2";
        Ok(self.writer().execute(remove, params![page, id])? > 0)
    }
}
