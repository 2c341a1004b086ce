//! The DOM binder: elements by their requirements, kept true while the page and the decisions change.

mod asked;
mod binder;
mod nodes;

pub(crate) use binder::Binder;
