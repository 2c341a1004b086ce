//! The API as a whole: its routes, and the layers around them.

use std::time::Duration;

use axum::Router;
use axum::extract::MatchedPath;
use axum::extract::Request;
use axum::http::{HeaderName, HeaderValue, Method, StatusCode, Uri, header};
use axum::middleware::{self, Next};
use axum::response::{IntoResponse as _, Response};
use axum::routing::any;
use permgate_axum::{Identify, PERMISSIONS_VERSION, Wait};
use tower::ServiceBuilder;
use tower_http::cors::{AllowOrigin, CorsLayer};
use tower_http::csrf::ProtectionError;
use tower_http::set_header::SetResponseHeaderLayer;

use crate::problem::{self, Problem};
use crate::routes;
use crate::state::AppState;

/// How long a request may take, the reading of its body included: a slow client must not hold a
/// place for ever, and no answer of this API takes more than a second, unless it was asked to wait.
/// Streams are over with their headers in this sense; their bodies go on.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// How long a browser may keep the answer to a preflight.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_secs(600);

pub(crate) fn router(state: AppState) -> Router {
    let plain = |name: HeaderName, value: &'static str| {
        SetResponseHeaderLayer::if_not_present(name, HeaderValue::from_static(value))
    };
    // From the outside to the inside.
    let layers = ServiceBuilder::new()
        .layer(cors(&state))
        .layer(plain(header::CACHE_CONTROL, "no-store"))
        .layer(plain(header::X_CONTENT_TYPE_OPTIONS, "nosniff"))
        .layer(middleware::map_response(vary))
        .layer(middleware::map_response(complete))
        .layer(middleware::from_fn(in_time))
        .layer(state.csrf())
        .layer(Identify::new(state.clone()));

    let mut router = Router::new();
    let demo = state.config().demo_crash.map(routes::demo);
    for route in routes::table(state.config().language).into_iter().chain(demo) {
        router = router.route(&route.path, route.handler);
    }
    for unknown in ["/api", "/api/", "/api/{*rest}"] {
        router = router.route(unknown, any(no_such_route));
    }
    router.layer(layers).with_state(state)
}

async fn in_time(request: Request, next: Next) -> Response {
    let limit = REQUEST_TIMEOUT + patience(&request);
    match tokio::time::timeout(limit, next.run(request)).await {
        Ok(response) => response,
        Err(_) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}

/// How long the response may be waited for on purpose: only the permission document has `?wait=`.
fn patience(request: &Request) -> Duration {
    let route = request.extensions().get::<MatchedPath>();
    match route.is_some_and(|route| route.as_str() == routes::DOCUMENT) {
        true => Wait::patience(request.uri()),
        false => Duration::ZERO,
    }
}

/// Every response depends on the credentials (RFC 9110 §12.5.5).
async fn vary(mut response: Response) -> Response {
    let ours = HeaderValue::from_static("Authorization, Cookie");
    if !response.headers().get_all(header::VARY).iter().any(|held| held == ours) {
        response.headers_mut().append(header::VARY, ours);
    }
    response
}

/// Gives every error response a problem document, also those of the router and of middleware.
async fn complete(response: Response) -> Response {
    if response.extensions().get::<ProtectionError>().is_none() {
        return problem::complete(response).await;
    }
    let detail = "changes are only accepted from this origin; start the server with `--origin` \
                  for more";
    Problem::new(response.status(), "cross-origin", "Another site sent this", detail)
        .instead_of(&response)
}

async fn no_such_route(method: Method, uri: Uri) -> Problem {
    let path = uri.path();
    Problem::not_found(format!(
        "there is no `{method} {path}`; `GET /api/catalogue` lists the pages"
    ))
}

/// Foreign origins that are configured may call with credentials; no others may read anything.
fn cors(state: &AppState) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(state.origins().iter().cloned()))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_NONE_MATCH,
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers([
            PERMISSIONS_VERSION,
            header::ETAG,
            header::RETRY_AFTER,
            header::WWW_AUTHENTICATE,
        ])
        .max_age(PREFLIGHT_MAX_AGE)
        .vary([header::ORIGIN])
}
