//! The conversation over a socket: messages to the client, and credentials from it.

use std::convert::Infallible;
use std::time::Duration;

use axum::extract::ws::{CloseFrame, Message as Frame, WebSocket};
use axum::http::request::Parts;
use axum::http::{Extensions, HeaderValue, Request, Uri, header};
use serde::Deserialize;
use tokio::sync::OwnedSemaphorePermit;
use tokio::time::timeout;

use super::feed::{End, Feed};
use super::message::Message;
use super::streams::Streams;
use crate::identify::{Door, Identity};

/// How long a socket may stay open without credentials.
const AUTHENTICATE_WITHIN: Duration = Duration::from_secs(5);

/// The time in which one message must be written: a client that does not read is dropped.
const WRITE_WITHIN: Duration = Duration::from_secs(30);

/// How long the client may take to answer a close.
const CLOSE_WITHIN: Duration = Duration::from_secs(1);

/// The state of the client at the beginning of the conversation.
pub(super) enum Opening {
    /// A user who was identified by the handshake.
    Known(Feed),
    /// An unknown client, with a place until it authenticates.
    Unknown(OwnedSemaphorePermit),
}

/// Why a socket is closed: the code and reason of RFC 6455 §7.4. Codes from 4000 are ours.
type Close = (u16, &'static str);

const SERVER_STOPS: Close = (1001, "the server is about to stop");
const SERVER_FAILED: Close = (1011, "the server failed; try again");
const UNAUTHENTICATED: Close = (4401, "the credentials are not valid; sign in again");
const NO_CREDENTIALS: Close = (4401, "no credentials came; send `authenticate` with a token");
const POLICY: Close = (4403, "send `authenticate` and nothing else, in text of at most 16 KiB");
const TOO_MANY: Close = (4429, "too many streams are open; close some");

/// The messages that a client can send.
#[derive(Deserialize)]
#[serde(tag = "type", rename_all = "lowercase", deny_unknown_fields)]
enum Said {
    Authenticate { token: String },
}

/// The server's side of a conversation.
pub(super) struct Host {
    pub(super) streams: Streams,
    pub(super) door: Door,
    /// The handshake's address and extensions, for the authority that judges a token.
    pub(super) handshake: Handshake,
}

/// The parts that judge a token in a message.
#[derive(Clone)]
pub(super) struct Handshake {
    pub(super) uri: Uri,
    pub(super) extensions: Extensions,
}

impl Host {
    /// Exchanges messages until one side ends the conversation.
    pub(super) async fn converse(self, mut socket: WebSocket, opening: Opening) {
        let Err(why) = talk(&mut socket, &self, opening).await;
        close(&mut socket, why).await;
    }

    /// The head of a request that has this token in its header.
    fn head(&self, token: &str) -> Option<Parts> {
        let authorization = HeaderValue::try_from(format!("Bearer {token}")).ok()?;
        let mut request = Request::new(());
        *request.uri_mut() = self.handshake.uri.clone();
        *request.extensions_mut() = self.handshake.extensions.clone();
        request.headers_mut().insert(header::AUTHORIZATION, authorization);
        Some(request.into_parts().0)
    }
}

/// Returns how to close the socket; none if the client is gone.
async fn talk(
    socket: &mut WebSocket,
    host: &Host,
    opening: Opening,
) -> Result<Infallible, Option<Close>> {
    let mut feed = match opening {
        Opening::Known(feed) => feed,
        Opening::Unknown(_place) => introduction(socket, host).await?,
    };
    loop {
        let token = tokio::select! {
            message = feed.next() => match message {
                Ok(message) => {
                    say(socket, &message).await?;
                    continue;
                }
                Err(End::Over) => return Err(Some(UNAUTHENTICATED)),
                Err(End::Stopping) => return Err(Some(SERVER_STOPS)),
                Err(End::Failed) => return Err(Some(SERVER_FAILED)),
            },
            token = token(socket) => token?,
        };
        // The client sent new credentials before the old ones expired: from now on, the stream is
        // about their user. The old place is returned first, since it may be the last one.
        drop(feed);
        feed = feed_for(host, token).await?;
    }
}

async fn introduction(socket: &mut WebSocket, host: &Host) -> Result<Feed, Option<Close>> {
    tokio::select! {
        () = host.streams.stopped() => Err(Some(SERVER_STOPS)),
        token = timeout(AUTHENTICATE_WITHIN, token(socket)) => match token {
            Ok(token) => feed_for(host, token?).await,
            Err(_) => Err(Some(NO_CREDENTIALS)),
        }
    }
}

/// The next token that the client sends. Dropping the future loses no message.
async fn token(socket: &mut WebSocket) -> Result<String, Option<Close>> {
    loop {
        return match socket.recv().await {
            // The library answers pings.
            Some(Ok(Frame::Ping(_) | Frame::Pong(_))) => continue,
            Some(Ok(Frame::Text(text))) => match serde_json::from_str(&text) {
                Ok(Said::Authenticate { token }) => Ok(token),
                Err(_) => Err(Some(POLICY)),
            },
            // The connection broke, or the client sent a message that is too long or malformed. If
            // the connection broke, the close is lost.
            Some(Ok(Frame::Binary(_)) | Err(_)) => Err(Some(POLICY)),
            Some(Ok(Frame::Close(_))) | None => Err(None),
        };
    }
}

async fn feed_for(host: &Host, token: String) -> Result<Feed, Option<Close>> {
    let head = host.head(&token).ok_or(Some(UNAUTHENTICATED))?;
    match host.door.identify(&head).await {
        Ok(Identity::Known(current)) => Feed::begin(&host.streams, &current).map_err(|_| {
            Some(if *host.streams.stopping().borrow() { SERVER_STOPS } else { TOO_MANY })
        }),
        Ok(Identity::Anonymous | Identity::Refused(_)) => Err(Some(UNAUTHENTICATED)),
        Err(_) => Err(Some(SERVER_FAILED)),
    }
}

async fn say(socket: &mut WebSocket, message: &Message) -> Result<(), Option<Close>> {
    let sent = timeout(WRITE_WITHIN, socket.send(Frame::Text(message.to_text().into()))).await;
    sent.map_or(Err(None), |sent| sent.map_err(|_| None))
}

/// Sends the reason, or answers the client's close, and waits a moment for the client's part: a
/// connection that is dropped with unread bytes loses the last messages.
async fn close(socket: &mut WebSocket, why: Option<Close>) {
    let closed = async {
        if let Some((code, reason)) = why {
            let frame = CloseFrame { code, reason: reason.into() };
            drop(socket.send(Frame::Close(Some(frame))).await);
        }
        while let Some(Ok(_)) = socket.recv().await {}
    };
    // The connection ends here in any case.
    drop(timeout(CLOSE_WITHIN, closed).await);
}
