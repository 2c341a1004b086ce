//! The handshake of a WebSocket (RFC 6455 §4.2): the users and origins that may open one.
//!
//! A browser cannot add a token to the handshake of a socket, but it adds cookies. With a cookie
//! the handshake identifies the user, and must come from one of our pages, since browsers let every
//! page open sockets to any server. A page with a token sends it in the first message.

use std::fmt;

use axum::extract::FromRequestParts;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::request::Parts;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::Response;

use super::conversation::{Handshake, Host, Opening};
use super::feed::Feed;
use super::places::stopping;
use super::streams::Streams;
use crate::identify::{Door, Identity};
use crate::problem::Problem;

/// The longest message that is read, in bytes: four times the longest token.
const MAX_MESSAGE_BYTES: usize = 16 * 1024;

/// How much is read at once. The default of 128 KiB for each socket is more than any client sends.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// The handshake of a socket, as an argument of a handler.
pub struct Knock {
    identity: Identity,
    // None if the request is not a handshake.
    door: Option<Door>,
    headers: HeaderMap,
    handshake: Handshake,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
}

impl<S: Send + Sync> FromRequestParts<S> for Knock {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Problem> {
        let identity = Identity::of(&parts.extensions)?.clone();
        let door = parts.extensions.get::<Door>().cloned();
        let upgrade = WebSocketUpgrade::from_request_parts(parts, state).await;
        let handshake = Handshake { uri: parts.uri.clone(), extensions: parts.extensions.clone() };
        Ok(Self { identity, door, headers: parts.headers.clone(), handshake, upgrade })
    }
}

impl Knock {
    /// The sender of the handshake.
    #[must_use]
    pub fn identity(&self) -> &Identity {
        &self.identity
    }
}

impl fmt::Debug for Knock {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Knock").field("identity", &self.identity).finish_non_exhaustive()
    }
}

/// Opens a socket, or returns why not.
pub(super) fn socket(
    streams: &Streams,
    origins: &[HeaderValue],
    knock: Knock,
) -> Result<Response, Problem> {
    let Knock { identity, door, headers, handshake, upgrade } = knock;
    let opening = match (&identity, &upgrade) {
        (Identity::Refused(_), _) | (Identity::Anonymous, Err(_)) => {
            identity.known()?;
            return Err(Problem::session_over());
        }
        (Identity::Anonymous, Ok(_)) => {
            let place = streams.places().take_unknown()?;
            if *streams.stopping().borrow() {
                return Err(stopping());
            }
            Opening::Unknown(place)
        }
        (Identity::Known(current), _) => {
            if !brings_a_token(&headers) && !is_ours(&headers, origins) {
                return Err(foreign());
            }
            Opening::Known(Feed::begin(streams, current)?)
        }
    };
    let upgrade = upgrade.map_err(|rejection| no_handshake(&rejection))?;
    let door = door.ok_or_else(|| Problem::internal(&"a handshake without `Upgrade`"))?;
    let upgrade = upgrade
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0);
    let host = Host { streams: streams.clone(), door, handshake };
    Ok(upgrade.on_upgrade(move |socket| host.converse(socket, opening)))
}

/// Whether a handshake has a bearer token, which no browser adds by itself. Browsers may send all
/// other credentials on behalf of a foreign page: cookies, basic authentication, certificates.
fn brings_a_token(headers: &HeaderMap) -> bool {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (first, second) = (values.next(), values.next());
    let scheme = first.and_then(|value| value.to_str().ok()?.split(' ').next());
    second.is_none() && scheme.is_some_and(|scheme| scheme.eq_ignore_ascii_case("bearer"))
}

/// Whether a handshake comes from a page of this server, or of a configured origin. All browsers
/// send the origin (RFC 6455 §10.2).
fn is_ours(headers: &HeaderMap, configured: &[HeaderValue]) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    if configured.contains(origin) {
        return true;
    }
    // The scheme is not compared: behind a proxy that terminates TLS, it is not known here.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    match (origin, host) {
        (Some((_, authority)), Some(host)) => authority.eq_ignore_ascii_case(host),
        _ => false,
    }
}

fn foreign() -> Problem {
    let detail = "sockets with a cookie are only opened for pages of this origin; \
                  configure further origins on the server";
    Problem::new(StatusCode::FORBIDDEN, "cross-origin", "Another site sent this", detail)
}

fn no_handshake(rejection: &WebSocketUpgradeRejection) -> Problem {
    let detail = format!("this address is for WebSockets: {}", rejection.body_text());
    Problem::new(StatusCode::UPGRADE_REQUIRED, "upgrade-needed", "A handshake is needed", detail)
        .with_header(header::UPGRADE, HeaderValue::from_static("websocket"))
}

#[cfg(test)]
mod tests;
