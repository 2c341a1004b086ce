//! The API as a whole: its routes, and the layers around them.

use std::time::Duration;

use axum::Router;
use axum::http::{HeaderName, Method, Uri, header};
use permgate_axum::{Identified, Identify, PERMISSIONS_VERSION};
use tower::ServiceBuilder;
use tower_http::cors::{AllowOrigin, CorsLayer};

use crate::authority::Judge;
use crate::envelope::{Envelope, Enveloped};
use crate::problem::Problem;
use crate::routes;
use crate::state::AppState;

/// How long a browser may keep the answer to a preflight.
const PREFLIGHT_MAX_AGE: Duration = Duration::from_secs(600);

/// The headers that a page of another origin may read.
const EXPOSED: [HeaderName; 5] = [
    PERMISSIONS_VERSION,
    header::ETAG,
    header::LINK,
    header::RETRY_AFTER,
    header::WWW_AUTHENTICATE,
];

/// The routes of the API, with the layers around all of them.
pub(crate) type Api = Enveloped<Identified<Judge, Router>>;

/// Whether a path belongs to the API.
pub(crate) fn is_of_api(path: &str) -> bool {
    path.strip_prefix("/api").is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

pub(crate) fn service(state: AppState) -> Api {
    // From the outside to the inside.
    let layers = ServiceBuilder::new()
        .layer(Envelope::new(cors(&state), state.clone(), &EXPOSED))
        .layer(Identify::new(state.judge().clone()));

    let mut router = Router::new();
    let demo = state.config().demo_crash.map(routes::demo);
    for route in routes::table(state.config().language).into_iter().chain(demo) {
        router = router.route(&route.path, route.handler);
    }
    layers.service(router.fallback(no_such_route).with_state(state))
}

async fn no_such_route(method: Method, uri: Uri) -> Problem {
    let path = uri.path();
    Problem::not_found(format!(
        "there is no `{method} {path}`; `GET /api/catalogue` lists the pages"
    ))
}

/// Configured foreign origins may call with credentials; pages of other origins can read nothing.
fn cors(state: &AppState) -> CorsLayer {
    CorsLayer::new()
        .allow_origin(AllowOrigin::list(state.origins().iter().cloned()))
        .allow_credentials(true)
        .allow_methods([Method::GET, Method::POST, Method::PUT, Method::DELETE])
        .allow_headers([
            header::AUTHORIZATION,
            header::CONTENT_TYPE,
            header::IF_MATCH,
            header::IF_NONE_MATCH,
            HeaderName::from_static("last-event-id"),
        ])
        .expose_headers(EXPOSED)
        .max_age(PREFLIGHT_MAX_AGE)
        .vary([header::ORIGIN])
}
