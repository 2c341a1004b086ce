//! The process's limit of open files, and the limits of connections and streams that follow from
//! it.

use permgate_server::Config;

/// Files other than connections: the database with its readers, the log, the page's files.
const OTHER_FILES: usize = 64;

/// Raises the limit of open files as far as the system allows, and lowers the settings to what
/// fits: without free descriptors no connection could be accepted, and a flood of streams would
/// lock all other clients out.
pub(crate) fn apply(config: &mut Config) {
    let Some(files) = open_files() else { return };
    config.max_connections = config.max_connections.min(files.saturating_sub(OTHER_FILES).max(8));
    let streams = config.max_connections / 4 * 3;
    if streams < config.max_streams {
        tracing::info!(
            "{files} files may be open, so {streams} streams; raise `ulimit -n` for more"
        );
        config.max_streams = streams;
    }
}

#[cfg(unix)]
fn open_files() -> Option<usize> {
    use rustix::process::{Resource, Rlimit, getrlimit, setrlimit};
    let limit = getrlimit(Resource::Nofile);
    let raised = Rlimit { current: limit.maximum, maximum: limit.maximum };
    let current = match setrlimit(Resource::Nofile, raised) {
        Ok(()) => limit.maximum,
        Err(_) => limit.current,
    };
    // Without a limit, no setting is lowered.
    current.and_then(|files| usize::try_from(files).ok())
}

#[cfg(not(unix))]
fn open_files() -> Option<usize> {
    None
}
