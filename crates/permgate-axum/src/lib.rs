//! Permissions in an axum application: a layer that enforces them, documents for pages with
//! permgate, and push. It decides with the same core as the browser.
//!
//! An application implements [`Authority`], which identifies the sender of a request and returns
//! their permissions.
//! [`Identify`] asks it once per request; [`Require`] guards a route; [`Backend`] serves the page.
//!
#![doc = include_str!("../README.md")]

mod after_body;
mod authority;
mod backend;
mod bearer;
pub mod bus;
mod cache;
pub mod clock;
mod document;
mod identify;
#[cfg(feature = "oidc")]
pub mod oidc;
mod params;
mod permit;
pub mod problem;
mod push;
pub mod query;
mod rendered;
mod require;
mod rule;
mod shared_set;
mod template;
mod tenant;
#[cfg(any(test, feature = "test-util"))]
pub mod testing;

pub use after_body::{RequireAfterBody, RequiredAfterBody};
pub use authority::{Authentication, Authority, SessionId, Standing};
pub use backend::Backend;
pub use bearer::bearer;
pub use bus::{Announcement, Announcements, Bus, LocalBus};
pub use cache::SetCache;
pub use clock::{Clock, SettableClock, SystemClock, Timestamp};
pub use identify::{Current, Identified, Identify, Identity, PERMISSIONS_VERSION, version_header};
pub use params::{Params, ParamsError};
pub use permit::Permit;
pub use problem::{Problem, Refused};
pub use push::{Knock, StreamLimits, Streams, Wait};
pub use require::{Require, Required};
pub use rule::forbidden;
pub use shared_set::SharedSet;
pub use template::TemplateError;
pub use tenant::Tenant;
