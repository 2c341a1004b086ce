//! A requirement with the resource of a request, and the decision whether a subject meets it.

use std::fmt;
use std::sync::Arc;

use axum::http::StatusCode;
use permgate_core::{Requirement, Resource};

use crate::identify::Current;
use crate::params::Params;
use crate::problem::{Problem, Refused};

/// The requirement of a layer for each request.
#[derive(Clone)]
pub(crate) struct Rule {
    // None when it is enough to be signed in.
    pub(crate) requirement: Option<Requirement>,
    pub(crate) resource: Option<ResourceOf>,
}

/// Returns the resource that a request is about.
pub(crate) type ResourceOf =
    Arc<dyn Fn(&Params) -> Result<Option<Resource>, Unnamed> + Send + Sync + 'static>;

/// Why a request names no resource. The text goes to the log, never to the caller.
pub(crate) struct Unnamed(pub(crate) String);

impl Rule {
    /// Whether a subject meets the requirement.
    pub(crate) fn decide(
        &self,
        current: &Current,
        resource: Option<&Resource>,
    ) -> Result<(), Problem> {
        let Some(requirement) = &self.requirement else { return Ok(()) };
        let decision = current.standing.set.decide(requirement, resource);
        if decision.is_granted() {
            return Ok(());
        }
        Err(forbidden(current, &requirement.to_string(), decision.reason.code()))
    }
}

impl fmt::Debug for Rule {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = f.debug_struct("Rule");
        text.field("requirement", &self.requirement).finish_non_exhaustive()
    }
}

/// 403: the subject does not meet a requirement.
#[must_use]
pub fn forbidden(current: &Current, required: &str, reason: &str) -> Problem {
    let detail = format!("this needs `{required}`; ask an administrator for it");
    Problem::new(StatusCode::FORBIDDEN, "forbidden", "Permission needed", detail)
        .with("required", required)
        .with("reason", reason)
        .with("permissions_version", current.standing.version)
        .with_refused(Refused {
            subject: current.standing.subject.clone(),
            required: required.into(),
        })
}
