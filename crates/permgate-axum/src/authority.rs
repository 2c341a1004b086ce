//! Authentication: the sender of a request, and the sender's permissions at this moment.

use std::fmt;
use std::sync::Arc;

use axum::http::request::Parts;

use crate::clock::Timestamp;
use crate::problem::Problem;
use crate::shared_set::SharedSet;

/// Identifies the sender of a request, and returns the permissions of that subject.
///
/// It works in two steps, because the second one is repeated: before a handler commits
/// ([`Permit::confirm`](crate::Permit::confirm)), while a stream is open, and after each write.
///
/// An application with its own authentication layer reads the values that the layer left in
/// `parts.extensions`. See `examples/foreign.rs` for a whole application.
pub trait Authority: Send + Sync + 'static {
    /// Credentials whose form and signature were checked. Whether they still count is asked anew
    /// each time, by [`Authority::standing`].
    type Proof: Clone + Send + Sync + 'static;

    /// Reads the credentials of a request from its headers or extensions.
    ///
    /// # Errors
    /// When they cannot be judged now, because a key server does not answer for instance. The
    /// problem is the response. Credentials that are not valid are no error but
    /// [`Authentication::Refused`].
    fn authenticate(
        &self,
        parts: &Parts,
    ) -> impl Future<Output = Result<Authentication<Self::Proof>, Problem>> + Send;

    /// The permissions of the subject of these credentials at this moment; none if the credentials
    /// have expired, were ended, or the subject is gone.
    ///
    /// A change that was acknowledged before this call must be seen by it. Ask the store whether
    /// the credentials count and for the subject's version each time; only the set that was built
    /// for a subject and version may come from a [`SetCache`](crate::SetCache).
    ///
    /// # Errors
    /// When the store fails. The problem is the response.
    fn standing(
        &self,
        proof: &Self::Proof,
    ) -> impl Future<Output = Result<Option<Standing>, Problem>> + Send;
}

/// The credentials of a request.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Authentication<P> {
    /// The request has no credentials.
    Anonymous,
    /// The request has credentials that are not valid; the text says what to do about it.
    Refused(String),
    /// The request has credentials of the right form and signature.
    Proof(P),
}

/// The permissions of a subject at one version.
#[derive(Clone, Debug)]
pub struct Standing {
    /// The stable name of the subject.
    pub subject: String,
    /// Rises with every change of `set`, and never restarts (after a restored backup, continue
    /// above it). Clients use it to order documents, responses and pushed messages.
    pub version: u64,
    /// The permissions of the subject.
    pub set: SharedSet,
    /// The moment from which the credentials are no longer valid; none when they do not expire.
    pub expires_at: Option<Timestamp>,
    /// Names the session or token, so that its streams end with it
    /// ([`Announcement::SessionEnded`](crate::Announcement::SessionEnded)).
    pub session: Option<SessionId>,
}

impl Standing {
    /// A standing whose credentials do not expire and have no session.
    pub fn new(subject: impl Into<String>, version: u64, set: impl Into<SharedSet>) -> Self {
        let (subject, set) = (subject.into(), set.into());
        Self { subject, version, set, expires_at: None, session: None }
    }
}

/// Names one session or token of a subject in announcements. Its bytes are not shown by `Debug`,
/// since they may be derived from a secret.
#[derive(Clone, PartialEq, Eq, Hash)]
pub struct SessionId(Arc<[u8]>);

impl<T: AsRef<[u8]> + ?Sized> From<&T> for SessionId {
    fn from(bytes: &T) -> Self {
        Self(bytes.as_ref().into())
    }
}

impl fmt::Debug for SessionId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionId(…)")
    }
}
