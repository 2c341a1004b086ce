//! How large and how deep a JSON text may be.

/// The longest JSON text in bytes: a hundred thousand grants fit, an endless answer does not.
pub const MAX_BYTES: usize = 16 * 1024 * 1024;

/// How deep arrays and objects may be nested; documents and tokens of the field stay below 8.
pub const MAX_DEPTH: usize = 32;
