//! How long, deep and wide a requirement may be.

/// The longest requirement in bytes of UTF-8: what a person can read, and what a hostile
/// attribute may cost.
pub const MAX_REQUIREMENT_BYTES: usize = 4096;

/// How deep parentheses and negations may be nested: the evaluation recurses this deep at most.
pub const MAX_DEPTH: usize = 32;

/// How many permissions, roles, groups and scopes may be named: each is looked up, whenever the
/// requirement is decided. The longest lists in the field, of menus, stay below 50.
pub const MAX_ATOMS: usize = 256;
