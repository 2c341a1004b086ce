//! The configuration of a session, and its bounds.

use alloc::vec::Vec;

use super::transport::Transport;
use crate::parts::{POLICIES, STORAGE};
use crate::time::Millis;
use crate::wire::Reading;

/// The shortest time to live: below it a page would do little else than fetch.
pub const TTL_MIN: Millis = Millis::from_seconds(1);
/// The longest time to live: permissions change more often than once a day.
pub const TTL_MAX: Millis = Millis::from_seconds(24 * 60 * 60);
/// The default time to live.
pub const TTL_DEFAULT: Millis = Millis::from_seconds(300);
/// The default time for which a set that is no longer fresh is still believed.
pub const STALE_DEFAULT: Millis = Millis::from_seconds(60);
/// The default time-out of a load.
pub const TIMEOUT_DEFAULT: Millis = Millis::from_seconds(15);
/// The shortest time-out of a load.
pub const TIMEOUT_MIN: Millis = Millis(100);

/// Where the permission set comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// An endpoint that answers with a permission document.
    Endpoint,
    /// The claims of a token.
    Token,
    /// Only the bootstrap document: there is nothing to fetch.
    Bootstrap,
}

/// How long sets are believed, and how long answers are awaited.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Lifetimes {
    /// How long a set is fresh, from its request.
    pub ttl: Millis,
    /// How long it is still believed after that, while it is fetched again.
    pub stale: Millis,
    /// How long an answer is awaited.
    pub timeout: Millis,
}

impl Default for Lifetimes {
    fn default() -> Self {
        Self { ttl: TTL_DEFAULT, stale: STALE_DEFAULT, timeout: TIMEOUT_DEFAULT }
    }
}

impl Lifetimes {
    /// The same, within the bounds.
    fn bounded(self) -> Self {
        let ttl = self.ttl.clamp(TTL_MIN, TTL_MAX);
        let stale = self.stale.min(TTL_MAX);
        // An answer that comes after the set would have expired is of no use.
        let timeout = self.timeout.max(TIMEOUT_MIN).min(ttl + stale);
        Self { ttl, stale, timeout }
    }
}

/// The configuration of a session, which does not change while it runs.
#[derive(Clone, Debug)]
pub struct Config {
    /// Where the set comes from.
    pub source: Source,
    /// Whether there is a token: with an endpoint, it is sent as a bearer token.
    pub has_token: bool,
    /// How documents and tokens are read.
    pub reading: Reading,
    /// Whether the application is asked for the policies with each load.
    pub asks_policies: bool,
    /// Whether there are rules for the claims of a token. With an endpoint, the claims are then
    /// believed until the endpoint has answered for the first time.
    pub reads_claims: bool,
    /// How long sets are believed, and how long answers are awaited.
    pub lifetimes: Lifetimes,
    /// Whether new credentials are available after a 401: from the token's function, or from the
    /// application.
    pub renews: bool,
    /// Whether the application is asked for new credentials after a 401.
    pub asks_renewal: bool,
    /// The transports of push, the preferred one first.
    pub push: Vec<Transport>,
    /// Whether other tabs exchange messages with this one and share a stream.
    pub tabs: bool,
    /// Whether documents are stored for a later page.
    pub persists: bool,
    /// The seed of the random numbers for retries; differs from page to page.
    pub seed: u64,
}

impl Config {
    /// Whether the policies have to be fetched.
    #[inline]
    pub(super) fn asks_policies(&self) -> bool {
        POLICIES && self.asks_policies
    }

    /// Whether documents are stored for a later page.
    #[inline]
    pub(super) fn persists(&self) -> bool {
        STORAGE && self.persists
    }

    /// The defaults for a source.
    #[must_use]
    pub fn new(source: Source) -> Self {
        Self {
            source,
            has_token: source == Source::Token,
            reading: Reading::default(),
            asks_policies: false,
            reads_claims: false,
            lifetimes: Lifetimes::default(),
            renews: false,
            asks_renewal: false,
            push: Vec::new(),
            tabs: false,
            persists: false,
            seed: 0,
        }
    }

    /// The same, with every duration within its bounds.
    pub(super) fn bounded(self) -> Self {
        Self { lifetimes: self.lifetimes.bounded(), ..self }
    }
}
