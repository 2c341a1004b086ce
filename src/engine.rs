//! The exports: thin methods of one instance. All take `&self`, and no argument can make them
//! panic.
#![expect(clippy::needless_pass_by_value, reason = "optional strings are handed over by value")]

use std::rc::Rc;

use permgate_core::session::{ChannelEnd, Event, Life, Observation, Session, Verdict};
use permgate_core::wire::VersionHeader;
use permgate_core::{Decision, Outcome, Reason, Resource};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;

use crate::binding::Binding;
use crate::border::{self, Asked, Decided, StreamEnd, Told, counter};
use crate::decider::Decider;
use crate::dom::{Binder, Nodes};
use crate::host::Host;
use crate::options::Options;
use crate::shell::Shell;
use crate::snapshot;
use crate::transport::retry_after;

/// How many bytes of a malformed header are shown.
const MESSAGE_BYTES: usize = 100;

/// One instance, for the TypeScript that holds it.
#[wasm_bindgen]
pub struct Engine {
    shell: Rc<Shell>,
}

#[wasm_bindgen]
impl Engine {
    /// Makes an instance that has not started.
    ///
    /// # Errors
    /// A sentence, if an option is invalid.
    #[wasm_bindgen(constructor)]
    pub fn new(options: Options, host: Host) -> Result<Self, String> {
        Ok(Self { shell: Shell::new(host, options)? })
    }

    /// Reads the bootstrap, or begins the first load.
    pub fn start(&self) {
        self.shell.start();
    }

    /// Lets the session look at the clock, before the first question of a turn of the event loop.
    pub fn turn(&self) {
        self.shell.dispatch(Event::Woke);
    }

    /// Decides a requirement; returns the number of a [`Decided`].
    pub fn decide(&self, requirement: &str, resource: Option<String>) -> u8 {
        let mut number = 0;
        self.with_decision(requirement, resource.as_deref(), &mut |decision| {
            number = answer(decision);
        });
        number
    }

    /// Decides a requirement; returns the decision with its reason, as JSON.
    pub fn check(&self, requirement: &str, resource: Option<String>) -> String {
        let mut json = String::new();
        self.with_decision(requirement, resource.as_deref(), &mut |decision| {
            json = self.decider().with_session(|session| snapshot::decision(decision, session));
        });
        json
    }

    /// Decides whether a permission is granted on any resource, as [`Engine::decide`] does.
    pub fn somewhere(&self, requirement: &str) -> u8 {
        let mut number = answer(&Decision::malformed());
        if let Ok(requirement) = self.decider().requirement(requirement) {
            self.decider().report_unknown(&requirement);
            self.decider().decide_somewhere(&requirement, &mut |decision| {
                number = answer(decision);
            });
        }
        number
    }

    /// Why a requirement or resource is malformed; undefined if it is not.
    pub fn complaint(&self, requirement: &str, resource: Option<String>) -> Option<String> {
        match self.decider().requirement(requirement) {
            Err(error) => {
                Some([&error.to_string(), " (at byte ", &error.position.to_string(), ")"].concat())
            }
            Ok(_) => resource
                .and_then(|text| Resource::parse(&text).err())
                .map(|error| error.to_string()),
        }
    }

    /// The status, as a word.
    pub fn status(&self) -> String {
        self.decider().with_session(|session| session.status().as_str().into())
    }

    /// The held set, as JSON.
    pub fn snapshot(&self) -> String {
        self.decider().with_session(snapshot::snapshot)
    }

    /// The number of the credentials that requests are sent with from now on, for
    /// [`Engine::observe`].
    pub fn ticket(&self) -> u32 {
        counter(self.decider().with_session(Session::ticket))
    }

    /// Whether a load is under way or due.
    #[wasm_bindgen(js_name = isLoading)]
    pub fn is_loading(&self) -> bool {
        self.decider().with_session(Session::is_busy)
    }

    /// Whether the last load failed.
    #[wasm_bindgen(js_name = hasFailed)]
    pub fn has_failed(&self) -> bool {
        self.decider().with_session(Session::has_failed)
    }

    /// Takes note of a response to one of the application's own requests.
    pub fn observe(
        &self,
        status: u16,
        version: Option<String>,
        challenge: Option<String>,
        ticket: u32,
        is_replay: bool,
    ) {
        let version = version.and_then(|text| {
            let header = VersionHeader::parse(&text);
            if header.is_none() {
                let message = [
                    "the header `Permissions-Version` of a response cannot be read: `",
                    text.get(..MESSAGE_BYTES).unwrap_or(&text),
                    "`; send it once, as in `42;sub=\"u-17\"`",
                ];
                self.decider().report("malformed-version", &message.concat(), &JsValue::UNDEFINED);
            }
            header
        });
        let ticket = ticket.into();
        let observation = Observation { status, version, challenge, ticket, is_replay };
        self.shell.dispatch(Event::Observed(observation));
    }

    /// The verdict on a request that was sent with a ticket and got 401: the number of a
    /// [`border::Verdict`].
    pub fn verdict(&self, ticket: u32) -> u8 {
        let verdict = match self.decider().with_session(|session| session.verdict(ticket.into())) {
            Verdict::Pass => border::Verdict::Pass,
            Verdict::Replay => border::Verdict::Replay,
            Verdict::Wait => border::Verdict::Wait,
        };
        verdict.number()
    }

