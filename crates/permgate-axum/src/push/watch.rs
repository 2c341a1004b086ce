//! A client that listens: the common part of streams, sockets and long polls.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use super::places::{Place, stopping};
use super::streams::Streams;
use crate::bus::{Announcement, Announcements};
use crate::identify::Current;
use crate::problem::Problem;

/// The state of a listening client: its place, its credentials, and its announcements.
pub(super) struct Watch {
    streams: Streams,
    current: Current,
    announcements: Announcements,
    stopping: watch::Receiver<bool>,
    _place: Place,
}

/// The next event of a listening client.
#[derive(Debug)]
pub(super) enum News {
    /// The subject's permissions changed.
    Changed(Arc<Announcement>),
    /// Some announcements were dropped: read the store again.
    Missed,
    /// The credentials are no longer valid.
    Over,
    /// The server is about to stop.
    Stopping,
}

impl Watch {
    /// Takes a place and begins to listen. No change is lost between the state that [`Watch::look`]
    /// reads afterwards and the announcements that follow.
    ///
    /// # Errors
    /// When no place is free, or the server is about to stop.
    pub(super) fn begin(streams: &Streams, current: &Current) -> Result<Self, Problem> {
        let subject = &current.standing.subject;
        let watched = streams.stopping();
        if *watched.borrow() {
            return Err(stopping());
        }
        let place = streams.places().take(subject)?;
        Ok(Self {
            announcements: streams.bus().listen(subject),
            streams: streams.clone(),
            current: current.clone(),
            stopping: watched,
            _place: place,
        })
    }

    /// The permissions of the subject at this moment; none if the credentials are no longer valid.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn look(&self) -> Result<Option<Current>, Problem> {
        let current = self.current.again().await?;
        // The subject of a stream must not change while the stream is open.
        let subject = &self.current.standing.subject;
        Ok(current.filter(|current| current.standing.subject == *subject))
    }

    /// Whether the credentials have expired by the clock.
    pub(super) fn has_expired(&self) -> bool {
        self.time_left() == Some(Duration::ZERO)
    }

    /// How long the credentials are still valid by the clock; none when they do not expire.
    fn time_left(&self) -> Option<Duration> {
        let expires_at = self.current.standing.expires_at?;
        Some(Duration::from_millis(expires_at.milliseconds_after(self.streams.now())))
    }

    /// Waits for the next event. Dropping the future loses no event.
    pub(super) async fn news(&mut self) -> News {
        loop {
            let time_left = self.time_left();
            if time_left == Some(Duration::ZERO) {
                return News::Over;
            }
            tokio::select! {
                biased;
                () = until(&mut self.stopping) => return News::Stopping,
                announcement = self.announcements.recv() => match announcement {
                    Ok(announcement) => match announcement.as_ref() {
                        Announcement::Changed { .. } => return News::Changed(announcement),
                        Announcement::SubjectRemoved { .. } => return News::Over,
                        Announcement::SignedOut { .. } => return News::Missed,
                        Announcement::SessionEnded { session, .. } => {
                            if self.current.standing.session.as_ref() == Some(session) {
                                return News::Over;
                            }
                        }
                    },
                    Err(RecvError::Lagged(_)) => return News::Missed,
                    Err(RecvError::Closed) => return News::Stopping,
                },
                // The clock is checked again, since it may have been set meanwhile.
                () = pass(time_left) => {}
            }
        }
    }
}

async fn pass(time: Option<Duration>) {
    match time {
        Some(time) => tokio::time::sleep(time).await,
        None => std::future::pending().await,
    }
}

async fn until(stopping: &mut watch::Receiver<bool>) {
    // An error means that the server is already gone.
    drop(stopping.wait_for(|stopping| *stopping).await);
}
