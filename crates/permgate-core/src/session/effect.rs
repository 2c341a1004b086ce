//! What a session asks its surroundings to do. Closed: whoever performs knows every case.

use alloc::string::String;
use alloc::vec::Vec;

use super::notice::Notice;
use super::problem::Problem;
use super::transport::Transport;
use crate::time::Millis;
use crate::wire::StepUp;

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
    /// Read the claims of this token, as [`super::Session::reading`] says, and report
    /// [`super::Event::ClaimsRead`].
    ReadClaims {
        /// To be given back with the answer.
        generation: u64,
        /// The token.
        token: String,
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
    /// The requests that [`super::Session::verdict`] told to wait may ask again.
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
    /// No load is running or due soon: resolve pending `refresh()` calls.
    Rest,
    /// Tell everybody who watches.
    Publish(Publication),
    /// Tell the application what went wrong.
    Report(Problem),
}

/// What is different from what was last published; with neither, only how long it is believed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// Answers may be different.
    pub content: bool,
    /// The status is different.
    pub status: bool,
}
