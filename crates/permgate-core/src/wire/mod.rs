//! The contract with the outside: documents, tokens and headers, read into the types of the core
//! and written from them.

mod claims;
mod document;
mod document_error;
mod token;
mod version_header;

pub use claims::{ClaimRule, ClaimTarget, read_claims};
pub use document::Document;
pub use document_error::{DocumentError, DocumentErrorKind};
pub use token::{MAX_TOKEN_BYTES, Token, TokenError};
pub use version_header::VersionHeader;

#[cfg(test)]
mod tests;
