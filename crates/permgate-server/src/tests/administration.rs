//! Changes to users and roles: the versions that rise, the refusals, and the announcements.

use permgate_core::{Grant, Pattern};
use serde_json::{Value, json};

use super::{Answer, Server};
use crate::Announcement;
use crate::store::Change;

fn allow(texts: &[&str]) -> Vec<Grant> {
    texts.iter().map(|text| Grant::allow(Pattern::parse(text).unwrap())).collect()
}

fn deny(texts: &[&str]) -> Vec<Grant> {
    texts.iter().map(|text| Grant::deny(Pattern::parse(text).unwrap())).collect()
}

/// Gives Alan exactly these permissions, and returns his token.
async fn alan_with(server: &Server, permissions: &[&str]) -> String {
    server.change(&Change::SetUserRoles { id: "u-5".into(), roles: Vec::new() });
    server.change(&Change::SetUserGrants { id: "u-5".into(), grants: allow(permissions) });
    server.token("alan").await
}

/// The subjects and versions in an answer.
fn affected(answer: &Answer) -> Vec<(String, u64)> {
    let affected = answer.body["affected"].as_array().unwrap().iter();
    affected
        .map(|one| (one["subject"].as_str().unwrap().into(), one["version"].as_u64().unwrap()))
        .collect()
}

#[tokio::test]
async fn a_change_raises_the_versions_of_exactly_the_users_whose_permissions_differ() {
    let server = Server::start();
    let token = server.token("ada").await;
    let subjects = (1..=6).map(|number| format!("u-{number}"));
    let mut listeners: Vec<_> = subjects.map(|id| server.state.bus().listen(&id)).collect();
    let users = "/api/admin/users";
    let (staff, night) = ("/api/admin/roles/staff", "/api/admin/roles/night");
    let emmy = json!({ "username": "emmy", "name": "Emmy Noether", "password": "emmy-demo",
                       "roles": ["staff"], "grants": [{ "permission": "task:*", "effect": "allow" }] });
    let staff_permissions = ["task:view", "task:edit"];
    for (method, path, body, status, expected) in [
        (
            "PUT",
            "/api/admin/users/u-2/roles",
            json!({ "roles": ["sales", "staff"] }),
            200,
            vec!["u-2"],
        ),
        // The same roles in another order: nothing differs.
        ("PUT", "/api/admin/users/u-2/roles", json!({ "roles": ["staff", "sales"] }), 200, vec![]),
        (
            "PUT",
            "/api/admin/users/u-3/grants",
            json!({ "grants": [{ "permission": "risk:view", "effect": "allow" }] }),
            200,
            vec!["u-3"],
        ),
        (
            "PUT",
            "/api/admin/users/u-3/grants",
            json!({ "grants": [{ "permission": "risk:view", "effect": "deny" }] }),
            200,
            vec!["u-3"],
        ),
        (
            "PUT",
            staff,
            json!({ "title": "Staff", "permissions": staff_permissions }),
            200,
            vec!["u-2", "u-3", "u-4", "u-5"],
        ),
        // A new title changes no permissions.
        (
            "PUT",
            staff,
            json!({ "title": "All staff", "permissions": staff_permissions }),
            200,
            vec![],
        ),
        (
            "POST",
            "/api/admin/roles",
            json!({ "name": "night", "title": "Night", "permissions": ["shipment:*"] }),
            201,
            vec![],
        ),
        ("PUT", night, json!({ "title": "Night", "permissions": ["shipment:view"] }), 200, vec![]),
        ("PUT", "/api/admin/users/u-5/roles", json!({ "roles": ["night"] }), 200, vec!["u-5"]),
        ("DELETE", night, Value::Null, 200, vec!["u-5"]),
        ("POST", users, emmy, 201, vec![]),
        ("DELETE", "/api/admin/users/u-6", Value::Null, 200, vec!["u-6"]),
    ] {
        let before = server.versions();
        let answer = server.call(&token, method, path, body).await;
        assert_eq!(answer.status, status, "{method} {path}: {}", answer.body);
        let affected = affected(&answer);
        let subjects: Vec<_> = affected.iter().map(|(subject, _)| subject.as_str()).collect();
        assert_eq!(subjects, expected, "{method} {path}");
        for (subject, version) in server.versions() {
            let held = before.iter().find(|(held, _)| *held == subject);
            let risen = u64::from(subjects.contains(&subject.as_str()));
            assert_eq!(
                version,
                held.map_or(1, |(_, version)| version + risen),
                "{path}: {subject}"
            );
        }
        let mut announcements: Vec<_> =
            listeners.iter_mut().filter_map(|listener| listener.try_recv().ok()).collect();
        announcements.sort_by_key(|announcement| announcement.subject().to_owned());
        let announcements: Vec<_> =
            announcements.iter().map(|announcement| subject_and_version(announcement)).collect();
        let removed = path.ends_with("/u-6");
        let expected = affected.into_iter().map(|(subject, version)| match removed {
            true => (subject, None),
            false => (subject, Some(version)),
        });
        assert_eq!(announcements, expected.collect::<Vec<_>>(), "{method} {path}");
        let too_much = listeners.iter_mut().any(|listener| listener.try_recv().is_ok());
        assert!(!too_much, "{method} {path} made another announcement");
    }
}

