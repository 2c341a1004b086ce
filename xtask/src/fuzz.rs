//! Fuzzing: builds the targets of `fuzz/` with the pinned toolchain, and runs them.

use crate::clock::Stopwatch;
use crate::error::{Result, TaskError};
use crate::paths;
use crate::shell::{Shell, cargo, command};
use crate::tools;
use log::Findings;
use std::fs::{self, File};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::{Mutex, PoisonError};

mod log;

/// A program of `fuzz/targets`, and the longest input in bytes that is worth its time.
struct Target {
    name: &'static str,
    length: u32,
}

const TARGETS: [Target; 12] = [
    Target { name: "challenge", length: 2048 },
    Target { name: "document", length: 4096 },
    Target { name: "event_stream", length: 1024 },
    Target { name: "grant_pattern", length: 250 },
    Target { name: "json", length: 2048 },
    // This target makes long texts of short ones itself.
    Target { name: "length", length: 200 },
    Target { name: "options", length: 4096 },
    Target { name: "packed_set", length: 1024 },
    Target { name: "push_message", length: 2048 },
    // A little above the limit of the core.
    Target { name: "requirement", length: 4200 },
    Target { name: "session", length: 256 },
    Target { name: "token", length: 4096 },
];

/// The flags of cargo-fuzz without a sanitizer: counters on every edge, and comparisons are
/// reported to libFuzzer.
const FLAGS: &str = "--cfg fuzzing -Cpasses=sancov-module \
    -Cllvm-args=-sanitizer-coverage-level=4 \
    -Cllvm-args=-sanitizer-coverage-inline-8bit-counters \
    -Cllvm-args=-sanitizer-coverage-pc-table \
    -Cllvm-args=-sanitizer-coverage-trace-compares";

/// No input may take longer (in seconds) or more memory (in MiB).
const LIMITS: [&str; 2] = ["-timeout=5", "-rss_limit_mb=2048"];

const SECONDS: u32 = 60;
/// Enough to find simple faults, without a noticeable wait.
const SECONDS_IN_CI: u32 = 10;

struct Options {
    targets: Vec<&'static Target>,
    seconds: u32,
    jobs: usize,
    replay: Option<PathBuf>,
}

pub(crate) fn run(arguments: lexopt::Parser) -> Result<()> {
    let options = parse(arguments)?;
    let programs = build()?;
    match (&options.replay, options.targets.as_slice()) {
        (Some(file), [target]) => command(programs.join(target.name))
            .words(&LIMITS.join(" "))
            .arg(file)
            .env("RUST_BACKTRACE", "1")
            .advice("the message above names the assertion that fails for this input")
            .run(),
        (Some(_), _) => Err(TaskError::new("`--replay` needs the one target that the file is for")
            .advice("name it first: `cargo xtask fuzz token --replay FILE`")),
        (None, _) => fuzz(&programs, &options).map(|found| println!("{found}")),
    }
}

/// All targets for some seconds each.
pub(crate) fn briefly() -> Result<String> {
    let targets = TARGETS.iter().collect();
    let options = Options { targets, seconds: SECONDS_IN_CI, jobs: cores(), replay: None };
    fuzz(&build()?, &options)
}

/// Format and clippy: the crate is no member of the workspace.
pub(crate) fn lints() -> Result<String> {
    tools::components()?;
    cargo()
        .words("fmt --manifest-path fuzz/Cargo.toml --check")
        .advice("run `cargo fmt --manifest-path fuzz/Cargo.toml`")
        .run()?;
    compiler()?;
    instrumented("clippy", &host()?)
        .words("--lib --bins -- -D warnings")
        .advice("fix the findings of clippy, or add #[expect(.., reason = \"..\")]")
        .run()?;
    Ok(String::new())
}

