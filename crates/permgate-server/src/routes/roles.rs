//! Administration of roles: the list, and the permissions of each.

use axum::Json;
use axum::extract::{Path, State};
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use permgate_axum::Current;
use serde::{Deserialize, Serialize};

use super::views::{Affected, RoleView, affected};
use super::{fields, refusals};
use crate::body::{FromJson, JsonBody};
use crate::problem::Problem;
use crate::revision::{self, IfMatch};
use crate::state::AppState;
use crate::store::{Change, Changed, Rights};

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
struct Answer {
    #[serde(skip_serializing_if = "Option::is_none")]
    role: Option<RoleView>,
    affected: Vec<Affected>,
}

pub(super) async fn list(State(state): State<AppState>) -> Result<Response, Problem> {
    let roles = state.with_store(Rights::roles).await?;
    Ok(Json(roles.into_iter().map(RoleView::from).collect::<Vec<_>>()).into_response())
}

pub(super) async fn show(
    State(state): State<AppState>,
    Path(name): Path<String>,
) -> Result<Response, Problem> {
    let wanted = name.clone();
    let role = state.with_store(move |store| store.role(&wanted)).await?;
    let missing =
        || Problem::not_found(format!("there is no role `{name}`; see `GET /api/admin/roles`"));
    let role = role.ok_or_else(missing)?;
    Ok(([revision::etag(role.revision)], Json(RoleView::from(role))).into_response())
}

pub(super) async fn add(
    State(state): State<AppState>,
    current: Current,
    JsonBody(body): JsonBody<NewRole>,
) -> Result<Response, Problem> {
    let name = fields::key("name", body.name)?;
    let title = fields::label("title", body.title)?;
    let permissions = fields::patterns("permissions", &body.permissions, state.config().language)?;
    let change = Change::AddRole { name, title, permissions };
    let added = apply(&state, &current, change, IfMatch::Any).await?;
    Ok((StatusCode::CREATED, added).into_response())
}

pub(super) async fn set(
    State(state): State<AppState>,
    current: Current,
    Path(name): Path<String>,
    if_match: IfMatch,
    JsonBody(body): JsonBody<RoleContent>,
) -> Result<Response, Problem> {
    let title = fields::label("title", body.title)?;
    let permissions = fields::patterns("permissions", &body.permissions, state.config().language)?;
    apply(&state, &current, Change::SetRole { name, title, permissions }, if_match).await
}

pub(super) async fn remove(
    State(state): State<AppState>,
    current: Current,
    Path(name): Path<String>,
    if_match: IfMatch,
) -> Result<Response, Problem> {
    apply(&state, &current, Change::RemoveRole { name }, if_match).await
}

async fn apply(
    state: &AppState,
    current: &Current,
    change: Change,
    if_match: IfMatch,
) -> Result<Response, Problem> {
    let applied = refusals::administer(state, current, change, if_match, false).await?;
    let affected = affected(applied.affected);
    Ok(match applied.state {
        Changed::Role(role) => {
            let etag = revision::etag(role.revision);
            ([etag], Json(Answer { role: Some(role.into()), affected })).into_response()
        }
        Changed::User(_) | Changed::Removed => {
            Json(Answer { role: None, affected }).into_response()
        }
    })
}
