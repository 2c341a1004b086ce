//! The grants of roles.

use alloc::string::String;
use alloc::vec::Vec;

use super::document_error::{DocumentError, DocumentErrorKind as Problem, Path};
use super::limits::MAX_GRANTS;
use crate::grant::Grant;
use crate::order::order;

/// A map from roles to their grants.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RoleMap(Vec<(String, Vec<Grant>)>);

impl RoleMap {
    pub(super) fn new(roles: Vec<(String, Vec<Grant>)>) -> Self {
        Self(roles)
    }

    /// Adds the grants of roles. A role that is not in the map grants no permissions.
    pub(super) fn expand(
        &self,
        roles: &[String],
        grants: &mut Vec<Grant>,
    ) -> Result<(), DocumentError> {
        let order = order(roles.len(), &|a, b| roles.get(a).cmp(&roles.get(b)));
        for (role, role_grants) in &self.0 {
            if order.binary_search_by(|index| roles.get(*index).cmp(&Some(role))).is_ok() {
                if grants.len() + role_grants.len() > MAX_GRANTS {
                    return Err(DocumentError::new(&Path::Root, Problem::TooManyGrants));
                }
                grants.extend_from_slice(role_grants);
            }
        }
        Ok(())
    }
}
