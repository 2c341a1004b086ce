//! How a set is obtained, held and doubted: the requests of a load, and the effect of its answer on
//! the subject. It gets credentials, streams and tabs only as arguments.

use alloc::boxed::Box;
use alloc::string::{String, ToString};
use alloc::vec::Vec;

use super::config::{Config, Source, TTL_MIN};
use super::counters::Ticket;
use super::credentials::{Identity, Known};
use super::effect::{Effect, Effects};
use super::event::{Claimed, PolicyTexts};
use super::loader::{Flight, INTERVAL_MIN, Loader, Unasked};
use super::notice::{Cause, Notice};
use super::problem::Problem;
use super::setup::Setup;
use super::subject::{Absence, Held, Origin, Stored, Subject, Times};
use crate::parts::{CLAIMS, POLICIES, STORAGE};
use crate::pattern::Pattern;
use crate::time::{Clock, Millis, Moment};
use crate::wire::{Document, StoredDocument};

/// How long the application may take to return a token: it may need an action of the user.
const TOKEN_TIMEOUT: Millis = Millis::from_seconds(300);

/// The values that do not change while an event is handled.
#[derive(Clone, Copy, Debug)]
pub(super) struct At<'a> {
    pub(super) config: &'a Config,
    pub(super) clock: &'a Clock,
}

impl At<'_> {
    pub(super) fn now(self) -> Moment {
        self.clock.elapsed()
    }
}

/// The subject, and the loads that provide its set.
#[derive(Clone, Debug)]
pub(super) struct Supply {
    pub(super) setup: Setup,
    pub(super) subject: Subject,
    pub(super) loader: Loader,
    /// Whether the stored document must be deleted.
    forgets_stored: bool,
}

impl Supply {
    pub(super) fn new(config: &Config) -> Self {
        Self {
            setup: Setup::new(config),
            subject: Subject::idle(),
            loader: Loader::new(config.seed),
            forgets_stored: false,
        }
    }

    /// Whether there is a source to ask.
    pub(super) fn has_source(&self) -> bool {
        self.setup.source() != Source::Bootstrap || self.subject.has_bootstrap()
    }

    // The bootstrap and the stored document.

    /// The session begins.
    pub(super) fn start(
        &mut self,
        at: At<'_>,
        bootstrap: Option<String>,
        stored: Option<&str>,
        effects: &mut Effects,
    ) {
        self.loader.plan(at.now(), Cause::Start);
        if STORAGE && let Some(text) = stored {
            let stored = self.read_stored(at, text);
            self.forgets_stored = stored.is_none();
            self.subject.keep_stored(stored);
        }
        if at.config.asks_policies() {
            self.subject.keep_bootstrap(bootstrap.map(|text| (text, at.now())));
        } else if let Some(text) = bootstrap {
            self.read_bootstrap(at, &text, at.now(), None, effects);
        }
    }

    /// Reads the bootstrap, whose age counts from `started`, the beginning of the page. If it was
    /// doubted since, it is not fresh, and a load follows at that moment.
    pub(super) fn read_bootstrap(
        &mut self,
        at: At<'_>,
        text: &str,
        started: Moment,
        doubted: Option<(Moment, Cause)>,
        effects: &mut Effects,
    ) {
        match self.setup.document(text) {
            Ok(document) => {
                let mut times = Self::times(at, &document, started, None);
                let (due, cause) = doubted.unwrap_or((times.fresh_until, Cause::Ttl));
                self.loader.plan(due.max(at.now()), cause);
                if doubted.is_some() {
                    times = times.doubted(at.now(), at.config.lifetimes.stale);
                }
                self.subject.begin_at(document.version);
                let held = self.setup.held(document, None, times, (Origin::Bootstrap, started));
                self.hold(at, held);
            }
            Err(problem) => {
                if self.setup.source() == Source::Bootstrap {
                    self.subject.set_absence(Absence::Failed);
                }
                effects.push(Effect::Report(problem));
            }
        }
    }

