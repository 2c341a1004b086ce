//! The size limits of a document.

/// The most grants that one set may have: more than twice what the largest seen in the field has,
/// and some thirty megabytes of memory.
pub const MAX_GRANTS: usize = 262_144;

/// The most roles, groups or scopes that one subject may have: they are looked through for each
/// question. Identity providers stop at some hundred.
pub const MAX_MEMBERS: usize = 16_384;
