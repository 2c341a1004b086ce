//! One instance: the session, the queue of what is to be done, and the hands that do it.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::{Rc, Weak};
use std::sync::Arc;

use js_sys::Array;
use permgate_claims::ClaimRule;
use permgate_core::requirement::Kind;
use permgate_core::session::{
    Answer, ChannelEnd, Effect, Event, Failure, Now, PolicyTexts, Renewal, Session,
};
use permgate_core::wire::{EventStream, StreamItem};
use permgate_core::{Catalogue, Decision, Requirement, RequirementError, Resource};
use wasm_bindgen::JsValue;
use wasm_bindgen_futures::{JsFuture, spawn_local};
use web_sys::AbortController;

use crate::clock;
use crate::dom::Binder;
use crate::engine::number;
use crate::host::Host;
use crate::options::Options;
use crate::snapshot;
use crate::timer::Timer;
use crate::transport::{self, Query};

/// Why an address with a place for a tenant cannot be asked.
const NO_TENANT: &str = "its address has a place for a tenant, and none is set; call `setTenant`";

/// One instance.
pub(crate) struct Shell {
    host: Host,
    options: Options,
    /// How the claims of tokens are read.
    claims: Vec<ClaimRule>,
    session: RefCell<Session>,
    // INVARIANT: nothing is borrowed while an effect is performed, since JavaScript may call back.
    effects: RefCell<VecDeque<Effect>>,
    performing: Cell<bool>,
    timer: Timer,
    under_way: RefCell<Option<AbortController>>,
    /// Reads the stream that is open.
    stream: RefCell<EventStream>,
    binders: RefCell<Vec<Rc<Binder>>>,
    /// The catalogue that the names on the page were last compared with.
    compared: RefCell<Option<Arc<Catalogue>>>,
}

impl Shell {
    pub(crate) fn new(host: Host, options: Options) -> Result<Rc<Self>, String> {
        let session = Session::new(clock::now(), options.config()?);
        let claims = options.claims()?;
        Ok(Rc::new_cyclic(|shell: &Weak<Self>| {
            let weak = shell.clone();
            let timer = Timer::new(move || {
                if let Some(shell) = weak.upgrade() {
                    shell.dispatch(Event::TimerFired);
                }
            });
            Self {
                host,
                options,
                claims,
                session: RefCell::new(session),
                effects: RefCell::default(),
                performing: Cell::new(false),
                timer,
                under_way: RefCell::new(None),
                stream: RefCell::default(),
                binders: RefCell::default(),
                compared: RefCell::default(),
            }
        }))
    }

    pub(crate) fn start(self: &Rc<Self>) {
        let (bootstrap, stored) = (self.options.bootstrap(), self.options.stored());
        self.dispatch(Event::Started { bootstrap, stored });
    }

    /// Reads bytes of the stream; what is in them is told when all are read.
    pub(crate) fn read_stream(self: &Rc<Self>, channel: u64, bytes: &[u8]) {
        let mut events = Vec::from([Event::ChannelAlive { channel }]);
        let read = self.stream.borrow_mut().feed(bytes, &mut |item| {
            events.push(match item {
                StreamItem::Message { kind, data, .. } => {
                    Event::Pushed { channel, kind: kind.into(), data: data.into() }
                }
                StreamItem::Retry(after) => Event::ChannelRetry { channel, after },
            });
        });
        if read.is_err() {
            let _ = self.host.close_channel();
            let end = ChannelEnd::TooLong;
            events.push(Event::ChannelEnded { channel, end, retry_after: None });
        }
        for event in events {
            self.dispatch(event);
        }
    }

    /// The one entry: the session takes the event at once, and what follows from it is done in
    /// order, after whatever was to be done before.
    pub(crate) fn dispatch(self: &Rc<Self>, event: Event) {
        let now = clock::now();
        let effects = self.session.borrow_mut().handle(now, event);
        let publishes = effects.iter().any(|effect| matches!(effect, Effect::Publish(_)));
        self.effects.borrow_mut().extend(effects);
        if publishes {
            let _ = self.host.outdated();
        }
        if self.performing.replace(true) {
            return;
        }
        loop {
            let next = self.effects.borrow_mut().pop_front();
            let Some(effect) = next else { break };
            self.perform(effect);
        }
        self.performing.set(false);
    }

