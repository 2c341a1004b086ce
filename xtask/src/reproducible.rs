//! Proves that the bytes of the module depend neither on the folder of the checkout nor on the
//! component `rust-src`, which every user of rust-analyzer has installed.

use crate::dist;
use crate::error::{Result, TaskError};
use crate::paths;
use crate::shell::{cargo, command};
use crate::tools;
use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

/// Names the sysroot for [`instead_of_rustc`].
const SYSROOT: &str = "PERMGATE_SYSROOT";

/// The file by which the compiler recognises the sources of the standard library.
const RECOGNISED: &str = "library/std/src/lib.rs";

/// Builds the module a second time, from a copy of the checkout and with the opposite of what is
/// installed: with `rust-src` if it is absent, and without it if it is present.
pub(crate) fn check() -> Result<String> {
    let ours = dist::compile()?;
    let folder = paths::target().join("reproducible");
    let checkout = folder.join("a copy of the checkout");
    copy_checkout(&checkout)?;
    let sysroot = folder.join("sysroot");
    let has_sources = opposite_sysroot(&sysroot)?;
    let program = env::current_exe()
        .map_err(|error| TaskError::new(format!("cannot find this program: {error}")))?;
    // A wrapper, since a flag `--sysroot` would be part of what the names of symbols are made from.
    let cargo = cargo().env("RUSTC_WRAPPER", program).env(SYSROOT, &sysroot);
    let theirs = dist::compile_in(&checkout, &folder.join("target"), &sysroot, cargo)?;
    let read = |path: &Path| fs::read(path).map_err(|error| TaskError::file("read", path, &error));
    let (ours, theirs) = (read(&ours)?, read(&theirs)?);
    let other = if has_sources { "with" } else { "without" };
    if ours == theirs {
        return Ok(format!("the same {} bytes {other} rust-src, from another folder", ours.len()));
    }
    Err(TaskError::new(format!(
        "the module built {other} rust-src from another folder differs: {} and {} bytes",
        ours.len(),
        theirs.len()
    ))
    .advice("compare the paths in both: `strings target/reproducible/target/*/wasm/permgate.wasm | grep '\\.rs'`; xtask/src/dist.rs remaps them"))
}

/// Stands in for the compiler, when cargo calls this program as `RUSTC_WRAPPER`: runs it with
/// another sysroot. None if this program was not called by the check above.
pub(crate) fn instead_of_rustc() -> Option<Result<()>> {
    let sysroot = env::var_os(SYSROOT)?;
    let mut arguments = env::args_os().skip(1);
    let rustc = arguments.next()?;
    let status = Command::new(&rustc).args(arguments).arg("--sysroot").arg(sysroot).status();
    Some(match status {
        Ok(status) if status.success() => Ok(()),
        // The compiler has said why.
        Ok(_) => Err(TaskError::already_told()),
        Err(error) => {
            Err(TaskError::new(format!("cannot run `{}`: {error}", rustc.to_string_lossy())))
        }
    })
}

/// Copies the files that git knows or would add.
fn copy_checkout(to: &Path) -> Result<()> {
    paths::empty_folder(to)?;
    let list = command("git").words("ls-files --cached --others --exclude-standard -z").text()?;
    for name in list.split('\0').filter(|name| !name.is_empty()) {
        let from = paths::in_root(name);
        // What is deleted and not committed yet is still listed.
        if let Ok(content) = fs::read(from) {
            paths::write(&to.join(name), content)?;
        }
    }
    Ok(())
}

/// Makes a sysroot of links to the one in use, with a stand-in for `rust-src` if that is absent, and
/// without it if it is present. Gives whether it has the sources now.
///
/// The stand-in is one empty file: the compiler only asks whether it exists, and reads sources for
/// nothing but its messages.
fn opposite_sysroot(to: &Path) -> Result<bool> {
    paths::remove(to)?;
    let rustlib = Path::new("lib/rustlib");
    paths::create_folder(&to.join(rustlib))?;
    let real = tools::sysroot()?;
    for entry in fs::read_dir(real.join(rustlib)).into_iter().flatten().flatten() {
        if entry.file_name() != "src" {
            link(&entry.path(), &to.join(rustlib).join(entry.file_name()))?;
        }
    }
    let has_sources = !real.join(tools::RUST_SRC).join(RECOGNISED).is_file();
    if has_sources {
        paths::write(&to.join(tools::RUST_SRC).join(RECOGNISED), "")?;
    }
    Ok(has_sources)
}

fn link(from: &PathBuf, to: &PathBuf) -> Result<()> {
    #[cfg(unix)]
    let linked = std::os::unix::fs::symlink(from, to);
    #[cfg(windows)]
    let linked = match from.is_dir() {
        true => std::os::windows::fs::symlink_dir(from, to),
        false => std::os::windows::fs::symlink_file(from, to),
    };
    linked.map_err(|error| TaskError::file("link", to, &error))
}
