//! Where a committed change is announced, for whoever pushes it to clients.

use tokio::sync::broadcast;

/// How many announcements a slow listener may fall behind before it is told that it missed some.
///
/// An announcement is some 40 bytes and only ever says "fetch again", so that a listener that
/// lagged loses nothing by fetching once for all it missed.
const BACKLOG: usize = 1024;

/// A subject's permissions changed, and the change is committed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct VersionChanged {
    /// Whose permissions.
    pub subject: String,
    /// The version that now counts.
    pub version: u64,
}

/// Carries announcements to the listeners of this process.
pub trait Bus: Send + Sync + 'static {
    /// Tells every listener. Called after the commit, never before.
    fn announce(&self, change: &VersionChanged);

    /// Listens to what is announced from now on.
    fn listen(&self) -> broadcast::Receiver<VersionChanged>;
}

/// A bus inside this process.
#[derive(Debug)]
pub struct LocalBus(broadcast::Sender<VersionChanged>);

impl LocalBus {
    /// A bus without listeners.
    #[must_use]
    pub fn new() -> Self {
        Self(broadcast::Sender::new(BACKLOG))
    }
}

impl Default for LocalBus {
    fn default() -> Self {
        Self::new()
    }
}

impl Bus for LocalBus {
    fn announce(&self, change: &VersionChanged) {
        // An error means that nobody listens, which is fine.
        drop(self.0.send(change.clone()));
    }

    fn listen(&self) -> broadcast::Receiver<VersionChanged> {
        self.0.subscribe()
    }
}
