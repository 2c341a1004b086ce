//! The enforcement layer that reads the body first and decides again after it.

use std::sync::Arc;
use std::task::{Context, Poll};

use axum::body::{Body, Bytes, HttpBody};
use axum::http::request::Parts;
use axum::http::{Request, StatusCode};
use axum::response::{IntoResponse, Response};
use http_body_util::{BodyExt as _, LengthLimitError, Limited};
use tower_layer::Layer;
use tower_service::Service;

use crate::identify::{BoxFuture, Identity};
use crate::permit::Permit;
use crate::problem::Problem;
use crate::rule::Rule;

/// The layer that [`Require::after_body`](crate::Require::after_body) makes. It decides before the
/// body is read, so that senders without permission are refused without it, and again afterwards.
#[derive(Clone, Debug)]
pub struct RequireAfterBody {
    pub(crate) rule: Arc<Rule>,
    pub(crate) limit: usize,
}

impl<S> Layer<S> for RequireAfterBody {
    type Service = RequiredAfterBody<S>;

    fn layer(&self, inner: S) -> RequiredAfterBody<S> {
        RequiredAfterBody { rule: Arc::clone(&self.rule), limit: self.limit, inner }
    }
}

/// The service that [`RequireAfterBody`] makes.
#[derive(Clone, Debug)]
pub struct RequiredAfterBody<S> {
    rule: Arc<Rule>,
    limit: usize,
    inner: S,
}

impl<S, B> Service<Request<B>> for RequiredAfterBody<S>
where
    S: Service<Request<Body>, Response: IntoResponse, Future: Send> + Clone + Send + 'static,
    B: HttpBody<Data: Send, Error: Into<axum::BoxError>> + Send + 'static,
{
    type Response = Response;
    type Error = S::Error;
    type Future = BoxFuture<'static, Result<Response, S::Error>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), S::Error>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request<B>) -> Self::Future {
        let clone = self.inner.clone();
        let mut inner = std::mem::replace(&mut self.inner, clone);
        let (rule, limit) = (Arc::clone(&self.rule), self.limit);
        Box::pin(async move {
            let (mut parts, body) = request.into_parts();
            let body = match admit(&rule, &mut parts, body, limit).await {
                Ok(body) => body,
                Err(problem) => return Ok(problem.into_response()),
            };
            let request = Request::from_parts(parts, body);
            inner.call(request).await.map(IntoResponse::into_response)
        })
    }
}

/// Decides, reads the body, and decides again. If the head of the request says that there is no
/// body, the first decision is enough.
async fn admit<B>(
    rule: &Arc<Rule>,
    parts: &mut Parts,
    body: B,
    limit: usize,
) -> Result<Body, Problem>
where
    B: HttpBody<Data: Send, Error: Into<axum::BoxError>> + Send + 'static,
{
    let permit = Permit::admit(rule, parts)?;
    if body.is_end_stream() {
        return Ok(Body::empty());
    }
    let bytes = collect(body, limit).await?;
    let permit = permit.confirmed().await?;
    parts.extensions.insert(Identity::Known(permit.current().clone()));
    parts.extensions.insert(permit);
    Ok(Body::from(bytes))
}

async fn collect<B>(body: B, limit: usize) -> Result<Bytes, Problem>
where
    B: HttpBody<Error: Into<axum::BoxError>>,
{
    match Limited::new(body, limit).collect().await {
        Ok(collected) => Ok(collected.to_bytes()),
        Err(error) if error.is::<LengthLimitError>() => Err(Problem::new(
            StatusCode::PAYLOAD_TOO_LARGE,
            "body-too-large",
            "The body is too large",
            format!("send at most {limit} bytes"),
        )),
        Err(_) => Err(Problem::new(
            StatusCode::BAD_REQUEST,
            "body-incomplete",
            "The body ended early",
            "send the request again",
        )),
    }
}