    fn perform(self: &Rc<Self>, effect: Effect) {
        match effect {
            Effect::Abort => {
                if let Some(controller) = self.under_way.take() {
                    controller.abort();
                }
            }
            Effect::AskPolicies { generation } => self.ask_policies(generation),
            Effect::AskToken { generation } => self.ask_token(generation),
            Effect::ReadClaims { generation, token } => {
                let read = self.with_session(|session| {
                    permgate_claims::read(session.reading(), &token, &self.claims)
                });
                self.dispatch(Event::ClaimsRead { generation, read });
            }
            Effect::Fetch { generation, bearer, tenant, etag } => {
                self.fetch(generation, bearer, tenant, etag);
            }
            Effect::AskRenewal { renewal } => self.ask_renewal(renewal),
            Effect::OpenChannel { channel, transport, bearer, tenant, version } => {
                *self.stream.borrow_mut() = EventStream::default();
                let version = version.map(snapshot::number);
                let (channel, transport) = (number(channel), transport.as_str());
                let _ = self.host.open_channel(channel, transport, bearer, tenant, version);
            }
            Effect::Arm(delay) => self.timer.arm(delay),
            Effect::Disarm => self.timer.disarm(),
            Effect::Publish(publication) => {
                // The page first: what was revoked is hidden before anybody is told.
                self.update_binders();
                let _ = self.host.published(publication.content, publication.status);
            }
            Effect::Report(problem) => {
                self.report(problem.code(), &problem.to_string(), &JsValue::UNDEFINED);
            }
            told => self.tell_host(told),
        }
    }

    /// What only passes something on.
    fn tell_host(&self, effect: Effect) {
        let host = &self.host;
        let _ = match effect {
            Effect::Rest => host.rested(),
            Effect::Settled => host.settled(),
            Effect::StepUp(step_up) => {
                let max_age = step_up.max_age_seconds.map(snapshot::number);
                host.step_up(step_up.acr_values, max_age, step_up.scope)
            }
            Effect::CloseChannel => host.close_channel(),
            Effect::Contend { contest, name, steal } => host.contend(number(contest), &name, steal),
            Effect::Yield => host.yield_lead(),
            Effect::Tell(text) => host.tell(&text),
            Effect::Store(text) => host.store(text),
            Effect::Notice(notice) => {
                let [kind, what, transport] = notice.words();
                host.noticed(kind, what, transport)
            }
            _ => Ok(()),
        };
    }

    fn ask_renewal(self: &Rc<Self>, renewal: u64) {
        // A listener that was told before may have brought somebody.
        if !self.with_session(|session| session.awaits_renewal(renewal)) {
            return;
        }
        let shell = Rc::clone(self);
        spawn_local(async move {
            let renewed = match shell.host.renew() {
                Ok(promise) => JsFuture::from(promise).await,
                Err(thrown) => Err(thrown),
            };
            let outcome = match renewed {
                Ok(value) => Ok(match value.as_string() {
                    Some(token) => Renewal::Token(token),
                    None if value.is_truthy() => Renewal::Renewed,
                    None => Renewal::Refused,
                }),
                Err(thrown) => Err(transport::message_of(&thrown)),
            };
            if let Ok(Renewal::Token(token)) = &outcome
                && shell.with_session(|session| session.awaits_renewal(renewal))
            {
                // What comes too late is not what requests are sent with.
                let _ = shell.host.renewed(token);
            }
            shell.dispatch(Event::RenewalAnswered { renewal, outcome });
        });
    }

    fn ask_policies(self: &Rc<Self>, generation: u64) {
        let shell = Rc::clone(self);
        spawn_local(async move {
            let policies = match shell.host.policies() {
                Ok(promise) => JsFuture::from(promise).await,
                Err(thrown) => Err(thrown),
            };
            let policies = match policies {
                Ok(texts) => {
                    let texts = Array::from(&texts);
                    Ok(PolicyTexts {
                        catalogue: texts.get(0).as_string(),
                        roles: texts.get(1).as_string(),
                    })
                }
                Err(thrown) => Err(transport::message_of(&thrown)),
            };
            shell.dispatch(Event::PoliciesAnswered { generation, policies });
        });
    }

    fn ask_token(self: &Rc<Self>, generation: u64) {
        let shell = Rc::clone(self);
        spawn_local(async move {
            let token = match shell.host.token() {
                Ok(promise) => JsFuture::from(promise).await,
                Err(thrown) => Err(thrown),
            };
            let token = match token {
                Ok(value) if value.is_null() || value.is_undefined() => Ok(None),
                Ok(value) => {
                    value.as_string().map(Some).ok_or_else(|| "no string and not null".into())
                }
                Err(thrown) => Err(transport::message_of(&thrown)),
            };
            shell.dispatch(Event::TokenAnswered { generation, token });
        });
    }

    fn fetch(
        self: &Rc<Self>,
        generation: u64,
        bearer: Option<String>,
        tenant: Option<String>,
        etag: Option<String>,
    ) {
        // A host without these has no `fetch` either: the request fails with its words.
        let controller = AbortController::new().ok();
        let Some((controller, endpoint)) = controller.zip(self.options.endpoint()) else {
            return;
        };
        let Some(endpoint) = at_tenant(endpoint, self.options.after_tenant(), tenant) else {
            let failure = Failure::Network(NO_TENANT.into());
            let answer = Answer::Failed { failure, retry_after: None };
            return self.dispatch(Event::Answered { generation, answer });
        };
        let query = Query { endpoint, credentials: self.options.credentials(), bearer, etag };
        let signal = controller.signal();
        *self.under_way.borrow_mut() = Some(controller);
        let shell = Rc::clone(self);
        spawn_local(async move {
            let answer = transport::ask(&shell.host, &query, &signal).await;
            shell.dispatch(Event::Answered { generation, answer });
        });
    }

