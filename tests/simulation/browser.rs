//! The state that the tabs of a browser share: the cookie, locks, and the channel for messages.

use crate::stream::Way;

pub(crate) struct Browser {
    /// The session of the server that the cookie names.
    pub(crate) jar: Option<usize>,
    pub(crate) locks: Vec<Lock>,
    /// How many of a hundred messages between tabs are lost.
    pub(crate) loss: u64,
    /// What happens to event streams, sockets and polls.
    pub(crate) ways: [Way; 3],
}

impl Default for Browser {
    fn default() -> Self {
        Self { jar: None, locks: Vec::new(), loss: 0, ways: [Way::Works; 3] }
    }
}

/// A lock of the Web Locks API: its holder, and the tabs that wait for it.
pub(crate) struct Lock {
    pub(crate) name: String,
    pub(crate) holder: Option<(usize, u64)>,
    pub(crate) queue: Vec<(usize, u64)>,
}
