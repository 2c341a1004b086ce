//! Data in low memory are found, wherever their segment stands.

use super::*;

/// A module with a segment of one byte at each address.
fn module(addresses: &[u8]) -> Vec<u8> {
    let mut data = vec![u8::try_from(addresses.len()).unwrap()];
    for address in addresses {
        // In two bytes, of which the second one has the bits from 128 on.
        data.extend([0, I32_CONST, 0x80, *address, END, 1, b'x']);
    }
    let mut module = b"\0asm\x01\0\0\0".to_vec();
    module.extend([DATA, u8::try_from(data.len()).unwrap()]);
    module.extend(data);
    module
}

#[test]
fn a_module_whose_data_begin_at_1024_passes() {
    assert!(check(&module(&[8])).is_ok());
    assert!(check(&module(&[9, 8, 10])).is_ok());
}

#[test]
fn a_module_with_data_below_1024_is_an_error() {
    assert!(check(&module(&[7])).is_err());
    assert!(check(&module(&[8, 7, 9])).is_err(), "not only the first segment counts");
}

#[test]
fn a_module_whose_data_cannot_be_read_is_an_error() {
    assert!(check(b"").is_err());
    assert!(check(b"\0asm\x01\0\0\0").is_err(), "no data");
    assert!(check(&module(&[])).is_err(), "no segment");
    let mut passive = module(&[8]);
    // The kind of the segment, after the section's number, its length and the number of segments.
    *passive.get_mut(11).unwrap() = 1;
    assert!(check(&passive).is_err());
    let mut cut = module(&[8]);
    cut.pop();
    assert!(check(&cut).is_err());
}
