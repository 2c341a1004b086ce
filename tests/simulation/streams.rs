//! The streams by which the server pushes, and the effects of proxies on them.

use permgate_core::session::{ChannelEnd, Event, Millis, Transport};
use permgate_core::wire::{EventStream, StreamItem, VersionHeader};

use crate::server::{self, TENANTS};
use crate::stream::{Stream, Way};
use crate::world::World;

/// The time between two heartbeats of the server.
const HEARTBEAT: u64 = 15_000;
/// The time after which the server answers a poll without a change.
const POLL: u64 = 25_000;

/// A piece of a stream that arrives.
enum Piece {
    Opened,
    Bytes(Vec<u8>),
    Message { kind: String, data: String },
    End(ChannelEnd, Option<u64>),
}

impl World {
    pub(crate) fn open_stream(
        &mut self,
        id: usize,
        channel: u64,
        transport: Transport,
        bearer: Option<&str>,
        tenant: Option<&str>,
        version: Option<u64>,
    ) {
        self.close_stream(id);
        if let Some(wrong) = self.tabs[id].ledger.opens(self.time) {
            return self.fail(id, wrong);
        }
        let credential = match bearer {
            Some(text) => self.server.credential_of(text),
            None => self.browser.jar,
        };
        let number = self.streams.len();
        self.streams.push(Stream {
            tab: id,
            channel,
            transport,
            credential,
            tenant: TENANTS.iter().position(|one| *one == tenant).unwrap(),
            user: credential.map_or(usize::MAX, |one| self.server.credentials[one].user),
            version,
            is_served: false,
            is_read: true,
            is_half_open: false,
            last: 0,
            parser: EventStream::default(),
        });
        self.tabs[id].stream = Some(number);
        match self.trip() {
            Some(there) => self.after(there, None, move |world| world.accept_stream(number)),
            None if self.random.percent(50) => {
                let later = self.random.below(20_000);
                self.after(later, None, move |world| world.cut(number));
            }
            None => {}
        }
    }

    /// The page closes its stream.
    pub(crate) fn close_stream(&mut self, id: usize) {
        if let Some(number) = self.tabs[id].stream.take() {
            self.streams[number].is_read = false;
            self.streams[number].is_served = false;
        }
    }

    fn accept_stream(&mut self, number: usize) {
        let stream = &self.streams[number];
        let (credential, transport) = (stream.credential, stream.transport);
        if self.server.is_down(self.time) {
            return self.cut(number);
        }
        if self.random.percent(self.server.overload) {
            let after = self.random.percent(60).then(|| self.random.below(120) * 1000);
            return self.end(number, ChannelEnd::Status(503), after);
        }
        let way = self.browser.ways[transport as usize];
        match way {
            Way::Works => {}
            Way::Buffers => {
                self.streams[number].is_half_open = true;
                return;
            }
            Way::Status(status) => return self.end(number, ChannelEnd::Status(status), None),
            Way::NotAStream => return self.end(number, ChannelEnd::NotAStream, None),
            Way::Cuts => return self.end(number, ChannelEnd::Closed, None),
        }
        let Some(user) = self.server.authenticate(credential, self.time) else {
            return self.end(number, ChannelEnd::Status(401), None);
        };
        self.streams[number].user = user;
        self.streams[number].is_served = true;
        if transport == Transport::Poll {
            self.answer_poll(number);
            self.after(POLL, None, move |world| world.end_poll(number));
            return;
        }
        self.send(number, Piece::Opened);
        self.push_to(number, 0);
        if !self.is_calm && self.random.percent(5) {
            let retry = *self.random.pick(&["0", "1e3", "-1", "1000000000000", "5000"]);
            self.send_bytes(number, format!("retry: {retry}\n\n").into_bytes());
        }
        self.after(HEARTBEAT, None, move |world| world.beat(number));
    }

