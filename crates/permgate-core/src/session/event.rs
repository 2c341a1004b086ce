//! What can happen to a session. Closed: whoever performs knows every case.

use alloc::string::String;
use alloc::vec::Vec;

use super::problem::Problem;
use crate::time::Millis;
use crate::wire::{Document, DocumentError, TokenError, VersionHeader};

/// Something that happened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The session begins, perhaps with a document that the page carried.
    Started {
        /// The text of the document.
        bootstrap: Option<String>,
        /// What [`super::Effect::Store`] gave to be kept, in an earlier life of the page.
        stored: Option<String>,
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
    /// The claims that were asked for are read.
    ClaimsRead {
        /// Which load asked.
        generation: u64,
        /// What they say, or why they cannot be read.
        read: Result<Claimed, ClaimProblem>,
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
    /// The application gave this token for a request of its own.
    TokenSeen(String),
    /// The application asks somewhere else for the token from now on: it may be somebody else's.
    TokenProviderChanged,
    /// The user works in another tenant from now on, or in none.
    TenantChanged(Option<String>),
    /// A response to one of the application's own requests came by.
    Observed(Observation),
    /// The application was asked for new credentials, and has an answer.
    RenewalAnswered {
        /// Which renewal asked.
        renewal: u64,
        /// What came of it, or why nothing did.
        outcome: Result<Renewal, String>,
    },
    /// The stream is there: the server accepted it.
    ChannelOpened {
        /// Which stream.
        channel: u64,
    },
    /// Something came by the stream, be it only a sign of life.
    ChannelAlive {
        /// Which stream.
        channel: u64,
    },
    /// The server says how long to wait before a stream is opened again (`retry:`).
    ChannelRetry {
        /// Which stream.
        channel: u64,
        /// How long.
        after: Millis,
    },
    /// A message came by the stream.
    Pushed {
        /// Which stream.
        channel: u64,
        /// The event's name; empty where the data tell it by `type`; `header` for the value of a
        /// `Permissions-Version`.
        kind: String,
        /// Its data.
        data: String,
    },
    /// The stream is over, or did not come to be.
    ChannelEnded {
        /// Which stream.
        channel: u64,
        /// Why.
        end: ChannelEnd,
        /// How long the server asks to wait (`Retry-After`).
        retry_after: Option<Millis>,
    },
    /// Something happened to the page.
    Life(Life),
    /// This tab holds the stream for all tabs of the same subject, or does so no longer.
    Led {
        /// Which contest.
        contest: u64,
        /// Whether it does.
        leads: bool,
    },
    /// Another tab says something. Whoever can say it may have made it up: it lowers authority at
    /// most.
    Told(String),
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

/// What the claims of a token say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The claims, as a document of which the roles are expanded.
    pub document: Document,
    /// Whether the rules tell tenants apart: else the token is about the tenant that was set when
    /// it came.
    pub reads_tenant: bool,
    /// What could not be read and is unknown for that, though the rest could be.
    pub warnings: Vec<DocumentError>,
}

/// Why the claims of a token cannot be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ClaimProblem {
    /// The token cannot be decoded.
    Token(TokenError),
    /// A claim is absent or has the wrong shape.
    Claims(DocumentError),
}

impl From<ClaimProblem> for Problem {
    fn from(problem: ClaimProblem) -> Self {
        match problem {
            ClaimProblem::Token(error) => Self::MalformedToken(error),
            ClaimProblem::Claims(error) => Self::MalformedClaims(error),
        }
    }
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
    /// Its `WWW-Authenticate` (RFC 9110 §11.6.1).
    pub challenge: Option<String>,
    /// [`super::Session::ticket`] when the request was sent: a response to an earlier user's
    /// request, or to one with earlier credentials, tells nothing about those of now.
    pub ticket: u64,
    /// Whether the request had been sent before, and was refused for its credentials.
    pub is_replay: bool,
}

impl Observation {
    /// A response without headers that matter.
    #[must_use]
    pub fn of_status(status: u16, ticket: u64) -> Self {
        Self { status, version: None, challenge: None, ticket, is_replay: false }
    }
}

/// What the application has instead of the credentials that were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// Another token.
    Token(String),
    /// Whatever the browser or the option `token` holds is good again.
    Renewed,
    /// Nothing: nobody is signed in.
    Refused,
}

/// Why a stream is over.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelEnd {
    /// The other side ended it.
    Closed,
    /// It broke, or could not be made; with the host's words.
    Network(String),
    /// An answer with a status other than 200.
    Status(u16),
    /// Something else than a stream answered: another type, or from elsewhere.
    NotAStream,
    /// A message was longer than any.
    TooLong,
}

/// What happens to a page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It is looked at again: visible or focused.
    Shown,
    /// It is no longer visible.
    Hidden,
    /// It may be frozen or kept for later from now on, and must not hold connections.
    Suspended,
    /// It goes on after that, perhaps much later.
    Resumed,
    /// The host thinks that there is a network again.
    Online,
    /// The host thinks that there is none.
    Offline,
    /// The user went to another view of the application.
    Navigated,
}
