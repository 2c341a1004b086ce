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
    /// Credentials whose form and signature were checked. Whether they are still valid is checked
    /// each time by [`Authority::standing`].
    type Proof: Clone + Send + Sync + 'static;

    /// Reads the credentials of a request from its headers or extensions.
    ///
    /// # Errors
    /// When they cannot be judged now, for example because a key server does not answer. The
    /// problem is the response. Credentials that are not valid are not an error but
    /// [`Authentication::Refused`].
    fn authenticate(
        &self,
        parts: &Parts,
    ) -> impl Future<Output = Result<Authentication<Self::Proof>, Problem>> + Send;

    /// The permissions of the subject of these credentials at this moment; none if the credentials
    /// have expired, were ended, or the subject is gone.
    ///
    /// It must see every change that was acknowledged before the call. Ask the store each time
    /// whether the credentials are valid, and for the subject's version; only the set that was
    /// built for a subject and version may come from a [`SetCache`](crate::SetCache).
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
    /// The stable identifier of the subject.
    pub subject: String,
    /// Rises with every change of `set`, and never restarts (after restoring a backup, continue
    /// above it). Clients use it to order documents, responses and pushed messages.
    pub version: u64,
    /// The permissions of the subject.
    pub set: SharedSet,
    /// When the credentials expire; none if they do not.
    pub expires_at: Option<Timestamp>,
    /// Identifies the session or token, so that its streams end with it
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

/// Identifies one session or token of a subject in announcements. `Debug` does not show its bytes,
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
