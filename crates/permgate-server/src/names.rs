//! The names of users and roles, which are used in addresses and files.

/// Whether a text can be the name of a user or role: a lower-case letter, then at most 63 letters,
/// digits and hyphens.
pub(crate) fn is_key(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_lowercase())
        && text.len() <= 64
        && text.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit() || c == '-')
}