    /// Takes a stored document. With a cookie its user is not known before the endpoint has
    /// answered: then only its entity tag is used.
    fn read_stored(&self, at: At<'_>, text: &str) -> Option<Stored> {
        let keeps = at.config.persists
            && self.setup.source() == Source::Endpoint
            && !at.config.asks_policies();
        let stored = StoredDocument::parse(text).filter(|_| keeps)?;
        // The age of a document from the future is unknown: the clock was set back since.
        if stored.requested_at > at.clock.wall() || stored.tenant.as_ref() != self.setup.tenant() {
            return None;
        }
        let requested_at = at.clock.moment_before(stored.requested_at);
        let StoredDocument { subject, issuer, document, etag, .. } = stored;
        Some(Stored { subject, issuer, document, etag, requested_at })
    }

    /// The credentials name the user: a stored document of the same subject becomes the set, in
    /// doubt, until the endpoint has answered.
    pub(super) fn believe_stored(&mut self, at: At<'_>, identity: &Identity) {
        let is_ours = |one: &&Stored| {
            identity.subject() == Some(&one.subject) && identity.issuer() == one.issuer.as_deref()
        };
        let Some(stored) = self.subject.stored().filter(is_ours) else { return };
        if self.subject.is_held() || !self.subject.trusts_claims() {
            return;
        }
        let Ok(document) = self.setup.reading().document(&stored.document) else { return };
        let is_of_another_tenant =
            self.setup.tenant().is_some() && document.tenant.as_ref() != self.setup.tenant();
        if document.subject.as_deref() != identity.subject() || is_of_another_tenant {
            return;
        }
        let (etag, requested_at, text) =
            (stored.etag.clone(), stored.requested_at, stored.document.clone());
        let times = Self::times(at, &document, requested_at, None)
            .doubted(at.now(), at.config.lifetimes.stale);
        if at.now() >= times.believed_until {
            return;
        }
        let mut held = self.setup.held(document, etag, times, (Origin::Storage, requested_at));
        held.text = Some(text);
        self.subject.begin_at(held.version);
        self.hold(at, held);
    }

    /// Stores a set for a later page, if it has a subject and a text.
    fn store(&mut self, text: Option<String>, effects: &mut Effects) {
        self.forgets_stored = false;
        if text.is_some() {
            effects.push(Effect::Store(text));
        }
    }

    fn written(&self, at: At<'_>, held: &Held, issuer: Option<&str>) -> Option<String> {
        if !STORAGE {
            return None;
        }
        let (subject, text) = held.owner.subject.as_ref().zip(held.text.as_ref())?;
        Some(StoredDocument::write(
            subject,
            self.setup.tenant().map(String::as_str),
            held.etag.as_deref(),
            issuer,
            (text, at.clock.wall_at(held.requested_at)),
        ))
    }

    /// Keeps the stored document although the subject is dropped: it may be needed again.
    pub(super) fn keep_stored(&mut self) {
        self.forgets_stored = false;
    }

    /// Deletes the stored document of an earlier subject.
    pub(super) fn forget_stored(&mut self, effects: &mut Effects) {
        if core::mem::take(&mut self.forgets_stored) {
            effects.push(Effect::Store(None));
        }
    }

    // Changes of subject.

    /// Begins another subject, and returns the previous one.
    pub(super) fn change_subject(&mut self, at: At<'_>) -> Subject {
        self.forgets_stored = at.config.persists();
        self.subject.replace()
    }

    // Loads.

    /// Gives up the running load, and begins another one at once.
    pub(super) fn restart(&mut self, at: At<'_>, cause: Cause, effects: &mut Effects) {
        if self.loader.restart(at.now(), cause) {
            effects.push(Effect::Abort);
        }
    }

