//! Identifies the sender of a request once, outside all routes, and adds the version to responses.

use std::fmt;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};

use axum::extract::FromRequestParts;
use axum::http::request::Parts;
use axum::http::{HeaderName, HeaderValue, Method, Request, header};
use axum::response::{IntoResponse, Response};
use permgate_core::wire::VersionHeader;
use tower_layer::Layer;
use tower_service::Service;

use crate::authority::{Authentication, Authority, Standing};
use crate::problem::Problem;

/// The header with the version of the sender's permissions, on every response to a known subject.
pub const PERMISSIONS_VERSION: HeaderName = HeaderName::from_static("permissions-version");

/// A future without its concrete type.
pub(crate) type BoxFuture<'a, T> = Pin<Box<dyn Future<Output = T> + Send + 'a>>;

/// The sender of a request, as found by [`Identify`]. It is in the extensions of the request.
#[derive(Clone, Debug)]
pub enum Identity {
    /// The request has no credentials.
    Anonymous,
    /// The request has credentials that are not valid; the text says what to do.
    Refused(String),
    /// The request is from a known subject.
    Known(Current),
}

/// The subject that sends a request, and its permissions at the beginning of the request.
///
/// Handlers behind [`Require`](crate::Require) take it as an argument. Cheap to clone.
#[derive(Clone)]
pub struct Current {
    /// The permissions of the subject.
    pub standing: Arc<Standing>,
    credentials: Arc<dyn Credentials>,
}

impl Current {
    /// The same credentials judged again at this moment; none when they are no longer valid.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn again(&self) -> Result<Option<Self>, Problem> {
        let standing = self.credentials.standing().await?;
        Ok(standing.map(|standing| {
            let credentials = Arc::clone(&self.credentials);
            Self { standing: Arc::new(standing), credentials }
        }))
    }

    /// The value of the version header.
    pub(crate) fn version_header(&self) -> Option<HeaderValue> {
        let Standing { subject, version, set, .. } = &*self.standing;
        set.version_header(subject, *version, version_header)
    }
}

impl fmt::Debug for Current {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Current").field("standing", &self.standing).finish_non_exhaustive()
    }
}

/// The value of [`PERMISSIONS_VERSION`], such as `42;sub="u-17"`; none for a subject that cannot be
/// written in a header.
#[must_use]
pub fn version_header(subject: &str, version: u64) -> Option<HeaderValue> {
    let header = VersionHeader { version, subject: Some(subject.into()) };
    HeaderValue::try_from(header.to_string()).ok()
}

impl<S: Sync> FromRequestParts<S> for Current {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Identity::of(&parts.extensions)?.known().cloned()
    }
}

impl<S: Sync> FromRequestParts<S> for Identity {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        Self::of(&parts.extensions).cloned()
    }
}

impl Identity {
    /// The result of [`Identify`].
    pub(crate) fn of(extensions: &axum::http::Extensions) -> Result<&Self, Problem> {
        extensions
            .get::<Self>()
            .ok_or_else(|| Problem::internal(&"this route has no `Identify` layer around it"))
    }

    /// The known subject.
    ///
    /// # Errors
    /// 401 when the sender is not known.
    pub fn known(&self) -> Result<&Current, Problem> {
        match self {
            Self::Known(current) => Ok(current),
            Self::Anonymous => Err(Problem::unauthenticated("nobody is signed in; sign in first")),
            Self::Refused(why) => Err(Problem::invalid_credentials(why)),
        }
    }
}

/// Credentials that were read once, and can be judged again without knowing their type.
trait Credentials: Send + Sync {
    fn standing(&self) -> BoxFuture<'_, Result<Option<Standing>, Problem>>;
}

struct Proven<A: Authority> {
    authority: Arc<A>,
    proof: A::Proof,
}

impl<A: Authority> Credentials for Proven<A> {
    fn standing(&self) -> BoxFuture<'_, Result<Option<Standing>, Problem>> {
        Box::pin(self.authority.standing(&self.proof))
    }
}

/// The authority without its type, in the extensions of each handshake: a socket may authenticate
/// by its first message, long after this layer has run.
#[derive(Clone)]
pub(crate) struct Door(Arc<dyn Identifier>);

