//! Tells clients of changes as they happen: by server-sent events, over a socket, or by an answer
//! that waits. All three say the same; none says what is granted, only that it is to be asked again.

mod conversation;
mod events;
mod feed;
mod message;
mod places;
mod poll;
mod socket;
mod watch;

pub(crate) use events::events;
pub(crate) use places::Places;
pub(crate) use poll::{Wait, when_it_differs};
pub(crate) use socket::socket;
