//! The files of a tree, and the files that each of them needs.

use std::collections::BTreeMap;

/// The text of each file, by its path in the repository.
pub(crate) type Files = BTreeMap<String, String>;

/// For each file the files that it needs, each with the first line that names it.
pub(crate) type Needs<'a> = BTreeMap<&'a str, BTreeMap<&'a str, usize>>;
