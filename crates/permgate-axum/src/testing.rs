//! Helpers for tests of applications: an authority in memory, and a reader of event streams.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use axum::body::Body;
use axum::http::request::Parts;
use axum::response::Response;
use http_body_util::BodyExt as _;
use permgate_core::{Grant, PermissionSet};

use crate::authority::{Authentication, Authority, SessionId, Standing};
use crate::bearer::bearer;
use crate::bus::Announcement;
use crate::clock::Timestamp;
use crate::problem::Problem;
use crate::shared_set::SharedSet;

/// An authority in memory. A bearer token is the number of a session. Cheap to clone: all clones
/// share the subjects and sessions.
///
/// ```
/// use permgate_axum::testing::TestAuthority;
/// use permgate_core::{Grant, Pattern};
///
/// let authority = TestAuthority::default();
/// authority.set("u-1", [Grant::allow(Pattern::parse("invoice:*")?)]);
/// let token = authority.sign_in("u-1");
/// # Ok::<_, permgate_core::PatternError>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct TestAuthority(Arc<Mutex<Held>>);

#[derive(Debug, Default)]
struct Held {
    subjects: HashMap<String, (u64, SharedSet)>,
    sessions: HashMap<String, (String, Option<Timestamp>)>,
    signed_in: u64,
    asked: u64,
    fails: bool,
}

impl TestAuthority {
    fn held(&self) -> MutexGuard<'_, Held> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Gives a subject these grants, under the next version. The returned announcement can be
    /// passed to [`Streams::announce`](crate::Streams::announce).
    pub fn set(&self, subject: &str, grants: impl IntoIterator<Item = Grant>) -> Announcement {
        let mut held = self.held();
        let version = held.subjects.get(subject).map_or(1, |(version, _)| version + 1);
        let set = SharedSet::from(PermissionSet::new(grants));
        held.subjects.insert(subject.into(), (version, set));
        Announcement::Changed { subject: subject.into(), version, revoked: Vec::new() }
    }

    /// Removes a subject.
    pub fn remove(&self, subject: &str) -> Announcement {
        self.held().subjects.remove(subject);
        Announcement::SubjectRemoved { subject: subject.into() }
    }

    /// Opens a session, and returns its token.
    #[must_use]
    pub fn sign_in(&self, subject: &str) -> String {
        self.sign_in_until(subject, None)
    }

    /// Opens a session that expires, and returns its token. The expiry is not checked against a
    /// clock here.
    #[must_use]
    pub fn sign_in_until(&self, subject: &str, expires_at: Option<Timestamp>) -> String {
        let mut held = self.held();
        held.signed_in += 1;
        let token = format!("session-{}", held.signed_in);
        held.sessions.insert(token.clone(), (subject.into(), expires_at));
        token
    }

    /// Ends a session.
    pub fn sign_out(&self, token: &str) -> Announcement {
        let ended = self.held().sessions.remove(token);
        let subject = ended.map(|(subject, _)| subject).unwrap_or_default();
        Announcement::SessionEnded { subject, session: SessionId::from(token) }
    }

    /// Gives a session to another subject, which no real authority should do.
    #[cfg(test)]
    pub(crate) fn exchange(&self, token: &str, subject: &str) {
        self.held().sessions.insert(token.into(), (subject.into(), None));
    }

    /// Makes the authority fail from now on, or work again.
    pub fn set_failing(&self, fails: bool) {
        self.held().fails = fails;
    }

    /// How often it was asked for a standing.
    #[must_use]
    pub fn asked(&self) -> u64 {
        self.held().asked
    }
}

impl Authority for TestAuthority {
    type Proof = String;

    async fn authenticate(&self, parts: &Parts) -> Result<Authentication<String>, Problem> {
        Ok(match bearer(&parts.headers) {
            Ok(None) => Authentication::Anonymous,
            Ok(Some(token)) => Authentication::Proof(token.into()),
            Err(advice) => Authentication::Refused(advice.into()),
        })
    }

    async fn standing(&self, token: &String) -> Result<Option<Standing>, Problem> {
        let mut held = self.held();
        held.asked += 1;
        if held.fails {
            return Err(Problem::internal(&"the test lets the authority fail"));
        }
        let Some((subject, expires_at)) = held.sessions.get(token) else { return Ok(None) };
        let Some((version, set)) = held.subjects.get(subject) else { return Ok(None) };
        Ok(Some(Standing {
            expires_at: *expires_at,
            session: Some(SessionId::from(token)),
            ..Standing::new(subject, *version, set.clone())
        }))
    }
}

/// Reads an event stream.
#[derive(Debug)]
pub struct TestEvents {
    body: Body,
    text: String,
}

impl TestEvents {
    /// The events in the body of a response.
    #[must_use]
    pub fn new(response: Response) -> Self {
        Self { body: response.into_body(), text: String::new() }
    }

    /// The kind and the data of the next event; none at the end of the stream.
    pub async fn next(&mut self) -> Option<(String, String)> {
        loop {
            if let Some((event, rest)) = self.text.split_once("\n\n") {
                let field = |name| {
                    let mut lines = event.lines().filter_map(|line| line.split_once(": "));
                    lines.find(|(field, _)| *field == name).map(|(_, value)| value.to_owned())
                };
                let found = (field("event").unwrap_or_default(), field("data").unwrap_or_default());
                self.text = rest.to_owned();
                return Some(found);
            }
            let frame = self.body.frame().await?.ok()?;
            let data = frame.into_data().unwrap_or_default();
            self.text.push_str(&String::from_utf8_lossy(&data));
        }
    }
}
