//! The knowledge that is kept while a user is asked for new credentials.

use crate::vouchers::Revoked;

/// Everything known about the user whose credentials were refused.
#[derive(Clone)]
pub(super) struct Lost {
    pub(super) who: Option<String>,
    pub(super) earlier_subject: Option<String>,
    pub(super) floor: Option<u64>,
    pub(super) revoked: Vec<Revoked>,
    /// The token.
    pub(super) text: Option<String>,
}
