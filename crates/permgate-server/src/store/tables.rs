//! Reads and writes rows of the tables, inside the caller's transaction.

use permgate_core::{Effect, Grant, Language, Pattern, ResourcePattern};
use rusqlite::{Connection, OptionalExtension, Row, params};

use super::{Record, RecordFields, Role, Standing, StoreError, User};
use crate::clock::Timestamp;
use crate::secret::DigestBytes;

/// The subject of a user's row.
pub(super) fn subject(id: i64) -> String {
    format!("u-{id}")
}

/// The row of a subject. Only the spelling that [`subject`] writes is accepted.
pub(super) fn user_id(text: &str) -> Option<i64> {
    let digits = text.strip_prefix("u-")?;
    // `parse` reads `+7` and `007`, too.
    let is_one_spelling = digits.starts_with(|first| matches!(first, '1'..='9'));
    if is_one_spelling { digits.parse().ok() } else { None }
}

pub(super) fn milliseconds(moment: Timestamp) -> i64 {
    i64::try_from(moment.unix_ms()).unwrap_or(i64::MAX)
}

pub(super) fn timestamp(milliseconds: i64) -> Timestamp {
    Timestamp::from_unix_ms(u64::try_from(milliseconds).unwrap_or(0))
}

/// A number that was never used as a revision before.
pub(super) fn next_revision(connection: &Connection) -> rusqlite::Result<u64> {
    let next = "UPDATE counter SET value = value + 1 WHERE name = 'revision' RETURNING value";
    let mut next = connection.prepare_cached(next)?;
    // All rows are read, because only then has the statement finished.
    let mut numbers = next.query_map([], |row| row.get(0))?;
    let number = numbers.next().unwrap_or(Err(rusqlite::Error::QueryReturnedNoRows));
    numbers.for_each(drop);
    number
}

/// Ends all sessions of a user except for one, and all tokens.
pub(super) fn end_all_credentials(
    connection: &Connection,
    user: i64,
    but: Option<&DigestBytes>,
) -> rusqlite::Result<()> {
    connection.execute(
        "DELETE FROM session WHERE user_id = ?1 AND (?2 IS NULL OR digest <> ?2)",
        params![user, but],
    )?;
    connection
        .execute("UPDATE user SET generation = generation + 1 WHERE id = ?1", [user])
        .map(drop)
}

pub(super) fn insert_user(
    connection: &Connection,
    username: &str,
    name: &str,
    password_hash: &str,
) -> rusqlite::Result<i64> {
    connection.execute(
        "INSERT INTO user (username, name, password_hash, revision) VALUES (?1, ?2, ?3, ?4)",
        params![username, name, password_hash, next_revision(connection)?],
    )?;
    Ok(connection.last_insert_rowid())
}

pub(super) fn insert_role(
    connection: &Connection,
    name: &str,
    title: &str,
) -> rusqlite::Result<()> {
    let insert = "INSERT INTO role (name, title, revision) VALUES (?1, ?2, ?3)";
    connection.execute(insert, params![name, title, next_revision(connection)?]).map(drop)
}

pub(super) fn replace_role_permissions(
    connection: &Connection,
    role: &str,
    permissions: &[Pattern],
) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM role_permission WHERE role = ?1", [role])?;
    let mut insert = connection
        .prepare_cached("INSERT OR IGNORE INTO role_permission (role, pattern) VALUES (?1, ?2)")?;
    permissions.iter().try_for_each(|pattern| insert.execute([role, pattern.as_str()]).map(drop))
}

pub(super) fn replace_user_roles(
    connection: &Connection,
    user: i64,
    roles: &[String],
) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM user_role WHERE user_id = ?1", [user])?;
    let mut insert = connection
        .prepare_cached("INSERT OR IGNORE INTO user_role (user_id, role) VALUES (?1, ?2)")?;
    roles.iter().try_for_each(|role| insert.execute(params![user, role]).map(drop))
}

