//! The texts of requirements, and decisions on them.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| permgate_fuzz::requirement::check(bytes));
