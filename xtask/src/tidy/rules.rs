//! Each rule is a function from a file's path and text to its findings.

/// Source files longer than this are split.
const LONGEST_FILE: usize = 500;
/// Folders that belong to one machine; with the slash, so that `/homepage` does not match.
const MACHINE_FOLDERS: [&str; 5] = ["work", "farm", "root", "home", "Users"];

const SCRIPTS: [&str; 8] = ["ts", "tsx", "mts", "cts", "mjs", "cjs", "js", "jsx"];
const OTHER_SOURCES: [&str; 5] = ["css", "html", "svelte", "vue", "sh"];

/// A finding: what is wrong, where, and what to do.
#[derive(Debug, PartialEq)]
pub(super) struct Finding {
    /// Counted from 1; 0 for the file as a whole.
    pub(super) line: usize,
    pub(super) message: String,
}

impl Finding {
    pub(super) fn new(line: usize, message: impl Into<String>) -> Self {
        Self { line, message: message.into() }
    }

    pub(super) fn located(&self, path: &str) -> String {
        match self.line {
            0 => format!("{path}: {}", self.message),
            line => format!("{path}:{line}: {}", self.message),
        }
    }
}

/// Applies all rules to one file.
pub(super) fn check(path: &str, text: &str) -> Vec<Finding> {
    let rules =
        [first_line, length, panics, sleeps, switched_off_tests, download_addresses, machine_paths];
    rules.iter().flat_map(|rule| rule(path, text)).collect()
}

/// The first line says what the file is for.
pub(super) fn first_line(path: &str, text: &str) -> Vec<Finding> {
    let start = match extension(path) {
        "rs" => "//!",
        "css" => "/*",
        script if SCRIPTS.contains(&script) => "/**",
        _ => return Vec::new(),
    };
    // A script may have to name its interpreter first.
    let line = text.lines().find(|line| !line.starts_with("#!/")).unwrap_or_default();
    let sentence = line.strip_prefix(start).unwrap_or_default();
    if sentence.chars().any(char::is_alphanumeric) {
        return Vec::new();
    }
    vec![Finding::new(1, format!("state in one sentence what this file is for: `{start} ...`"))]
}

/// Source files must not be too long.
pub(super) fn length(path: &str, text: &str) -> Vec<Finding> {
    let lines = text.lines().count();
    if !is_source(path) || lines <= LONGEST_FILE {
        return Vec::new();
    }
    vec![Finding::new(
        0,
        format!(
            "{lines} lines are too many; split the file into files of at most {LONGEST_FILE} lines"
        ),
    )]
}

/// Code outside of tests must not panic, unless an attribute gives the reason.
pub(super) fn panics(path: &str, text: &str) -> Vec<Finding> {
    if extension(path) != "rs" || is_test(path) {
        return Vec::new();
    }
    let mut excuse = Excuse::default();
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        // Tests are at the end of a file.
        if line.trim() == "mod tests {" {
            break;
        }
        let excused = excuse.covers(line);
        let Some(call) = panicking_call(line) else { continue };
        if !excused {
            let message = format!(
                "`{call}` outside tests: return an error, or give a reason in `#[expect(.., reason = \"..\")]`"
            );
            findings.push(Finding::new(index + 1, message));
        }
    }
    findings
}

/// The reach of an `#[expect(..)]`: the item or statement after it, found by its indentation.
#[derive(Default)]
struct Excuse {
    indentation: Option<usize>,
    has_block: bool,
    whole_file: bool,
}

impl Excuse {
    /// Whether this line is covered; must be called for each line in turn.
    fn covers(&mut self, line: &str) -> bool {
        let code = line.trim_start();
        let indentation = line.len() - code.len();
        self.whole_file |= code.starts_with(concat!("#", "![expect("));
        if code.starts_with(concat!("#", "[expect(")) {
            self.indentation = Some(indentation);
            self.has_block = false;
            return true;
        }
        let covered = self.whole_file || self.indentation.is_some();
        let Some(start) = self.indentation else { return covered };
        self.has_block |= code.ends_with('{');
        let ends_item = indentation <= start && code.ends_with(['}', ';', ',']);
        let ends_statement = !self.has_block && code.ends_with(';');
        if !code.starts_with('#') && (ends_item || ends_statement) {
            self.indentation = None;
        }
        covered
    }
}

fn panicking_call(line: &str) -> Option<&'static str> {
    let code = line.split("//").next().unwrap_or_default();
    // A parser's method `expect(Token)` does not count.
    [
        (concat!(".unw", "rap()"), "unwrap"),
        (concat!(".exp", "ect(\""), "expect"),
        (concat!(".exp", "ect(&"), "expect"),
        (concat!("pan", "ic!("), "panic!"),
        (concat!("unreach", "able!("), "unreachable!"),
        (concat!("to", "do!("), "todo!"),
        (concat!("unimple", "mented!("), "unimplemented!"),
    ]
    .into_iter()
    .find_map(|(pattern, name)| code.contains(pattern).then_some(name))
}

