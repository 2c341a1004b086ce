//! A control of the demo: crashes the server, to show how pages recover.

use std::time::Duration;

use axum::Extension;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::body::{FromJson, JsonBody};
use crate::problem::Problem;

/// The time in which the response can be sent before the process ends.
const CRASH_AFTER: Duration = Duration::from_millis(100);

/// The number of seconds after which the server starts again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object")]
pub(super) struct Crash {
    seconds: u64,
}

impl FromJson for Crash {
    const EXAMPLE: &'static str = r#"{"seconds":5}"#;
}

pub(super) async fn crash(
    Extension(crash): Extension<fn(u8)>,
    JsonBody(body): JsonBody<Crash>,
) -> Result<StatusCode, Problem> {
    let seconds = u8::try_from(body.seconds).ok().filter(|seconds| (1..=60).contains(seconds));
    let advice = "write a number of seconds from 1 to 60";
    let seconds = seconds.ok_or_else(|| Problem::invalid("seconds", advice))?;
    tokio::spawn(async move {
        tokio::time::sleep(CRASH_AFTER).await;
        crash(seconds);
    });
    Ok(StatusCode::ACCEPTED)
}
