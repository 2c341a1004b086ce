//! Sorted grants, and a search among them segment by segment, by name or by `*`.

use alloc::boxed::Box;
use alloc::string::String;
use alloc::vec::Vec;
use core::ops::Range;

use crate::grant::Grant;
use crate::language::{Dialect, Language};
use crate::order::sorted;
use crate::parts::SHIRO;
use crate::pattern::{Pattern, segments, shiro};
use crate::resource;
use crate::text;

/// Grants of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub(crate) struct Grants {
    // INVARIANT: sorted by pattern, then by resource, without duplicates.
    sorted: Vec<Grant>,
    /// In the dialect `shiro`: the keys of the grants, sorted. In other dialects this is empty, and
    /// a grant's key is its pattern.
    keys: Vec<(Box<str>, usize)>,
}

/// The places in which grants are searched.
#[derive(Clone, Copy)]
pub(crate) enum Place<'a> {
    /// Only grants for every resource.
    Everywhere,
    /// Also grants whose resource pattern covers this path (or every path of this pattern).
    At(&'a str),
    /// All grants.
    Anywhere,
}

/// The relation between a question and a grant.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Relation {
    /// The grant covers all permissions of the question.
    Includes,
    /// The grant covers some permissions of the question.
    Overlaps,
}

impl Grants {
    pub(crate) fn new(grants: Vec<Grant>) -> Self {
        let sorted_grants = sorted(grants);
        let mut keys = Vec::new();
        for (index, grant) in sorted_grants.iter().enumerate() {
            let language = grant.pattern.language();
            if SHIRO && language.dialect == Dialect::Shiro {
                let separator = language.separator.character();
                for text in shiro::keys(grant.pattern.as_str(), separator) {
                    keys.push((text.into_boxed_str(), index));
                }
            }
        }
        Self { sorted: sorted_grants, keys: sorted(keys) }
    }

    pub(crate) fn iter(&self) -> core::slice::Iter<'_, Grant> {
        self.sorted.iter()
    }

    /// The first grant that matches the question, applies, and satisfies `accepts`.
    pub(crate) fn find<'a>(
        &'a self,
        question: &Pattern,
        relation: Relation,
        place: Place<'_>,
        accepts: &dyn Fn(&Grant) -> bool,
    ) -> Option<&'a Grant> {
        if self.sorted.is_empty() {
            return None;
        }
        if question.is_exact() && self.keys.is_empty() && self.is_exact() {
            // The usual case: a grant has exactly the name in the question.
            let start = self.sorted.partition_point(|grant| grant.pattern < *question);
            let rest = self.sorted.get(start..)?;
            let length = rest.partition_point(|grant| grant.pattern == *question);
            let run = start..start + length;
            return if run.is_empty() { None } else { self.in_place(run, place, accepts) };
        }
        let everything = 0..self.length();
        let mut result = None;
        let mut look = |run: Range<usize>| {
            result = self.look_through(run, question, relation, place, accepts);
            result.is_some()
        };
        let Language { dialect, separator } = question.language();
        let separator = separator.character();
        let lists = SHIRO && dialect == Dialect::Shiro;
        let parts: Vec<&str> = match dialect {
            Dialect::Shiro if SHIRO => shiro::parts(question.as_str(), separator).collect(),
            Dialect::Segments => text::parts(question.as_str(), separator).collect(),
            Dialect::Shiro | Dialect::Exact => Vec::from([question.as_str()]),
        };
        let mut walk = Walk {
            grants: self,
            key: &|index| self.key(index),
            parts: &parts,
            separator,
            lists,
            open: relation == Relation::Overlaps,
            found: &mut look,
        };
        walk.step(everything, &mut String::new(), 0);
        result
    }

    /// Whether no grant here has a `*`. Grants with `*` are in a list of their own, so the first
    /// grant tells.
    fn is_exact(&self) -> bool {
        self.sorted.first().is_some_and(|grant| grant.pattern.is_exact())
    }

    /// Visits the grants whose keys may match the question.
    fn look_through<'a>(
        &'a self,
        mut run: Range<usize>,
        question: &Pattern,
        relation: Relation,
        place: Place<'_>,
        accepts: &dyn Fn(&Grant) -> bool,
    ) -> Option<&'a Grant> {
        while let Some(first) = self.at(run.start).filter(|_| !run.is_empty()) {
            // All grants of one pattern are adjacent: one comparison decides for all of them.
            let key = self.key(run.start);
            let end = partition(&run, &|index| {
                let same = self.at(index).is_some_and(|grant| grant.pattern == first.pattern);
                same && self.key(index) == key
            });
            let same = run.start..end;
            run.start = end;
            let concerns = match relation {
                Relation::Includes => first.pattern.includes(question),
                Relation::Overlaps => first.pattern.overlaps(question),
            };
            if concerns && let Some(grant) = self.in_place(same, place, accepts) {
                return Some(grant);
            }
        }
        None
    }

    /// The first of several grants of one pattern that applies in a place and satisfies `accepts`.
    fn in_place<'a>(
        &'a self,
        mut run: Range<usize>,
        place: Place<'_>,
        accepts: &dyn Fn(&Grant) -> bool,
    ) -> Option<&'a Grant> {
        if let Place::Anywhere = place {
            return run.filter_map(|index| self.at(index)).find(|grant| accepts(grant));
        }
        // A grant for every resource is sorted before the grants for some resources.
        let first = self.at(run.start)?;
        if first.resource.is_none() {
            if accepts(first) {
                return Some(first);
            }
            run.start += 1;
        }
        let Place::At(path) = place else { return None };
        if run.is_empty() {
            return None;
        }
        let mut result = None;
        let mut look = |run: Range<usize>| {
            let covers = |grant: &&Grant| {
                let pattern = grant.resource.as_ref();
                pattern.is_some_and(|it| segments::covers(it.as_str(), path, resource::SEPARATOR))
            };
            let mut grants = run.filter_map(|index| self.at(index)).filter(covers);
            result = grants.find(|grant| accepts(grant));
            result.is_some()
        };
        let parts: Vec<&str> = text::parts(path, resource::SEPARATOR).collect();
        let mut walk = Walk {
            grants: self,
            key: &|index| {
                let resource = self.at(index).and_then(|grant| grant.resource.as_ref());
                resource.map_or("", |pattern| pattern.as_str())
            },
            parts: &parts,
            separator: resource::SEPARATOR,
            lists: false,
            open: false,
            found: &mut look,
        };
        walk.step(run, &mut String::new(), 0);
        result
    }

    fn length(&self) -> usize {
        if self.keys.is_empty() { self.sorted.len() } else { self.keys.len() }
    }

    fn at(&self, index: usize) -> Option<&Grant> {
        let index = if self.keys.is_empty() { index } else { self.keys.get(index)?.1 };
        self.sorted.get(index)
    }

    fn key(&self, index: usize) -> &str {
        match self.keys.get(index) {
            Some((key, _)) => key,
            None => self.sorted.get(index).map_or("", |grant| grant.pattern.as_str()),
        }
    }

    /// Where keys equal a text.
    fn equal<'a>(
        &self,
        range: &Range<usize>,
        key: &dyn Fn(usize) -> &'a str,
        text: &str,
    ) -> Range<usize> {
        let start = partition(range, &|index| key(index) < text);
        start..partition(&(start..range.end), &|index| key(index) == text)
    }
}

