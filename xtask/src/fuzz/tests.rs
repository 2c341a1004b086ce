//! The list of targets, the command line, and the lines that libFuzzer prints.

use super::log::{complaint, culprit, findings};
use super::{SECONDS, TARGETS, paths};
use std::path::Path;

const END: &str = "\
#2\tINITED cov: 630 ft: 980 corp: 8/250b exec/s: 0 rss: 27Mb
#12345\tREDUCE cov: 1226 ft: 6190 corp: 1490/153Kb lim: 1780 exec/s: 57481 rss: 30Mb L: 3/4
#12400\tDONE   cov: 1227 ft: 6191 corp: 1491/153Kb lim: 1780 exec/s: 57481 rss: 30Mb
Done 12400 runs in 21 second(s)";

fn parse(words: &[&str]) -> crate::error::Result<super::Options> {
    super::parse(lexopt::Parser::from_args(words))
}

#[test]
fn every_target_has_a_program_and_seeds() {
    let folder = |name: &str| Path::new(env!("CARGO_MANIFEST_DIR")).join("../fuzz").join(name);
    let programs: Vec<String> = paths::files_below(&folder("targets"))
        .iter()
        .map(|path| path.file_stem().unwrap().to_string_lossy().into_owned())
        .collect();
    assert_eq!(programs, TARGETS.map(|target| target.name));
    for target in TARGETS {
        assert!(!paths::files_below(&folder("seeds").join(target.name)).is_empty());
    }
}

#[test]
fn without_names_all_targets_run() {
    let options = parse(&[]).unwrap();
    assert_eq!((options.targets.len(), options.seconds), (TARGETS.len(), SECONDS));
    let options = parse(&["token", "json", "--seconds", "5", "--jobs=3"]).unwrap();
    let names: Vec<&str> = options.targets.iter().map(|target| target.name).collect();
    assert_eq!((names.as_slice(), options.seconds, options.jobs), (&["token", "json"][..], 5, 3));
}

#[test]
fn a_wrong_command_line_is_an_error() {
    for words in [
        &["tokens"][..],
        &["--seconds", "0"],
        &["--seconds", "x"],
        &["--jobs", "0"],
        &["--replay", "no/such/file"],
        &["--fast"],
    ] {
        assert!(parse(words).is_err(), "{words:?}");
    }
}

#[test]
fn the_coverage_is_read_from_the_last_line_that_has_it() {
    let text = findings(END).unwrap().to_string();
    assert_eq!(text, "12400 executions, 1227 edges, 1491 inputs kept");
}

#[test]
fn a_run_without_coverage_found_nothing() {
    assert_eq!(findings("#2\tINITED exec/s: 0 rss: 27Mb\nDone 2 runs"), None);
    assert_eq!(findings("#2\tDONE cov: 0 ft: 0 corp: 1/1b exec/s: 0 rss: 27Mb"), None);
}

#[test]
fn a_failure_names_its_input_and_its_message() {
    let crash = "#7\tNEW cov: 1 ft: 1 corp: 2/2b\n\nthread '<unnamed>' (7) panicked at src/a.rs:1:2:\n\
        granted after a sign-out\nstack backtrace:\n   0: x\nartifact_prefix='t/'; \
        Test unit written to t/crash-1\nBase64: QQ==";
    assert_eq!(culprit(crash), Some("t/crash-1"));
    assert_eq!(
        complaint(crash),
        "thread '<unnamed>' (7) panicked at src/a.rs:1:2:\ngranted after a sign-out"
    );
    let seed = "Running: s/a\nExecuted s/a in 0 ms\nRunning: s/b\n==1== ERROR: libFuzzer: timeout";
    assert_eq!(culprit(seed), Some("s/b"));
    assert_eq!(complaint(seed), "==1== ERROR: libFuzzer: timeout");
    assert_eq!(culprit("INFO: nothing"), None);
}
