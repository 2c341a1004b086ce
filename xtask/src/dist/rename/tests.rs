//! The glue is rewritten by the mapping, and an old name in the result is an error.

use super::*;

const MAPPING: &str = r#"{"imports":[["./permgate_bg.js","__wbg_now_0a1b","$"]],
    "exports":[["engine_new","Ab"],["memory","B"]]}"#;

#[test]
fn imports_and_exports_are_renamed_where_they_are_used() {
    let glue = r#"const import0 = { __wbg_now_0a1b: function() { return memory; } };
        const ret = wasm.engine_new(wasm.memory.buffer); engine_new; return { "./permgate_bg.js": import0 };"#;
    let expected = r#"const import0 = { $: function() { return memory; } };
        const ret = wasm.Ab(wasm.B.buffer); engine_new; return { "a": import0 };"#;
    assert_eq!(rename(glue, MAPPING).unwrap(), expected);
}

#[test]
fn an_old_name_that_remains_in_the_glue_is_an_error() {
    let glue = r#"imports.__wbg_now_0a1b = () => {}; return { "./permgate_bg.js": imports };"#;
    assert!(rename(glue, MAPPING).is_err());
    assert!(rename("", MAPPING).is_err());
    assert!(rename("", "no JSON").is_err());
}
