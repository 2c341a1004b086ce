//! The log on the standard error: one line of text or JSON for each event, with its request.

use std::fmt;

use permgate_server::RequestLine;
use tracing::level_filters::LevelFilter;
use tracing::{Event, Subscriber};
use tracing_subscriber::filter::Targets;
use tracing_subscriber::fmt::format::{self, FormatEvent, FormatFields, Writer};
use tracing_subscriber::fmt::{FmtContext, Layer};
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::registry::LookupSpan;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::failure::Failure;

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// An object for each line, for programs.
    Json,
}

/// Starts to log the levels in `RUST_LOG`, such as `debug` or `permgate_server=debug,info`; without
/// the variable, everything from the level `info` on.
pub(crate) fn start(format: Format) -> Result<(), Failure> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(text) if !text.trim().is_empty() => text.parse::<Targets>().map_err(|error| {
            format!(
                "`RUST_LOG` is `{text}`: {error}; write for example `permgate_server=debug,info`"
            )
        })?,
        _ => Targets::new().with_default(LevelFilter::INFO),
    };
    let lines = Layer::default().with_writer(std::io::stderr);
    let log = tracing_subscriber::registry().with(filter);
    match format {
        Format::Text => log.with(lines.event_format(WithRequest::text())).init(),
        Format::Json => log.with(lines.json().event_format(WithRequest::json())).init(),
    }
    Ok(())
}

/// Writes lines as `inner` does, and adds the request in which they were written.
struct WithRequest<F> {
    inner: F,
    add: fn(&mut String, &RequestLine),
}

impl WithRequest<format::Format> {
    fn text() -> Self {
        Self { inner: format::format().with_ansi(false), add: add_text }
    }
}

impl WithRequest<format::Format<format::Json>> {
    fn json() -> Self {
        Self { inner: format::format().json().with_current_span(false), add: add_json }
    }
}

fn add_text(line: &mut String, request: &RequestLine) {
    let (id, method, path) = (request.id(), request.method(), request.path());
    // A path has no blanks and no line breaks (RFC 3986 §3.3): such a request was refused before.
    line.push_str(&format!(" request={id} method={method} path={path}"));
}

fn add_json(line: &mut String, request: &RequestLine) {
    let request = serde_json::json!({
        "id": request.id().to_string(),
        "method": request.method().as_str(),
        "path": request.path(),
    });
    if line.pop() == Some('}') {
        line.push_str(&format!(",\"request\":{request}}}"));
    }
}

impl<S, N, F> FormatEvent<S, N> for WithRequest<F>
where
    S: Subscriber + for<'a> LookupSpan<'a>,
    N: for<'a> FormatFields<'a> + 'static,
    F: FormatEvent<S, N>,
{
    fn format_event(
        &self,
        context: &FmtContext<'_, S, N>,
        mut writer: Writer<'_>,
        event: &Event<'_>,
    ) -> fmt::Result {
        let mut line = String::new();
        self.inner.format_event(context, Writer::new(&mut line), event)?;
        let end = line.trim_end().len();
        line.truncate(end);
        RequestLine::with_current(|request| (self.add)(&mut line, request));
        writeln!(writer, "{line}")
    }
}
