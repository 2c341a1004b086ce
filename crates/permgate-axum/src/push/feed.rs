//! The messages of one stream, one after the other, whichever way they travel.

use std::time::Duration;

use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::message::Message;
use super::streams::Streams;
use super::watch::{News, Watch};
use crate::bus::Announcement;
use crate::identify::Current;
use crate::problem::Problem;

/// How often a stream gives a sign of life: below the 30 s after which the first proxies drop a
/// connection that says nothing.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);

/// The messages of one stream. The first one has the present version.
pub(super) struct Feed {
    watch: Watch,
    // The version that was sent last.
    told: Option<u64>,
    // Whether the store has to be looked at before anything else is said.
    must_look: bool,
    ended: Option<End>,
    heartbeat: Interval,
}

/// Why a stream has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The credentials are no longer valid; that was the last message.
    Over,
    /// The server is about to stop.
    Stopping,
    /// The server failed.
    Failed,
}

impl Feed {
    /// Begins a stream.
    ///
    /// # Errors
    /// As [`Watch::begin`].
    pub(super) fn begin(streams: &Streams, current: &Current) -> Result<Self, Problem> {
        let mut heartbeat = interval_at(Instant::now() + HEARTBEAT, HEARTBEAT);
        // A client that could not be written to needs one sign of life, not all that it missed.
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let watch = Watch::begin(streams, current)?;
        Ok(Self { watch, told: None, must_look: true, ended: None, heartbeat })
    }

    /// The next message. A future that is dropped has taken nothing with it.
    ///
    /// # Errors
    /// When the stream has ended.
    pub(super) async fn next(&mut self) -> Result<Message, End> {
        loop {
            if let Some(end) = self.ended {
                return Err(end);
            }
            if self.must_look {
                if let Some(message) = self.look().await? {
                    return Ok(message);
                }
                continue;
            }
            let news = tokio::select! {
                biased;
                news = self.watch.news() => news,
                // Whoever waits for the next message looks at the clock first, which may have been
                // set meanwhile: no timer would notice that.
                _ = self.heartbeat.tick() => return Ok(Message::Heartbeat),
            };
            match news {
                News::Changed(change) => {
                    if let Some(message) = self.changed(&change) {
                        return Ok(message);
                    }
                }
                News::Missed => self.must_look = true,
                News::Over => return Ok(self.over()),
                News::Stopping => self.ended = Some(End::Stopping),
            }
        }
    }

    async fn look(&mut self) -> Result<Option<Message>, End> {
        let Ok(found) = self.watch.look().await else {
            self.ended = Some(End::Failed);
            return Err(End::Failed);
        };
        self.must_look = false;
        let Some(current) = found else { return Ok(Some(self.over())) };
        let version = current.standing.version;
        let subject = || current.standing.subject.clone();
        Ok(self.is_new(version).then(|| Message::Version { version, subject: subject() }))
    }

    fn changed(&mut self, change: &Announcement) -> Option<Message> {
        let Announcement::Changed { subject, version, revoked } = change else { return None };
        self.is_new(*version).then(|| Message::changed(*version, subject, revoked))
    }

    /// Whether a version has not been sent yet; it counts as sent afterwards.
    fn is_new(&mut self, version: u64) -> bool {
        let is_new = self.told.is_none_or(|told| told < version);
        if is_new {
            self.told = Some(version);
        }
        is_new
    }

    fn over(&mut self) -> Message {
        self.ended = Some(End::Over);
        Message::SessionRevoked
    }
}
