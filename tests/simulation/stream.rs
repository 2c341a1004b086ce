//! A stream by which the server pushes.

use permgate_core::session::Transport;
use permgate_core::wire::EventStream;

/// The effect of the network on the streams of one transport.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Works,
    /// A proxy holds all bytes back.
    Buffers,
    Status(u16),
    NotAStream,
    /// The stream ends as soon as it is open.
    Cuts,
}

pub(crate) struct Stream {
    pub(crate) tab: usize,
    pub(crate) channel: u64,
    pub(crate) transport: Transport,
    pub(crate) credential: Option<usize>,
    pub(crate) tenant: usize,
    pub(crate) user: usize,
    /// The version that a poll waits to change.
    pub(crate) version: Option<u64>,
    /// Whether the server holds it open.
    pub(crate) is_served: bool,
    /// Whether the page holds it open.
    pub(crate) is_read: bool,
    /// Whether bytes no longer get through, without either side knowing.
    pub(crate) is_half_open: bool,
    /// When the last piece arrives: no piece overtakes another.
    pub(crate) last: u64,
    pub(crate) parser: EventStream,
}
