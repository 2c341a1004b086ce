//! The session with any events in any order: nothing is granted without an answer, after a sign-out
//! or forever, and at most one load is in flight.

use crate::input::Input;
use crate::versions::Versions;
use base64::Engine as _;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use permgate_core::Requirement;
use permgate_core::session::{
    Answer, ChannelEnd, Config, Effect, Event, Failure, Life, Millis, Now, Observation,
    PolicyTexts, Renewal, Session, Source, Status, Transport,
};
use permgate_core::wire::{Token, VersionHeader};
use permgate_testbed::Performer;

/// Documents of an endpoint or of the page.
const DOCUMENTS: [&str; 9] = [
    r#"{"subject":"u-1","version":1,"permissions":["a"]}"#,
    r#"{"subject":"u-1","version":2,"permissions":["a","b:*"],"denied":["a"]}"#,
    r#"{"subject":"u-2","version":1,"permissions":["*"],"ttl":1}"#,
    r#"{"subject":"u-1","tenant":"acme","version":9,"permissions":["b:x"],"ttl":100000}"#,
    r#"{"permissions":["a"],"roles":["clerk"]}"#,
    r#"{"permissions":[],"denied":["*"],"roles":[]}"#,
    r#"{"roles":["clerk"]}"#,
    r#"{"packed":{"catalogue":"1","bits":"Aw"},"version":3}"#,
    "<!doctype html>",
];

/// Claims of tokens; the last entry is not a token.
const CLAIMS: [&str; 7] = [
    r#"{"sub":"u-1","permissions":["a"]}"#,
    r#"{"sub":"u-2","permissions":["*"],"exp":1700000100}"#,
    r#"{"sub":"u-1","iss":"x","permissions":["b:x"],"roles":["clerk"]}"#,
    r#"{"sub":"u-1","hasgroups":true,"permissions":[],"nbf":1700000500}"#,
    r#"{"permissions":["a"],"exp":1}"#,
    r#"{"sub":"u-1"}"#,
    "",
];

