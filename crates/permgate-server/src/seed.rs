//! The content of a new database: the first administrator, or the demo's users, roles and records.

mod people;

use std::time::Duration;

use permgate_core::{Effect, Grant, Language, Pattern, PatternError};

use crate::catalogue::{PAGES, Page};
use crate::clock::Timestamp;
use crate::names::is_key;
use crate::password::{
    MAX_PASSWORD_BYTES, MIN_PASSWORD, PasswordCost, PasswordError, has_allowed_length,
    hash_password,
};
use crate::store::RecordFields;

pub use people::{DEMO_ROLES, DEMO_USERS, DemoRole, DemoUser};

/// The content of a new database.
#[derive(Clone, Debug)]
pub struct Seed {
    /// Roles; they are inserted before the users that have them.
    pub roles: Vec<SeedRole>,
    /// Users.
    pub users: Vec<SeedUser>,
    /// Records, each with its page and its time.
    pub records: Vec<(&'static str, RecordFields, Timestamp)>,
}

/// A role of a new database.
#[derive(Clone, Debug)]
pub struct SeedRole {
    /// Its name.
    pub name: String,
    /// The display name.
    pub title: String,
    /// The grants.
    pub permissions: Vec<Pattern>,
}

/// A user of a new database.
#[derive(Clone, Debug)]
pub struct SeedUser {
    /// The name to sign in with.
    pub username: String,
    /// The name to show.
    pub name: String,
    /// The hash of the password.
    pub password_hash: String,
    /// Names of roles.
    pub roles: Vec<String>,
    /// Grants in addition to those of the roles.
    pub grants: Vec<Grant>,
}

/// The name of the role that allows everything.
const ADMINISTRATOR: &str = "administrator";

/// One user with the role `administrator`, which allows everything.
///
/// # Errors
/// When the name cannot be a user name, or the password is too short, too long, or cannot be
/// hashed.
pub fn first_administrator(
    username: &str,
    name: &str,
    password: &str,
    cost: PasswordCost,
) -> Result<Seed, SeedError> {
    if !is_key(username) {
        return Err(SeedError::Username(username.into()));
    }
    if !has_allowed_length(password) {
        return Err(SeedError::PasswordLength);
    }
    let role = SeedRole {
        name: ADMINISTRATOR.into(),
        title: "Administrator".into(),
        permissions: vec![pattern("*", Language::default())?],
    };
    let user = SeedUser {
        username: username.into(),
        name: name.into(),
        password_hash: hash_password(password, cost).map_err(SeedError::Password)?,
        roles: vec![ADMINISTRATOR.into()],
        grants: Vec::new(),
    };
    Ok(Seed { roles: vec![role], users: vec![user], records: Vec::new() })
}

/// The demo's users, roles and records; each password is `<username>-demo`.
///
/// # Errors
/// When a password cannot be hashed, or a pattern of the tables is not valid in the language: the
/// patterns are written with `:` and `*`.
pub fn demo(now: Timestamp, cost: PasswordCost, language: Language) -> Result<Seed, SeedError> {
    let roles = DEMO_ROLES
        .iter()
        .map(|role| {
            Ok(SeedRole {
                name: role.name.into(),
                title: role.title.into(),
                permissions: role
                    .permissions
                    .iter()
                    .map(|text| pattern(text, language))
                    .collect::<Result<_, _>>()?,
            })
        })
        .collect::<Result<_, SeedError>>()?;
    let users =
        DEMO_USERS.iter().map(|user| seed_user(user, cost, language)).collect::<Result<_, _>>()?;
    let records = PAGES.iter().flat_map(|page| records(page, now)).collect();
    Ok(Seed { roles, users, records })
}

fn seed_user(
    user: &DemoUser,
    cost: PasswordCost,
    language: Language,
) -> Result<SeedUser, SeedError> {
    let allowed = user.allowed.iter().map(|text| (text, Effect::Allow));
    let denied = user.denied.iter().map(|text| (text, Effect::Deny));
    let grants = allowed
        .chain(denied)
        .map(|(text, effect)| {
            Ok(Grant { pattern: pattern(text, language)?, resource: None, effect })
        })
        .collect::<Result<_, SeedError>>()?;
    Ok(SeedUser {
        username: user.username.into(),
        name: user.name.into(),
        password_hash: hash_password(&user.password(), cost).map_err(SeedError::Password)?,
        roles: user.roles.iter().map(|&role| role.into()).collect(),
        grants,
    })
}

fn pattern(text: &str, language: Language) -> Result<Pattern, SeedError> {
    Pattern::parse_in(text, language).map_err(|error| SeedError::Pattern(text.into(), error))
}

/// A page's first records: its sample titles, with states in turn and amounts that vary.
fn records(page: &Page, now: Timestamp) -> Vec<(&'static str, RecordFields, Timestamp)> {
    const NOTES: [&str; 4] =
        ["", "Waiting for a second signature.", "Agreed by telephone.", "See the attached letter."];
    let sample = page.sample;
    // So that the pages differ from one another.
    let shift = page.key.bytes().map(u64::from).sum::<u64>() % 24;
    let statuses = sample.statuses.iter().cycle();
    let notes = NOTES.iter().cycle().skip(page.key.len() % NOTES.len());
    let numbered = sample.titles.iter().zip(statuses).zip(notes).zip(0_i32..);
    numbered
        .map(|(((title, status), note), number)| {
            let fields = RecordFields {
                title: (*title).into(),
                amount: sample.amount + sample.amount / 7 * i64::from(number),
                status: (*status).into(),
                note: (*note).into(),
            };
            let hours = u64::from(number.unsigned_abs()) * 29 + shift;
            (page.key, fields, before(now, Duration::from_secs(hours * 3600)))
        })
        .collect()
}

fn before(now: Timestamp, earlier: Duration) -> Timestamp {
    let milliseconds = u64::try_from(earlier.as_millis()).unwrap_or(u64::MAX);
    Timestamp::from_unix_ms(now.unix_ms().saturating_sub(milliseconds))
}

/// Why the data of a new database could not be made.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum SeedError {
    /// A text cannot be a user name.
    Username(String),
    /// A password is too short or too long.
    PasswordLength,
    /// A password could not be hashed.
    Password(PasswordError),
    /// A text in the tables is not a valid pattern.
    Pattern(String, PatternError),
}

impl std::fmt::Display for SeedError {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Username(text) => write!(
                f,
                "`{text}` cannot be a user name; start with a letter, and use at most 64 of \
                 `a-z`, `0-9` and `-`"
            ),
            Self::PasswordLength => write!(
                f,
                "the password is too short or too long; use at least {MIN_PASSWORD} characters \
                 and at most {MAX_PASSWORD_BYTES} bytes"
            ),
            Self::Password(error) => error.fmt(f),
            Self::Pattern(text, error) => write!(f, "the seed data holds `{text}`: {error}"),
        }
    }
}

impl std::error::Error for SeedError {}

#[cfg(test)]
mod tests;
