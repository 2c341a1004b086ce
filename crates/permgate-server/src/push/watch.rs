//! Somebody who wants to hear what changes about them: what all ways of telling have in common.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::broadcast::error::RecvError;
use tokio::sync::watch;

use super::places::{Place, stopping};
use crate::bus::{Announcement, Announcements};
use crate::clock::Timestamp;
use crate::identity::Current;
use crate::problem::Problem;
use crate::proof::Proof;
use crate::state::AppState;

/// The attention of one stream: its place, its credentials, and what is announced to it.
pub(super) struct Watch {
    state: AppState,
    proof: Proof,
    expires_at: Timestamp,
    announcements: Announcements,
    stopping: watch::Receiver<bool>,
    _place: Place,
}

/// What was heard.
#[derive(Debug)]
pub(super) enum News {
    /// The subject's permissions differ.
    Changed(Arc<Announcement>),
    /// More than could be kept: look at what is in the store now.
    Missed,
    /// The credentials are no longer good.
    Over,
    /// The server is about to stop.
    Stopping,
}

impl Watch {
    /// Takes a place and listens from now on: what is read by [`Watch::look`] afterwards, and what
    /// is heard, leave nothing out between them.
    ///
    /// # Errors
    /// When there is no place left, or the server is about to stop.
    pub(super) fn begin(state: &AppState, current: &Current) -> Result<Self, Problem> {
        let subject = &current.standing.subject;
        let watched = state.stopping();
        if *watched.borrow() {
            return Err(stopping());
        }
        let place = state.places().take(subject)?;
        Ok(Self {
            announcements: state.bus().listen(subject),
            state: state.clone(),
            proof: current.proof.clone(),
            expires_at: current.expires_at,
            stopping: watched,
            _place: place,
        })
    }

    /// What the subject may do at this moment; none when the credentials are no longer good.
    ///
    /// # Errors
    /// When the store fails.
    pub(super) async fn look(&self) -> Result<Option<Current>, Problem> {
        self.state.holder(&self.proof).await
    }

    /// Whether the credentials have expired by the clock.
    pub(super) fn has_expired(&self) -> bool {
        self.state.now() >= self.expires_at
    }

    /// What comes next. A future that is dropped has taken nothing with it.
    pub(super) async fn news(&mut self) -> News {
        loop {
            let left = self.expires_at.milliseconds_after(self.state.now());
            if left == 0 {
                return News::Over;
            }
            tokio::select! {
                biased;
                () = until(&mut self.stopping) => return News::Stopping,
                heard = self.announcements.recv() => match heard {
                    Ok(heard) => match heard.as_ref() {
                        Announcement::Changed { .. } => return News::Changed(heard),
                        Announcement::SubjectRemoved { .. } => return News::Over,
                        Announcement::SessionEnded { digest, .. } => {
                            if digest == self.proof.digest() {
                                return News::Over;
                            }
                        }
                    },
                    Err(RecvError::Lagged(_)) => return News::Missed,
                    Err(RecvError::Closed) => return News::Stopping,
                },
                // Looks at the clock again, which may have been set meanwhile.
                () = tokio::time::sleep(Duration::from_millis(left)) => {}
            }
        }
    }
}

async fn until(stopping: &mut watch::Receiver<bool>) {
    // An error means that the server is gone already.
    drop(stopping.wait_for(|stopping| *stopping).await);
}