    /// The server accepted a stream.
    #[wasm_bindgen(js_name = channelOpened)]
    pub fn channel_opened(&self, channel: u32) {
        self.shell.dispatch(Event::ChannelOpened { channel: channel.into() });
    }

    /// Bytes of server-sent events have arrived.
    #[wasm_bindgen(js_name = channelBytes)]
    pub fn channel_bytes(&self, channel: u32, bytes: Vec<u8>) {
        self.shell.read_stream(channel.into(), &bytes);
    }

    /// A message of this kind has arrived on a stream; the kind is empty if it is part of the data.
    #[wasm_bindgen(js_name = channelMessage)]
    pub fn channel_message(&self, channel: u32, kind: String, data: String) {
        self.shell.dispatch(Event::Pushed { channel: channel.into(), kind, data });
    }

    /// A stream ended. `status` is the number of a [`StreamEnd`], or the HTTP status of a rejected
    /// stream; `after` is the value of `Retry-After`.
    #[wasm_bindgen(js_name = channelEnded)]
    pub fn channel_ended(&self, channel: u32, status: u16, message: String, after: Option<String>) {
        let end = match StreamEnd::of(status) {
            Some(StreamEnd::Broken) => ChannelEnd::Network(message),
            Some(StreamEnd::NotAStream) => ChannelEnd::NotAStream,
            Some(StreamEnd::Closed) => ChannelEnd::Closed,
            None => ChannelEnd::Status(status),
        };
        let retry_after = after.as_deref().and_then(retry_after);
        self.shell.dispatch(Event::ChannelEnded { channel: channel.into(), end, retry_after });
    }

    /// Handles an event that has only a kind, the number of a [`Told`], and perhaps a text. An
    /// unknown number is ignored.
    pub fn tell(&self, kind: u8, text: Option<String>) {
        let event = match Told::of(kind) {
            None => return,
            Some(Told::Shown) => Event::Life(Life::Shown),
            Some(Told::Hidden) => Event::Life(Life::Hidden),
            Some(Told::Suspended) => Event::Life(Life::Suspended),
            Some(Told::Resumed) => Event::Life(Life::Resumed),
            Some(Told::Online) => Event::Life(Life::Online),
            Some(Told::Offline) => Event::Life(Life::Offline),
            Some(Told::Navigated) => Event::Life(Life::Navigated),
            Some(Told::Refresh) => Event::RefreshRequested,
            Some(Told::Invalidate) => Event::Invalidated,
            Some(Told::Token) => Event::TokenChanged(text),
            Some(Told::TokenProvider) => Event::TokenProviderChanged,
            Some(Told::TokenSeen) => Event::TokenSeen(text.unwrap_or_default()),
            Some(Told::Tenant) => Event::TenantChanged(text),
            Some(Told::SignedOut) => Event::SignedOut,
            Some(Told::Tab) => Event::Told(text.unwrap_or_default()),
            Some(Told::Timer) => Event::TimerFired,
        };
        self.shell.dispatch(event);
    }

    /// The outcome of a question to the host, with the number of an [`Asked`] and the question's own
    /// number: its value, or what was thrown. An unknown number is ignored.
    pub fn answered(&self, asked: u8, number: u32, is_good: bool, value: JsValue) {
        let Some(asked) = Asked::of(asked) else { return };
        let outcome = if is_good { Ok(value) } else { Err(value) };
        self.shell.answered(asked, number.into(), outcome);
    }

    /// This tab leads from now on, or no longer.
    pub fn led(&self, contest: u32, leads: bool) {
        self.shell.dispatch(Event::Led { contest: contest.into(), leads });
    }

    /// Decides the requirements of a document, shadow root or element. `nodes` asks about them by the
    /// functions of the binding, from now on.
    pub fn bind(&self, nodes: Nodes) -> Binding {
        let binder = Rc::new(Binder::new(nodes, Rc::clone(self.decider())));
        self.shell.keep(Rc::clone(&binder));
        Binding::new(binder, &self.shell)
    }

    /// Disposes of the instance. Bound elements stay hidden, as without any permission.
    pub fn dispose(&self) {
        self.shell.dispatch(Event::Disposed);
        for binder in self.shell.binders() {
            // During a call of a listener, the last decisions may not be written yet.
            binder.update();
            binder.stop();
            self.shell.forget(&binder);
        }
    }

    fn decider(&self) -> &Rc<Decider> {
        self.shell.decider()
    }

    fn with_decision(
        &self,
        requirement: &str,
        resource: Option<&str>,
        look: &mut dyn FnMut(&Decision<'_>),
    ) {
        let resource = resource.map(Resource::parse).transpose();
        match (self.decider().requirement(requirement), resource) {
            (Ok(requirement), Ok(resource)) => {
                self.decider().report_unknown(&requirement);
                self.decider().decide(&requirement, resource.as_ref(), look);
            }
            _ => look(&Decision::malformed()),
        }
    }
}

/// A decision as a number.
fn answer(decision: &Decision<'_>) -> u8 {
    let decided = match decision.outcome {
        Outcome::Denied if decision.reason == Reason::MalformedRequirement => Decided::Malformed,
        Outcome::Denied => Decided::Denied,
        Outcome::Granted => Decided::Granted,
        Outcome::Unknown => Decided::Unknown,
    };
    decided.number()
}
