//! The signing keys: the list, a new key, and the end of all credentials.

use axum::Json;
use axum::extract::State;
use axum::http::StatusCode;
use axum::response::{IntoResponse, Response};
use permgate_axum::Current;
use serde::{Deserialize, Serialize};

use super::refusals;
use super::views::rfc3339;
use crate::body::{FromJson, JsonBody};
use crate::problem::Problem;
use crate::state::AppState;
use crate::store::{Author, Keys, Rotation, SigningKeys};

/// What to do with the existing keys.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct NewKey {
    /// Whether all sessions and tokens end at once.
    end_all: bool,
}

impl FromJson for NewKey {
    const EXAMPLE: &'static str = r#"{"end_all":false}"#;
}

#[derive(Serialize)]
struct KeyView {
    kid: String,
    made_at: String,
    /// Until when a retired key verifies tokens; none for the key that signs.
    #[serde(skip_serializing_if = "Option::is_none")]
    until: Option<String>,
}

fn views(keys: SigningKeys) -> Vec<KeyView> {
    let SigningKeys { current, retired } = keys;
    let current = std::iter::once((current, None));
    let all = current.chain(retired.into_iter().map(|(key, until)| (key, Some(until))));
    let views = all.map(|(key, until)| KeyView {
        kid: key.kid,
        made_at: rfc3339(key.made_at),
        until: until.map(rfc3339),
    });
    views.collect()
}

pub(super) async fn list(State(state): State<AppState>) -> Result<Response, Problem> {
    let keys = state.with_store(Keys::signing_keys).await?;
    Ok(Json(views(keys)).into_response())
}

/// Makes a new key. Tokens of the old key are accepted until they expire, unless `end_all` is set.
pub(super) async fn rotate(
    State(state): State<AppState>,
    current: Current,
    JsonBody(body): JsonBody<NewKey>,
) -> Result<Response, Problem> {
    let now = state.now();
    let rotation = match body.end_all {
        true => Rotation::EndAll,
        false => Rotation::KeepUntil(now.plus(state.config().token_ttl)),
    };
    let by = Author { subject: current.standing.subject.clone(), at: now };
    let keys = state.rotate_keys(rotation, by).await?;
    let keys = keys.map_err(|error| refusals::problem(error, &state, &current, false))?;
    Ok((StatusCode::CREATED, Json(views(keys))).into_response())
}
