//! Performs the effects of a session for every test that has one: it keeps the timer and the open
//! loads and streams, records the rest, and finds effects that no session may ask for.
//!
//! The tests of `permgate-core` include this file, since a crate cannot depend on its own build
//! that is under test.

extern crate alloc;

use alloc::format;
use alloc::string::{String, ToString as _};
use alloc::vec::Vec;

use permgate_core::session::{
    Effect, Effects, Event, Millis, Notice, Now, Problem, Publication, Session,
};
use permgate_core::wire::StepUp;

/// The surroundings of one session: its effects, in order.
#[derive(Debug, Default)]
pub struct Performer {
    /// When the timer fires, by the monotonic clock.
    pub timer: Option<Millis>,
    /// The number of the load in flight.
    pub load: Option<u64>,
    /// The number of the newest load.
    pub newest_load: u64,
    /// The number of the stream that is open.
    pub stream: Option<u64>,
    /// The number of the newest stream.
    pub newest_stream: u64,
    /// The document that is stored for a reload of the page.
    pub stored: Option<String>,
    /// The requests for a token or a document.
    pub requests: Vec<Effect>,
    /// The number of requests for policies.
    pub policy_requests: usize,
    /// How many loads were aborted.
    pub aborts: usize,
    /// How many times no load was running or due any more.
    pub rests: usize,
    /// The numbers of the renewals that were asked for.
    pub renewals: Vec<u64>,
    /// How many times waiting requests were told to try again.
    pub settled: usize,
    /// The stronger sign-ins that were asked for.
    pub step_ups: Vec<StepUp>,
    /// The streams that were opened and closed.
    pub streams: Vec<Effect>,
    /// The contests, and whether the lead was to be taken by force; `(0, false)` gives the lead up.
    pub contests: Vec<(u64, bool)>,
    /// The messages to other tabs.
    pub tab_messages: Vec<String>,
    /// The published changes.
    pub publications: Vec<Publication>,
    /// The notices.
    pub notices: Vec<Notice>,
    /// The codes of the problems.
    pub problems: Vec<&'static str>,
    is_disposed: bool,
}

impl Performer {
    /// Passes an event to a session and performs the effects. They are returned, since only the
    /// caller can send answers and read claims.
    ///
    /// # Errors
    /// A sentence, if the session asks for an effect that is not allowed.
    pub fn tell(
        &mut self,
        session: &mut Session,
        now: Now,
        event: Event,
    ) -> Result<Effects, String> {
        let mut is_answered = self.is_answered_by(&event);
        match &event {
            Event::Disposed => self.is_disposed = true,
            Event::ChannelEnded { channel, .. } if self.stream == Some(*channel) => {
                self.stream = None;
            }
            _ => {}
        }
        let effects = session.handle(now, event);
        if asks_before_it_publishes(&effects) {
            return Err(format!("the session asks before it publishes: {effects:?}"));
        }
        for effect in &effects {
            self.perform(now, effect, &mut is_answered)?;
        }
        if !session.is_loading() {
            self.load = None;
        } else if self.load.is_none() {
            return Err("the session says that it is loading, and has asked for nothing".into());
        }
        Ok(effects)
    }

    /// Whether an event is an answer to the load in flight.
    #[must_use]
    pub fn is_answered_by(&self, event: &Event) -> bool {
        match event {
            Event::PoliciesAnswered { generation, .. }
            | Event::TokenAnswered { generation, .. }
            | Event::ClaimsRead { generation, .. }
            | Event::Answered { generation, .. } => self.load == Some(*generation),
            _ => false,
        }
    }

    /// Takes the timer, if it fires by `until`, and returns its moment.
    pub fn take_timer(&mut self, until: Millis) -> Option<Millis> {
        self.timer.take_if(|moment| *moment <= until)
    }

    fn perform(&mut self, now: Now, effect: &Effect, is_answered: &mut bool) -> Result<(), String> {
        match effect {
            Effect::Abort => {
                self.aborts += 1;
                self.load.take().ok_or("the session gives up a load that is not under way")?;
            }
            Effect::AskPolicies { generation } => {
                self.policy_requests += 1;
                self.begin(*generation, is_answered)?;
            }
            Effect::AskToken { generation } | Effect::Fetch { generation, .. } => {
                self.requests.push(effect.clone());
                self.begin(*generation, is_answered)?;
            }
            Effect::ReadClaims { generation, .. } => self.begin(*generation, is_answered)?,
            Effect::AskRenewal { renewal } => {
                let is_new = self.renewals.last().is_none_or(|last| last < renewal);
                self.renewals.push(*renewal);
                ensure(is_new, "the session asks for a renewal by a number of the past")?;
            }
            Effect::Settled => self.settled += 1,
            Effect::StepUp(step_up) => self.step_ups.push(step_up.clone()),
            Effect::OpenChannel { channel, .. } => {
                self.streams.push(effect.clone());
                ensure(self.stream.is_none(), "the session opens a second stream")?;
                ensure(*channel > self.newest_stream, "the session opens a stream of the past")?;
                ensure(!self.is_disposed, "a disposed session opens a stream")?;
                self.newest_stream = *channel;
                self.stream = Some(*channel);
            }
            Effect::CloseChannel => {
                self.streams.push(effect.clone());
                self.stream = None;
            }
            Effect::Contend { contest, steal, .. } => self.contests.push((*contest, *steal)),
            Effect::Yield => self.contests.push((0, false)),
            Effect::Tell(text) => self.tab_messages.push(text.clone()),
            Effect::Store(text) => self.stored.clone_from(text),
            Effect::Notice(notice) => self.notices.push(*notice),
            Effect::Arm(delay) => self.timer = Some(now.monotonic + *delay),
            Effect::Disarm => self.timer = None,
            Effect::Rest => self.rests += 1,
            Effect::Publish(publication) => self.publications.push(*publication),
            Effect::Report(problem) => self.report(problem)?,
        }
        Ok(())
    }

    /// A load sends a request: it must be the load in flight, or a newer one after that load was
    /// answered.
    fn begin(&mut self, generation: u64, is_answered: &mut bool) -> Result<(), String> {
        ensure(!self.is_disposed, "a disposed session loads")?;
        if self.load == Some(generation) {
            return Ok(());
        }
        ensure(self.load.is_none() || *is_answered, "the session begins a second load")?;
        ensure(generation > self.newest_load, "the session begins a load of the past")?;
        *is_answered = false;
        self.newest_load = generation;
        self.load = Some(generation);
        Ok(())
    }

    fn report(&mut self, problem: &Problem) -> Result<(), String> {
        self.problems.push(problem.code());
        ensure(!problem.to_string().is_empty(), "the session reports a problem without a text")
    }
}

fn ensure(holds: bool, complaint: &str) -> Result<(), String> {
    if holds { Ok(()) } else { Err(complaint.into()) }
}

/// Whether the session sends a request before it publishes a change: revoked permissions must be
/// hidden first.
fn asks_before_it_publishes(effects: &[Effect]) -> bool {
    let asks = |effect: &Effect| {
        matches!(
            effect,
            Effect::Notice(Notice::Load(_))
                | Effect::AskPolicies { .. }
                | Effect::AskToken { .. }
                | Effect::Fetch { .. }
        )
    };
    let request = effects.iter().position(asks);
    let published = effects.iter().rposition(|effect| matches!(effect, Effect::Publish(_)));
    request.zip(published).is_some_and(|(request, published)| request < published)
}
