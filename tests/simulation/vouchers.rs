//! The records of the oracle: requests, documents that may be believed, and revocations.

use permgate_core::session::Now;

use crate::server::Paper;

/// After this many older answers, a revocation that another tab announced is no longer believed,
/// nor one that was pushed before the server's counter restarted.
pub(crate) const PATIENCE: u32 = 5;

/// The content of `sessionStorage`: the document that was vouched for, and since when by the wall
/// clock.
#[derive(Clone, Debug)]
pub(crate) struct StoredPaper {
    pub(crate) paper: Paper,
    pub(crate) requested_wall: u64,
}

/// The session's own state before it gets an event.
#[derive(Clone, Copy)]
pub(crate) struct SessionState {
    pub(crate) ticket: u64,
    pub(crate) holds: bool,
    pub(crate) is_nobody: bool,
    /// Whether requests that met a 401 wait until the source has judged the credentials.
    pub(crate) is_judging: bool,
}

/// A request in flight.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) generation: u64,
    pub(crate) now: Now,
    pub(crate) etag: Option<String>,
    pub(crate) sequence: u64,
    /// The token with which it was sent.
    pub(crate) text: Option<String>,
    /// When it was sent, on the time line.
    pub(crate) line: u64,
    /// Whether the set had expired, as far as the oracle knows.
    pub(crate) may_restart: bool,
}

/// A document that was delivered and may be believed.
#[derive(Clone)]
pub(crate) struct Voucher {
    pub(crate) paper: Paper,
    pub(crate) requested_wall: u64,
    /// None if an earlier page stored the document.
    pub(crate) requested_monotonic: Option<u64>,
    pub(crate) doubted: Option<Now>,
    pub(crate) sequence: u64,
    /// When its token expires, on the time line.
    pub(crate) ends: Option<u64>,
}

/// Permissions that were announced as revoked.
#[derive(Clone)]
pub(crate) struct Revoked {
    pub(crate) subject: Option<String>,
    pub(crate) version: Option<u64>,
    pub(crate) mask: u8,
    pub(crate) sequence: u64,
    /// The number of older answers after which it is lifted, if it comes from another tab, which may have
    /// invented it.
    pub(crate) patience: Option<u32>,
}
