//! The module in a real browser.