pub(super) fn replace_user_grants(
    connection: &Connection,
    user: i64,
    grants: &[Grant],
) -> rusqlite::Result<()> {
    connection.execute("DELETE FROM user_grant WHERE user_id = ?1", [user])?;
    let mut insert = connection.prepare_cached(
        "INSERT OR IGNORE INTO user_grant (user_id, pattern, resource, effect)
         VALUES (?1, ?2, ?3, ?4)",
    )?;
    grants.iter().try_for_each(|grant| {
        let resource = grant.resource.as_ref().map_or("", ResourcePattern::as_str);
        let effect = grant.effect.as_str();
        insert.execute(params![user, grant.pattern.as_str(), resource, effect]).map(drop)
    })
}

pub(super) fn insert_record(
    connection: &Connection,
    page: &str,
    fields: &RecordFields,
    at: Timestamp,
) -> rusqlite::Result<i64> {
    let mut insert = connection.prepare_cached(
        "INSERT INTO record (page, title, amount, status, note, updated_ms, revision)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7)",
    )?;
    insert.execute(params![
        page,
        fields.title,
        fields.amount,
        fields.status,
        fields.note,
        milliseconds(at),
        next_revision(connection)?
    ])?;
    Ok(connection.last_insert_rowid())
}

pub(super) fn records(connection: &Connection, page: &str) -> Result<Vec<Record>, StoreError> {
    let mut find = connection.prepare_cached(
        "SELECT id, title, amount, status, note, updated_ms, revision FROM record
         WHERE page = ?1 ORDER BY id",
    )?;
    Ok(find.query_map([page], record)?.collect::<Result<_, _>>()?)
}

pub(super) fn record_of(
    connection: &Connection,
    page: &str,
    id: i64,
) -> Result<Option<Record>, StoreError> {
    let mut find = connection.prepare_cached(
        "SELECT id, title, amount, status, note, updated_ms, revision FROM record
         WHERE page = ?1 AND id = ?2",
    )?;
    Ok(find.query_row(params![page, id], record).optional()?)
}

fn record(row: &Row<'_>) -> rusqlite::Result<Record> {
    let fields = RecordFields {
        title: row.get(1)?,
        amount: row.get(2)?,
        status: row.get(3)?,
        note: row.get(4)?,
    };
    let (updated_at, revision) = (timestamp(row.get(5)?), row.get(6)?);
    Ok(Record { id: row.get(0)?, fields, updated_at, revision })
}

/// Access to the tables, whose patterns are all read in one language.
#[derive(Clone, Copy)]
pub(super) struct Tables<'a> {
    pub(super) connection: &'a Connection,
    pub(super) language: Language,
}

