//! Options, claim rules, role maps and the version header.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| permgate_fuzz::options::check(bytes));
