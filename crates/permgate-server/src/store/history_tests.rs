//! Random histories of administration, compared with a naive reading of the rules (F71): no user
//! gains a right that the author of the change did not hold, none loses a right by an author who
//! did not hold it, and where there was a keeper there is one afterwards.
//!
//! The rules compare sets of grants. Here each right is checked by name, on each resource, before
//! and after each change, as the enforcement checks it.

use permgate_core::{Effect, Grant, Language, Pattern, Requirement, Resource, ResourcePattern};
use proptest::prelude::*;

use super::{Accounts as _, Change, ChangeError, Rights as _, SqliteStore, Standing};
use crate::rules::is_keeper;
use crate::seed::{Seed, SeedRole, SeedUser};

const USERS: usize = 5;
const ROLES: [&str; 3] = ["alpha", "beta", "gamma"];
const NAMES: [&str; 8] =
    ["a:x", "a:y", "b:x", "user:edit", "user:create", "user:delete", "role:edit", "role:delete"];
const PATTERNS: [&str; 11] =
    ["*", "*", "a:*", "b:*", "*:x", "user:*", "role:*", "user:edit", "role:edit", "a:x", "a:y"];
const RESOURCES: [Option<&str>; 3] = [None, Some("r/1"), Some("r/2")];

fn pattern() -> impl Strategy<Value = Pattern> {
    prop::sample::select(&PATTERNS[..]).prop_map(|text| Pattern::parse(text).unwrap())
}

fn grant() -> impl Strategy<Value = Grant> {
    let resource = prop::sample::select(&[None, None, None, Some("r/1"), Some("r/*")][..]);
    let effect = prop::sample::select(&[Effect::Allow, Effect::Allow, Effect::Deny][..]);
    (pattern(), resource, effect).prop_map(|(pattern, resource, effect)| {
        let resource = resource.map(|text| ResourcePattern::parse(text).unwrap());
        Grant { pattern, resource, effect }
    })
}

fn grants() -> impl Strategy<Value = Vec<Grant>> {
    prop::collection::vec(grant(), 0..4)
}

fn patterns() -> impl Strategy<Value = Vec<Pattern>> {
    prop::collection::vec(pattern(), 0..3)
}

fn roles() -> impl Strategy<Value = Vec<String>> {
    prop::sample::subsequence(&ROLES[..], 0..=2)
        .prop_map(|names| names.into_iter().map(str::to_owned).collect())
}

fn subject() -> impl Strategy<Value = String> {
    (1..=USERS + 2).prop_map(|number| format!("u-{number}"))
}

fn change() -> impl Strategy<Value = Change> {
    let role = || prop::sample::select(&ROLES[..]).prop_map(str::to_owned);
    prop_oneof![
        3 => (subject(), roles()).prop_map(|(id, roles)| Change::SetUserRoles { id, roles }),
        3 => (subject(), grants()).prop_map(|(id, grants)| Change::SetUserGrants { id, grants }),
        1 => subject().prop_map(|id| Change::RemoveUser { id }),
        1 => ("[a-z]{3}", roles(), grants()).prop_map(|(username, roles, grants)| {
            let (name, password_hash) = ("New".into(), String::new());
            Change::AddUser { username, name, password_hash, roles, grants }
        }),
        3 => (role(), patterns()).prop_map(|(name, permissions)| {
            Change::SetRole { name, title: "Role".into(), permissions }
        }),
        1 => role().prop_map(|name| Change::RemoveRole { name }),
        1 => (role(), patterns()).prop_map(|(name, permissions)| {
            Change::AddRole { name, title: "Role".into(), permissions }
        }),
    ]
}

fn seed() -> impl Strategy<Value = Seed> {
    let user = (roles(), grants());
    let users = prop::collection::vec(user, USERS);
    (prop::collection::vec(patterns(), ROLES.len()), users).prop_map(|(contents, users)| Seed {
        roles: ROLES
            .iter()
            .zip(contents)
            .map(|(name, permissions)| SeedRole {
                name: (*name).into(),
                title: "Role".into(),
                permissions,
            })
            .collect(),
        users: users
            .into_iter()
            .enumerate()
            .map(|(number, (roles, grants))| SeedUser {
                username: format!("user-{number}"),
                name: "User".into(),
                password_hash: String::new(),
                roles,
                grants,
            })
            .collect(),
        records: Vec::new(),
    })
}

