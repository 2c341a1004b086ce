//! Roles and grants in the tables.

use std::sync::TryLockError;

use permgate_core::Language;
use rusqlite::{OptionalExtension as _, TransactionBehavior};

use super::SqliteStore;
use crate::revision::IfMatch;
use crate::store::{
    Applied, Author, Change, ChangeError, Rights, Role, Standing, StoreError, administration,
    tables, trail,
};

impl Rights for SqliteStore {
    fn language(&self) -> Language {
        self.language
    }

    fn standing(&self, subject: &str) -> Result<Option<Standing>, StoreError> {
        let Some(id) = tables::user_id(subject) else { return Ok(None) };
        let reader = self.reader();
        // One transaction, so that version and grants belong to the same moment.
        let transaction = reader.unchecked_transaction()?;
        self.tables(&transaction).standing(id)
    }

    fn version(&self, subject: &str) -> Result<Option<u64>, StoreError> {
        let Some(id) = tables::user_id(subject) else { return Ok(None) };
        let reader = self.reader();
        let mut find = reader.prepare_cached("SELECT version FROM user WHERE id = ?1")?;
        Ok(find.query_row([id], |row| row.get(0)).optional()?)
    }

    fn is_free(&self) -> bool {
        match &self.readers {
            Some(readers) => readers.are_free(),
            // A database in memory has only the writer's connection.
            None => !matches!(self.writer.try_lock(), Err(TryLockError::WouldBlock)),
        }
    }

    fn roles(&self) -> Result<Vec<Role>, StoreError> {
        let reader = self.reader();
        let transaction = reader.unchecked_transaction()?;
        self.tables(&transaction).roles()
    }

    fn role(&self, name: &str) -> Result<Option<Role>, StoreError> {
        let reader = self.reader();
        let transaction = reader.unchecked_transaction()?;
        self.tables(&transaction).role(name)
    }

    fn administer_if(
        &self,
        author: &Author,
        change: &Change,
        if_match: &IfMatch,
    ) -> Result<Applied, ChangeError> {
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let tables = self.tables(&transaction);
        let before = trail::before(tables, change)?;
        let pending = administration::apply(tables, &author.subject, change, if_match)?;
        trail::administered(&transaction, author, change, before, pending.state())?;
        transaction.commit()?;
        // Others may write while the lost permissions are computed.
        drop(writer);
        Ok(pending.finish(self.language))
    }
}
