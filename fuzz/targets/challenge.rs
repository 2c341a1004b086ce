//! What `WWW-Authenticate` asks for.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| permgate_fuzz::challenge::check(bytes));
