//! The enforcement layer: a request passes when its sender's permissions meet a requirement.
//!
//! ```
//! use axum::{Router, routing::put};
//! use permgate_server::Require;
//!
//! let edit = Require::new("invoice:edit")?;
//! let router: Router = Router::new().route("/invoices/{id}", put(|| async {}).route_layer(edit));
//! // and around all routes: `router.layer(Identify::new(authority))`
//! # Ok::<_, permgate_core::RequirementError>(())
//! ```

use std::convert::Infallible;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::Request;
use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use permgate_core::{Language, Requirement, RequirementError, Resource};
use tower::{Layer, Service};

use crate::identity::{BoxFuture, Current, Identity};
use crate::problem::Problem;

/// Which resource an address is about; none when it is about no particular one.
pub type ResourceOf = fn(&Uri) -> Option<Resource>;

/// A layer that refuses with 401 whoever is not signed in, and with 403 whoever is but lacks what
/// is required. It stands inside of [`Identify`](crate::Identify); without that it refuses all.
#[derive(Clone, Debug)]
pub struct Require(Arc<Rule>);

#[derive(Debug)]
struct Rule {
    // None when it is enough to be signed in.
    requirement: Option<Requirement>,
    resource: Option<ResourceOf>,
}

impl Require {
    /// Requires permissions, such as `invoice:edit` or `invoice:edit & !archived`.
    ///
    /// # Errors
    /// When the requirement does not parse.
    pub fn new(requirement: &str) -> Result<Self, RequirementError> {
        Self::new_in(requirement, Language::default())
    }

    /// Requires permissions whose names are of another language than the default: the one that
    /// the grants are written in.
    ///
    /// # Errors
    /// When the requirement does not parse.
    pub fn new_in(requirement: &str, language: Language) -> Result<Self, RequirementError> {
        let requirement = Some(Requirement::parse_in(requirement, language)?);
        Ok(Self(Arc::new(Rule { requirement, resource: None })))
    }

    /// Requires no more than to be signed in.
    #[must_use]
    pub fn signed_in() -> Self {
        Self(Arc::new(Rule { requirement: None, resource: None }))
    }

    /// The same, asked about the resource that the address names.
    #[must_use]
    pub fn on(self, resource: ResourceOf) -> Self {
        let requirement = self.0.requirement.clone();
        Self(Arc::new(Rule { requirement, resource: Some(resource) }))
    }
}

impl<S> Layer<S> for Require {
    type Service = Required<S>;

    fn layer(&self, inner: S) -> Required<S> {
        Required { rule: Arc::clone(&self.0), inner }
    }
}

/// The service that [`Require`] makes.
#[derive(Clone, Debug)]
pub struct Required<S> {
    rule: Arc<Rule>,
    inner: S,
}

impl<S> Service<Request> for Required<S>
where
    S: Service<Request, Response = Response, Error = Infallible>,
    S::Future: Send + 'static,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        match self.rule.check(&request) {
            Ok(()) => Box::pin(self.inner.call(request)),
            Err(problem) => Box::pin(std::future::ready(Ok(problem.into_response()))),
        }
    }
}

impl Rule {
    fn check(&self, request: &Request) -> Result<(), Problem> {
        let current = match request.extensions().get::<Identity>() {
            Some(Identity::Known(current)) => current,
            Some(Identity::Anonymous) => {
                return Err(Problem::unauthenticated("nobody is signed in; sign in first"));
            }
            Some(Identity::Refused(why)) => return Err(Problem::invalid_credentials(why)),
            None => return Err(Problem::internal(&"`Require` stands outside of `Identify`")),
        };
        let Some(requirement) = &self.requirement else { return Ok(()) };
        let resource = self.resource.and_then(|resource_of| resource_of(request.uri()));
        let decision = current.standing.set.decide(requirement, resource.as_ref());
        if decision.is_granted() {
            return Ok(());
        }
        Err(forbidden(current, &requirement.to_string(), decision.reason.code()))
    }
}

/// The 403 answer of DESIGN §6.
pub(crate) fn forbidden(current: &Current, required: &str, reason: &str) -> Problem {
    let detail = format!("this needs `{required}`; ask an administrator for it");
    Problem::new(StatusCode::FORBIDDEN, "forbidden", "Permission needed", detail)
        .with("required", required)
        .with("reason", reason)
        .with("permissions_version", current.standing.version)
}
