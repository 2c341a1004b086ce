//! Bad answers: each has a clear code, leaves the held set as it is, and grants nothing.

use permgate_core::session::{Answer, Event, Failure, Status};

use crate::world::{Exchange, World};

fn document(body: &str) -> Answer {
    Answer::Document { body: body.into(), etag: None }
}

fn bad_answers() -> Vec<(Answer, &'static str)> {
    let failed = |failure| Answer::Failed { failure, retry_after: None };
    vec![
        (document("{\"permissions\":[\"a\""), "malformed-document"),
        (document("{\"permissions\":\"*\"}"), "malformed-document"),
        (document("{\"permissions\":[\"*\",7]}"), "malformed-document"),
        (document("<!doctype html><title>Demo</title>"), "malformed-document"),
        (document("null"), "malformed-document"),
        (document("{\"subject\":\"u-3\",\"permissions\":[\"*\"]}"), "subject-mismatch"),
        (document("{\"subject\":\"u-2\",\"version\":0,\"permissions\":[\"*\"]}"), "older-version"),
        (failed(Failure::Status(500)), "http-status"),
        (failed(Failure::Status(403)), "http-status"),
        (failed(Failure::Network("offline".into())), "network"),
        (failed(Failure::TooLarge), "too-large"),
    ]
}

#[test]
fn a_bad_answer_leaves_the_held_set_and_reports_its_code() {
    for (answer, code) in bad_answers() {
        let mut world = World::signed_in("grace");
        world.tell(Event::RefreshRequested);
        let Some(Exchange::Sent { generation, .. }) = world.network.pop() else {
            panic!("no request")
        };
        world.tell(Event::Answered { generation, answer });
        assert_eq!(world.performer.problems, [code]);
        assert!(world.can("invoice:edit") && !world.can("payroll:view"), "{code}");
        world.pass(2_000);
        assert_eq!(world.session.status(), Status::Fresh, "the retry after {code}");
    }
}

#[test]
fn a_bad_first_answer_grants_nothing() {
    for (answer, code) in bad_answers() {
        let mut world = World::new();
        world.tell(Event::Started { bootstrap: None, stored: None });
        world.switch_to("grace");
        let Some(Exchange::Sent { generation, .. }) = world.network.pop() else {
            panic!("no request")
        };
        let is_older = code == "older-version";
        world.tell(Event::Answered { generation, answer });
        if is_older {
            // No version is known yet, so none is too old.
            continue;
        }
        assert_eq!(
            (world.performer.problems.as_slice(), world.session.status()),
            ([code].as_slice(), Status::Failed)
        );
        assert!(!world.can("invoice:edit") && !world.can("!invoice:edit"), "{code}");
    }
}
