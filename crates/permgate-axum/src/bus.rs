//! The bus on which committed changes are announced to the streams that push them to clients.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::broadcast;

use crate::authority::SessionId;

/// The number of announcements that a slow listener may fall behind before it is told that it
/// missed some.
///
/// A user's permissions change a few times a day, and a listener that fell behind loses nothing by
/// reading the store once. The memory is allocated with the first listener of a subject; ten
/// thousand subjects take about 10 MB.
const BACKLOG: usize = 16;

/// A committed change that concerns a subject.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Announcement {
    /// The subject's permissions changed.
    Changed {
        /// The subject whose permissions changed.
        subject: String,
        /// The new version.
        version: u64,
        /// The names of the catalogue of which less is granted than before.
        revoked: Vec<String>,
    },
    /// The subject signed out somewhere: these credentials are no longer valid.
    SessionEnded {
        /// The subject of the credentials.
        subject: String,
        /// The session or token, as its [`Standing`](crate::Standing) names it.
        session: SessionId,
    },
    /// Some or all credentials of the subject were ended: each stream judges its own again.
    SignedOut {
        /// The subject of the credentials.
        subject: String,
    },
    /// The user no longer exists.
    SubjectRemoved {
        /// The subject.
        subject: String,
    },
}

impl Announcement {
    /// The subject of the announcement.
    #[must_use]
    pub fn subject(&self) -> &str {
        match self {
            Self::Changed { subject, .. }
            | Self::SessionEnded { subject, .. }
            | Self::SignedOut { subject }
            | Self::SubjectRemoved { subject } => subject,
        }
    }
}

/// The receiving end of a listener.
pub type Announcements = broadcast::Receiver<Arc<Announcement>>;

/// Carries announcements to the listeners of this process.
pub trait Bus: Send + Sync + 'static {
    /// Announces a change to every listener of the subject. Called after the commit, never before.
    fn announce(&self, announcement: Announcement);

    /// Listens to announcements about a subject from now on.
    fn listen(&self, subject: &str) -> Announcements;
}

/// A bus inside this process: one channel for each subject with listeners, so that a change wakes
/// only the streams of its subject.
#[derive(Debug, Default)]
pub struct LocalBus(Mutex<Channels>);

#[derive(Debug, Default)]
struct Channels {
    by_subject: HashMap<String, broadcast::Sender<Arc<Announcement>>>,
    // The number of channels at which those without listeners are removed.
    sweep_at: usize,
}

impl LocalBus {
    /// A bus without listeners.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    // Nothing under the lock can panic halfway through a change.
    fn channels(&self) -> MutexGuard<'_, Channels> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Bus for LocalBus {
    fn announce(&self, announcement: Announcement) {
        let mut channels = self.channels();
        let Some(channel) = channels.by_subject.get(announcement.subject()) else { return };
        let subject = announcement.subject().to_owned();
        if channel.send(Arc::new(announcement)).is_err() {
            // There are no listeners any more.
            channels.by_subject.remove(&subject);
        }
    }

    fn listen(&self, subject: &str) -> Announcements {
        let mut channels = self.channels();
        if channels.by_subject.len() >= channels.sweep_at {
            // As many channels again may be added before the next sweep, so that a sweep costs each
            // new listener a constant amount of work.
            channels.by_subject.retain(|_, channel| channel.receiver_count() > 0);
            channels.sweep_at = 2 * channels.by_subject.len() + 64;
        }
        let channel = channels.by_subject.entry(subject.into());
        channel.or_insert_with(|| broadcast::Sender::new(BACKLOG)).subscribe()
    }
}

#[cfg(test)]
mod tests;
