//! The audit trail: entries are committed with their changes, and are shown to users who may view them.

use std::time::Duration;

use permgate_core::{Grant, Pattern};
use serde_json::{Value, json};

use super::sign_in::with_cookie;
use super::{Answer, Server};
use crate::store::Change;
use crate::store::audit::{Act, Counted, MAX_COUNTED_PER_HOUR, Uncommitted, Wanted};

/// The entries for `query` as the administrator sees them, without those of sign-ins.
async fn trail(server: &Server, token: &str, query: &str) -> Vec<Value> {
    let answer = server.get(token, &format!("/api/admin/audit?{query}")).await;
    assert_eq!(answer.status, 200, "{}", answer.body);
    let entries = answer.body.as_array().unwrap().iter();
    entries.filter(|entry| entry["act"] != "sign-in.token").cloned().collect()
}

/// An entry without its number and its times.
fn summary(entry: &Value) -> Value {
    let actor = entry["actor"]["subject"].clone();
    json!([actor, entry["act"], entry["target"], entry["before"], entry["after"], entry["count"]])
}

async fn done(server: &Server, token: &str, method: &str, path: &str, body: Value) -> Answer {
    let answer = server.call(token, method, path, body).await;
    assert!(answer.status.is_success(), "{method} {path}: {}", answer.body);
    answer
}

#[tokio::test]
async fn each_change_leaves_an_entry_with_actor_target_before_and_after() {
    let server = Server::start();
    let token = server.token("ada").await;
    let send = async |method, path: &str, body| done(&server, &token, method, path, body).await;
    let title = json!({ "title": "Night", "permissions": ["task:view"] });
    send("POST", "/api/admin/roles", json!({ "name": "night", "title": "N", "permissions": [] }))
        .await;
    send("PUT", "/api/admin/roles/night", title).await;
    let user = json!({ "username": "emmy", "name": "Emmy", "password": "long enough",
                       "roles": ["night"] });
    let emmy = send("POST", "/api/admin/users", user).await.body["user"]["id"].clone();
    let emmy = emmy.as_str().unwrap();
    let path = |rest: &str| format!("/api/admin/users/{emmy}{rest}");
    send("PUT", &path("/roles"), json!({ "roles": [] })).await;
    let grants = json!([{ "permission": "task:edit", "resource": "pages/task/records/1",
                          "effect": "deny" }]);
    send("PUT", &path("/grants"), json!({ "grants": grants })).await;
    send("PUT", &path("/password"), json!({ "password": "another one" })).await;
    send("DELETE", &path("/sessions"), Value::Null).await;
    send("DELETE", &path(""), Value::Null).await;
    send("DELETE", "/api/admin/roles/night", Value::Null).await;
    let fields = json!({ "title": "x", "amount": 1, "status": "new", "note": "" });
    let record = send("POST", "/api/pages/task/records", fields.clone()).await.body;
    let path = format!("/api/pages/task/records/{}", record["id"].as_str().unwrap());
    let other = json!({ "title": "y", "amount": 1, "status": "new", "note": "" });
    send("PUT", &path, other.clone()).await;
    send("DELETE", &path, Value::Null).await;

    let trail: Vec<_> = trail(&server, &token, "").await.iter().rev().map(summary).collect();
    let nothing = &Value::Null;
    let role = |title: &str, permissions: &[&str], members: u64| json!({ "title": title, "permissions": permissions, "members": members });
    let held = |roles: &[&str], grants: Value| json!({ "roles": roles, "grants": grants });
    let (user, record) = (format!("users/{emmy}"), path.strip_prefix("/api/").unwrap().to_owned());
    let (empty, denied) = (held(&[], json!([])), held(&[], grants));
    let expected = [
        ("role.add", "roles/night", nothing, &role("N", &[], 0)),
        ("role.change", "roles/night", &role("N", &[], 0), &role("Night", &["task:view"], 0)),
        ("user.add", &user, nothing, &held(&["night"], json!([]))),
        ("user.roles", &user, &held(&["night"], json!([])), &empty),
        ("user.grants", &user, &empty, &denied),
        ("user.password", &user, nothing, nothing),
        ("user.sessions", &user, &json!({ "session": null }), nothing),
        ("user.remove", &user, &denied, nothing),
        ("role.remove", "roles/night", &role("Night", &["task:view"], 0), nothing),
        ("record.add", &record, nothing, &fields),
        ("record.change", &record, &fields, &other),
        ("record.remove", &record, &other, nothing),
    ];
    for (entry, (act, target, before, after)) in trail.iter().zip(expected) {
        assert_eq!(*entry, json!(["u-1", act, target, before, after, 1]));
    }
    assert_eq!(trail.len(), expected.len());
}

