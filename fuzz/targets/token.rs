//! Tokens, and the claims in them, by all presets and any rules.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| permgate_fuzz::token::check(bytes));
