//! The words for the status of a set.

use crate::words::words;

/// The status of the set, as users see it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Status {
    /// No load has begun yet.
    Idle,
    /// No set is held, and the first answer is awaited.
    Loading,
    /// The set is up to date, as far as the session knows.
    Fresh,
    /// The set is out of date or may be; it still answers while it is fetched again.
    Stale,
    /// The set was not renewed in time and is no longer believed.
    Expired,
    /// Nobody is signed in.
    Unauthenticated,
    /// No set is held, and the last load failed; another load follows.
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
