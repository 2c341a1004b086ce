//! Which Rust files need which others of the same crate.

use std::collections::{BTreeMap, BTreeSet};

use super::needs::{Files, Needs};
use parsed::{Import, Parsed, Words};

mod parsed;
mod tokens;

/// The most re-exports that are followed from a name to its definition.
const LONGEST_WAY: usize = 16;

pub(super) fn needs(files: &Files) -> Needs<'_> {
    let sources: Sources<'_> = files
        .iter()
        .filter(|(path, _)| path.ends_with(".rs"))
        .map(|(path, text)| (path.as_str(), Parsed::new(text)))
        .collect();
    let declared: BTreeSet<&str> = sources
        .iter()
        .flat_map(|(path, parsed)| parsed.children.iter().map(move |child| (path, child)))
        .filter_map(|(path, child)| file_of(&sources, path, child))
        .collect();
    let mut needs = Needs::new();
    for &root in sources.keys().filter(|path| !declared.contains(*path)) {
        let mut modules = Modules::new();
        collect(&sources, root, &[], &mut modules);
        for module in &modules {
            add_needs(&modules, module, &mut needs);
        }
    }
    needs
}

type Sources<'a> = BTreeMap<&'a str, Parsed>;

/// The modules of one crate, by their paths.
type Modules<'s, 'a> = BTreeMap<Words, Module<'s, 'a>>;

struct Module<'s, 'a> {
    file: &'a str,
    /// The path inside of the file: empty, or that of an inline module.
    within: Words,
    parsed: &'s Parsed,
}

impl Module<'_, '_> {
    fn imports(&self) -> impl Iterator<Item = &Import> {
        self.parsed.imports.iter().filter(|import| import.within == self.within)
    }

    fn defines(&self, name: &str) -> bool {
        self.parsed.items.iter().any(|(within, item)| *within == self.within && item == name)
    }
}

/// The file of a module that another file declares.
fn file_of<'a>(
    sources: &Sources<'a>,
    path: &str,
    (within, name, attribute): &(Words, String, Option<String>),
) -> Option<&'a str> {
    let (folder, file) = path.rsplit_once('/').unwrap_or(("", path));
    let below = |folder: &str, name: &str| match folder {
        "" => name.to_owned(),
        folder => format!("{folder}/{name}"),
    };
    let find = |path: String| sources.get_key_value(path.as_str()).map(|(path, _)| *path);
    if let Some(attribute) = attribute {
        let mut folder = folder;
        let mut attribute = attribute.as_str();
        while let Some(rest) = attribute.strip_prefix("../") {
            folder = folder.rsplit_once('/').map_or("", |(above, _)| above);
            attribute = rest;
        }
        return find(below(folder, attribute));
    }
    let own = below(folder, file.trim_end_matches(".rs"));
    let folders = match file {
        "mod.rs" | "lib.rs" | "main.rs" => vec![folder.to_owned()],
        // The root of a crate may have any name; its modules are beside it.
        _ => vec![own, folder.to_owned()],
    };
    folders.into_iter().find_map(|folder| {
        let folder = within.iter().fold(folder, |folder, name| below(&folder, name));
        let alone = find(below(&folder, &format!("{name}.rs")));
        alone.or_else(|| find(below(&folder, &format!("{name}/mod.rs"))))
    })
}

/// Adds a file as a module, and all modules below it.
fn collect<'s, 'a>(
    sources: &'s Sources<'a>,
    file: &'a str,
    path: &[String],
    modules: &mut Modules<'s, 'a>,
) {
    let Some(parsed) = sources.get(file) else { return };
    let inner = |within: &[String]| [path, within].concat();
    modules.insert(path.to_vec(), Module { file, within: Words::new(), parsed });
    for within in &parsed.inline {
        modules.insert(inner(within), Module { file, within: within.clone(), parsed });
    }
    for child in &parsed.children {
        if let Some(found) = file_of(sources, file, child) {
            let mut path = inner(&child.0);
            path.push(child.1.clone());
            collect(sources, found, &path, modules);
        }
    }
}

