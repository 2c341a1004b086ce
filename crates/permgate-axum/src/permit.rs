//! What a request was let in by, to be confirmed before a handler commits.

use std::sync::Arc;

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use permgate_core::Resource;

use crate::identify::Current;
use crate::problem::Problem;
use crate::require::Rule;

/// What a request was let in by: its sender, the requirement and the resource.
///
/// A handler behind [`Require`](crate::Require) that reads a long body, or does other work that
/// takes its time, confirms the permit right before it commits. Otherwise a request that began
/// before a revocation counts after it.
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
    pub(crate) fn new(rule: Arc<Rule>, current: Current, resource: Option<Resource>) -> Self {
        Self { rule, current, resource }
    }

    /// The sender as of the beginning of the request.
    #[must_use]
    pub fn current(&self) -> &Current {
        &self.current
    }

    /// The resource that was asked about; none when it was asked in general.
    #[must_use]
    pub fn resource(&self) -> Option<&Resource> {
        self.resource.as_ref()
    }

    /// Judges credentials and permissions again, and returns the sender as of now.
    ///
    /// # Errors
    /// 401 when the credentials no longer count, 403 when the requirement is no longer met, and
    /// what the authority answers when it fails.
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

impl<S: Sync> FromRequestParts<S> for Permit {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let permit = parts.extensions.get::<Self>();
        permit.cloned().ok_or_else(|| Problem::internal(&"this route has no `Require` layer"))
    }
}

#[cfg(test)]
mod tests;
