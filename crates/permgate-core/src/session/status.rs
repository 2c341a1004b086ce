//! The words for how a set stands.

use crate::words::words;

/// How the set stands, as users see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// Nothing was asked for yet.
    Idle,
    /// Nothing is held, and the first answer is awaited.
    Loading,
    /// The set is up to date, as far as anyone knows.
    Fresh,
    /// The set is out of date or may be; it still answers while it is fetched again.
    Stale,
    /// The set was not renewed in time and is no longer believed.
    Expired,
    /// Nobody is signed in.
    Unauthenticated,
    /// Nothing is held, and the last attempt to get it failed; another follows.
    Failed,
}

impl Status {
    words! {
        /// The word of JavaScript.
        pub fn as_str, all in WORDS {
            Self::Idle => "idle",
            Self::Loading => "loading",
            Self::Fresh => "fresh",
            Self::Stale => "stale",
            Self::Expired => "expired",
            Self::Unauthenticated => "unauthenticated",
            Self::Failed => "failed",
        }
    }
}
