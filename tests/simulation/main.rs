//! A deterministic simulation of several tabs' sessions, a network, a server, users and clocks, all
//! with faults and driven by one seed, and an oracle that knows which permissions a tab may grant.
//!
//! After each step, a tab's answers to questions, their negations and roles are compared with those
//! that the [`oracle`] vouches for. The [`ledger`] compares the number of requests with limits. Then the
//! faults stop ([`calm`]), and every tab must soon give the right answers, with few requests.
//!
//! | fault | caused by (`operations.rs`, `servers.rs`) | scenario (`scenarios/`) |
//! | --- | --- | --- |
//! | F1–F4 | `sign_in` (several at once, answers in any order, aborts not honoured), `switch_tenant`, `another_token`, `another_page_signs_in` | `credentials.rs` |
//! | F5 | `sign_out`, `dispose`, with pending requests and timers | `streams.rs` |
//! | F6, F11 | `change_server` (documents of other users, unjustified 304), `reload` by another user | |
//! | F7–F9 | `administer`, `change_server` (nodes that lag), `hurry` | |
//! | F10 | every message as bytes, cut off anywhere | `streams.rs` |
//! | F12–F15 | `many_calls`, `call`, `end_credentials`, `renew`, dialogs that end in every way | `credentials.rs` |
//! | F16, F17, F19 | `many_calls`, `call` | `credentials.rs` |
//! | F20 | `sleep`, with clocks that sleep or do not | `time.rs` |
//! | F21 | `set_wall_clock` | `time.rs` |
//! | F22 | `freeze`, with or without an event, with timers that continue with their remaining time | `time.rs` |
//! | F24 | `hide_or_show` (timers once a second, once a minute) | `time.rs` |
//! | F26, F28 | `change_ways` | `streams.rs` |
//! | F27 | `break_streams`, `sleep`, `restart` (half open) | `streams.rs` |
//! | F29 | `restart`, `break_streams`, `speak_badly` | `streams.rs` |
//! | F30 | `restart`, `change_server` (`Retry-After`) | `crowd.rs`, ten thousand pages |
//! | F31 | all kinds of `retry:` on new streams | `streams.rs` |
//! | F33 | `hint` | `tabs.rs` |
//! | F34 | `calm.rs` counts the streams of each subject | `tabs.rs`, seven tabs |
//! | F35 | `open_or_close`, `reload`, `freeze` | `tabs.rs` |
//! | F36 | `forge` | `tabs.rs` |
//! | F64 | `sign_in`, `renew`, `another_token`, with tokens that name their user or do not (`setting.rs`) | `credentials.rs` |
//! | F65 | `restart_counters`, `change_server` (nodes that lag) | |
//! | F66 | `call`, `many_calls` of an API that redirects (`setting.rs`), `calm.rs` | |
//! | F67 | devices with a wrong clock, tokens with dates, with and without an endpoint (`setting.rs`), `set_wall_clock` | `time.rs` |
//!
//! Not covered: policies, and claims beside an endpoint (F25), which `permgate-core` tests; bytes of
//! streams other than whole and truncated messages (F32), which are fuzzed; the module and the
//! page. `guards.md` names the tests that fail when a guard is taken out of the session.
#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod browser;
mod call;
mod calls;
mod calm;
mod early;
mod effects;
mod judging;
mod ledger;
mod locks;
mod memo;
mod operations;
mod oracle;
mod questions;
mod run;
mod scenarios;
mod server;
mod servers;
mod setting;
mod stream;
mod streams;
mod tab;
mod vouchers;
mod world;
