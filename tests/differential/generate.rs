//! Generates random sets and questions over a tiny alphabet, so that they overlap.

use permgate_testbed::Random;
use serde_json::{Map, Value, json};

use crate::model::{Dialect, Grant, Question, Set};
use crate::oracle::Name;

const SEGMENTS: [&str; 5] = ["a", "b", "c", "A", "ab"];
const ODD_SEGMENTS: [&str; 9] =
    ["", "__proto__", "constructor", "\u{212a}", "k", "x y", "q\"\\", "(&|!)", "\u{e9}\u{1F600}"];
const PATH: [&str; 5] = ["t", "u", "1", "2", "*"];
const MEMBERS: [&str; 5] = ["r", "s", "a", "__proto__", "r s"];

/// The language of the generated names.
#[derive(Clone, Copy)]
struct Names {
    dialect: Dialect,
    separator: char,
}

impl Names {
    /// A name, or a pattern in which one segment in `wild` is `*`; a name if `wild` is 0.
    fn draw(self, random: &mut Random, wild: usize) -> String {
        loop {
            let count = *random.pick(&[1, 1, 2, 2, 2, 3, 3, 4]);
            let segments: Vec<String> = (0..count).map(|_| self.segment(random, wild)).collect();
            let mut name = segments.join(&self.separator.to_string());
            if wild > 0 && random.once_in(30) {
                name = "*".into();
            }
            if self.dialect == Dialect::Shiro && random.once_in(20) {
                name = format!(" {name}{}", self.separator);
            }
            if self.holds(&name) && (wild > 0 || !name.contains('*')) {
                return name;
            }
        }
    }

    fn segment(self, random: &mut Random, wild: usize) -> String {
        if wild > 0 && random.once_in(wild) {
            return "*".into();
        }
        if random.once_in(40) {
            return (*random.pick(&ODD_SEGMENTS)).into();
        }
        match self.dialect {
            Dialect::Shiro => {
                let count = *random.pick(&[1, 1, 1, 2, 3]);
                let words: &[&str] =
                    if wild > 0 { &["a", "b", "c", "A", "", "*"] } else { &["a", "b", "c", "A"] };
                let words: Vec<&str> = (0..count).map(|_| *random.pick(words)).collect();
                words.join(",")
            }
            Dialect::Exact if wild > 0 && random.once_in(20) => "a*".into(),
            Dialect::Exact | Dialect::Segments => (*random.pick(&SEGMENTS)).into(),
        }
    }

    fn holds(self, name: &str) -> bool {
        !name.is_empty() && Name::cut(name, self.dialect, self.separator).is_some()
    }

    fn joined(self, first: &str, second: &str) -> String {
        format!("{first}{}{second}", self.separator)
    }
}

/// Generates a set.
pub(crate) fn set(random: &mut Random) -> Set {
    let dialect =
        *random.pick(&[Dialect::Segments, Dialect::Segments, Dialect::Shiro, Dialect::Exact]);
    let separator = *random.pick(&[':', ':', '.', '/']);
    let names = Names { dialect, separator };
    let mut set = Set {
        dialect,
        separator,
        options: json!({}),
        document: Value::Null,
        catalogue: None,
        grants: Vec::new(),
        roles: None,
        groups: None,
        scopes: None,
    };
    let mut options = Map::new();
    if dialect != Dialect::Segments || random.once_in(2) {
        let word = match dialect {
            Dialect::Segments => "segments",
            Dialect::Shiro => "shiro",
            Dialect::Exact => "exact",
        };
        options.insert("dialect".into(), word.into());
    }
    if separator != ':' || random.once_in(2) {
        options.insert("separator".into(), separator.to_string().into());
    }
    if random.once_in(3) {
        let list = catalogue(names, random);
        options.insert("catalogue".into(), json!({ "id": "c.1", "permissions": list }));
        set.catalogue = Some(list);
    }
    let format = *random.pick(&["document", "document", "document", "by-resource", "by-action"]);
    if format != "document" || random.once_in(2) {
        options.insert("format".into(), format.into());
    }
    set.document = document(names, format, &mut set, random);
    if random.once_in(4) {
        let (map, grants) = role_map(names, set.roles.as_ref(), random);
        options.insert("rolePermissions".into(), map);
        set.grants.extend(grants);
    }
    set.options = Value::Object(options);
    set
}

