//! Who sends a request and what they may do now: found once, outside of all routes.

use std::convert::Infallible;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::{FromRequestParts, Request};
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderName, HeaderValue, Method};
use axum::response::{IntoResponse, Response};
use permgate_core::wire::VersionHeader;
use tower::{Layer, Service};

use crate::clock::Timestamp;
use crate::problem::Problem;
use crate::proof::Proof;
use crate::store::Standing;

/// The header that tells the version of the caller's permissions on every response.
pub const PERMISSIONS_VERSION: HeaderName = HeaderName::from_static("permissions-version");

/// A future that owns what it needs.
pub type BoxFuture<T> = Pin<Box<dyn Future<Output = T> + Send>>;

/// Knows who sends a request and what they may do. Implement it to mount [`Identify`] and
/// [`Require`](crate::Require) on a router of your own.
pub trait Authority: Send + Sync + 'static {
    /// Whose credentials these are, with what they may do at this moment: a change that was
    /// acknowledged before the request began must be seen.
    fn identify(&self, headers: &HeaderMap) -> BoxFuture<Result<Identity, Problem>>;

    /// The version of a subject's permissions at this moment; none when the subject is gone.
    fn version(&self, subject: &str) -> BoxFuture<Result<Option<u64>, Problem>>;
}

/// Who sends a request.
#[derive(Clone, Debug)]
pub enum Identity {
    /// Nobody who says so.
    Anonymous,
    /// Somebody whose credentials do not hold, and why.
    Refused(String),
    /// A known subject.
    Known(Arc<Current>),
}

/// A subject and what they may do, as of the beginning of the request.
#[derive(Clone, Debug)]
pub struct Current {
    /// What they may do.
    pub standing: Standing,
    /// When their credentials are no longer valid.
    pub expires_at: Timestamp,
    /// What showed who they are.
    pub proof: Proof,
}

impl Current {
    /// The value of the version header.
    pub(crate) fn version_header(&self, version: u64) -> Option<HeaderValue> {
        version_header(&self.standing.subject, version)
    }
}

/// The value of the version header, such as `42;sub="u-17"`.
pub(crate) fn version_header(subject: &str, version: u64) -> Option<HeaderValue> {
    let header = VersionHeader { version, subject: Some(subject.into()) };
    HeaderValue::try_from(header.to_string()).ok()
}

/// Takes the caller, in a handler behind [`Require`](crate::Require).
impl<S: Sync> FromRequestParts<S> for Current {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        match parts.extensions.get::<Identity>() {
            Some(Identity::Known(current)) => Ok(current.as_ref().clone()),
            _ => Err(Problem::internal(&"a handler asked for the caller on an open route")),
        }
    }
}

/// A layer that finds out who sends a request, once, and tells the version in the response.
///
/// It refuses nothing; that is what [`Require`](crate::Require) is for.
#[derive(Clone)]
pub struct Identify(Arc<dyn Authority>);

impl Identify {
    /// A layer that asks this authority.
    pub fn new(authority: impl Authority) -> Self {
        Self(Arc::new(authority))
    }
}

impl<S> Layer<S> for Identify {
    type Service = Identified<S>;

    fn layer(&self, inner: S) -> Identified<S> {
        Identified { authority: Arc::clone(&self.0), inner }
    }
}

/// The service that [`Identify`] makes.
#[derive(Clone)]
pub struct Identified<S> {
    authority: Arc<dyn Authority>,
    inner: S,
}

impl<S> Service<Request> for Identified<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        // The clone may not be ready, so the one that was polled does the work.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let authority = Arc::clone(&self.authority);
        let found = authority.identify(request.headers());
        Box::pin(async move {
            let identity = match found.await {
                Ok(identity) => identity,
                Err(problem) => return Ok(problem.into_response()),
            };
            let is_write = !matches!(*request.method(), Method::GET | Method::HEAD);
            request.extensions_mut().insert(identity.clone());
            let mut response = inner.call(request).await?;
            if let Identity::Known(current) = identity {
                tell_version(authority.as_ref(), &current, is_write, &mut response).await;
            }
            Ok(response)
        })
    }
}

/// Adds the version header, unless a handler already did. A write may have changed the caller's
/// own permissions, so the version is read again after it.
async fn tell_version(
    authority: &dyn Authority,
    current: &Current,
    is_write: bool,
    response: &mut Response,
) {
    if response.headers().contains_key(PERMISSIONS_VERSION) {
        return;
    }
    let mut version = current.standing.version;
    if is_write && let Ok(Some(now)) = authority.version(&current.standing.subject).await {
        version = now;
    }
    if let Some(value) = current.version_header(version) {
        response.headers_mut().insert(PERMISSIONS_VERSION, value);
    }
}
