//! Finds Chromium and its WebDriver, or installs them from the system's packages.

use super::debian;
use super::program::locate;
use crate::error::{Result, TaskError};
use crate::shell::command;
use std::path::{Path, PathBuf};

const BROWSER_NAMES: [&str; 4] =
    ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];
const DRIVER_NAMES: [&str; 2] = ["chromedriver", "chromium.chromedriver"];
const ADVICE: &str = "install Chromium and the ChromeDriver of the same version, put both on PATH \
                      or name them in the variables CHROME and CHROMEDRIVER";

/// A browser and the driver of the same version.
pub(crate) struct Chromium {
    pub(crate) browser: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Finds Chromium and chromedriver; installs them on Debian and Ubuntu.
pub(crate) fn chromium() -> Result<Chromium> {
    let mut found = find()?;
    if found.is_none() {
        install()?;
        found = find()?;
    }
    let chromium = found.ok_or_else(|| {
        TaskError::new("Chromium or chromedriver is missing after the installation").advice(ADVICE)
    })?;
    same_version(&chromium)?;
    Ok(chromium)
}

fn find() -> Result<Option<Chromium>> {
    let browser = locate("CHROME", &BROWSER_NAMES)?;
    let driver = locate("CHROMEDRIVER", &DRIVER_NAMES)?;
    Ok(browser.zip(driver).map(|(browser, driver)| Chromium { browser, driver }))
}

fn install() -> Result<()> {
    debian::install("Chromium with chromedriver", "chromium chromium-driver", "100 MB", ADVICE)
}

/// A driver refuses a browser of another major version; an error here is clearer.
fn same_version(chromium: &Chromium) -> Result<()> {
    let version = |program: &Path| -> Result<u32> {
        let text = command(program).arg("--version").advice(ADVICE).text()?;
        major(&text).ok_or_else(|| {
            TaskError::new(format!("`{}` prints no version: `{text}`", program.display()))
                .advice(ADVICE)
        })
    };
    let (browser, driver) = (version(&chromium.browser)?, version(&chromium.driver)?);
    if browser == driver {
        return Ok(());
    }
    Err(TaskError::new(format!(
        "`{}` is version {browser}, but `{}` is for version {driver}",
        chromium.browser.display(),
        chromium.driver.display()
    ))
    .advice(ADVICE))
}

/// The major version in a text such as `Chromium 150.0.1 built on Debian`.
fn major(text: &str) -> Option<u32> {
    text.split_whitespace()
        .filter(|word| word.contains('.'))
        .find_map(|word| word.split('.').next()?.parse().ok())
}

/// Capabilities for a headless browser with a separate profile, as wasm-bindgen's runner reads
/// them.
pub(crate) fn capabilities(chromium: &Chromium, profile: &Path) -> String {
    let arguments = [
        "--headless".to_owned(),
        "--no-sandbox".to_owned(),
        "--disable-gpu".to_owned(),
        "--disable-quic".to_owned(),
        "--no-first-run".to_owned(),
        "--disable-background-networking".to_owned(),
        "--disable-component-update".to_owned(),
        "--disable-sync".to_owned(),
        // Small /dev/shm in containers makes the renderer crash.
        "--disable-dev-shm-usage".to_owned(),
        format!("--user-data-dir={}", profile.display()),
    ];
    let binary = chromium.browser.to_string_lossy();
    serde_json::json!({ "goog:chromeOptions": { "binary": binary, "args": arguments } }).to_string()
}

#[cfg(test)]
mod tests;
