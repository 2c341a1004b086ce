//! Sorting with one instance of the standard library's sort: each further instance, for another
//! type, would add three kilobytes to the module.

use alloc::vec::Vec;
use core::cmp::Ordering;

/// The sorted order of `length` values, as indices.
pub(crate) fn order(length: usize, compare: &dyn Fn(usize, usize) -> Ordering) -> Vec<usize> {
    let mut order: Vec<usize> = (0..length).collect();
    order.sort_unstable_by(|a, b| compare(*a, *b));
    order
}

/// Sorts values, and drops duplicates.
#[must_use]
pub fn sorted<T: Ord>(things: Vec<T>) -> Vec<T> {
    let order = order(things.len(), &|a, b| things.get(a).cmp(&things.get(b)));
    let mut things: Vec<Option<T>> = things.into_iter().map(Some).collect();
    let mut sorted: Vec<T> = Vec::with_capacity(things.len());
    for index in order {
        let Some(thing) = things.get_mut(index).and_then(Option::take) else { continue };
        if sorted.last() != Some(&thing) {
            sorted.push(thing);
        }
    }
    sorted
}
