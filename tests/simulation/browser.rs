//! What the tabs of a browser have in common: the cookie, locks, and a way to tell each other.

use crate::stream::Way;

pub(crate) struct Browser {
    /// The cookie: which session of the server it names.
    pub(crate) jar: Option<usize>,
    pub(crate) locks: Vec<Lock>,
    /// How often in a hundred times a message between tabs is lost.
    pub(crate) loss: u64,
    /// What becomes of events, sockets and polls.
    pub(crate) ways: [Way; 3],
}

impl Default for Browser {
    fn default() -> Self {
        Self { jar: None, locks: Vec::new(), loss: 0, ways: [Way::Works; 3] }
    }
}

/// A lock of the Web Locks API: who holds it, and who waits for it.
pub(crate) struct Lock {
    pub(crate) name: String,
    pub(crate) holder: Option<(usize, u64)>,
    pub(crate) queue: Vec<(usize, u64)>,
}
