//! The DOM binder: keeps the states of elements right while the page and the decisions change.

mod asked;
mod binder;
mod nodes;

pub(crate) use binder::Binder;
pub use nodes::Nodes;
