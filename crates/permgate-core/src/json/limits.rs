//! How large and how deep a JSON text may be.

/// The longest JSON text in bytes: a hundred thousand grants fit, an endless answer does not.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// The deepest nesting of arrays and objects; documents and tokens in the field stay below 8.
pub const MAX_DEPTH: usize = 32;
