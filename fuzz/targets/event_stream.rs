//! Server-sent events against a reader of whole streams.
#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| permgate_fuzz::event_stream::check(bytes));