impl Tables<'_> {
    /// The permissions of a user; none if there is no such user.
    pub(super) fn standing(self, id: i64) -> Result<Option<Standing>, StoreError> {
        let mut find =
            self.connection.prepare_cached("SELECT name, version FROM user WHERE id = ?1")?;
        let found = find.query_row([id], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
        let Some((name, version)) = found else { return Ok(None) };
        let mut grants = self.user_grants(id)?;
        let mut find = self.connection.prepare_cached(
            "SELECT DISTINCT pattern FROM role_permission JOIN user_role USING (role)
             WHERE user_id = ?1",
        )?;
        for text in find.query_map([id], |row| row.get::<_, String>(0))? {
            grants.push(Grant::allow(self.pattern(&text?)?));
        }
        let roles = self.user_roles(id)?;
        Ok(Some(Standing::new(subject(id), name, version, roles, grants)))
    }

    pub(super) fn users_after(self, after: &str, limit: usize) -> Result<Vec<User>, StoreError> {
        let mut find = self
            .connection
            .prepare_cached("SELECT id FROM user WHERE username > ?1 ORDER BY username LIMIT ?2")?;
        let ids = find.query_map(params![after, limit], |row| row.get(0))?;
        let ids = ids.collect::<Result<Vec<i64>, _>>()?;
        ids.into_iter().filter_map(|id| self.user(id).transpose()).collect()
    }

    pub(super) fn user(self, id: i64) -> Result<Option<User>, StoreError> {
        let mut find = self
            .connection
            .prepare_cached("SELECT username, name, version, revision FROM user WHERE id = ?1")?;
        let found = find
            .query_row([id], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?, row.get(3)?)))
            .optional()?;
        let Some((username, name, version, revision)) = found else { return Ok(None) };
        let (roles, grants) = (self.user_roles(id)?, self.user_grants(id)?);
        Ok(Some(User { id: subject(id), username, name, roles, grants, version, revision }))
    }

    pub(super) fn roles(self) -> Result<Vec<Role>, StoreError> {
        let mut find = self.connection.prepare_cached("SELECT name FROM role ORDER BY name")?;
        let names = texts(find.query_map([], text)?)?;
        names.iter().filter_map(|name| self.role(name).transpose()).collect()
    }

    pub(super) fn role(self, name: &str) -> Result<Option<Role>, StoreError> {
        let mut find = self.connection.prepare_cached(
            "SELECT title, (SELECT count(*) FROM user_role WHERE role = ?1), revision
             FROM role WHERE name = ?1",
        )?;
        let found = find.query_row([name], |row| Ok((row.get(0)?, row.get(1)?, row.get(2)?)));
        let Some((title, members, revision)) = found.optional()? else { return Ok(None) };
        let permissions = self.role_permissions(name)?;
        Ok(Some(Role { name: name.into(), title, permissions, members, revision }))
    }

    /// The permissions that a role allows, sorted.
    pub(super) fn role_permissions(self, name: &str) -> Result<Vec<Pattern>, StoreError> {
        let mut find = self.connection.prepare_cached(
            "SELECT pattern FROM role_permission WHERE role = ?1 ORDER BY pattern",
        )?;
        texts(find.query_map([name], text)?)?.iter().map(|text| self.pattern(text)).collect()
    }

    fn user_roles(self, id: i64) -> Result<Vec<String>, StoreError> {
        let mut find = self
            .connection
            .prepare_cached("SELECT role FROM user_role WHERE user_id = ?1 ORDER BY role")?;
        texts(find.query_map([id], text)?)
    }

    fn user_grants(self, id: i64) -> Result<Vec<Grant>, StoreError> {
        let mut find = self.connection.prepare_cached(
            "SELECT pattern, resource, effect FROM user_grant
             WHERE user_id = ?1 ORDER BY pattern, resource, effect",
        )?;
        let mut rows = find.query([id])?;
        let mut grants = Vec::new();
        while let Some(row) = rows.next()? {
            let column = |index| row.get::<_, String>(index);
            grants.push(self.grant(&column(0)?, &column(1)?, &column(2)?)?);
        }
        Ok(grants)
    }

    /// Reads a grant from its columns.
    pub(super) fn grant(
        self,
        name: &str,
        resource: &str,
        effect: &str,
    ) -> Result<Grant, StoreError> {
        let resource = match resource {
            "" => None,
            text => Some(ResourcePattern::parse(text).map_err(|_| corrupt("resource", text))?),
        };
        let effect = match effect {
            "allow" => Effect::Allow,
            "deny" => Effect::Deny,
            other => return Err(corrupt("effect", other)),
        };
        Ok(Grant { pattern: self.pattern(name)?, resource, effect })
    }

    // A row that cannot be read fails the whole request: skipping it could lose a deny.
    fn pattern(self, text: &str) -> Result<Pattern, StoreError> {
        Pattern::parse_in(text, self.language).map_err(|_| corrupt("permission", text))
    }
}

fn corrupt(kind: &str, text: &str) -> StoreError {
    StoreError::Corrupt(format!("`{text}` is not a {kind}"))
}

fn text(row: &Row<'_>) -> rusqlite::Result<String> {
    row.get(0)
}

fn texts(rows: impl Iterator<Item = rusqlite::Result<String>>) -> Result<Vec<String>, StoreError> {
    Ok(rows.collect::<Result<_, _>>()?)
}
