//! A stream by which the server pushes.

use permgate_core::session::Transport;
use permgate_core::wire::EventStream;

/// What becomes of streams of one kind on their way.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Way {
    Works,
    /// A proxy holds everything back.
    Buffers,
    Status(u16),
    NotAStream,
    /// It ends as soon as it is open.
    Cuts,
}

pub(crate) struct Stream {
    pub(crate) tab: usize,
    pub(crate) channel: u64,
    pub(crate) transport: Transport,
    pub(crate) credential: Option<usize>,
    pub(crate) tenant: usize,
    pub(crate) user: usize,
    /// The version that a poll waits to see changed.
    pub(crate) seen: Option<u64>,
    /// The server holds it open.
    pub(crate) is_served: bool,
    /// The page holds it open.
    pub(crate) is_read: bool,
    /// Nothing gets through any more, and nobody is told.
    pub(crate) is_half_open: bool,
    /// When the last piece arrives: none overtakes another.
    pub(crate) last: u64,
    pub(crate) parser: EventStream,
}
