//! The audit trail in its table.

use rusqlite::{Connection, OptionalExtension as _, Row, TransactionBehavior, params};
use serde_json::Value;

use super::SqliteStore;
use crate::store::audit::{Counted, Entry, MAX_COUNTED_PER_HOUR, Uncommitted, Wanted, Who};
use crate::store::{Audit, StoreError, tables, trail};

/// The target of all events of a kind in an hour that are no longer counted separately.
const OTHERS: &str = "others";

const HOUR_MS: i64 = 60 * 60 * 1000;

impl Audit for SqliteStore {
    fn trail(&self, wanted: &Wanted, limit: usize) -> Result<Vec<Entry>, StoreError> {
        let Wanted { before, actor, target, act } = wanted;
        let reader = self.reader();
        // One transaction, so that entries and names belong to the same moment.
        let transaction = reader.unchecked_transaction()?;
        let mut find = transaction.prepare_cached(
            "SELECT id, at_ms, last_ms, count, actor, act, target, before, after FROM audit
             WHERE (?1 IS NULL OR id < ?1) AND (?2 IS NULL OR actor = ?2)
                 AND (?3 IS NULL OR target = ?3) AND (?4 IS NULL OR act = ?4)
             ORDER BY id DESC LIMIT ?5",
        )?;
        let rows = find.query_map(params![before, actor, target, act, limit], read)?;
        let mut entries = rows.collect::<Result<Vec<_>, _>>()?;
        for entry in &mut entries {
            let subject = entry.target.strip_prefix("users/").map(str::to_owned);
            entry.target_user = subject.map(|subject| Who { subject, username: None });
            for who in [&mut entry.actor, &mut entry.target_user].into_iter().flatten() {
                who.username = username(&transaction, &who.subject)?;
            }
        }
        Ok(entries)
    }

    fn count(&self, counted: &[Counted]) -> Result<(), StoreError> {
        let mut writer = self.writer();
        let transaction = writer.transaction_with_behavior(TransactionBehavior::Immediate)?;
        for counted in counted {
            add(&transaction, counted)?;
        }
        Ok(transaction.commit()?)
    }
}

/// Adds to the entry of this hour, or makes one; adds to the entry of all others when there are
/// many.
fn add(connection: &Connection, counted: &Counted) -> Result<(), StoreError> {
    let Counted { what: Uncommitted { act, actor, target }, count, at, last_at } = counted;
    let hour = tables::milliseconds(*at).div_euclid(HOUR_MS) * HOUR_MS;
    let entry = |actor: Option<&String>, target: &str| {
        let mut add = connection.prepare_cached(
            "UPDATE audit SET count = count + ?5, last_ms = max(last_ms, ?6)
             WHERE act = ?1 AND at_ms >= ?2 AND at_ms < ?2 + 3600000
                 AND actor IS ?3 AND target = ?4",
        )?;
        let last = tables::milliseconds(*last_at);
        add.execute(params![act.as_str(), hour, actor, target, count, last])
    };
    let mut held = connection.prepare_cached(
        "SELECT count(*) FROM audit WHERE act = ?1 AND at_ms >= ?2 AND at_ms < ?2 + 3600000",
    )?;
    let mut is_apart = target.is_some();
    if let Some(target) = target {
        if entry(actor.as_ref(), target)? > 0 {
            return Ok(());
        }
        let held: usize = held.query_row(params![act.as_str(), hour], |row| row.get(0))?;
        is_apart = held < MAX_COUNTED_PER_HOUR;
    }
    let (actor, target) = match (is_apart, target) {
        (true, Some(target)) => (actor.as_ref(), target.as_str()),
        _ => (None, OTHERS),
    };
    if entry(actor, target)? == 0 {
        let nothing = &Value::Null;
        trail::insert(
            connection,
            (*act, actor, target),
            (*at, *last_at, *count),
            (nothing, nothing),
        )?;
    }
    Ok(())
}

fn username(connection: &Connection, subject: &str) -> rusqlite::Result<Option<String>> {
    let Some(id) = tables::user_id(subject) else { return Ok(None) };
    let mut find = connection.prepare_cached("SELECT username FROM user WHERE id = ?1")?;
    find.query_row([id], |row| row.get(0)).optional()
}

fn read(row: &Row<'_>) -> rusqlite::Result<Entry> {
    let json = |index| -> rusqlite::Result<Value> {
        let text: Option<String> = row.get(index)?;
        // A malformed value is shown as text: it is evidence, too.
        Ok(text
            .map_or(Value::Null, |text| serde_json::from_str(&text).unwrap_or(Value::String(text))))
    };
    let actor: Option<String> = row.get(4)?;
    Ok(Entry {
        id: row.get(0)?,
        at: tables::timestamp(row.get(1)?),
        last_at: tables::timestamp(row.get(2)?),
        count: row.get(3)?,
        actor: actor.map(|subject| Who { subject, username: None }),
        act: row.get(5)?,
        target: row.get(6)?,
        target_user: None,
        before: json(7)?,
        after: json(8)?,
    })
}
