//! The handshake of a WebSocket (RFC 6455 §4.2): who may open one, and from where.
//!
//! A browser's socket carries cookies and no token. With a cookie the handshake says who it is,
//! and must come from a page of ours, since browsers let every page open sockets everywhere. With
//! a token the first message says it.

use axum::Extension;
use axum::extract::State;
use axum::extract::ws::WebSocketUpgrade;
use axum::extract::ws::rejection::WebSocketUpgradeRejection;
use axum::http::{HeaderMap, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};

use super::conversation::{Opening, converse};
use super::feed::Feed;
use super::places::stopping;
use crate::credentials::SESSION_COOKIE;
use crate::identity::Identity;
use crate::problem::Problem;
use crate::proof::Proof;
use crate::state::AppState;

/// The longest message that is read, in bytes: the longest token fits four times.
const MAX_MESSAGE_BYTES: usize = 16 * 1024;

/// How much is read at once. The default, 128 KiB for each socket, is more than any of them says.
const READ_BUFFER_BYTES: usize = 4 * 1024;

/// `GET /api/me/permissions/socket`.
pub(crate) async fn socket(
    State(state): State<AppState>,
    Extension(identity): Extension<Identity>,
    headers: HeaderMap,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, Problem> {
    let opening = match (identity, &upgrade) {
        (Identity::Refused(why), _) => return Ok(refused(&why, &headers)),
        (Identity::Anonymous, Err(_)) => {
            return Err(Problem::unauthenticated("nobody is signed in; sign in first"));
        }
        (Identity::Anonymous, Ok(_)) => {
            let place = state.places().take_unknown()?;
            if *state.stopping().borrow() {
                return Err(stopping());
            }
            Opening::Unknown(place)
        }
        (Identity::Known(current), _) => {
            let with_cookie = matches!(current.proof, Proof::Session(_));
            if with_cookie && !is_ours(&headers, state.origins()) {
                return Err(foreign());
            }
            Opening::Known(Feed::begin(&state, &current)?)
        }
    };
    let upgrade = upgrade.map_err(|rejection| no_handshake(&rejection))?;
    let upgrade = upgrade
        .max_message_size(MAX_MESSAGE_BYTES)
        .max_frame_size(MAX_MESSAGE_BYTES)
        .read_buffer_size(READ_BUFFER_BYTES)
        .write_buffer_size(0);
    Ok(upgrade.on_upgrade(move |socket| converse(socket, state, opening)))
}

/// 401, and an end to a cookie that is good for nothing: a page with a token cannot keep the
/// browser from sending it along, and would be refused for ever.
fn refused(why: &str, headers: &HeaderMap) -> Response {
    let mut response = Problem::invalid_credentials(why).into_response();
    if !headers.contains_key(header::AUTHORIZATION) {
        let cookie = format!("{SESSION_COOKIE}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0");
        if let Ok(cookie) = HeaderValue::try_from(cookie) {
            response.headers_mut().append(header::SET_COOKIE, cookie);
        }
    }
    response
}

/// Whether a handshake comes from a page of this server, or of an origin that is configured. All
/// browsers say where it comes from (RFC 6455 §10.2).
fn is_ours(headers: &HeaderMap, configured: &[HeaderValue]) -> bool {
    let Some(origin) = headers.get(header::ORIGIN) else { return false };
    if configured.contains(origin) {
        return true;
    }
    // Whether the page came by TLS is not known here, behind a proxy that ends it.
    let host = headers.get(header::HOST).and_then(|host| host.to_str().ok());
    let origin = origin.to_str().ok().and_then(|origin| origin.split_once("://"));
    match (origin, host) {
        (Some((_, authority)), Some(host)) => authority.eq_ignore_ascii_case(host),
        _ => false,
    }
}

fn foreign() -> Problem {
    let detail = "sockets with a cookie are only opened for pages of this origin; \
                  start the server with `--origin` for more";
    Problem::new(StatusCode::FORBIDDEN, "cross-origin", "Another site sent this", detail)
}

fn no_handshake(rejection: &WebSocketUpgradeRejection) -> Problem {
    let detail = format!("this address is for WebSockets: {}", rejection.body_text());
    Problem::new(StatusCode::UPGRADE_REQUIRED, "upgrade-needed", "A handshake is needed", detail)
        .with_header(header::UPGRADE, HeaderValue::from_static("websocket"))
}

#[cfg(test)]
mod tests;
