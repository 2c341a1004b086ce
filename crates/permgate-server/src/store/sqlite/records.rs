//! The demo's records in the tables.

use rusqlite::{TransactionBehavior, params};

use super::SqliteStore;
use crate::clock::Timestamp;
use crate::revision::IfMatch;
use crate::store::{
    MAX_RECORDS_PER_PAGE, Record, RecordFields, Records, StoreError, Written, tables,
};

impl Records for SqliteStore {
    fn records(&self, page: &str) -> Result<Vec<Record>, StoreError> {
        tables::records(&self.reader(), page)
    }

    fn record(&self, page: &str, id: i64) -> Result<Option<Record>, StoreError> {
        tables::record_of(&self.reader(), page, id)
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
        let record = tables::record_of(&transaction, page, id)?;
        transaction.commit()?;
        Ok(record)
    }

    fn change_record(
        &self,
        page: &str,
        id: i64,
        fields: &RecordFields,
        if_match: &IfMatch,
        now: Timestamp,
    ) -> Result<Written, StoreError> {
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Some(held) = tables::record_of(&transaction, page, id)? else {
            return Ok(Written::Missing);
        };
        if !if_match.allows(held.revision) {
            return Ok(Written::Differs(held));
        }
        let revision = tables::next_revision(&transaction)?;
        transaction.execute(
            "UPDATE record SET title = ?2, amount = ?3, status = ?4, note = ?5, updated_ms = ?6,
                 revision = ?7
             WHERE id = ?1",
            params![
                id,
                fields.title,
                fields.amount,
                fields.status,
                fields.note,
                tables::milliseconds(now),
                revision
            ],
        )?;
        transaction.commit()?;
        Ok(Written::Done(Record { id, fields: fields.clone(), updated_at: now, revision }))
    }

    fn remove_record(
        &self,
        page: &str,
        id: i64,
        if_match: &IfMatch,
    ) -> Result<Written, StoreError> {
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let Some(held) = tables::record_of(&transaction, page, id)? else {
            return Ok(Written::Missing);
        };
        if !if_match.allows(held.revision) {
            return Ok(Written::Differs(held));
        }
        transaction.execute("DELETE FROM record WHERE id = ?1", [id])?;
        transaction.commit()?;
        Ok(Written::Done(held))
    }
}
