//! The Rust side of the set-up: toolchain components, targets, and pinned tools.

use crate::error::{Result, TaskError};
use crate::paths;
use crate::shell::{cargo, command};
use std::path::{Path, PathBuf};

/// The target of the module that browsers load.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
/// The target without std and without host imports, which proves that the core does no IO.
pub(crate) const WASM_BARE: &str = "wasm32v1-none";

/// The folder of the standard library's sources in a sysroot, if the component `rust-src` is
/// installed.
pub(crate) const RUST_SRC: &str = "lib/rustlib/src/rust";

/// The folder of the toolchain in use.
pub(crate) fn sysroot() -> Result<PathBuf> {
    Ok(PathBuf::from(command("rustc").words("--print sysroot").text()?))
}

/// The commit that the compiler was built from.
pub(crate) fn rustc_commit() -> Result<String> {
    let version = command("rustc").words("--version --verbose").text()?;
    let commit = version.lines().find_map(|line| line.strip_prefix("commit-hash: "));
    commit.map(str::to_owned).ok_or_else(|| {
        TaskError::new("`rustc --version --verbose` prints no commit")
            .advice("install Rust by rustup (https://rustup.rs)")
    })
}

/// Makes sure that the standard library of a target is installed.
pub(crate) fn target(name: &str) -> Result<()> {
    if sysroot()?.join("lib/rustlib").join(name).join("lib").is_dir() {
        return Ok(());
    }
    rustup(&["target", "add", name])
}

/// Makes sure that `cargo fmt` and `cargo clippy` are installed.
pub(crate) fn components() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !cargo().arg(subcommand).arg("--version").succeeds() {
            rustup(&["component", "add", component])?;
        }
    }
    Ok(())
}

/// Makes sure that the sources of the standard library are installed.
pub(crate) fn std_sources() -> Result<()> {
    if sysroot()?.join(RUST_SRC).join("library/std/src/lib.rs").is_file() {
        return Ok(());
    }
    rustup(&["component", "add", "rust-src"])
}

fn rustup(arguments: &[&str]) -> Result<()> {
    let line = arguments.join(" ");
    command("rustup")
        .words(&line)
        .advice(format!(
            "install Rust by rustup (https://rustup.rs) and check the network, \
             then run `rustup {line}` in this folder"
        ))
        .run()
}

/// The programs of wasm-bindgen, in the version that the module is linked against.
pub(crate) struct WasmBindgen {
    pub(crate) bindgen: PathBuf,
    pub(crate) test_runner: PathBuf,
}

/// Finds wasm-bindgen in the user's cache, or builds it there (about three minutes, once).
pub(crate) fn wasm_bindgen() -> Result<WasmBindgen> {
    let version = locked_version(&paths::read(&paths::in_root("Cargo.lock"))?, "wasm-bindgen")
        .ok_or_else(|| {
            TaskError::new("Cargo.lock does not contain `wasm-bindgen`")
                .advice("make the root crate depend on `wasm-bindgen = \"=X.Y.Z\"`")
        })?;
    let tool = Tool {
        package: "wasm-bindgen-cli",
        version: &version,
        minutes: "three",
        // The tool's lock file names a version that is no longer available.
        is_locked: false,
        is_optimised: true,
    };
    let tools = WasmBindgen {
        bindgen: tool.program("wasm-bindgen"),
        test_runner: tool.program("wasm-bindgen-test-runner"),
    };
    if tools.test_runner.is_file() && tool.works(&tools.bindgen) {
        return Ok(tools);
    }
    tool.build(&tools.bindgen)?;
    Ok(tools)
}

/// The driver of Firefox; Debian has no package of it.
const GECKODRIVER: Tool = Tool {
    package: "geckodriver",
    version: "0.37.1",
    minutes: "four",
    is_locked: true,
    is_optimised: true,
};

/// Finds geckodriver in the user's cache, or builds it there (about four minutes, once).
pub(crate) fn geckodriver() -> Result<PathBuf> {
    let program = GECKODRIVER.program("geckodriver");
    if !GECKODRIVER.works(&program) {
        GECKODRIVER.build(&program)?;
    }
    Ok(program)
}

/// Checks licences, banned crates and sources. Without optimisation: it takes 100 seconds to build
/// instead of 325, and one second to run.
const CARGO_DENY: Tool = Tool {
    package: "cargo-deny",
    version: "0.20.2",
    minutes: "two",
    is_locked: true,
    is_optimised: false,
};

/// Finds cargo-deny in the user's cache, or builds it there (about two minutes, once).
pub(crate) fn cargo_deny() -> Result<PathBuf> {
    let program = CARGO_DENY.program("cargo-deny");
    if !CARGO_DENY.works(&program) {
        CARGO_DENY.build(&program)?;
    }
    Ok(program)
}

/// A package of crates.io that is built once per user and version.
struct Tool<'a> {
    package: &'a str,
    version: &'a str,
    /// The duration of the build, in words.
    minutes: &'a str,
    /// Whether it is built with the versions in its own lock file.
    is_locked: bool,
    /// Whether the build is optimised; if not, it takes less time.
    is_optimised: bool,
}

impl Tool<'_> {
    fn folder(&self) -> PathBuf {
        paths::tool_cache().join(format!("{}-{}", self.package, self.version))
    }

    fn program(&self, name: &str) -> PathBuf {
        self.folder().join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX))
    }

    /// Whether a program of the package runs and prints this version.
    fn works(&self, program: &Path) -> bool {
        command(program).arg("--version").text().is_ok_and(|text| says(&text, self.version))
    }

    fn build(&self, program: &Path) -> Result<()> {
        let Self { package, version, minutes, is_locked, is_optimised } = self;
        println!("  building {package} {version} for this user (about {minutes} minutes, once)");
        cargo()
            .without_env("CARGO_TARGET_DIR")
            .without_env("CARGO_BUILD_TARGET")
            .arg("install")
            .arg(package)
            .words(if *is_locked { "--locked" } else { "" })
            .words(if *is_optimised { "" } else { "--debug" })
            .words("--force --version")
            .arg(format!("={version}"))
            .arg("--root")
            .arg(self.folder())
            .advice("building the tool needs crates.io and a C linker (`apt-get install gcc`)")
            .run()?;
        if self.works(program) {
            return Ok(());
        }
        Err(TaskError::new(format!("{package} {version} was built but does not run"))
            .advice(format!("remove `{}` and try again", self.folder().display())))
    }
}

/// Whether the first line that a program printed ends in this version, or in it and a note in
/// brackets.
fn says(text: &str, version: &str) -> bool {
    let first = text.lines().next().unwrap_or_default();
    let text = first.split_once(" (").map_or(first, |(before, _)| before);
    text.split_whitespace().last() == Some(version)
}

/// The version of a package in the text of a Cargo.lock.
fn locked_version(lock: &str, package: &str) -> Option<String> {
    let name = format!("name = \"{package}\"");
    let mut lines = lock.lines().skip_while(|line| *line != name);
    let version = lines.nth(1)?.strip_prefix("version = \"")?.strip_suffix('"')?;
    Some(version.to_owned())
}

#[cfg(test)]
mod tests;
