//! The demo's records in the tables.

use rusqlite::{Connection, TransactionBehavior, params};
use serde_json::Value;

use super::SqliteStore;
use crate::revision::IfMatch;
use crate::store::audit::Act;
use crate::store::{
    Author, MAX_RECORDS_PER_PAGE, Record, RecordFields, Records, StoreError, Written, tables, trail,
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
        by: &Author,
    ) -> Result<Option<Record>, StoreError> {
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        let count = "SELECT count(*) FROM record WHERE page = ?1";
        let held: usize = transaction.query_row(count, [page], |row| row.get(0))?;
        if held >= MAX_RECORDS_PER_PAGE {
            return Ok(None);
        }
        let id = tables::insert_record(&transaction, page, fields, by.at)?;
        let record = tables::record_of(&transaction, page, id)?;
        write(&transaction, Act::AddRecord, (page, id), (None, Some(fields)), by)?;
        transaction.commit()?;
        Ok(record)
    }

    fn change_record(
        &self,
        page: &str,
        id: i64,
        fields: &RecordFields,
        if_match: &IfMatch,
        by: &Author,
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
                tables::milliseconds(by.at),
                revision
            ],
        )?;
        let states = (Some(&held.fields), Some(fields));
        write(&transaction, Act::ChangeRecord, (page, id), states, by)?;
        transaction.commit()?;
        Ok(Written::Done(Record { id, fields: fields.clone(), updated_at: by.at, revision }))
    }

    fn remove_record(
        &self,
        page: &str,
        id: i64,
        if_match: &IfMatch,
        by: &Author,
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
        write(&transaction, Act::RemoveRecord, (page, id), (Some(&held.fields), None), by)?;
        transaction.commit()?;
        Ok(Written::Done(held))
    }
}

/// Writes the entry of a change to a record.
fn write(
    connection: &Connection,
    act: Act,
    (page, id): (&str, i64),
    (before, after): (Option<&RecordFields>, Option<&RecordFields>),
    by: &Author,
) -> rusqlite::Result<()> {
    let value = |fields: Option<&RecordFields>| fields.map_or(Value::Null, trail::record_value);
    let target = format!("pages/{page}/records/{id}");
    let (before, after) = (value(before), value(after));
    trail::write(connection, &trail::Deed { act, target, before, after, by })
}
