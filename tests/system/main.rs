//! System tests: the client's session and the real server in one process, without sockets, on
//! clocks that the tests set.
#![cfg(not(target_arch = "wasm32"))]

mod bad_answers;
mod clocks;
mod freshness;
mod identity;
mod world;
