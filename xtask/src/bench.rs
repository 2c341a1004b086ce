//! Compares permgate with its peers: runs the benchmarks and prints their report.

use crate::dist;
use crate::error::{Result, TaskError};
use crate::paths;
use crate::redis;
use crate::shell::{Shell, cargo};
use crate::test::{package_suite, with_firefox};
use serde_json::Value;
use std::path::PathBuf;

/// The part that traces the start in Chromium and Firefox.
const TRACE: &str = "trace";

/// Runs the parts named on the command line, or all of them.
pub(crate) fn run(mut arguments: lexopt::Parser) -> Result<()> {
    let mut parts = Vec::new();
    while let Some(argument) = arguments.next()? {
        match argument {
            lexopt::Arg::Value(part) => parts.push(part),
            other => return Err(other.unexpected().into()),
        }
    }
    println!("== package");
    dist::build()?;
    println!("== benchmarks");
    let report = paths::target().join("bench/report.json");
    // The report of an earlier run must not be taken for this one.
    paths::remove(&report)?;
    paths::create_folder(&paths::target().join("bench"))?;
    let suite = package_suite("bench")?
        .env("PERMGATE_BENCH_REPORT", &report)
        .env("PERMGATE_SERVER", server()?)
        .env("PERMGATE_BARE", example("permgate-axum", "bare")?)
        .env("PERMGATE_CROWD", example("permgate-server", "crowd")?)
        .env("REDIS_SERVER", redis::server()?)
        .arg("--");
    // Only the trace of the start looks at Firefox, whose driver takes minutes to build.
    let suite = if parts.is_empty() || parts.iter().any(|part| part == TRACE) {
        with_firefox(suite)?
    } else {
        suite
    };
    parts.iter().fold(suite, Shell::arg).run()?;
    let rows = rows(&paths::read(&report)?)?;
    println!("\n{}", table(&rows));
    println!(
        "written to target/bench/report.json; a ratio below 1 means that permgate is faster than the peer"
    );
    Ok(())
}

/// Builds the server as it is deployed; the tests use a build that takes less time.
fn server() -> Result<PathBuf> {
    cargo()
        .words("build --release --package permgate-server --bin permgate-server --locked")
        .advice("the compiler's message above gives the reason")
        .run()?;
    Ok(paths::target().join(format!("release/permgate-server{}", std::env::consts::EXE_SUFFIX)))
}

/// Builds a program for the benchmark only.
fn example(package: &str, name: &str) -> Result<PathBuf> {
    cargo()
        .words(&format!("build --release --package {package} --example {name} --locked"))
        .advice("the compiler's message above gives the reason")
        .run()?;
    let suffix = std::env::consts::EXE_SUFFIX;
    Ok(paths::target().join(format!("release/examples/{name}{suffix}")))
}

/// One comparison: permgate's number, the peer's, and their ratio. The latter two are absent
/// if there is no peer.
#[derive(Debug, PartialEq)]
struct Row {
    name: String,
    ours: f64,
    /// The 99th percentile of a waiting time.
    p99: Option<f64>,
    peer: Option<f64>,
    ratio: Option<f64>,
}

/// Reads the report: an array of rows, or an object that holds them as `rows`.
fn rows(report: &str) -> Result<Vec<Row>> {
    let wrong = |what: String| {
        TaskError::new(format!("target/bench/report.json: {what}"))
            .advice("pkg-tests writes this file: each row needs name, ours, peer and ratio")
    };
    let report: Value = serde_json::from_str(report).map_err(|error| wrong(error.to_string()))?;
    let rows = report
        .get("rows")
        .unwrap_or(&report)
        .as_array()
        .filter(|rows| !rows.is_empty())
        .ok_or_else(|| wrong("there are no rows".to_owned()))?;
    rows.iter()
        .map(|row| {
            let needed = |found: Option<f64>, key: &str| {
                found.ok_or_else(|| wrong(format!("`{key}` is not a number in {row}")))
            };
            let number = |key: &str| row.get(key).and_then(Value::as_f64);
            let name = row.get("name").and_then(Value::as_str);
            let (peer, ratio) = match row.get("peer") {
                Some(Value::Null) => (None, None),
                _ => {
                    (Some(needed(number("peer"), "peer")?), Some(needed(number("ratio"), "ratio")?))
                }
            };
            Ok(Row {
                name: name.ok_or_else(|| wrong(format!("{row} has no name")))?.to_owned(),
                ours: needed(number("ours"), "ours")?,
                p99: number("p99"),
                peer,
                ratio,
            })
        })
        .collect()
}

fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max(4);
    let cell =
        |number: Option<f64>| number.map(|number| format!("{number:.2}")).unwrap_or_default();
    let line = |name: &str, [ours, p99, peer, ratio]: [&str; 4]| {
        let line = format!("{name:<width$} {ours:>12} {p99:>12} {peer:>12} {ratio:>8}");
        line.trim_end().to_owned()
    };
    let mut lines = vec![line("name", ["ours", "p99", "peer", "ratio"])];
    lines.extend(rows.iter().map(|row| {
        let cells = [Some(row.ours), row.p99, row.peer, row.ratio].map(cell);
        line(&row.name, cells.each_ref().map(String::as_str))
    }));
    lines.join("\n")
}

#[cfg(test)]
mod tests;
