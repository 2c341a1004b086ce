//! The records of the demo's pages.

use super::{Author, IfMatch, StoreError};
use crate::clock::Timestamp;

/// How many records a page holds at most: lists are sent whole, and this keeps each below 1 MB.
pub const MAX_RECORDS_PER_PAGE: usize = 500;

/// The records of a store.
pub trait Records: Send + Sync + 'static {
    /// The records of a page, oldest first.
    ///
    /// # Errors
    /// When the store fails.
    fn records(&self, page: &str) -> Result<Vec<Record>, StoreError>;

    /// One record of a page.
    ///
    /// # Errors
    /// When the store fails.
    fn record(&self, page: &str, id: i64) -> Result<Option<Record>, StoreError>;

    /// Adds a record; none when the page already has [`MAX_RECORDS_PER_PAGE`].
    ///
    /// # Errors
    /// When the store fails.
    fn add_record(
        &self,
        page: &str,
        fields: &RecordFields,
        by: &Author,
    ) -> Result<Option<Record>, StoreError>;

    /// Replaces the fields of a record, if its revision is one of those that are allowed.
    ///
    /// # Errors
    /// When the store fails.
    fn change_record(
        &self,
        page: &str,
        id: i64,
        fields: &RecordFields,
        if_match: &IfMatch,
        by: &Author,
    ) -> Result<Written, StoreError>;

    /// Removes a record, if its revision is one of those that are allowed.
    ///
    /// # Errors
    /// When the store fails.
    fn remove_record(
        &self,
        page: &str,
        id: i64,
        if_match: &IfMatch,
        by: &Author,
    ) -> Result<Written, StoreError>;
}

/// The result of a write to a record.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Written {
    /// It was written; for a removal this is the removed record.
    Done(Record),
    /// There is no such record.
    Missing,
    /// It has another revision: nothing was written, and this is the current record.
    Differs(Record),
}

/// A record of a page.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Record {
    /// Its number, which is never reused.
    pub id: i64,
    /// The fields that can be changed.
    pub fields: RecordFields,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Takes a new value with each change.
    pub revision: u64,
}

/// The fields of a record that can be changed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RecordFields {
    /// One line.
    pub title: String,
    /// In cents.
    pub amount: i64,
    /// One word or two.
    pub status: String,
    /// Some lines.
    pub note: String,
}