#[tokio::test]
async fn a_change_that_is_refused_leaves_no_entry_but_the_refusal_is_counted() {
    let server = Server::start();
    let (ada, alan) = (server.token("ada").await, server.token("alan").await);
    for _ in 0..3 {
        server.get(&alan, "/api/admin/users").await.assert_problem(403, "forbidden");
    }
    // Refused by the rules of administration, not by the route's requirement.
    let grants = ["user:edit", "user:view"].map(|name| Grant::allow(Pattern::parse(name).unwrap()));
    server.change(&Change::SetUserGrants { id: "u-5".into(), grants: grants.into() });
    let path = "/api/admin/users/u-5/roles";
    let body = json!({ "roles": ["administrator"] });
    server.call(&alan, "PUT", path, body).await.assert_problem(403, "beyond-own");
    let entries = trail(&server, &ada, "actor=u-5").await;
    let summaries: Vec<_> = entries.iter().map(summary).collect();
    let none = Value::Null;
    assert!(
        summaries.contains(&json!(["u-5", "refused", "user:view", none, none, 3])),
        "{summaries:?}"
    );
    assert!(summaries.iter().all(|entry| entry[1] == "refused"), "{summaries:?}");
    assert_eq!(summaries.len(), 2);
}

#[tokio::test]
async fn sign_ins_are_recorded_and_an_unknown_name_is_not_stored() {
    let server = Server::start();
    let ada = server.token("ada").await;
    let try_in = async |username: &str, password: &str, mode: &str| {
        let body = json!({ "username": username, "password": password, "mode": mode });
        server.call("", "POST", "/api/session", body).await
    };
    for _ in 0..2 {
        assert_eq!(try_in("my-secret-password", "grace", "token").await.status, 401);
    }
    assert_eq!(try_in("grace", "wrong", "token").await.status, 401);
    let answer = try_in("grace", "grace-demo", "cookie").await;
    let cookie = answer.header("set-cookie").split(';').next().unwrap().to_owned();
    assert_eq!(with_cookie(&server, "DELETE", "/api/session", &cookie).await.status, 204);

    let entries = trail(&server, &ada, "").await;
    let acts = |act: &str| entries.iter().filter(|entry| entry["act"] == act).collect::<Vec<_>>();
    let [opened, ended] = [acts("session.open"), acts("session.end")];
    assert_eq!((opened.len(), ended.len()), (1, 1));
    assert_eq!(opened[0]["after"]["session"], ended[0]["before"]["session"]);
    assert_eq!(opened[0]["actor"], json!({ "subject": "u-2", "username": "grace" }));
    let failed = acts("sign-in.failed");
    assert_eq!(failed.len(), 2);
    let of_grace = failed.iter().find(|entry| entry["target"] == "users/u-2").unwrap();
    assert_eq!((&of_grace["count"], &of_grace["actor"]), (&json!(1), &Value::Null));
    let unknown = failed.iter().find(|entry| entry["target"] != "users/u-2").unwrap();
    assert_eq!(unknown["count"], 2);
    assert!(!format!("{entries:?}").contains("my-secret-password"));
    // The administrator's own sign-in by token has an entry, too.
    let answer = server.get(&ada, "/api/admin/audit?act=sign-in.token").await;
    assert_eq!(answer.body[0]["actor"]["username"], "ada");
}

#[tokio::test]
async fn a_removed_user_appears_in_the_trail_only_as_a_number() {
    let server = Server::start();
    let ada = server.token("ada").await;
    let roles = json!({ "roles": [] });
    done(&server, &ada, "PUT", "/api/admin/users/u-5/roles", roles).await;
    let before = trail(&server, &ada, "target=users/u-5").await;
    assert_eq!(before[0]["target_user"], json!({ "subject": "u-5", "username": "alan" }));
    done(&server, &ada, "DELETE", "/api/admin/users/u-5", Value::Null).await;
    let after = trail(&server, &ada, "target=users/u-5").await;
    assert_eq!(after.len(), 2);
    for entry in &after {
        assert_eq!(entry["target_user"], json!({ "subject": "u-5", "username": null }));
    }
    assert!(!format!("{after:?}").contains("lan"), "{after:?}");
}

