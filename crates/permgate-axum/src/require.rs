//! The enforcement layer: a request passes when its sender's permissions meet a requirement.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::{FromRequestParts, RawPathParams};
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use futures_util::FutureExt as _;
use permgate_core::{Decision, Language, Requirement, RequirementError, Resource};
use tower_layer::Layer;
use tower_service::Service;

use crate::after_body::RequireAfterBody;
use crate::identify::{BoxFuture, Current, Identity};
use crate::params::Params;
use crate::permit::Permit;
use crate::problem::Problem;
use crate::template::{Template, TemplateError};

/// A layer that lets requests pass whose sender meets a requirement. It answers 401 when nobody is
/// signed in, and 403 when the requirement is not met.
///
/// It stands on a route, inside of [`Identify`](crate::Identify); without that it refuses all.
///
/// ```
/// use axum::{Router, routing::put};
/// use permgate_axum::Require;
///
/// let edit = Require::new("invoice:edit")?.on_path("invoices/{id}")?;
/// let router: Router = Router::new().route("/invoices/{id}", put(|| async {}).route_layer(edit));
/// // and around all routes: `router.layer(Identify::new(authority))`
/// # Ok::<_, Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Require(pub(crate) Arc<Rule>);

/// What a layer asks of each request.
#[derive(Clone)]
pub(crate) struct Rule {
    // None when it is enough to be signed in.
    requirement: Option<Requirement>,
    resource: Option<ResourceOf>,
}

/// Names the resource that a request is about.
type ResourceOf = Arc<dyn Fn(&Params) -> Result<Option<Resource>, Unnamed> + Send + Sync + 'static>;

/// Why a request names no resource. The text goes to the log, never to the caller.
pub(crate) struct Unnamed(String);

impl Require {
    /// Requires permissions, such as `invoice:edit` or `invoice:edit & !archived`.
    ///
    /// # Errors
    /// When the requirement does not parse.
    pub fn new(requirement: &str) -> Result<Self, RequirementError> {
        Self::new_in(requirement, Language::default())
    }

    /// Requires permissions whose names are in another language than the default: the language of
    /// the grants.
    ///
    /// # Errors
    /// When the requirement does not parse.
    pub fn new_in(requirement: &str, language: Language) -> Result<Self, RequirementError> {
        let requirement = Some(Requirement::parse_in(requirement, language)?);
        Ok(Self(Arc::new(Rule { requirement, resource: None })))
    }

    /// Requires a signed-in subject, and nothing else.
    #[must_use]
    pub fn signed_in() -> Self {
        Self(Arc::new(Rule { requirement: None, resource: None }))
    }

    /// Asks about the resource that `resource` makes of the path parameters: those that the router
    /// matched, decoded as handlers see them. `Ok(None)` asks in general.
    ///
    /// A request whose parameters are not UTF-8, or for which `resource` fails, is refused with
    /// 403, whatever its sender may do.
    ///
    /// ```
    /// use permgate_axum::{Params, ParamsError, Require};
    /// use permgate_core::Resource;
    ///
    /// fn invoice(params: &Params) -> Result<Option<Resource>, Box<dyn std::error::Error>> {
    ///     let id: u64 = params.segment("id")?.parse()?;
    ///     Ok(Some(Resource::parse(&format!("invoices/{id}"))?))
    /// }
    /// let edit = Require::new("invoice:edit")?.on(invoice);
    /// # Ok::<_, permgate_core::RequirementError>(())
    /// ```
    #[must_use]
    pub fn on<E: fmt::Display>(
        self,
        resource: impl Fn(&Params) -> Result<Option<Resource>, E> + Send + Sync + 'static,
    ) -> Self {
        let resource =
            move |params: &Params| resource(params).map_err(|error| Unnamed(error.to_string()));
        let requirement = self.0.requirement.clone();
        Self(Arc::new(Rule { requirement, resource: Some(Arc::new(resource)) }))
    }

    /// Asks about a resource such as `tenants/{tenant}/invoices/{id}`, in which each path parameter
    /// stands for one segment. A parameter that is empty, `.`, `..`, or holds `/`, `*` or a control
    /// character once it is decoded is refused with 403.
    ///
    /// # Errors
    /// When the template is not a resource, or a brace is not closed.
    pub fn on_path(self, template: &str) -> Result<Self, TemplateError> {
        let template = Template::parse(template)?;
        Ok(self.on(move |params| template.fill(params).map(Some)))
    }

    /// Reads the whole body, of at most `limit` bytes, and then judges credentials and permissions
    /// again before the handler is called: a request that began before a revocation and whose body
    /// comes slowly is refused. A longer body is refused with 413.
    ///
    /// Handlers that stream their body use [`Permit::confirm`] instead.
    #[must_use]
    pub fn after_body(self, limit: usize) -> RequireAfterBody {
        RequireAfterBody { require: self, limit }
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

impl<S, B> Service<Request<B>> for Required<S>
where
    S: Service<Request<B>, Response: IntoResponse, Future: Send + 'static>,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let (mut parts, body) = request.into_parts();
        match self.rule.admit(&mut parts) {
            Ok(_) => {
                let response = self.inner.call(Request::from_parts(parts, body));
                Box::pin(async move { response.await.map(IntoResponse::into_response) })
            }
            Err(problem) => Box::pin(async move { Ok(problem.into_response()) }),
        }
    }
}

impl Rule {
    /// Decides on a request; leaves the permit in its extensions for the handler.
    pub(crate) fn admit(self: &Arc<Self>, parts: &mut Parts) -> Result<Permit, Problem> {
        let current = Identity::of(&parts.extensions)?.known()?.clone();
        let resource = match (&self.requirement, &self.resource) {
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
        self.decide(&current, resource.as_ref())?;
        let permit = Permit::new(Arc::clone(self), current, resource);
        parts.extensions.insert(permit.clone());
        Ok(permit)
    }

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

/// The parameters that the router matched.
fn path_params(parts: &mut Parts) -> Result<Params, Unnamed> {
    // The extractor only reads the extensions, and never waits.
    match RawPathParams::from_request_parts(parts, &()).now_or_never() {
        Some(Ok(raw)) => Ok(Params::new(&raw)),
        Some(Err(rejection)) => Err(Unnamed(rejection.body_text())),
        None => Err(Unnamed("the path parameters are not known yet".into())),
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
}

#[cfg(test)]
mod tests;
