//! Checks what wasm-opt is told of low memory: that no object lies there.
//!
//! With `--low-memory-unused`, wasm-opt moves the addition in `load(x + c)` into the instruction, for
//! `c` below 1024. The sum no longer wraps round, so an access traps where it did wrap: it would have
//! reached an address below 1024. The stack begins there and grows down to 0, before all data. A sum
//! that wraps belongs to a stack that has overflowed, where a trap is right.

use super::sections::{END, I32_CONST, Reader, sections};
use crate::error::{Result, TaskError};

/// The addresses that wasm-opt takes for unused (`PassOptions::LowMemoryBound` of binaryen).
const BOUND: u32 = 1024;

const DATA: u8 = 11;

/// Fails if the data of a module begin below the bound, or cannot be found.
pub(super) fn check(module: &[u8]) -> Result<()> {
    match first(module) {
        Some(first) if first >= BOUND => Ok(()),
        Some(first) => Err(TaskError::new(format!(
            "the module's data begin at the address {first}, but `--low-memory-unused` requires that the addresses below {BOUND} are unused"
        ))
        .advice("remove `--low-memory-unused` from PASSES in xtask/src/dist.rs, or link the stack first")),
        None => Err(TaskError::new("the module's data cannot be found")
            .advice("the linker has changed the form of its output; adapt xtask/src/dist/low_memory.rs")),
    }
}

/// The lowest address that a segment of data is written to.
fn first(module: &[u8]) -> Option<u32> {
    let sections = sections(module)?;
    let (_, data) = sections.iter().find(|(number, _)| *number == DATA)?;
    let mut reader = Reader(data);
    let mut first = None;
    for _ in 0..reader.number()? {
        // Segments of other kinds have no place of their own.
        let (0, I32_CONST) = (reader.number()?, reader.byte()?) else { return None };
        let address = reader.number()?;
        if reader.byte()? != END {
            return None;
        }
        reader.sized()?;
        first = Some(first.map_or(address, |before: u32| before.min(address)));
    }
    first.filter(|_| reader.0.is_empty())
}

#[cfg(test)]
mod tests;
