//! The Rust side of the set-up: toolchain components, targets, and the pinned wasm-bindgen.

use crate::error::{Result, TaskError};
use crate::paths;
use crate::shell::{cargo, command};
use std::path::PathBuf;

/// The target of the module that browsers load.
pub(crate) const WASM: &str = "wasm32-unknown-unknown";
/// The target without std and without host imports, which proves that the core does no IO.
pub(crate) const WASM_BARE: &str = "wasm32v1-none";

/// Makes sure that the standard library of a target is installed.
pub(crate) fn target(name: &str) -> Result<()> {
    let sysroot = command("rustc").words("--print sysroot").text()?;
    if PathBuf::from(sysroot).join("lib/rustlib").join(name).join("lib").is_dir() {
        return Ok(());
    }
    rustup(&["target", "add", name])
}

/// Makes sure that `cargo fmt` and `cargo clippy` are there.
pub(crate) fn components() -> Result<()> {
    for (subcommand, component) in [("fmt", "rustfmt"), ("clippy", "clippy")] {
        if !cargo().arg(subcommand).arg("--version").succeeds() {
            rustup(&["component", "add", component])?;
        }
    }
    Ok(())
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
            TaskError::new("Cargo.lock holds no `wasm-bindgen`")
                .advice("the root crate has to depend on `wasm-bindgen = \"=X.Y.Z\"`")
        })?;
    let folder = paths::tool_cache().join(format!("wasm-bindgen-cli-{version}"));
    let program =
        |name: &str| folder.join("bin").join(format!("{name}{}", std::env::consts::EXE_SUFFIX));
    let tools = WasmBindgen {
        bindgen: program("wasm-bindgen"),
        test_runner: program("wasm-bindgen-test-runner"),
    };
    let works = |path: &PathBuf| {
        command(path).arg("--version").text().is_ok_and(|text| text.ends_with(&version))
    };
    if works(&tools.bindgen) && tools.test_runner.is_file() {
        return Ok(tools);
    }
    println!("  building wasm-bindgen {version} for this user (about three minutes, once)");
    // Without --locked: the tool's own lock file names a version that is not to be had.
    cargo()
        .without_env("CARGO_TARGET_DIR")
        .without_env("CARGO_BUILD_TARGET")
        .words("install wasm-bindgen-cli --force --version")
        .arg(format!("={version}"))
        .arg("--root")
        .arg(&folder)
        .advice("building the tool needs crates.io and a C linker (`apt-get install gcc`)")
        .run()?;
    if works(&tools.bindgen) {
        Ok(tools)
    } else {
        Err(TaskError::new(format!("wasm-bindgen {version} was built but does not run"))
            .advice(format!("remove `{}` and try again", folder.display())))
    }
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
