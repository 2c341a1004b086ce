//! Administration of roles: which there are, and what each allows.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use permgate_axum::Current;
use permgate_core::Pattern;
use serde::{Deserialize, Serialize};

use super::grants::{self, Affected, affected};
use crate::body::{FromJson, JsonBody};
use crate::problem::Problem;
use crate::state::AppState;
use crate::store::{Change, Changed, Role, Store};

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct NewRole {
    name: String,
    title: String,
    permissions: Vec<String>,
}

impl FromJson for NewRole {
    const EXAMPLE: &'static str =
        r#"{"name":"cashier","title":"Cashier","permissions":["invoice:view","payment:*"]}"#;
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct RoleContent {
    title: String,
    permissions: Vec<String>,
}

impl FromJson for RoleContent {
    const EXAMPLE: &'static str =
        r#"{"title":"Cashier","permissions":["invoice:view","payment:*"]}"#;
}

#[derive(Serialize)]
struct RoleView {
    name: String,
    title: String,
    permissions: Vec<String>,
    members: u64,
}

impl From<Role> for RoleView {
    fn from(role: Role) -> Self {
        let permissions = role.permissions.iter().map(Pattern::to_string).collect();
        Self { name: role.name, title: role.title, permissions, members: role.members }
    }
}

#[derive(Serialize)]
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<RoleView>,
    affected: Vec<Affected>,
}

pub(super) async fn list(State(state): State<AppState>) -> Result<Response, Problem> {
    let roles = state.with_store(Store::roles).await?;
    Ok(Json(roles.into_iter().map(RoleView::from).collect::<Vec<_>>()).into_response())
}

pub(super) async fn add(
    State(state): State<AppState>,
    current: Current,
    JsonBody(body): JsonBody<NewRole>,
) -> Result<Response, Problem> {
    let name = grants::key("name", body.name)?;
    let title = grants::label("title", body.title)?;
    let permissions = grants::patterns("permissions", &body.permissions, state.config().language)?;
    let change = Change::AddRole { name, title, permissions };
    Ok((StatusCode::CREATED, apply(&state, &current, change).await?).into_response())
}

pub(super) async fn set(
    State(state): State<AppState>,
    current: Current,
    Path(name): Path<String>,
    JsonBody(body): JsonBody<RoleContent>,
) -> Result<Response, Problem> {
    let title = grants::label("title", body.title)?;
    let permissions = grants::patterns("permissions", &body.permissions, state.config().language)?;
    apply(&state, &current, Change::SetRole { name, title, permissions }).await
}

pub(super) async fn remove(
    State(state): State<AppState>,
    current: Current,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    apply(&state, &current, Change::RemoveRole { name }).await
}

async fn apply(state: &AppState, current: &Current, change: Change) -> Result<Response, Problem> {
    let applied = state
        .administer(&current.standing.subject, change)
        .await?
        .map_err(|error| grants::problem(error, current, false))?;
    let role = match applied.state {
        Changed::Role(role) => Some(role.into()),
        Changed::User(_) | Changed::Removed => None,
    };
    Ok(Json(Answer { role, affected: affected(applied.affected) }).into_response())
}
