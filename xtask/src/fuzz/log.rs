//! Reads what libFuzzer prints.

use std::fmt;

/// How many lines of a failure are worth to be shown at once.
const LINES_SHOWN: usize = 6;

/// The result of a run.
#[derive(Debug, PartialEq)]
pub(super) struct Findings {
    pub(super) executions: u64,
    /// Edges of the program that were reached.
    coverage: u64,
    /// Inputs that reach something that no other one reaches.
    corpus: u64,
}

impl fmt::Display for Findings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { executions, coverage, corpus } = self;
        write!(formatter, "{executions} executions, {coverage} edges, {corpus} inputs kept")
    }
}

/// The numbers at the end of a run; none without coverage, with which nothing was searched for.
pub(super) fn findings(log: &str) -> Option<Findings> {
    let last = log.lines().rfind(|line| line.contains(" cov: "))?;
    let number = |label: &str| {
        let text = last.split_once(label)?.1.trim_start();
        let digits = text.split(|character: char| !character.is_ascii_digit()).next()?;
        digits.parse::<u64>().ok()
    };
    let executions = number("#")?;
    let coverage = number(" cov: ").filter(|edges| *edges > 0)?;
    Some(Findings { executions, coverage, corpus: number(" corp: ")? })
}

/// The input on which a run failed: the file that it wrote, or the one that it was reading.
pub(super) fn culprit(log: &str) -> Option<&str> {
    let written = log.lines().find_map(|line| Some(line.split_once("Test unit written to ")?.1));
    written
        .or_else(|| log.lines().rev().find_map(|line| line.strip_prefix("Running: ")))
        .map(str::trim)
}

/// The message of a failure, without the stack.
pub(super) fn complaint(log: &str) -> String {
    let is_start =
        |line: &&str| line.contains(" panicked at ") || line.contains("ERROR: libFuzzer");
    let lines: Vec<&str> = log
        .lines()
        .skip_while(|line| !is_start(line))
        .take_while(|line| !line.starts_with("stack backtrace"))
        .take(LINES_SHOWN)
        .collect();
    lines.join("\n")
}
