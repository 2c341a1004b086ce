//! The exports: thin doors to one instance. All take `&self`, and none can be made to panic by
//! what it is given.
#![expect(clippy::needless_pass_by_value, reason = "optional strings are handed over by value")]

use std::rc::Rc;

use permgate_core::session::{ChannelEnd, Event, Life, Observation, Session, Verdict};
use permgate_core::wire::VersionHeader;
use permgate_core::{Decision, Outcome, Reason, Resource};
use wasm_bindgen::JsValue;
use wasm_bindgen::prelude::wasm_bindgen;
use web_sys::Node;

use crate::binding::Binding;
use crate::dom::Binder;
use crate::host::Host;
use crate::options::Options;
use crate::shell::Shell;
use crate::snapshot;
use crate::transport::retry_after;

/// How many bytes of a header that cannot be read are shown.
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
    /// A sentence, when an option is not as it should be.
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

    /// Decides a requirement: 0 denied, 1 granted, 2 unknown, 3 malformed.
    pub fn decide(&self, requirement: &str, resource: Option<String>) -> u8 {
        self.with_decision(requirement, resource.as_deref(), answer)
    }

    /// Decides a requirement and says why.
    pub fn check(&self, requirement: &str, resource: Option<String>) -> JsValue {
        self.with_decision(requirement, resource.as_deref(), |decision| {
            self.shell.with_session(|session| snapshot::decision(decision, session))
        })
    }

    /// Decides whether a permission is granted on any resource, as [`Engine::decide`] does.
    pub fn somewhere(&self, requirement: &str) -> u8 {
        match self.shell.requirement(requirement) {
            Ok(requirement) => {
                self.shell.report_unknown(&requirement);
                self.shell.decide_somewhere(&requirement, answer)
            }
            Err(_) => answer(&Decision::malformed()),
        }
    }

    /// Why a requirement or resource cannot be read; undefined when it can.
    pub fn complaint(&self, requirement: &str, resource: Option<String>) -> Option<String> {
        match self.shell.requirement(requirement) {
            Err(error) => {
                Some([&error.to_string(), " (at byte ", &error.position.to_string(), ")"].concat())
            }
            Ok(_) => resource
                .and_then(|text| Resource::parse(&text).err())
                .map(|error| error.to_string()),
        }
    }

    /// The word for how the set stands.
    pub fn status(&self) -> String {
        self.shell.with_session(|session| session.status().as_str().into())
    }

    /// What is held, as a fresh JavaScript object.
    pub fn snapshot(&self) -> JsValue {
        self.shell.with_session(snapshot::snapshot)
    }

    /// Numbers the credentials that requests are sent with from now on; to be given back with
    /// [`Engine::observe`].
    pub fn ticket(&self) -> u32 {
        number(self.shell.with_session(Session::ticket))
    }

    /// Whether a load is under way, or was asked for and comes soon.
    #[wasm_bindgen(js_name = isLoading)]
    pub fn is_loading(&self) -> bool {
        self.shell.with_session(Session::is_busy)
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
                self.shell.report("malformed-version", &message.concat(), &JsValue::UNDEFINED);
            }
            header
        });
        let ticket = ticket.into();
        let observation = Observation { status, version, challenge, ticket, is_replay };
        self.shell.dispatch(Event::Observed(observation));
    }

    /// What becomes of a request that was sent with a ticket and met 401: 0 the application gets
    /// the refusal, 1 it is sent again, 2 that is not known yet.
    pub fn verdict(&self, ticket: u32) -> u8 {
        match self.shell.with_session(|session| session.verdict(ticket.into())) {
            Verdict::Pass => 0,
            Verdict::Replay => 1,
            Verdict::Wait => 2,
        }
    }

    /// The server accepted a stream.
    #[wasm_bindgen(js_name = channelOpened)]
    pub fn channel_opened(&self, channel: u32) {
        self.shell.dispatch(Event::ChannelOpened { channel: channel.into() });
    }

    /// Bytes of server-sent events came.
    #[wasm_bindgen(js_name = channelBytes)]
    pub fn channel_bytes(&self, channel: u32, bytes: Vec<u8>) {
        self.shell.read_stream(channel.into(), &bytes);
    }

    /// A message came by a stream, of this kind; empty where its data tell it.
    #[wasm_bindgen(js_name = channelMessage)]
    pub fn channel_message(&self, channel: u32, kind: String, data: String) {
        self.shell.dispatch(Event::Pushed { channel: channel.into(), kind, data });
    }

    /// A stream is over: with the status of an answer that is none, 200 when the other side ended
    /// it, 0 when it broke, 1 when something else answered.
    #[wasm_bindgen(js_name = channelEnded)]
    pub fn channel_ended(&self, channel: u32, status: u16, message: String, after: Option<String>) {
        let end = match status {
            0 => ChannelEnd::Network(message),
            1 => ChannelEnd::NotAStream,
            200 => ChannelEnd::Closed,
            status => ChannelEnd::Status(status),
        };
        let retry_after = after.as_deref().and_then(retry_after);
        self.shell.dispatch(Event::ChannelEnded { channel: channel.into(), end, retry_after });
    }

    /// Something happened to the page: 0 shown, 1 hidden, 2 suspended, 3 resumed, 4 online, 5
    /// offline, 6 navigated.
    pub fn life(&self, what: u8) {
        let life = match what {
            0 => Life::Shown,
            1 => Life::Hidden,
            2 => Life::Suspended,
            3 => Life::Resumed,
            4 => Life::Online,
            5 => Life::Offline,
            _ => Life::Navigated,
        };
        self.shell.dispatch(Event::Life(life));
    }

    /// This tab leads from now on, or does so no longer.
    pub fn led(&self, contest: u32, leads: bool) {
        self.shell.dispatch(Event::Led { contest: contest.into(), leads });
    }

    /// Another tab says something.
    pub fn told(&self, text: String) {
        self.shell.dispatch(Event::Told(text));
    }

    /// Begins a load, or another one after the one under way.
    pub fn refresh(&self) {
        self.shell.dispatch(Event::RefreshRequested);
    }

    /// Doubts what is held.
    pub fn invalidate(&self) {
        self.shell.dispatch(Event::Invalidated);
    }

    /// The application has a new token, or none.
    #[wasm_bindgen(js_name = setToken)]
    pub fn set_token(&self, token: Option<String>) {
        self.shell.dispatch(Event::TokenChanged(token));
    }

    /// The application gave this token for a request of its own.
    #[wasm_bindgen(js_name = tokenSeen)]
    pub fn token_seen(&self, token: String) {
        self.shell.dispatch(Event::TokenSeen(token));
    }

    /// The user works in another tenant, or in none.
    #[wasm_bindgen(js_name = setTenant)]
    pub fn set_tenant(&self, tenant: Option<String>) {
        self.shell.dispatch(Event::TenantChanged(tenant));
    }

    /// The host's `token` asks somewhere else from now on.
    #[wasm_bindgen(js_name = tokenProviderChanged)]
    pub fn token_provider_changed(&self) {
        self.shell.dispatch(Event::TokenProviderChanged);
    }

    /// The user signed out.
    #[wasm_bindgen(js_name = signOut)]
    pub fn sign_out(&self) {
        self.shell.dispatch(Event::SignedOut);
    }

    /// Binds the tagged elements of a document, shadow root or element. `page` holds the modes of
    /// the application's own, and takes what cannot be done.
    pub fn bind(&self, root: Node, page: JsValue) -> Binding {
        let binder = Binder::new(&root, &page, &self.shell);
        self.shell.keep(Rc::clone(&binder));
        binder.begin();
        Binding::new(binder, &self.shell)
    }

    /// Ends everything. Bound elements stay as they are without any permission: hidden.
    pub fn dispose(&self) {
        self.shell.dispatch(Event::Disposed);
        for binder in self.shell.binders() {
            // In a listener, what was published is not yet written.
            binder.update(&self.shell);
            binder.stop();
            self.shell.forget(&binder);
        }
    }

    fn with_decision<T>(
        &self,
        requirement: &str,
        resource: Option<&str>,
        look: impl FnOnce(&Decision<'_>) -> T,
    ) -> T {
        let resource = resource.map(Resource::parse).transpose();
        match (self.shell.requirement(requirement), resource) {
            (Ok(requirement), Ok(resource)) => {
                self.shell.report_unknown(&requirement);
                self.shell.decide(&requirement, resource.as_ref(), look)
            }
            _ => look(&Decision::malformed()),
        }
    }
}

/// A number that JavaScript holds exactly; nobody counts further.
pub(crate) fn number(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}

/// A decision as a number.
fn answer(decision: &Decision<'_>) -> u8 {
    match decision.outcome {
        Outcome::Denied if decision.reason == Reason::MalformedRequirement => 3,
        Outcome::Denied => 0,
        Outcome::Granted => 1,
        Outcome::Unknown => 2,
    }
}
