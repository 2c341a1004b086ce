//! The table of lower-case letters, compared with the standard library.

use alloc::string::{String, ToString};

use super::*;

fn lower(word: &str) -> String {
    let mut lower = String::new();
    lowercase(word, &mut lower);
    lower
}

#[test]
fn every_character_is_lowered_as_by_the_standard_library() {
    for character in '\0'..=char::MAX {
        let expected: String = character.to_lowercase().collect();
        assert_eq!(lower(&character.to_string()), expected, "{character:?}");
    }
}

#[test]
fn a_sigma_at_the_end_of_a_word_becomes_a_final_sigma() {
    for word in ["ΟΔΟΣ", "Σ", "ΣΟΦΟΣ", "ΑΣΑ", "αΣ", "ßΣ", "AΣ", "AΣB", "ΣΣ", "1Σ", "ΑΣ1"]
    {
        assert_eq!(lower(word), word.to_lowercase(), "{word}");
    }
}
