//! Users in the tables.

use rusqlite::{OptionalExtension as _, TransactionBehavior};

use super::SqliteStore;
use crate::seed::Seed;
use crate::store::{Account, Accounts, StoreError, User, tables};

impl Accounts for SqliteStore {
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

    fn has_users(&self) -> Result<bool, StoreError> {
        let find = "SELECT EXISTS (SELECT 1 FROM user)";
        Ok(self.reader().query_row(find, [], |row| row.get(0))?)
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

    fn user(&self, subject: &str) -> Result<Option<User>, StoreError> {
        let Some(id) = tables::user_id(subject) else { return Ok(None) };
        let reader = self.reader();
        let transaction = reader.unchecked_transaction()?;
        self.tables(&transaction).user(id)
    }

    fn users_after(&self, after: &str, limit: usize) -> Result<Vec<User>, StoreError> {
        let reader = self.reader();
        let transaction = reader.unchecked_transaction()?;
        self.tables(&transaction).users_after(after, limit)
    }
}