    /// Begins a load if it is due; returns whether it did. [`Supply::ask`] sends its requests.
    pub(super) fn begin(&mut self, at: At<'_>, ticket: Ticket) -> bool {
        if !self.has_source() {
            return false;
        }
        let has_token = self.setup.has_token();
        let patience = if has_token { TOKEN_TIMEOUT } else { Millis(0) };
        // The bootstrap is read first; the source is asked when it is no longer fresh.
        let asks_source = !self.subject.has_bootstrap();
        let unasked = Unasked {
            cause: None,
            policies: at.config.asks_policies(),
            token: asks_source && has_token,
            claims: false,
            endpoint: asks_source && !has_token,
        };
        self.loader.begin(at.now(), at.config.lifetimes.timeout.max(patience), ticket, unasked)
    }

    /// Returns the requests of the running load. INVARIANT: no other function requests policies,
    /// token or document, and this is called after the publication: a set is hidden before another
    /// one is requested. While the user is presumed, the answer must name the subject, so the
    /// request is not conditional.
    pub(super) fn ask(
        &mut self,
        is_presumed: bool,
        bearer: impl FnOnce() -> Option<String>,
        effects: &mut Effects,
    ) {
        let (generation, unasked) = self.loader.take_unasked();
        if let Some(cause) = unasked.cause {
            effects.push(Effect::Notice(Notice::Load(cause)));
        }
        if POLICIES && unasked.policies {
            effects.push(Effect::AskPolicies { generation });
        }
        if unasked.token {
            effects.push(Effect::AskToken { generation });
        }
        if CLAIMS
            && unasked.claims
            && let Some(token) = self.loader.parked_token()
        {
            effects.push(Effect::ReadClaims { generation, token: token.text().into() });
        }
        if unasked.endpoint {
            let tenant = self.setup.tenant().cloned();
            let etag = self.subject.etag().filter(|_| !is_presumed).cloned();
            self.loader.sent(etag.is_some());
            effects.push(Effect::Fetch { generation, bearer: bearer(), tenant, etag });
        }
    }

    /// Takes the policies for a load.
    ///
    /// # Errors
    /// When the application provides none, or they cannot be read.
    pub(super) fn take_policies(
        &mut self,
        policies: Result<PolicyTexts, String>,
    ) -> Result<(), Problem> {
        let texts = policies.map_err(Problem::PolicyProvider)?;
        if self.setup.take_policies(&texts)? {
            self.subject.forget_etag();
        }
        Ok(())
    }

    // Answers.

    /// How long a document is believed that was requested at `started`.
    pub(super) fn times(
        at: At<'_>,
        document: &Document,
        started: Moment,
        end: Option<Moment>,
    ) -> Times {
        let own = document.ttl_seconds.map_or(at.config.lifetimes.ttl, Millis::from_seconds);
        let ttl = own.clamp(TTL_MIN, at.config.lifetimes.ttl);
        Times::since(started, ttl, at.config.lifetimes.stale, end)
    }

    /// The set of a document, if it is about the requested user and tenant. `end` is when the token
    /// expires: whether there is another token by then is left to the next load.
    ///
    /// # Errors
    /// When the document is about another subject or tenant.
    pub(super) fn judge(
        &self,
        at: At<'_>,
        (document, etag, text): (Document, Option<String>, Option<Box<str>>),
        started: Moment,
        identity: &Identity,
        end: Option<Moment>,
    ) -> Result<Held, Problem> {
        if let (Some(expected), Some(answered)) = (identity.subject(), &document.subject)
            && expected != answered
        {
            let (expected, answered) = (expected.to_string(), answered.clone());
            return Err(Problem::SubjectMismatch { expected, answered });
        }
        let document = self.setup.in_our_tenant(document)?;
        let mut times = Self::times(at, &document, started, None);
        if let Some(end) = end {
            times = times.cut(end, at.config.lifetimes.stale);
        }
        let held = self.setup.held(document, etag, times, (Origin::Endpoint, started));
        Ok(Held { text, ..held })
    }

    /// The set of a token's claims, which ends with the token.
    ///
    /// # Errors
    /// When the token is not valid now, or about another tenant.
    pub(super) fn set_of_claims(
        &self,
        at: At<'_>,
        token: &Known,
        claimed: Claimed,
        started: Moment,
    ) -> Result<Held, Problem> {
        let end = token.valid_until(at.clock.issuers_time())?.map(|end| at.clock.moment_of(end));
        let document = self.setup.document_of(claimed, token)?;
        let times = Self::times(at, &document, started, end);
        Ok(self.setup.held(document, None, times, (Origin::Token, started)))
    }

