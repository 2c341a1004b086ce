//! The permit of a request, to be confirmed before a handler commits.

use std::sync::Arc;

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use futures_util::FutureExt as _;
use permgate_core::{Decision, Resource};

use crate::identify::{Current, Identity};
use crate::params::Params;
use crate::problem::Problem;
use crate::rule::{Rule, Unnamed, forbidden};

/// The permit of a request: its sender, the requirement and the resource.
///
/// A handler behind [`Require`](crate::Require) that reads a long body, or does other slow work,
/// confirms the permit right before it commits. Otherwise a request that began before a revocation
/// takes effect after it.
///
/// ```
/// use axum::{body::Body, http::StatusCode};
/// use permgate_axum::{Permit, Problem};
///
/// async fn upload(permit: Permit, body: Body) -> Result<StatusCode, Problem> {
///     let bytes = axum::body::to_bytes(body, 1 << 30).await;
///     let bytes = bytes.map_err(|_| Problem::not_found("send less"))?;
///     let current = permit.confirm().await?;
///     // commit `bytes` as `current.standing.subject` here
/// #   drop((bytes, current));
///     Ok(StatusCode::NO_CONTENT)
/// }
/// ```
#[derive(Clone, Debug)]
pub struct Permit {
    rule: Arc<Rule>,
    current: Current,
    resource: Option<Resource>,
}

impl Permit {
    /// Decides on a request; leaves the permit in its extensions for the handler.
    pub(crate) fn admit(rule: &Arc<Rule>, parts: &mut Parts) -> Result<Self, Problem> {
        let current = Identity::of(&parts.extensions)?.known()?.clone();
        let resource = match (&rule.requirement, &rule.resource) {
            (Some(requirement), Some(resource_of)) => {
                let resource = path_params(parts).and_then(|params| resource_of(&params));
                resource.map_err(|Unnamed(why)| {
                    tracing::debug!("a request names no resource: {why}");
                    let code = Decision::malformed().reason.code();
                    forbidden(&current, &requirement.to_string(), code)
                })?
            }
            _ => None,
        };
        rule.decide(&current, resource.as_ref())?;
        let permit = Self { rule: Arc::clone(rule), current, resource };
        parts.extensions.insert(permit.clone());
        Ok(permit)
    }

    /// The sender as of the beginning of the request.
    #[must_use]
    pub fn current(&self) -> &Current {
        &self.current
    }

    /// The resource of the decision; none when the decision was made in general.
    #[must_use]
    pub fn resource(&self) -> Option<&Resource> {
        self.resource.as_ref()
    }

    /// Judges credentials and permissions again, and returns the sender as of now.
    ///
    /// # Errors
    /// 401 when the credentials are no longer valid, 403 when the requirement is no longer met, and
    /// the authority's problem when it fails.
    pub async fn confirm(&self) -> Result<Current, Problem> {
        let current = self.current.again().await?.ok_or_else(Problem::session_over)?;
        if current.standing.subject != self.current.standing.subject {
            return Err(Problem::session_over());
        }
        self.rule.decide(&current, self.resource.as_ref())?;
        Ok(current)
    }

    /// The permit as of now.
    pub(crate) async fn confirmed(self) -> Result<Self, Problem> {
        let current = self.confirm().await?;
        Ok(Self { current, ..self })
    }
}

/// The parameters that the router matched.
fn path_params(parts: &mut Parts) -> Result<Params, Unnamed> {
    // The extractor only reads the extensions, and never waits.
    match RawPathParams::from_request_parts(parts, &()).now_or_never() {
        Some(Ok(raw)) => Ok(Params::new(&raw)),
        Some(Err(rejection)) => Err(Unnamed(rejection.body_text())),
        None => Err(Unnamed("the path parameters are not known yet".into())),
    }
}

impl<S: Sync> FromRequestParts<S> for Permit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let permit = parts.extensions.get::<Self>();
        permit.cloned().ok_or_else(|| Problem::internal(&"this route has no `Require` layer"))
    }
}

#[cfg(test)]
mod tests;
