//! The set of one subject, and until when it may be believed.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::sync::Arc;

use crate::catalogue::Catalogue;
use crate::parts::CATALOGUE;
use crate::set::PermissionSet;
use crate::time::{Millis, Moment};
use crate::wire::Document;

/// Where a set came from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Origin {
    /// The endpoint answered.
    Endpoint,
    /// The claims of a token.
    Token,
    /// The page contained it.
    Bootstrap,
    /// An earlier page stored it.
    Storage,
}

impl Origin {
    /// The word in JavaScript.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Endpoint => "endpoint",
            Self::Token => "token",
            Self::Bootstrap => "bootstrap",
            Self::Storage => "storage",
        }
    }
}

/// A permission set with its metadata.
#[derive(Clone, Debug)]
pub(in crate::session) struct Held {
    pub(in crate::session) owner: Owner,
    pub(in crate::session) version: Option<u64>,
    /// Shared with callers that compare it with the next one.
    pub(in crate::session) set: Arc<PermissionSet>,
    pub(in crate::session) etag: Option<String>,
    pub(in crate::session) times: Times,
    pub(in crate::session) origin: Origin,
    /// When it was requested.
    pub(in crate::session) requested_at: Moment,
    /// The original text of the document, if it will be stored.
    pub(in crate::session) text: Option<Box<str>>,
}

/// The user and tenant of a set, as far as the source says.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(in crate::session) struct Owner {
    pub(in crate::session) subject: Option<String>,
    pub(in crate::session) tenant: Option<String>,
}

impl Owner {
    /// Whether it is known to be another owner: an unknown part may be equal.
    pub(in crate::session) fn differs_from(&self, other: &Self) -> bool {
        let differ = |a: &Option<String>, b: &Option<String>| a.is_some() && b.is_some() && a != b;
        differ(&self.subject, &other.subject) || differ(&self.tenant, &other.tenant)
    }
}

/// Until when a set may be believed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) struct Times {
    pub(in crate::session) ttl: Millis,
    pub(in crate::session) fresh_until: Moment,
    // INVARIANT: from here on nothing is granted, whatever the status says.
    pub(in crate::session) believed_until: Moment,
}

impl Held {
    pub(in crate::session) fn new(
        mut document: Document,
        catalogue: Option<Arc<Catalogue>>,
        etag: Option<String>,
        times: Times,
        (origin, requested_at): (Origin, Moment),
    ) -> Self {
        let owner = Owner { subject: document.subject.take(), tenant: document.tenant.take() };
        let (version, set) = (document.version, document.into_set());
        let set = match catalogue {
            Some(catalogue) if CATALOGUE => set.with_catalogue(catalogue),
            _ => set,
        };
        let set = Arc::new(set);
        Self { owner, version, set, etag, times, origin, requested_at, text: None }
    }

    /// Renews the metadata; the content is the same.
    pub(in crate::session) fn renew(&mut self, new: &mut Self) {
        (self.times, self.origin, self.requested_at) = (new.times, new.origin, new.requested_at);
        self.text = new.text.take();
    }

    /// Whether both sets give the same answers and contain the same names.
    pub(in crate::session) fn says_the_same_as(&self, other: &Self) -> bool {
        self.owner == other.owner && self.version == other.version && self.set == other.set
    }

    /// Whether an equal version means equal content: versions count the changes of one subject in
    /// one tenant, and mean nothing if the subject is unknown.
    pub(in crate::session) fn is_same_version_as(&self, other: &Self) -> bool {
        let is_told = self.version.is_some() && self.owner.subject.is_some();
        is_told && self.version == other.version && self.owner == other.owner
    }
}

impl Times {
    /// Counted from the request of the set; `cut` is when the token expires.
    pub(in crate::session) fn since(
        started: Moment,
        ttl: Millis,
        stale: Millis,
        cut: Option<Moment>,
    ) -> Self {
        let cut = cut.unwrap_or(Moment::NEVER);
        let fresh_until = (started + ttl).min(cut);
        Self { ttl, fresh_until, believed_until: (started + ttl + stale).min(cut) }
    }

    /// Fresh until a token expires, and believed while the next one is requested.
    pub(in crate::session) fn cut(self, end: Moment, stale: Millis) -> Self {
        Self {
            fresh_until: self.fresh_until.min(end),
            believed_until: self.believed_until.min(end + stale),
            ..self
        }
    }

    /// No longer fresh, and believed for at most `stale` from now.
    pub(in crate::session) fn doubted(self, now: Moment, stale: Millis) -> Self {
        Self {
            fresh_until: self.fresh_until.min(now),
            believed_until: self.believed_until.min(now + stale),
            ..self
        }
    }
}
