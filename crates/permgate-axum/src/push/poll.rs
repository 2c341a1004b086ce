//! A long poll: a response that waits until the version differs from the client's.

use std::time::Duration;

use axum::http::{StatusCode, Uri};
use axum::response::{IntoResponse, Response};
use tokio::time::Instant;

use super::places::stopping;
use super::streams::Streams;
use super::watch::{News, Watch};
use crate::identify::{Current, PERMISSIONS_VERSION};
use crate::problem::Problem;
use crate::query;

/// The longest wait: below the minute after which many proxies close a connection.
const MAX_WAIT: Duration = Duration::from_secs(55);

/// The wait of a client for a version other than its own.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    held: u64,
    limit: Duration,
}

impl Wait {
    /// Reads `?wait=25&version=42`. Without `wait`, the response does not wait, whatever the other
    /// parameters are.
    ///
    /// # Errors
    /// When `wait` is not a number of seconds, or `version` is missing or not a version.
    pub fn read(uri: &Uri) -> Result<Option<Self>, Problem> {
        let Some(limit) = query::whole(uri, "wait")? else { return Ok(None) };
        let held = query::whole(uri, "version")?.ok_or_else(|| {
            Problem::invalid_query("version", "send the version that you hold beside `wait`")
        })?;
        Ok(Some(Self { held, limit: Duration::from_secs(limit).min(MAX_WAIT) }))
    }

    /// How long the response to this address may be delayed on purpose.
    #[must_use]
    pub fn patience(uri: &Uri) -> Duration {
        Self::read(uri).ok().flatten().map_or(Duration::ZERO, |wait| wait.limit)
    }
}

/// Responds with `answer`'s response for the sender as soon as the version differs from the
/// client's, and with 204 when it is still the same at the end of the wait.
///
/// # Errors
/// When the credentials end meanwhile, no place is free, or the server stops or fails.
pub(super) async fn when_it_differs(
    streams: &Streams,
    current: &Current,
    wait: Wait,
    answer: impl FnOnce(&Current) -> Response,
) -> Result<Response, Problem> {
    if current.standing.version != wait.held {
        return Ok(with_version(answer(current), current));
    }
    let end = Instant::now() + wait.limit;
    let mut watch = Watch::begin(streams, current)?;
    loop {
        let current = watch.look().await?.ok_or_else(Problem::session_over)?;
        if current.standing.version != wait.held {
            return Ok(with_version(answer(&current), &current));
        }
        match tokio::time::timeout_at(end, watch.news()).await {
            Ok(News::Changed(_) | News::Missed) => {}
            Ok(News::Over) => return Err(Problem::session_over()),
            Ok(News::Stopping) => return Err(stopping()),
            Err(_) if watch.has_expired() => return Err(Problem::session_over()),
            Err(_) => return Ok(with_version(StatusCode::NO_CONTENT.into_response(), &current)),
        }
    }
}

/// Sets the version as of the response, not as of the beginning of the request.
fn with_version(mut response: Response, current: &Current) -> Response {
    if let Some(version) = current.version_header() {
        response.headers_mut().insert(PERMISSIONS_VERSION, version);
    }
    response
}