/// A right: a permission on a resource, or a role.
type Right = (String, Option<&'static str>);

/// Every permission that a user holds.
fn held(standing: &Standing) -> Vec<Right> {
    let names = NAMES.iter().flat_map(|name| RESOURCES.map(|resource| (*name, resource)));
    let is_held = |(name, resource): &(&str, Option<&str>)| {
        let requirement = Requirement::parse(name).unwrap();
        let resource = resource.map(|text| Resource::parse(text).unwrap());
        standing.set.decide(&requirement, resource.as_ref()).is_granted()
    };
    let names = names.filter(is_held).map(|(name, resource)| (name.to_owned(), resource));
    let roles = standing.roles.iter().map(|role| (format!("role({role})"), None));
    names.chain(roles).collect()
}

fn standings(store: &SqliteStore) -> Vec<Standing> {
    let users = store.users().unwrap();
    users.iter().map(|user| store.standing(&user.id).unwrap().unwrap()).collect()
}

fn has_keeper(standings: &[Standing]) -> bool {
    standings.iter().any(|standing| is_keeper(&standing.set, Language::default()))
}

fn rights(standings: &[Standing], subject: &str) -> Vec<Right> {
    let standing = standings.iter().find(|standing| standing.subject == subject);
    standing.map(held).unwrap_or_default()
}

/// Checks one change that was made, by the rights of all users before and after it.
fn check(actor: &str, change: &Change, before: &[Standing], after: &[Standing]) {
    let keeps = before.iter().find(|standing| standing.subject == actor);
    let is_keeper = keeps.is_some_and(|actor| is_keeper(&actor.set, Language::default()));
    let own = rights(before, actor);
    let may = |right: &Right| is_keeper || own.contains(right);
    let subjects = before.iter().chain(after).map(|standing| &standing.subject);
    for subject in subjects {
        let (was, is) = (rights(before, subject), rights(after, subject));
        for right in is.iter().filter(|right| !was.contains(right)) {
            assert!(may(right), "{actor} gave {right:?} to {subject} by {change:?}");
        }
        if subject == actor {
            continue;
        }
        for right in was.iter().filter(|right| !is.contains(right)) {
            assert!(may(right), "{actor} took {right:?} from {subject} by {change:?}");
        }
    }
    assert!(
        !has_keeper(before) || has_keeper(after),
        "{actor} removed the last keeper: {change:?}"
    );
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 128, ..ProptestConfig::default() })]

    #[test]
    fn f71_no_change_gives_or_takes_more_than_its_author_holds_and_a_keeper_remains(
        seed in seed(),
        history in prop::collection::vec((subject(), change()), 1..40),
    ) {
        let store = SqliteStore::in_memory().unwrap();
        store.plant(&seed).unwrap();
        let mut before = standings(&store);
        for (actor, change) in history {
            let applied = store.administer(&actor, &change);
            let after = standings(&store);
            match applied {
                Ok(_) => check(&actor, &change, &before, &after),
                Err(ChangeError::Store(error)) => panic!("{error}"),
                Err(_) => assert_eq!(before, after, "a refused change leaves nothing behind"),
            }
            before = after;
        }
    }
}

/// Random histories in which every change is refused would prove nothing.
#[test]
fn random_histories_have_changes_that_are_made_and_changes_that_each_rule_refuses() {
    use crate::rules::Refusal;
    use proptest::strategy::ValueTree as _;
    use proptest::test_runner::TestRunner;
    let mut runner = TestRunner::deterministic();
    let mut counts = std::collections::BTreeMap::new();
    for _ in 0..200 {
        let store = SqliteStore::in_memory().unwrap();
        store.plant(&seed().new_tree(&mut runner).unwrap().current()).unwrap();
        for _ in 0..30 {
            let actor = subject().new_tree(&mut runner).unwrap().current();
            let change = change().new_tree(&mut runner).unwrap().current();
            let outcome = match store.administer(&actor, &change) {
                Ok(_) => "made",
                Err(ChangeError::Refused(Refusal::NotAllowed(_))) => "not allowed",
                Err(ChangeError::Refused(Refusal::BeyondOwn(_))) => "beyond own",
                Err(ChangeError::Refused(Refusal::RoleNotHeld(_))) => "role not held",
                Err(ChangeError::Refused(Refusal::KeepersOnly)) => "keepers only",
                Err(ChangeError::Refused(Refusal::LastKeeper)) => "last keeper",
                Err(_) => "names nothing",
            };
            *counts.entry(outcome).or_insert(0_usize) += 1;
        }
    }
    for outcome in
        ["made", "not allowed", "beyond own", "role not held", "keepers only", "last keeper"]
    {
        let times = counts.get(outcome).copied().unwrap_or_default();
        assert!(times >= 10, "{outcome}: {times} of {counts:?}");
    }
}
