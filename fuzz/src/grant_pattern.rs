//! Patterns and sets of grants: inclusion is an order, overlap follows from it, and the index
//! always agrees with a scan of all grants.

use crate::input::Input;
use crate::naive;
use permgate_core::{
    Decision, Dialect, Effect, Grant, Language, Outcome, Pattern, PermissionSet, Reason,
    Requirement, Resource, ResourcePattern, Separator,
};
use std::collections::BTreeSet;

/// Few letters, so that patterns affect each other.
const LETTERS: &[u8] = b"aab*::./,,-?@\n\npA ";

/// A name that no pattern has.
const FRESH: &str = "\u{3b6}";

/// The largest number of patterns: all triples are compared, so more would take much longer.
const PATTERNS_MAX: usize = 6;
const QUESTIONS_MAX: usize = 4;
const GRANTS_MAX: usize = 48;

/// An input: dialect, separator, `0` for few letters or `1` for any; then lines. `a:*@x/*` is a
/// grant on resources; with `-` before it, it is a denial, and with `?`, a question on one
/// resource.
pub fn check(bytes: &[u8]) {
    let mut input = Input::new(bytes);
    let language = input.language();
    let few = input.choice(&[true, false]);
    let text: String = input.text().into_owned();
    let text = if few { text.bytes().map(letter).collect() } else { text };
    let (mut grants, mut questions) = (Vec::new(), Vec::new());
    for line in text.split('\n') {
        let (head, resource) = line.split_once('@').map_or((line, None), |(a, b)| (a, Some(b)));
        if let Some(question) = head.strip_prefix('?') {
            let resource = resource.and_then(|text| Resource::parse(text).ok());
            if let Some(pattern) = pattern(question, language)
                && questions.len() < QUESTIONS_MAX
            {
                questions.push((pattern, resource));
            }
        } else if let Some(grant) = grant(head, resource, language)
            && grants.len() < GRANTS_MAX
        {
            grants.push(grant);
        }
    }
    let mut patterns: Vec<&Pattern> = questions.iter().map(|(pattern, _)| pattern).collect();
    patterns.extend(grants.iter().map(|grant| &grant.pattern));
    patterns.truncate(PATTERNS_MAX);
    relations(&patterns);
    let set = PermissionSet::new(grants.clone());
    for (question, resource) in &questions {
        decisions(&set, &grants, question, resource.as_ref());
    }
}

/// One of the letters: a byte that is none of them stands for one of them.
fn letter(byte: u8) -> char {
    let known = LETTERS.contains(&byte);
    char::from(if known { byte } else { LETTERS[usize::from(byte) % LETTERS.len()] })
}

/// Parses a pattern, and checks that its text is parsed to the same pattern.
fn pattern(text: &str, language: Language) -> Option<Pattern> {
    let pattern = Pattern::parse_in(text, language).ok()?;
    assert_eq!(Pattern::parse_in(pattern.as_str(), language).as_ref(), Ok(&pattern));
    Some(pattern)
}

fn grant(head: &str, resource: Option<&str>, language: Language) -> Option<Grant> {
    let (text, effect) = match head.strip_prefix('-') {
        Some(text) => (text, Effect::Deny),
        None => (head, Effect::Allow),
    };
    let resource = match resource {
        // A resource must also be valid as a permission pattern, whose limit is lower.
        Some(text) if text.len() > 200 => return None,
        Some(text) => Some(ResourcePattern::parse(text).ok()?),
        None => None,
    };
    Some(Grant { pattern: pattern(text, language)?, resource, effect })
}

fn relations(patterns: &[&Pattern]) {
    for a in patterns {
        assert!(a.includes(a), "{a} does not include itself");
        for b in patterns {
            assert_eq!(a.overlaps(b), b.overlaps(a), "{a} and {b}");
            assert!(!a.includes(b) || a.overlaps(b), "{a} includes {b} but does not overlap it");
            if let Some(expected) = includes_by_words(a, b) {
                assert_eq!(a.includes(b), expected, "{a} and the words of {b}");
            }
            for c in patterns.iter().filter(|_| b.overlaps(a)) {
                let (ab, bc) = (a.includes(b), b.includes(c));
                assert!(!ab || !bc || a.includes(c), "{a} includes {b} includes {c}");
                assert!(!ab || !b.overlaps(c) || a.overlaps(c), "{a} includes {b} overlaps {c}");
                let common = a.includes(c) && b.includes(c);
                assert!(!common || a.overlaps(b), "{c} is in both {a} and {b}");
            }
        }
    }
}

