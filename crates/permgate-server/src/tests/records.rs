//! The protected resources: listing, adding, changing, removing, and grants on one record.

use permgate_core::{Effect, Grant, Pattern, ResourcePattern};
use serde_json::{Value, json};

use super::Server;
use crate::catalogue::PAGES;
use crate::store::Change;

#[tokio::test]
async fn every_page_has_records_from_the_start() {
    let server = Server::start();
    let token = server.token("margaret").await;
    for page in PAGES {
        let answer = server.get(&token, &format!("/api/pages/{}/records", page.key)).await;
        assert_eq!(answer.status, 200);
        assert_eq!(answer.body.as_array().unwrap().len(), page.sample.titles.len(), "{}", page.key);
    }
}

#[tokio::test]
async fn a_record_is_added_changed_and_removed() {
    let server = Server::start();
    let token = server.token("ada").await;
    let list = "/api/pages/invoice/records";
    let body = json!({ "title": "Oak desk", "amount": 24900, "status": "draft", "note": "Two." });
    let added = server.call(&token, "POST", list, body).await;
    assert_eq!(added.status, 201);
    let id = added.body["id"].as_str().unwrap();
    let address = format!("{list}/{id}");
    assert_eq!(added.header("location"), address);
    let expected = json!({ "id": id, "title": "Oak desk", "amount": 24900, "status": "draft",
                           "note": "Two.", "updated_at": "2027-01-15T08:00:00Z",
                           "etag": added.header("etag") });
    assert_eq!(added.body, expected);

    server.clock.advance(std::time::Duration::from_secs(1));
    let body = json!({ "title": "Oak desk 2", "amount": -1, "status": "sent", "note": "" });
    let changed = server.call(&token, "PUT", &address, body.clone()).await;
    assert_eq!((changed.status.as_u16(), &changed.body["amount"]), (200, &json!(-1)));
    assert_eq!(changed.body["updated_at"], "2027-01-15T08:00:01Z");
    let records = server.get(&token, list).await.body;
    assert_eq!(records.as_array().unwrap().last(), Some(&changed.body));

    let elsewhere = address.replace("invoice", "quote");
    server.call(&token, "PUT", &elsewhere, body).await.assert_problem(404, "not-found");
    server.call(&token, "DELETE", &elsewhere, Value::Null).await.assert_problem(404, "not-found");
    assert_eq!(server.call(&token, "DELETE", &address, Value::Null).await.status, 204);
    server.call(&token, "DELETE", &address, Value::Null).await.assert_problem(404, "not-found");
}

#[tokio::test]
async fn a_page_that_can_only_be_viewed_has_no_other_route() {
    let server = Server::start();
    let token = server.token("ada").await;
    let answer = server.call(&token, "POST", "/api/pages/payroll/records", json!({})).await;
    answer.assert_problem(405, "method-not-allowed");
    assert_eq!(answer.header("allow"), "GET,HEAD");
    let answer = server.call(&token, "DELETE", "/api/pages/payroll/records/1", Value::Null).await;
    answer.assert_problem(404, "not-found");
}

#[tokio::test]
async fn a_full_page_refuses_another_record() {
    let server = Server::start();
    let token = server.token("ada").await;
    let fields = crate::store::RecordFields {
        title: "x".into(),
        amount: 0,
        status: "new".into(),
        note: String::new(),
    };
    let store = server.state.store();
    let by = crate::store::Author { subject: "u-1".into(), at: server.state.now() };
    while store.add_record("task", &fields, &by).unwrap().is_some() {}
    let answer =
        server.call(&token, "POST", "/api/pages/task/records", json!({ "title": "y" })).await;
    answer.assert_problem(409, "page-full");
}

#[tokio::test]
async fn a_grant_on_one_record_applies_to_that_record_only_and_in_one_spelling() {
    let server = Server::start();
    let token = server.token("alan").await;
    let records = server.state.store().records("invoice").unwrap();
    let [one, other] = [0, 1].map(|index: usize| records[index].id);
    let on = |id: i64| ResourcePattern::parse(&format!("pages/invoice/records/{id}")).unwrap();
    let grant = |effect, resource| Grant {
        pattern: Pattern::parse("invoice:edit").unwrap(),
        resource,
        effect,
    };
    let allow_one = vec![grant(Effect::Allow, Some(on(one)))];
    let encoded = |id: i64| id.to_string().bytes().map(|byte| format!("%{byte:X}")).collect();
    let encoded: &dyn Fn(i64) -> String = &encoded;
    let everywhere = vec![grant(Effect::Allow, None)];
    let deny_one = vec![grant(Effect::Allow, None), grant(Effect::Deny, Some(on(one)))];
    for (grants, id, expected) in [
        (&allow_one, one.to_string(), 200),
        (&allow_one, other.to_string(), 403),
        (&deny_one, one.to_string(), 403),
        (&deny_one, other.to_string(), 200),
        // Other spellings of the number name no record.
        (&deny_one, format!("0{one}"), 404),
        (&deny_one, format!("+{one}"), 404),
        // Percent-encoded, it is the same record for the layer and for the handler (F69).
        (&deny_one, encoded(one), 403),
        (&deny_one, encoded(other), 200),
        (&allow_one, encoded(one), 200),
        (&allow_one, encoded(other), 403),
        // Percent-encoded twice, it is another name.
        (&deny_one, encoded(one).replace('%', "%25"), 404),
        // Parameters that cannot be a segment name no resource: all users are refused, even with a
        // general grant.
        (&everywhere, "%FF".into(), 403),
        (&everywhere, format!("..%2f{one}"), 403),
        (&everywhere, format!("..%2frecords%2f{one}"), 403),
        (&everywhere, "%2e%2e".into(), 403),
        (&everywhere, "%2A".into(), 403),
        (&everywhere, format!("{one}%00"), 403),
    ] {
        server.change(&Change::SetUserGrants { id: "u-5".into(), grants: grants.clone() });
        let path = format!("/api/pages/invoice/records/{id}");
        let answer = server.call(&token, "PUT", &path, json!({ "title": "x" })).await;
        assert_eq!(answer.status, expected, "{path} {grants:?}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_list_leaves_out_the_records_that_its_reader_may_not_view() {
    let server = Server::start();
    let grace = server.token("grace").await;
    let path = "/api/pages/invoice/records";
    let all = server.get(&grace, path).await.body;
    let denied = all[0]["id"].as_str().unwrap().to_owned();
    let resource = ResourcePattern::parse(&format!("pages/invoice/records/{denied}")).unwrap();
    let grant =
        Grant { resource: Some(resource), ..Grant::deny(Pattern::parse("invoice:view").unwrap()) };
    server.change(&Change::SetUserGrants { id: "u-2".into(), grants: vec![grant] });
    server.get(&grace, &format!("{path}/{denied}")).await.assert_problem(403, "forbidden");
    let visible = server.get(&grace, path).await.body;
    let rest: Vec<_> = all.as_array().unwrap().iter().skip(1).cloned().collect();
    assert_eq!(visible, Value::Array(rest));
}
