//! The declarations, imports, definitions and paths in a Rust file.

use super::tokens::{Token, tokens};

/// The words of a path.
pub(super) type Words = Vec<String>;

/// One file. `within` is the path of the inline module around an item.
#[derive(Debug, Default)]
pub(super) struct Parsed {
    /// Modules in files of their own, each with the path of its attribute.
    pub(super) children: Vec<(Words, String, Option<String>)>,
    /// Modules that are written inside of the file.
    pub(super) inline: Vec<Words>,
    pub(super) imports: Vec<Import>,
    /// Names that are defined, each with its module.
    pub(super) items: Vec<(Words, String)>,
    /// Paths in code.
    pub(super) paths: Vec<(Words, Words, usize)>,
    /// Every word in code outside of imports.
    pub(super) words: std::collections::BTreeSet<String>,
}

/// One name that a `use` imports.
#[derive(Debug)]
pub(super) struct Import {
    pub(super) within: Words,
    /// The path; `*` at its end for all names.
    pub(super) path: Words,
    /// The name in this file; `_` for none, `*` for all.
    pub(super) name: String,
    pub(super) is_export: bool,
    pub(super) line: usize,
}

const KINDS: [&str; 8] = ["fn", "struct", "enum", "union", "trait", "type", "const", "static"];

impl Parsed {
    pub(super) fn new(text: &str) -> Self {
        let tokens = tokens(text);
        let mut parsed = Self::default();
        let mut depth = 0_usize;
        // The inline modules that are open, each with the depth of its inside.
        let mut open: Vec<(String, usize)> = Vec::new();
        let mut at = 0;
        while let Some(token) = tokens.get(at) {
            let word = |offset: usize| tokens.get(at + offset).map_or("", |token| token.text);
            let within = || open.iter().map(|(name, _)| name.clone()).collect::<Words>();
            let is_at_module = open.last().map_or(depth == 0, |(_, inside)| depth == *inside);
            match token.text {
                "{" => depth += 1,
                "}" => {
                    depth = depth.saturating_sub(1);
                    open.pop_if(|(_, inside)| depth < *inside);
                }
                "mod" if word(2) == ";" => {
                    parsed.children.push((within(), word(1).to_owned(), path_before(&tokens, at)));
                    at += 2;
                }
                "mod" if word(2) == "{" => {
                    depth += 1;
                    open.push((word(1).to_owned(), depth));
                    parsed.inline.push(open.iter().map(|(name, _)| name.clone()).collect());
                    at += 2;
                }
                "use" if word(1) != "<" => {
                    let end = at + tokens.iter().skip(at).take_while(|it| it.text != ";").count();
                    let tree = tokens.get(at + 1..end).unwrap_or_default();
                    if !is_for_documentation(&tokens, at) {
                        let (within, is_export) = (within(), is_public(&tokens, at));
                        let found = leaves(tree, &[]).into_iter();
                        parsed.imports.extend(found.map(|(path, name, line)| Import {
                            within: within.clone(),
                            path,
                            name,
                            is_export,
                            line,
                        }));
                    }
                    at = end;
                }
                "macro_rules" if word(1) == "!" => {
                    parsed.items.push((within(), word(2).to_owned()));
                }
                kind if KINDS.contains(&kind) && is_at_module => {
                    parsed.items.push((within(), word(1).to_owned()));
                }
                first if is_name(first) && word(1) == "::" => {
                    let mut path = vec![first.to_owned()];
                    while word(2 * path.len() - 1) == "::" && is_name(word(2 * path.len())) {
                        path.push(word(2 * path.len()).to_owned());
                    }
                    at += 2 * (path.len() - 1);
                    parsed.words.extend(path.iter().cloned());
                    parsed.paths.push((within(), path, token.line));
                }
                name if is_name(name) => drop(parsed.words.insert(name.to_owned())),
                _ => {}
            }
            at += 1;
        }
        parsed
    }
}

fn is_name(text: &str) -> bool {
    text.starts_with(|first: char| first.is_alphabetic() || first == '_')
}

/// Whether `pub` or `pub(…)` stands before a token.
fn is_public(tokens: &[Token<'_>], at: usize) -> bool {
    let before = tokens.get(..at).unwrap_or_default();
    match before.last().map(|token| token.text) {
        Some("pub") => true,
        Some(")") => {
            let open = before.iter().rposition(|token| token.text == "(");
            open.and_then(|open| before.get(open.checked_sub(1)?))
                .is_some_and(|it| it.text == "pub")
        }
        _ => false,
    }
}

/// The path of `#[path = "…"]` before a `mod`.
fn path_before(tokens: &[Token<'_>], at: usize) -> Option<String> {
    let before = tokens.get(..at)?;
    let end = before.iter().rposition(|token| matches!(token.text, ";" | "}" | "{"));
    let attributes = before.get(end.map_or(0, |end| end + 1)..)?;
    let path = attributes
        .windows(3)
        .find(|it| matches!(it, [a, b, _] if a.text == "path" && b.text == "="))?;
    path.last().map(|token| token.text.trim_matches('"').to_owned())
}

/// Whether `#[cfg(doc)]` stands before a `use`: then only links in comments need it.
fn is_for_documentation(tokens: &[Token<'_>], at: usize) -> bool {
    let before: Vec<&str> = tokens.get(..at).unwrap_or_default().iter().map(|it| it.text).collect();
    before.ends_with(&["#", "[", "cfg", "(", "doc", ")", "]"])
}

/// The paths of a tree such as `a::{b, c as d, self, *}`, each with its name and line.
fn leaves(tree: &[Token<'_>], prefix: &[String]) -> Vec<(Words, String, usize)> {
    let mut path = prefix.to_vec();
    let mut rest = tree;
    while let [token, after @ ..] = rest {
        match token.text {
            "::" => {}
            "{" => {
                let inner = after.split_last().map_or(&[][..], |(_, inner)| inner);
                let branches = branches(inner).into_iter();
                return branches.flat_map(|branch| leaves(branch, &path)).collect();
            }
            "as" => {
                let name = after.first().map_or("_", |token| token.text);
                return vec![(path, name.to_owned(), token.line)];
            }
            "self" if !path.is_empty() => {}
            word => path.push(word.to_owned()),
        }
        rest = after;
    }
    let Some((name, line)) = path.last().cloned().zip(tree.first().map(|it| it.line)) else {
        return Vec::new();
    };
    vec![(path, name, line)]
}

/// Cuts at the commas that are not inside of braces.
fn branches<'t, 'a>(tokens: &'t [Token<'a>]) -> Vec<&'t [Token<'a>]> {
    let mut depth = 0_usize;
    let is_end = |token: &Token<'_>| {
        match token.text {
            "{" => depth += 1,
            "}" => depth = depth.saturating_sub(1),
            _ => {}
        }
        depth == 0 && token.text == ","
    };
    tokens.split(is_end).filter(|branch| !branch.is_empty()).collect()
}
