//! Catalogues and packed sets.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| permgate_fuzz::packed_set::check(bytes));
