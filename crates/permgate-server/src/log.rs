//! The log on the standard error: text or JSON, one line for each event.

use tracing::level_filters::LevelFilter;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

use crate::Failure;

/// How lines are written.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) enum Format {
    /// For people.
    #[default]
    Text,
    /// An object for each line, for programs.
    Json,
}

/// Begins to log what the environment's `RUST_LOG` names, such as `debug` or
/// `permgate_server=debug,info`; without it everything from the level `info` on.
pub(crate) fn start(format: Format) -> Result<(), Failure> {
    let filter = match std::env::var("RUST_LOG") {
        Ok(text) if !text.trim().is_empty() => text.parse::<Targets>().map_err(|error| {
            format!(
                "`RUST_LOG` is `{text}`: {error}; write for example `permgate_server=debug,info`"
            )
        })?,
        _ => Targets::new().with_default(LevelFilter::INFO),
    };
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr);
    let log = tracing_subscriber::registry().with(filter);
    match format {
        Format::Text => log.with(lines).init(),
        Format::Json => log.with(lines.json()).init(),
    }
    Ok(())
}
