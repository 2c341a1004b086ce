//! The tables, and the migration of a database of an older program.

use rusqlite::Connection;

use super::StoreError;

/// The steps from an empty database to the current schema; `user_version` counts those taken.
pub(super) const STEPS: &[&str] = &[
    "
CREATE TABLE setting (
    name TEXT PRIMARY KEY NOT NULL,
    value BLOB NOT NULL
) STRICT;
-- AUTOINCREMENT, so that the subject of a removed user is never given to another user.
CREATE TABLE user (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    username TEXT NOT NULL UNIQUE,
    name TEXT NOT NULL,
    password_hash TEXT NOT NULL,
    version INTEGER NOT NULL DEFAULT 1 CHECK (version > 0)
) STRICT;
CREATE TABLE role (
    name TEXT PRIMARY KEY NOT NULL,
    title TEXT NOT NULL
) STRICT;
CREATE TABLE role_permission (
    role TEXT NOT NULL REFERENCES role (name) ON DELETE CASCADE,
    pattern TEXT NOT NULL,
    PRIMARY KEY (role, pattern)
) STRICT, WITHOUT ROWID;
CREATE TABLE user_role (
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    role TEXT NOT NULL REFERENCES role (name) ON DELETE CASCADE,
    PRIMARY KEY (user_id, role)
) STRICT, WITHOUT ROWID;
CREATE INDEX user_role_by_role ON user_role (role);
-- A resource is never empty, so that the empty text stands for every resource.
CREATE TABLE user_grant (
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    pattern TEXT NOT NULL,
    resource TEXT NOT NULL DEFAULT '',
    effect TEXT NOT NULL CHECK (effect IN ('allow', 'deny')),
    PRIMARY KEY (user_id, pattern, resource, effect)
) STRICT, WITHOUT ROWID;
CREATE TABLE session (
    digest BLOB PRIMARY KEY NOT NULL CHECK (length(digest) = 32),
    user_id INTEGER NOT NULL REFERENCES user (id) ON DELETE CASCADE,
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX session_by_user ON session (user_id);
CREATE INDEX session_by_expiry ON session (expires_ms);
CREATE TABLE record (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    page TEXT NOT NULL,
    title TEXT NOT NULL,
    amount INTEGER NOT NULL,
    status TEXT NOT NULL,
    note TEXT NOT NULL,
    updated_ms INTEGER NOT NULL
) STRICT;
CREATE INDEX record_by_page ON record (page, id);
",
    "
-- Tokens whose users signed out; they expire by themselves, and are forgotten then.
CREATE TABLE revoked_token (
    digest BLOB PRIMARY KEY NOT NULL CHECK (length(digest) = 32),
    expires_ms INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
CREATE INDEX revoked_token_by_expiry ON revoked_token (expires_ms);
",
    "
CREATE TABLE counter (
    name TEXT PRIMARY KEY NOT NULL,
    value INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO counter (name, value) VALUES ('revision', 0), ('token-epoch', 0);
-- One sequence for all tables, so that a role that is made again never has a revision of the old one.
ALTER TABLE user ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE role ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
ALTER TABLE record ADD COLUMN revision INTEGER NOT NULL DEFAULT 0;
-- Tokens of earlier generations no longer count.
ALTER TABLE user ADD COLUMN generation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE revoked_token ADD COLUMN epoch INTEGER NOT NULL DEFAULT 0;
-- The latest end among the revoked tokens of an epoch that were forgotten.
CREATE TABLE forgotten_token (
    epoch INTEGER PRIMARY KEY,
    through_ms INTEGER NOT NULL
) STRICT;
ALTER TABLE session ADD COLUMN id TEXT NOT NULL DEFAULT '';
ALTER TABLE session ADD COLUMN created_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN seen_ms INTEGER NOT NULL DEFAULT 0;
ALTER TABLE session ADD COLUMN agent TEXT NOT NULL DEFAULT '';
UPDATE session SET id = lower(hex(randomblob(16)));
CREATE UNIQUE INDEX session_by_id ON session (id);
",
    "
-- Who did what. No names of users: those stand in their own table, and go with it.
CREATE TABLE audit (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    at_ms INTEGER NOT NULL,
    last_ms INTEGER NOT NULL,
    count INTEGER NOT NULL CHECK (count > 0),
    actor TEXT,
    act TEXT NOT NULL,
    target TEXT NOT NULL,
    before TEXT,
    after TEXT
) STRICT;
CREATE INDEX audit_by_actor ON audit (actor, id);
CREATE INDEX audit_by_target ON audit (target, id);
CREATE INDEX audit_by_act ON audit (act, at_ms);
CREATE INDEX audit_by_last ON audit (last_ms);
-- One key signs; those before it verify until the last token that they signed has expired.
CREATE TABLE signing_key (
    kid TEXT PRIMARY KEY NOT NULL,
    key BLOB NOT NULL CHECK (length(key) = 32),
    made_ms INTEGER NOT NULL,
    until_ms INTEGER
) STRICT;
CREATE UNIQUE INDEX signing_key_current ON signing_key (until_ms IS NULL) WHERE until_ms IS NULL;
INSERT INTO signing_key (kid, key, made_ms)
    SELECT 'first', value, 0 FROM setting WHERE name = 'signing-key';
DELETE FROM setting WHERE name = 'signing-key';
",
];

/// Checks that a database belongs to this program and has the current schema.
pub(super) fn check(connection: &Connection) -> Result<(), StoreError> {
    let held: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    match usize::try_from(held) {
        Ok(taken) if taken == STEPS.len() => Ok(()),
        Ok(taken) if taken < STEPS.len() => Err(StoreError::TooOld(held)),
        _ => Err(StoreError::TooNew(held)),
    }
}

/// Takes the steps that a database is missing, each in a transaction.
pub(super) fn migrate(connection: &mut Connection) -> Result<(), StoreError> {
    let held: i64 = connection.query_row("PRAGMA user_version", [], |row| row.get(0))?;
    let Ok(taken) = usize::try_from(held) else { return Err(StoreError::TooNew(held)) };
    if taken > STEPS.len() {
        return Err(StoreError::TooNew(held));
    }
    for (number, step) in (1_i64..).zip(STEPS).skip(taken) {
        let transaction = connection.transaction()?;
        transaction.execute_batch(step)?;
        transaction.pragma_update(None, "user_version", number)?;
        transaction.commit()?;
    }
    Ok(())
}
