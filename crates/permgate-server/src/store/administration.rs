//! Applies one change to users and roles inside a transaction: the rules, the differences, and the
//! versions that rise.

use std::collections::HashMap;

use permgate_core::{Language, Pattern, PermissionSet};

use super::members::{self, Group};
use super::tables::{self, Tables};
use super::{
    Affected, Applied, Change, ChangeError, Changed, IfMatch, Role, Standing, StoreError, loss,
};
use crate::rules::{self, Refusal};

/// The result of a change before the lost permissions are computed, which needs no transaction.
pub(super) struct Pending {
    state: Changed,
    differences: Vec<Difference>,
    signed_out: Option<String>,
}

/// Users whose permissions changed in the same way.
struct Difference {
    before: PermissionSet,
    /// None when they are no longer users.
    after: Option<PermissionSet>,
    /// Subjects with their new versions.
    users: Vec<(String, u64)>,
}

impl Pending {
    /// The changed user or role as it is now.
    pub(super) fn state(&self) -> &Changed {
        &self.state
    }

    /// Computes the permissions that each user lost.
    pub(super) fn finish(self, language: Language) -> Applied {
        let affected = self.differences.into_iter().flat_map(|difference| {
            let Difference { before, after, users } = difference;
            let remains = after.is_some();
            // A removed user is signed out, which tells the page more than a list of lost
            // permissions.
            let revoked = after.map(|after| loss::lost(&before, &after, language));
            let revoked = revoked.unwrap_or_default();
            users.into_iter().map(move |(subject, version)| Affected {
                subject,
                version,
                revoked: revoked.clone(),
                remains,
            })
        });
        let mut affected: Vec<_> = affected.collect();
        affected.sort_by_cached_key(|affected| tables::user_id(&affected.subject));
        Applied { state: self.state, affected, signed_out: self.signed_out }
    }
}

