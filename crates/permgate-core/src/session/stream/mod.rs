//! The stream by which the server pushes: when to open it, when to give it up.
//!
//! A stream is never necessary: it only makes the page right sooner. So it must be cheap: one is
//! open at most, and attempts back off with full jitter.

mod ways;

use super::counters::{StreamNumber, Ticket};
use super::event::ChannelEnd;
use super::loader::{Backoff, RETRY_AFTER_MAX};
use super::transport::Transport;
use crate::time::{Millis, Moment};
use ways::{Left, Ways};

/// How long a stream may take until bytes arrive: the server sends at once, so a proxy holds them
/// back.
const FIRST: Millis = Millis::from_seconds(10);
/// How long it may be silent after that: two heartbeats of the server and some time.
const SILENCE: Millis = Millis::from_seconds(35);
/// How long a new stream may take to send the version before a load fetches changes that were
/// missed.
const SETTLING: Millis = Millis::from_seconds(3);
/// A stream that lived this long worked.
const GOOD_LIFE: Millis = Millis::from_seconds(10);
/// A poll that is answered sooner had news, or ignores the wait; then the next ones take longer.
const POLL_MIN: Millis = Millis::from_seconds(2);
/// The longest pause that is accepted from a server (`retry:`).
const RETRY_MAX: Millis = Millis::from_seconds(60);

/// The streams of a session, one after the other.
#[derive(Clone, Debug)]
pub(super) struct Channel {
    ways: Ways,
    backoff: Backoff,
    number: StreamNumber,
    // INVARIANT: messages of any other stream are ignored.
    stream: Option<Stream>,
    due: Moment,
    /// When a stream last delivered anything.
    alive: Option<Moment>,
    /// Before this moment no stream is opened, because the server asked for a pause.
    not_before: Moment,
    /// The pause that the server asked for (`retry:`).
    retry: Millis,
    /// Whether the open stream is about another user, and must be closed.
    is_of_another: bool,
    /// Whether a stream was refused for its credentials, and the source has not judged them yet:
    /// another stream would be refused, too.
    awaits_judge: bool,
}

/// A stream that is open, or is being opened.
#[derive(Clone, Debug)]
pub(super) struct Stream {
    number: StreamNumber,
    transport: Transport,
    /// The credentials with which it was opened.
    ticket: Ticket,
    opened: Moment,
    is_open: bool,
    has_delivered: bool,
    /// When it is given up, unless bytes arrive.
    silent: Moment,
    /// Until when the server may take to send the version.
    unsettled: Option<Moment>,
}

impl Stream {
    pub(super) fn number(&self) -> u64 {
        self.number.0
    }

    pub(super) fn transport(&self) -> Transport {
        self.transport
    }

    pub(super) fn ticket(&self) -> Ticket {
        self.ticket
    }
}

/// What to do about a stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Turn {
    /// Nothing.
    Stay,
    /// It was silent for too long, and is given up.
    Silent(Transport),
    /// It works, but a better transport is tried.
    Leave(Transport),
}

impl Channel {
    pub(super) fn new(transports: alloc::vec::Vec<Transport>, seed: u64) -> Self {
        Self {
            ways: Ways::new(transports),
            // Other random numbers than those of the loads.
            backoff: Backoff::new(!seed),
            number: StreamNumber::default(),
            stream: None,
            due: Moment::default(),
            alive: None,
            not_before: Moment::default(),
            retry: Millis(0),
            is_of_another: false,
            awaits_judge: false,
        }
    }

    pub(super) fn is_configured(&self) -> bool {
        !self.ways.is_empty()
    }

    /// A stream was refused for its credentials: none is opened before the source has judged them.
    pub(super) fn await_judge(&mut self) {
        self.awaits_judge = true;
    }

    /// The source has judged the credentials, or could not.
    pub(super) fn judged(&mut self) {
        self.awaits_judge = false;
    }

    pub(super) fn awaits_judge(&self) -> bool {
        self.awaits_judge
    }

    /// The server sent the version.
    pub(super) fn settle(&mut self) {
        if let Some(stream) = &mut self.stream {
            stream.unsettled = None;
        }
    }

    /// Whether the server has not sent the version in time.
    pub(super) fn take_unsettled(&mut self, now: Moment) -> bool {
        let stream = self.stream.as_mut();
        stream.is_some_and(|stream| stream.unsettled.take_if(|end| *end <= now).is_some())
    }

    /// The credentials with which the stream of this number was opened, if it is the current one.
    pub(super) fn ticket_of(&mut self, number: u64) -> Option<Ticket> {
        self.current(number).map(|stream| stream.ticket)
    }

    /// The stream of this number, if it is the current one.
    fn current(&mut self, number: u64) -> Option<&mut Stream> {
        self.stream.as_mut().filter(|stream| stream.number.0 == number)
    }

    /// Whether a stream delivers, so that no load is necessary.
    pub(super) fn is_live(&self, now: Moment) -> bool {
        self.stream.as_ref().is_some_and(|stream| {
            // A poll that waits has delivered nothing yet; the one before it has.
            let is_alive = self.alive.is_some_and(|alive| now < alive + SILENCE);
            is_alive && stream.unsettled.is_none() && now < stream.silent
        })
    }

