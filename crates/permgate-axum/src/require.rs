//! The enforcement layer: a request passes when its sender's permissions meet a requirement.

use std::fmt;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::http::Request;
use axum::response::{IntoResponse, Response};
use permgate_core::{Language, Requirement, RequirementError, Resource};
use tower_layer::Layer;
use tower_service::Service;

use crate::after_body::RequireAfterBody;
use crate::identify::BoxFuture;
use crate::params::Params;
use crate::permit::Permit;
use crate::rule::{Rule, Unnamed};
use crate::template::{Template, TemplateError};

/// A layer that lets requests pass if their sender meets a requirement. It answers 401 when nobody
/// is signed in, and 403 when the requirement is not met.
///
/// It is put on a route, inside [`Identify`](crate::Identify); without that layer it refuses all
/// requests.
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
pub struct Require(Arc<Rule>);

impl Require {
    /// Requires permissions, such as `invoice:edit` or `invoice:edit & !archived`.
    ///
    /// # Errors
    /// When the requirement does not parse.
    pub fn new(requirement: &str) -> Result<Self, RequirementError> {
        Self::new_in(requirement, Language::default())
    }

    /// Requires permissions in another language than the default; it must be the language of the
    /// grants.
    ///
    /// # Errors
    /// When the requirement does not parse.
    pub fn new_in(requirement: &str, language: Language) -> Result<Self, RequirementError> {
        let requirement = Some(Requirement::parse_in(requirement, language)?);
        Ok(Self(Arc::new(Rule { requirement, resource: None })))
    }

    /// Requires that the sender is signed in, and nothing else.
    #[must_use]
    pub fn signed_in() -> Self {
        Self(Arc::new(Rule { requirement: None, resource: None }))
    }

    /// Asks about the resource that `resource` makes from the path parameters: those that the
    /// router matched, decoded as handlers see them. `Ok(None)` asks in general.
    ///
    /// A request whose parameters are not UTF-8, or for which `resource` fails, is refused with
    /// 403, whatever permissions its sender has.
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
    /// stands for one segment. A parameter is refused with 403 if it is empty, `.` or `..`, or if,
    /// decoded, it contains `/`, `\`, `*` or a control character.
    ///
    /// # Errors
    /// When the template is not a resource, or a brace is not closed.
    pub fn on_path(self, template: &str) -> Result<Self, TemplateError> {
        let template = Template::parse(template)?;
        Ok(self.on(move |params| template.fill(params).map(Some)))
    }

    /// Reads the whole body, of at most `limit` bytes, and then judges credentials and permissions
    /// again before the handler is called: a request that began before a revocation, with a body
    /// that comes slowly, is refused. A longer body is refused with 413.
    ///
    /// Handlers that stream their body use [`Permit::confirm`] instead.
    #[must_use]
    pub fn after_body(self, limit: usize) -> RequireAfterBody {
        RequireAfterBody { rule: self.0, limit }
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
        match Permit::admit(&self.rule, &mut parts) {
            Ok(_) => {
                let response = self.inner.call(Request::from_parts(parts, body));
                Box::pin(async move { response.await.map(IntoResponse::into_response) })
            }
            Err(problem) => Box::pin(async move { Ok(problem.into_response()) }),
        }
    }
}

#[cfg(test)]
mod tests;
