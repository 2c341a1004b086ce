//! Permission documents in every layout and dialect.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| permgate_fuzz::document::check(bytes));
