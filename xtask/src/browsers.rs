//! The browsers of the tests and their drivers: found, or installed where the system's packages can
//! be. There is no going without.

mod chromium;
pub(crate) mod debian;
mod firefox;
pub(crate) mod program;
mod webkit;

pub(crate) use chromium::{capabilities, chromium};
pub(crate) use firefox::firefox;
pub(crate) use webkit::webkit;