fn parse(mut arguments: lexopt::Parser) -> Result<Options> {
    use lexopt::prelude::{Long, Value, ValueExt as _};
    let (mut targets, mut seconds, mut jobs, mut replay) = (Vec::new(), SECONDS, cores(), None);
    while let Some(argument) = arguments.next()? {
        match argument {
            Long("seconds") => seconds = arguments.value()?.parse()?,
            Long("jobs") => jobs = arguments.value()?.parse()?,
            Long("replay") => {
                let file = PathBuf::from(arguments.value()?);
                // The target runs in the repository's root, from whichever folder it is called.
                let path = fs::canonicalize(&file);
                replay = Some(path.map_err(|error| TaskError::file("read", &file, &error))?);
            }
            Value(name) => {
                let found = TARGETS.iter().find(|target| name == target.name);
                targets.push(found.ok_or_else(|| {
                    let names: Vec<&str> = TARGETS.iter().map(|target| target.name).collect();
                    TaskError::new(format!("there is no target `{}`", name.to_string_lossy()))
                        .advice(format!("the targets are {}", names.join(", ")))
                })?);
            }
            other => return Err(other.unexpected().into()),
        }
    }
    if seconds == 0 || jobs == 0 {
        return Err(TaskError::new("`--seconds` and `--jobs` must be at least 1"));
    }
    if targets.is_empty() {
        targets = TARGETS.iter().collect();
    }
    Ok(Options { targets, seconds, jobs, replay })
}

fn cores() -> usize {
    std::thread::available_parallelism().map_or(1, usize::from)
}

fn folder(name: &str) -> PathBuf {
    paths::target().join("fuzz").join(name)
}

fn host() -> Result<String> {
    command("rustc").words("--print host-tuple").text()
}

/// Builds all targets; returns the folder of the programs.
fn build() -> Result<PathBuf> {
    compiler()?;
    let host = host()?;
    instrumented("build", &host)
        .advice(
            "if the targets no longer compile, correct them in fuzz/; if the lock file is outdated, \
             run `cargo update --workspace --manifest-path fuzz/Cargo.toml`",
        )
        .run()?;
    Ok(folder("build").join(host).join("release"))
}

/// Only with a target named do flags leave build scripts alone.
fn instrumented(subcommand: &str, host: &str) -> Shell {
    cargo()
        .arg(subcommand)
        .words("--release --locked --manifest-path fuzz/Cargo.toml --target")
        .arg(host)
        .env("CARGO_TARGET_DIR", folder("build"))
        .env("RUSTFLAGS", FLAGS)
        .without_env("CARGO_ENCODED_RUSTFLAGS")
}

/// libFuzzer is built from its source, which is C++.
fn compiler() -> Result<()> {
    let name = std::env::var_os("CXX").filter(|name| !name.is_empty());
    // On Windows, the compiler is found by its installer's marks, not on the search path.
    if cfg!(windows) || command(name.unwrap_or_else(|| "c++".into())).arg("--version").succeeds() {
        return Ok(());
    }
    Err(TaskError::new("fuzzing needs a C++ compiler, and none was found").advice(
        "install one (`apt-get install g++`, `dnf install gcc-c++`, `xcode-select --install`), or \
         name it in the variable CXX",
    ))
}

/// Runs targets side by side; reports the failures that were found.
fn fuzz(programs: &Path, options: &Options) -> Result<String> {
    let waiting = Mutex::new(options.targets.iter());
    let endings = Mutex::new(Vec::new());
    let next = || waiting.lock().unwrap_or_else(PoisonError::into_inner).next();
    std::thread::scope(|scope| {
        for _ in 0..options.jobs.min(options.targets.len()) {
            scope.spawn(|| {
                while let Some(target) = next() {
                    let ending = one(programs, target, options.seconds);
                    endings.lock().unwrap_or_else(PoisonError::into_inner).push(ending);
                }
            });
        }
    });
    let endings = endings.into_inner().unwrap_or_else(PoisonError::into_inner);
    let (mut executions, mut failed) = (0, Vec::new());
    for ending in endings {
        match ending {
            Ok(findings) => executions += findings.executions,
            Err(error) => failed.push(error),
        }
    }
    match failed.len() {
        0 => Ok(format!("{} targets, {executions} executions", options.targets.len())),
        count => {
            failed.iter().for_each(|error| eprintln!("\n{error}"));
            Err(TaskError::new(format!("{count} of {} targets failed", options.targets.len()))
                .advice("the messages above say how to repeat each failure"))
        }
    }
}