    /// Believes claims until the endpoint has answered: they are never fresh, and only for a short
    /// time.
    pub(super) fn believe_for_now(&mut self, at: At<'_>, mut held: Held) {
        held.times = held.times.doubted(at.now(), at.config.lifetimes.stale);
        self.hold(at, held);
    }

    /// Accepts a set, unless a newer version is known and the server's counter has not restarted.
    ///
    /// # Errors
    /// When a newer version is known.
    pub(super) fn accept(
        &mut self,
        at: At<'_>,
        mut new: Held,
        flight: &Flight,
        issuer: Option<&str>,
        effects: &mut Effects,
    ) -> Result<(), Problem> {
        if let Some((known, received)) = self.subject.is_behind(new.version) {
            if !self.subject.restarts(received, flight.started) {
                return Err(Problem::OlderVersion { known, received });
            }
            effects.push(Effect::Report(Problem::VersionRestarted { known, received }));
        }
        self.subject.meet(&new);
        new.times = self.plan(at, new.version, new.times, flight);
        self.subject.keep_stored(None);
        self.store(self.written(at, &new, issuer), effects);
        self.subject.outlive_revocations(new.version, flight.generation);
        self.hold(at, new);
        Ok(())
    }

    /// The endpoint confirmed the held set, which has an entity tag.
    pub(super) fn confirm(
        &mut self,
        at: At<'_>,
        flight: &Flight,
        end: Option<Moment>,
        issuer: Option<&str>,
        effects: &mut Effects,
    ) {
        let Some(held) = self.subject.held() else { return };
        let (version, ttl) = (held.version, held.times.ttl);
        let mut times = Times::since(flight.started, ttl, at.config.lifetimes.stale, None);
        if let Some(end) = end {
            times = times.cut(end, at.config.lifetimes.stale);
        }
        let times = self.plan(at, version, times, flight);
        self.subject.outlive_revocations(version, flight.generation);
        self.subject.confirm(flight.started, times);
        let text = self.subject.held().and_then(|held| self.written(at, held, issuer));
        self.store(text, effects);
        self.subject.look(at.now());
    }

    /// Plans the next load for a set that is about to be held, and returns how long that set is
    /// believed.
    fn plan(&mut self, at: At<'_>, version: Option<u64>, times: Times, flight: &Flight) -> Times {
        let now = at.now();
        if self.subject.reach(version) {
            self.loader.retry(now, Cause::Behind);
            return times.doubted(now, at.config.lifetimes.stale);
        }
        self.loader.forget_failures();
        if let Some((moment, cause)) = flight.doubted {
            self.loader.plan(moment.max(now), cause);
            return times.doubted(now, at.config.lifetimes.stale);
        }
        self.loader.plan(times.fresh_until.max(now + INTERVAL_MIN), Cause::Ttl);
        times
    }

    /// Holds a set.
    pub(super) fn hold(&mut self, at: At<'_>, held: Held) {
        self.subject.hold(held, !at.config.asks_policies(), at.now());
    }

    // Doubts.

    /// The held set is out of date: it is believed for a while, and loaded again at `moment`.
    pub(super) fn invalidate(&mut self, at: At<'_>, moment: Moment, cause: Cause) {
        self.subject.doubt(at.now(), at.config.lifetimes.stale);
        self.loader.load_at(moment, cause);
    }

    /// Revokes permissions. Returns false if there are so many that the whole set must be fetched
    /// first.
    pub(super) fn revoke(
        &mut self,
        version: Option<u64>,
        permissions: Vec<Pattern>,
        cause: Cause,
    ) -> bool {
        let is_hearsay = cause == Cause::Tab;
        self.subject.revoke(version, self.loader.generation(), is_hearsay, permissions)
    }
}
