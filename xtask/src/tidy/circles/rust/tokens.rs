//! The words and signs of a Rust file, without comments, texts and characters.

/// A word, `::`, or another sign.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Token<'a> {
    pub(super) text: &'a str,
    /// Counted from 1.
    pub(super) line: usize,
}

/// The tokens of a file. A text is the token `"`, with one exception: that of `#[path = "…"]` is
/// kept with its quotes.
pub(super) fn tokens(text: &str) -> Vec<Token<'_>> {
    let mut tokens: Vec<Token<'_>> = Vec::new();
    let (mut line, mut rest) = (1, text);
    while let Some(next) = rest.chars().next() {
        let length = match next {
            '/' if rest.starts_with("//") => rest.find('\n').unwrap_or(rest.len()),
            '/' if rest.starts_with("/*") => comment(rest),
            '"' => quoted(rest),
            '\'' => character(rest),
            ':' if rest.starts_with("::") => 2,
            _ if is_word(next) => {
                let word = rest.find(|c| !is_word(c)).unwrap_or(rest.len());
                raw(rest, word).unwrap_or(word)
            }
            _ => next.len_utf8(),
        };
        let (piece, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        let is_path = matches!(tokens.as_slice(), [.., path, equal] if path.text == "path" && equal.text == "=");
        let is_code = !piece.starts_with("//") && !piece.starts_with("/*");
        if is_code && !piece.trim().is_empty() && (next != '\'' || piece.len() == 1) {
            let is_text = piece.ends_with(['"', '#']) && piece.len() > 1;
            tokens.push(Token { text: if is_text && !is_path { "\"" } else { piece }, line });
        }
        line += piece.matches('\n').count();
        rest = after;
    }
    tokens
}

fn is_word(character: char) -> bool {
    character.is_alphanumeric() || character == '_'
}

/// The length of a comment; comments nest.
fn comment(text: &str) -> usize {
    let (mut depth, mut at) = (0_usize, 0);
    while let Some(rest) = text.get(at..).filter(|rest| !rest.is_empty()) {
        if rest.starts_with("/*") {
            (depth, at) = (depth + 1, at + 2);
        } else if rest.starts_with("*/") {
            (depth, at) = (depth - 1, at + 2);
            if depth == 0 {
                return at;
            }
        } else {
            at += rest.chars().next().map_or(1, char::len_utf8);
        }
    }
    text.len()
}

fn quoted(text: &str) -> usize {
    let mut is_escaped = false;
    for (at, character) in text.char_indices().skip(1) {
        match character {
            _ if is_escaped => is_escaped = false,
            '\\' => is_escaped = true,
            '"' => return at + 1,
            _ => {}
        }
    }
    text.len()
}

/// The length of a character literal; 1 for the quote of a lifetime.
fn character(text: &str) -> usize {
    let mut inner = text.char_indices().skip(1);
    match (inner.next(), inner.next()) {
        (Some((_, '\\')), _) => {
            let end = text.char_indices().skip(3).find(|(_, c)| *c == '\'');
            end.map_or(text.len(), |(at, _)| at + 1)
        }
        (Some(_), Some((at, '\''))) => at + 1,
        _ => 1,
    }
}

/// The length of a raw text such as `r#"…"#`, whose prefix is a word.
fn raw(text: &str, word: usize) -> Option<usize> {
    let (prefix, rest) = text.split_at_checked(word)?;
    if matches!(prefix, "b" | "c") && rest.starts_with('"') {
        return Some(word + quoted(rest));
    }
    if !matches!(prefix, "r" | "br" | "cr") {
        return None;
    }
    let hashes = rest.len() - rest.trim_start_matches('#').len();
    let body = rest.get(hashes..)?.strip_prefix('"')?;
    let end = format!("\"{}", "#".repeat(hashes));
    let length = body.find(&end).map_or(body.len(), |at| at + end.len());
    Some(word + hashes + 1 + length)
}
