//! Circles of files: a file must not need another one that needs it, directly or through others.
//!
//! Rust files need what their paths name (`crate::`, `super::`, children, through re-exports to the
//! file that defines it); a declaration (`mod x;`) and a re-export (`pub use`) do not count.
//! Scripts need the files that they import, also for types. Calls of methods are not detected.

use std::collections::{BTreeMap, BTreeSet, VecDeque};

mod needs;
mod rust;
mod scripts;

pub(super) use needs::Files;
use needs::Needs;

/// One complaint for each group of files that need one another, with the shortest circle in it.
pub(super) fn check(files: &Files) -> Vec<String> {
    let mut needs = rust::needs(files);
    needs.extend(scripts::needs(files));
    let mut complaints = Vec::new();
    let mut reported = BTreeSet::new();
    for &start in needs.keys() {
        if reported.contains(start) {
            continue;
        }
        let Some(circle) = circle_through(&needs, start) else { continue };
        // A longer circle of the same group is reported once this one is broken.
        reported.extend(circle.iter().map(|(file, _)| *file));
        complaints.push(complaint(&circle));
    }
    complaints
}

/// The shortest circle through a file: each file with the line that names the next one.
fn circle_through<'a>(needs: &Needs<'a>, start: &'a str) -> Option<Vec<(&'a str, usize)>> {
    let mut came_from: BTreeMap<&str, (&'a str, usize)> = BTreeMap::new();
    let mut queue = VecDeque::from([start]);
    while let Some(file) = queue.pop_front() {
        for (&needed, &line) in needs.get(file).into_iter().flatten() {
            if needed == start {
                let mut circle = vec![(file, line)];
                let mut at = file;
                while let Some(&(before, line)) = came_from.get(at) {
                    circle.push((before, line));
                    at = before;
                }
                circle.reverse();
                return Some(circle);
            }
            if !came_from.contains_key(needed) {
                came_from.insert(needed, (file, line));
                queue.push_back(needed);
            }
        }
    }
    None
}

fn complaint(circle: &[(&str, usize)]) -> String {
    let way: Vec<String> = circle.iter().map(|(file, line)| format!("{file}:{line}")).collect();
    let first = circle.first().map_or("", |(file, _)| *file);
    format!(
        "{}: this circle leads back to {first}; move what both files need into a third file, which needs neither",
        way.join(" → ")
    )
}

#[cfg(test)]
mod tests;
