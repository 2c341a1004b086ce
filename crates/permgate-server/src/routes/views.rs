//! The JSON of users, roles, grants and sessions.

use permgate_axum::SessionId;
use permgate_core::{Effect, Grant, Pattern};
use serde::{Deserialize, Serialize};
use time::OffsetDateTime;
use time::format_description::well_known::Rfc3339;

use crate::clock::Timestamp;
use crate::revision;
use crate::store::{self, Role, Session, User};

/// A grant in JSON.
#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct GrantView {
    pub(super) permission: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub(super) resource: Option<String>,
    pub(super) effect: EffectView,
}

#[derive(Clone, Copy, Deserialize, Serialize)]
#[serde(rename_all = "lowercase", expecting = "a string")]
pub(super) enum EffectView {
    Allow,
    Deny,
}

impl From<&Grant> for GrantView {
    fn from(grant: &Grant) -> Self {
        Self {
            permission: grant.pattern.as_str().into(),
            resource: grant.resource.as_ref().map(|resource| resource.as_str().into()),
            effect: match grant.effect {
                Effect::Allow => EffectView::Allow,
                Effect::Deny => EffectView::Deny,
            },
        }
    }
}

/// A user, with the fields that administrators see.
#[derive(Serialize)]
pub(super) struct UserView {
    id: String,
    pub(super) username: String,
    name: String,
    roles: Vec<String>,
    grants: Vec<GrantView>,
    version: u64,
    etag: String,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        let grants = user.grants.iter().map(GrantView::from).collect();
        let User { id, username, name, roles, version, revision, .. } = user;
        Self { id, username, name, roles, grants, version, etag: revision::tag(revision) }
    }
}

/// A role, with how many users have it.
#[derive(Serialize)]
pub(super) struct RoleView {
    name: String,
    title: String,
    permissions: Vec<String>,
    members: u64,
    etag: String,
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        let permissions = role.permissions.iter().map(Pattern::to_string).collect();
        let Role { name, title, members, revision, .. } = role;
        Self { name, title, permissions, members, etag: revision::tag(revision) }
    }
}

/// A user whose permissions changed.
#[derive(Serialize)]
pub(super) struct Affected {
    subject: String,
    version: u64,
}

pub(super) fn affected(changes: Vec<store::Affected>) -> Vec<Affected> {
    let views = changes.into_iter();
    views.map(|change| Affected { subject: change.subject, version: change.version }).collect()
}

/// A session, for its owner and for administrators. Its id is no secret: it authenticates nothing.
#[derive(Serialize)]
pub(super) struct SessionView {
    id: String,
    created_at: String,
    last_seen_at: String,
    expires_at: String,
    agent: String,
    /// Whether the request was authenticated by this session.
    is_current: bool,
}

pub(super) fn sessions(sessions: Vec<Session>, current: Option<&SessionId>) -> Vec<SessionView> {
    let views = sessions.into_iter().map(|session| SessionView {
        is_current: is_of(&session, current),
        id: session.id,
        created_at: rfc3339(session.created_at),
        last_seen_at: rfc3339(session.seen_at),
        expires_at: rfc3339(session.expires_at),
        agent: session.agent,
    });
    views.collect()
}

/// Whether a request was authenticated by a session.
pub(super) fn is_of(session: &Session, current: Option<&SessionId>) -> bool {
    current == Some(&SessionId::from(&session.digest))
}

/// A moment in the format of RFC 3339 §5.6.
pub(super) fn rfc3339(moment: Timestamp) -> String {
    let nanoseconds = i128::from(moment.unix_ms()) * 1_000_000;
    let moment = OffsetDateTime::from_unix_timestamp_nanos(nanoseconds).ok();
    moment.and_then(|moment| moment.format(&Rfc3339).ok()).unwrap_or_default()
}
