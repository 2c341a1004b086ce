//! The axum server beside permgate: sign-in, permission documents, a protected API, and the layer
//! that enforces it with the same core as the browser.
//!
//! This runs in one process, without sockets and on a clock that a test sets:
//!
//! ```
//! use std::sync::Arc;
//! use axum::{body::Body, http::Request};
//! use permgate_server::{AppState, Config, PasswordCost, SettableClock, Timestamp, app};
//! use tower::ServiceExt as _;
//!
//! # #[tokio::main(flavor = "current_thread")]
//! # async fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let clock = Arc::new(SettableClock::new(Timestamp::from_unix_ms(1_800_000_000_000)));
//! let config = Config { password_cost: PasswordCost::LEAST, ..Config::default() };
//! let app = app(AppState::in_memory(clock.clone(), config)?);
//! let request = Request::get("/api/me/permissions").body(Body::empty())?;
//! assert_eq!(app.clone().oneshot(request).await?.status(), 401);
//! # Ok(())
//! # }
//! ```

mod api;
mod audit;
mod authority;
mod body;
pub mod catalogue;
mod config;
mod credentials;
mod envelope;
mod exposition;
mod health;
mod host;
mod metrics;
mod names;
mod network;
mod origin;
mod password;
mod proof;
mod request_id;
mod revision;
pub mod routes;
pub mod rules;
pub mod secret;
pub mod seed;
mod serve;
mod sign_in;
mod site;
mod start_error;
mod state;
mod storage;
pub mod store;
mod token;
mod verified;
mod write_queue;
mod www;

use axum::Router;
use permgate_axum::problem;
use site::Site;

pub use body::MAX_BODY_BYTES;
pub use config::Config;
pub use credentials::{SECURE_SESSION_COOKIE, SESSION_COOKIE};
pub use network::{Network, NetworkError};
pub use password::{
    MAX_PASSWORD_BYTES, MIN_PASSWORD, PasswordCost, PasswordError, hash_password, verify_password,
};
pub use permgate_axum::{
    Announcement, Announcements, Bus, Clock, Current, LocalBus, Problem, SettableClock,
    SystemClock, Timestamp, bus, clock,
};
pub use proof::Proof;
pub use request_id::{RequestId, RequestLine};
pub use revision::IfMatch;
pub use rules::Refusal;
pub use serve::{STOP_WITHIN, serve};
pub use start_error::StartError;
pub use state::AppState;
pub use store::{SqliteStore, Store};
pub use token::{MAX_TOKEN_BYTES, PageClaims, TokenError, Tokens, Verified};

/// The whole server: the API under `/api`, and the single-page application everywhere else.
pub fn app(state: AppState) -> Router {
    Router::new().fallback_service(Site::new(state))
}

/// `/metrics` alone, without access control: for scrapers on other machines, served on an address
/// that only they can reach.
pub fn metrics_app(state: AppState) -> Router {
    exposition::open_router(state)
}

#[cfg(test)]
mod tests;
