//! Liveness and readiness, for a supervisor and a load balancer.

use axum::Router;
use axum::extract::State;
use axum::http::{HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::state::AppState;
use crate::store::Accounts;

/// `GET /healthz`: 200 as long as the process answers. `GET /readyz`: 200 when the database can be
/// read and the server is not about to stop, else 503. Neither needs credentials; neither body has
/// details.
pub(crate) fn router(state: AppState) -> Router {
    Router::new()
        .route("/healthz", get(async || answer(StatusCode::OK, "ok\n")))
        .route("/readyz", get(ready))
        .with_state(state)
}

async fn ready(State(state): State<AppState>) -> Response {
    if state.is_stopping() {
        return answer(StatusCode::SERVICE_UNAVAILABLE, "stopping\n");
    }
    match state.with_store(Accounts::has_users).await {
        Ok(_) => answer(StatusCode::OK, "ready\n"),
        Err(_) => answer(StatusCode::SERVICE_UNAVAILABLE, "the database cannot be read\n"),
    }
}

fn answer(status: StatusCode, text: &'static str) -> Response {
    let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    (status, [no_store], text).into_response()
}
