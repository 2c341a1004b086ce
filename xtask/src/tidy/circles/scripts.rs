//! Which scripts import which others, by relative paths.

use std::path::{Component, Path, PathBuf};

use super::needs::{Files, Needs};

const ENDINGS: [&str; 8] = ["ts", "tsx", "mts", "cts", "js", "mjs", "cjs", "jsx"];

pub(super) fn needs(files: &Files) -> Needs<'_> {
    let mut needs = Needs::new();
    for (path, text) in files.iter().filter(|(path, _)| is_script(path)) {
        for (line, specifier) in imports(text) {
            if let Some(needed) = resolve(files, path, &specifier).filter(|it| *it != path) {
                needs.entry(path).or_default().entry(needed).or_insert(line);
            }
        }
    }
    needs
}

fn is_script(path: &str) -> bool {
    path.rsplit_once('.').is_some_and(|(_, ending)| ENDINGS.contains(&ending))
}

/// The file of a relative specifier: TypeScript uses the names that files have after the build.
fn resolve<'a>(files: &'a Files, importer: &str, specifier: &str) -> Option<&'a str> {
    if !specifier.starts_with('.') {
        return None;
    }
    let folder = Path::new(importer).parent()?;
    let path = normalised(&folder.join(specifier));
    let (stem, ending) = path.rsplit_once('.').unwrap_or((path.as_str(), ""));
    let mut candidates = vec![path.clone()];
    candidates.extend(match ending {
        "js" => vec![format!("{stem}.ts"), format!("{stem}.tsx")],
        "mjs" => vec![format!("{stem}.mts")],
        "cjs" => vec![format!("{stem}.cts")],
        _ => Vec::new(),
    });
    for ending in ENDINGS {
        candidates.push(format!("{path}.{ending}"));
        candidates.push(format!("{path}/index.{ending}"));
    }
    let found = candidates.iter().find_map(|candidate| files.get_key_value(candidate));
    found.map(|(path, _)| path.as_str())
}

fn normalised(path: &Path) -> String {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(normal.pop()),
            other => normal.push(other),
        }
    }
    normal.to_string_lossy().into_owned()
}

/// The specifiers after `from`, `import`, `import(` and `require(`, each with its line.
fn imports(text: &str) -> Vec<(usize, String)> {
    let mut imports = Vec::new();
    let mut before = String::new();
    for (line, piece) in pieces(text) {
        match piece {
            Piece::Code(code) => before = code,
            Piece::Text(specifier) => {
                let code = before.trim_end().trim_end_matches('(').trim_end();
                let is_import = ["from", "import", "require"].iter().any(|word| {
                    code.strip_suffix(word).is_some_and(|rest| {
                        !rest.ends_with(|c: char| c.is_alphanumeric() || "_$.".contains(c))
                    })
                });
                if is_import {
                    imports.push((line, specifier));
                }
                before.clear();
            }
        }
    }
    imports
}

/// A piece of a script: code without comments, or a text between quotes.
enum Piece {
    Code(String),
    Text(String),
}

/// Cuts a script into code and texts; the line is that in which the piece ends. Comments, templates
/// and regular expressions are left out.
fn pieces(text: &str) -> Vec<(usize, Piece)> {
    let mut pieces = Vec::new();
    let (mut line, mut code) = (1, String::new());
    let mut rest = text;
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => rest.find("*/").map_or(rest.len(), |at| at + 2),
            '/' if begins_regular_expression(&code) => quoted(rest, '/'),
            '"' | '\'' | '`' => quoted(rest, next),
            _ => next.len_utf8(),
        };
        let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        match next {
            '"' | '\'' => {
                pieces.push((line, Piece::Code(std::mem::take(&mut code))));
                let inner = piece.get(1..piece.len().saturating_sub(1)).unwrap_or_default();
                pieces.push((line, Piece::Text(inner.to_owned())));
            }
            _ if piece.len() == next.len_utf8() => code.push(next),
            _ => code.push(' '),
        }
        line += piece.matches('\n').count();
        rest = after;
    }
    pieces.push((line, Piece::Code(code)));
    pieces
}

/// Whether a slash after this code begins a regular expression and is not a division.
fn begins_regular_expression(code: &str) -> bool {
    let code = code.trim_end();
    code.ends_with("return") || code.ends_with(|c| "(,=:[!&|?{};>".contains(c)) || code.is_empty()
}

/// The length of a text with its quotes. Only templates may contain line breaks.
fn quoted(text: &str, quote: char) -> usize {
    let (mut is_escaped, mut is_class) = (false, false);
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '\n' if quote != '`' => return at,
            '[' if quote == '/' => is_class = true,
            ']' if quote == '/' => is_class = false,
            _ if character == quote && !is_class => return at + 1,
            _ => {}
        }
    }
    text.len()
}
