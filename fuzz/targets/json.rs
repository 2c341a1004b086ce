//! The JSON reader against another one.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| permgate_fuzz::json::check(bytes));
