//! The index against a plain list of (element, requirement), under random changes.
#![expect(clippy::unwrap_used, reason = "a test that cannot go on has failed")]

use permgate_core::PermissionSet;
use proptest::prelude::*;

use super::*;

fn learn_and_put(index: &mut Index, number: u32, key: u32) {
    if !index.knows(key) {
        let requirement = Requirement::parse(&format!("p:{key}")).unwrap();
        index.learn(key, Asked::Readable(requirement, None), Outcome::Unknown);
    }
    index.put(number, key, false, &mut Writes::default());
}

#[test]
fn only_the_elements_of_a_flipped_requirement_are_written() {
    let mut index = Index::default();
    for number in 0..10 {
        learn_and_put(&mut index, number, number % 2);
    }
    let all = index.update(|_, _| Some(Outcome::Denied));
    assert_eq!(all.each_ref().map(Vec::len), [10, 0, 0]);
    let granted = PermissionSet::new([permgate_core::Grant::allow(
        permgate_core::Pattern::parse("p:1").unwrap(),
    )]);
    let some = index.update(|requirement, _| Some(granted.decide(requirement, None).outcome));
    assert_eq!(some, [vec![], vec![1, 3, 5, 7, 9], vec![]]);
    assert_eq!(
        index.update(|requirement, _| Some(granted.decide(requirement, None).outcome)),
        Writes::default()
    );
}

#[test]
fn what_stands_already_is_written_only_again() {
    let mut index = Index::default();
    learn_and_put(&mut index, 0, 0);
    for again in [false, true] {
        let mut writes = Writes::default();
        index.put(0, 0, again, &mut writes);
        assert_eq!(writes.concat().len(), usize::from(again));
    }
}

#[test]
fn a_requirement_without_elements_is_forgotten() {
    let mut index = Index::default();
    learn_and_put(&mut index, 0, 0);
    learn_and_put(&mut index, 1, 1);
    assert_eq!(index.take(0), Some(0));
    assert_eq!(index.take(0), None);
    assert!(index.release(0) && !index.release(0) && !index.release(1));
    assert!(!index.knows(0) && index.knows(1));
    learn_and_put(&mut index, 2, 7);
    assert_eq!(index.put(1, 7, false, &mut Writes::default()), Some(1));
}

#[test]
fn a_requirement_whose_last_element_goes_and_comes_back_is_kept() {
    let mut index = Index::default();
    learn_and_put(&mut index, 0, 0);
    assert_eq!(index.take(0), Some(0));
    index.put(1, 0, false, &mut Writes::default());
    assert!(!index.release(0) && index.knows(0));
}

proptest! {
    #[test]
    fn the_index_holds_what_a_list_would(changes in prop::collection::vec((0_u32..12, proptest::option::of(0_u32..5)), 0..60)) {
        let mut index = Index::default();
        let mut list = [None; 12];
        for (number, key) in changes {
            list[number as usize] = key;
            match key {
                Some(key) => learn_and_put(&mut index, number, key),
                None => { index.take(number); }
            }
        }
        prop_assert_eq!(index.size(), list.iter().flatten().count());
        let asked = |number| match index.asked(number) {
            Some(Asked::Readable(requirement, _)) => Some(requirement.to_string()),
            _ => None,
        };
        let held: Vec<Option<String>> = (0..12).map(asked).collect();
        let expected: Vec<Option<String>> = list.iter().map(|key| key.map(|key| format!("p:{key}"))).collect();
        prop_assert_eq!(held, expected);
        let writes = index.update(|requirement, _| {
            Some(if requirement.to_string() == "p:3" { Outcome::Granted } else { Outcome::Unknown })
        });
        let mut granted = writes[1].clone();
        granted.sort_unstable();
        let expected: Vec<u32> = (0..12).filter(|number| list[*number as usize] == Some(3)).collect();
        prop_assert_eq!(granted, expected);
    }
}