/// Replays the seeds of a target, then lets it look for more.
fn one(programs: &Path, target: &Target, seconds: u32) -> Result<Findings> {
    let name = target.name;
    let corpus = folder("corpus").join(name);
    let artifacts = folder("artifacts").join(name);
    let seeds = paths::in_root("fuzz/seeds").join(name);
    paths::create_folder(&corpus)?;
    paths::create_folder(&artifacts)?;
    let command = || {
        let mut command = Command::new(programs.join(name));
        command.current_dir(paths::root()).args(LIMITS);
        command.arg(format!("-artifact_prefix={}/", artifacts.display()));
        command
    };
    let files = paths::files_below(&seeds);
    if files.is_empty() {
        return Err(TaskError::new(format!("there are no seeds for the target `{name}`"))
            .advice(format!("put some short inputs into fuzz/seeds/{name}")));
    }
    println!("  {name}: {} seeds, then {seconds} s (target/fuzz/logs/{name}.log)", files.len());
    logged(target, &format!("{name}-seeds"), command().args(files))?;
    let stopwatch = Stopwatch::start();
    let log = logged(
        target,
        name,
        command()
            .arg(format!("-max_total_time={seconds}"))
            .arg(format!("-max_len={}", target.length))
            .arg("-print_final_stats=1")
            .arg(format!("-dict={}", paths::in_root("fuzz/words.dict").display()))
            .args([corpus, seeds]),
    )?;
    let findings = log::findings(&log).ok_or_else(|| {
        TaskError::new(format!("the target `{name}` reports no coverage, so it searched at random"))
            .advice(format!("see target/fuzz/logs/{name}.log, and compare the flags in xtask/src/fuzz.rs with those of cargo-fuzz"))
    })?;
    println!("  {name}: {findings} ({})", stopwatch.elapsed());
    Ok(findings)
}

/// Runs a command with everything it says going to a log, which is returned.
fn logged(target: &Target, log: &str, command: &mut Command) -> Result<String> {
    let name = target.name;
    let path = folder("logs").join(format!("{log}.log"));
    paths::write(&path, "")?;
    let open = || File::options().append(true).open(&path);
    let files = open().and_then(|file| Ok((file, open()?)));
    let (output, errors) = files.map_err(|error| TaskError::file("write", &path, &error))?;
    let status = command
        .stdin(Stdio::null())
        .stdout(output)
        .stderr(errors)
        .status()
        .map_err(|error| TaskError::new(format!("cannot run the target `{name}`: {error}")))?;
    let bytes = fs::read(&path).map_err(|error| TaskError::file("read", &path, &error))?;
    let text = String::from_utf8_lossy(&bytes).into_owned();
    if status.success() {
        return Ok(text);
    }
    let root = format!("{}{}", paths::root().display(), std::path::MAIN_SEPARATOR);
    let complaint = log::complaint(&text);
    Err(match log::culprit(&text).map(|input| input.replace(&root, "")) {
        Some(input) => TaskError::new(format!(
            "the target `{name}` fails on `{input}`\n{complaint}"
        ))
        .advice(format!(
            "`cargo xtask fuzz {name} --replay {input}` repeats the failure; correct the code, and \
                     add the input to fuzz/seeds/{name} under a name that describes it"
        )),
        None => TaskError::new(format!("the target `{name}` failed ({status})\n{complaint}"))
            .advice(format!("`{}` holds its whole output", path.display())),
    })
}

#[cfg(test)]
mod tests;
