//! What a session holds of one subject, and until when it may be believed.

use alloc::string::String;

use super::time::Millis;
use crate::set::PermissionSet;
use crate::wire::Document;

/// A permission set with what it came with.
#[derive(Clone, Debug)]
pub(super) struct Held {
    pub(super) subject: Option<String>,
    pub(super) tenant: Option<String>,
    pub(super) version: Option<u64>,
    pub(super) set: PermissionSet,
    pub(super) etag: Option<String>,
    pub(super) times: Times,
}

/// Until when a set may be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Times {
    pub(super) ttl: Millis,
    pub(super) fresh_until: Millis,
    // INVARIANT: from here on nothing is granted, whatever the status says.
    pub(super) believed_until: Millis,
}

impl Held {
    pub(super) fn new(document: Document, etag: Option<String>, times: Times) -> Self {
        let Document { subject, tenant, version, grants, memberships, .. } = document;
        let set = PermissionSet::new(grants).with_memberships(memberships);
        Self { subject, tenant, version, set, etag, times }
    }

    /// Whether both would give the same answers and show the same names.
    pub(super) fn says_the_same_as(&self, other: &Self) -> bool {
        self.subject == other.subject
            && self.tenant == other.tenant
            && self.version == other.version
            && self.set == other.set
    }
}

impl Times {
    /// Counted from when the set was asked for; `cut` is when the token ends.
    pub(super) fn since(started: Millis, ttl: Millis, stale: Millis, cut: Option<Millis>) -> Self {
        let cut = cut.unwrap_or(Millis(u64::MAX));
        let fresh_until = (started + ttl).min(cut);
        Self { ttl, fresh_until, believed_until: (started + ttl + stale).min(cut) }
    }

    /// No longer fresh, and believed for at most `stale` from now.
    pub(super) fn doubted(self, now: Millis, stale: Millis) -> Self {
        Self {
            fresh_until: self.fresh_until.min(now),
            believed_until: self.believed_until.min(now + stale),
            ..self
        }
    }
}
