//! Circles of imports in small trees of files, and trees without circles.

use super::{Files, check};

fn files(list: &[(&str, &str)]) -> Files {
    list.iter().map(|(path, text)| ((*path).to_owned(), (*text).to_owned())).collect()
}

/// The findings about a tree, without their advice.
fn circles(list: &[(&str, &str)]) -> Vec<String> {
    let complaints = check(&files(list)).into_iter();
    complaints.map(|complaint| complaint.split(": ").next().unwrap().to_owned()).collect()
}

#[test]
fn two_rust_files_that_name_each_other_are_a_circle() {
    let root = ("src/lib.rs", "mod a;\nmod b;");
    for (a, b) in [
        ("use crate::b::B;", "\nuse crate::a::A;"),
        ("use super::b::{self, B};", "\nuse super::{a::A};"),
        ("fn f() { crate::b::f() }", "\nfn f() { super::a::f() }"),
        ("use crate::b; fn f() { b::f() }", "\nuse crate::a as other; fn f() { other::f() }"),
        ("use crate::b::*;", "\nuse crate::{a::{A, C as D}};"),
        ("mod inner { use super::super::b::B; }", "\nfn f<'a>(c: &'a str) -> crate::a::A {}"),
        ("fn f() { let c = '\"'; crate::b::f() }", "\nuse super::a::A; // \""),
        ("fn f() { r#\"\"#; crate::b::f() }", "\nuse super::a::A;"),
    ] {
        let found = circles(&[root, ("src/a.rs", a), ("src/b.rs", b)]);
        assert_eq!(found, ["src/a.rs:1 → src/b.rs:2"], "{a} {b}");
    }
}

#[test]
fn comments_texts_and_re_exports_close_no_circle() {
    let root = ("src/lib.rs", "mod a;\nmod b;\npub use a::A;\npub use b::*;");
    let needs = "use crate::b::B;";
    for b in [
        "//! See [`crate::a::A`].",
        "/* use crate::a::A; /* nested */ use crate::a::A; */",
        "const TEXT: &str = \"use crate::a::A;\";",
        "const TEXT: &str = r#\"\" use crate::a::A;\"#;",
        "#[cfg(doc)]\nuse crate::a::A;",
        "use std::fmt; use other_crate::a::A;",
        "pub use super::a::A;",
        "fn f() -> impl Sized + use<'_> {}",
    ] {
        let found = circles(&[root, ("src/a.rs", needs), ("src/b.rs", b)]);
        assert_eq!(found, [""; 0], "{b}");
    }
}

#[test]
fn a_rust_path_leads_through_re_exports_to_the_file_that_defines_the_item() {
    let tree = |user: &'static str| {
        [
            ("src/lib.rs", "mod set;\nmod user;\npub use set::Grants;"),
            ("src/set/mod.rs", "mod grants;\nmod pair;\npub use grants::Grants;\npub use pair::*;"),
            ("src/set/grants.rs", "use crate::user::User;\npub struct Grants;"),
            ("src/set/pair.rs", "pub struct Pair;"),
            ("src/user.rs", user),
        ]
    };
    for user in
        ["use crate::Grants;", "use crate::set::Grants;", "fn f() { crate::set::Grants::new() }"]
    {
        assert_eq!(circles(&tree(user)), ["src/set/grants.rs:1 → src/user.rs:1"], "{user}");
    }
    assert_eq!(circles(&tree("use crate::set::Pair;")), [""; 0]);
}

#[test]
fn a_re_export_that_its_own_file_uses_counts() {
    let child = ("src/a/child.rs", "use super::Parent;\npub struct Child;");
    let passes_on = "mod child;\npub use child::Child;\npub struct Parent;";
    let uses = "mod child;\npub use child::Child;\npub struct Parent(Child);";
    let root = ("src/lib.rs", "mod a;");
    assert_eq!(circles(&[root, ("src/a.rs", passes_on), child]), [""; 0]);
    assert_eq!(circles(&[root, ("src/a.rs", uses), child]), ["src/a.rs:2 → src/a/child.rs:1"]);
}

#[test]
fn the_modules_of_tests_and_of_attributes_are_found() {
    let list = [
        ("tests/web/main.rs", "mod page;\n#[path = \"../common/tab.rs\"]\nmod tab;"),
        ("tests/web/page.rs", "use crate::tab::Tab;"),
        ("tests/common/tab.rs", "use crate::page::Page;"),
        ("tests/alone.rs", "mod page;"),
        ("tests/page.rs", "use crate::tab::Tab;"),
    ];
    assert_eq!(circles(&list), ["tests/common/tab.rs:1 → tests/web/page.rs:1"]);
}

#[test]
fn scripts_that_import_each_other_are_a_circle() {
    for (a, b) in [
        ("import { b } from \"./b.js\";", "\nimport a from './a.js';"),
        ("import type { B } from \"./b.js\";", "\nexport { a } from \"./a\";"),
        ("import \"./b.js\";", "\nconst { a } = await import(\"./a.js\");"),
        ("type B = typeof import(\"./b.js\");", "\nconst a = require(\"./a.ts\");"),
        ("const c = /[/\"]/; import {\n} from \"./b.js\";", "\nimport a from \"../src/a.js\";"),
    ] {
        let found = circles(&[("src/a.ts", a), ("src/b.ts", b)]);
        let first = 1 + a.matches('\n').count();
        assert_eq!(found, [format!("src/a.ts:{first} → src/b.ts:2")], "{a} {b}");
    }
}

#[test]
fn names_in_comments_and_texts_of_scripts_close_no_circle() {
    for b in [
        "// import { a } from \"./a.js\";",
        "/** import { a } from \"./a.js\"; */",
        "const text = `import { a } from \"./a.js\";`;",
        "const text = \"./a.js\";",
        "import { a } from \"a.js\";",
        "load.from(\"./a.js\");",
        "const { from } = Array; const half = 1 / 2; const text = \"./a.js\"; const b = 3 / 4;",
    ] {
        let found = circles(&[("src/a.ts", "import { b } from \"./b.js\";"), ("src/b.ts", b)]);
        assert_eq!(found, [""; 0], "{b}");
    }
}

#[test]
fn each_circle_is_reported_once_by_its_shortest_path() {
    let list = [
        ("a.mjs", "import \"./b.mjs\";\nimport \"./c.mjs\";"),
        ("b.mjs", "import \"./c.mjs\";"),
        ("c.mjs", "\nimport \"./a.mjs\";"),
        ("d.mjs", "import \"./a.mjs\";\nimport \"./e.mjs\";"),
        ("e.mjs", "import \"./d.mjs\";"),
    ];
    // `b` is in a longer circle with `a` and `c`, which is reported after the circle of `a` and `c` is
    // broken.
    let expected = ["a.mjs:2 → c.mjs:2", "b.mjs:1 → c.mjs:2 → a.mjs:1", "d.mjs:2 → e.mjs:1"];
    assert_eq!(circles(&list), expected);
}