    /// The next moment at which it needs attention.
    pub(super) fn next(&self, wants: bool, has_version: bool) -> Option<Moment> {
        match &self.stream {
            Some(stream) => {
                let moments = [Some(stream.silent), stream.unsettled, self.ways.probe()];
                moments.into_iter().flatten().min()
            }
            None => self.ways.current(has_version).filter(|_| wants).map(|_| self.due),
        }
    }

    /// Opens a stream if it is time.
    pub(super) fn open(
        &mut self,
        now: Moment,
        ticket: Ticket,
        has_version: bool,
    ) -> Option<&Stream> {
        if self.stream.is_some() || now < self.due {
            return None;
        }
        let transport = self.ways.current(has_version)?;
        let patience = if transport == Transport::Poll { SILENCE } else { FIRST };
        self.stream = Some(Stream {
            number: self.number.advance(),
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

    /// Closes the stream for reasons of our own; returns the stream that was open.
    pub(super) fn close(&mut self) -> Option<Stream> {
        self.stream.take()
    }

    /// The server accepted the stream.
    pub(super) fn opened(&mut self, number: u64, now: Moment) -> Option<Transport> {
        let stream = self.current(number).filter(|stream| !stream.is_open)?;
        stream.is_open = true;
        if stream.transport != Transport::Poll {
            stream.unsettled = Some(now + SETTLING);
        }
        Some(stream.transport)
    }

    /// Something came by it.
    pub(super) fn alive(&mut self, number: u64, now: Moment) -> bool {
        let Some(stream) = self.current(number) else { return false };
        stream.silent = now + SILENCE;
        let is_first = !core::mem::replace(&mut stream.has_delivered, true);
        self.alive = Some(now);
        self.ways.deliver(now, is_first, &mut self.backoff);
        true
    }

    /// The server was reached in another way.
    pub(super) fn reached(&mut self, now: Moment) {
        self.ways.reach(now);
    }

    /// Whether it is to be reported that no way works: once.
    pub(super) fn take_hopeless(&mut self) -> bool {
        self.ways.take_hopeless()
    }

    /// Whether it failed before, and one more failure would count.
    pub(super) fn fails_again(&self) -> bool {
        self.ways.fails_again()
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
        now: Moment,
    ) -> Option<Stream> {
        let stream = self.stream.take_if(|stream| stream.number.0 == number)?;
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
        let pause = retry_after.unwrap_or_default().min(RETRY_AFTER_MAX).max(self.retry);
        self.not_before = now + pause;
        self.due = now + self.backoff.failed(Some(pause));
        if matches!(end, ChannelEnd::Status(_)) {
            self.ways.reach(now);
        }
        let is_hopeless = match end {
            ChannelEnd::Closed => !stream.has_delivered,
            ChannelEnd::NotAStream | ChannelEnd::TooLong => true,
            // No content: the server means not to push in this way; or there is no such way.
            ChannelEnd::Status(status) => {
                matches!(*status, 204 | 300..=399 | 404..=406 | 410 | 415 | 426 | 501)
            }
            ChannelEnd::Network(_) => false,
        };
        if self.ways.fail(now, is_hopeless) {
            self.change_way(now, is_hopeless);
        }
        Some(stream)
    }

    /// What time has brought about.
    pub(super) fn turn(&mut self, now: Moment) -> Turn {
        let Some(stream) = &self.stream else { return Turn::Stay };
        let transport = stream.transport;
        if now >= stream.silent {
            let delivered = stream.has_delivered;
            self.stream = None;
            self.due = now + self.backoff.failed(None);
            // A proxy that holds everything back will do so again.
            if self.ways.fail(now, !delivered) {
                self.change_way(now, !delivered);
            }
            return Turn::Silent(transport);
        }
        if self.ways.tries_best(now) {
            self.stream = None;
            self.due = now;
            return Turn::Leave(transport);
        }
        Turn::Stay
    }

    /// The network may be there again, or the page.
    pub(super) fn hurry(&mut self, now: Moment) {
        if self.stream.is_none() {
            self.backoff.succeeded();
            self.due = now.max(self.not_before);
        }
    }

    /// Another user begins afresh: the stream of the one before is to be closed.
    pub(super) fn begin_afresh(&mut self) {
        self.is_of_another = self.stream.is_some();
        self.alive = None;
        self.awaits_judge = false;
        self.due = self.not_before;
    }

    /// The stream turned out to be somebody else's: to be closed, and another one later.
    pub(super) fn disown(&mut self, now: Moment) {
        self.is_of_another = self.stream.is_some();
        self.due = now + self.backoff.failed(None);
    }

    /// The stream of the user before, to be closed.
    pub(super) fn take_other(&mut self) -> Option<Stream> {
        if core::mem::take(&mut self.is_of_another) { self.stream.take() } else { None }
    }

    fn change_way(&mut self, now: Moment, is_hopeless: bool) {
        match self.ways.leave(now, is_hopeless, &mut self.backoff) {
            Left::Next { is_first_time } => {
                if is_first_time {
                    self.backoff.succeeded();
                }
                self.due = now;
            }
            Left::Around => {}
            Left::Hopeless(pause) => {
                self.due = now + pause;
                self.not_before = self.due;
            }
        }
    }
}
