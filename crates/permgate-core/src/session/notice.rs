//! What goes on in a session, told to whoever looks on: time lines, tools, tests.

use super::transport::Transport;
use crate::words::words;

/// Something that goes on.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Notice {
    /// A load begins.
    Load(Cause),
    /// A stream is being opened, is there, or is over.
    Channel(Transport, ChannelState),
    /// A message of this name came by the stream.
    Message(&'static str),
    /// A message of this name came from another tab.
    Tab(&'static str),
    /// This tab holds the stream for all from now on, or does so no longer.
    Leads(bool),
}

/// How a stream stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ChannelState {
    /// It is being opened.
    Opening,
    /// It is there.
    Open,
    /// It is over.
    Closed,
    /// Nothing came by it for too long.
    Silent,
}

/// Why a load begins.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cause {
    /// The session began.
    Start,
    /// The time to live ran out.
    Ttl,
    /// The load before failed.
    Retry,
    /// The application asked for it.
    Refresh,
    /// The application said that the set is out of date.
    Invalidated,
    /// There are other credentials, or another user.
    Credentials,
    /// The tenant is another one.
    Tenant,
    /// A request met 401.
    Unauthorized,
    /// A request met 403.
    Forbidden,
    /// An answer was redirected to a page.
    Redirect,
    /// A response carried a newer version.
    Version,
    /// The answer before was older than what is known.
    Behind,
    /// The server pushed a message.
    Push,
    /// A stream began, and does not say what was missed before.
    Stream,
    /// The page is looked at again.
    Shown,
    /// The page goes on after it was frozen or kept for later.
    Resumed,
    /// There is a network again.
    Online,
    /// The user went to another view.
    Navigated,
    /// Another tab said something.
    Tab,
}

impl Cause {
    words! {
        /// The word of JavaScript.
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
    /// The words of JavaScript: what kind of thing goes on, and which.
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
