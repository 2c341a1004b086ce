//! Random sets and questions: the core must give the same answers as an evaluator that was written
//! for this test, and shares only the input with the core.
//!
//! `PERMGATE_SEED` repeats a run, `PERMGATE_CASES` is the number of questions, and
//! `PERMGATE_CASES_FILE` is a file for them and their answers, one set per line, so that the
//! package can answer the same questions.
#![cfg(not(target_arch = "wasm32"))]
#![expect(
    clippy::unwrap_used,
    clippy::indexing_slicing,
    reason = "a test that cannot go on has failed"
)]

mod generate;
mod model;
mod oracle;
mod print;

use std::env;
use std::fs::File;
use std::hash::{BuildHasher, RandomState};
use std::io::{BufWriter, Write};

use permgate_core::requirement::Kind;
use permgate_core::session::Config;
use permgate_core::{Decision, Effect, PermissionSet, Requirement, Resource};
use permgate_testbed::Random;
use serde_json::{Value, json};

use model::{Question, Set};
use oracle::{Oracle, applies, path};

/// The number of questions for one set.
const OF_ONE_SET: usize = 50;

/// The number of differences that are printed.
const SHOWN: usize = 5;

#[test]
fn the_core_and_the_naive_evaluator_give_the_same_answers() {
    let number = |name: &str| env::var(name).ok().map(|text| text.parse::<u64>().unwrap());
    let seed = number("PERMGATE_SEED").unwrap_or_else(|| RandomState::new().hash_one(0) >> 11);
    let cases = usize::try_from(number("PERMGATE_CASES").unwrap_or(100_000)).unwrap();
    println!("seed {seed}, {cases} cases");
    let mut file =
        env::var_os("PERMGATE_CASES_FILE").map(|path| BufWriter::new(File::create(path).unwrap()));
    let mut random = Random::new(seed);
    let mut differences = Vec::new();
    let mut tally = [0_usize; 3];
    for _ in 0..cases.div_ceil(OF_ONE_SET) {
        let set = generate::set(&mut random);
        let lines = ask(&set, &mut random, &mut differences, &mut tally);
        if let Some(file) = &mut file {
            let line = json!({ "options": set.options, "document": set.document, "cases": lines });
            writeln!(file, "{line}").unwrap();
        }
        if differences.len() >= SHOWN {
            break;
        }
    }
    file.into_iter().for_each(|mut file| file.flush().unwrap());
    println!("granted, denied, unknown: {tally:?}");
    assert!(
        differences.is_empty(),
        "with PERMGATE_SEED={seed} the core differs:\n{}",
        differences.join("\n")
    );
    // No answer may be rare, otherwise the questions would prove little. Short runs are not checked.
    assert!(
        cases < 10_000 || tally.iter().all(|count| *count > cases / 50),
        "one-sided answers: {tally:?}"
    );
}

/// Asks one set, and returns the questions with the right answers.
fn ask(
    set: &Set,
    random: &mut Random,
    differences: &mut Vec<String>,
    tally: &mut [usize; 3],
) -> Vec<Value> {
    let (config, permissions) = match read(set) {
        Ok(pair) => pair,
        Err(error) => {
            differences.push(format!("{} {}: {error}", set.options, set.document));
            return Vec::new();
        }
    };
    let oracle = Oracle::new(set);
    let mut lines = Vec::new();
    for _ in 0..OF_ONE_SET {
        let somewhere = random.once_in(6);
        let (question, resource) = if somewhere {
            (Question::Permission(generate::permission(set, random)), None)
        } else {
            (generate::requirement(set, random, 3), generate::resource(random))
        };
        let text = print::text(&question, random);
        let cut = resource.as_deref().map(path);
        let expected = match &question {
            Question::Permission(name) if somewhere => oracle.somewhere(&oracle.name(name)),
            _ => oracle.decide(&question, cut.as_deref()),
        };
        tally[expected as usize] += 1;
        let case = json!([text, resource, somewhere, expected.word()]);
        let language = config.reading.language;
        let wrong = match Requirement::parse_in(&text, language) {
            Err(error) => Some(format!("it cannot be read: {error}")),
            Ok(requirement) => {
                let resource = resource.as_deref().map(|text| Resource::parse(text).unwrap());
                let decision = if somewhere {
                    permissions.somewhere(&requirement)
                } else {
                    permissions.decide(&requirement, resource.as_ref())
                };
                let outcome = decision.outcome.as_str();
                if outcome == expected.word() {
                    unjust(&oracle, &decision, cut.as_deref(), somewhere)
                } else {
                    Some(format!("{outcome}: {decision}"))
                }
            }
        };
        if let Some(wrong) = wrong {
            differences.push(format!("{} {} {case}: {wrong}", set.options, set.document));
        }
        lines.push(case);
    }
    lines
}

/// Reads options and document as an instance does.
fn read(set: &Set) -> Result<(Config, PermissionSet), String> {
    let config = Config::parse(&set.options.to_string()).map_err(|error| error.to_string())?;
    let document = config.reading.document(&set.document.to_string());
    let permissions = document.map_err(|error| error.to_string())?.into_set();
    let permissions = match &config.reading.policies.catalogue {
        Some(catalogue) => permissions.with_catalogue(catalogue.clone()),
        None => permissions,
    };
    Ok((config, permissions))
}

/// The error in a decision, if the grant that it names is no grant of the set or does not match the
/// question.
fn unjust(
    oracle: &Oracle<'_>,
    decision: &Decision<'_>,
    resource: Option<&[String]>,
    somewhere: bool,
) -> Option<String> {
    let grant = decision.reason.grant()?;
    let Some(Kind::Permission(question)) =
        decision.atom.map(permgate_core::requirement::Atom::kind)
    else {
        return Some("a grant decided on no permission".into());
    };
    let question = oracle.name(question.as_str());
    let name = oracle.name(grant.pattern.as_str());
    let scope = grant.resource.as_ref().map(|it| path(it.as_str()));
    let allows = grant.effect == Effect::Allow;
    let same = oracle
        .grants
        .iter()
        .find(|own| own.name == name && own.resource == scope && own.allows == allows);
    let Some(own) = same else { return Some(format!("{grant} is no grant of the set")) };
    let covers = if allows { name.includes(&question) } else { name.meets(&question) };
    let counts = somewhere || applies(own, resource);
    (!covers || !counts).then(|| format!("{grant} does not decide this"))
}
