//! The size limits of a document.

/// The most grants in a set: more than twice as many as in the largest set of the field, and some
/// thirty megabytes of memory.
pub const MAX_GRANTS: usize = 262_144;

/// The most roles, groups or scopes of a subject: each question searches them. Identity providers
/// stop at some hundred.
pub const MAX_MEMBERS: usize = 16_384;
