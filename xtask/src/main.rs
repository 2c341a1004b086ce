//! The project's commands: `cargo xtask <command>`, each of which does its own set-up.

mod arguments;
mod bench;
mod brought;
mod browsers;
mod ci;
mod clock;
mod count;
mod demo;
mod deny;
mod dist;
mod error;
mod fuzz;
mod matrix;
mod npm;
mod paths;
mod redis;
mod reproducible;
mod server;
mod shell;
mod size;
mod test;
mod tidy;
mod tools;

use error::{Result, TaskError};
use std::process::ExitCode;

const HELP: &str = "\
Usage: cargo xtask <command> [options]

  demo    build everything, and serve the demo on 127.0.0.1
            --port N     listen on port N (default 7420; 0 picks a free one)
            --reset      start with a fresh database
            --ttl N      keep each permission document fresh for N seconds
  test    run the whole suite, and print a summary of the steps
            --keep-going run the remaining steps after a failure
            --list       print the steps and their names
            NAME...      run only these steps
  ci      run the suite, and the checks that only continuous integration needs
  dist    build, optimise and pack the npm package into dist/permgate.tgz
  bench   compare permgate with its peers, side by side (target/bench/report.json)
            -- PART...   run only these of can, dom, start, trace, server, flood, kit, push
  matrix  test the package in applications of many stacks, and write docs/compatibility.md
            --only NAME  run only this stack; may be repeated
            --list       print the stacks
  deny    check the licences and sources of all linked crates, and that none is banned
            --advisories also look for known weaknesses, in a database on GitHub
  fuzz    run the fuzz targets on their seeds, then on random inputs
            TARGET...    run only these (default: all of fuzz/targets)
            --seconds N  run each target for N seconds (default 60)
            --jobs N     run N targets at the same time (default: one for each core)
            --replay F   run one target on the file F
  size    compare the bytes of the download with xtask/size-budgets.json (target/size.json)
            --twiggy     also list the largest items of the module
  tidy    check the rules of the repository that a program can check
  help    print this help

Needs Rust (rustup) and Node.js 20 or newer; everything else is downloaded when it is needed.";

fn main() -> ExitCode {
    let result =
        reproducible::instead_of_rustc().unwrap_or_else(|| dispatch(lexopt::Parser::from_env()));
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            if !error.is_printed() {
                eprintln!("\n{error}");
            }
            ExitCode::FAILURE
        }
    }
}

fn dispatch(mut arguments: lexopt::Parser) -> Result<()> {
    use lexopt::prelude::{Long, Short, Value};
    let command = match arguments.next()? {
        Some(Value(command)) => command.to_string_lossy().into_owned(),
        None | Some(Short('h') | Long("help")) => {
            println!("{HELP}");
            return Ok(());
        }
        Some(other) => return Err(other.unexpected().into()),
    };
    match command.as_str() {
        "demo" => demo::run(arguments),
        "test" => test::run(arguments),
        "ci" => ci::run(arguments),
        "dist" => dist::run(arguments),
        "bench" => bench::run(arguments),
        "deny" => deny::run(arguments),
        "fuzz" => fuzz::run(arguments),
        "matrix" => matrix::run(arguments),
        "size" => size::run(arguments),
        "tidy" => tidy::run(arguments),
        "help" => {
            println!("{HELP}");
            Ok(())
        }
        other => Err(TaskError::new(format!("there is no command `{other}`"))
            .advice("`cargo xtask help` lists the commands")),
    }
}
