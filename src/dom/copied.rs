//! A macro for JavaScript files that other files import: `wasm-bindgen` copies only files that are
//! named in Rust. The tests in a browser include this file.

macro_rules! copied {
    ($($name:ident from $path:literal),*) => {$(
        #[wasm_bindgen(module = $path)]
        extern "C" {
            type $name;
        }
    )*};
}

pub(crate) use copied;
