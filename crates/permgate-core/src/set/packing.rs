//! Sets packed by a catalogue.

use alloc::string::String;

use super::PermissionSet;
use crate::catalogue::{Catalogue, encode};

impl Catalogue {
    /// Packs the names that a set grants in general. Grants on resources, and names outside the
    /// list, are left out.
    #[must_use]
    pub fn pack(&self, set: &PermissionSet) -> String {
        encode(self.names().iter().map(|name| set.grants_in_general(name)))
    }

    /// Packs the names that a set grants on every resource: only these may be in bits without a
    /// document.
    #[must_use]
    pub fn pack_alone(&self, set: &PermissionSet) -> String {
        encode(self.names().iter().map(|name| set.grants_everywhere(name)))
    }
}
