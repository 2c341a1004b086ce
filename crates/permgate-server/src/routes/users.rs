//! Administration of users: who there is, which roles and grants they have.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use permgate_axum::Current;
use serde::{Deserialize, Serialize};

use super::grants::{self, Affected, GrantView, affected};
use crate::body::{FromJson, JsonBody};
use crate::password::MAX_PASSWORD_BYTES;
use crate::problem::Problem;
use crate::state::AppState;
use crate::store::{Change, Changed, Store, User};

/// The shortest password for a new user, in characters (NIST SP 800-63B §5.1.1).
const MIN_PASSWORD: usize = 8;

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

#[derive(Serialize)]
struct UserView {
    id: String,
    username: String,
    name: String,
    roles: Vec<String>,
    grants: Vec<GrantView>,
    version: u64,
}

impl From<User> for UserView {
    fn from(user: User) -> Self {
        let grants = user.grants.iter().map(GrantView::from).collect();
        let User { id, username, name, roles, version, .. } = user;
        Self { id, username, name, roles, grants, version }
    }
}

#[derive(Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<UserView>,
    affected: Vec<Affected>,
}

pub(super) async fn list(State(state): State<AppState>) -> Result<Response, Problem> {
    let users = state.with_store(Store::users).await?;
    Ok(Json(users.into_iter().map(UserView::from).collect::<Vec<_>>()).into_response())
}

pub(super) async fn add(
    State(state): State<AppState>,
    current: Current,
    JsonBody(body): JsonBody<NewUser>,
) -> Result<Response, Problem> {
    let username = grants::key("username", body.username)?;
    let name = grants::label("name", body.name)?;
    if body.password.chars().count() < MIN_PASSWORD || body.password.len() > MAX_PASSWORD_BYTES {
        let advice = format!(
            "use at least {MIN_PASSWORD} characters and at most {MAX_PASSWORD_BYTES} bytes"
        );
        return Err(Problem::invalid("password", advice));
    }
    let roles = grants::role_names("roles", body.roles)?;
    let grants = grants::grants("grants", &body.grants, state.config().language)?;
    let password_hash = state.hash_password(body.password).await?;
    let change = Change::AddUser { username, name, password_hash, roles, grants };
    Ok((StatusCode::CREATED, apply(&state, &current, change).await?).into_response())
}

pub(super) async fn set_roles(
    State(state): State<AppState>,
    current: Current,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<Roles>,
) -> Result<Response, Problem> {
    let roles = grants::role_names("roles", body.roles)?;
    apply(&state, &current, Change::SetUserRoles { id, roles }).await
}

pub(super) async fn set_grants(
    State(state): State<AppState>,
    current: Current,
    Path(id): Path<String>,
    JsonBody(body): JsonBody<Grants>,
) -> Result<Response, Problem> {
    let grants = grants::grants("grants", &body.grants, state.config().language)?;
    apply(&state, &current, Change::SetUserGrants { id, grants }).await
}

pub(super) async fn remove(
    State(state): State<AppState>,
    current: Current,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    apply(&state, &current, Change::RemoveUser { id }).await
}

async fn apply(state: &AppState, current: &Current, change: Change) -> Result<Response, Problem> {
    let applied = state
        .administer(&current.standing.subject, change)
        .await?
        .map_err(|error| grants::problem(error, current, true))?;
    let user = match applied.state {
        Changed::User(user) => Some(user.into()),
        Changed::Role(_) | Changed::Removed => None,
    };
    Ok(Json(Answer { user, affected: affected(applied.affected) }).into_response())
}
