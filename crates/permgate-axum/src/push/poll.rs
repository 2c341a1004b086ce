//! A long poll: an answer that waits until it differs from the one that the client holds.

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

/// The longest wait: below the minute after which many proxies give up.
const MAX_WAIT: Duration = Duration::from_secs(55);

/// A caller that holds a version, and waits for another.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Wait {
    held: u64,
    limit: Duration,
}

impl Wait {
    /// Reads `?wait=25&version=42`. Without `wait`, the answer does not wait, whatever the other
    /// parameters are.
    ///
    /// # Errors
    /// When `wait` is no number of seconds, or `version` is absent or no version.
    pub fn read(uri: &Uri) -> Result<Option<Self>, Problem> {
        let Some(limit) = query::whole(uri, "wait")? else { return Ok(None) };
        let held = query::whole(uri, "version")?.ok_or_else(|| {
            Problem::invalid_query("version", "send the version that you hold beside `wait`")
        })?;
        Ok(Some(Self { held, limit: Duration::from_secs(limit).min(MAX_WAIT) }))
    }

    /// How long an answer to this address may be waited for on purpose.
    #[must_use]
    pub fn patience(uri: &Uri) -> Duration {
        Self::read(uri).ok().flatten().map_or(Duration::ZERO, |wait| wait.limit)
    }
}

/// Answers with `answer`'s response for the caller as soon as their version differs from the one
/// held, and with 204 when it is still the same at the end of the wait.
///
/// # Errors
/// When the credentials end meanwhile, there is no place to wait in, or the server stops or fails.
pub(super) async fn when_it_differs(
    streams: &Streams,
    current: &Current,
    wait: Wait,
    answer: impl FnOnce(&Current) -> Response,
) -> Result<Response, Problem> {
    if current.standing.version != wait.held {
        return Ok(told(answer(current), current));
    }
    let end = Instant::now() + wait.limit;
    let mut watch = Watch::begin(streams, current)?;
    loop {
        let current = watch.look().await?.ok_or_else(Problem::session_over)?;
        if current.standing.version != wait.held {
            return Ok(told(answer(&current), &current));
        }
        match tokio::time::timeout_at(end, watch.news()).await {
            Ok(News::Changed(_) | News::Missed) => {}
            Ok(News::Over) => return Err(Problem::session_over()),
            Ok(News::Stopping) => return Err(stopping()),
            Err(_) if watch.has_expired() => return Err(Problem::session_over()),
            Err(_) => return Ok(told(StatusCode::NO_CONTENT.into_response(), &current)),
        }
    }
}

/// The version as of the answer, not as of the beginning of the request.
fn told(mut response: Response, current: &Current) -> Response {
    if let Some(version) = current.version_header() {
        response.headers_mut().insert(PERMISSIONS_VERSION, version);
    }
    response
}
