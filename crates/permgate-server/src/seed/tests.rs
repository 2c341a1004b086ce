//! The seed data are consistent: every name exists, and the users have the rights that the demo
//! describes.

use permgate_core::{Language, Pattern, PermissionSet, Requirement};

use super::{DEMO_ROLES, DEMO_USERS, demo};
use crate::catalogue;
use crate::clock::Timestamp;
use crate::password::PasswordCost;

#[test]
fn every_pattern_covers_a_permission_of_the_catalogue_and_every_role_exists() {
    let roles = DEMO_ROLES.iter().flat_map(|role| role.permissions);
    let users = DEMO_USERS.iter().flat_map(|user| user.allowed.iter().chain(user.denied));
    for text in roles.chain(users) {
        assert!(catalogue::is_covered_by(&Pattern::parse(text).unwrap()), "{text}");
    }
    for role in DEMO_USERS.iter().flat_map(|user| user.roles) {
        assert!(DEMO_ROLES.iter().any(|known| known.name == *role), "{role}");
    }
}

#[test]
fn users_have_the_rights_that_the_demo_describes() {
    let seed = demo(Timestamp::from_unix_ms(0), PasswordCost::LEAST, Language::default()).unwrap();
    let may = |username: &str, requirement: &str| {
        let user = seed.users.iter().find(|user| user.username == username).unwrap();
        let roles = seed.roles.iter().filter(|role| user.roles.contains(&role.name));
        let allowed = roles.flat_map(|role| role.permissions.iter().cloned());
        let grants = allowed.map(permgate_core::Grant::allow).chain(user.grants.iter().cloned());
        let requirement = Requirement::parse(requirement).unwrap();
        PermissionSet::new(grants).decide(&requirement, None).is_granted()
    };
    for name in catalogue::permissions() {
        assert!(may("ada", &name), "ada, {name}");
        assert_eq!(may("margaret", &name), name.ends_with(":view"), "margaret, {name}");
    }
    assert!(may("grace", "journal-entry:edit & !journal-entry:delete"));
    assert!(may("linus", "stock-adjustment:create & !stock-adjustment:delete & !invoice:view"));
    assert!(may("alan", "task:edit & !expense-claim:create & !payroll:view"));
}
