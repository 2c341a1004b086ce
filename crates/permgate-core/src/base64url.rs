//! Base64url without padding (RFC 4648 §5), read strictly. The crate `base64` writes it; the
//! crate's reader supports every alphabet and padding, and would add more than a kilobyte to the
//! module.

use alloc::vec::Vec;

/// The bytes of a text. None if a character is not in the alphabet, the length is impossible, or a
/// bit is set that belongs to no byte: otherwise two texts would have the same bytes.
pub(crate) fn decode(text: &str) -> Option<Vec<u8>> {
    let mut bytes = Vec::with_capacity(text.len() / 4 * 3 + 2);
    let (mut bits, mut count) = (0_u32, 0_u32);
    for character in text.bytes() {
        let six = match character {
            b'A'..=b'Z' => character - b'A',
            b'a'..=b'z' => character - b'a' + 26,
            b'0'..=b'9' => character - b'0' + 52,
            b'-' => 62,
            b'_' => 63,
            _ => return None,
        };
        bits = bits << 6 | u32::from(six);
        count += 6;
        if count >= 8 {
            count -= 8;
            let [.., byte] = (bits >> count).to_be_bytes();
            bytes.push(byte);
            bits &= (1 << count) - 1;
        }
    }
    // Six remaining bits mean one character too many.
    (count < 6 && bits == 0).then_some(bytes)
}

#[cfg(test)]
mod tests {
    use super::decode;
    use alloc::string::String;
    use alloc::vec::Vec;
    use base64::Engine as _;
    use base64::engine::general_purpose::URL_SAFE_NO_PAD;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn a_text_of_the_alphabet_is_read_as_by_the_crate_base64(text in "[A-Za-z0-9_=+-]{0,12}") {
            prop_assert_eq!(decode(&text), URL_SAFE_NO_PAD.decode(&text).ok());
        }

        #[test]
        fn bytes_that_the_crate_base64_has_written_are_read_back(
            bytes in proptest::collection::vec(any::<u8>(), 0..64),
        ) {
            let text: String = URL_SAFE_NO_PAD.encode(&bytes);
            prop_assert_eq!(decode(&text), Some(bytes));
        }
    }

    #[test]
    fn a_text_with_a_superfluous_character_or_bit_is_refused() {
        assert_eq!(decode(""), Some(Vec::new()));
        for text in ["A", "AAAAA", "AB", "AAB", "AA==", "AA ", "é"] {
            assert_eq!(decode(text), None, "{text}");
        }
    }
}
