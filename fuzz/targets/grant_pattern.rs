//! Patterns against their definition, and sets against going through all grants.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| permgate_fuzz::grant_pattern::check(bytes));
