//! What the set of a tab answered, so that it is not asked everything again after each step.

use std::sync::Arc;

use permgate_core::PermissionSet;

use crate::questions::Answers;

/// A set and its answers. It is held on to, so that it cannot be changed in place: the same set
/// gives the same answers.
pub(crate) struct Memo {
    pub(crate) set: Arc<PermissionSet>,
    pub(crate) answers: Answers,
}
