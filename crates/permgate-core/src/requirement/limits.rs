//! The limits of a requirement.

/// The longest requirement in bytes of UTF-8. People can still read it, and it bounds the cost of a
/// hostile attribute.
pub const MAX_REQUIREMENT_BYTES: usize = 4096;

/// The deepest nesting of parentheses and negations, which bounds the recursion of the evaluation.
pub const MAX_DEPTH: usize = 32;

/// The most permissions, roles, groups and scopes in a requirement: each is looked up whenever the
/// requirement is decided. The longest lists in the field, of menus, stay below 50.
pub const MAX_ATOMS: usize = 256;
