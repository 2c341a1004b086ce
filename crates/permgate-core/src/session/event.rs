//! The events of a session. The enumeration is closed, so that every case is handled.

use alloc::string::String;
use alloc::vec::Vec;

use super::problem::Problem;
use crate::time::Millis;
use crate::wire::{Document, DocumentError, TokenError, VersionHeader};

/// One event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// The session begins, perhaps with a document in the page.
    Started {
        /// The text of the document.
        bootstrap: Option<String>,
        /// The text that an earlier page stored by [`super::Effect::Store`].
        stored: Option<String>,
    },
    /// The timer fired.
    TimerFired,
    /// Time has passed and a question is about to be asked; nothing else happened.
    Woke,
    /// The policies that were asked for have come.
    PoliciesAnswered {
        /// The load that asked.
        generation: u64,
        /// The policies, or why there are none.
        policies: Result<PolicyTexts, String>,
    },
    /// The token that was asked for has come.
    TokenAnswered {
        /// The load that asked.
        generation: u64,
        /// The token, none when nobody is signed in, or why there is no answer.
        token: Result<Option<String>, String>,
    },
    /// The claims that were asked for are read.
    ClaimsRead {
        /// The load that asked.
        generation: u64,
        /// The result of the reading.
        read: Result<Claimed, ClaimProblem>,
    },
    /// The endpoint answered, or failed to.
    Answered {
        /// The load that asked.
        generation: u64,
        /// The answer.
        answer: Answer,
    },
    /// The application has a new token, or none any more.
    TokenChanged(Option<String>),
    /// The application sent a request with this token.
    TokenSeen(String),
    /// The application has another function for the token from now on: the token may be another
    /// user's.
    TokenProviderChanged,
    /// The user works in another tenant from now on, or in none.
    TenantChanged(Option<String>),
    /// The application received a response to one of its requests.
    Observed(Observation),
    /// The application was asked for new credentials, and has an answer.
    RenewalAnswered {
        /// The number of the renewal.
        renewal: u64,
        /// The new credentials, or the error.
        outcome: Result<Renewal, String>,
    },
    /// The stream is open: the server accepted it.
    ChannelOpened {
        /// The stream.
        channel: u64,
    },
    /// Bytes arrived by the stream, perhaps only a heartbeat.
    ChannelAlive {
        /// The stream.
        channel: u64,
    },
    /// The server sets the time before a stream is opened again (`retry:`).
    ChannelRetry {
        /// The stream.
        channel: u64,
        /// The time.
        after: Millis,
    },
    /// A message came by the stream.
    Pushed {
        /// The stream.
        channel: u64,
        /// The event's name; empty if the data have it as `type`; `header` for the value of a
        /// `Permissions-Version`.
        kind: String,
        /// Its data.
        data: String,
    },
    /// The stream has ended, or could not be opened.
    ChannelEnded {
        /// Which stream.
        channel: u64,
        /// Why it has ended.
        end: ChannelEnd,
        /// How long the server asks to wait (`Retry-After`).
        retry_after: Option<Millis>,
    },
    /// Something happened to the page.
    Life(Life),
    /// This tab begins or ceases to lead the tabs of the same subject.
    Led {
        /// The contest.
        contest: u64,
        /// Whether it leads.
        leads: bool,
    },
    /// A message of another tab. Any script of the origin can forge it, so it reduces authority at
    /// most.
    Told(String),
    /// The held set is known to be out of date.
    Invalidated,
    /// The application requests a load now.
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
    /// The role map ([`crate::wire::RoleMap::parse`]).
    pub roles: Option<String>,
}

/// The permissions in the claims of a token.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Claimed {
    /// The claims, as a document of which the roles are expanded.
    pub document: Document,
    /// Whether the rules distinguish tenants; if not, the token is about the tenant that was
    /// selected when it came.
    pub reads_tenant: bool,
    /// Warnings about parts that could not be read, and whose permissions are therefore unknown.
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

/// An answer of the endpoint.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// A body with a success status.
    Document {
        /// The body's text.
        body: String,
        /// Its entity tag (RFC 9110 §8.8.3).
        etag: Option<String>,
    },
    /// 304: the held set is still right.
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

/// Why there is no document.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Failure {
    /// A status that is neither success, 304 nor 401.
    Status(u16),
    /// The request did not get through; with the host's words.
    Network(String),
    /// The body is longer than any document.
    TooLarge,
}

/// The parts of a response to one of the application's requests that concern permissions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Observation {
    /// Its status.
    pub status: u16,
    /// Its `Permissions-Version`.
    pub version: Option<VersionHeader>,
    /// Its `WWW-Authenticate` (RFC 9110 §11.6.1).
    pub challenge: Option<String>,
    /// [`super::Session::ticket`] when the request was sent: a response to an earlier user's
    /// request, or to one with earlier credentials, says nothing about the present ones.
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

/// The application's answer when credentials were refused.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Renewal {
    /// Another token.
    Token(String),
    /// The cookie, or the token of the option `token`, has been renewed.
    Renewed,
    /// Nothing: nobody is signed in.
    Refused,
}

/// Why a stream has ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ChannelEnd {
    /// The server ended it.
    Closed,
    /// It broke, or could not be opened; the text is the host's.
    Network(String),
    /// An answer with a status other than 200.
    Status(u16),
    /// The answer is not a stream: another type, or from another origin after a redirect.
    NotAStream,
    /// A message was too long.
    TooLong,
}

/// Events of a page's life.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Life {
    /// It is visible or focused again.
    Shown,
    /// It is no longer visible.
    Hidden,
    /// It may be frozen or put into the back/forward cache from now on, and must not hold
    /// connections.
    Suspended,
    /// It continues after that, perhaps much later.
    Resumed,
    /// The host reports a network again.
    Online,
    /// The host reports that there is no network.
    Offline,
    /// The user opened another view of the application.
    Navigated,
}
