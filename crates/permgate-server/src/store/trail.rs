//! Writes entries of the audit trail, inside the transaction of a change.

use permgate_core::{Grant, Pattern, ResourcePattern};
use rusqlite::{Connection, params};
use serde_json::{Value, json};

use super::audit::{Act, KEPT_FOR, MAX_KEPT};
use super::tables::{self, Tables};
use super::{Author, Change, Changed, RecordFields, Role, StoreError, User};
use crate::clock::Timestamp;

/// How many expired entries are deleted with each one that is written. If the clock jumps to the
/// next century and back, no more than these entries are lost for each change in between.
const FORGOTTEN_AT_ONCE: u32 = 4;

/// After how many entries the trail is checked for too many of one kind, which takes some
/// milliseconds.
const LOOKED_AT_EACH: i64 = 1024;

/// The act of an entry.
pub(super) struct Deed<'a> {
    pub(super) act: Act,
    pub(super) target: String,
    pub(super) before: Value,
    pub(super) after: Value,
    pub(super) by: &'a Author,
}

/// Writes an entry, and deletes some that have expired.
pub(super) fn write(connection: &Connection, deed: &Deed<'_>) -> rusqlite::Result<()> {
    let Deed { act, target, before, after, by } = deed;
    insert(connection, (*act, Some(&by.subject), target), (by.at, by.at, 1), (before, after))?;
    let is_turn = connection.last_insert_rowid() % LOOKED_AT_EACH == 0;
    if act.is_bounded() && is_turn { forget_beyond(connection, *act, MAX_KEPT) } else { Ok(()) }
}

/// Deletes the oldest entries of a kind; `limit` of them remain.
pub(super) fn forget_beyond(
    connection: &Connection,
    act: Act,
    limit: usize,
) -> rusqlite::Result<()> {
    let mut forget = connection.prepare_cached(
        "DELETE FROM audit WHERE act = ?1 AND at_ms <= (
             SELECT at_ms FROM audit WHERE act = ?1 ORDER BY at_ms DESC LIMIT 1 OFFSET ?2
         )",
    )?;
    forget.execute(params![act.as_str(), limit]).map(drop)
}

/// Writes an entry that stands for `count` events.
pub(super) fn insert(
    connection: &Connection,
    (act, actor, target): (Act, Option<&String>, &str),
    (at, last_at, count): (Timestamp, Timestamp, u64),
    (before, after): (&Value, &Value),
) -> rusqlite::Result<()> {
    let text = |value: &Value| (!value.is_null()).then(|| value.to_string());
    let (at, last_at) = (tables::milliseconds(at), tables::milliseconds(last_at));
    let mut insert = connection.prepare_cached(
        "INSERT INTO audit (at_ms, last_ms, count, actor, act, target, before, after)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8)",
    )?;
    let (before, after) = (text(before), text(after));
    insert.execute(params![at, last_at, count, actor, act.as_str(), target, before, after])?;
    let kept_for = i64::try_from(KEPT_FOR.as_millis()).unwrap_or(i64::MAX);
    let mut forget = connection.prepare_cached(
        "DELETE FROM audit WHERE id IN (
             SELECT id FROM audit WHERE last_ms < ?1 ORDER BY last_ms LIMIT ?2
         )",
    )?;
    forget.execute(params![last_at.saturating_sub(kept_for), FORGOTTEN_AT_ONCE]).map(drop)
}

/// The state of a change's target before it is made: null if the target does not exist yet.
pub(super) fn before(tables: Tables<'_>, change: &Change) -> Result<Value, StoreError> {
    Ok(match subject_of(change) {
        Subject::User(id) => {
            let user = tables::user_id(id).map(|id| tables.user(id)).transpose()?.flatten();
            user.as_ref().map_or(Value::Null, user_value)
        }
        Subject::Role(name) => tables.role(name)?.as_ref().map_or(Value::Null, role_value),
        Subject::NewUser => Value::Null,
    })
}

/// Writes the entry of a change to users or roles.
pub(super) fn administered(
    connection: &Connection,
    by: &Author,
    change: &Change,
    before: Value,
    state: &Changed,
) -> rusqlite::Result<()> {
    let target = match (subject_of(change), state) {
        (Subject::Role(name), _) => format!("roles/{name}"),
        (Subject::User(id), _) => format!("users/{id}"),
        (Subject::NewUser, Changed::User(user)) => format!("users/{}", user.id),
        (Subject::NewUser, _) => "users".to_owned(),
    };
    let (before, after) = match (change, state) {
        // There is no state to show, only which session was ended.
        (Change::SetUserPassword { .. }, _) => (Value::Null, Value::Null),
        (Change::EndUserSessions { session, .. }, _) => {
            (json!({ "session": session }), Value::Null)
        }
        (_, Changed::User(user)) => (before, user_value(user)),
        (_, Changed::Role(role)) => (before, role_value(role)),
        (_, Changed::Removed) => (before, Value::Null),
    };
    write(connection, &Deed { act: act(change), target, before, after, by })
}

fn act(change: &Change) -> Act {
    match change {
        Change::AddUser { .. } => Act::AddUser,
        Change::SetUserRoles { .. } => Act::SetUserRoles,
        Change::SetUserGrants { .. } => Act::SetUserGrants,
        Change::SetUserPassword { .. } => Act::SetUserPassword,
        Change::EndUserSessions { .. } => Act::EndUserSessions,
        Change::RemoveUser { .. } => Act::RemoveUser,
        Change::AddRole { .. } => Act::AddRole,
        Change::SetRole { .. } => Act::SetRole,
        Change::RemoveRole { .. } => Act::RemoveRole,
    }
}

/// The target of a change.
enum Subject<'a> {
    User(&'a str),
    Role(&'a str),
    NewUser,
}

fn subject_of(change: &Change) -> Subject<'_> {
    match change {
        Change::AddUser { .. } => Subject::NewUser,
        Change::SetUserRoles { id, .. }
        | Change::SetUserGrants { id, .. }
        | Change::SetUserPassword { id, .. }
        | Change::EndUserSessions { id, .. }
        | Change::RemoveUser { id } => Subject::User(id),
        Change::AddRole { name, .. }
        | Change::SetRole { name, .. }
        | Change::RemoveRole { name } => Subject::Role(name),
    }
}

/// A user without their names; [`super::audit`] says why.
fn user_value(user: &User) -> Value {
    json!({ "roles": user.roles, "grants": user.grants.iter().map(grant).collect::<Vec<_>>() })
}

fn grant(grant: &Grant) -> Value {
    let mut value =
        json!({ "permission": grant.pattern.as_str(), "effect": grant.effect.as_str() });
    if let (Some(resource), Some(members)) = (&grant.resource, value.as_object_mut()) {
        members.insert("resource".into(), ResourcePattern::as_str(resource).into());
    }
    value
}

fn role_value(role: &Role) -> Value {
    let permissions: Vec<_> = role.permissions.iter().map(Pattern::as_str).collect();
    json!({ "title": role.title, "permissions": permissions, "members": role.members })
}

/// The fields of a record.
pub(super) fn record_value(fields: &RecordFields) -> Value {
    let RecordFields { title, amount, status, note } = fields;
    json!({ "title": title, "amount": amount, "status": status, "note": note })
}
