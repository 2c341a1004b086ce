//! What the caller may do: the permission document, and decisions made by the server's core.

use axum::Json;
use axum::extract::State;
use axum::http::{HeaderMap, Uri};
use axum::response::{IntoResponse, Response};
use permgate_core::{Decision, Language, PermissionSet, Requirement, Resource};
use serde::{Deserialize, Serialize};

use crate::body::{FromJson, JsonBody};
use crate::document;
use crate::identity::Current;
use crate::problem::Problem;
use crate::push::{self, Wait};
use crate::query;
use crate::state::AppState;
use crate::tenant::Tenant;

/// How many requirements are decided in one request: a page with 2000 tagged elements is larger
/// than any in the demo, and takes the core a millisecond.
const MAX_DECISIONS: usize = 2000;

/// The document. `?tenant=acme` asks for what is seen in a tenant, `?packed=1` for one bit for each
/// permission of the catalogue instead of names. Both stand in the address, so that whoever writes
/// the page chooses, by the one option that names the endpoint, and pages that choose differently
/// share a server. `?wait=25&version=42` asks for an answer that waits until the version is another.
pub(super) async fn permissions(
    State(state): State<AppState>,
    uri: Uri,
    headers: HeaderMap,
    current: Current,
) -> Result<Response, Problem> {
    let tenant = query::parameter(&uri, "tenant")?.map(Tenant::parse).transpose();
    let tenant = tenant.map_err(|advice| Problem::invalid_query("tenant", advice))?;
    let catalogue = query::switch(&uri, "packed")?.then(|| state.catalogue());
    let ttl_seconds = state.config().permissions_ttl.as_secs();
    let answer = |current: &Current| {
        let tenant = tenant.as_ref();
        let content = document::document(&current.standing, ttl_seconds, tenant, catalogue);
        document::respond(content, &headers)
    };
    match Wait::read(&uri)? {
        Some(wait) => push::when_it_differs(&state, &current, wait, answer).await,
        None => Ok(answer(&current)),
    }
}

/// What to decide.
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
    let (subject, version) = (current.standing.subject, current.standing.version);
    Ok(Json(Answers { subject, version, decisions }).into_response())
}

/// Decides as the browser does: what cannot be read is denied, and the others are answered.
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
