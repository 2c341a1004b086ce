//! Notices about the activity of a session, for time lines, tools and tests.

use super::transport::Transport;
use crate::words::words;

/// One notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A load begins.
    Load(Cause),
    /// A stream is being opened, is open, or has ended.
    Channel(Transport, ChannelState),
    /// A message of this name came by the stream.
    Message(&'static str),
    /// A message of this name came from another tab.
    Tab(&'static str),
    /// Whether this tab has the lead from now on.
    Leads(bool),
}

/// The state of a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelState {
    /// It is being opened.
    Opening,
    /// It is open.
    Open,
    /// It has ended.
    Closed,
    /// It was silent for too long.
    Silent,
}

/// Why a load begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The session began.
    Start,
    /// The time to live ran out.
    Ttl,
    /// The previous load failed.
    Retry,
    /// The application asked for it.
    Refresh,
    /// The application said that the set is out of date.
    Invalidated,
    /// The credentials or the user changed.
    Credentials,
    /// Another tenant was selected.
    Tenant,
    /// A request met 401.
    Unauthorized,
    /// A request met 403.
    Forbidden,
    /// An answer was redirected to a page.
    Redirect,
    /// A response had a newer version.
    Version,
    /// The previous answer was older than the known version.
    Behind,
    /// The server pushed a message.
    Push,
    /// A stream began, and messages before that may have been missed.
    Stream,
    /// The page is visible again.
    Shown,
    /// The page continues after it was frozen or in the back/forward cache.
    Resumed,
    /// The network is back.
    Online,
    /// The user opened another view.
    Navigated,
    /// A message of another tab.
    Tab,
}

impl Cause {
    words! {
        /// The word in JavaScript.
        pub fn as_str, all in WORDS {
            Self::Start => "start",
            Self::Ttl => "ttl",
            Self::Retry => "retry",
            Self::Refresh => "refresh",
            Self::Invalidated => "invalidated",
            Self::Credentials => "credentials",
            Self::Tenant => "tenant",
            Self::Unauthorized => "401",
            Self::Forbidden => "403",
            Self::Redirect => "redirect",
            Self::Version => "version-header",
            Self::Behind => "behind",
            Self::Push => "push",
            Self::Stream => "stream",
            Self::Shown => "visible",
            Self::Resumed => "resumed",
            Self::Online => "online",
            Self::Navigated => "navigation",
            Self::Tab => "tab",
        }
    }
}

impl Notice {
    /// The words in JavaScript: the kind of the notice, its detail, and the transport.
    #[must_use]
    pub fn words(self) -> [&'static str; 3] {
        match self {
            Self::Load(cause) => ["load", cause.as_str(), ""],
            Self::Channel(transport, state) => {
                let state = match state {
                    ChannelState::Opening => "opening",
                    ChannelState::Open => "open",
                    ChannelState::Closed => "closed",
                    ChannelState::Silent => "silent",
                };
                ["stream", state, transport.as_str()]
            }
            Self::Message(name) => ["message", name, ""],
            Self::Tab(name) => ["tab", name, ""],
            Self::Leads(leads) => ["leader", if leads { "gained" } else { "lost" }, ""],
        }
    }
}
