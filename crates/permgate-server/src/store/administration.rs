//! One change to users and roles inside a transaction: who may, what differs, whose version rises.

use std::collections::BTreeMap;

use permgate_core::{Grant, Pattern};

use super::tables::{self, Tables};
use super::{Affected, Applied, Change, ChangeError, Changed, Role, Standing, StoreError, loss};
use crate::guard::{self, Refusal};

/// Applies a change. On an error the caller drops the transaction, and with it what was written.
pub(super) fn apply(
    tables: Tables<'_>,
    actor: &str,
    change: &Change,
) -> Result<Applied, ChangeError> {
    let actor = tables::user_id(actor)
        .map(|id| tables.standing(id))
        .transpose()?
        .flatten()
        .ok_or(ChangeError::NoActor)?;
    // Asked again inside the transaction: the right may have gone since the request began.
    guard::may_change(&actor.set, change, tables.language).map_err(ChangeError::Refused)?;

    let plan = plan(tables, change)?;
    let administered = has_administrator(tables)?;
    let before = standings(tables, &plan.concerned)?;
    let target = write(tables, change)?;
    let mut concerned = plan.concerned;
    if let Target::User(id) = target {
        concerned.push(id);
    }
    let after = standings(tables, &concerned)?;

    for pattern in plan.given {
        guard::holds(&actor.set, &Grant::allow(pattern)).map_err(ChangeError::Refused)?;
    }
    for (id, now) in &after {
        let was = before.get(id).map(|was| &was.set);
        guard::gains_no_more(&actor.set, was, &now.set).map_err(ChangeError::Refused)?;
    }
    if administered && !has_administrator(tables)? {
        return Err(ChangeError::Refused(Refusal::LastAdministrator));
    }

    let affected = raise_versions(tables, &before, &after)?;
    Ok(Applied { state: read(tables, &target)?, affected })
}

/// What a change will touch, once everything it names has been found.
struct Plan {
    /// The users whose permissions may differ afterwards.
    concerned: Vec<i64>,
    /// What a role will newly allow. It counts even while nobody has the role.
    given: Vec<Pattern>,
}

fn plan(tables: Tables<'_>, change: &Change) -> Result<Plan, ChangeError> {
    let mut plan = Plan { concerned: Vec::new(), given: Vec::new() };
    match change {
        Change::AddUser { username, roles, .. } => {
            let taken = "SELECT EXISTS (SELECT 1 FROM user WHERE username = ?1)";
            if tables.connection.query_row(taken, [username], |row| row.get(0))? {
                return Err(ChangeError::Taken(username.clone()));
            }
            all_exist(tables, roles)?;
        }
        Change::SetUserRoles { id, roles } => {
            plan.concerned.push(existing_user(tables, id)?);
            all_exist(tables, roles)?;
        }
        Change::SetUserGrants { id, .. } | Change::RemoveUser { id } => {
            plan.concerned.push(existing_user(tables, id)?);
        }
        Change::AddRole { name, permissions, .. } => {
            if tables.role(name)?.is_some() {
                return Err(ChangeError::Taken(name.clone()));
            }
            plan.given.clone_from(permissions);
        }
        Change::SetRole { name, permissions, .. } => {
            let held = existing_role(tables, name)?.permissions;
            plan.given = permissions.iter().filter(|new| !held.contains(new)).cloned().collect();
            plan.concerned = tables.members(name)?;
        }
        Change::RemoveRole { name } => {
            existing_role(tables, name)?;
            plan.concerned = tables.members(name)?;
        }
    }
    Ok(plan)
}

/// What was written to, to be read again once the versions have risen.
enum Target {
    User(i64),
    Role(String),
    Removed,
}

