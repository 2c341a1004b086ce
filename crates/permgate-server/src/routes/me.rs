//! The caller's permissions: the document, and decisions made by the server's core.

use std::time::Duration;

use axum::Json;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, header};
use axum::response::{IntoResponse, Response};
use permgate_axum::{Current, Identity, Knock};
use permgate_core::{Decision, Language, PermissionSet, Requirement, Resource};
use serde::{Deserialize, Serialize};

use super::session;
use crate::body::{FromJson, JsonBody};
use crate::problem::Problem;
use crate::state::AppState;

/// How many requirements are decided in one request: twice as many as the tagged elements of the
/// largest page of the demo, which takes the core about a millisecond.
const MAX_DECISIONS: usize = 2000;

/// The permission document; see [`Backend::document`](permgate_axum::Backend::document).
pub(super) async fn permissions(
    State(state): State<AppState>,
    current: Current,
    request: Request,
) -> Result<Response, Problem> {
    let (parts, _) = request.into_parts();
    state.backend().document(&parts.uri, &parts.headers, &current).await
}

/// The event stream of the caller.
pub(super) async fn events(
    State(state): State<AppState>,
    current: Current,
) -> Result<Response, Problem> {
    state.backend().events(&current)
}

/// The socket of the caller, or of a page that authenticates with its first message.
pub(super) async fn socket(
    State(state): State<AppState>,
    headers: HeaderMap,
    knock: Knock,
) -> Result<Response, Problem> {
    let is_refused = matches!(knock.identity(), Identity::Refused(_));
    let mut response = state.backend().socket(knock).into_response();
    // A cookie that is no longer valid is deleted: a page that uses a token cannot keep the browser
    // from sending the cookie, and would be refused each time.
    if is_refused && !headers.contains_key(header::AUTHORIZATION) {
        session::set_cookie(&state, &mut response, "", Duration::ZERO);
    }
    Ok(response)
}

/// The requirements to decide.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Questions {
    requirements: Vec<Question>,
}

#[derive(Deserialize, Serialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
struct Question {
    requirement: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    resource: Option<String>,
}

impl FromJson for Questions {
    const EXAMPLE: &'static str = r#"{"requirements":[{"requirement":"invoice:edit"}]}"#;
}

#[derive(Serialize)]
struct Answers {
    subject: String,
    version: u64,
    decisions: Vec<Answer>,
}

#[derive(Serialize)]
struct Answer {
    #[serde(flatten)]
    question: Question,
    outcome: &'static str,
    reason: &'static str,
}

pub(super) async fn decisions(
    State(state): State<AppState>,
    current: Current,
    JsonBody(body): JsonBody<Questions>,
) -> Result<Response, Problem> {
    if body.requirements.len() > MAX_DECISIONS {
        let advice = format!("it holds more than {MAX_DECISIONS} entries; send several requests");
        return Err(Problem::invalid("requirements", advice));
    }
    let set = &current.standing.set;
    let language = state.config().language;
    let questions = body.requirements.into_iter();
    let decisions = questions.map(|question| answer(set, question, language)).collect();
    let (subject, version) = (current.standing.subject.clone(), current.standing.version);
    Ok(Json(Answers { subject, version, decisions }).into_response())
}

/// Decides as the browser does: a malformed question is denied, and the others are still answered.
fn answer(set: &PermissionSet, question: Question, language: Language) -> Answer {
    let requirement = Requirement::parse_in(&question.requirement, language);
    let resource = question.resource.as_deref().map(Resource::parse).transpose();
    let decision = match (&requirement, &resource) {
        (Ok(requirement), Ok(resource)) => set.decide(requirement, resource.as_ref()),
        _ => Decision::malformed(),
    };
    let (outcome, reason) = (decision.outcome.as_str(), decision.reason.code());
    Answer { question, outcome, reason }
}