    /// Looks at the session as it is now.
    pub(crate) fn with_session<T>(&self, look: impl FnOnce(&Session) -> T) -> T {
        look(&self.session.borrow())
    }

    /// Decides by what is held at this moment.
    pub(crate) fn decide<T>(
        &self,
        requirement: &Requirement,
        resource: Option<&Resource>,
        look: impl FnOnce(&Decision<'_>) -> T,
    ) -> T {
        let now = clock::now();
        self.decide_at(now, requirement, resource, look)
    }

    /// Reads a requirement in the instance's language.
    pub(crate) fn requirement(&self, text: &str) -> Result<Requirement, RequirementError> {
        let language = self.with_session(|session| session.reading().language);
        Requirement::parse_in(text, language)
    }

    /// A sentence for each name in a requirement that is not in the catalogue. Whoever is told
    /// reports each of them once.
    pub(crate) fn unknown_names(&self, requirement: &Requirement) -> Vec<String> {
        let mut messages = Vec::new();
        let catalogue = self.with_session(|session| session.reading().policies.catalogue.clone());
        let Some(catalogue) = catalogue else { return messages };
        requirement.for_each_atom(&mut |atom| {
            if let Kind::Permission(asked) = atom.kind()
                && !catalogue.holds(asked)
            {
                let name = atom.to_string();
                messages
                    .push(["`", &name, "` is not in the catalogue; is it spelled right?"].concat());
            }
        });
        messages
    }

    /// Reports the names in a question that are not in the catalogue.
    pub(crate) fn report_unknown(&self, requirement: &Requirement) {
        for message in self.unknown_names(requirement) {
            self.report("unknown-permission", &message, &JsValue::UNDEFINED);
        }
    }

    /// Decides by what is held at this moment whether a permission is granted on any resource.
    pub(crate) fn decide_somewhere<T>(
        &self,
        requirement: &Requirement,
        look: impl FnOnce(&Decision<'_>) -> T,
    ) -> T {
        let now = clock::now();
        look(&self.session.borrow().somewhere(now, requirement))
    }

    /// Decides by what is held at a moment.
    pub(crate) fn decide_at<T>(
        &self,
        now: Now,
        requirement: &Requirement,
        resource: Option<&Resource>,
        look: impl FnOnce(&Decision<'_>) -> T,
    ) -> T {
        look(&self.session.borrow().decide(now, requirement, resource))
    }

    pub(crate) fn report(&self, code: &str, message: &str, element: &JsValue) {
        let _ = self.host.reported(code, message, element);
    }

    pub(crate) fn keep(&self, binder: Rc<Binder>) {
        self.binders.borrow_mut().push(binder);
    }

    pub(crate) fn forget(&self, binder: &Rc<Binder>) {
        self.binders.borrow_mut().retain(|kept| !Rc::ptr_eq(kept, binder));
    }

    /// The binders, to be gone through while they may change.
    pub(crate) fn binders(&self) -> Vec<Rc<Binder>> {
        self.binders.borrow().clone()
    }

    fn update_binders(&self) {
        let catalogue = self.with_session(|session| session.reading().policies.catalogue.clone());
        let is_new = match (&*self.compared.borrow(), &catalogue) {
            (Some(compared), Some(catalogue)) => !Arc::ptr_eq(compared, catalogue),
            (compared, catalogue) => compared.is_some() != catalogue.is_some(),
        };
        for binder in self.binders() {
            binder.update(self);
            if is_new {
                binder.compare_with_catalogue(self);
            }
        }
        *self.compared.borrow_mut() = catalogue;
    }
}

/// The endpoint for a tenant. `after` is what follows the place that it has for one; without a
/// place, the tenant is a query. None when there is a place, and no tenant.
fn at_tenant(before: String, after: Option<String>, tenant: Option<String>) -> Option<String> {
    let tenant = tenant.map(|tenant| String::from(js_sys::encode_uri_component(&tenant)));
    if let Some(after) = after {
        return tenant.map(|tenant| [before, tenant, after].concat());
    }
    let Some(tenant) = tenant else { return Some(before) };
    let (address, fragment) = before.split_once('#').unwrap_or((&before, ""));
    let joint = if address.contains('?') { "&" } else { "?" };
    let hash = if fragment.is_empty() { "" } else { "#" };
    Some([address, joint, "tenant=", &tenant, hash, fragment].concat())
}
