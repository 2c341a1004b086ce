//! Administration of users: the list, and the roles and grants of each.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use permgate_axum::{Current, query};
use serde::{Deserialize, Serialize};

use super::views::{self, Affected, GrantView, UserView, affected};
use super::{fields, pages, refusals};
use crate::body::{FromJson, JsonBody};
use crate::problem::Problem;
use crate::revision::{self, IfMatch};
use crate::sign_in::Peer;
use crate::state::AppState;
use crate::store::{Change, Changed, MAX_PAGE};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct NewUser {
    username: String,
    name: String,
    password: String,
    #[serde(default)]
    roles: Vec<String>,
    #[serde(default)]
    grants: Vec<GrantView>,
}

impl FromJson for NewUser {
    const EXAMPLE: &'static str =
        r#"{"username":"emmy","name":"Emmy Noether","password":"…","roles":["staff"]}"#;
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Roles {
    roles: Vec<String>,
}

impl FromJson for Roles {
    const EXAMPLE: &'static str = r#"{"roles":["accountant"]}"#;
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Grants {
    grants: Vec<GrantView>,
}

impl FromJson for Grants {
    const EXAMPLE: &'static str = r#"{"grants":[{"permission":"invoice:edit","effect":"allow"}]}"#;
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct NewPassword {
    password: String,
}

impl FromJson for NewPassword {
    const EXAMPLE: &'static str = r#"{"password":"…"}"#;
}

#[derive(Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserView>,
    affected: Vec<Affected>,
}

/// One page of the list, sorted by user name: `?limit=` users, from the one after the user name
/// `?after=`. If there are more, the header `Link` names the next page (RFC 8288, relation `next`).
pub(super) async fn list(State(state): State<AppState>, uri: Uri) -> Result<Response, Problem> {
    let limit = pages::length(&uri, MAX_PAGE)?;
    let after = query::parameter(&uri, "after")?.unwrap_or_default();
    // One user more than a page holds, to know whether there is another page.
    let users = state.with_store(move |store| store.users_after(&after, limit + 1)).await?;
    let has_more = users.len() > limit;
    let users: Vec<_> = users.into_iter().take(limit).map(UserView::from).collect();
    let next = users.last().filter(|_| has_more).map(|last| {
        // User names are letters, digits and hyphens.
        format!("{}?limit={limit}&after={}", uri.path(), last.username)
    });
    Ok(pages::page(users, next))
}

pub(super) async fn show(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let wanted = id.clone();
    let user = state.with_store(move |store| store.user(&wanted)).await?;
    let user = user.ok_or_else(|| refusals::no_user(&id))?;
    Ok(([revision::etag(user.revision)], Json(UserView::from(user))).into_response())
}

pub(super) async fn add(
    State(state): State<AppState>,
    current: Current,
    peer: Peer,
    JsonBody(body): JsonBody<NewUser>,
) -> Result<Response, Problem> {
    let username = fields::key("username", body.username)?;
    let name = fields::label("name", body.name)?;
    fields::check_password("password", &body.password)?;
    let roles = fields::role_names("roles", body.roles)?;
    let grants = fields::grants("grants", &body.grants, state.config().language)?;
    let password_hash = hash(&state, &current, peer, body.password).await?;
    let change = Change::AddUser { username, name, password_hash, roles, grants };
    let added = apply(&state, &current, change, IfMatch::Any).await?;
    Ok((StatusCode::CREATED, added).into_response())
}

pub(super) async fn set_roles(
    State(state): State<AppState>,
    current: Current,
    Path(id): Path<String>,
    if_match: IfMatch,
    JsonBody(body): JsonBody<Roles>,
) -> Result<Response, Problem> {
    let roles = fields::role_names("roles", body.roles)?;
    apply(&state, &current, Change::SetUserRoles { id, roles }, if_match).await
}

pub(super) async fn set_grants(
    State(state): State<AppState>,
    current: Current,
    Path(id): Path<String>,
    if_match: IfMatch,
    JsonBody(body): JsonBody<Grants>,
) -> Result<Response, Problem> {
    let grants = fields::grants("grants", &body.grants, state.config().language)?;
    apply(&state, &current, Change::SetUserGrants { id, grants }, if_match).await
}

pub(super) async fn remove(
    State(state): State<AppState>,
    current: Current,
    Path(id): Path<String>,
    if_match: IfMatch,
) -> Result<Response, Problem> {
    apply(&state, &current, Change::RemoveUser { id }, if_match).await
}

pub(super) async fn password(
    State(state): State<AppState>,
    current: Current,
    peer: Peer,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<NewPassword>,
) -> Result<Response, Problem> {
    fields::check_password("password", &body.password)?;
    let password_hash = hash(&state, &current, peer, body.password).await?;
    let change = Change::SetUserPassword { id, password_hash };
    apply(&state, &current, change, IfMatch::Any).await
}

pub(super) async fn sessions(
    State(state): State<AppState>,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let (wanted, now) = (id.clone(), state.now());
    let found = state.with_store(move |store| {
        let user = store.user(&wanted)?;
        user.map(|_| store.sessions(&wanted, now)).transpose()
    });
    let sessions = found.await?.ok_or_else(|| refusals::no_user(&id))?;
    Ok(Json(views::sessions(sessions, None)).into_response())
}

pub(super) async fn end_sessions(
    State(state): State<AppState>,
    current: Current,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let change = Change::EndUserSessions { id, session: None };
    apply(&state, &current, change, IfMatch::Any).await
}

pub(super) async fn end_session(
    State(state): State<AppState>,
    current: Current,
    Path((id, session)): Path<(String, String)>,
) -> Result<Response, Problem> {
    let change = Change::EndUserSessions { id, session: Some(session) };
    apply(&state, &current, change, IfMatch::Any).await
}

/// Hashes a password, and then judges the caller's credentials again: the hash may have waited for
/// its turn, and a caller who was signed out meanwhile must not change anything.
async fn hash(
    state: &AppState,
    current: &Current,
    peer: Peer,
    password: String,
) -> Result<String, Problem> {
    let hash = state.sign_in().hash_password(peer, password).await?;
    current.again().await?.ok_or_else(Problem::session_over)?;
    Ok(hash)
}

async fn apply(
    state: &AppState,
    current: &Current,
    change: Change,
    if_match: IfMatch,
) -> Result<Response, Problem> {
    let applied = refusals::administer(state, current, change, if_match, true).await?;
    let affected = affected(applied.affected);
    Ok(match applied.state {
        Changed::User(user) => {
            let etag = revision::etag(user.revision);
            ([etag], Json(Answer { user: Some(user.into()), affected })).into_response()
        }
        Changed::Role(_) | Changed::Removed => {
            Json(Answer { user: None, affected }).into_response()
        }
    })
}
