//! Firefox from the system's packages, and geckodriver, which is built if it is missing.

use super::debian;
use super::program::locate;
use crate::error::{Result, TaskError};
use crate::tools;
use std::path::PathBuf;

const NAMES: [&str; 2] = ["firefox-esr", "firefox"];
const ADVICE: &str = "install Firefox and put it on PATH, or name it in the variable FIREFOX";

/// A browser and its driver.
pub(crate) struct Firefox {
    pub(crate) browser: PathBuf,
    pub(crate) driver: PathBuf,
}

/// Finds Firefox and geckodriver; installs Firefox on Debian and Ubuntu, and builds geckodriver.
pub(crate) fn firefox() -> Result<Firefox> {
    let mut browser = locate("FIREFOX", &NAMES)?;
    if browser.is_none() {
        debian::install("Firefox", "firefox-esr", "75 MB", ADVICE)?;
        browser = locate("FIREFOX", &NAMES)?;
    }
    let browser = browser.ok_or_else(|| {
        TaskError::new("Firefox is missing after the installation").advice(ADVICE)
    })?;
    // One driver works with all versions of the browser.
    let driver = match locate("GECKODRIVER", &["geckodriver"])? {
        Some(driver) => driver,
        None => tools::geckodriver()?,
    };
    Ok(Firefox { browser, driver })
}
