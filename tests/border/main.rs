//! Compares both sides of the border: the numbers and words of Rust with those of TypeScript, and
//! the functions that Rust calls with those that TypeScript declares.
#![cfg(not(target_arch = "wasm32"))]
#![expect(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

mod source;

use permgate::border::{Asked, Decided, StreamEnd, Told, Verdict};
use permgate_core::session::{Cause, Problem, Status};
use permgate_core::{Outcome, Reason};
use source::{enumeration, first_column, list, matched, method_names, quoted_before, read, union};
use std::collections::BTreeSet;

const BORDER: &str = "js/src/border.ts";
const TYPES: &str = "js/src/types.ts";
const DECISION: &str = "js/src/decision.ts";

fn set<'a>(words: impl IntoIterator<Item = &'a str>) -> BTreeSet<String> {
    words.into_iter().map(str::to_owned).collect()
}

fn numbers<N: Copy + Into<u32>>(table: &[(&str, N)]) -> Vec<(String, u32)> {
    table.iter().map(|(name, number)| ((*name).to_owned(), (*number).into())).collect()
}

#[test]
fn the_numbers_of_both_sides_are_the_same() {
    let border = read(BORDER);
    for (name, ours) in [
        ("Told", numbers(Told::TABLE)),
        ("Asked", numbers(Asked::TABLE)),
        ("Decided", numbers(Decided::TABLE)),
        ("Verdict", numbers(Verdict::TABLE)),
        ("StreamEnd", numbers(StreamEnd::TABLE)),
    ] {
        assert_eq!(enumeration(&border, name), ours, "{name} in {BORDER} and src/border.rs");
    }
}

#[test]
fn the_states_of_elements_are_named_in_the_order_of_their_numbers() {
    let states = list(&read("src/dom/page.js"), "STATES");
    for (outcome, decided) in [
        (Outcome::Denied, Decided::Denied),
        (Outcome::Granted, Decided::Granted),
        (Outcome::Unknown, Decided::Unknown),
    ] {
        let state = states.get(usize::from(decided.number()));
        assert_eq!(state.map(String::as_str), Some(outcome.as_str()));
    }
}

#[test]
fn the_words_of_the_core_are_those_that_typescript_declares() {
    let types = read(TYPES);
    assert_eq!(union(&types, "Status"), set(Status::WORDS.iter().copied()));
    assert_eq!(union(&types, "LoadCause"), set(Cause::WORDS.iter().copied()));
    // TypeScript itself uses this reason when there is no module.
    let mut reasons = set(Reason::CODES.iter().copied());
    reasons.insert("crashed".to_owned());
    assert_eq!(union(&read(DECISION), "Reason"), reasons);
}

#[test]
fn every_error_code_is_declared_and_every_declared_code_is_used() {
    let declared = union(&read("js/src/errors.ts"), "ErrorCode");
    let ours = set(Problem::CODES.iter().copied());
    assert!(declared.is_superset(&ours), "missing in ErrorCode: {:?}", &ours - &declared);
    // Every other code is reported by the shell, by the binder, or by TypeScript.
    let sources: String = source::below(&["src", "js/src"], &["rs", "ts", "js"])
        .iter()
        .filter(|path| !path.ends_with("errors.ts"))
        .map(|path| read(path))
        .collect();
    let errors = read("js/src/errors.ts");
    let beyond_the_union = errors.split_once("/** An error of permgate. */").map(|(_, rest)| rest);
    for code in &declared - &ours {
        let quoted = format!("\"{code}\"");
        let is_used = sources.contains(&quoted)
            || beyond_the_union.is_some_and(|text| text.contains(&quoted));
        assert!(is_used, "nothing reports {quoted}: remove it from ErrorCode");
    }
}

#[test]
fn the_built_in_modes_are_the_same_in_the_binder_in_typescript_and_in_the_directive_of_vue() {
    let binder = set(list(&read("src/dom/refusal/modes.js"), "MODES").iter().map(String::as_str));
    let reserved = list(&read("js/src/options.ts"), "MODES").into_iter().collect();
    assert_eq!(binder, reserved, "`MODES` in js/src/options.ts");
    assert_eq!(union(&read("js/src/vue.ts"), "CanMode"), binder, "`CanMode` in js/src/vue.ts");
}

#[test]
fn elements_that_a_mode_will_show_keep_their_place_in_both_stylesheets() {
    let binder: BTreeSet<String> =
        quoted_before(&read("src/dom/page.js"), "const WAITING = [", "]").into_iter().collect();
    let cloak = read("js/src/cloak.css");
    let shown: BTreeSet<String> = cloak
        .split("[data-permission-mode=\"")
        .skip(1)
        .filter_map(|rest| rest.split_once("\"]:not([data-permission-applied])"))
        .map(|(mode, _)| mode.to_owned())
        .collect();
    assert!(!binder.is_empty());
    assert_eq!(shown, binder, "js/src/cloak.css and `WAITING` in src/dom/page.js");
}

#[test]
fn the_events_that_a_stream_listens_to_are_those_that_the_server_sends() {
    let server = read("crates/permgate-axum/src/push/message.rs");
    let mut sent: BTreeSet<String> =
        quoted_before(&server, "fn kind(&self)", "\n    }\n").into_iter().collect();
    // The name of an event without a name (WHATWG HTML §9.2.6).
    sent.insert("message".to_owned());
    let subscribed: BTreeSet<String> =
        list(&read("js/src/channel.ts"), "EVENTS").into_iter().collect();
    assert_eq!(subscribed, sent, "`EVENTS` in js/src/channel.ts");
}

#[test]
fn the_presets_are_the_same_in_the_claims_in_typescript_in_the_guide_and_in_the_fuzz_target() {
    let known = matched(&read("crates/permgate-claims/src/presets.rs"), "preset");
    assert!(known.len() > 10, "{known:?}");
    assert_eq!(union(&read(TYPES), "ClaimPreset"), known, "`ClaimPreset` in {TYPES}");
    let guide = first_column(&read("docs/guide/sources.md"), "## Presets for identity providers");
    assert_eq!(guide, known, "the table of presets in docs/guide/sources.md");
    let fuzzed: BTreeSet<String> =
        list(&read("fuzz/src/token.rs"), "PRESETS").into_iter().collect();
    assert_eq!(fuzzed, known, "`PRESETS` in fuzz/src/token.rs");
}

#[test]
fn the_host_that_typescript_declares_has_the_functions_that_rust_calls() {
    let rust = source::exported_names(&read("src/host.rs"));
    let declared = method_names(&read("js/src/glue.d.ts"), "Host");
    assert_eq!(rust, declared, "src/host.rs and `Host` in js/src/glue.d.ts");
}
