//! The stream by which the server pushes: which way, when to open it, when to give it up.
//!
//! A stream is never needed: it makes the page right sooner. So whatever it does, it costs little:
//! one is open at most, attempts back off with full jitter, and a way that does not work is left
//! for the next one and tried again later.

use super::backoff::{Backoff, RETRY_AFTER_MAX};
use super::effect::Transport;
use super::event::ChannelEnd;
use super::time::Millis;

/// How long a stream may take until something comes by it: the server speaks at once, so a proxy
/// holds it back.
const FIRST: Millis = Millis::from_seconds(10);
/// How long it may be silent after that: two heartbeats of the server and some.
const SILENCE: Millis = Millis::from_seconds(35);
/// How long the version may be missing on a new stream before what was missed is fetched.
const SETTLING: Millis = Millis::from_seconds(3);
/// How many attempts fail before the next way is tried.
const FAILURES_MAX: u32 = 3;
/// How long another way is good enough before the best one is tried again; doubled by each
/// failure, up to the last.
const PROBE_FIRST: Millis = Millis::from_seconds(300);
const PROBE_MAX: Millis = Millis::from_seconds(3600);
/// A stream that lived this long was a good one.
const GOOD_LIFE: Millis = Millis::from_seconds(10);
/// A poll that is answered within this time had news, or is none; then the next ones take longer.
const POLL_MIN: Millis = Millis::from_seconds(2);
/// A server asks for no longer pauses (`retry:`).
const RETRY_MAX: Millis = Millis::from_seconds(60);

/// The streams of a session, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    transports: alloc::vec::Vec<Transport>,
    backoff: Backoff,
    number: u64,
    // INVARIANT: what comes by any other stream than this one is not looked at.
    stream: Option<Stream>,
    pub(super) due: Millis,
    /// When something last came by a stream.
    alive: Option<Millis>,
    /// When the server was last reached, in whatever way, and since when attempts have failed.
    reached: Option<Millis>,
    failing: Option<Millis>,
    /// Before this moment the server wants to be left alone.
    not_before: Millis,
    /// Which way is used.
    chosen: usize,
    /// The way that worked, while a better one is tried.
    fallback: Option<usize>,
    failures: u32,
    probe: Option<Millis>,
    probe_after: Millis,
    retry: Millis,
    is_of_another: bool,
    /// There is no way by which the server pushes.
    is_hopeless: bool,
    /// Every way has failed since something last came by one.
    has_tried_all: bool,
}

/// A stream that is open, or being opened.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    pub(super) number: u64,
    pub(super) transport: Transport,
    /// The credentials with which it was opened.
    pub(super) ticket: u64,
    opened: Millis,
    is_open: bool,
    has_delivered: bool,
    /// When it is given up, unless something comes.
    silent: Millis,
    /// Until when it may be missing which version counts.
    pub(super) unsettled: Option<Millis>,
}

/// What is to be done about a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing.
    Stay,
    /// It was silent for too long, and is given up.
    Silent(Transport),
    /// It works, but a better way is to be tried.
    Leave(Transport),
}

impl Channel {
    pub(super) fn new(transports: alloc::vec::Vec<Transport>, seed: u64) -> Self {
        Self {
            transports,
            // Other numbers than those of the loads.
            backoff: Backoff::new(!seed),
            number: 0,
            stream: None,
            due: Millis(0),
            alive: None,
            reached: None,
            failing: None,
            not_before: Millis(0),
            chosen: 0,
            fallback: None,
            failures: 0,
            probe: None,
            probe_after: PROBE_FIRST,
            retry: Millis(0),
            is_of_another: false,
            is_hopeless: false,
            has_tried_all: false,
        }
    }

    pub(super) fn is_configured(&self) -> bool {
        !self.transports.is_empty()
    }

    pub(super) fn stream(&mut self) -> Option<&mut Stream> {
        self.stream.as_mut()
    }

    /// The stream of that number, if it is the one that counts.
    pub(super) fn current(&mut self, number: u64) -> Option<&mut Stream> {
        self.stream.as_mut().filter(|stream| stream.number == number)
    }

    /// Whether a stream speaks, so that nothing has to be asked.
    pub(super) fn is_live(&self, now: Millis) -> bool {
        self.stream.as_ref().is_some_and(|stream| {
            // A poll that waits has delivered nothing yet; the one before it has.
            let is_alive = self.alive.is_some_and(|alive| now < alive + SILENCE);
            is_alive && stream.unsettled.is_none() && now < stream.silent
        })
    }

