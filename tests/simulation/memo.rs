//! The answers of a tab's set, so that not all questions are asked again after each step.

use std::sync::Arc;

use permgate_core::PermissionSet;

use crate::questions::Answers;

/// A set and its answers. Holding the set keeps it from being changed in place, so the same set
/// gives the same answers.
pub(crate) struct Memo {
    pub(crate) set: Arc<PermissionSet>,
    pub(crate) answers: Answers,
}
