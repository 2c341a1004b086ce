//! What a session asks its surroundings to do. Closed: whoever performs knows every case.

use alloc::string::String;
use alloc::vec::Vec;

use super::notice::Notice;
use super::time::Millis;
use crate::wire::{DocumentError, StepUp, TokenError};

/// What is to be done, in this order.
pub type Effects = Vec<Effect>;

/// One thing to do.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Give up the running load: its answer will not be looked at.
    Abort,
    /// Ask the application for the policies and report [`super::Event::PoliciesAnswered`].
    AskPolicies {
        /// To be given back with the answer.
        generation: u64,
    },
    /// Ask the application for the token and report [`super::Event::TokenAnswered`].
    AskToken {
        /// To be given back with the answer.
        generation: u64,
    },
    /// Ask the endpoint and report [`super::Event::Answered`].
    Fetch {
        /// To be given back with the answer.
        generation: u64,
        /// The token to send, by `Authorization: Bearer` (RFC 6750 §2.1).
        bearer: Option<String>,
        /// The tenant to ask about.
        tenant: Option<String>,
        /// The entity tag to send, by `If-None-Match` (RFC 9110 §13.1.2).
        etag: Option<String>,
    },
    /// Ask the application for new credentials and report [`super::Event::RenewalAnswered`].
    AskRenewal {
        /// To be given back with the answer.
        renewal: u64,
    },
    /// Whoever was told to wait by [`super::Session::verdict`] may ask again.
    Settled,
    /// Tell the application that a request needs a stronger sign-in (RFC 9470).
    StepUp(StepUp),
    /// Open a stream, in the place of the one before, and report what comes of it.
    OpenChannel {
        /// To be given back with whatever comes.
        channel: u64,
        /// In which way.
        transport: Transport,
        /// The token to send, never in the address.
        bearer: Option<String>,
        /// The tenant to ask about.
        tenant: Option<String>,
        /// The version that is held.
        version: Option<u64>,
    },
    /// Close the stream: nothing that still comes by it is looked at.
    CloseChannel,
    /// Contend with the other tabs for holding the stream, and report [`super::Event::Led`].
    Contend {
        /// To be given back with the answer.
        contest: u64,
        /// What is contended for.
        name: String,
        /// Take it from whoever has it: nothing was heard of them.
        steal: bool,
    },
    /// Leave what was contended for to others.
    Yield,
    /// Tell the other tabs.
    Tell(String),
    /// Keep this text for [`super::Event::Started`] in a later life of the page; none: forget it.
    Store(Option<String>),
    /// Tell whoever looks on what is going on.
    Notice(Notice),
    /// Fire the one timer after this time, instead of when it would have fired.
    Arm(Millis),
    /// Stop the timer.
    Disarm,
    /// The loads that were under way have ended, and none follows at once: whoever waits for a
    /// refresh may go on.
    Rest,
    /// Tell everybody who watches.
    Publish(Publication),
    /// Tell the application what went wrong.
    Report(Problem),
}

/// In which way the server pushes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Transport {
    /// Server-sent events (WHATWG HTML §9.2).
    Events,
    /// A WebSocket (RFC 6455).
    Socket,
    /// Requests that are answered when there is something to say.
    Poll,
}

impl Transport {
    /// The word of options and notices.
    #[must_use]
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Events => "events",
            Self::Socket => "socket",
            Self::Poll => "poll",
        }
    }

    pub(super) fn from_word(word: &str) -> Option<Self> {
        [Self::Events, Self::Socket, Self::Poll].into_iter().find(|one| one.as_str() == word)
    }
}

/// What is different from what was last published; with neither, only how long it is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// Answers may be different.
    pub content: bool,
    /// The status is different.
    pub status: bool,
}

/// What went wrong, in a form that names what to do. Never changes what is held.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// The answer is no permission document.
    MalformedDocument(DocumentError),
    /// The token cannot be read.
    MalformedToken(TokenError),
    /// A claim of the token is absent or has the wrong shape.
    MalformedClaims(DocumentError),
    /// The token's `exp` is past.
    TokenExpired,
    /// The token's `nbf` is further ahead than clocks differ.
    TokenNotYetValid,
    /// The application's function for the token failed.
    TokenProvider(String),
    /// The answer is about somebody else than the token.
    SubjectMismatch {
        /// Whom the token is about.
        asked: String,
        /// Whom the answer is about.
        answered: String,
    },
    /// The answer is about another tenant than was asked for.
    TenantMismatch {
        /// The tenant that is set.
        asked: String,
        /// The tenant of the answer.
        answered: String,
    },
    /// The token came when another tenant was set, and says nothing of tenants.
    TokenOfAnotherTenant,
    /// The provider left a claim out of the token: what it would say is unknown.
    ClaimLeftOut(DocumentError),
    /// The application's function for the policies failed.
    PolicyProvider(String),
    /// The catalogue, or what roles stand for, cannot be read.
    MalformedPolicies(DocumentError),
    /// The answer is older than what was already known.
    OlderVersion {
        /// The version known.
        known: u64,
        /// The version that came.
        came: u64,
    },
    /// 304, but there is nothing that could be unchanged.
    UnexpectedNotModified,
    /// A status that is neither success, 304 nor 401.
    Status(u16),
    /// The request did not get through.
    Network(String),
    /// No answer in time.
    Timeout,
    /// The body is longer than any document.
    TooLarge,
    /// 401: nobody is signed in.
    Unauthorized,
    /// The application's function for new credentials failed.
    RenewalFailed(String),
    /// None of the ways to push is one.
    NoPush,
    /// A message of the stream cannot be read.
    MalformedMessage(DocumentError),
}