    /// The next moment at which something is to be done.
    pub(super) fn next(&self, wants: bool, has_version: bool) -> Option<Millis> {
        match &self.stream {
            Some(stream) => {
                let moments = [Some(stream.silent), stream.unsettled, self.probe];
                moments.into_iter().flatten().min()
            }
            None => self.way(has_version).filter(|_| wants).map(|_| self.due),
        }
    }

    /// The way that is used. Without a version there is nothing to poll for.
    fn way(&self, has_version: bool) -> Option<Transport> {
        let usable = |way: &&Transport| **way != Transport::Poll || has_version;
        self.transports
            .get(self.chosen)
            .filter(usable)
            .or(self.transports.first())
            .filter(usable)
            .copied()
    }

    /// Opens a stream if it is time.
    pub(super) fn open(&mut self, now: Millis, ticket: u64, has_version: bool) -> Option<&Stream> {
        if self.stream.is_some() || now < self.due {
            return None;
        }
        let transport = self.way(has_version)?;
        self.number += 1;
        let patience = if transport == Transport::Poll { SILENCE } else { FIRST };
        self.stream = Some(Stream {
            number: self.number,
            transport,
            ticket,
            opened: now,
            is_open: false,
            has_delivered: false,
            silent: now + patience,
            unsettled: None,
        });
        self.stream.as_ref()
    }

    /// Closes the stream for reasons of our own; tells which one there was.
    pub(super) fn close(&mut self) -> Option<Stream> {
        self.stream.take()
    }

    /// The server accepted the stream.
    pub(super) fn opened(&mut self, number: u64, now: Millis) -> Option<Transport> {
        let stream = self.current(number).filter(|stream| !stream.is_open)?;
        stream.is_open = true;
        if stream.transport != Transport::Poll {
            stream.unsettled = Some(now + SETTLING);
        }
        Some(stream.transport)
    }

    /// Something came by it.
    pub(super) fn alive(&mut self, number: u64, now: Millis) -> bool {
        let Some(stream) = self.stream.as_mut().filter(|stream| stream.number == number) else {
            return false;
        };
        stream.silent = now + SILENCE;
        self.alive = Some(now);
        self.reached = Some(now);
        self.failing = None;
        self.has_tried_all = false;
        if !stream.has_delivered {
            stream.has_delivered = true;
            self.failures = 0;
            self.fallback = None;
            if self.chosen == 0 {
                self.probe = None;
                self.probe_after = PROBE_FIRST;
            } else if self.probe.is_none() {
                self.plan_probe(now);
            }
        }
        true
    }

    /// The server was reached in another way.
    pub(super) fn reached(&mut self, now: Millis) {
        self.reached = Some(now);
    }

    /// Whether attempts fail though the server can be reached: else it is not the way that fails.
    fn is_the_ways_fault(&mut self, now: Millis) -> bool {
        let since = *self.failing.get_or_insert(now);
        self.failures += 1;
        self.failures >= FAILURES_MAX && self.reached.is_some_and(|reached| reached > since)
    }

    /// Whether it has just turned out that no way works.
    pub(super) fn take_hopeless(&mut self) -> bool {
        core::mem::take(&mut self.is_hopeless)
    }

    /// Whether it failed before, and one more failure would count.
    pub(super) fn fails_again(&self) -> bool {
        self.failures == FAILURES_MAX - 1
    }

    /// The server asks for pauses of this length.
    pub(super) fn retry_after(&mut self, number: u64, after: Millis) {
        if self.current(number).is_some() {
            self.retry = after.min(RETRY_MAX);
        }
    }

