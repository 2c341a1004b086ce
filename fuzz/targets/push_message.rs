//! Messages that the server pushes.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| permgate_fuzz::push_message::check(bytes));
