//! Reads and writes the sections of a WebAssembly module.

/// What every module begins with.
const PREAMBLE: &[u8] = b"\0asm\x01\0\0\0";

// Numbers of the WebAssembly Core Specification (§5.4.1, §5.5, §7.4.1).
pub(super) const CUSTOM: u8 = 0;
pub(super) const FUNCTION_NAMES: u8 = 1;
pub(super) const I32_CONST: u8 = 0x41;
pub(super) const END: u8 = 0x0b;

/// The sections in their order, each by its number; none if this is not a module.
pub(super) fn sections(module: &[u8]) -> Option<Vec<(u8, &[u8])>> {
    let mut sections = Vec::new();
    let mut reader = Reader(module.strip_prefix(PREAMBLE)?);
    while !reader.0.is_empty() {
        let number = reader.byte()?;
        sections.push((number, reader.sized()?));
    }
    Some(sections)
}

/// A module of these sections.
pub(super) fn write_module(sections: &[(u8, &[u8])]) -> Vec<u8> {
    let mut written = PREAMBLE.to_vec();
    for (number, content) in sections {
        written.push(*number);
        write_sized(&mut written, content);
    }
    written
}

/// Reads a module's bytes from the beginning.
pub(super) struct Reader<'a>(pub(super) &'a [u8]);

impl<'a> Reader<'a> {
    pub(super) fn byte(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    /// A number in LEB128. Those of a table's places have a sign, and are never negative.
    pub(super) fn number(&mut self) -> Option<u32> {
        let mut number = 0;
        for shift in (0..32).step_by(7) {
            let byte = self.byte()?;
            number |= u32::from(byte & 0x7f).checked_shl(shift)?;
            if byte < 0x80 {
                return Some(number);
            }
        }
        None
    }

    /// Bytes after their number.
    pub(super) fn sized(&mut self) -> Option<&'a [u8]> {
        let length = self.number()? as usize;
        let (content, rest) = self.0.split_at_checked(length)?;
        self.0 = rest;
        Some(content)
    }
}

pub(super) fn write_sized(written: &mut Vec<u8>, content: &[u8]) {
    write_number(written, content.len());
    written.extend(content);
}

pub(super) fn write_number(written: &mut Vec<u8>, number: usize) {
    write_leb(written, number, 0x80);
}

pub(super) fn write_leb(written: &mut Vec<u8>, mut number: usize, limit: usize) {
    while number >= limit {
        written.push(0x80 | low_bits(number));
        number >>= 7;
    }
    written.push(low_bits(number));
}

fn low_bits(number: usize) -> u8 {
    u8::try_from(number & 0x7f).unwrap_or_default()
}
