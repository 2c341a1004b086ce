//! Runs the whole suite, step by step, and prints a summary at the end.

use crate::clock::{Elapsed, Stopwatch};
use crate::error::{Result, TaskError};

mod steps;

pub(crate) use steps::{Step, counted, package_suite, step, suite, with_firefox};

/// The number of random questions of the differential test.
const QUESTIONS: u32 = 1_000_000;

/// The number of seeds of the simulation.
const SEEDS: u32 = 20_000;

struct Options {
    keep_going: bool,
    list: bool,
    names: Vec<String>,
}

/// The result of a step; `Passed` has its finding.
enum Outcome {
    Passed(String),
    Failed,
    NotRun,
}

/// A step's name, how it ended, and how long it took if it ran.
struct Ending {
    name: &'static str,
    outcome: Outcome,
    elapsed: Option<Elapsed>,
}

pub(crate) fn run(arguments: lexopt::Parser) -> Result<()> {
    let options = parse(arguments)?;
    let mut steps = suite(QUESTIONS, SEEDS);
    if options.list {
        for step in &steps {
            println!("{:<12} {}", step.name, step.title);
        }
        return Ok(());
    }
    if let Some(unknown) =
        options.names.iter().find(|name| !steps.iter().any(|step| step.name == **name))
    {
        return Err(TaskError::new(format!("there is no step `{unknown}`"))
            .advice("`cargo xtask test --list` lists the steps"));
    }
    if !options.names.is_empty() {
        steps.retain(|step| options.names.iter().any(|name| name == step.name));
    }
    run_steps(&steps, options.keep_going)
}

fn parse(mut arguments: lexopt::Parser) -> Result<Options> {
    use lexopt::prelude::{Long, Value};
    let mut options = Options { keep_going: false, list: false, names: Vec::new() };
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("keep-going") => options.keep_going = true,
            Long("list") => options.list = true,
            Value(name) => options.names.push(name.to_string_lossy().into_owned()),
            other => return Err(other.unexpected().into()),
        }
    }
    Ok(options)
}

/// Runs the steps up to the first failure, or all with `--keep-going`, and prints the summary.
pub(crate) fn run_steps(steps: &[Step], keep_going: bool) -> Result<()> {
    let whole = Stopwatch::start();
    let mut endings: Vec<Ending> = Vec::with_capacity(steps.len());
    let mut stopped = false;
    for (index, step) in steps.iter().enumerate() {
        if stopped {
            endings.push(Ending { name: step.name, outcome: Outcome::NotRun, elapsed: None });
            continue;
        }
        println!("\n=== [{}/{}] {}: {}", index + 1, steps.len(), step.name, step.title);
        let stopwatch = Stopwatch::start();
        let outcome = match (step.run)() {
            Ok(found) => Outcome::Passed(found),
            Err(error) => {
                eprintln!("\n{error}");
                stopped = !keep_going;
                Outcome::Failed
            }
        };
        endings.push(Ending { name: step.name, outcome, elapsed: Some(stopwatch.elapsed()) });
    }
    let (summary, success) = summary(&endings, whole.elapsed());
    println!("\n{summary}");
    if success { Ok(()) } else { Err(TaskError::already_printed()) }
}

/// The table of the steps, with `N passed, N failed` as its last line; and whether all passed.
fn summary(endings: &[Ending], whole: Elapsed) -> (String, bool) {
    let mut lines = vec!["Summary".to_owned()];
    let mut failed = Vec::new();
    let mut passed = 0_u32;
    for Ending { name, outcome, elapsed } in endings {
        let (word, found) = match outcome {
            Outcome::Passed(found) => {
                passed += 1;
                ("ok", found.as_str())
            }
            Outcome::Failed => {
                failed.push(*name);
                ("FAILED", "")
            }
            Outcome::NotRun => ("not run", ""),
        };
        let elapsed = elapsed.map(|elapsed| elapsed.to_string()).unwrap_or_default();
        lines.push(format!("  {word:<8} {name:<12} {elapsed:>12}  {found}").trim_end().to_owned());
    }
    lines.push(format!("  {:<8} {:<12} {whole:>12}", "", "together"));
    if !failed.is_empty() {
        lines.push(format!("  to repeat: cargo xtask test {}", failed.join(" ")));
    }
    lines.push(format!("{passed} passed, {} failed", failed.len()));
    (lines.join("\n"), failed.is_empty())
}

#[cfg(test)]
mod tests;