    fn beat(&mut self, number: usize) {
        let stream = &self.streams[number];
        if !stream.is_served {
            return;
        }
        if self.server.authenticate(stream.credential, self.time).is_none() {
            return self.refuse_stream(number);
        }
        self.message(number, "heartbeat", "{}");
        self.after(HEARTBEAT, None, move |world| world.beat(number));
    }

    /// The credentials of a stream are no longer valid.
    fn refuse_stream(&mut self, number: usize) {
        if self.streams[number].transport == Transport::Poll {
            return self.end(number, ChannelEnd::Status(401), None);
        }
        self.message(number, "session-revoked", "{}");
        self.end(number, ChannelEnd::Closed, None);
    }

    fn answer_poll(&mut self, number: usize) {
        let stream = &self.streams[number];
        if stream.is_served && stream.version != Some(self.server.truth(stream.user).0) {
            self.end_poll(number);
        }
    }

    fn end_poll(&mut self, number: usize) {
        let stream = &self.streams[number];
        if !stream.is_served {
            return;
        }
        if self.server.authenticate(stream.credential, self.time).is_none() {
            return self.end(number, ChannelEnd::Status(401), None);
        }
        let user = stream.user;
        let subject = Some(server::subject(user).into());
        let header = VersionHeader { version: self.server.truth(user).0, subject };
        self.send(number, Piece::Opened);
        self.send(number, Piece::Message { kind: "header".into(), data: header.to_string() });
        self.end(number, ChannelEnd::Closed, None);
    }

    /// A user's permissions have changed: all streams of that user get a message.
    pub(crate) fn push(&mut self, user: usize, revoked: u8) {
        for number in 0..self.streams.len() {
            let stream = &self.streams[number];
            if stream.is_served && stream.user == user {
                if stream.transport == Transport::Poll {
                    self.answer_poll(number);
                } else {
                    self.push_to(number, revoked);
                }
            }
        }
    }

