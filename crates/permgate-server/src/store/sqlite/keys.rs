//! The keys in their tables.

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};
use serde_json::{Value, json};

use super::SqliteStore;
use crate::clock::Timestamp;
use crate::rules::{self, Refusal};
use crate::secret::{base64url, random_bytes};
use crate::store::audit::Act;
use crate::store::keys::{Keys, OPERATOR, Rotation, SigningKey, SigningKeys};
use crate::store::{Author, ChangeError, StoreError, credentials, tables, trail};

/// The length of a key's name, in characters: enough to tell all keys apart.
const KID_LENGTH: usize = 12;

impl Keys for SqliteStore {
    fn root_key(&self) -> Result<[u8; 32], StoreError> {
        let fresh = random_bytes().map_err(StoreError::Randomness)?;
        let writer = self.writer();
        writer.execute(
            "INSERT INTO setting (name, value) VALUES ('root-key', ?1) ON CONFLICT DO NOTHING",
            [fresh],
        )?;
        let find = "SELECT value FROM setting WHERE name = 'root-key'";
        let key: Vec<u8> = writer.query_row(find, [], |row| row.get(0))?;
        key.try_into().map_err(|_| StoreError::Corrupt("the root key has a wrong length".into()))
    }

    fn signing_keys(&self) -> Result<SigningKeys, StoreError> {
        // A reader of the keys does not wait for writes.
        if let Some(keys) = read(&self.reader())? {
            return Ok(keys);
        }
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let keys = match read(&transaction)? {
            Some(keys) => keys,
            None => {
                make(&transaction, Timestamp::from_unix_ms(0))?;
                read(&transaction)?.ok_or_else(missing)?
            }
        };
        transaction.commit()?;
        Ok(keys)
    }

    fn rotate_keys(&self, rotation: &Rotation, by: &Author) -> Result<SigningKeys, ChangeError> {
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        if by.subject != OPERATOR {
            let tables = self.tables(&transaction);
            let id = tables::user_id(&by.subject).ok_or(ChangeError::NoActor)?;
            let standing = tables.standing(id)?.ok_or(ChangeError::NoActor)?;
            if !rules::is_keeper(&standing.set, self.language) {
                return Err(ChangeError::Refused(Refusal::KeepersOnly));
            }
        }
        let old =
            read(&transaction)?.map_or(Value::Null, |keys| json!({ "kid": keys.current.kid }));
        let act = match rotation {
            Rotation::KeepUntil(until) => {
                let until = tables::milliseconds(*until);
                let retire = "UPDATE signing_key SET until_ms = ?1 WHERE until_ms IS NULL";
                transaction.execute(retire, [until])?;
                let forget = "DELETE FROM signing_key WHERE until_ms <= ?1";
                transaction.execute(forget, [tables::milliseconds(by.at)])?;
                Act::RotateKeys
            }
            Rotation::EndAll => {
                credentials::end_all(&transaction)?;
                Act::EndAllCredentials
            }
        };
        make(&transaction, by.at)?;
        let keys = read(&transaction)?.ok_or_else(missing)?;
        let new = json!({ "kid": keys.current.kid });
        let target = "keys".to_owned();
        trail::write(&transaction, &trail::Deed { act, target, before: old, after: new, by })?;
        transaction.commit()?;
        Ok(keys)
    }
}

fn make(connection: &Connection, at: Timestamp) -> Result<(), StoreError> {
    let random = || random_bytes().map_err(StoreError::Randomness);
    let kid: String = base64url(&random()?).chars().take(KID_LENGTH).collect();
    let insert = "INSERT INTO signing_key (kid, key, made_ms) VALUES (?1, ?2, ?3)";
    connection.execute(insert, params![kid, random()?, tables::milliseconds(at)])?;
    Ok(())
}

fn read(connection: &Connection) -> Result<Option<SigningKeys>, StoreError> {
    let find = "SELECT kid, key, made_ms FROM signing_key WHERE until_ms IS NULL";
    let Some(current) = connection.query_row(find, [], key).optional()? else { return Ok(None) };
    let mut find = connection.prepare_cached(
        "SELECT kid, key, made_ms, until_ms FROM signing_key WHERE until_ms IS NOT NULL
         ORDER BY until_ms",
    )?;
    let retired = find.query_map([], |row| Ok((key(row)?, tables::timestamp(row.get(3)?))))?;
    Ok(Some(SigningKeys { current, retired: retired.collect::<Result<_, _>>()? }))
}

fn key(row: &Row<'_>) -> rusqlite::Result<SigningKey> {
    Ok(SigningKey { kid: row.get(0)?, key: row.get(1)?, made_at: tables::timestamp(row.get(2)?) })
}

fn missing() -> StoreError {
    StoreError::Corrupt("there is no signing key".into())
}
