//! Announces changes to clients as they happen: by server-sent events, over a socket, or by a
//! response that waits. All three send the same messages. No message contains grants; it makes the
//! client ask again.

mod conversation;
mod events;
mod feed;
mod message;
mod places;
mod poll;
mod socket;
mod streams;
mod watch;

use axum::http::HeaderValue;
use axum::response::Response;

use crate::identify::Current;
use crate::problem::Problem;

pub use poll::Wait;
pub use socket::Knock;
pub use streams::{StreamLimits, Streams};

impl Streams {
    /// An event stream for the sender of a request (WHATWG HTML §9.2). The first message has the
    /// version, a heartbeat comes every 15 s, and `session-revoked` is the last message when the
    /// credentials expire or end.
    ///
    /// # Errors
    /// 503 with `Retry-After` when too many streams are open, or the server is about to stop.
    pub fn events(&self, current: &Current) -> Result<Response, Problem> {
        events::events(self, current)
    }

    /// A WebSocket with the same messages. A page with a token sends it in its first message;
    /// credentials that a browser sends by itself are accepted only from pages of this server and
    /// of `origins`.
    ///
    /// # Errors
    /// 401 and 403 by the credentials and the origin, 426 without a handshake, and as
    /// [`Streams::events`].
    pub fn socket(&self, origins: &[HeaderValue], knock: Knock) -> Result<Response, Problem> {
        socket::socket(self, origins, knock)
    }

    /// Responds with `answer`'s response for the sender as soon as the version differs from the one
    /// that the client has, and with 204 when it is still the same at the end of the wait.
    ///
    /// # Errors
    /// 401 when the credentials end meanwhile, 503 as [`Streams::events`], and the authority's
    /// problem when it fails.
    pub async fn poll(
        &self,
        current: &Current,
        wait: Wait,
        answer: impl FnOnce(&Current) -> Response + Send,
    ) -> Result<Response, Problem> {
        poll::when_it_differs(self, current, wait, answer).await
    }
}
