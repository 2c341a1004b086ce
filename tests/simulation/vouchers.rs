//! What the oracle remembers: requests, documents that may be believed, what was said to be revoked.

use permgate_core::session::Now;

use crate::server::Paper;

/// After so many older answers, what another tab said was revoked is not believed any more, nor what was
/// pushed before the server's counter began anew.
pub(crate) const PATIENCE: u32 = 5;

/// What `sessionStorage` keeps: what was vouched for, and since when by the wall clock.
#[derive(Clone, Debug)]
pub(crate) struct Kept {
    pub(crate) paper: Paper,
    pub(crate) asked_wall: u64,
}

/// What the session says of itself before it is told something.
#[derive(Clone, Copy)]
pub(crate) struct Known {
    pub(crate) ticket: u64,
    pub(crate) holds: bool,
    pub(crate) is_nobody: bool,
    /// Requests that met 401 wait until the source has judged the credentials.
    pub(crate) is_judging: bool,
}

/// A request under way.
#[derive(Clone)]
pub(crate) struct Ask {
    pub(crate) generation: u64,
    pub(crate) now: Now,
    pub(crate) etag: Option<String>,
    pub(crate) sequence: u64,
    /// The token that was the one of then.
    pub(crate) text: Option<String>,
    /// When that was, on the time line.
    pub(crate) line: u64,
    /// What was held had expired, as far as is known.
    pub(crate) may_restart: bool,
}

/// A document that was delivered and may be believed.
#[derive(Clone)]
pub(crate) struct Voucher {
    pub(crate) paper: Paper,
    pub(crate) asked_wall: u64,
    /// None when it is of an earlier life of the page.
    pub(crate) asked_monotonic: Option<u64>,
    pub(crate) doubted: Option<Now>,
    pub(crate) sequence: u64,
}

/// Permissions that were said to be revoked.
#[derive(Clone)]
pub(crate) struct Revoked {
    pub(crate) subject: Option<String>,
    pub(crate) version: Option<u64>,
    pub(crate) mask: u8,
    pub(crate) sequence: u64,
    /// How many older answers it outlives, if another tab said it, who may have made it up.
    pub(crate) patience: Option<u32>,
}
