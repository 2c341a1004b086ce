//! The messages of one stream, one after the other, for any transport.

use std::time::Duration;

use tokio::time::{Instant, Interval, MissedTickBehavior, interval_at};

use super::message::Message;
use super::streams::Streams;
use super::watch::{News, Watch};
use crate::bus::Announcement;
use crate::identify::Current;
use crate::problem::Problem;

/// How often a stream sends a heartbeat: below the 30 s after which the first proxies drop a silent
/// connection.
pub(super) const HEARTBEAT: Duration = Duration::from_secs(15);

/// The messages of one stream. The first message has the current version.
pub(super) struct Feed {
    watch: Watch,
    // The version that was sent last.
    last_version: Option<u64>,
    // Whether the store must be read before another message is sent.
    must_look: bool,
    ended: Option<End>,
    heartbeat: Interval,
}

/// Why a stream has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// The credentials are no longer valid; the client was told in the last message.
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
        // After a pause in which nothing could be written, one heartbeat is enough.
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        let watch = Watch::begin(streams, current)?;
        Ok(Self { watch, last_version: None, must_look: true, ended: None, heartbeat })
    }

    /// The next message. Dropping the future loses no message.
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
                // The next call checks the clock first, which may have been set: no timer would
                // notice that.
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

    /// Whether a version has not been sent yet; marks it as sent.
    fn is_new(&mut self, version: u64) -> bool {
        let is_new = self.last_version.is_none_or(|last| last < version);
        if is_new {
            self.last_version = Some(version);
        }
        is_new
    }

    fn over(&mut self) -> Message {
        self.ended = Some(End::Over);
        Message::SessionRevoked
    }
}
