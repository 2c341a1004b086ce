//! Names the functions of a module anew, so that wasm-opt, which sorts them by their names, puts those
//! side by side that look alike. Compression finds a repetition more cheaply where it is near.
//!
//! One function follows the other: always the one that has most in common with the last few, in
//! relation to its own length. What functions have in common is counted in sequences of bytes.

use super::sections::{
    CUSTOM, FUNCTION_NAMES, Reader, sections, write_module, write_number, write_sized,
};
use crate::error::{Result, TaskError};
use std::cmp::Ordering;
use std::collections::{BTreeSet, HashMap};

/// The length of a sequence, in bytes: about two instructions.
const SEQUENCE: usize = 5;

/// How many functions the next one is compared with.
const LAST: usize = 8;

/// What is added to the length of each function: else the shortest ones would come first.
const SHORT: usize = 20;

const IMPORTS: u8 = 2;
const CODE: u8 = 10;

/// The module with the names of its functions in the order that they should have.
pub(super) fn ordered(module: &[u8]) -> Result<Vec<u8>> {
    renamed(module).ok_or_else(|| {
        TaskError::new("the functions of the module and their names cannot be read")
            .advice("wasm-opt has changed the form of its output; adapt xtask/src/dist/order.rs")
    })
}

fn renamed(module: &[u8]) -> Option<Vec<u8>> {
    let mut sections = sections(module)?;
    let content = |kind| sections.iter().find(|(number, _)| *number == kind).map(|(_, c)| *c);
    let imported = content(IMPORTS).map_or(Some(0), imported)?;
    let order = order(&bodies(content(CODE)?)?);
    let names = sections
        .iter_mut()
        .find(|(number, content)| *number == CUSTOM && Reader(content).sized() == Some(b"name"))?;
    let old = names_of(names.1)?;
    let mut ranks: Vec<(usize, usize)> = order.into_iter().zip(0..).collect();
    ranks.sort_unstable();
    let mut functions = Vec::new();
    write_number(&mut functions, ranks.len());
    for (function, rank) in ranks {
        let number = function + imported as usize;
        // The name itself is for lists of the largest functions.
        let name = format!("{rank:05} {}", old.get(&number).unwrap_or(&""));
        write_number(&mut functions, number);
        write_sized(&mut functions, name.as_bytes());
    }
    let mut section = Vec::new();
    write_sized(&mut section, b"name");
    section.push(FUNCTION_NAMES);
    write_sized(&mut section, &functions);
    names.1 = &section;
    Some(write_module(&sections))
}

/// How many functions are imported. Nothing else is.
fn imported(imports: &[u8]) -> Option<u32> {
    let mut reader = Reader(imports);
    let count = reader.number()?;
    for _ in 0..count {
        let (_, _) = (reader.sized()?, reader.sized()?);
        let (0, _) = (reader.byte()?, reader.number()?) else { return None };
    }
    Some(count)
}

/// The functions that the module defines, as bytes.
fn bodies(code: &[u8]) -> Option<Vec<&[u8]>> {
    let mut reader = Reader(code);
    (0..reader.number()?).map(|_| reader.sized()).collect()
}

/// The names of functions by their numbers.
fn names_of(section: &[u8]) -> Option<HashMap<usize, &str>> {
    let mut reader = Reader(section);
    reader.sized()?;
    while !reader.0.is_empty() {
        let kind = reader.byte()?;
        let mut content = Reader(reader.sized()?);
        if kind == FUNCTION_NAMES {
            let count = content.number()?;
            let mut name = |_| {
                let number = content.number()? as usize;
                Some((number, std::str::from_utf8(content.sized()?).ok()?))
            };
            return (0..count).map(&mut name).collect();
        }
    }
    None
}

/// The places of functions in the order that they should have.
fn order(bodies: &[&[u8]]) -> Vec<usize> {
    let mut likeness = Likeness::new(bodies);
    let mut remaining: BTreeSet<usize> = (0..bodies.len()).collect();
    let mut order: Vec<usize> = Vec::new();
    // The largest function comes first.
    let mut next = (0..bodies.len()).max_by_key(|at| bodies.get(*at).map(|body| body.len()));
    while let Some(function) = next {
        remaining.remove(&function);
        likeness.enter(function);
        if let Some(past) = order.len().checked_sub(LAST).and_then(|at| order.get(at)) {
            likeness.leave(*past);
        }
        order.push(function);
        // Of several that are as near, the first one: the same bytes come of the same input.
        next = remaining.iter().copied().rev().max_by(|one, other| likeness.compare(*one, *other));
    }
    order
}

/// How much each function has in common with the last ones.
struct Likeness<'a> {
    /// The sequences of each function.
    sequences: Vec<BTreeSet<&'a [u8]>>,
    /// The functions that have a sequence, and how many of the last ones are among them.
    having: HashMap<&'a [u8], (Vec<usize>, usize)>,
    /// How many sequences of each function are in one of the last ones.
    common: Vec<usize>,
}

impl<'a> Likeness<'a> {
    fn new(bodies: &[&'a [u8]]) -> Self {
        let sequences: Vec<BTreeSet<&[u8]>> =
            bodies.iter().map(|body| body.windows(SEQUENCE).collect()).collect();
        let mut having: HashMap<&[u8], (Vec<usize>, usize)> = HashMap::new();
        for (function, sequences) in sequences.iter().enumerate() {
            for sequence in sequences {
                having.entry(sequence).or_default().0.push(function);
            }
        }
        Self { sequences, having, common: vec![0; bodies.len()] }
    }

    /// A function is one of the last ones.
    fn enter(&mut self, function: usize) {
        for sequence in self.sequences.get(function).into_iter().flatten() {
            let Some((functions, last)) = self.having.get_mut(sequence) else { continue };
            *last += 1;
            if *last == 1 {
                for other in functions {
                    self.common.get_mut(*other).into_iter().for_each(|common| *common += 1);
                }
            }
        }
    }

    /// A function is none of the last ones any more.
    fn leave(&mut self, function: usize) {
        for sequence in self.sequences.get(function).into_iter().flatten() {
            let Some((functions, last)) = self.having.get_mut(sequence) else { continue };
            *last -= 1;
            if *last == 0 {
                for other in functions {
                    self.common.get_mut(*other).into_iter().for_each(|common| *common -= 1);
                }
            }
        }
    }

    /// Which of two functions has more in common with the last ones, in relation to its length.
    fn compare(&self, one: usize, other: usize) -> Ordering {
        let [one, other] = [one, other].map(|function| {
            let length = self.sequences.get(function).map_or(0, BTreeSet::len) + SHORT;
            (self.common.get(function).copied().unwrap_or_default(), length)
        });
        (one.0 * other.1).cmp(&(other.0 * one.1))
    }
}

#[cfg(test)]
mod tests;
