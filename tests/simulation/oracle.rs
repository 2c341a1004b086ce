//! The permissions that one tab may grant at most, derived only from the events of its session.
//!
//! The oracle does not look at the set that the session holds. It knows which answers were
//! delivered, to which request, for whose credentials, and when the request was sent by both clocks;
//! which messages were pushed; and when users signed in and out. From these facts it derives the
//! permissions that may be granted.

mod answers;
mod card;
mod evidence;
mod limits;
mod lost;
mod restarts;
mod users;

use std::rc::Rc;

use permgate_core::session::{Effect, Event, Now, Problem, Renewal};

use card::Card;
use lost::Lost;

use crate::server::{Paper, subject};
use crate::setting::Setting;
use crate::vouchers::{Ask, Revoked, SessionState, StoredPaper, Voucher};

/// The tolerance for clocks, which are rounded, and read one after the other.
const TOLERANCE: u64 = 400;

/// Clocks that differ by more have been set, or one of them slept.
const PARTED: u64 = 250;

#[derive(Clone)]
pub(crate) struct Oracle {
    setting: Rc<Setting>,
    /// The last token that was read.
    card: Option<Rc<Card>>,
    /// The subject that the credentials name.
    who: Option<String>,
    /// The subject that earlier credentials named, although the current ones name none.
    earlier_subject: Option<String>,
    /// The current token.
    text: Option<String>,
    /// When the token ends, in seconds since 1970.
    end: Option<u64>,
    /// A lower bound of the true time, from the tokens' times of issue: milliseconds since 1970, at
    /// a moment of the time line.
    issued: Option<(u64, u64)>,
    tenant: usize,
    ask: Option<Ask>,
    token_ask: Option<u64>,
    voucher: Option<Voucher>,
    pub(crate) stored: Option<StoredPaper>,
    floor: Option<u64>,
    /// Versions below the floor that came after expiry and do not descend, each with the time of
    /// its request on the time line.
    restart: Vec<(u64, u64)>,
    /// The floor at the last time that a lower version was accepted.
    restarted_from: Option<u64>,
    /// When the newest set was requested, on the time line.
    newest_request: Option<u64>,
    /// A time line that advances with the clock that advanced further between two events.
    line: u64,
    /// The times from which both clocks are counted; set again when the clocks diverge.
    anchor: Option<(Now, u64)>,
    /// When the newest token of the application's function was issued, and when it came first, on the
    /// time line.
    last_issue: Option<(u64, u64)>,
    /// The time of the token issuer in milliseconds since 1970, with its moment on the time line; known
    /// once tokens have shown that the device's clock is wrong.
    issuers: Option<(u64, u64)>,
    /// A lower bound of the time at a moment of the monotonic clock, since a token was issued then.
    earliest: Option<(u64, u64)>,
    /// The last user whose set was held.
    pub(crate) owner: Option<usize>,
    pub(crate) last_user: Option<usize>,
    /// Other users whom responses of the API named since this user's set came: the session asks the
    /// endpoint about each of them once.
    strangers: Vec<String>,
    revoked: Vec<Revoked>,
    sequence: u64,
    /// The current stream, and the number of the credentials with which it was opened.
    channel: Option<(u64, u64)>,
    /// A login dialog is open, and no user has signed in by other means.
    awaits_dialog: bool,
    window: Option<Now>,
    /// The message of another tab that announced its user while this tab held no set. If the next
    /// answer names another user, the session doubts the answer, and asks once more.
    announced: Option<String>,
    /// The event at hand named another user than that of the set, which casts doubt on the set.
    is_named: bool,
    /// The event at hand is a message that may become `announced`.
    maybe_announced: Option<String>,
    /// The user has signed out, and no user has signed in since.
    is_gone: bool,
    /// The current credentials name no user, and the source has not answered to them.
    is_presumed: bool,
    /// A request met a 401, and the source has not answered since.
    was_refused: bool,
    /// The token that was refused last.
    refused: Option<String>,
    /// The knowledge at the time when credentials were refused; it is kept while the user is asked to
    /// sign in again.
    lost: Option<Lost>,
    has_answered: bool,
    /// Why no user is signed in.
    reason: Option<&'static str>,
    /// Another tab has sent a message since the source answered: it may have signed the user out.
    has_heard_tabs: bool,
    wrong: Option<String>,
    /// The state before the last answer.
    before_answer: Option<Box<Oracle>>,
}

/// How much time has passed, by the clock that advanced further.
fn passed(since: Now, now: Now) -> u64 {
    (now.wall - since.wall).max(now.monotonic - since.monotonic).0
}

impl Oracle {
    pub(crate) fn new(setting: &Rc<Setting>, tenant: usize) -> Self {
        Self {
            setting: Rc::clone(setting),
            card: None,
            who: None,
            earlier_subject: None,
            text: None,
            end: None,
            issued: None,
            tenant,
            ask: None,
            token_ask: None,
            voucher: None,
            stored: None,
            floor: None,
            restart: Vec::new(),
            restarted_from: None,
            newest_request: None,
            line: 0,
            anchor: None,
            last_issue: None,
            issuers: None,
            earliest: None,
            owner: None,
            last_user: None,
            strangers: Vec::new(),
            revoked: Vec::new(),
            sequence: 0,
            channel: None,
            awaits_dialog: false,
            window: None,
            announced: None,
            is_named: false,
            maybe_announced: None,
            is_gone: false,
            is_presumed: false,
            was_refused: false,
            refused: None,
            lost: None,
            has_answered: false,
            reason: None,
            has_heard_tabs: false,
            wrong: None,
            before_answer: None,
        }
    }