const POLICIES: [(Option<&str>, Option<&str>); 4] = [
    (None, None),
    (Some(r#"{"id":"1","permissions":["a","b:x","c"]}"#), None),
    (None, Some(r#"{"clerk":["a"],"boss":["*"]}"#)),
    (Some("[]"), Some("{}")),
];

const TENANTS: [Option<&str>; 3] = [None, Some("acme"), Some("other")];

/// Messages of a server or of another tab.
const MESSAGES: [(&str, &str); 10] = [
    ("version", r#"{"version":2,"subject":"u-1"}"#),
    ("version", r#"{"version":10}"#),
    ("revoked", r#"{"version":9,"subject":"u-1","permissions":["a"]}"#),
    ("revoked", r#"{"permissions":["b:*"]}"#),
    ("revoked", r#"{"permissions":7}"#),
    ("session-revoked", "{}"),
    ("signed-out", r#"{"subject":"u-1"}"#),
    ("signed-in", r#"{"subject":"u-2","permissions":["zz"]}"#),
    ("alive", r#"{"subject":"u-1"}"#),
    ("present", r#"{"subject":"u-2"}"#),
];

const LIVES: [Life; 7] = [
    Life::Shown,
    Life::Hidden,
    Life::Suspended,
    Life::Resumed,
    Life::Online,
    Life::Offline,
    Life::Navigated,
];

const QUESTIONS: [&str; 4] = ["a", "b:x", "zz", "role(clerk)"];

/// By how much the clocks advance, in milliseconds.
const STEPS: [u64; 10] =
    [0, 1, 999, 1_000, 5_000, 60_000, 300_000, 360_000, 86_400_000, u64::MAX / 4];

/// An input: letters for the options, then the events, each a letter, for most of them followed by
/// letters that select their contents.
pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let mut page = Page::new(&mut input);
    let bootstrap = match input.byte() {
        b'-' => None,
        other => Some(DOCUMENTS[usize::from(other) % DOCUMENTS.len()].to_owned()),
    };
    page.tell(Event::Started { bootstrap, stored: None });
    while !input.is_empty() {
        page.step(&mut input);
    }
}

/// A session, its clocks, and the knowledge of an observer of its effects.
struct Page {
    session: Session,
    now: Now,
    /// The longest time for which a set may be used.
    life: Millis,
    questions: Vec<Requirement>,
    performer: Performer,
    /// The token of the present user.
    token: Option<String>,
    is_signed_out: bool,
    /// The tabs exchange messages, and no token was ever used: all tabs have the cookie's user.
    shares_cookie: bool,
    /// The application is being asked for new credentials.
    is_asked: bool,
    /// The session got a token while the application was being asked.
    is_given: bool,
    /// A load is planned, since a user may have signed in, but has not begun.
    is_back_soon: bool,
    is_disposed: bool,
    /// The last time, by the monotonic clock, at which something was newly granted.
    granted: u64,
    versions: Versions,
}

impl Page {
    /// Makes a session with options that the next letters select.
    fn new(input: &mut Input<'_>) -> Self {
        let source = input.choice(&[Source::Endpoint, Source::Token, Source::Bootstrap]);
        let mut config = Config::new(source);
        config.has_token |= input.choice(&[false, true]);
        config.asks_policies = input.choice(&[false, true]);
        config.reading.tenant = input.choice(&TENANTS).map(str::to_owned);
        config.lifetimes.ttl = Millis(input.choice(&[300_000, 1_000, 86_400_000, 0]));
        config.lifetimes.stale = Millis(input.choice(&[60_000, 0, 1_000]));
        config.asks_renewal = input.choice(&[false, true]);
        config.renews = config.asks_renewal || input.choice(&[false, true]);
        config.push = match input.choice(&[0, 1, 2]) {
            0 => Vec::new(),
            1 => vec![Transport::Poll],
            _ => vec![Transport::Events, Transport::Socket, Transport::Poll],
        };
        config.tabs = input.choice(&[false, true]);
        config.persists = input.choice(&[false, true]);
        let shares_cookie = config.tabs && !config.has_token;
        let life = config.lifetimes.ttl.max(Millis::from_seconds(1)) + config.lifetimes.stale;
        let now = Now { wall: Millis(1_700_000_000_000), monotonic: Millis(5_000) };
        Self {
            session: Session::new(now, config),
            now,
            life,
            questions: QUESTIONS.iter().map(|text| Requirement::parse(text).unwrap()).collect(),
            performer: Performer::default(),
            token: None,
            is_signed_out: false,
            shares_cookie,
            is_asked: false,
            is_given: false,
            is_back_soon: false,
            is_disposed: false,
            granted: now.monotonic.0,
            versions: Versions::default(),
        }
    }

    fn step(&mut self, input: &mut Input<'_>) {
        let letter = input.byte();
        let mut generation = self.performer.load.unwrap_or(self.performer.newest_load);
        match letter {
            b'+' => self.pass(input.choice(&STEPS), input.choice(&[true, false]), true),
            b'w' => self.pass(input.choice(&STEPS), true, false),
            // The wall clock is set back.
            b'b' => self.now.wall = self.now.wall - Millis(input.choice(&STEPS)),
            b't' => self.tell(Event::TimerFired),
            b'k' => self.tell(Event::Woke),
            b'p' => {
                let (catalogue, roles) = input.choice(&POLICIES);
                let own = |text: Option<&str>| text.map(str::to_owned);
                let texts = PolicyTexts { catalogue: own(catalogue), roles: own(roles) };
                self.tell(Event::PoliciesAnswered { generation, policies: Ok(texts) });
            }
            b'P' => {
                let policies = Err("no".to_owned());
                self.tell(Event::PoliciesAnswered { generation, policies });
            }
            b'a' => {
                let token = Ok(Some(token(input)));
                self.tell(Event::TokenAnswered { generation, token });
            }
            b'A' => {
                let is_known = input.choice(&[true, false]);
                let token = if is_known { Ok(None) } else { Err("no".to_owned()) };
                self.tell(Event::TokenAnswered { generation, token });
            }
            b'd' | b's' => {
                if letter == b's' {
                    generation = generation.wrapping_sub(1);
                }
                let body = input.choice(&DOCUMENTS).to_owned();
                let etag = Some("\"e\"".to_owned());
                self.tell(Event::Answered { generation, answer: Answer::Document { body, etag } });
            }
            b'n' => self.tell(Event::Answered { generation, answer: Answer::NotModified }),
            b'u' => self.tell(Event::Answered { generation, answer: Answer::Unauthorized }),
            b'f' => {
                let failure = input.choice(&[0, 1, 2]);
                let failure = match failure {
                    0 => Failure::Status(503),
                    1 => Failure::Network("no".to_owned()),
                    _ => Failure::TooLarge,
                };
                let retry_after = input.choice(&[None, Some(Millis(0)), Some(Millis(u64::MAX))]);
                let answer = Answer::Failed { failure, retry_after };
                self.tell(Event::Answered { generation, answer });
            }
            b'T' => {
                let token = token(input);
                self.tell(Event::TokenChanged(Some(token)));
            }
            b'-' => self.tell(Event::TokenChanged(None)),
            b'?' => self.tell(Event::TokenProviderChanged),
            b'E' => {
                let tenant = input.choice(&TENANTS).map(str::to_owned);
                self.tell(Event::TenantChanged(tenant));
            }
            b'o' => {
                let status = input.choice(&[200, 401, 403]);
                let ticket = self.session.ticket().wrapping_sub(input.choice(&[0, 1]));
                let version = input.choice(&[
                    None,
                    Some((2, "u-1")),
                    Some((10, "u-1")),
                    Some((u64::MAX, "u-1")),
                    Some((1, "u-2")),
                ]);
                let version = version.map(|(version, subject)| VersionHeader {
                    version,
                    subject: Some(subject.into()),
                });
                let observation = Observation::of_status(status, ticket);
                self.tell(Event::Observed(Observation { version, ..observation }));
            }
            b'm' => {
                let (kind, data) = input.choice(&MESSAGES);
                let channel = self
                    .performer
                    .newest_stream
                    .wrapping_sub(u64::from(input.choice(&[false, true])));
                let (kind, data) = (kind.to_owned(), data.to_owned());
                self.tell(Event::Pushed { channel, kind, data });
            }
            b'M' => {
                let (kind, data) = input.choice(&MESSAGES);
                let rest = data.trim_start_matches('{');
                let comma = if rest == "}" { "" } else { "," };
                self.tell(Event::Told([r#"{"type":""#, kind, "\"", comma, rest].concat()));
            }
            b'O' => self.tell(Event::ChannelOpened { channel: self.performer.newest_stream }),
            b'l' => self.tell(Event::ChannelAlive { channel: self.performer.newest_stream }),
            b'e' => {
                let end = match input.choice(&[0, 1, 2, 3, 4]) {
                    0 => ChannelEnd::Closed,
                    1 => ChannelEnd::Network("no".to_owned()),
                    2 => ChannelEnd::Status(401),
                    3 => ChannelEnd::NotAStream,
                    _ => ChannelEnd::TooLong,
                };
                let retry_after = input.choice(&[None, Some(Millis(u64::MAX))]);
                let channel = self.performer.newest_stream;
                self.tell(Event::ChannelEnded { channel, end, retry_after });
            }
            b'L' => {
                self.tell(Event::Led {
                    contest: self
                        .performer
                        .contests
                        .iter()
                        .map(|(contest, _)| *contest)
                        .max()
                        .unwrap_or(0),
                    leads: input.choice(&[true, false]),
                });
            }
            b'S' => {
                let token = token(input);
                self.tell(Event::TokenSeen(token));
            }
            b'v' => self.tell(Event::Life(input.choice(&LIVES))),
            b'N' => {
                let outcome = match input.choice(&[0, 1, 2, 3]) {
                    0 => Ok(Renewal::Renewed),
                    1 => Ok(Renewal::Refused),
                    2 => Err("no".to_owned()),
                    _ => Ok(Renewal::Token(token(input))),
                };
                let renewal = self.performer.renewals.last().copied().unwrap_or(0);
                self.tell(Event::RenewalAnswered { renewal, outcome });
            }
            b'i' => self.tell(Event::Invalidated),
            b'r' => self.tell(Event::RefreshRequested),
            b'q' => self.tell(Event::SignedOut),
            b'D' => self.tell(Event::Disposed),
            _ => {}
        }
    }

    /// Lets time pass.
    fn pass(&mut self, millis: u64, wall: bool, monotonic: bool) {
        self.versions.pass(millis);
        if wall {
            self.now.wall = self.now.wall + Millis(millis);
        }
        if monotonic {
            self.now.monotonic = self.now.monotonic + Millis(millis);
        }
        self.check_granted();
    }

    fn tell(&mut self, event: Event) {
        let before = self.answers();
        let epoch = self.session.epoch();
        let kind = Kind::of(&event, &self.performer);
        let tenant_changes = matches!(event, Event::TenantChanged(_));
        let refuses = kind == Kind::Answers
            && matches!(event, Event::Answered { answer: Answer::Unauthorized, .. });
        let was_signed_out = self.is_signed_out;
        if kind == Kind::SignsIn {
            self.is_signed_out = false;
        }
        let gives = match &event {
            Event::TokenAnswered { token, .. } => {
                kind == Kind::Answers && matches!(token, Ok(Some(_)))
            }
            event => matches!(event, Event::TokenChanged(Some(_))),
        };
        let has_none =
            kind == Kind::Answers && matches!(event, Event::TokenAnswered { token: Ok(None), .. });
        let is_renewal = matches!(event, Event::RenewalAnswered { .. });
        self.shares_cookie &= !is_renewal
            && !matches!(
                event,
                Event::TokenChanged(_)
                    | Event::TokenSeen(_)
                    | Event::TokenProviderChanged
                    | Event::TokenAnswered { token: Ok(Some(_)), .. }
            );
        let casts_doubt = self.shares_cookie && self.announces_another(&event);
        let signs_out =
            matches!(event, Event::SignedOut | Event::Disposed | Event::TokenChanged(None));
        let is_somebody_else = self.hear_of_token(&event, kind);
        self.is_disposed |= matches!(event, Event::Disposed);
        let effects = self.performer.tell(&mut self.session, self.now, event).unwrap();
        let is_nobody = self.session.status() == Status::Unauthenticated && !self.session.is_busy();
        self.is_signed_out |= signs_out || is_nobody;
        let is_planned = effects.iter().any(|effect| matches!(effect, Effect::Arm(_)));
        // A token that came while the application was being asked is tried again when its load
        // has failed, unless the endpoint refused it, the user signed out, or the application
        // answered or had no token since.
        self.is_asked |= effects.iter().any(|effect| matches!(effect, Effect::AskRenewal { .. }));
        self.is_asked &= self.session.status() == Status::Unauthenticated && !is_renewal;
        // After a refusal of earlier credentials, a load begins at once.
        let is_refused = refuses && !self.session.is_loading();
        let is_dropped = is_refused || signs_out || has_none;
        self.is_given = (self.is_given || gives) && self.is_asked && !is_dropped;
        let is_tried_again = self.is_given;
        let may_be_back = kind == Kind::SignsIn && is_planned;
        self.is_back_soon |= is_nobody && (may_be_back || is_tried_again);
        if signs_out {
            self.is_back_soon = false;
        } else if self.is_back_soon && self.performer.load.is_some() {
            (self.is_back_soon, self.is_signed_out) = (false, false);
        }
        if self.is_signed_out {
            self.token = None;
        }
        let after = self.answers();
        if kind != Kind::Answers {
            for (before, after) in before.iter().zip(&after) {
                assert!(*before || !after, "something was granted without an answer");
            }
        }
        if tenant_changes && self.session.epoch() != epoch {
            assert!(!after.contains(&true), "granted in another tenant");
        }
        // After a refusal of earlier credentials, a load with the current ones begins at once.
        let asks_anew = self.session.is_loading();
        let is_granted = after.contains(&true) && !asks_anew;
        assert!(!refuses || !is_granted, "granted although the endpoint refused");
        let is_fresh = self.session.status() == Status::Fresh;
        assert!(!casts_doubt || !is_fresh, "fresh although another tab has another user");
        assert!(!is_somebody_else || !after.contains(&true), "granted to another user");
        if was_signed_out && self.is_signed_out {
            assert!(
                self.performer.load.is_none() || self.is_disposed,
                "a load is in flight although the user signed out"
            );
        }
        if kind == Kind::Answers {
            self.granted = self.now.monotonic.0;
        }
        self.check_granted();
        let view = self.session.view();
        let (held, epoch) = (view.as_ref().map(|view| view.version), self.session.epoch());
        self.versions.check(&effects, epoch, held);
        self.versions.remember(self.performer.load, &effects, held.is_none());
        for effect in effects {
            if let Effect::ReadClaims { generation, token } = effect {
                let read = permgate_claims::read(self.session.reading(), &token, &[]);
                self.tell(Event::ClaimsRead { generation, read });
            }
        }
    }

    /// Whether another tab announces another user than that of the held set.
    fn announces_another(&self, event: &Event) -> bool {
        let Event::Told(text) = event else { return false };
        let is_user = ["present", "signed-in"].iter().any(|kind| text.contains(kind));
        let subject = self.session.view().and_then(|view| view.subject);
        is_user && subject.is_some_and(|subject| !text.contains(subject))
    }

    /// Remembers a token; returns whether it names another user than the previous one.
    fn hear_of_token(&mut self, event: &Event, kind: Kind) -> bool {
        let before = self.token.take();
        match event {
            Event::TokenChanged(Some(token)) => {
                // For a token that names no user, the same user is presumed until the endpoint
                // answers.
                let users = before.and_then(|before| Some((user(&before)?, user(token)?)));
                let changes = users.is_some_and(|(before, after)| before != after);
                self.token = Some(token.clone());
                return changes;
            }
            Event::TokenAnswered { token: Ok(Some(token)), .. } if kind == Kind::Answers => {
                self.token = Some(token.clone());
            }
            // Only the session knows whether these tokens count.
            Event::TokenProviderChanged | Event::RenewalAnswered { .. } | Event::TokenSeen(_) => {}
            _ => self.token = before,
        }
        false
    }

    /// The answers to the questions at this moment.
    fn answers(&self) -> Vec<bool> {
        let decide = |requirement| self.session.decide(self.now, requirement, None).is_granted();
        self.questions.iter().map(decide).collect()
    }

    fn check_granted(&self) {
        let any = self.answers().contains(&true);
        assert!(!any || !self.is_signed_out, "granted after a sign-out");
        assert!(!any || !self.is_disposed, "granted after the session was disposed of");
        let age = self.now.monotonic.0 - self.granted;
        assert!(!any || age <= self.life.0, "granted for longer than a set may be used");
    }
}

/// The user of a token: the subject, with the issuer if the token names one.
fn user(token: &str) -> Option<(String, Option<String>)> {
    let token = Token::decode_unverified(token).ok()?;
    Some((token.subject()?.to_owned(), token.issuer().map(str::to_owned)))
}

fn token(input: &mut Input<'_>) -> String {
    match input.choice(&CLAIMS) {
        "" => "opaque".to_owned(),
        claims => {
            [&URL_SAFE_NO_PAD.encode("{}"), ".", &URL_SAFE_NO_PAD.encode(claims), "."].concat()
        }
    }
}

/// The possible consequences of an event.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    /// A permission may be granted.
    Answers,
    /// A user may be signed in again.
    SignsIn,
    /// Neither of these.
    Other,
}

impl Kind {
    fn of(event: &Event, performer: &Performer) -> Self {
        match event {
            Event::Started { .. } => Self::Answers,
            answer if performer.is_answered_by(answer) => Self::Answers,
            Event::TokenChanged(Some(_))
            | Event::TokenProviderChanged
            | Event::RenewalAnswered { .. }
            | Event::Told(_)
            | Event::TokenSeen(_)
            | Event::Life(_)
            | Event::RefreshRequested => Self::SignsIn,
            _ => Self::Other,
        }
    }
}
