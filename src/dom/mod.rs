//! The DOM binder: an index from requirement to elements, kept true while the page changes.

mod binder;
mod index;
mod nodes;

pub(crate) use binder::Binder;
