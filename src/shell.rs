//! One instance: the session, the queue of effects, and the code that performs them.

use std::cell::{Cell, RefCell};
use std::collections::VecDeque;
use std::rc::Rc;
use std::sync::Arc;

#[cfg(feature = "whole")]
use permgate_claims::ClaimRule;
use permgate_core::Catalogue;
use permgate_core::session::{ChannelEnd, Effect, Event, Renewal, Session};
use permgate_core::wire::{EventStream, StreamItem};
use wasm_bindgen::JsValue;

use crate::asks;
use crate::border::{Asked, counter};
use crate::clock;
use crate::decider::Decider;
use crate::dom::Binder;
use crate::host::Host;
use crate::options::Options;
use crate::past::Past;
use crate::snapshot;

/// The longest delay of `setTimeout`; a longer one fires at once in every engine (WHATWG HTML
/// §8.7). The session re-arms a timer that fires early.
const DELAY_MAX: i32 = i32::MAX;

/// One instance.
pub(crate) struct Shell {
    options: Options,
    /// How the claims of tokens are read.
    #[cfg(feature = "whole")]
    claims: Vec<ClaimRule>,
    decider: Rc<Decider>,
    // INVARIANT: nothing is borrowed while an effect is performed, since JavaScript may call back.
    effects: RefCell<VecDeque<Effect>>,
    performing: Cell<bool>,
    /// Reads the stream that is open.
    stream: RefCell<EventStream>,
    binders: RefCell<Vec<Rc<Binder>>>,
    /// The catalogue that the names on the page were last compared with.
    compared: RefCell<Option<Arc<Catalogue>>>,
}

impl Shell {
    pub(crate) fn new(host: Host, options: Options) -> Result<Rc<Self>, String> {
        let past = Past::of(&options.began()).and_then(|began| began.at);
        let session = Session::new(past.unwrap_or_else(clock::now), options.config()?);
        #[cfg(feature = "whole")]
        let claims = options.claims()?;
        let decider = Rc::new(Decider::new(session, host, past));
        Ok(Rc::new(Self {
            options,
            #[cfg(feature = "whole")]
            claims,
            decider,
            effects: RefCell::default(),
            performing: Cell::new(false),
            stream: RefCell::default(),
            binders: RefCell::default(),
            compared: RefCell::default(),
        }))
    }

    /// Starts at the time at which TypeScript sent the requests of the first load, if that was
    /// before the module was loaded. INVARIANT: the outcomes that have come since then are handled
    /// before the session is told the present time, so that no time-out is handled before an answer
    /// that came in time.
    pub(crate) fn start(self: &Rc<Self>) {
        let (bootstrap, stored) = (self.options.bootstrap(), self.options.stored());
        self.dispatch(Event::Started { bootstrap, stored });
        if self.decider.end_past() {
            // The timer was armed with a delay that counts from a time in the past.
            self.dispatch(Event::TimerFired);
        }
    }

