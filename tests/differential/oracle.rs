//! The naive evaluator: it tries all grants one after the other, and shares nothing with the
//! core. A pattern of infinitely many names is tried on names that occur nowhere else.

use std::collections::HashSet;

use crate::model::{Answer, Dialect, Question, Set};

/// A segment that occurs in no set.
const FRESH: &str = "\u{1F9ED}";

/// A permission, split in the way of its dialect.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Name {
    Segments(Vec<String>),
    Shiro(Vec<HashSet<String>>),
    Exact(String),
}

impl Name {
    pub(crate) fn cut(text: &str, dialect: Dialect, separator: char) -> Option<Self> {
        Some(match dialect {
            Dialect::Segments => Self::Segments(text.split(separator).map(String::from).collect()),
            Dialect::Shiro => Self::Shiro(shiro_parts(text, separator)?),
            Dialect::Exact => Self::Exact(text.into()),
        })
    }

    /// Whether this covers all names of `other`.
    pub(crate) fn includes(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Segments(one), Self::Segments(other)) => {
                if is_plain(other) {
                    return matches(one, other);
                }
                // One word for each length, with a segment that occurs nowhere else in the place of `*`.
                let mut lengths = 1..=one.len() + 1;
                lengths.all(|length| matches(one, &instance(other, length)))
            }
            (Self::Shiro(one), Self::Shiro(other)) => implies(one, other),
            (Self::Exact(one), Self::Exact(other)) => one == other,
            _ => false,
        }
    }

    /// Whether both cover a common name.
    pub(crate) fn meets(&self, other: &Self) -> bool {
        match (self, other) {
            (Self::Segments(one), Self::Segments(other)) => {
                if is_plain(other) {
                    return matches(one, other);
                }
                if is_plain(one) {
                    return matches(other, one);
                }
                if is_everything(one) || is_everything(other) {
                    return true;
                }
                let longest = one.len().max(other.len()) + 1;
                (1..=longest).any(|length| {
                    let word: Vec<String> = (0..length)
                        .map(|place| {
                            let named = [one, other].into_iter().filter_map(|it| it.get(place));
                            let mut named = named.filter(|segment| segment.as_str() != "*");
                            named.next().map_or(FRESH.into(), String::from)
                        })
                        .collect();
                    matches(one, &word) && matches(other, &word)
                })
            }
            (Self::Shiro(one), Self::Shiro(other)) => one.iter().zip(other).all(|(a, b)| {
                a.contains("*") || b.contains("*") || a.intersection(b).next().is_some()
            }),
            (Self::Exact(one), Self::Exact(other)) => one == other,
            _ => false,
        }
    }
}

fn is_plain(segments: &[String]) -> bool {
    !segments.iter().any(|segment| segment == "*")
}

fn is_everything(segments: &[String]) -> bool {
    matches!(segments, [only] if only == "*")
}

/// A word that a pattern covers: a fresh segment for each `*`, and several for a `*` at the end.
fn instance(pattern: &[String], length: usize) -> Vec<String> {
    let mut word: Vec<String> = pattern
        .iter()
        .map(|segment| if segment == "*" { FRESH.into() } else { segment.clone() })
        .collect();
    if pattern.last().is_some_and(|last| last == "*") {
        word.extend(std::iter::repeat_n(String::from(FRESH), length - 1));
    }
    word
}

/// Whether a pattern matches a word without `*`, by the rule of the documentation.
fn matches(pattern: &[String], word: &[String]) -> bool {
    if is_everything(pattern) {
        return true;
    }
    for (place, segment) in pattern.iter().enumerate() {
        let Some(part) = word.get(place) else { return false };
        let is_last = place + 1 == pattern.len();
        if segment == "*" {
            if part.is_empty() {
                return false;
            }
            if is_last {
                return true;
            }
        } else if segment != part {
            return false;
        }
    }
    pattern.len() == word.len()
}

/// Apache Shiro's `WildcardPermission.setParts`; none if the method throws.
fn shiro_parts(text: &str, separator: char) -> Option<Vec<HashSet<String>>> {
    let trimmed = text.trim_matches(|character: char| character <= '\u{20}').to_lowercase();
    if trimmed.is_empty() {
        return None;
    }
    let pieces = java_split(&trimmed, separator);
    if pieces.is_empty() {
        return None;
    }
    let parts = pieces.iter().map(|piece| {
        let words: HashSet<String> = java_split(piece, ',').into_iter().collect();
        if words.is_empty() { None } else { Some(words) }
    });
    parts.collect()
}

/// Java's `String.split`: drops empty texts at the end, but keeps a text without divider.
fn java_split(text: &str, divider: char) -> Vec<String> {
    if !text.contains(divider) {
        return vec![text.into()];
    }
    let mut pieces: Vec<String> = text.split(divider).map(String::from).collect();
    while pieces.last().is_some_and(String::is_empty) {
        pieces.pop();
    }
    pieces
}

/// Apache Shiro's `WildcardPermission.implies`.
fn implies(grant: &[HashSet<String>], question: &[HashSet<String>]) -> bool {
    for (index, part) in question.iter().enumerate() {
        let Some(own) = grant.get(index) else { return true };
        if !own.contains("*") && !part.is_subset(own) {
            return false;
        }
    }
    grant.iter().skip(question.len()).all(|part| part.contains("*"))
}

