//! Every rule, on small files that follow it and small files that break it.

use super::{
    Finding, check, download_addresses, first_line, length, machine_paths, panics, sleeps,
    switched_off_tests,
};

type Rule = fn(&str, &str) -> Vec<Finding>;

/// The lines of a rule's findings.
fn lines(rule: Rule, path: &str, text: &str) -> Vec<usize> {
    rule(path, text).iter().map(|finding| finding.line).collect()
}

#[test]
fn a_file_whose_first_line_is_no_description_is_found() {
    for (path, text, ok) in [
        ("a.rs", "//! Words.\n", true),
        ("a.rs", "//!\n//! Words.", false),
        ("a.rs", "// Words.", false),
        ("a.rs", "use x;\n//! Words.", false),
        ("a.rs", "", false),
        ("a.ts", "/** Words. */", true),
        ("a.ts", "/* Words. */", false),
        ("a.mjs", "#!/usr/bin/env node\n/** Words. */", true),
        ("a.css", "/* Words. */", true),
        ("a.css", "a {}", false),
        ("a.json", "{}", true),
    ] {
        assert_eq!(lines(first_line, path, text).is_empty(), ok, "{path}: {text}");
    }
}

#[test]
fn a_source_file_of_more_than_500_lines_is_found() {
    let text = "x\n".repeat(500);
    assert!(length("a.rs", &text).is_empty());
    assert_eq!(length("a.rs", &format!("{text}x")).len(), 1);
    assert!(length("vectors.json", &format!("{text}x")).is_empty());
}

#[test]
fn a_panic_outside_of_tests_is_found() {
    let call = concat!("let x = y.unw", "rap();");
    for (path, text, expected) in [
        ("src/a.rs", call.to_owned(), vec![1]),
        ("src/a.rs", format!("//! A.\n{call}"), vec![2]),
        ("src/a.rs", concat!("y.exp", "ect(\"why\")").to_owned(), vec![1]),
        ("src/a.rs", concat!("pan", "ic!(\"no\")").to_owned(), vec![1]),
        ("src/a.rs", "self.expect(Token::Close)?; y.unwrap_or(1)".to_owned(), vec![]),
        ("src/a.rs", format!("// {call}"), vec![]),
        ("src/a.rs", format!("#[cfg(test)]\nmod tests {{\n    {call}\n}}"), vec![]),
        ("src/a/tests.rs", call.to_owned(), vec![]),
        ("tests/system/main.rs", call.to_owned(), vec![]),
        ("src/a.ts", call.to_owned(), vec![]),
    ] {
        assert_eq!(lines(panics, path, &text), expected, "{path}: {text}");
    }
}

#[test]
fn an_expect_attribute_covers_its_item_and_nothing_after_it() {
    let attribute = concat!("#", "[expect(clippy::x, reason = \"y\")]");
    let call = concat!("z.unw", "rap()");
    let function =
        format!("{attribute}\nfn a() {{\n\n    {call};\n}}\n\nfn b() {{\n    {call};\n}}");
    assert_eq!(lines(panics, "src/a.rs", &function), [8]);
    let statement = format!("    {attribute}\n    let a =\n        {call};\n    let b = {call};");
    assert_eq!(lines(panics, "src/a.rs", &statement), [4]);
    let file =
        format!("{}\n\nfn a() {{\n}}\n{call}", attribute.replace("#[", "#![").replace('"', ""));
    assert!(panics("src/a.rs", &file).is_empty());
}

#[test]
fn a_test_that_sleeps_is_found() {
    let sleep = concat!("std::thread::", "sleep(x);");
    assert_eq!(lines(sleeps, "tests/web/main.rs", sleep), [1]);
    assert!(sleeps("crates/server/src/main.rs", sleep).is_empty());
    let timeout = concat!("await new Promise((resolve) => setTimeout(", "resolve, 50));");
    assert_eq!(lines(sleeps, "pkg-tests/a.mjs", timeout), [1]);
    assert_eq!(lines(sleeps, "js/src/memo.test.ts", timeout), [1]);
    assert!(sleeps("js/src/memo.ts", timeout).is_empty());
}

#[test]
fn a_test_that_is_switched_off_is_found() {
    for (path, text, ok) in [
        ("a.rs", concat!("#", "[ignore = \"later\"]"), false),
        ("a.rs", concat!("#", "[should_panic]"), false),
        ("a.rs", "items.iter().skip(1)", true),
        ("a.test.ts", concat!("test.", "only(\"x\", f)"), false),
        ("a.test.ts", concat!("  describe.", "skip(\"x\", f)"), false),
        ("a.test.ts", "reader.skip(1); edit.only(2)", true),
    ] {
        assert_eq!(switched_off_tests(path, text).is_empty(), ok, "{path}: {text}");
    }
}

#[test]
fn a_download_address_in_a_lock_file_is_found() {
    let resolved = concat!("\"resolved\": \"ht", "tps://registry.invalid/a.tgz\",");
    assert_eq!(lines(download_addresses, "js/package-lock.json", resolved), [1]);
    assert!(download_addresses("js/package-lock.json", "\"integrity\": \"sha512-x\"").is_empty());
    assert!(download_addresses("js/package-lock.json", "\"resolved\": \"../js\"").is_empty());
    let index = "source = \"registry+https://github.com/rust-lang/crates.io-index\"";
    assert!(download_addresses("Cargo.lock", index).is_empty());
    assert_eq!(lines(download_addresses, "fuzz/Cargo.lock", "source = \"git+https://x\""), [1]);
}

#[test]
fn paths_of_one_machine_are_found_and_addresses_are_not() {
    for (text, ok) in [
        (format!("open \"/{}/me/x\"", "home"), false),
        (format!("/{}/x", "root"), false),
        (format!("see /{}/shared/x", "work"), false),
        (format!("https://example.org/{}/x", "home"), true),
        (format!("../{}/x and ./{}/y", "work", "root"), true),
        ("/homepage/ /users/17".to_owned(), true),
    ] {
        assert_eq!(machine_paths("README.md", &text).is_empty(), ok, "{text}");
    }
    assert!(machine_paths("Cargo.lock", &format!("/{}/x", "home")).is_empty());
}

#[test]
fn the_source_of_the_rules_follows_the_rules() {
    for (path, text) in [
        ("xtask/src/tidy/rules.rs", include_str!("../rules.rs")),
        ("xtask/src/tidy/rules/tests.rs", include_str!("tests.rs")),
    ] {
        assert_eq!(check(path, text), [], "{path}");
    }
}
