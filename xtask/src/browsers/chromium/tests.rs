//! Versions as browsers and drivers print them, and the capabilities that the driver gets.

use super::{Chromium, capabilities, major};
use std::path::Path;

#[test]
fn the_major_version_is_read_from_what_programs_print() {
    for (text, version) in [
        ("Chromium 150.0.7871.114 built on Debian GNU/Linux 12 (bookworm)", Some(150)),
        ("ChromeDriver 150.0.7871.114 (abc-refs/branch-heads/7871@{#1})", Some(150)),
        ("Google Chrome 99.1.2.3", Some(99)),
        ("no version here", None),
    ] {
        assert_eq!(major(text), version, "{text}");
    }
}

#[test]
fn the_capabilities_name_the_browser_and_a_profile_of_their_own() {
    let chromium = Chromium { browser: "/b/chromium".into(), driver: "/b/driver".into() };
    let text = capabilities(&chromium, Path::new("/fresh \"profile\""));
    let value: serde_json::Value = serde_json::from_str(&text).unwrap();
    assert_eq!(value["goog:chromeOptions"]["binary"], "/b/chromium");
    let arguments = value["goog:chromeOptions"]["args"].as_array().unwrap();
    assert!(arguments.contains(&"--headless".into()));
    assert!(arguments.contains(&"--user-data-dir=/fresh \"profile\"".into()));
}
