//! What can happen to a session. Closed: whoever performs knows every case.

use alloc::string::String;

use super::time::Millis;
use crate::wire::VersionHeader;

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The session begins, perhaps with a document that the page carried.
    Started {
        /// The text of the document.
        bootstrap: Option<String>,
    },
    /// The timer fired.
    TimerFired,
    /// Time has passed and somebody is about to ask: nothing else happened.
    Woke,
    /// The policies that were asked for are there.
    PoliciesAnswered {
        /// Which load asked.
        generation: u64,
        /// The policies, or why there are none.
        policies: Result<PolicyTexts, String>,
    },
    /// The token that was asked for is there.
    TokenAnswered {
        /// Which load asked.
        generation: u64,
        /// The token, none when nobody is signed in, or why there is no answer.
        token: Result<Option<String>, String>,
    },
    /// The endpoint answered, or did not.
    Answered {
        /// Which load asked.
        generation: u64,
        /// What came.
        answer: Answer,
    },
    /// The application has a new token, or none any more.
    TokenChanged(Option<String>),
    /// The application asks somewhere else for the token from now on: it may be somebody else's.
    TokenProviderChanged,
    /// The user works in another tenant from now on, or in none.
    TenantChanged(Option<String>),
    /// A response to one of the application's own requests came by.
    Observed(Observation),
    /// What is held is known to be out of date.
    Invalidated,
    /// The set is to be fetched now.
    RefreshRequested,
    /// The user signed out.
    SignedOut,
    /// The session ends for good.
    Disposed,
}

/// The policies of an application, as JSON.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PolicyTexts {
    /// The catalogue ([`crate::Catalogue::parse`]).
    pub catalogue: Option<String>,
    /// What roles stand for ([`crate::wire::RoleMap::parse`]).
    pub roles: Option<String>,
}

/// What came from the endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A body with a success status.
    Document {
        /// The body's text.
        body: String,
        /// Its entity tag (RFC 9110 §8.8.3).
        etag: Option<String>,
    },
    /// 304: what is held is still right.
    NotModified,
    /// 401: nobody is signed in.
    Unauthorized,
    /// Any other status, or no answer at all.
    Failed {
        /// What went wrong.
        failure: Failure,
        /// How long the server asks to wait (`Retry-After`, RFC 9110 §10.2.3).
        retry_after: Option<Millis>,
    },
}

/// Why there is no answer to read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A status that is neither success, 304 nor 401.
    Status(u16),
    /// The request did not get through; with the host's words.
    Network(String),
    /// The body is longer than any document.
    TooLarge,
}

/// What one response of the application's own requests tells.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Its status.
    pub status: u16,
    /// Its `Permissions-Version`.
    pub version: Option<VersionHeader>,
    /// [`super::Session::epoch`] when the request was sent: a response to an earlier user's
    /// request tells nothing about this one's rights.
    pub epoch: u64,
}