    fn push_to(&mut self, number: usize, revoked: u8) {
        let user = self.streams[number].user;
        let (version, subject) = (self.server.truth(user).0, server::subject(user));
        if revoked == 0 {
            let data = format!(r#"{{"version":{version},"subject":"{subject}"}}"#);
            return self.message(number, "version", &data);
        }
        let names = server::names(revoked);
        let data =
            format!(r#"{{"version":{version},"subject":"{subject}","permissions":{names:?}}}"#);
        self.message(number, "revoked", &data);
    }

    /// Credentials end: their streams end at once.
    pub(crate) fn revoke_credential(&mut self, credential: usize) {
        self.server.revoke(credential);
        for number in 0..self.streams.len() {
            let stream = &self.streams[number];
            if stream.is_served && stream.credential == Some(credential) {
                self.refuse_stream(number);
            }
        }
    }

    /// Sends a message, as bytes, or as `EventSource` and a WebSocket deliver it.
    pub(crate) fn message(&mut self, number: usize, kind: &str, data: &str) {
        match self.streams[number].transport {
            Transport::Events if self.setting.has_token() => {
                self.send_bytes(number, format!("event: {kind}\ndata: {data}\n\n").into_bytes());
            }
            Transport::Socket => {
                let rest = data.strip_prefix('{').unwrap_or_default();
                let comma = if rest == "}" { "" } else { "," };
                let data = format!(r#"{{"type":"{kind}"{comma}{rest}"#);
                self.send(number, Piece::Message { kind: String::new(), data });
            }
            _ => self.send(number, Piece::Message { kind: kind.into(), data: data.into() }),
        }
    }

    /// Sends bytes in pieces, sometimes not all of them (F10, F32).
    fn send_bytes(&mut self, number: usize, mut bytes: Vec<u8>) {
        if !self.is_calm && self.random.percent(self.network.loss.min(3)) {
            bytes.truncate(self.random.index(bytes.len()));
            self.send(number, Piece::Bytes(bytes));
            return self.cut(number);
        }
        if self.random.percent(20) {
            let rest = bytes.split_off(self.random.index(bytes.len()));
            self.send(number, Piece::Bytes(bytes));
            bytes = rest;
        }
        self.send(number, Piece::Bytes(bytes));
    }

    fn send(&mut self, number: usize, piece: Piece) {
        let delay = 5 + self.random.below(self.network.delay);
        let stream = &mut self.streams[number];
        if stream.is_half_open {
            return;
        }
        stream.last = stream.last.max(self.time + delay);
        let (tab, wait) = (stream.tab, stream.last - self.time);
        self.after(wait, Some(tab), move |world| world.arrive(number, piece));
    }

    fn end(&mut self, number: usize, end: ChannelEnd, retry_after: Option<u64>) {
        self.streams[number].is_served = false;
        self.send(number, Piece::End(end, retry_after));
    }

    /// The connection breaks.
    pub(crate) fn cut(&mut self, number: usize) {
        self.end(number, ChannelEnd::Network("cut".into()), None);
    }

    /// Breaks all connections: they are cut, or half open without a notice (F27).
    pub(crate) fn break_streams(&mut self, half_open: u64, of: Option<usize>) {
        for number in 0..self.streams.len() {
            let stream = &self.streams[number];
            if !stream.is_read || of.is_some_and(|tab| tab != stream.tab) {
                continue;
            }
            self.streams[number].is_served = false;
            if self.random.percent(half_open) {
                self.streams[number].is_half_open = true;
            } else {
                self.cut(number);
            }
        }
    }

    fn arrive(&mut self, number: usize, piece: Piece) {
        let stream = &self.streams[number];
        let (id, channel) = (stream.tab, stream.channel);
        // A message that was on its way when the page closed the stream may still be delivered.
        if !stream.is_read && self.setting.honours_abort {
            return;
        }
        match piece {
            Piece::Opened => self.tell(id, Event::ChannelOpened { channel }, None),
            Piece::Message { kind, data } => {
                self.tell(id, Event::ChannelAlive { channel }, None);
                self.tell(id, Event::Pushed { channel, kind, data }, None);
            }
            Piece::Bytes(bytes) => {
                let mut events = vec![Event::ChannelAlive { channel }];
                let _ = self.streams[number].parser.feed(&bytes, &mut |item| {
                    events.push(match item {
                        StreamItem::Retry(after) => Event::ChannelRetry { channel, after },
                        StreamItem::Message { kind, data, .. } => {
                            Event::Pushed { channel, kind: kind.into(), data: data.into() }
                        }
                    });
                });
                for event in events {
                    self.tell(id, event, None);
                }
            }
            Piece::End(end, retry_after) => {
                self.streams[number].is_read = false;
                if self.tabs[id].stream == Some(number) {
                    self.tabs[id].stream = None;
                }
                let retry_after = retry_after.map(Millis);
                self.tell(id, Event::ChannelEnded { channel, end, retry_after }, None);
            }
        }
    }

    /// The streams that the server holds open, except for polls.
    pub(crate) fn served_streams(&self) -> Vec<usize> {
        let is_served = |number: &usize| {
            let stream = &self.streams[*number];
            stream.is_served && stream.transport != Transport::Poll
        };
        (0..self.streams.len()).filter(is_served).collect()
    }

    /// How many polls the server holds open.
    pub(crate) fn polls(&self) -> usize {
        let is_poll = |stream: &&Stream| stream.is_served && stream.transport == Transport::Poll;
        self.streams.iter().filter(is_poll).count()
    }

    /// Sends bytes on a stream as they are.
    pub(crate) fn raw(&mut self, number: usize, bytes: &[u8]) {
        self.send(number, Piece::Bytes(bytes.to_vec()));
    }

    /// The streams that pages hold open, with their tabs and users.
    pub(crate) fn open_streams(&self) -> Vec<(usize, usize, usize)> {
        let open = self
            .streams
            .iter()
            .filter(|stream| stream.is_read && self.tabs[stream.tab].is_running());
        open.map(|stream| (stream.tab, stream.user, stream.tenant)).collect()
    }
}
