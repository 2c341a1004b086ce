//! Writes a requirement as text, in one of the many possible ways.

use permgate_testbed::Random;

use crate::model::Question;

/// The precedence of the enclosing operator.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Around {
    Nothing,
    Any,
    All,
    Not,
}

pub(crate) fn text(question: &Question, random: &mut Random) -> String {
    let mut text = String::new();
    space(&mut text, random);
    write(question, Around::Nothing, &mut text, random);
    space(&mut text, random);
    text
}

fn write(question: &Question, around: Around, text: &mut String, random: &mut Random) {
    let grouped = match question {
        Question::All(_) => around >= Around::All,
        Question::Any(_) => around >= Around::Any,
        _ => false,
    } || random.once_in(16);
    if grouped {
        text.push('(');
        space(text, random);
    }
    match question {
        Question::Permission(it) => name(it, text, random),
        Question::Role(it) => form("role", it, text, random),
        Question::Group(it) => form("group", it, text, random),
        Question::Scope(it) => form("scope", it, text, random),
        Question::Not(inner) => {
            text.push('!');
            space(text, random);
            write(inner, Around::Not, text, random);
        }
        Question::All(parts) => joined(parts, Around::All, ["&", "&&"], text, random),
        Question::Any(parts) => joined(parts, Around::Any, ["|", "||"], text, random),
    }
    if grouped {
        space(text, random);
        text.push(')');
    }
}

fn joined(
    parts: &[Question],
    own: Around,
    signs: [&str; 2],
    text: &mut String,
    random: &mut Random,
) {
    for (index, part) in parts.iter().enumerate() {
        if index > 0 {
            space(text, random);
            text.push_str(signs[random.index(signs.len())]);
            space(text, random);
        }
        write(part, own, text, random);
    }
}

fn form(word: &str, it: &str, text: &mut String, random: &mut Random) {
    text.push_str(word);
    text.push('(');
    space(text, random);
    name(it, text, random);
    space(text, random);
    text.push(')');
}

fn name(name: &str, text: &mut String, random: &mut Random) {
    let bare = |character: char| character.is_alphanumeric() || ":./*,_-".contains(character);
    if name.chars().all(bare) && !random.once_in(8) {
        text.push_str(name);
        return;
    }
    text.push('"');
    for character in name.chars() {
        if matches!(character, '"' | '\\') {
            text.push('\\');
        }
        text.push(character);
    }
    text.push('"');
}

fn space(text: &mut String, random: &mut Random) {
    let spaces = ["", "", "", " ", " ", "  ", "\t", "\n", "\u{a0}"];
    text.push_str(spaces[random.index(spaces.len())]);
}
