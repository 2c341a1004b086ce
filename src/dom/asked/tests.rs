//! The list of changed decisions, and the requirements that keys stand for.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use permgate_core::{Grant, Pattern, PermissionSet};

use super::*;

fn asking(names: &[&str]) -> Requirements {
    let mut requirements = Requirements::default();
    for (key, name) in (0_u32..).zip(names) {
        let requirement = Requirement::parse(name).unwrap();
        requirements.learn(key, Asked::Readable(requirement, None), Outcome::Unknown);
    }
    requirements
}

#[test]
fn only_requirements_whose_decision_changed_are_listed() {
    let mut requirements = asking(&["p:0", "p:1", "p:2"]);
    requirements.learn(5, Asked::Malformed, Outcome::Denied);
    assert_eq!(requirements.update(|_, _| Some(Outcome::Denied)), [0, 0, 1, 0, 2, 0]);
    let granted = PermissionSet::new([Grant::allow(Pattern::parse("p:1").unwrap())]);
    let decide = |requirement: &Requirement, _: Option<&Resource>| {
        Some(granted.decide(requirement, None).outcome)
    };
    assert_eq!(requirements.update(decide), [1, 1]);
    assert_eq!(requirements.update(decide), [] as [u32; 0]);
    assert_eq!(requirements.update(|_, _| None), [] as [u32; 0]);
    assert_eq!(requirements.update(|_, _| Some(Outcome::Unknown)), [0, 2, 1, 2, 2, 2]);
}

#[test]
fn a_forgotten_key_can_stand_for_another_requirement() {
    let mut requirements = asking(&["p:0", "p:1"]);
    requirements.forget(0);
    requirements.forget(9);
    assert!(requirements.at(0).is_none() && requirements.at(1).is_some());
    assert_eq!(requirements.update(|_, _| Some(Outcome::Denied)), [1, 0]);
    requirements.learn(0, Asked::Malformed, Outcome::Denied);
    assert!(matches!(requirements.at(0), Some(Asked::Malformed)));
    let mut readable = Vec::new();
    requirements.for_each(&mut |key, requirement| readable.push((key, requirement.to_string())));
    assert_eq!(readable, [(1, "p:1".to_owned())]);
}
