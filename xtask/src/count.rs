//! Counts the tests in what test runners print, so that a suite that finds none cannot pass.

use crate::error::{Result, TaskError};

/// The number of passed tests, as text; an error if it is 0.
pub(crate) fn required(output: &str) -> Result<String> {
    match passed(output) {
        0 => Err(TaskError::new("no test was found").advice(
            "a step without tests proves nothing; write a test, or correct the filter of the step",
        )),
        1 => Ok("1 test".to_owned()),
        count => Ok(format!("{count} tests")),
    }
}

/// The sum of all `12 passed` (cargo, Playwright, Vitest), `12 passing` (Mocha) and `pass 12`
/// (node:test).
fn passed(output: &str) -> usize {
    output.lines().map(|line| in_line(&plain(line))).sum()
}

fn in_line(line: &str) -> usize {
    // Vitest counts files on a separate line.
    if line.trim_start().starts_with("Test Files") {
        return 0;
    }
    let words: Vec<&str> = line
        .split_whitespace()
        .map(|word| word.trim_matches(|mark: char| !mark.is_alphanumeric()))
        .filter(|word| !word.is_empty())
        .collect();
    // To Unicode, the mark at the beginning is a letter.
    if let ["pass", count] | ["\u{2139}", "pass", count] = words.as_slice() {
        return count.parse().unwrap_or(0);
    }
    words
        .windows(2)
        .filter_map(|pair| match pair {
            [count, "passed" | "passing"] => count.parse::<usize>().ok(),
            _ => None,
        })
        .sum()
}

/// A line without escape sequences for colours.
fn plain(line: &str) -> String {
    let mut text = String::with_capacity(line.len());
    let mut characters = line.chars();
    while let Some(character) = characters.next() {
        if character == '\u{1b}' {
            // Up to and including the letter that ends the sequence.
            characters.by_ref().find(char::is_ascii_alphabetic);
        } else {
            text.push(character);
        }
    }
    text
}

#[cfg(test)]
mod tests;