/// The end of the indices in a range that satisfy a predicate; these come first.
fn partition(range: &Range<usize>, satisfies: &dyn Fn(usize) -> bool) -> usize {
    let Range { mut start, mut end } = range.clone();
    while start < end {
        let middle = start + (end - start) / 2;
        if satisfies(middle) { start = middle + 1 } else { end = middle }
    }
    start
}

/// A search among sorted keys for those that may match the question. The caller
/// filters out false matches.
struct Walk<'w, 'a> {
    grants: &'w Grants,
    key: &'w dyn Fn(usize) -> &'a str,
    /// The question, part by part.
    parts: &'w [&'w str],
    separator: char,
    /// Whether a part is a list with commas, and a key that ends early covers what follows.
    lists: bool,
    /// Whether a `*` in the question matches every word of a key.
    open: bool,
    /// Called with ranges of keys; true ends the search.
    found: &'w mut dyn FnMut(Range<usize>) -> bool,
}

impl Walk<'_, '_> {
    /// Searches among the keys that begin with `prefix`. Each step leads to existing keys. If
    /// grants have both names and `*` in every place, the search visits all of them, and is slower
    /// than a scan.
    fn step(&mut self, range: Range<usize>, prefix: &mut String, depth: usize) -> bool {
        let Some(part) = self.parts.get(depth).copied() else { return false };
        let is_wild = if SHIRO && self.lists { shiro::is_wild(part) } else { part == "*" };
        if self.open && is_wild {
            return (self.found)(range);
        }
        let is_last = depth + 1 == self.parts.len();
        let mut choices: Vec<&str> = match (is_wild, SHIRO && self.lists) {
            (true, _) => Vec::new(),
            (false, false) => Vec::from([part]),
            // A grant that covers all words of the part is also found by the first word.
            (false, true) => {
                shiro::words(part).take(if self.open { usize::MAX } else { 1 }).collect()
            }
        };
        choices.push("*");
        for choice in choices {
            let length = prefix.len();
            prefix.push_str(choice);
            let run = self.grants.equal(&range, self.key, prefix);
            let may_end = is_last || self.lists || choice == "*";
            if may_end && !run.is_empty() && (self.found)(run) {
                return true;
            }
            prefix.push(self.separator);
            let start = partition(&range, &|index| (self.key)(index) < prefix.as_str());
            let below = start..partition(&(start..range.end), &|index| {
                (self.key)(index).starts_with(prefix.as_str())
            });
            if !below.is_empty() {
                let ended = is_last && self.lists && self.open;
                let done = if ended {
                    (self.found)(below)
                } else {
                    !is_last && self.step(below, prefix, depth + 1)
                };
                if done {
                    return true;
                }
            }
            prefix.truncate(length);
        }
        false
    }
}
