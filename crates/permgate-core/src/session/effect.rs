//! The effects that a session returns. The enumeration is closed, so that a performer handles every
//! case.

use alloc::string::String;
use alloc::vec::Vec;

use super::notice::Notice;
use super::problem::Problem;
use super::transport::Transport;
use crate::time::Millis;
use crate::wire::StepUp;

/// Effects to be performed, in this order.
pub type Effects = Vec<Effect>;

/// One effect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Abort the running load: its answer will be ignored.
    Abort,
    /// Ask the application for the policies and report [`super::Event::PoliciesAnswered`].
    AskPolicies {
        /// Returned with the answer.
        generation: u64,
    },
    /// Ask the application for the token and report [`super::Event::TokenAnswered`].
    AskToken {
        /// Returned with the answer.
        generation: u64,
    },
    /// Read the claims of this token, as [`super::Session::reading`] says, and report
    /// [`super::Event::ClaimsRead`].
    ReadClaims {
        /// Returned with the answer.
        generation: u64,
        /// The token.
        token: String,
    },
    /// Ask the endpoint and report [`super::Event::Answered`].
    Fetch {
        /// Returned with the answer.
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
    /// Open a stream, replacing an open one, and report its events.
    OpenChannel {
        /// Returned with each event of the stream.
        channel: u64,
        /// The transport.
        transport: Transport,
        /// The token to send, never in the address.
        bearer: Option<String>,
        /// The tenant to ask about.
        tenant: Option<String>,
        /// The version of the held set.
        version: Option<u64>,
    },
    /// Close the stream: later messages of it are ignored.
    CloseChannel,
    /// Compete with the other tabs for the lead, which holds the stream, and report
    /// [`super::Event::Led`].
    Contend {
        /// Returned with the answer.
        contest: u64,
        /// The name of the lead.
        name: String,
        /// Take the lead from the present leader, which is silent.
        steal: bool,
    },
    /// Leave the lead to other tabs.
    Yield,
    /// Send a message to the other tabs.
    Tell(String),
    /// Store this text for [`super::Event::Started`] of a later page; none: delete it.
    Store(Option<String>),
    /// Pass a notice to observers.
    Notice(Notice),
    /// Fire the only timer after this time, instead of when it would have fired.
    Arm(Millis),
    /// Stop the timer.
    Disarm,
    /// No load is running or due soon: resolve pending `refresh()` calls.
    Rest,
    /// Tell all subscribers of a change.
    Publish(Publication),
    /// Tell the application what went wrong.
    Report(Problem),
}

/// The differences from the last publication; with neither, only the times of the set differ.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Publication {
    /// Answers may have changed.
    pub content: bool,
    /// The status has changed.
    pub status: bool,
}