/// Whether `a` covers the permissions of `b`, tested with a name that is in neither of them.
fn includes_by_words(a: &Pattern, b: &Pattern) -> Option<bool> {
    let Language { dialect, separator } = a.language();
    if dialect != Dialect::Segments || [a, b].iter().any(|it| it.as_str().contains(FRESH)) {
        return None;
    }
    let shortest = b.as_str().replace('*', FRESH);
    let mut longer = shortest.clone();
    if b.as_str().ends_with('*') {
        longer.push(separator.character());
        longer.push_str(FRESH);
    }
    let words = [shortest, longer].map(|text| Pattern::parse_in(&text, a.language()).ok());
    let [Some(shortest), Some(longer)] = words else { return None };
    assert!(b.includes(&shortest) && b.includes(&longer), "{b} does not cover its own words");
    Some(a.includes(&shortest) && a.includes(&longer))
}

fn decisions(
    set: &PermissionSet,
    grants: &[Grant],
    question: &Pattern,
    resource: Option<&Resource>,
) {
    let requirement = requirement(question);
    let concerned = naive::concerned(grants, question);
    let decide = |resource: Option<&Resource>| {
        let decision = set.decide(&requirement, resource);
        let expected = naive::decide(&concerned, resource);
        assert_eq!(decision.outcome, expected, "{question} on {resource:?} of {grants:?}");
        justified(&decision, grants, question, |grant| grant.applies_to(resource));
        expected
    };
    decide(None);
    decide(resource);
    let somewhere = set.somewhere(&requirement);
    justified(&somewhere, grants, question, |_| true);
    assert_eq!(somewhere.outcome, naive_somewhere(grants, question), "{question} of {grants:?}");
    // Compared with the meaning: some resource with fresh names, below one of the grants, is granted.
    if grants.iter().all(|grant| !resource_of(grant).contains(FRESH)) {
        let allows = concerned.iter().filter(|grant| grant.effect == Effect::Allow);
        let places: BTreeSet<&str> = allows.map(|grant| resource_of(grant)).collect();
        let granted = places.iter().any(|place| {
            let resource = Resource::parse(&place.replace('*', FRESH)).unwrap();
            decide(Some(&resource)) == Outcome::Granted
        });
        assert_eq!(somewhere.is_granted(), granted, "{question} of {grants:?}");
    }
}

/// The requirement for one pattern.
fn requirement(question: &Pattern) -> Requirement {
    let quoted = question.as_str().replace('\\', "\\\\").replace('"', "\\\"");
    Requirement::parse_in(&format!("\"{quoted}\""), question.language()).unwrap()
}

/// Checks that a decision names an existing grant, which decides it.
fn justified(
    decision: &Decision<'_>,
    grants: &[Grant],
    question: &Pattern,
    counts: impl Fn(&Grant) -> bool,
) {
    assert!(!decision.to_string().is_empty());
    match decision.reason {
        Reason::GrantedBy(grant) => {
            assert_eq!(decision.outcome, Outcome::Granted);
            assert!(naive::allows(grant, question) && counts(grant) && grants.contains(grant));
        }
        Reason::DeniedBy(grant) => {
            assert_eq!(decision.outcome, Outcome::Denied);
            assert!(naive::denies(grant, question) && counts(grant) && grants.contains(grant));
        }
        other => assert_eq!(other, Reason::NotGranted),
    }
}

fn resource_of(grant: &Grant) -> &str {
    grant.resource.as_ref().map_or("*", |pattern| pattern.as_str())
}

/// The outcome for at least one resource: whether some allow is not covered entirely by a denial.
fn naive_somewhere(grants: &[Grant], question: &Pattern) -> Outcome {
    let paths = Language { dialect: Dialect::Segments, separator: Separator::Slash };
    let path = |grant: &Grant| Pattern::parse_in(resource_of(grant), paths).unwrap();
    let is_left = |allow: &&Grant| {
        let is_covered =
            |deny: &Grant| naive::denies(deny, question) && path(deny).includes(&path(allow));
        !grants.iter().any(is_covered)
    };
    match grants.iter().filter(|grant| naive::allows(grant, question)).find(is_left) {
        Some(_) => Outcome::Granted,
        None => Outcome::Denied,
    }
}
