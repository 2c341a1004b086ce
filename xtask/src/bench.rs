//! Side-by-side numbers against peers: runs the benchmarks and prints their report.

use crate::dist;
use crate::error::{Result, TaskError};
use crate::paths;
use crate::test::package_suite;
use serde_json::Value;

pub(crate) fn run(arguments: lexopt::Parser) -> Result<()> {
    crate::no_more(arguments)?;
    println!("== package");
    dist::build()?;
    println!("== benchmarks");
    let report = paths::target().join("bench/report.json");
    // A report of an earlier run must not pass for this one's.
    paths::remove(&report)?;
    paths::create_folder(&paths::target().join("bench"))?;
    package_suite("bench")?.env("PERMGATE_BENCH_REPORT", &report).run()?;
    let rows = rows(&paths::read(&report)?)?;
    println!("\n{}", table(&rows));
    println!("written to target/bench/report.json; below 1, ours is faster than the peer");
    Ok(())
}

/// One comparison: our number, the peer's, and ours divided by the peer's.
#[derive(Debug, PartialEq)]
struct Row {
    name: String,
    ours: f64,
    peer: f64,
    ratio: f64,
}

/// Reads the report: an array of rows, or an object that holds them as `rows`.
fn rows(report: &str) -> Result<Vec<Row>> {
    let wrong = |what: String| {
        TaskError::new(format!("target/bench/report.json: {what}"))
            .advice("pkg-tests writes it: rows of name, ours, peer and ratio")
    };
    let report: Value = serde_json::from_str(report).map_err(|error| wrong(error.to_string()))?;
    let rows = report
        .get("rows")
        .unwrap_or(&report)
        .as_array()
        .filter(|rows| !rows.is_empty())
        .ok_or_else(|| wrong("there are no rows".to_owned()))?;
    let number = |row: &Value, key: &str| {
        row.get(key)
            .and_then(Value::as_f64)
            .ok_or_else(|| wrong(format!("`{key}` is no number in {row}")))
    };
    rows.iter()
        .map(|row| {
            let name = row.get("name").and_then(Value::as_str);
            Ok(Row {
                name: name.ok_or_else(|| wrong(format!("{row} has no name")))?.to_owned(),
                ours: number(row, "ours")?,
                peer: number(row, "peer")?,
                ratio: number(row, "ratio")?,
            })
        })
        .collect()
}

fn table(rows: &[Row]) -> String {
    let width = rows.iter().map(|row| row.name.chars().count()).max().unwrap_or(0).max(4);
    let mut lines =
        vec![format!("{:<width$} {:>12} {:>12} {:>8}", "name", "ours", "peer", "ratio")];
    lines.extend(rows.iter().map(|row| {
        format!("{:<width$} {:>12.2} {:>12.2} {:>8.2}", row.name, row.ours, row.peer, row.ratio)
    }));
    lines.join("\n")
}

#[cfg(test)]
mod tests;