    /// Reads bytes of the stream; dispatches their messages when all bytes are read.
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
            self.decider.host().close_channel();
            let end = ChannelEnd::TooLong;
            events.push(Event::ChannelEnded { channel, end, retry_after: None });
        }
        for event in events {
            self.dispatch(event);
        }
    }

    /// The only entry: the session handles the event at once; its effects are performed in order,
    /// after the effects of earlier events.
    pub(crate) fn dispatch(self: &Rc<Self>, event: Event) {
        let effects = self.decider.handle(event);
        let publishes = effects.iter().any(|effect| matches!(effect, Effect::Publish(_)));
        self.effects.borrow_mut().extend(effects);
        if publishes {
            self.decider.host().outdated();
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
            #[cfg(feature = "whole")]
            Effect::AskPolicies { generation } => {
                let answer = self.decider.host().policies(counter(generation));
                self.take(Asked::Policies, generation, &answer);
            }
            Effect::AskToken { generation } => {
                let answer = self.decider.host().token(counter(generation));
                self.take(Asked::Token, generation, &answer);
            }
            #[cfg(feature = "whole")]
            Effect::ReadClaims { generation, token } => {
                let read = self.decider.with_session(|session| {
                    permgate_claims::read(session.reading(), &token, &self.claims)
                });
                self.dispatch(Event::ClaimsRead { generation, read });
            }
            Effect::Fetch { generation, bearer, tenant, etag } => {
                let number = counter(generation);
                let answer = self.decider.host().request(number, tenant, bearer, etag);
                self.take(Asked::Document, generation, &answer);
            }
            Effect::AskRenewal { renewal } => {
                // An earlier listener may have signed a user in.
                if self.decider.with_session(|session| session.awaits_renewal(renewal)) {
                    let answer = self.decider.host().renew(counter(renewal));
                    self.take(Asked::Renewal, renewal, &answer);
                }
            }
            Effect::OpenChannel { channel, transport, bearer, tenant, version } => {
                *self.stream.borrow_mut() = EventStream::default();
                let version = version.map(snapshot::number);
                let (channel, transport) = (counter(channel), transport.as_str());
                self.decider.host().open_channel(channel, transport, bearer, tenant, version);
            }
            Effect::Publish(publication) => {
                // The page first: revoked elements are hidden before listeners are called.
                self.update_binders();
                self.decider.host().published(publication.content, publication.status);
            }
            Effect::Report(problem) => {
                self.decider.report(problem.code(), &problem.to_string(), &JsValue::UNDEFINED);
            }
            told => self.tell_host(told),
        }
    }

    /// Performs an effect that is only passed on to the host.
    fn tell_host(&self, effect: Effect) {
        let host = self.decider.host();
        match effect {
            Effect::Abort => host.abort(),
            Effect::Arm(delay) => host.arm(i32::try_from(delay.0).unwrap_or(DELAY_MAX)),
            Effect::Disarm => host.disarm(),
            Effect::Rest => host.rested(),
            Effect::Settled => host.settled(),
            Effect::StepUp(step_up) => {
                let max_age = step_up.max_age_seconds.map(snapshot::number);
                host.step_up(step_up.acr_values, max_age, step_up.scope);
            }
            Effect::CloseChannel => host.close_channel(),
            Effect::Contend { contest, name, steal } => {
                host.contend(counter(contest), &name, steal);
            }
            Effect::Yield => host.yield_lead(),
            Effect::Tell(text) => host.tell(&text),
            Effect::Store(text) => host.store(text),
            Effect::Notice(notice) => {
                let [kind, what, transport] = notice.words();
                host.noticed(kind, what, transport);
            }
            _ => {}
        }
    }

    /// Dispatches the event for what the host returned: at its own time if the outcome came before the
    /// module was loaded. What has not come is told later, by [`Shell::answered`].
    fn take(self: &Rc<Self>, asked: Asked, number: u64, answer: &JsValue) {
        let Some(Past { outcome, at }) = Past::of(answer) else { return };
        self.decider.go_on_in_past(at);
        self.answered(asked, number, outcome);
    }

    /// Dispatches the event for the outcome of a question.
    pub(crate) fn answered(
        self: &Rc<Self>,
        asked: Asked,
        number: u64,
        outcome: Result<JsValue, JsValue>,
    ) {
        let Some(event) = asks::event(asked, number, outcome) else { return };
        if let Event::RenewalAnswered { renewal, outcome: Ok(Renewal::Token(token)) } = &event
            && self.decider.with_session(|session| session.awaits_renewal(*renewal))
        {
            // A token that comes too late is not used for requests.
            self.decider.host().renewed(token);
        }
        self.dispatch(event);
    }

    /// The session, for questions.
    pub(crate) fn decider(&self) -> &Rc<Decider> {
        &self.decider
    }

    pub(crate) fn keep(&self, binder: Rc<Binder>) {
        self.binders.borrow_mut().push(binder);
    }

    pub(crate) fn forget(&self, binder: &Rc<Binder>) {
        self.binders.borrow_mut().retain(|kept| !Rc::ptr_eq(kept, binder));
    }

    /// A copy of the list of binders, which may change while they are visited.
    pub(crate) fn binders(&self) -> Vec<Rc<Binder>> {
        self.binders.borrow().clone()
    }

    fn update_binders(&self) {
        if !cfg!(feature = "whole") {
            return self.binders().iter().for_each(|binder| binder.update());
        }
        let catalogue = self.decider.with_session(|session| session.reading().catalogue().cloned());
        let is_new = match (&*self.compared.borrow(), &catalogue) {
            (Some(compared), Some(catalogue)) => !Arc::ptr_eq(compared, catalogue),
            (compared, catalogue) => compared.is_some() != catalogue.is_some(),
        };
        for binder in self.binders() {
            binder.update();
            if is_new {
                binder.compare_with_catalogue();
            }
        }
        *self.compared.borrow_mut() = catalogue;
    }
}