/// Names without `*`, and without duplicates in any spelling.
fn catalogue(names: Names, random: &mut Random) -> Vec<String> {
    let mut list: Vec<String> = Vec::new();
    for _ in 0..random.index(30) {
        let name = names.draw(random, 0).trim_matches(' ').to_lowercase();
        let same = |other: &&String| {
            other.trim_matches([':', '.', '/']) == name.trim_matches([':', '.', '/'])
        };
        if names.holds(&name) && !list.iter().any(|other| same(&other)) {
            list.push(name);
        }
    }
    list
}

/// One in this many segments of grants is `*`.
const WILD: usize = 6;

fn document(names: Names, format: &str, set: &mut Set, random: &mut Random) -> Value {
    let most = *random.pick(&[1, 4, 12, 41]);
    let is_map = format != "document";
    if !is_map && random.once_in(8) {
        let list = plain(names, random.index(most), true, &mut set.grants, random);
        return json!(list);
    }
    if is_map && random.once_in(2) {
        return map(names, format, random.index(most), true, &mut set.grants, random);
    }
    let mut document = Map::new();
    if is_map || random.once_in(2) {
        let count = random.index(most);
        let list = if is_map {
            map(names, format, count, true, &mut set.grants, random)
        } else {
            json!(plain(names, count, true, &mut set.grants, random))
        };
        document.insert("permissions".into(), list);
    }
    if random.once_in(2) {
        let count = random.index(most / 3 + 2);
        let list = if is_map && random.once_in(2) {
            map(names, format, count, false, &mut set.grants, random)
        } else {
            json!(plain(names, count, false, &mut set.grants, random))
        };
        document.insert("denied".into(), list);
    }
    if random.once_in(2) || document.is_empty() {
        document
            .insert("grants".into(), scoped(names, random.index(most), &mut set.grants, random));
    }
    if let Some(list) = set.catalogue.as_ref().filter(|_| random.once_in(2)) {
        let flags: Vec<bool> = list.iter().map(|_| random.once_in(3)).collect();
        let packed = list.iter().zip(&flags).filter(|(_, is_packed)| **is_packed);
        set.grants.extend(packed.map(|(name, _)| allow(name.clone())));
        document.insert("packed".into(), json!({ "catalogue": "c.1", "bits": bits(&flags) }));
    }
    if !["permissions", "grants", "packed"].iter().any(|key| document.contains_key(*key)) {
        document.insert("permissions".into(), json!([]));
    }
    for (key, members) in
        [("roles", &mut set.roles), ("groups", &mut set.groups), ("scopes", &mut set.scopes)]
    {
        if random.once_in(2) {
            let count = random.index(4);
            let list: Vec<String> = (0..count).map(|_| (*random.pick(&MEMBERS)).into()).collect();
            document.insert(key.into(), json!(list));
            *members = Some(list);
        }
    }
    Value::Object(document)
}

fn allow(permission: String) -> Grant {
    Grant { permission, resource: None, allows: true }
}

/// A list of names, which become grants.
fn plain(
    names: Names,
    count: usize,
    allows: bool,
    grants: &mut Vec<Grant>,
    random: &mut Random,
) -> Vec<String> {
    let list: Vec<String> = (0..count).map(|_| names.draw(random, WILD)).collect();
    let meant = list.iter().map(|name| Grant { allows, ..allow(name.clone()) });
    grants.extend(meant);
    list
}

/// A map from one part of names to the other, which become grants.
fn map(
    names: Names,
    format: &str,
    count: usize,
    allows: bool,
    grants: &mut Vec<Grant>,
    random: &mut Random,
) -> Value {
    let mut map: Map<String, Value> = Map::new();
    for _ in 0..count {
        let key = names.segment(random, WILD);
        let item =
            if random.once_in(6) { names.draw(random, WILD) } else { names.segment(random, WILD) };
        let name = if format == "by-resource" {
            names.joined(&key, &item)
        } else {
            names.joined(&item, &key)
        };
        // A blank part would stand for all parts, and is refused.
        let is_blank = key.trim().is_empty() || item.trim().is_empty();
        if !names.holds(&name) || (is_blank && names.dialect == Dialect::Shiro) {
            continue;
        }
        grants.push(Grant { allows, ..allow(name) });
        if let Value::Array(items) = map.entry(key).or_insert_with(|| json!([])) {
            items.push(item.into());
        }
    }
    Value::Object(map)
}

