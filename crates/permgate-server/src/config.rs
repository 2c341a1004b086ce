//! What can be set about the server.

use std::path::PathBuf;
use std::time::Duration;

use permgate_core::Language;

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
    /// subject as of the sign-in, for the page to read. Off, because an access token is none of
    /// the page's business (RFC 9068 §6), and what it carries is as old as itself.
    pub packed_claim: bool,
    /// The language of all permissions: of grants in the store and in bodies, and of what is
    /// asked. A database is written in one language and must be opened in the same.
    pub language: Language,
    /// What a password hash costs.
    pub password_cost: PasswordCost,
    /// Foreign origins such as `https://app.example` that may call the API with credentials.
    pub origins: Vec<String>,
    /// The folder with the built single-page application.
    pub www: Option<PathBuf>,
    /// Whether cookies are only sent over TLS. Off, because the demo is served by plain HTTP on
    /// the loopback interface, where WebKit would drop them.
    pub secure_cookies: bool,
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
            password_cost: PasswordCost::default(),
            origins: Vec::new(),
            www: None,
            secure_cookies: false,
        }
    }
}
