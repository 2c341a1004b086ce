//! The members of a role, grouped by equal roles and grants.
//!
//! A role may have thousands of members. The effect of a change to the role is computed once for
//! all members with the same roles and grants, not once for each of them.

use std::collections::{BTreeMap, HashMap};

use permgate_core::{Grant, Pattern, PermissionSet};

use super::tables::{self, Tables};
use super::{Standing, StoreError};

/// Members with the same roles and grants.
#[derive(Debug)]
pub(super) struct Group {
    /// Names of roles, sorted.
    roles: Vec<String>,
    /// Grants in addition to those of the roles.
    grants: Vec<Grant>,
    /// Their rows and versions.
    pub(super) users: Vec<(i64, u64)>,
}

/// All users with a role.
pub(super) fn groups(tables: Tables<'_>, role: &str) -> Result<Vec<Group>, StoreError> {
    let mut members: BTreeMap<i64, Member> = BTreeMap::new();
    let mut find = tables.connection.prepare_cached(
        "SELECT member.user_id, user.version, other.role
         FROM user_role AS member
         JOIN user ON user.id = member.user_id
         JOIN user_role AS other ON other.user_id = member.user_id
         WHERE member.role = ?1 ORDER BY member.user_id, other.role",
    )?;
    let mut rows = find.query([role])?;
    while let Some(row) = rows.next()? {
        let member = members.entry(row.get(0)?).or_default();
        member.version = row.get(1)?;
        member.configuration.roles.push(row.get(2)?);
    }
    let mut find = tables.connection.prepare_cached(
        "SELECT own.user_id, own.pattern, own.resource, own.effect
         FROM user_role AS member JOIN user_grant AS own ON own.user_id = member.user_id
         WHERE member.role = ?1 ORDER BY own.user_id, own.pattern, own.resource, own.effect",
    )?;
    let mut rows = find.query([role])?;
    while let Some(row) = rows.next()? {
        let member = members.entry(row.get(0)?).or_default();
        member.configuration.grants.push([row.get(1)?, row.get(2)?, row.get(3)?]);
    }
    let mut by_configuration: HashMap<Configuration, Vec<(i64, u64)>> = HashMap::new();
    for (id, member) in members {
        by_configuration.entry(member.configuration).or_default().push((id, member.version));
    }
    let groups = by_configuration.into_iter().map(|(Configuration { roles, grants }, users)| {
        let grants = grants
            .iter()
            .map(|[pattern, resource, effect]| tables.grant(pattern, resource, effect));
        Ok(Group { roles, grants: grants.collect::<Result<_, _>>()?, users })
    });
    groups.collect()
}

/// The roles and grants of a user, as in the tables.
#[derive(Default, PartialEq, Eq, Hash)]
struct Configuration {
    roles: Vec<String>,
    grants: Vec<[String; 3]>,
}

#[derive(Default)]
struct Member {
    version: u64,
    configuration: Configuration,
}

impl Group {
    /// The rights of each member when roles allow this; roles that are not in `roles` are gone.
    pub(super) fn held(&self, roles: &HashMap<String, Vec<Pattern>>) -> Held {
        let names = self.roles.iter().filter(|name| roles.contains_key(*name));
        let names: Vec<_> = names.cloned().collect();
        let of_roles = names.iter().filter_map(|name| roles.get(name)).flatten();
        let mut patterns: Vec<_> = of_roles.cloned().collect();
        patterns.sort_unstable();
        patterns.dedup();
        let grants = self.grants.iter().cloned().chain(patterns.into_iter().map(Grant::allow));
        // Only the roles and the set of the standing matter here; subject and version differ by
        // member.
        let Standing { roles, set, .. } =
            Standing::new(String::new(), String::new(), 0, names, grants);
        Held { roles, set }
    }

    /// The names of their roles.
    pub(super) fn roles(&self) -> &[String] {
        &self.roles
    }
}

/// The permissions of all members of a group.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Held {
    /// Names of roles, sorted.
    pub(super) roles: Vec<String>,
    /// The grants of the roles and of the members.
    pub(super) set: PermissionSet,
}

/// The grants of all roles of some groups.
pub(super) fn contents(
    tables: Tables<'_>,
    groups: &[Group],
) -> Result<HashMap<String, Vec<Pattern>>, StoreError> {
    let mut contents = HashMap::new();
    for name in groups.iter().flat_map(Group::roles) {
        if !contents.contains_key(name) {
            contents.insert(name.clone(), tables.role_permissions(name)?);
        }
    }
    Ok(contents)
}

/// Raises the versions of some users by one.
pub(super) fn raise(
    tables: Tables<'_>,
    users: &[(i64, u64)],
) -> Result<Vec<(String, u64)>, StoreError> {
    let mut raise =
        tables.connection.prepare_cached("UPDATE user SET version = ?2 WHERE id = ?1")?;
    let raised = users.iter().map(|&(id, version)| {
        let version = version.saturating_add(1);
        raise.execute((id, i64::try_from(version).unwrap_or(i64::MAX)))?;
        Ok((tables::subject(id), version))
    });
    raised.collect()
}
