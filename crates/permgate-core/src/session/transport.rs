//! The transports of push.

/// A transport of push.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Server-sent events (WHATWG HTML §9.2).
    Events,
    /// A WebSocket (RFC 6455).
    Socket,
    /// Requests that are answered when there is a change.
    Poll,
}

impl Transport {
    /// The word of options and notices.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Socket => "socket",
            Self::Poll => "poll",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Events, Self::Socket, Self::Poll].into_iter().find(|one| one.as_str() == word)
    }
}
