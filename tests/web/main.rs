//! The module in a real browser: its calls of JavaScript, and its work on the page.
#![cfg(target_arch = "wasm32")]
#![expect(clippy::expect_used, reason = "a test that cannot go on has failed")]

mod binder;
#[cfg(feature = "whole")]
mod catalogue;
#[cfg(feature = "whole")]
mod claims;
mod hostile;
mod modes;
mod page;
mod places;
mod transport;

wasm_bindgen_test::wasm_bindgen_test_configure!(run_in_browser);
