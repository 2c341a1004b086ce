//! The state that all streams of an application share: the bus, the clock, the places, and the
//! stop.

use std::fmt;
use std::sync::Arc;

use tokio::sync::watch;

use super::places::Places;
use crate::bus::{Announcement, Bus};
use crate::clock::{Clock, Timestamp};

/// The state that all streams of an application share. Cheap to clone.
#[derive(Clone)]
pub struct Streams(Arc<Shared>);

struct Shared {
    bus: Arc<dyn Bus>,
    clock: Arc<dyn Clock>,
    places: Places,
    stopping: watch::Sender<bool>,
}

/// How many streams may be open.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct StreamLimits {
    /// In all: event streams, sockets and long polls. Each takes about 20 kB.
    pub total: usize,
    /// For one subject: a person with some tabs in some browsers.
    pub per_subject: usize,
}

impl Default for StreamLimits {
    fn default() -> Self {
        Self { total: 10_000, per_subject: 64 }
    }
}

impl Streams {
    /// Streams that listen to this bus and use this clock.
    pub fn new(bus: Arc<dyn Bus>, clock: Arc<dyn Clock>, limits: StreamLimits) -> Self {
        let places = Places::new(limits.total, limits.per_subject);
        Self(Arc::new(Shared { bus, clock, places, stopping: watch::Sender::new(false) }))
    }

    /// The bus.
    #[must_use]
    pub fn bus(&self) -> &Arc<dyn Bus> {
        &self.0.bus
    }

    /// Announces a change to all streams of a subject. Call it after the commit, never before.
    pub fn announce(&self, announcement: Announcement) {
        self.0.bus.announce(announcement);
    }

    /// Ends all streams and opens no new ones: the server is about to stop.
    pub fn stop(&self) {
        self.0.stopping.send_replace(true);
    }

    /// Returns after [`Streams::stop`] was called.
    pub async fn stopped(&self) {
        // An error means that the sender is already gone.
        drop(self.stopping().wait_for(|stopping| *stopping).await);
    }

    /// How many streams of known subjects are open.
    #[must_use]
    pub fn open(&self) -> usize {
        self.0.places.taken()
    }

    pub(super) fn now(&self) -> Timestamp {
        self.0.clock.now()
    }

    pub(super) fn places(&self) -> &Places {
        &self.0.places
    }

    pub(super) fn stopping(&self) -> watch::Receiver<bool> {
        self.0.stopping.subscribe()
    }
}

impl fmt::Debug for Streams {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Streams").field("open", &self.open()).finish_non_exhaustive()
    }
}
