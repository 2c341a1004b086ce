//! The npm side: Node.js, installing what a lock file says, the packed tarball, and scripts.

use crate::error::{Result, TaskError};
use crate::paths;
use crate::shell::{Shell, command};
use std::fs;
use std::path::{Path, PathBuf};

const NODE_ADVICE: &str = "install Node.js 20 or newer with npm (https://nodejs.org)";
const OLDEST_NODE: u32 = 20;

/// The tarball that `dist` leaves behind.
pub(crate) fn tarball() -> PathBuf {
    paths::in_root("dist/permgate.tgz")
}

/// Makes sure that Node.js is new enough and npm is there; returns the version of Node.js.
pub(crate) fn require_node() -> Result<String> {
    let version = node().arg("--version").text()?;
    match major(&version) {
        Some(found) if found >= OLDEST_NODE => {}
        _ => {
            return Err(TaskError::new(format!("Node.js {version} is too old")).advice(NODE_ADVICE));
        }
    }
    npm().arg("--version").text()?;
    Ok(version)
}

/// `node`, in the repository's root.
pub(crate) fn node() -> Shell {
    command("node").advice(NODE_ADVICE)
}

/// `npm`, in the repository's root, saying nothing but errors of its own.
pub(crate) fn npm() -> Shell {
    command(if cfg!(windows) { "npm.cmd" } else { "npm" })
        .env("NPM_CONFIG_LOGLEVEL", "error")
        .env("NPM_CONFIG_UPDATE_NOTIFIER", "false")
        .env("NPM_CONFIG_FUND", "false")
        .env("NPM_CONFIG_AUDIT", "false")
        .advice(NODE_ADVICE)
}

/// Installs exactly the packages in the lock file of a folder, unless they are installed already.
pub(crate) fn install(folder: &str) -> Result<()> {
    let node = require_node()?;
    let path = paths::in_root(folder);
    for file in ["package.json", "package-lock.json"] {
        if !path.join(file).is_file() {
            return Err(TaskError::new(format!("`{folder}/{file}` is missing"))
                .advice(format!("run `npm install` in {folder}/ and commit both files")));
        }
    }
    // The stamp is a copy of all that decides what is installed, so it is exact.
    let wanted = format!(
        "{node}\n{}\n{}\n{}",
        fs::read_to_string(path.join(".npmrc")).unwrap_or_default(),
        paths::read(&path.join("package.json"))?,
        paths::read(&path.join("package-lock.json"))?,
    );
    let stamp = path.join("node_modules/.permgate-installed");
    if fs::read_to_string(&stamp).is_ok_and(|found| found == wanted) {
        println!("  {folder}/node_modules is up to date");
        return Ok(());
    }
    paths::remove(&stamp)?;
    npm()
        .folder(&path)
        .words("ci")
        .advice("check the network, and run `npm install` if package-lock.json does not match package.json")
        .run()?;
    paths::write(&stamp, wanted)
}

/// Installs a folder's packages and, into the same place, the packed tarball.
pub(crate) fn install_with_tarball(folder: &str) -> Result<()> {
    install(folder)?;
    let tarball = tarball();
    let packed = fs::read(&tarball).map_err(|error| {
        TaskError::file("read", &tarball, &error).advice("run `cargo xtask dist`, which packs it")
    })?;
    let path = paths::in_root(folder);
    let modules = path.join("node_modules");
    let stamp = modules.join(".permgate-tarball");
    if fs::read(&stamp).is_ok_and(|found| found == packed)
        && modules.join("permgate/package.json").is_file()
    {
        println!("  {folder}/node_modules/permgate is this tarball already");
        return Ok(());
    }
    paths::remove(&stamp)?;
    npm()
        .folder(&path)
        .words("install --no-save --prefer-offline")
        .arg(Path::new("..").join("dist").join("permgate.tgz"))
        .advice("remove the node_modules folder and try again")
        .run()?;
    same_module(&modules.join("permgate"))?;
    paths::write(&stamp, packed)
}

/// Makes sure that npm has installed the package that was just built.
fn same_module(installed: &Path) -> Result<()> {
    let installed = installed.join("dist/permgate.wasm");
    let built = paths::in_root("js/dist/permgate.wasm");
    let read = |path: &Path| fs::read(path).map_err(|error| TaskError::file("read", path, &error));
    if read(&installed)? == read(&built)? {
        return Ok(());
    }
    Err(TaskError::new(format!("`{}` is not the module that was built", installed.display()))
        .advice("remove the node_modules folder and try again; if js/dist was built by hand, run `cargo xtask dist`"))
}

/// Whether the package.json of a folder has a script of this name.
pub(crate) fn has_script(folder: &str, script: &str) -> Result<bool> {
    let path = paths::in_root(folder).join("package.json");
    let package: serde_json::Value = serde_json::from_str(&paths::read(&path)?)
        .map_err(|error| TaskError::new(format!("`{}`: {error}", path.display())))?;
    Ok(package.pointer("/scripts").is_some_and(|scripts| scripts.get(script).is_some()))
}

/// A script of a folder's package.json; a missing script is an error.
pub(crate) fn script(folder: &str, script: &str) -> Result<Shell> {
    if !has_script(folder, script)? {
        return Err(TaskError::new(format!("`{folder}/package.json` has no script `{script}`"))
            .advice(format!("add it under \"scripts\" in {folder}/package.json")));
    }
    Ok(npm().folder(paths::in_root(folder)).arg("run").arg(script).advice(format!(
        "the output above gives the reason; `npm run {script}` in {folder}/ repeats the step"
    )))
}

fn major(version: &str) -> Option<u32> {
    version.trim_start_matches('v').split('.').next()?.parse().ok()
}