impl Door {
    pub(crate) async fn identify(&self, parts: &Parts) -> Result<Identity, Problem> {
        self.0.identify(parts).await
    }
}

trait Identifier: Send + Sync {
    fn identify<'a>(&'a self, parts: &'a Parts) -> BoxFuture<'a, Result<Identity, Problem>>;
}

struct ByAuthority<A>(Arc<A>);

impl<A: Authority> Identifier for ByAuthority<A> {
    fn identify<'a>(&'a self, parts: &'a Parts) -> BoxFuture<'a, Result<Identity, Problem>> {
        Box::pin(identify(&self.0, parts))
    }
}

async fn identify<A: Authority>(authority: &Arc<A>, parts: &Parts) -> Result<Identity, Problem> {
    let proof = match authority.authenticate(parts).await? {
        Authentication::Anonymous => return Ok(Identity::Anonymous),
        Authentication::Refused(why) => return Ok(Identity::Refused(why)),
        Authentication::Proof(proof) => proof,
    };
    let Some(standing) = authority.standing(&proof).await? else {
        return Ok(Identity::Refused("the session is over; sign in again".into()));
    };
    let credentials = Arc::new(Proven { authority: Arc::clone(authority), proof });
    Ok(Identity::Known(Current { standing: Arc::new(standing), credentials }))
}

/// A layer that identifies the sender of a request once, and adds `Permissions-Version` to the
/// response. It refuses no request; [`Require`](crate::Require) does.
pub struct Identify<A> {
    authority: Arc<A>,
    door: Door,
}

impl<A: Authority> Identify<A> {
    /// A layer that asks this authority.
    pub fn new(authority: A) -> Self {
        let authority = Arc::new(authority);
        let door = Door(Arc::new(ByAuthority(Arc::clone(&authority))));
        Self { authority, door }
    }
}

impl<A> Clone for Identify<A> {
    fn clone(&self) -> Self {
        Self { authority: Arc::clone(&self.authority), door: self.door.clone() }
    }
}

impl<A> fmt::Debug for Identify<A> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Identify").finish_non_exhaustive()
    }
}

impl<A, S> Layer<S> for Identify<A> {
    type Service = Identified<A, S>;

    fn layer(&self, inner: S) -> Identified<A, S> {
        Identified { identify: self.clone(), inner }
    }
}

/// The service that [`Identify`] makes.
#[derive(Debug)]
pub struct Identified<A, S> {
    identify: Identify<A>,
    inner: S,
}

impl<A, S: Clone> Clone for Identified<A, S> {
    fn clone(&self) -> Self {
        Self { identify: self.identify.clone(), inner: self.inner.clone() }
    }
}

impl<A, S, B> Service<Request<B>> for Identified<A, S>
where
    A: Authority,
    S: Service<Request<B>, Response: IntoResponse, Future: Send> + Clone + Send + 'static,
    B: Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        // The clone may not be ready, so the service that was polled is called.
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let Identify { authority, door } = self.identify.clone();
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let identity = match identify(&authority, &parts).await {
                Ok(identity) => identity,
                Err(problem) => return Ok(problem.into_response()),
            };
            let is_write = !matches!(parts.method, Method::GET | Method::HEAD | Method::OPTIONS);
            parts.extensions.insert(identity.clone());
            if parts.headers.contains_key(header::UPGRADE) || parts.method == Method::CONNECT {
                parts.extensions.insert(door);
            }
            let mut response = inner.call(Request::from_parts(parts, body)).await?.into_response();
            if let Identity::Known(current) = identity {
                tell_version(current, is_write, &mut response).await;
            }
            Ok(response)
        })
    }
}

/// Adds the version header, unless a handler already did. A write may have changed the sender's own
/// permissions, so the version is read again after it.
async fn tell_version(mut current: Current, is_write: bool, response: &mut Response) {
    if response.headers().contains_key(PERMISSIONS_VERSION) {
        return;
    }
    if is_write && let Ok(Some(now)) = current.again().await {
        current = now;
    }
    if let Some(value) = current.version_header() {
        response.headers_mut().insert(PERMISSIONS_VERSION, value);
    }
}
