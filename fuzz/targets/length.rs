//! Texts as long as they may be: everything ends at once.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| permgate_fuzz::length::check(bytes));
