//! A permission set that many requests share, with the documents that were made of it.

use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::http::HeaderValue;
use permgate_core::PermissionSet;

use crate::rendered::{Rendered, Wanted};

/// How many documents of one set are kept: packed and not, in a few tenants.
const MAX_DOCUMENTS: usize = 4;

/// A permission set that is shared instead of copied.
#[derive(Clone, Debug)]
pub struct SharedSet(Arc<Held>);

#[derive(Debug)]
struct Held {
    set: PermissionSet,
    documents: Mutex<Vec<(Wanted, Rendered)>>,
    /// The version header of the set's subject and version.
    version: OnceLock<(String, u64, Option<HeaderValue>)>,
}

impl From<PermissionSet> for SharedSet {
    fn from(set: PermissionSet) -> Self {
        Self(Arc::new(Held { set, documents: Mutex::default(), version: OnceLock::new() }))
    }
}

impl Deref for SharedSet {
    type Target = PermissionSet;

    fn deref(&self) -> &PermissionSet {
        &self.0.set
    }
}

impl SharedSet {
    /// The version header of a subject at a version: from the cache, or else the one that `make`
    /// makes now.
    pub(crate) fn version_header(
        &self,
        subject: &str,
        version: u64,
        make: impl Fn(&str, u64) -> Option<HeaderValue>,
    ) -> Option<HeaderValue> {
        let first = || (subject.to_owned(), version, make(subject, version));
        let (of, at, header) = self.0.version.get_or_init(first);
        // A set may be shared by several subjects or versions with the same content.
        match of == subject && *at == version {
            true => header.clone(),
            false => make(subject, version),
        }
    }

    /// The requested document: from the cache, or else rendered by `render` now.
    pub(crate) fn document(&self, wanted: &Wanted, render: impl FnOnce() -> Rendered) -> Rendered {
        // Nothing under the lock can panic half-way through a change.
        let lock = || self.0.documents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rendered)) = lock().iter().find(|(held, _)| held == wanted) {
            return rendered.clone();
        }
        // Outside of the lock: two that come at once both render, and neither waits.
        let rendered = render();
        let mut documents = lock();
        if documents.len() >= MAX_DOCUMENTS {
            documents.remove(0);
        }
        documents.push((wanted.clone(), rendered.clone()));
        rendered
    }
}
