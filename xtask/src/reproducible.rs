//! Proves that the bytes of the module depend neither on the folder of the checkout nor on the
//! place of the toolchain and of the standard library's sources.

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

/// Builds the module a second time, from a copy of the checkout and with a sysroot at another place.
pub(crate) fn check() -> Result<String> {
    let ours = dist::compile(dist::Module::Whole)?;
    let folder = paths::target().join("reproducible");
    let checkout = folder.join("a copy of the checkout");
    copy_checkout(&checkout)?;
    let sysroot = folder.join("sysroot");
    link_sysroot(&sysroot)?;
    let program = env::current_exe()
        .map_err(|error| TaskError::new(format!("cannot find this program: {error}")))?;
    // A wrapper, since a flag `--sysroot` would change the names of symbols.
    let cargo = cargo().env("RUSTC_WRAPPER", program).env(SYSROOT, &sysroot);
    let theirs =
        dist::compile_in(dist::Module::Whole, &checkout, &folder.join("target"), &sysroot, cargo)?;
    let read = |path: &Path| fs::read(path).map_err(|error| TaskError::file("read", path, &error));
    let (ours, theirs) = (read(&ours)?, read(&theirs)?);
    if ours == theirs {
        return Ok(format!("the same {} bytes from other folders", ours.len()));
    }
    Err(TaskError::new(format!(
        "the module built from other folders is not the same: {} and {} bytes",
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
        Ok(_) => Err(TaskError::already_printed()),
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
        // Files that are deleted, but not committed yet, are still listed.
        if let Ok(content) = fs::read(from) {
            paths::write(&to.join(name), content)?;
        }
    }
    Ok(())
}

/// Makes a sysroot of links to the one in use.
fn link_sysroot(to: &Path) -> Result<()> {
    paths::remove(to)?;
    let rustlib = Path::new("lib/rustlib");
    paths::create_folder(&to.join(rustlib))?;
    let real = tools::sysroot()?.join(rustlib);
    for entry in fs::read_dir(real).into_iter().flatten().flatten() {
        link(&entry.path(), &to.join(rustlib).join(entry.file_name()))?;
    }
    Ok(())
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