    /// The stream is over; none when it is not the one that counts.
    pub(super) fn ended(
        &mut self,
        number: u64,
        end: &ChannelEnd,
        retry_after: Option<Millis>,
        now: Millis,
    ) -> Option<Stream> {
        let stream = self.stream.take_if(|stream| stream.number == number)?;
        if stream.has_delivered && *end == ChannelEnd::Closed && stream.transport == Transport::Poll
        {
            // Answered, and asked again; not in circles, if the server does not wait.
            if now - stream.opened >= POLL_MIN {
                self.backoff.succeeded();
                self.due = now;
            } else {
                self.due = now + self.backoff.failed(None);
            }
            return Some(stream);
        }
        if stream.has_delivered && now - stream.opened >= GOOD_LIFE {
            self.backoff.succeeded();
        }
        let asked = retry_after.unwrap_or_default().min(RETRY_AFTER_MAX).max(self.retry);
        self.not_before = now + asked;
        self.due = now + self.backoff.failed(Some(asked));
        let is_reached = matches!(end, ChannelEnd::Status(_));
        if is_reached {
            self.reached = Some(now);
        }
        let is_faulty = self.is_the_ways_fault(now);
        let is_hopeless = match end {
            ChannelEnd::Closed => !stream.has_delivered,
            ChannelEnd::NotAStream | ChannelEnd::TooLong => true,
            // No content: the server means not to push in this way; or there is no such way.
            ChannelEnd::Status(status) => {
                matches!(*status, 204 | 300..=399 | 404..=406 | 410 | 415 | 426 | 501)
            }
            ChannelEnd::Network(_) => false,
        };
        if self.fallback.is_some() || is_hopeless || is_faulty {
            self.change_way(now, is_hopeless);
        }
        Some(stream)
    }

    /// What time has brought about.
    pub(super) fn turn(&mut self, now: Millis) -> Turn {
        let Some(stream) = &self.stream else { return Turn::Stay };
        let transport = stream.transport;
        if now >= stream.silent {
            let delivered = stream.has_delivered;
            self.stream = None;
            let is_faulty = self.is_the_ways_fault(now);
            self.due = now + self.backoff.failed(None);
            // A proxy that holds everything back will do so again.
            if !delivered || self.fallback.is_some() || is_faulty {
                self.change_way(now, !delivered);
            }
            return Turn::Silent(transport);
        }
        if self.probe.is_some_and(|probe| now >= probe) && self.chosen > 0 {
            self.probe = None;
            self.stream = None;
            self.fallback = Some(self.chosen);
            self.chosen = 0;
            self.due = now;
            return Turn::Leave(transport);
        }
        Turn::Stay
    }

    /// The network may be there again, or the page.
    pub(super) fn hurry(&mut self, now: Millis) {
        if self.stream.is_none() {
            self.backoff.succeeded();
            self.due = now.max(self.not_before);
        }
    }

    /// Another user begins afresh: the stream of the one before is to be closed.
    pub(super) fn begin_afresh(&mut self) {
        self.is_of_another = self.stream.is_some();
        self.alive = None;
        self.due = self.not_before;
    }

    /// The stream turned out to be somebody else's: to be closed, and another one later.
    pub(super) fn disown(&mut self, now: Millis) {
        self.is_of_another = self.stream.is_some();
        self.due = now + self.backoff.failed(None);
    }

    /// The stream of the user before, to be closed.
    pub(super) fn take_other(&mut self) -> Option<Stream> {
        if core::mem::take(&mut self.is_of_another) { self.stream.take() } else { None }
    }

    fn change_way(&mut self, now: Millis, is_hopeless: bool) {
        self.failures = 0;
        self.failing = None;
        if let Some(working) = self.fallback.take() {
            self.chosen = working;
            self.due = now;
            self.probe_after = (self.probe_after + self.probe_after).min(PROBE_MAX);
            self.plan_probe(now);
            return;
        }
        self.chosen += 1;
        if self.chosen < self.transports.len() {
            if !self.has_tried_all {
                // The first time down the list is not for the pauses of another way.
                self.backoff.succeeded();
            }
            self.due = now;
            self.plan_probe(now);
        } else {
            // All have failed: from the beginning, after the pause; after a long one, if there is
            // nothing to be expected of the last.
            self.chosen = 0;
            self.has_tried_all = true;
            self.probe = None;
            if is_hopeless {
                self.is_hopeless = true;
                self.due = now + self.probe_after + self.backoff.up_to(self.probe_after);
                self.not_before = self.due;
                self.probe_after = (self.probe_after + self.probe_after).min(PROBE_MAX);
            }
        }
    }

    /// Spread, so that pages that changed together do not come back together.
    fn plan_probe(&mut self, now: Millis) {
        self.probe = Some(now + self.probe_after + self.backoff.up_to(self.probe_after));
    }
}