/// A grant, split.
#[derive(Debug)]
pub(crate) struct Cut {
    pub(crate) name: Name,
    pub(crate) resource: Option<Vec<String>>,
    pub(crate) allows: bool,
}

/// A set, split once for all its questions.
pub(crate) struct Oracle<'a> {
    pub(crate) set: &'a Set,
    pub(crate) grants: Vec<Cut>,
    catalogue: Option<Vec<Name>>,
}

impl<'a> Oracle<'a> {
    pub(crate) fn new(set: &'a Set) -> Self {
        let cut = |text: &str| Name::cut(text, set.dialect, set.separator).unwrap();
        let grants = set.grants.iter().map(|grant| Cut {
            name: cut(&grant.permission),
            resource: grant.resource.as_deref().map(path),
            allows: grant.allows,
        });
        let catalogue = set.catalogue.as_ref();
        let catalogue = catalogue.map(|names| names.iter().map(|name| cut(name)).collect());
        Self { set, grants: grants.collect(), catalogue }
    }

    pub(crate) fn name(&self, text: &str) -> Name {
        Name::cut(text, self.set.dialect, self.set.separator).unwrap()
    }

    /// Kleene's strong three-valued logic.
    pub(crate) fn decide(&self, question: &Question, resource: Option<&[String]>) -> Answer {
        match question {
            Question::Permission(name) => self.permission(&self.name(name), resource),
            Question::Role(name) => member(self.set.roles.as_ref(), name),
            Question::Group(name) => member(self.set.groups.as_ref(), name),
            Question::Scope(name) => member(self.set.scopes.as_ref(), name),
            Question::Not(inner) => match self.decide(inner, resource) {
                Answer::Granted => Answer::Denied,
                Answer::Denied => Answer::Granted,
                Answer::Unknown => Answer::Unknown,
            },
            Question::All(parts) => self.joined(parts, resource, Answer::Denied, Answer::Granted),
            Question::Any(parts) => self.joined(parts, resource, Answer::Granted, Answer::Denied),
        }
    }

    fn joined(
        &self,
        parts: &[Question],
        resource: Option<&[String]>,
        decisive: Answer,
        otherwise: Answer,
    ) -> Answer {
        let answers: Vec<Answer> = parts.iter().map(|part| self.decide(part, resource)).collect();
        if answers.contains(&decisive) {
            decisive
        } else if answers.contains(&Answer::Unknown) {
            Answer::Unknown
        } else {
            otherwise
        }
    }

    fn permission(&self, name: &Name, resource: Option<&[String]>) -> Answer {
        let here = || self.grants.iter().filter(|grant| applies(grant, resource));
        if here().any(|grant| !grant.allows && grant.name.meets(name)) {
            Answer::Denied
        } else if here().any(|grant| grant.allows && grant.name.includes(name)) {
            Answer::Granted
        } else if self.is_listed(name) {
            Answer::Denied
        } else {
            Answer::Unknown
        }
    }

    fn is_listed(&self, name: &Name) -> bool {
        match (&self.catalogue, name) {
            (None, _) => true,
            (Some(names), Name::Segments(segments)) if is_plain(segments) => names.contains(name),
            (Some(names), _) => names.iter().any(|listed| listed.meets(name)),
        }
    }

    /// Whether some resource is granted: each grant is tried on a resource that occurs nowhere
    /// else.
    pub(crate) fn somewhere(&self, name: &Name) -> Answer {
        let everywhere = vec![String::from("*")];
        for grant in self.grants.iter().filter(|it| it.allows && it.name.includes(name)) {
            let pattern = grant.resource.as_ref().unwrap_or(&everywhere);
            let is_left = (1..=5).any(|length| {
                let word = instance(pattern, length);
                self.permission(name, Some(&word)) == Answer::Granted
            });
            if is_left {
                return Answer::Granted;
            }
        }
        let is_everywhere =
            |grant: &&Cut| grant.resource.as_ref().is_none_or(|it| is_everything(it));
        let mut denied = self.grants.iter().filter(|grant| !grant.allows).filter(is_everywhere);
        if denied.any(|grant| grant.name.meets(name)) || self.is_listed(name) {
            Answer::Denied
        } else {
            Answer::Unknown
        }
    }
}

/// A resource, split.
pub(crate) fn path(text: &str) -> Vec<String> {
    text.split('/').map(String::from).collect()
}

/// Whether a grant applies to a resource, or to a question without a resource.
pub(crate) fn applies(grant: &Cut, resource: Option<&[String]>) -> bool {
    match (&grant.resource, resource) {
        (None, _) => true,
        (Some(pattern), Some(resource)) => matches(pattern, resource),
        (Some(_), None) => false,
    }
}

fn member(memberships: Option<&Vec<String>>, name: &String) -> Answer {
    match memberships {
        None => Answer::Unknown,
        Some(names) if names.contains(name) => Answer::Granted,
        Some(_) => Answer::Denied,
    }
}
