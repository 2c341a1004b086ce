//! Downloads a key set: from one address, over TLS, with bounds on size and time.

use std::fmt;
use std::net::IpAddr;
use std::time::Duration;

use axum::http::Uri;

/// The largest key set that is read, in bytes. Providers publish about 2 kB.
pub const MAX_KEY_SET_BYTES: u64 = 64 * 1024;

/// How long a download may take in all.
const WITHIN: Duration = Duration::from_secs(5);

/// Checks that an address is `https`, or on the loopback interface.
pub(super) fn check(url: &str) -> Result<(), &'static str> {
    let uri: Uri = url.parse().map_err(|_| "it is not an address")?;
    let authority = uri.authority().ok_or("it names no host")?;
    if authority.as_str().contains('@') {
        return Err("it holds credentials; key sets are public");
    }
    match uri.scheme_str() {
        Some("https") => Ok(()),
        Some("http") if is_loopback(authority.host()) => Ok(()),
        _ => Err("it must begin with `https://`"),
    }
}

fn is_loopback(host: &str) -> bool {
    let address = host.trim_start_matches('[').trim_end_matches(']');
    host == "localhost" || address.parse().is_ok_and(|address: IpAddr| address.is_loopback())
}

/// Downloads an address. Blocks.
pub(super) fn download(url: &str) -> Result<Vec<u8>, DownloadError> {
    let config = ureq::Agent::config_builder()
        .timeout_global(Some(WITHIN))
        .max_redirects(0)
        .max_redirects_will_error(false)
        .http_status_as_error(false)
        .proxy(None)
        .max_idle_connections(0)
        .user_agent("permgate")
        .build();
    let failed = |error: ureq::Error| match error {
        ureq::Error::BodyExceedsLimit(_) => DownloadError::TooLarge,
        error => DownloadError::Failed(error.to_string()),
    };
    let get = ureq::Agent::new_with_config(config).get(url).header("accept", "application/json");
    let mut response = get.call().map_err(failed)?;
    match response.status().as_u16() {
        200 => {}
        300..400 => return Err(DownloadError::Redirect),
        status => return Err(DownloadError::Status(status)),
    }
    let body = response.body_mut().with_config().limit(MAX_KEY_SET_BYTES);
    body.read_to_vec().map_err(failed)
}

/// Why a key set could not be downloaded.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum DownloadError {
    /// The provider answered with a status other than 200.
    Status(u16),
    /// The provider redirected to another address, which is not followed.
    Redirect,
    /// The key set is larger than [`MAX_KEY_SET_BYTES`].
    TooLarge,
    /// The response is not a key set, or none of its keys can be used.
    NoKeys,
    /// The connection failed, or took too long.
    Failed(String),
}

impl fmt::Display for DownloadError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Status(status) => write!(f, "the provider answered with status {status}"),
            Self::Redirect => f.write_str(
                "the provider redirects to another address; configure the address of the key set",
            ),
            Self::TooLarge => f.write_str("the key set is larger than 64 KiB"),
            Self::NoKeys => f.write_str(
                "the key set holds no key that can be used; RS256 needs the feature `oidc-rs256`",
            ),
            Self::Failed(error) => write!(f, "the key set could not be downloaded: {error}"),
        }
    }
}

impl std::error::Error for DownloadError {}
