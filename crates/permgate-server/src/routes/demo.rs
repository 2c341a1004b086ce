//! A control of the demo: makes the server crash, to see how pages get over it.

use std::time::Duration;

use axum::Extension;
use axum::http::StatusCode;
use serde::Deserialize;

use crate::body::{FromJson, JsonBody};
use crate::problem::Problem;

/// How long the answer has to get out before the end.
const CRASH_AFTER: Duration = Duration::from_millis(100);

/// After how many seconds to start again.
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
    let advice = "start again after 1 to 60 seconds";
    let seconds = seconds.ok_or_else(|| Problem::invalid("seconds", advice))?;
    tokio::spawn(async move {
        tokio::time::sleep(CRASH_AFTER).await;
        crash(seconds);
    });
    Ok(StatusCode::ACCEPTED)
}
