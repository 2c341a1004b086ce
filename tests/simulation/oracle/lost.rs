//! What stays known while a user is asked to come back.

use crate::vouchers::Revoked;

/// What was known of the user whose credentials were refused.
#[derive(Clone)]
pub(super) struct Lost {
    pub(super) who: Option<String>,
    pub(super) told: Option<String>,
    pub(super) floor: Option<u64>,
    pub(super) revoked: Vec<Revoked>,
}