fn write(tables: Tables<'_>, change: &Change) -> Result<Target, ChangeError> {
    let connection = tables.connection;
    Ok(match change {
        Change::AddUser { username, name, password_hash, roles, grants } => {
            let id = tables::insert_user(connection, username, name, password_hash)?;
            tables::replace_user_roles(connection, id, roles)?;
            tables::replace_user_grants(connection, id, grants)?;
            Target::User(id)
        }
        Change::SetUserRoles { id, roles } => {
            let id = existing_user(tables, id)?;
            tables::replace_user_roles(connection, id, roles)?;
            Target::User(id)
        }
        Change::SetUserGrants { id, grants } => {
            let id = existing_user(tables, id)?;
            tables::replace_user_grants(connection, id, grants)?;
            Target::User(id)
        }
        Change::RemoveUser { id } => {
            let id = existing_user(tables, id)?;
            connection.execute("DELETE FROM user WHERE id = ?1", [id])?;
            Target::Removed
        }
        Change::AddRole { name, title, permissions } => {
            tables::insert_role(connection, name, title)?;
            tables::replace_role_permissions(connection, name, permissions)?;
            Target::Role(name.clone())
        }
        Change::SetRole { name, title, permissions } => {
            connection.execute("UPDATE role SET title = ?2 WHERE name = ?1", [name, title])?;
            tables::replace_role_permissions(connection, name, permissions)?;
            Target::Role(name.clone())
        }
        Change::RemoveRole { name } => {
            connection.execute("DELETE FROM role WHERE name = ?1", [name])?;
            Target::Removed
        }
    })
}

fn read(tables: Tables<'_>, target: &Target) -> Result<Changed, StoreError> {
    let vanished = || StoreError::Corrupt("a row vanished inside its transaction".into());
    Ok(match target {
        Target::User(id) => Changed::User(tables.user(*id)?.ok_or_else(vanished)?),
        Target::Role(name) => Changed::Role(tables.role(name)?.ok_or_else(vanished)?),
        Target::Removed => Changed::Removed,
    })
}

/// Raises the version of everybody whose roles or grants differ, and of nobody else.
fn raise_versions(
    tables: Tables<'_>,
    before: &BTreeMap<i64, Standing>,
    after: &BTreeMap<i64, Standing>,
) -> Result<Vec<Affected>, StoreError> {
    let mut affected = Vec::new();
    let mut raise =
        tables.connection.prepare_cached("UPDATE user SET version = ?2 WHERE id = ?1")?;
    for (id, was) in before {
        let now = after.get(id);
        if now == Some(was) {
            continue;
        }
        // A removed user has no row to raise, but whoever follows them hears of it all the same.
        let version = was.version.saturating_add(1);
        raise.execute((id, i64::try_from(version).unwrap_or(i64::MAX)))?;
        // Whoever is no longer a user is signed out, which says more than any list.
        let revoked =
            now.map(|now| loss::lost(&was.set, &now.set, tables.language)).unwrap_or_default();
        let (subject, remains) = (was.subject.clone(), now.is_some());
        affected.push(Affected { subject, version, revoked, remains });
    }
    Ok(affected)
}

fn standings(tables: Tables<'_>, users: &[i64]) -> Result<BTreeMap<i64, Standing>, StoreError> {
    let mut found = BTreeMap::new();
    for &id in users {
        if let Some(standing) = tables.standing(id)? {
            found.insert(id, standing);
        }
    }
    Ok(found)
}

/// Whether anybody could undo what this change does.
fn has_administrator(tables: Tables<'_>) -> Result<bool, StoreError> {
    let mut find = tables.connection.prepare_cached("SELECT id FROM user ORDER BY id")?;
    let mut rows = find.query([])?;
    while let Some(row) = rows.next()? {
        let standing = tables.standing(row.get(0)?)?;
        if standing.is_some_and(|standing| guard::is_administrator(&standing.set, tables.language))
        {
            return Ok(true);
        }
    }
    Ok(false)
}

fn existing_user(tables: Tables<'_>, id: &str) -> Result<i64, ChangeError> {
    let missing = || ChangeError::NoUser(id.into());
    let row = tables::user_id(id).ok_or_else(missing)?;
    tables.user(row)?.ok_or_else(missing)?;
    Ok(row)
}

fn existing_role(tables: Tables<'_>, name: &str) -> Result<Role, ChangeError> {
    tables.role(name)?.ok_or_else(|| ChangeError::NoRole(name.into()))
}

fn all_exist(tables: Tables<'_>, roles: &[String]) -> Result<(), ChangeError> {
    roles.iter().try_for_each(|name| existing_role(tables, name).map(drop))
}