/// A test waits for a condition with a deadline, never for time to pass.
pub(super) fn sleeps(path: &str, text: &str) -> Vec<Finding> {
    if !is_test(path) {
        return Vec::new();
    }
    let patterns = [
        concat!("thread::", "sleep"),
        concat!("tokio::time::", "sleep"),
        concat!("future::", "sleep"),
        concat!("waitFor", "Timeout("),
        concat!("setTimeout(", "resolve"),
        concat!("setTimeout(", "res,"),
        concat!("setTimeout(", "r,"),
    ];
    let message =
        |what: &str| format!("`{what}` in a test: wait for a condition or use a virtual clock");
    find(text, &patterns, message)
}

/// No test is skipped, ignored or expected to fail.
pub(super) fn switched_off_tests(path: &str, text: &str) -> Vec<Finding> {
    let message =
        |what: &str| format!("`{what}`: every test must run; correct the test, or delete it");
    if extension(path) == "rs" {
        let patterns = [concat!("#", "[ignore"), concat!("#", "[should_panic")];
        return find(text, &patterns, message);
    }
    if !SCRIPTS.contains(&extension(path)) {
        return Vec::new();
    }
    let calls = ["test", "it", "describe", "suite"];
    let switches = [".only(", ".skip(", ".todo(", ".fixme("];
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for switch in switches {
            let word = line.split(switch).next().unwrap_or_default();
            let switched = line.contains(switch)
                && calls.iter().any(|call| {
                    word.strip_suffix(call).is_some_and(|before| !ends_in_a_word(before))
                });
            if switched {
                findings.push(Finding::new(index + 1, message(switch)));
            }
        }
    }
    findings
}

/// Lock files name packages, versions and checksums, but no download addresses.
pub(super) fn download_addresses(path: &str, text: &str) -> Vec<Finding> {
    match path.rsplit('/').next().unwrap_or(path) {
        "package-lock.json" => find(text, &[concat!("\"resolved\": \"ht", "tp")], |_| {
            "a download address: install with `omit-lockfile-registry-resolved=true` in .npmrc"
                .to_owned()
        }),
        "Cargo.lock" => text
            .lines()
            .enumerate()
            .filter(|(_, line)| line.starts_with("source = "))
            .filter(|(_, line)| {
                !line.contains("registry+https://github.com/rust-lang/crates.io-index")
            })
            .map(|(index, _)| {
                Finding::new(index + 1, "a source other than crates.io: depend on a release")
            })
            .collect(),
        _ => Vec::new(),
    }
}

/// Committed files contain no paths of one machine.
pub(super) fn machine_paths(path: &str, text: &str) -> Vec<Finding> {
    if path.ends_with(".lock") || path.ends_with("package-lock.json") {
        return Vec::new();
    }
    let mut findings = Vec::new();
    for (index, line) in text.lines().enumerate() {
        for folder in MACHINE_FOLDERS {
            let pattern = format!("/{folder}/");
            let absolute = line
                .match_indices(&pattern)
                .filter_map(|(at, _)| line.split_at_checked(at))
                // The middle of an address or of a relative path does not count.
                .any(|(before, _)| {
                    !ends_in_a_word(before) && !before.ends_with(['.', '-', '}', '/'])
                });
            if absolute {
                let message = format!("`{pattern}`: a path of one machine; make it relative");
                findings.push(Finding::new(index + 1, message));
            }
        }
    }
    findings
}

fn find(text: &str, patterns: &[&str], message: impl Fn(&str) -> String) -> Vec<Finding> {
    text.lines()
        .enumerate()
        .flat_map(|(index, line)| {
            let found = patterns.iter().find(|pattern| line.contains(**pattern));
            found.map(|pattern| Finding::new(index + 1, message(pattern)))
        })
        .collect()
}

fn ends_in_a_word(text: &str) -> bool {
    text.ends_with(|character: char| character.is_alphanumeric() || character == '_')
}

fn extension(path: &str) -> &str {
    path.rsplit_once('.').map_or("", |(_, extension)| extension)
}

fn is_source(path: &str) -> bool {
    let extension = extension(path);
    extension == "rs" || SCRIPTS.contains(&extension) || OTHER_SOURCES.contains(&extension)
}

/// Files of tests.
fn is_test(path: &str) -> bool {
    let name = path.rsplit('/').next().unwrap_or(path);
    let folders = ["tests", "pkg-tests", "benches", "fuzz"];
    path.split('/').rev().skip(1).any(|folder| folders.contains(&folder))
        || name == "tests.rs"
        || name.ends_with("_tests.rs")
        || name.contains(".test.")
        || name.contains(".spec.")
}

#[cfg(test)]
mod tests;
