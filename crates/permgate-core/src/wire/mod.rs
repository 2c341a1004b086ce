//! The contract with servers and other tabs: documents, tokens and headers, read into the types of
//! the core and written from them.

mod challenge;
mod document;
mod document_error;
mod event_stream;
mod layout;
mod limits;
mod policies;
mod push_message;
mod reading;
mod role_map;
mod stored;
mod tab_message;
mod token;
pub mod values;
mod version_header;

pub use challenge::{Challenge, MAX_CHALLENGE_BYTES, MAX_CHALLENGES, Refusal, StepUp};
pub use document::Document;
pub use document_error::{DocumentError, DocumentErrorKind, Path};
pub use event_stream::{
    EventStream, MAX_MESSAGE_BYTES, RETRY_MAX, RETRY_MIN, StreamItem, StreamTooLong,
};
pub use limits::{MAX_GRANTS, MAX_MEMBERS};
pub use push_message::{MAX_REVOKED, PushMessage};
pub use reading::{Layout, Policies, Reading};
pub use role_map::RoleMap;
pub(crate) use stored::StoredDocument;
pub(crate) use tab_message::{TabMessage, TabNews};
pub use token::{MAX_TOKEN_BYTES, Token, TokenError};
pub use version_header::VersionHeader;

#[cfg(test)]
mod tests;
