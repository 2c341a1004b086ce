//! Declares the words of an enumeration once: the function that returns the word of a variant, and
//! the list of all words, which tests compare with the types of TypeScript.

macro_rules! words {
    (
        $(#[$doc:meta])*
        $visibility:vis fn $name:ident, all in $list:ident { $($pattern:pat => $word:literal,)* }
    ) => {
        $(#[$doc])*
        #[must_use]
        $visibility fn $name(&self) -> &'static str {
            match self { $($pattern => $word,)* }
        }

        /// All words.
        pub const $list: &'static [&'static str] = &[$($word),*];
    };
}

pub(crate) use words;
