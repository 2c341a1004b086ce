//! Makes the permission document of a subject, or takes it from the cache.

use std::sync::Arc;

use permgate_core::Catalogue;
use permgate_core::wire::Document;

use crate::authority::Standing;
use crate::rendered::{Rendered, Wanted};
use crate::tenant::Tenant;

/// The form of a document.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Form<'a> {
    pub(crate) ttl_seconds: u64,
    pub(crate) tenant: Option<&'a Tenant>,
    /// The catalogue by which permissions are packed; without it, the document has names.
    pub(crate) catalogue: Option<&'a Arc<Catalogue>>,
}

/// The document for a standing, as JSON: all of it, or the part of a tenant; with names, or packed
/// by a catalogue.
pub(crate) fn document(standing: &Standing, form: Form<'_>) -> Rendered {
    let wanted = Wanted {
        subject: standing.subject.clone(),
        version: standing.version,
        ttl_seconds: form.ttl_seconds,
        tenant: form.tenant.cloned(),
        packed_by: form.catalogue.cloned(),
    };
    standing.set.document(&wanted, || Rendered::new(json(standing, form)))
}

fn json(standing: &Standing, form: Form<'_>) -> String {
    let is_visible = |grant: &&_| form.tenant.is_none_or(|tenant| tenant.sees(grant));
    let document = Document {
        subject: Some(standing.subject.clone()),
        tenant: form.tenant.map(|tenant| tenant.as_str().into()),
        version: Some(standing.version),
        ttl_seconds: Some(form.ttl_seconds),
        grants: standing.set.grants().filter(is_visible).cloned().collect(),
        memberships: standing.set.memberships().clone(),
        ..Document::default()
    };
    match form.catalogue {
        Some(catalogue) => document.to_packed_json(catalogue),
        None => document.to_json(),
    }
}
