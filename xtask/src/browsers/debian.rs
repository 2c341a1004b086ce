//! Installs packages on Debian and Ubuntu, if this user may.

use crate::error::{Result, TaskError};
use crate::paths;
use crate::shell::{Shell, command};
use std::path::Path;

/// Installs the packages that contain `what`; `size` is the approximate download. If that is
/// impossible, the error says what to do; on other systems, that is `advice`.
pub(crate) fn install(what: &str, packages: &str, size: &str, advice: &str) -> Result<()> {
    let missing = || TaskError::new(format!("{what} is needed, but was not found"));
    if !Path::new("/etc/debian_version").is_file() || paths::on_path(&["apt-get"]).is_none() {
        return Err(missing().advice(advice));
    }
    let is_root = command("id").arg("-u").text().is_ok_and(|id| id == "0");
    if !is_root && !command("sudo").words("-n true").succeeds() {
        return Err(missing().advice(format!(
            "this user may not install packages; run \
             `sudo apt-get install --no-install-recommends {packages}`",
        )));
    }
    println!("  installing {} with apt-get (about {size})", packages.replace(' ', " and "));
    apt_get(is_root, "update", advice)?;
    apt_get(is_root, &format!("install -y --no-install-recommends {packages}"), advice)
}

fn apt_get(is_root: bool, words: &str, advice: &str) -> Result<()> {
    let shell: Shell = if is_root {
        command("apt-get").words(words).env("DEBIAN_FRONTEND", "noninteractive")
    } else {
        command("sudo").words("-n env DEBIAN_FRONTEND=noninteractive apt-get").words(words)
    };
    shell.advice(advice).run()
}
