//! A permission set that many requests share, with the documents that were made from it.

use std::ops::Deref;
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use axum::http::HeaderValue;
use permgate_core::PermissionSet;

use crate::rendered::{Rendered, Wanted};

/// How many documents are cached for one set: packed and not packed, in a few tenants.
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
    /// The version header of a subject at a version: from the cache, or else made by `make`.
    pub(crate) fn version_header(
        &self,
        subject: &str,
        version: u64,
        make: impl Fn(&str, u64) -> Option<HeaderValue>,
    ) -> Option<HeaderValue> {
        let first = || (subject.to_owned(), version, make(subject, version));
        let (of, at, header) = self.0.version.get_or_init(first);
        // Several subjects or versions with equal content may share a set.
        match of == subject && *at == version {
            true => header.clone(),
            false => make(subject, version),
        }
    }

    /// The requested document: from the cache, or else rendered by `render`.
    pub(crate) fn document(&self, wanted: &Wanted, render: impl FnOnce() -> Rendered) -> Rendered {
        // Nothing under the lock can panic halfway through a change.
        let lock = || self.0.documents.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, rendered)) = lock().iter().find(|(held, _)| held == wanted) {
            return rendered.clone();
        }
        // Rendered outside the lock: two requests at the same time may both render, but neither
        // waits.
        let rendered = render();
        let mut documents = lock();
        if documents.len() >= MAX_DOCUMENTS {
            documents.remove(0);
        }
        documents.push((wanted.clone(), rendered.clone()));
        rendered
    }
}
