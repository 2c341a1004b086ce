//! The browsers of the tests and their drivers: found, or installed from the system's packages if
//! that is possible. Without them, the tests fail.

mod chromium;
pub(crate) mod debian;
mod firefox;
pub(crate) mod program;
mod webkit;

pub(crate) use chromium::{capabilities, chromium};
pub(crate) use firefox::firefox;
pub(crate) use webkit::webkit;
