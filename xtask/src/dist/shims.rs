//! Takes the shims of closures out of the module's table, so that wasm-opt drops those that nobody
//! calls.
//!
//! js-sys declares functions that take closures of some forty kinds. Their descriptions name the shim
//! of each kind by its place in the table, and only the descriptions do: wasm-bindgen reads and
//! removes them, and exports the shims of those closures that the module really makes. The others are
//! left with a place in the table, for which wasm-opt would have to keep their code.

use super::sections::{
    CUSTOM, END, FUNCTION_NAMES, I32_CONST, Reader, sections, write_leb, write_module, write_number,
};
use crate::error::{Result, TaskError};
use std::collections::HashSet;

/// The parts of a shim's name before and after the crate's hash.
const SHIM: [&str; 2] = ["wasm_bindgen[", "]::convert::closures::_::invoke::<"];

const ELEMENTS: u8 = 9;

/// The module without the places of shims in its table.
pub(super) fn without_shims(module: &[u8]) -> Result<Vec<u8>> {
    rewritten(module).ok_or_else(|| {
        TaskError::new("the shims of closures cannot be found in the module's table").advice(
            "wasm-bindgen has changed the form of its output; adapt xtask/src/dist/shims.rs",
        )
    })
}

fn rewritten(module: &[u8]) -> Option<Vec<u8>> {
    let mut sections = sections(module)?;
    let names = sections.iter().find_map(|&(number, content)| {
        let mut content = Reader(content);
        (number == CUSTOM && content.sized()? == b"name").then_some(content.0)
    });
    let shims = shims(names?)?;
    let table = sections.iter_mut().find(|(number, _)| *number == ELEMENTS)?;
    let (elements, taken) = elements(table.1, &shims)?;
    table.1 = &elements;
    (taken > 0).then(|| write_module(&sections))
}

/// The numbers of the functions that are shims, by the section of names.
fn shims(names: &[u8]) -> Option<HashSet<u32>> {
    let mut names = Reader(names);
    while !names.0.is_empty() {
        let kind = names.byte()?;
        let mut content = Reader(names.sized()?);
        if kind != FUNCTION_NAMES {
            continue;
        }
        let mut shims = HashSet::new();
        for _ in 0..content.number()? {
            let function = content.number()?;
            let name = std::str::from_utf8(content.sized()?).ok()?;
            if is_shim(name) {
                shims.insert(function);
            }
        }
        return Some(shims);
    }
    None
}

fn is_shim(name: &str) -> bool {
    let hash = name.strip_prefix(SHIM[0]).and_then(|rest| rest.split_once(SHIM[1]));
    hash.is_some_and(|(hash, _)| hash.bytes().all(|byte| byte.is_ascii_alphanumeric()))
}

/// The section of elements without shims, and how many there were. All other functions stay at their
/// places: each run of them between shims is a segment of its own.
fn elements(section: &[u8], shims: &HashSet<u32>) -> Option<(Vec<u8>, usize)> {
    let mut reader = Reader(section);
    let mut segments: Vec<(u32, Vec<u32>)> = Vec::new();
    let mut taken = 0;
    for _ in 0..reader.number()? {
        // Other kinds of segments do not come out of wasm-bindgen.
        let first = match (reader.number()?, reader.byte()?) {
            (0, I32_CONST) => reader.number()?,
            _ => return None,
        };
        if reader.byte()? != END {
            return None;
        }
        let mut is_run = false;
        for place in (first..).take(reader.number()? as usize) {
            let function = reader.number()?;
            if shims.contains(&function) {
                taken += 1;
                is_run = false;
                continue;
            }
            match segments.last_mut() {
                Some((_, run)) if is_run => run.push(function),
                _ => segments.push((place, Vec::from([function]))),
            }
            is_run = true;
        }
    }
    let mut written = Vec::new();
    write_number(&mut written, segments.len());
    for (first, functions) in segments {
        written.extend([0, I32_CONST]);
        write_place(&mut written, first);
        written.push(END);
        write_number(&mut written, functions.len());
        functions.iter().for_each(|function| write_number(&mut written, *function as usize));
    }
    reader.0.is_empty().then_some((written, taken))
}

/// A number with a sign: of its last byte, the seventh bit is the sign.
fn write_place(written: &mut Vec<u8>, place: u32) {
    write_leb(written, place as usize, 0x40);
}

#[cfg(test)]
mod tests;
