//! WebKitGTK: its small browser, its driver, and the display that the browser needs.

use super::debian;
use super::program::{locate, locate_in};
use crate::error::{Result, TaskError};
use std::path::PathBuf;

const PACKAGES: &str = "webkit2gtk-driver xvfb";
/// Debian has a folder for each kind of processor; other systems do not.
const FOLDERS: [&str; 6] = [
    "/usr/lib/*/webkit2gtk-4.1",
    "/usr/lib/*/webkitgtk-6.0",
    "/usr/lib/*/webkit2gtk-4.0",
    "/usr/lib/webkit2gtk-4.1",
    "/usr/libexec/webkit2gtk-4.1",
    "/usr/libexec/webkitgtk-6.0",
];
const ADVICE: &str = "this needs Linux: install WebKitGTK with WebKitWebDriver and MiniBrowser, and \
                      Xvfb, or name them in the variables WEBKITDRIVER, MINIBROWSER and XVFB";

/// A browser, the driver of the same version, and a virtual display.
pub(crate) struct Webkit {
    pub(crate) browser: PathBuf,
    pub(crate) driver: PathBuf,
    pub(crate) display: PathBuf,
}

/// Finds WebKitGTK and Xvfb; installs them on Debian and Ubuntu.
pub(crate) fn webkit() -> Result<Webkit> {
    let mut found = find()?;
    if found.is_none() {
        debian::install("WebKitGTK with its driver and Xvfb", PACKAGES, "80 MB", ADVICE)?;
        found = find()?;
    }
    found.ok_or_else(|| {
        TaskError::new("MiniBrowser, WebKitWebDriver or Xvfb is missing after the installation")
            .advice(ADVICE)
    })
}

fn find() -> Result<Option<Webkit>> {
    let browser = locate_in("MINIBROWSER", &FOLDERS, "MiniBrowser")?;
    let driver = locate("WEBKITDRIVER", &["WebKitWebDriver"])?;
    let display = locate("XVFB", &["Xvfb"])?;
    let both = browser.zip(driver).zip(display);
    Ok(both.map(|((browser, driver), display)| Webkit { browser, driver, display }))
}