/// Applies a change. On an error the caller rolls the transaction back.
pub(super) fn apply(
    tables: Tables<'_>,
    actor: &str,
    change: &Change,
    if_match: &IfMatch,
) -> Result<Pending, ChangeError> {
    let actor = tables::user_id(actor)
        .map(|id| tables.standing(id))
        .transpose()?
        .flatten()
        .ok_or(ChangeError::NoActor)?;
    // Checked again inside the transaction: the permission may have been revoked since the request
    // began.
    rules::may_change(&actor.set, change, tables.language).map_err(ChangeError::Refused)?;

    let had_keeper = has_keeper(tables)?;
    let pending = match change {
        Change::AddUser { username, name, password_hash, roles, grants } => {
            let taken = "SELECT EXISTS (SELECT 1 FROM user WHERE username = ?1)";
            if tables.connection.query_row(taken, [username], |row| row.get(0))? {
                return Err(ChangeError::Taken(username.clone()));
            }
            all_exist(tables, roles)?;
            let id = tables::insert_user(tables.connection, username, name, password_hash)?;
            tables::replace_user_roles(tables.connection, id, roles)?;
            tables::replace_user_grants(tables.connection, id, grants)?;
            changed_user(tables, &actor, id, None, None)?
        }
        Change::SetUserRoles { id, roles } => {
            let (id, before) = existing_user(tables, id, if_match)?;
            all_exist(tables, roles)?;
            tables::replace_user_roles(tables.connection, id, roles)?;
            changed_user(tables, &actor, id, Some(before), None)?
        }
        Change::SetUserGrants { id, grants } => {
            let (id, before) = existing_user(tables, id, if_match)?;
            tables::replace_user_grants(tables.connection, id, grants)?;
            changed_user(tables, &actor, id, Some(before), None)?
        }
        Change::SetUserPassword { id, password_hash } => {
            let (id, before) = existing_user(tables, id, if_match)?;
            let set = "UPDATE user SET password_hash = ?2 WHERE id = ?1";
            tables.connection.execute(set, (id, password_hash))?;
            tables::end_all_credentials(tables.connection, id, None)?;
            let signed_out = Some(before.subject.clone());
            changed_user(tables, &actor, id, Some(before), signed_out)?
        }
        Change::EndUserSessions { id, session } => {
            let (id, before) = existing_user(tables, id, if_match)?;
            match session {
                None => tables::end_all_credentials(tables.connection, id, None)?,
                Some(session) => {
                    let end = "DELETE FROM session WHERE user_id = ?1 AND id = ?2";
                    if tables.connection.execute(end, (id, session))? == 0 {
                        return Err(ChangeError::NoSession(session.clone()));
                    }
                }
            }
            let signed_out = Some(before.subject.clone());
            changed_user(tables, &actor, id, Some(before), signed_out)?
        }
        Change::RemoveUser { id } => {
            let (id, before) = existing_user(tables, id, if_match)?;
            rules::change_user(&actor, Some(&before), None, tables.language)
                .map_err(ChangeError::Refused)?;
            tables.connection.execute("DELETE FROM user WHERE id = ?1", [id])?;
            // There is no version to raise any more, but the user's streams are still notified.
            let users = vec![(before.subject, before.version.saturating_add(1))];
            let difference = Difference { before: before.set, after: None, users };
            Pending { state: Changed::Removed, differences: vec![difference], signed_out: None }
        }
        Change::AddRole { name, title, permissions } => {
            if tables.role(name)?.is_some() {
                return Err(ChangeError::Taken(name.clone()));
            }
            rules::change_role(&actor, &[], permissions).map_err(ChangeError::Refused)?;
            tables::insert_role(tables.connection, name, title)?;
            tables::replace_role_permissions(tables.connection, name, permissions)?;
            Pending { state: read_role(tables, name)?, differences: Vec::new(), signed_out: None }
        }
        Change::SetRole { name, title, permissions } => {
            let held = existing_role(tables, name, if_match)?.permissions;
            rules::change_role(&actor, &held, permissions).map_err(ChangeError::Refused)?;
            let groups = members::groups(tables, name)?;
            let before = members::contents(tables, &groups)?;
            tables.connection.execute(
                "UPDATE role SET title = ?2, revision = ?3 WHERE name = ?1",
                (name, title, tables::next_revision(tables.connection)?),
            )?;
            tables::replace_role_permissions(tables.connection, name, permissions)?;
            let mut after = before.clone();
            after.insert(name.clone(), permissions.clone());
            let differences = differences(tables, &groups, &before, &after)?;
            Pending { state: read_role(tables, name)?, differences, signed_out: None }
        }
        Change::RemoveRole { name } => {
            let held = existing_role(tables, name, if_match)?.permissions;
            rules::change_role(&actor, &held, &[]).map_err(ChangeError::Refused)?;
            let groups = members::groups(tables, name)?;
            let before = members::contents(tables, &groups)?;
            let sets: Vec<_> = groups.iter().map(|group| group.held(&before).set).collect();
            rules::take_role(&actor, name, sets.iter(), tables.language)
                .map_err(ChangeError::Refused)?;
            let revision = tables::next_revision(tables.connection)?;
            tables.connection.execute(
                "UPDATE user SET revision = ?2
                 WHERE id IN (SELECT user_id FROM user_role WHERE role = ?1)",
                (name, revision),
            )?;
            tables.connection.execute("DELETE FROM role WHERE name = ?1", [name])?;
            let mut after = before.clone();
            after.remove(name);
            let differences = differences(tables, &groups, &before, &after)?;
            Pending { state: Changed::Removed, differences, signed_out: None }
        }
    };
    if had_keeper && !has_keeper(tables)? {
        return Err(ChangeError::Refused(Refusal::LastKeeper));
    }
    Ok(pending)
}