fn add_needs<'a>(
    modules: &Modules<'_, 'a>,
    (path, module): (&Words, &Module<'_, 'a>),
    needs: &mut Needs<'a>,
) {
    let mut add = |file: &'a str, line: usize| {
        if file != module.file {
            let lines = needs.entry(module.file).or_default();
            lines.entry(file).and_modify(|first| *first = line.min(*first)).or_insert(line);
        }
    };
    for import in module.imports() {
        // A name that is only re-exported is not needed here.
        if import.is_export && !module.parsed.words.contains(&import.name) {
            continue;
        }
        match absolute(modules, path, &import.path).and_then(|way| find(modules, &way, 0)) {
            Some(Found::Item(file)) => add(file, import.line),
            // Its uses show which of its names are needed; all of its names are those of the
            // module.
            Some(Found::Module(found)) if import.name == "*" => {
                add(modules.get(&found).map_or(module.file, |it| it.file), import.line);
            }
            _ => {}
        }
    }
    for (_, words, line) in module.parsed.paths.iter().filter(|(it, _, _)| *it == module.within) {
        let found = absolute(modules, path, words).and_then(|way| find(modules, &way, 0));
        if let Some(Found::Item(file)) = found {
            add(file, *line);
        }
    }
}

/// The path from the root of the crate; none for one that leads out of the crate.
fn absolute(modules: &Modules<'_, '_>, module: &[String], path: &[String]) -> Option<Words> {
    let (first, rest) = path.split_first()?;
    let mut at = module.to_vec();
    let mut rest = rest;
    match first.as_str() {
        "crate" => at.clear(),
        "self" => {}
        "super" => drop(at.pop()),
        name => {
            at.push(name.to_owned());
            if !modules.contains_key(&at) {
                let module = modules.get(module)?;
                let import = module.imports().find(|import| import.name == name)?;
                // Other crates, and names of the standard library.
                if import.path.first().is_none_or(|word| word == name) {
                    return None;
                }
                at.pop();
                at = absolute(modules, &at, &import.path)?;
            }
        }
    }
    while let Some((_, after)) = rest.split_first().filter(|(word, _)| *word == "super") {
        at.pop();
        rest = after;
    }
    at.extend(rest.iter().filter(|word| *word != "*").cloned());
    Some(at)
}

/// The target of a path.
enum Found<'a> {
    Module(Words),
    /// An item, by the file that defines it.
    Item(&'a str),
}

/// Follows a path from module to module, through re-exports, to the file that defines its item.
fn find<'a>(modules: &Modules<'_, 'a>, way: &[String], passed: usize) -> Option<Found<'a>> {
    let mut at = 0;
    while way.get(..=at).is_some_and(|inner| modules.contains_key(inner)) {
        at += 1;
    }
    let (path, rest) = way.split_at_checked(at)?;
    let module = modules.get(path)?;
    let Some((name, after)) = rest.split_first() else { return Some(Found::Module(path.to_vec())) };
    if passed > LONGEST_WAY || module.defines(name) {
        return Some(Found::Item(module.file));
    }
    for import in module.imports().filter(|import| import.name == *name || import.name == "*") {
        let Some(mut way) = absolute(modules, path, &import.path) else {
            // The name is of another crate, which needs none of these files.
            if import.name == *name {
                return None;
            }
            continue;
        };
        if import.name == "*" {
            way.push(name.clone());
        }
        way.extend(after.iter().cloned());
        match find(modules, &way, passed + 1) {
            // A name that a module does not define may come from another one by `*`.
            Some(Found::Item(file)) if import.name == "*" && !defines(modules, &way) => {
                if file == module.file {
                    continue;
                }
            }
            found => return found,
        }
    }
    // Defined by a macro, or a variant of an enumeration.
    Some(Found::Item(module.file))
}

/// Whether the module of a path defines its last name.
fn defines(modules: &Modules<'_, '_>, way: &[String]) -> bool {
    way.split_last()
        .is_some_and(|(name, path)| modules.get(path).is_some_and(|module| module.defines(name)))
}