    /// The data that a page may store for a later page.
    pub(crate) fn to_store(&self) -> Option<StoredPaper> {
        let voucher = self.voucher.as_ref()?;
        Some(StoredPaper { paper: voucher.paper.clone(), requested_wall: voucher.requested_wall })
    }

    /// Whether no stream may be open.
    pub(crate) fn must_be_quiet(&self) -> bool {
        self.is_gone
    }

    /// Whether the session may have found that no user is signed in.
    pub(crate) fn may_be_nobody(&self) -> bool {
        self.reason.is_some() || self.has_heard_tabs
    }

    /// The requests that the session must not have made.
    pub(crate) fn wrong(&mut self) -> Option<String> {
        self.wrong.take()
    }

    /// The session is about to get an event.
    pub(crate) fn before(
        &mut self,
        now: Now,
        event: &Event,
        paper: Option<Paper>,
        state: SessionState,
    ) {
        self.sequence += 1;
        self.go_on(now);
        if self.voucher.as_ref().is_some_and(|voucher| self.is_over(voucher, now)) {
            // The set has expired for good: setting a clock back afterwards does not restore it.
            self.drop_set();
        }
        self.date(event);
        match event {
            Event::Started { .. } => {
                if let Some(paper) = paper {
                    self.floor = paper.version;
                    self.owner = paper.subject;
                    self.newest_request = Some(self.line);
                    self.hold(paper, now, self.sequence);
                }
            }
            Event::SignedOut | Event::Disposed | Event::TokenChanged(None) => {
                self.forget("signed out");
                // The application may still be asked for a token.
                self.is_gone = !matches!(event, Event::TokenChanged(_));
            }
            Event::TokenChanged(Some(text)) => {
                self.ask = None;
                self.adopt(now, text);
                self.is_gone = false;
            }
            Event::TokenSeen(text) if !state.is_nobody => {
                let (ask, token_ask) = (self.ask.clone(), self.token_ask);
                self.adopt(now, text);
                // A load that awaits its token goes on if the token is the source, unless it is given up.
                if self.setting.is_alone && token_ask.is_some() {
                    (self.ask, self.token_ask) = (ask, token_ask);
                }
            }
            Event::TokenSeen(text) if self.awaits_dialog => self.see_stranger(text),
            Event::TokenProviderChanged => {
                (self.ask, self.token_ask) = (None, None);
                self.presume(now);
                self.is_gone = false;
            }
            Event::TenantChanged(tenant) => {
                let index = crate::server::TENANTS.iter().position(|one| *one == tenant.as_deref());
                if index != Some(self.tenant) {
                    self.begin_afresh();
                    self.tenant = index.unwrap();
                }
            }
            Event::RefreshRequested => self.is_gone = false,
            Event::RenewalAnswered { outcome, .. } => {
                let is_renewed = matches!(outcome, Ok(Renewal::Token(_) | Renewal::Renewed));
                if std::mem::take(&mut self.awaits_dialog) && !is_renewed {
                    self.lose("no new credentials");
                }
            }
            Event::TokenAnswered { generation, token: Ok(None) }
                if self.token_ask == Some(*generation) =>
            {
                // A dialog that is open is still waited for; another one may be asked for.
                self.lose("no token");
            }
            Event::Answered { generation, answer } => {
                self.answered(now, *generation, (answer, paper), state);
            }
            Event::TokenAnswered { generation, token: Ok(Some(text)) }
                if self.token_ask == Some(*generation) =>
            {
                self.token_received(now, text);
            }
            Event::ClaimsRead { generation, .. } => {
                self.claims_read(now, *generation, paper, state);
            }
            Event::Observed(observation) => self.observed(now, observation, state),
            Event::Invalidated => {
                if let Some(voucher) = &mut self.voucher {
                    voucher.doubted.get_or_insert(now);
                }
            }
            Event::Pushed { channel, kind, data } if self.is_current(*channel) => {
                let is_of_now = self.channel.is_some_and(|(_, opened)| opened == state.ticket);
                self.message_received(now, kind, data, Some(is_of_now));
            }
            Event::ChannelEnded { channel, .. } if self.is_current(*channel) => {
                self.channel = None;
            }
            Event::Told(text) if self.setting.tabs => {
                self.has_heard_tabs = true;
                self.is_gone &= !text.contains("signed-in");
                let owner =
                    self.voucher.as_ref().and_then(|voucher| voucher.paper.subject).map(subject);
                let tenant = match crate::server::TENANTS[self.tenant] {
                    Some(tenant) => text.contains(&format!(r#""tenant":"{tenant}""#)),
                    None => !text.contains("tenant"),
                };
                let subject = match &owner {
                    Some(owner) => text.contains(&format!(r#""subject":"{owner}""#)),
                    None => !text.contains("subject"),
                };
                let is_ours = tenant && subject;
                if !subject && state.holds {
                    self.hear_user(now, text);
                }
                if text.starts_with(r#"{"type":"present""#) {
                    let message =
                        if state.holds { &mut self.maybe_announced } else { &mut self.announced };
                    *message = Some(text.clone());
                }
                if text.contains("signed-out") && self.is_of_ours(text) {
                    self.reason = Some("another tab signed this user out");
                    (self.floor, self.who, self.earlier_subject) = (None, None, None);
                    self.revoked.clear();
                }
                if is_ours && state.holds {
                    self.message_received(now, "", text, None);
                }
                self.window = Some(now);
            }
            _ => {}
        }
    }

    /// The session returned these effects.
    pub(crate) fn after(&mut self, now: Now, effects: &[Effect], ticket: u64, holds: bool) {
        let is_refusal = |effect: &Effect| {
            let Effect::Report(problem) = effect else { return false };
            matches!(problem, Problem::OlderVersion { .. } | Problem::UnexpectedNotModified)
        };
        if let Some(before) = self.before_answer.take()
            && effects.iter().any(is_refusal)
        {
            // To believe less is always allowed: the page knew of a newer version, or held no set.
            *self = *before;
        }
        // A page that held no set any more, such as one that was out of date, does not doubt the
        // answer that is on its way.
        if std::mem::take(&mut self.is_named)
            && !holds
            && let Some(voucher) = &mut self.voucher
        {
            voucher.doubted = None;
        }
        // The set may have become out of date since the event before.
        let begins = |effect: &Effect| matches!(effect, Effect::Abort | Effect::Fetch { .. });
        if let Some(text) = self.maybe_announced.take()
            && !holds
            && !effects.iter().any(begins)
        {
            self.announced = Some(text);
        }
        let asks = |effect: &Effect| matches!(effect, Effect::AskRenewal { .. });
        let lost = self.lost.take();
        if let Some(lost) = lost.filter(|_| self.awaits_dialog || effects.iter().any(asks)) {
            self.keep_in_mind(lost);
        }
        for effect in effects {
            match effect {
                Effect::Abort => (self.ask, self.token_ask) = (None, None),
                Effect::AskToken { generation } => {
                    self.token_ask = Some(*generation);
                    if self.setting.is_alone {
                        self.ask(now, *generation, None, holds);
                    }
                }
                Effect::Fetch { generation, bearer, etag, .. } => {
                    self.token_ask = None;
                    if let Some(text) = bearer {
                        self.adopt(now, text);
                    }
                    self.ask(now, *generation, etag.clone(), holds);
                }
                Effect::OpenChannel { bearer: None, .. } if self.setting.has_token() => {
                    self.wrong = Some("a stream is opened without the token".into());
                }
                Effect::OpenChannel { channel, .. } => self.channel = Some((*channel, ticket)),
                Effect::CloseChannel => self.channel = None,
                Effect::AskRenewal { .. } => self.awaits_dialog = true,
                _ => {}
            }
            let asks = matches!(
                effect,
                Effect::Fetch { .. }
                    | Effect::AskToken { .. }
                    | Effect::OpenChannel { .. }
                    | Effect::AskRenewal { .. }
            );
            if asks && self.is_gone {
                self.wrong = Some(format!("nobody is signed in, but the session asks: {effect:?}"));
            }
        }
    }

    /// The time line advances with the clock that advanced further. Rounded clocks tick alternately, and
    /// their ticks must not be added up.
    fn go_on(&mut self, now: Now) {
        self.line = self.line_at(now);
        let (anchor, _) = *self.anchor.get_or_insert((now, self.line));
        let (wall, monotonic) = (now.wall.0 + anchor.monotonic.0, now.monotonic.0 + anchor.wall.0);
        if wall.abs_diff(monotonic) > PARTED {
            self.anchor = Some((now, self.line));
        }
    }

    /// This moment on the time line.
    fn line_at(&self, now: Now) -> u64 {
        self.anchor.map_or(self.line, |(anchor, begun)| self.line.max(begun + passed(anchor, now)))
    }

    /// A load is sent.
    fn ask(&mut self, now: Now, generation: u64, etag: Option<String>, holds: bool) {
        self.sequence += 1;
        let (text, sequence) = (self.text.clone(), self.sequence);
        let (stale, line) = (self.setting.stale, self.line);
        // Even if the set was doubted soon, it counted as fresh for at least this time.
        let is_believed = |requested| line < requested + stale;
        let may_restart = !holds && !self.newest_request.is_some_and(is_believed);
        self.ask = Some(Ask { generation, now, line, etag, sequence, text, may_restart });
    }

    fn hold(&mut self, paper: Paper, requested: Now, sequence: u64) {
        self.voucher = Some(Voucher {
            paper,
            requested_wall: requested.wall.0,
            requested_monotonic: Some(requested.monotonic.0),
            doubted: None,
            sequence,
            ends: None,
        });
    }
}
