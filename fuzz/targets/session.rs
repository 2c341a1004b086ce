//! The state machine, told anything in any order.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| permgate_fuzz::session::check(bytes));
