//! A permission set that many requests share, with the documents that were made of it.

use std::ops::Deref;
use std::sync::{Arc, Mutex, PoisonError};

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
}

impl From<PermissionSet> for SharedSet {
    fn from(set: PermissionSet) -> Self {
        Self(Arc::new(Held { set, documents: Mutex::default() }))
    }
}

impl Deref for SharedSet {
    type Target = PermissionSet;

    fn deref(&self) -> &PermissionSet {
        &self.0.set
    }
}

impl SharedSet {
    /// The document that is wanted: one that was made before, else what `render` makes now.
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
