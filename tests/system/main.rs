//! System tests: the client's session and the real server in one process, without sockets, on
//! clocks that the tests set.
#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod bad_answers;
mod clocks;
mod freshness;
mod identity;
mod world;