/// The subject and the new version of an announcement; no version if the user was removed.
fn subject_and_version(announcement: &Announcement) -> (String, Option<u64>) {
    match announcement {
        Announcement::Changed { subject, version, .. } => (subject.clone(), Some(*version)),
        Announcement::SubjectRemoved { subject } => (subject.clone(), None),
        Announcement::SessionEnded { .. } | Announcement::SignedOut { .. } => {
            panic!("nobody signed out")
        }
    }
}

#[tokio::test]
async fn the_answer_to_a_change_shows_the_new_state() {
    let server = Server::start();
    let token = server.token("ada").await;
    let body = json!({ "grants": [
        { "permission": "risk:view", "effect": "deny" },
        { "permission": "risk:view", "resource": "pages/risk/records/*", "effect": "allow" },
    ] });
    let answer = server.call(&token, "PUT", "/api/admin/users/u-5/grants", body.clone()).await;
    let etag = answer.header("etag");
    let expected = json!({ "id": "u-5", "username": "alan", "name": "Alan Turing",
                           "roles": ["staff"], "grants": body["grants"], "version": 2,
                           "etag": etag });
    assert_eq!(answer.body["user"], expected);
    let users = server.get(&token, "/api/admin/users").await.body;
    assert!(users.as_array().unwrap().contains(&expected));

    let body = json!({ "title": "Auditors", "permissions": ["*:view", "*:view"] });
    let answer = server.call(&token, "PUT", "/api/admin/roles/auditor", body).await;
    let expected = json!({ "name": "auditor", "title": "Auditors", "permissions": ["*:view"],
                           "members": 1, "etag": answer.header("etag") });
    assert_eq!(answer.body["role"], expected);
    let roles = server.get(&token, "/api/admin/roles").await.body;
    assert!(roles.as_array().unwrap().contains(&expected));
}

#[tokio::test]
async fn a_change_applies_from_the_next_request() {
    let server = Server::start();
    let (ada, alan) = (server.token("ada").await, server.token("alan").await);
    for (roles, expected) in
        [(json!(["accountant"]), 200), (json!([]), 403), (json!(["sales"]), 200)]
    {
        let path = "/api/admin/users/u-5/roles";
        assert_eq!(server.call(&ada, "PUT", path, json!({ "roles": roles })).await.status, 200);
        assert_eq!(server.get(&alan, "/api/pages/invoice/records").await.status, expected);
    }
}

#[tokio::test]
async fn a_user_who_changes_their_own_permissions_gets_the_new_version_in_the_response() {
    let server = Server::start();
    let token = server.token("ada").await;
    let body = json!({ "roles": ["administrator", "staff"] });
    let answer = server.call(&token, "PUT", "/api/admin/users/u-1/roles", body).await;
    assert_eq!(answer.header("permissions-version"), "2;sub=\"u-1\"");
}

