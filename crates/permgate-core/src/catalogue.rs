//! The list of all permissions of an application, and sets packed into one bit for each.

use alloc::string::String;
use alloc::vec::Vec;
use core::fmt;

use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;

use crate::base64url;
use crate::grant::Grant;
use crate::index::{Place, Relation, Side};
use crate::language::Dialect;
use crate::order::order;
use crate::pattern::{Pattern, PatternError};
use crate::text::has;

/// The most names in a catalogue: 8 KiB of bits, the most that any server accepts in a header.
pub const MAX_CATALOGUE: usize = 65_536;

/// A list of permission names under an id, which changes whenever the list does.
///
/// A packed set has a bit for each name: bit `i` is bit `i % 8`, counted from the least
/// significant, of byte `i / 8`. Bytes at the end that are zero are left out, and the rest is
/// base64url without padding (RFC 4648 §5).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Catalogue {
    id: String,
    names: Vec<Pattern>,
    // INVARIANT: the indices of `names`, in the order of the names.
    order: Vec<usize>,
    /// All names as grants, to find those that a pattern covers.
    index: Side,
}

impl Catalogue {
    /// Makes a catalogue of names in the order of their bits.
    ///
    /// # Errors
    /// When there are more than [`MAX_CATALOGUE`] names, or a name is a duplicate or holds `*`.
    pub fn new(id: &str, names: Vec<Pattern>) -> Result<Self, CatalogueError> {
        if names.len() > MAX_CATALOGUE {
            return Err(CatalogueError::TooMany);
        }
        // In the dialect `exact`, `*` is a character like any other.
        let holds_star =
            |name: &Pattern| has(name.as_str(), '*') && name.language().dialect != Dialect::Exact;
        if let Some(index) = names.iter().position(holds_star) {
            return Err(CatalogueError::Wildcard { index });
        }
        let order = order(names.len(), &|a, b| names.get(a).cmp(&names.get(b)));
        for pair in order.windows(2) {
            if let [a, b] = pair
                && names.get(*a) == names.get(*b)
            {
                return Err(CatalogueError::Twice { index: *b });
            }
        }
        let index = Side::new(names.iter().cloned().map(Grant::allow).collect());
        Ok(Self { id: id.into(), names, order, index })
    }

    /// The id of the list.
    #[must_use]
    pub fn id(&self) -> &str {
        &self.id
    }

    /// The names, in the order of their bits.
    #[must_use]
    pub fn names(&self) -> &[Pattern] {
        &self.names
    }

    /// Whether the catalogue has this name; for a pattern, whether it covers a name.
    #[must_use]
    pub fn holds(&self, question: &Pattern) -> bool {
        self.index.find(question, Relation::Overlaps, Place::Anywhere, &|_| true).is_some()
    }

    /// Whether a name is in the list, letter by letter.
    pub(crate) fn lists(&self, name: &str) -> bool {
        let compare = |index: &usize| self.names.get(*index).map(Pattern::as_str).cmp(&Some(name));
        self.order.binary_search_by(compare).is_ok()
    }

    fn index(&self, name: &Pattern) -> Option<usize> {
        let compare = |index: &usize| self.names.get(*index).cmp(&Some(name));
        let place = self.order.binary_search_by(compare).ok()?;
        self.order.get(place).copied()
    }

    /// Packs names.
    ///
    /// # Errors
    /// When a name is not in the list.
    pub fn pack_names<'a>(
        &self,
        names: impl IntoIterator<Item = &'a Pattern>,
    ) -> Result<String, CatalogueError> {
        let mut bits = Vec::new();
        bits.resize(self.names.len(), false);
        for (index, name) in names.into_iter().enumerate() {
            match self.index(name).and_then(|bit| bits.get_mut(bit)) {
                Some(bit) => *bit = true,
                None => return Err(CatalogueError::NotListed { index }),
            }
        }
        Ok(encode(bits.into_iter()))
    }

    /// The names with a set bit.
    ///
    /// # Errors
    /// When the text is not base64url without padding, or has bits beyond the list: then it was
    /// packed with another catalogue.
    pub fn unpack(&self, bits: &str) -> Result<Vec<&Pattern>, CatalogueError> {
        // Compared before the text is decoded: one character is six bits.
        if bits.len() > self.names.len() / 6 + 4 {
            return Err(CatalogueError::BeyondTheList);
        }
        let bytes = base64url::decode(bits).ok_or(CatalogueError::NotBase64Url)?;
        let mut names = Vec::new();
        for (byte, first) in bytes.iter().zip((0..).step_by(8)) {
            for bit in (0..8).filter(|bit| byte >> bit & 1 == 1) {
                names.push(self.names.get(first + bit).ok_or(CatalogueError::BeyondTheList)?);
            }
        }
        Ok(names)
    }
}

/// Packs one bit for each name, as [`Catalogue`] describes it.
pub(crate) fn encode(bits: impl Iterator<Item = bool>) -> String {
    let mut bytes: Vec<u8> = Vec::new();
    for (index, bit) in bits.enumerate() {
        if index % 8 == 0 {
            bytes.push(0);
        }
        if let (true, Some(last)) = (bit, bytes.last_mut()) {
            *last |= 1 << (index % 8);
        }
    }
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    URL_SAFE_NO_PAD.encode(bytes)
}

/// Why a list is not a catalogue, or bits do not belong to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CatalogueError {
    /// There are more than [`MAX_CATALOGUE`] names.
    TooMany,
    /// A name is malformed.
    Name {
        /// The index of the name, counted from 0.
        index: usize,
        /// The reason.
        error: PatternError,
    },
    /// A name holds `*`.
    Wildcard {
        /// The index of the name, counted from 0.
        index: usize,
    },
    /// A name is a duplicate.
    Twice {
        /// The index of the name, counted from 0.
        index: usize,
    },
    /// A name to be packed is not in the list.
    NotListed {
        /// The index of the name, counted from 0.
        index: usize,
    },
    /// The bits are not base64url without padding.
    NotBase64Url,
    /// A bit has no name.
    BeyondTheList,
}

impl fmt::Display for CatalogueError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::TooMany => f.write_str("the catalogue holds more than 65536 names"),
            Self::Name { index, error } => write!(f, "name {index}: {error}"),
            Self::Wildcard { index } => {
                write!(f, "name {index} of the catalogue holds `*`; list every permission by name")
            }
            Self::Twice { index } => {
                write!(f, "name {index} of the catalogue is a duplicate; list each name once")
            }
            Self::NotListed { index } => write!(f, "name {index} is not in the catalogue"),
            Self::NotBase64Url => f.write_str("the bits are not base64url without padding"),
            Self::BeyondTheList => f.write_str(
                "there are more bits than names; they were packed with another catalogue",
            ),
        }
    }
}

impl core::error::Error for CatalogueError {}

#[cfg(test)]
mod tests;