#[tokio::test]
async fn the_trail_is_read_in_pages_by_users_who_may_view_it_and_hides_values_that_they_may_not_see()
 {
    let server = Server::start();
    let (ada, alan) = (server.token("ada").await, server.token("alan").await);
    server.get(&alan, "/api/admin/audit").await.assert_problem(403, "forbidden");
    let fields = json!({ "title": "a", "amount": 1, "status": "new", "note": "for two" });
    for page in ["invoice", "task"] {
        done(&server, &ada, "POST", &format!("/api/pages/{page}/records"), fields.clone()).await;
    }
    server.change(&Change::SetUserRoles { id: "u-5".into(), roles: Vec::new() });
    let grants =
        ["audit:view", "task:view"].map(|name| Grant::allow(Pattern::parse(name).unwrap()));
    server.announced(Change::SetUserGrants { id: "u-5".into(), grants: grants.into() }).await;
    let entries = trail(&server, &alan, "act=record.add").await;
    let fields_and_marks: Vec<_> =
        entries.iter().map(|entry| [&entry["after"], &entry["is_withheld"]]).collect();
    assert_eq!(fields_and_marks, [[&fields, &json!(false)], [&Value::Null, &json!(true)]]);
    let entries = trail(&server, &alan, "act=user.grants").await;
    assert_eq!((&entries[0]["after"], &entries[0]["is_withheld"]), (&Value::Null, &json!(true)));

    let all = trail(&server, &ada, "").await;
    let mut address = "/api/admin/audit?limit=1&act=record.add".to_owned();
    let mut found = Vec::new();
    loop {
        let answer = server.get(&ada, &address).await;
        found.extend(answer.body.as_array().unwrap().clone());
        let Some(next) = answer.header("link").strip_suffix(">; rel=\"next\"") else { break };
        next.strip_prefix('<').unwrap().clone_into(&mut address);
    }
    let added: Vec<_> = all.into_iter().filter(|entry| entry["act"] == "record.add").collect();
    assert_eq!(found, added);
    assert_eq!(found.len(), 2);
    for query in ["limit=0", "limit=501", "before=x", "before=1&before=2"] {
        let answer = server.get(&ada, &format!("/api/admin/audit?{query}")).await;
        answer.assert_problem(400, "invalid-query");
    }
}

#[tokio::test]
async fn entries_are_kept_for_ninety_days_and_a_clock_that_jumps_deletes_few() {
    let server = Server::start();
    let store = server.state.store();
    for number in 0..40_u32 {
        let roles = if number % 2 == 0 { Vec::new() } else { vec!["staff".into()] };
        server.announced(Change::SetUserRoles { id: "u-5".into(), roles }).await;
    }
    let held = || store.trail(&Wanted::default(), 500).unwrap().len();
    assert_eq!(held(), 40);
    server.clock.advance(Duration::from_secs(89 * 24 * 60 * 60));
    server.announced(Change::SetUserRoles { id: "u-5".into(), roles: Vec::new() }).await;
    assert_eq!(held(), 41);
    server.clock.advance(Duration::from_secs(2 * 24 * 60 * 60));
    for made in 1..=10 {
        server.announced(Change::SetUserRoles { id: "u-5".into(), roles: Vec::new() }).await;
        assert_eq!(held(), 41 + made - 4 * made, "each new entry deletes four");
    }
}

#[test]
fn equal_counted_events_share_an_entry_for_an_hour_and_their_number_is_bounded() {
    let server = Server::start();
    let store = server.state.store();
    let counted = |target: &str, at, count| Counted {
        what: Uncommitted { act: Act::FailSignIn, actor: None, target: Some(target.into()) },
        count,
        at,
        last_at: at,
    };
    let start = server.state.now();
    let later = |minutes: u64| start.plus(Duration::from_secs(60 * minutes));
    for (target, at) in [("names/a", later(0)), ("names/a", later(59)), ("names/a", later(60))] {
        store.count(&[counted(target, at, 2)]).unwrap();
    }
    let trail = store.trail(&Wanted::default(), 500).unwrap();
    let counts: Vec<_> = trail.iter().map(|entry| (entry.count, entry.at, entry.last_at)).collect();
    assert_eq!(counts, [(2, later(60), later(60)), (4, later(0), later(59))]);
    for number in 0..1000 {
        store.count(&[counted(&format!("names/{number}"), later(61), 1)]).unwrap();
    }
    let trail = store.trail(&Wanted::default(), 500).unwrap();
    assert_eq!(trail.len(), 1 + MAX_COUNTED_PER_HOUR + 1);
    assert_eq!(trail.iter().map(|entry| entry.count).sum::<u64>(), 1006);
    assert_eq!(trail[0].target, "others");
}