/// Grants with an effect, most of them on some resources.
fn scoped(names: Names, count: usize, grants: &mut Vec<Grant>, random: &mut Random) -> Value {
    let mut list = Vec::new();
    for _ in 0..count {
        let permission = names.draw(random, WILD);
        let mut grant = json!({ "permission": permission });
        let resource = (!random.once_in(5)).then(|| path(random, &PATH));
        if let Some(resource) = &resource {
            grant["resource"] = resource.as_str().into();
        } else if random.once_in(2) {
            grant["resource"] = Value::Null;
        }
        let allows = !random.once_in(3);
        if !allows || random.once_in(2) {
            grant["effect"] = if allows { "allow" } else { "deny" }.into();
        }
        grants.push(Grant { permission, resource, allows });
        list.push(grant);
    }
    Value::Array(list)
}

fn path(random: &mut Random, of: &[&str]) -> String {
    loop {
        let count = *random.pick(&[1, 1, 2, 2, 3, 4]);
        let mut segments: Vec<&str> = (0..count).map(|_| *random.pick(of)).collect();
        if random.once_in(20) {
            segments.insert(random.index(count + 1), "");
        }
        let path = segments.join("/");
        if !path.is_empty() {
            return path;
        }
    }
}

/// The role map, and the grants of a user with some of its roles.
fn role_map(names: Names, roles: Option<&Vec<String>>, random: &mut Random) -> (Value, Vec<Grant>) {
    let (mut map, mut all) = (Map::new(), Vec::new());
    for role in MEMBERS {
        if random.once_in(2) {
            continue;
        }
        let mut grants = Vec::new();
        let count = random.index(5);
        let value = if random.once_in(2) {
            json!(plain(names, count, true, &mut grants, random))
        } else {
            json!({
                "permissions": plain(names, count, true, &mut grants, random),
                "denied": plain(names, random.index(3), false, &mut grants, random),
                "grants": scoped(names, random.index(3), &mut grants, random),
            })
        };
        map.insert(role.into(), value);
        if roles.is_some_and(|roles| roles.iter().any(|it| it == role)) {
            all.extend(grants);
        }
    }
    (Value::Object(map), all)
}

/// Bit i is bit i % 8, from the least significant, of byte i / 8; base64url without padding.
fn bits(flags: &[bool]) -> String {
    const ALPHABET: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
    let mut bytes = vec![0_u8; flags.len().div_ceil(8)];
    for (index, _) in flags.iter().enumerate().filter(|(_, is_held)| **is_held) {
        bytes[index / 8] |= 1 << (index % 8);
    }
    while bytes.last() == Some(&0) {
        bytes.pop();
    }
    // Six bits at a time, from the most significant of each byte.
    let at = |bit: usize| bytes.get(bit / 8).map_or(0, |byte| byte >> (7 - bit % 8) & 1);
    (0..bytes.len() * 8)
        .step_by(6)
        .map(|first| {
            let six = (first..first + 6).fold(0, |six, bit| six << 1 | at(bit));
            char::from(ALPHABET[usize::from(six)])
        })
        .collect()
}

/// Generates a requirement.
pub(crate) fn requirement(set: &Set, random: &mut Random, depth: usize) -> Question {
    if depth > 0 && random.once_in(2) {
        let count = *random.pick(&[2, 2, 3]);
        let mut parts: Vec<Question> =
            (0..count).map(|_| requirement(set, random, depth - 1)).collect();
        return match random.index(3) {
            0 => Question::Not(Box::new(parts.remove(0))),
            1 => Question::All(parts),
            _ => Question::Any(parts),
        };
    }
    let member = |random: &mut Random| (*random.pick(&MEMBERS)).into();
    match random.index(12) {
        0 => Question::Role(member(random)),
        1 => Question::Group(member(random)),
        2 => Question::Scope(member(random)),
        _ => Question::Permission(permission(set, random)),
    }
}

/// Generates the name of a question, often one that is related to a grant.
pub(crate) fn permission(set: &Set, random: &mut Random) -> String {
    let names = Names { dialect: set.dialect, separator: set.separator };
    if set.grants.is_empty() || random.once_in(3) {
        let wild = if random.once_in(3) { WILD } else { 0 };
        return names.draw(random, wild);
    }
    let mut name = random.pick(&set.grants).permission.clone();
    while name.contains('*') && !random.once_in(5) {
        let segment = names.segment(random, 0);
        name = name.replacen('*', if segment.is_empty() { "a" } else { &segment }, 1);
    }
    if names.holds(&name) { name } else { names.draw(random, 0) }
}

/// Generates the resource of a question, or none.
pub(crate) fn resource(random: &mut Random) -> Option<String> {
    (!random.once_in(2)).then(|| path(random, &["t", "u", "1", "2", "3"]))
}