/// Applies the rules to a user who was written, sets a new revision, and raises the version if the
/// permissions differ.
fn changed_user(
    tables: Tables<'_>,
    actor: &Standing,
    id: i64,
    before: Option<Standing>,
    signed_out: Option<String>,
) -> Result<Pending, ChangeError> {
    let after = tables.standing(id)?.ok_or_else(vanished)?;
    rules::change_user(actor, before.as_ref(), Some(&after), tables.language)
        .map_err(ChangeError::Refused)?;
    // Administrators do not see a user's password and sessions, so those changes set no new
    // revision.
    if signed_out.is_none() {
        tables.connection.execute(
            "UPDATE user SET revision = ?2 WHERE id = ?1",
            (id, tables::next_revision(tables.connection)?),
        )?;
    }
    let mut differences = Vec::new();
    // The version of a new user is not raised: no client has seen one yet.
    if let Some(before) = before
        && before != after
    {
        let users = members::raise(tables, &[(id, before.version)])?;
        differences.push(Difference { before: before.set, after: Some(after.set), users });
    }
    let state = Changed::User(tables.user(id)?.ok_or_else(vanished)?);
    Ok(Pending { state, differences, signed_out })
}

/// Raises the versions of the members whose roles or grants differ, and of no other user.
fn differences(
    tables: Tables<'_>,
    groups: &[Group],
    before: &HashMap<String, Vec<Pattern>>,
    after: &HashMap<String, Vec<Pattern>>,
) -> Result<Vec<Difference>, StoreError> {
    let mut differences = Vec::new();
    for group in groups {
        let (was, is) = (group.held(before), group.held(after));
        if was != is {
            let users = members::raise(tables, &group.users)?;
            differences.push(Difference { before: was.set, after: Some(is.set), users });
        }
    }
    Ok(differences)
}

/// Whether there is a keeper. Only users without denials who have a pattern that begins with `*`
/// are candidates, and the search ends at the first keeper.
fn has_keeper(tables: Tables<'_>) -> Result<bool, StoreError> {
    let mut find = tables.connection.prepare_cached(
        "SELECT candidate.id FROM (
             SELECT user_id AS id FROM user_grant
             WHERE effect = 'allow' AND resource = '' AND pattern LIKE '*%'
             UNION ALL
             SELECT user_role.user_id FROM role_permission JOIN user_role USING (role)
             WHERE role_permission.pattern LIKE '*%'
         ) AS candidate
         WHERE NOT EXISTS (
             SELECT 1 FROM user_grant WHERE user_id = candidate.id AND effect = 'deny'
         )",
    )?;
    let mut rows = find.query([])?;
    while let Some(row) = rows.next()? {
        let standing = tables.standing(row.get(0)?)?;
        if standing.is_some_and(|standing| rules::is_keeper(&standing.set, tables.language)) {
            return Ok(true);
        }
    }
    Ok(false)
}

fn existing_user(
    tables: Tables<'_>,
    id: &str,
    if_match: &IfMatch,
) -> Result<(i64, Standing), ChangeError> {
    let missing = || ChangeError::NoUser(id.into());
    let row = tables::user_id(id).ok_or_else(missing)?;
    let user = tables.user(row)?.ok_or_else(missing)?;
    if !if_match.allows(user.revision) {
        return Err(ChangeError::Differs(Box::new(Changed::User(user))));
    }
    Ok((row, tables.standing(row)?.ok_or_else(missing)?))
}

fn existing_role(tables: Tables<'_>, name: &str, if_match: &IfMatch) -> Result<Role, ChangeError> {
    let role = tables.role(name)?.ok_or_else(|| ChangeError::NoRole(name.into()))?;
    if !if_match.allows(role.revision) {
        return Err(ChangeError::Differs(Box::new(Changed::Role(role))));
    }
    Ok(role)
}

fn all_exist(tables: Tables<'_>, roles: &[String]) -> Result<(), ChangeError> {
    roles.iter().try_for_each(|name| existing_role(tables, name, &IfMatch::Any).map(drop))
}

fn read_role(tables: Tables<'_>, name: &str) -> Result<Changed, StoreError> {
    Ok(Changed::Role(tables.role(name)?.ok_or_else(vanished)?))
}

fn vanished() -> StoreError {
    StoreError::Corrupt("a row vanished inside its transaction".into())
}
