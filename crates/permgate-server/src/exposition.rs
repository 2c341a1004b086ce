//! `GET /metrics`: which clients may read the server's metrics.

use std::net::IpAddr;

use axum::Router;
use axum::extract::{Request, State};
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use axum::routing::get;

use crate::metrics::Occupied;
use crate::problem::Problem;
use crate::sign_in::Connected;
use crate::state::AppState;

/// The headers in which a proxy names its client.
const FORWARDED: [&str; 4] = ["forwarded", "x-forwarded-for", "x-real-ip", "via"];

/// The exposition format of the response.
const FORMAT: HeaderValue =
    HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// `GET /metrics` for scrapers on the same machine. Other clients, and clients behind a proxy, get
/// a 404: the length of the queue of sign-ins would help attackers.
pub(crate) fn router(state: AppState) -> Router {
    Router::new().route("/metrics", get(nearby)).with_state(state)
}

/// `GET /metrics` for every client that reaches its address.
pub(crate) fn open_router(state: AppState) -> Router {
    let show = async |State(state): State<AppState>| respond(&state);
    Router::new().route("/metrics", get(show)).with_state(state)
}

async fn nearby(State(state): State<AppState>, request: Request) -> Response {
    let connected = request.extensions().get::<Connected>();
    let is_local =
        connected.is_some_and(|Connected(from)| IpAddr::to_canonical(from).is_loopback());
    let is_forwarded =
        |headers: &HeaderMap| FORWARDED.iter().any(|name| headers.contains_key(*name));
    if is_local && !is_forwarded(request.headers()) {
        return respond(&state);
    }
    Problem::from_status(StatusCode::NOT_FOUND).into_response()
}

fn respond(state: &AppState) -> Response {
    let now = Occupied {
        streams: state.backend().streams().open(),
        sign_ins_waiting: state.sign_in().waiting(),
        writes_waiting: state.writes_waiting(),
    };
    match state.metrics().text(&now) {
        Ok(text) => {
            let no_store = (header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
            ([(header::CONTENT_TYPE, FORMAT), no_store], text).into_response()
        }
        Err(error) => Problem::internal(&error).into_response(),
    }
}
