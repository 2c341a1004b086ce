//! The settings of one run: how the application is built, and where it runs.

use permgate_core::session::{Config, Lifetimes, Millis, Source, Transport};
use permgate_core::wire::Reading;
use permgate_testbed::Random;

/// The time at which every run begins, in milliseconds since 1970.
pub(crate) const START: i64 = 1_800_000_000_000;

/// In milliseconds.
const HOUR: i64 = 3_600_000;

/// The credentials that the application sends to the server (F64).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Credentials {
    /// A cookie, which all tabs share: only the server knows its user.
    Cookie,
    /// A token that names its subject.
    Named,
    /// A token that names no subject.
    Opaque,
    /// Tokens, some of which name their subject.
    Mixed,
}

/// How a token names its subject.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Naming {
    /// `sub` is a string.
    Text,
    /// `sub` is an integer.
    Integer,
    /// The claim that an option names.
    Claim,
}

#[derive(Clone, Debug)]
pub(crate) struct Setting {
    pub(crate) credentials: Credentials,
    pub(crate) naming: Naming,
    pub(crate) tells_subject: bool,
    pub(crate) tells_version: bool,
    pub(crate) tells_etag: bool,
    pub(crate) tenants: bool,
    pub(crate) ttl: u64,
    pub(crate) stale: u64,
    pub(crate) push: Vec<Transport>,
    pub(crate) tabs: bool,
    pub(crate) persists: bool,
    pub(crate) asks_renewal: bool,
    /// Whether the API redirects to a sign-in page instead of answering 401 (F66).
    pub(crate) redirects: bool,
    /// Whether tokens have the times at which they were issued and expire.
    pub(crate) dates_tokens: bool,
    /// The error of the device's clock from the beginning, in milliseconds (F67).
    pub(crate) skew: i64,
    /// Sets are the claims of tokens, and there is no endpoint (F67).
    pub(crate) is_alone: bool,
    /// Whether the application's function returns a new token each time.
    pub(crate) issues_each_time: bool,
    /// Whether the application's function for the token renews it by itself.
    pub(crate) renews_tokens: bool,
    /// Whether pages have a bootstrap.
    pub(crate) bootstraps: bool,
    /// Whether `performance.now()` stands still while the device sleeps.
    pub(crate) monotonic_sleeps: bool,
    /// Whether an aborted request disappears.
    pub(crate) honours_abort: bool,
    /// Whether the timers of a frozen page continue with their remaining time.
    pub(crate) timers_freeze: bool,
    /// The milliseconds to which clocks are rounded.
    pub(crate) rounding: u64,
    /// Whether the module is loaded after the requests of the first load were sent (`early.rs`).
    pub(crate) asks_early: bool,
}

impl Setting {
    /// A plain application: tokens that name their subject, server-sent events, complete documents.
    pub(crate) fn plain() -> Self {
        Self {
            credentials: Credentials::Named,
            naming: Naming::Text,
            tells_subject: true,
            tells_version: true,
            tells_etag: true,
            tenants: false,
            ttl: 300_000,
            stale: 60_000,
            push: vec![Transport::Events],
            tabs: true,
            persists: false,
            asks_renewal: true,
            redirects: false,
            dates_tokens: false,
            skew: 0,
            is_alone: false,
            issues_each_time: false,
            renews_tokens: false,
            bootstraps: false,
            monotonic_sleeps: true,
            honours_abort: true,
            timers_freeze: true,
            rounding: 1,
            asks_early: false,
        }
    }

    pub(crate) fn random(random: &mut Random) -> Self {
        let credentials = *random.pick(&[
            Credentials::Cookie,
            Credentials::Named,
            Credentials::Opaque,
            Credentials::Mixed,
        ]);
        let all = [Transport::Events, Transport::Socket, Transport::Poll];
        let push = match random.below(8) {
            0 | 1 => Vec::new(),
            2 => vec![Transport::Poll],
            3 => vec![Transport::Socket],
            4 => vec![Transport::Events],
            5 => vec![Transport::Socket, Transport::Poll],
            _ => all.to_vec(),
        };
        let setting = Self {
            credentials,
            naming: *random.pick(&[Naming::Text, Naming::Integer, Naming::Claim]),
            tells_subject: matches!(credentials, Credentials::Cookie | Credentials::Mixed)
                || random.percent(80),
            tells_version: random.percent(85),
            tells_etag: random.percent(75),
            tenants: random.percent(30),
            ttl: *random.pick(&[10_000, 60_000, 300_000, 300_000]),
            stale: *random.pick(&[0, 5_000, 60_000, 60_000]),
            push,
            tabs: random.percent(75),
            persists: random.percent(50),
            asks_renewal: random.percent(60),
            redirects: random.percent(25),
            dates_tokens: random.percent(50),
            skew: *random.pick(&[0, 0, 0, 2 * HOUR, -2 * HOUR, 8_766 * HOUR, -26_298 * HOUR]),
            is_alone: false,
            issues_each_time: random.percent(60),
            renews_tokens: random.percent(50),
            bootstraps: random.percent(20),
            monotonic_sleeps: random.percent(60),
            honours_abort: random.percent(60),
            timers_freeze: random.percent(50),
            rounding: *random.pick(&[1, 1, 16, 100]),
            asks_early: random.percent(50),
        };
        let is_alone = credentials == Credentials::Named && random.percent(40);
        if is_alone { setting.alone() } else { setting }
    }

    /// The same application without an endpoint: a token has all claims, and its time of expiry.
    pub(crate) fn alone(self) -> Self {
        Self {
            is_alone: true,
            tells_subject: true,
            tells_version: false,
            tells_etag: false,
            tenants: false,
            push: Vec::new(),
            persists: false,
            redirects: false,
            dates_tokens: true,
            bootstraps: false,
            asks_early: false,
            ..self
        }
    }

    pub(crate) fn has_token(&self) -> bool {
        self.credentials != Credentials::Cookie
    }

    /// The claim in which a token names its subject, unless it is `sub`.
    pub(crate) fn subject_claim(&self) -> Vec<String> {
        if self.naming == Naming::Claim { vec!["who".into(), "id".into()] } else { Vec::new() }
    }

    /// Whether a stream can announce changes in the long run.
    pub(crate) fn is_pushed(&self) -> bool {
        self.push.iter().any(|transport| *transport != Transport::Poll || self.tells_version)
    }

    pub(crate) fn config(&self, seed: u64) -> Config {
        let (ttl, stale) = (Millis(self.ttl), Millis(self.stale));
        let lifetimes = Lifetimes { ttl, stale, ..Lifetimes::default() };
        Config {
            has_token: self.has_token(),
            lifetimes,
            renews: self.has_token() || self.asks_renewal,
            asks_renewal: self.asks_renewal,
            push: self.push.clone(),
            tabs: self.tabs,
            persists: self.persists,
            seed,
            reading: Reading { subject_claim: self.subject_claim(), ..Reading::default() },
            ..Config::new(if self.is_alone { Source::Token } else { Source::Endpoint })
        }
    }
}