#[tokio::test]
async fn an_administrator_cannot_give_more_than_they_hold_or_change_a_user_who_holds_more() {
    let server = Server::start();
    let held = ["user:create", "user:edit", "role:create", "role:edit", "role:view", "task:*"];
    let token = alan_with(&server, &held).await;
    // Linus holds less than Alan, under a denial; Margaret and Grace hold more.
    server.change(&Change::SetUserRoles { id: "u-3".into(), roles: Vec::new() });
    let linus = [allow(&["task:view", "payroll:view"]), deny(&["payroll:*"])].concat();
    server.change(&Change::SetUserGrants { id: "u-3".into(), grants: linus });
    let grant = |name: &str| {
        json!({ "grants": [
            { "permission": name, "effect": "allow" },
            { "permission": "payroll:view", "effect": "allow" },
            { "permission": "payroll:*", "effect": "deny" },
        ] })
    };
    let role = |names: Value| json!({ "name": "new", "title": "New", "permissions": names });
    let content = |names: Value| json!({ "title": "New", "permissions": names });
    let user = |roles: Value, name: &str| json!({ "username": name, "name": "N", "password": "12345678", "roles": roles });
    let roles = |names: Value| json!({ "roles": names });
    let nothing = json!({ "grants": [] });
    let (margaret, linus) = ("/api/admin/users/u-4", "/api/admin/users/u-3");
    let new = "/api/admin/roles/new";
    for (method, path, body, expected) in [
        ("PUT", "/api/admin/users/u-3/grants", grant("task:delete"), 200),
        ("PUT", "/api/admin/users/u-3/grants", grant("*"), 403),
        ("PUT", "/api/admin/users/u-3/grants", grant("user:*"), 403),
        ("PUT", "/api/admin/users/u-5/grants", grant("user:delete"), 403),
        ("PUT", "/api/admin/users/u-5/roles", roles(json!(["administrator"])), 403),
        ("PUT", &format!("{linus}/roles"), roles(json!(["accountant"])), 403),
        // The denial covered permissions that Alan does not hold.
        (
            "PUT",
            "/api/admin/users/u-3/grants",
            json!({ "grants": [{ "permission": "payroll:view", "effect": "allow" }] }),
            403,
        ),
        // Taking a permission from a user who holds more is a change of that user.
        ("PUT", &format!("{margaret}/grants"), nothing.clone(), 403),
        ("PUT", &format!("{margaret}/roles"), roles(json!([])), 403),
        (
            "PUT",
            "/api/admin/users/u-1/grants",
            json!({ "grants": [{ "permission": "*", "effect": "deny" }] }),
            403,
        ),
        ("PUT", "/api/admin/users/u-4/password", json!({ "password": "12345678" }), 403),
        ("DELETE", "/api/admin/users/u-4/sessions", Value::Null, 403),
        ("PUT", "/api/admin/users/u-3/password", json!({ "password": "12345678" }), 200),
        ("POST", "/api/admin/roles", role(json!(["payroll:view"])), 403),
        ("POST", "/api/admin/roles", role(json!(["task:*", "user:edit"])), 201),
        ("PUT", new, content(json!(["user:*"])), 403),
        ("PUT", new, content(json!(["task:*"])), 200),
        // A role that allows more can be neither emptied nor filled; emptied, it could be given to
        // anybody.
        ("PUT", "/api/admin/roles/administrator", content(json!([])), 403),
        ("PUT", "/api/admin/roles/staff", content(json!([])), 403),
        // Alan made the role, but does not have it, so he cannot give it.
        ("PUT", &format!("{linus}/roles"), roles(json!(["new"])), 403),
        ("PUT", "/api/admin/users/u-5/roles", roles(json!(["new"])), 403),
        ("POST", "/api/admin/users", user(json!(["auditor"]), "eve"), 403),
        ("POST", "/api/admin/users", user(json!(["new"]), "emmy"), 403),
        ("POST", "/api/admin/users", user(json!([]), "emmy"), 201),
    ] {
        let before = (server.versions(), server.state.store().roles().unwrap());
        let answer = server.call(&token, method, path, body.clone()).await;
        assert_eq!(answer.status, expected, "{method} {path} {body}: {}", answer.body);
        if expected == 403 {
            answer.assert_problem(403, "beyond-own");
            assert!(answer.body["required"].is_string());
            assert!(answer.body["permissions_version"].is_u64());
            let after = (server.versions(), server.state.store().roles().unwrap());
            assert_eq!(before, after, "a refused change leaves nothing behind");
        }
    }
}

