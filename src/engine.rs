//! The exports: thin doors to one instance. All take `&self`, and none can be made to panic by
//! what it is given.
#![expect(clippy::needless_pass_by_value, reason = "optional strings are handed over by value")]

use std::rc::Rc;

use permgate_core::session::{Event, Observation};
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
        self.with_decision(requirement, resource.as_deref(), snapshot::decision)
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

    /// Counts the changes of user; to be given back with [`Engine::observe`].
    pub fn epoch(&self) -> u64 {
        self.shell.with_session(permgate_core::session::Session::epoch)
    }

    /// Whether a load is under way.
    #[wasm_bindgen(js_name = isLoading)]
    pub fn is_loading(&self) -> bool {
        self.shell.with_session(permgate_core::session::Session::is_loading)
    }

    /// Takes note of a response to one of the application's own requests.
    pub fn observe(&self, status: u16, version: Option<String>, epoch: u64) {
        let version = version.as_deref().and_then(VersionHeader::parse);
        self.shell.dispatch(Event::Observed(Observation { status, version, epoch }));
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

    /// Binds the tagged elements of a document, shadow root or element.
    pub fn bind(&self, root: Node) -> Binding {
        let binder = Binder::new(&root, &self.shell);
        self.shell.keep(Rc::clone(&binder));
        binder.scan(&self.shell);
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

/// A decision as a number.
fn answer(decision: &Decision<'_>) -> u8 {
    match decision.outcome {
        Outcome::Denied if decision.reason == Reason::MalformedRequirement => 3,
        Outcome::Denied => 0,
        Outcome::Granted => 1,
        Outcome::Unknown => 2,
    }
}
