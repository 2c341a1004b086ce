//! The settings of the server.

use std::path::PathBuf;
use std::time::Duration;

use permgate_core::Language;

use crate::credentials::{SECURE_SESSION_COOKIE, SESSION_COOKIE};
use crate::network::Network;
use crate::password::PasswordCost;

/// The settings of a server.
#[derive(Clone, Debug)]
pub struct Config {
    /// The `ttl` of permission documents, sent in whole seconds.
    pub permissions_ttl: Duration,
    /// How long a token is valid.
    pub token_ttl: Duration,
    /// How long a cookie session lasts after its sign-in.
    pub session_ttl: Duration,
    /// The `iss` of tokens (RFC 7519 §4.1.1).
    pub issuer: String,
    /// The `aud` of tokens (RFC 7519 §4.1.3).
    pub audience: String,
    /// Whether tokens carry the permissions, packed by the catalogue, and the roles of their
    /// subject as of the sign-in, for the page to read. Off by default: an access token is not
    /// meant for the page (RFC 9068 §6), and its claims are as old as the token.
    pub packed_claim: bool,
    /// The language of all permissions: of grants in the store and in bodies, and of requirements.
    /// A database is written in one language and must be opened in the same.
    pub language: Language,
    /// The number of open connections; further clients wait to be accepted. It is larger than
    /// `max_streams`, so that requests are served while all streams are open.
    pub max_connections: usize,
    /// The time after which a connection is dropped if the client does not read.
    pub write_timeout: Duration,
    /// How many streams are open at once: event streams, sockets and long polls. Each takes about
    /// 20 kB. When all places are taken, clients are told when to try again.
    pub max_streams: usize,
    /// How many of these streams one subject may have: a person with some tabs in some browsers.
    pub max_streams_per_subject: usize,
    /// The cost of a password hash.
    pub password_cost: PasswordCost,
    /// Proxies whose `X-Forwarded-For` is trusted: behind them, the sign-in budgets apply to the
    /// address that they name, otherwise to the address of the connection.
    pub trusted_proxies: Vec<Network>,
    /// Foreign origins such as `https://app.example` that may call the API with credentials.
    pub origins: Vec<String>,
    /// The folder with the built single-page application.
    pub www: Option<PathBuf>,
    /// Called by the demo's control for a crash, with the seconds after which the server starts
    /// again; none outside of the demo, where there are no such controls.
    pub demo_crash: Option<fn(u8)>,
    /// Whether cookies are only sent over TLS. Off by default, because the demo is served by plain
    /// HTTP on the loopback interface, where WebKit would drop such cookies.
    pub secure_cookies: bool,
}

impl Config {
    /// The name of the session cookie. Where cookies are sent over TLS only, its prefix makes
    /// browsers refuse a cookie that was set by a sibling domain or another path (RFC 6265bis
    /// §4.1.3).
    pub(crate) fn session_cookie(&self) -> &'static str {
        if self.secure_cookies { SECURE_SESSION_COOKIE } else { SESSION_COOKIE }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            permissions_ttl: Duration::from_secs(300),
            token_ttl: Duration::from_secs(900),
            session_ttl: Duration::from_secs(8 * 60 * 60),
            issuer: "permgate-server".into(),
            audience: "permgate-demo".into(),
            packed_claim: false,
            language: Language::default(),
            max_connections: 12_500,
            write_timeout: Duration::from_secs(30),
            max_streams: 10_000,
            max_streams_per_subject: 64,
            password_cost: PasswordCost::default(),
            trusted_proxies: Vec::new(),
            origins: Vec::new(),
            www: None,
            demo_crash: None,
            secure_cookies: false,
        }
    }
}