#[tokio::test]
async fn the_last_administrator_cannot_lock_everybody_out() {
    let server = Server::start();
    let token = server.token("ada").await;
    let deny = json!({ "grants": [{ "permission": "user:edit", "effect": "deny" }] });
    let less = json!({ "title": "A", "permissions": ["user:*", "invoice:*"] });
    let attempts = [
        ("PUT", "/api/admin/users/u-1/roles", json!({ "roles": ["auditor"] })),
        ("PUT", "/api/admin/users/u-1/grants", deny),
        ("PUT", "/api/admin/roles/administrator", less),
        ("DELETE", "/api/admin/roles/administrator", Value::Null),
        ("DELETE", "/api/admin/users/u-1", Value::Null),
    ];
    for (method, path, body) in &attempts {
        let before = server.versions();
        let answer = server.call(&token, method, path, body.clone()).await;
        answer.assert_problem(409, "last-administrator");
        assert_eq!(server.versions(), before, "{method} {path}");
    }
    // With a second administrator, each of these changes is allowed.
    for (method, path, body) in attempts {
        let server = Server::start();
        let token = server.token("ada").await;
        server.change(&Change::SetUserGrants { id: "u-2".into(), grants: allow(&["*"]) });
        assert_eq!(server.call(&token, method, path, body).await.status, 200, "{method} {path}");
    }
}

#[tokio::test]
async fn the_permission_for_a_change_is_checked_again_inside_the_transaction() {
    let server = Server::start();
    let change = Change::SetUserRoles { id: "u-5".into(), roles: Vec::new() };
    for actor in ["u-5", "u-99", "ada"] {
        assert!(server.state.store().administer(actor, &change).is_err(), "{actor}");
    }
    assert!(server.versions().iter().all(|(_, version)| *version == 1));
}

#[tokio::test]
async fn unknown_and_taken_names_are_named_in_the_refusal() {
    let server = Server::start();
    let token = server.token("ada").await;
    let role = json!({ "title": "X", "permissions": [] });
    let named = json!({ "name": "staff", "title": "X", "permissions": [] });
    let user = json!({ "username": "alan", "name": "A", "password": "12345678" });
    for (method, path, body, status, kind) in [
        ("PUT", "/api/admin/users/u-99/roles", json!({ "roles": [] }), 404, "not-found"),
        ("PUT", "/api/admin/users/u-05/roles", json!({ "roles": [] }), 404, "not-found"),
        ("PUT", "/api/admin/users/alan/grants", json!({ "grants": [] }), 404, "not-found"),
        ("DELETE", "/api/admin/users/u-99", Value::Null, 404, "not-found"),
        ("PUT", "/api/admin/roles/nobody", role, 404, "not-found"),
        ("DELETE", "/api/admin/roles/nobody", Value::Null, 404, "not-found"),
        ("POST", "/api/admin/roles", named, 409, "name-taken"),
        ("POST", "/api/admin/users", user, 409, "name-taken"),
    ] {
        server.call(&token, method, path, body).await.assert_problem(status, kind);
    }
}

#[tokio::test]
async fn a_new_user_can_sign_in_and_never_gets_the_number_of_a_removed_user() {
    let server = Server::start();
    let token = server.token("ada").await;
    for subject in ["u-6", "u-7"] {
        let body = json!({ "username": "emmy", "name": "Emmy Noether", "password": "emmy-demo" });
        let answer = server.call(&token, "POST", "/api/admin/users", body).await;
        assert_eq!(answer.body["user"]["id"], subject);
        assert!(!answer.body.to_string().contains("argon2"), "no answer contains a hash");
        let emmy = server.token("emmy").await;
        assert_eq!(server.get(&emmy, "/api/session").await.body["subject"], subject);
        let path = format!("/api/admin/users/{subject}");
        assert_eq!(server.call(&token, "DELETE", &path, Value::Null).await.status, 200);
    }
}
