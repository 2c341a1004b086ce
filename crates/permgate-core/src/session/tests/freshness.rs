//! Fresh, stale and expired sets; one load at a time; the events that make the session doubt its
//! set.

use super::*;

#[test]
fn no_requirement_and_no_negation_is_granted_before_the_first_answer() {
    let mut page = Page::started();
    assert_eq!(page.status(), Status::Loading);
    assert!(!page.can("a") && !page.can("!a"));
    assert_eq!(page.reason("a"), "not-loaded");
    page.answer(&document(1, &["a"]));
    assert_eq!(page.status(), Status::Fresh);
    assert!(page.can("a") && page.can("!b"));
    assert_eq!(page.rests, 1);
}

#[test]
fn a_set_is_fresh_stale_and_expired_at_times_counted_from_its_request() {
    let mut page = Page::started();
    page.pass(10_000);
    page.answer(&document(1, &["a"]));
    page.pass(289_999);
    assert_eq!((page.status(), page.fetches()), (Status::Fresh, 1));
    page.pass(1);
    assert_eq!((page.status(), page.fetches()), (Status::Stale, 2));
    assert!(page.can("a"));
    page.pass(60_000);
    assert_eq!(page.status(), Status::Expired);
    assert!(!page.can("a") && !page.can("!a"));
    assert_eq!(page.reason("a"), "expired");
}

#[test]
fn f24_an_expired_set_grants_nothing_before_the_late_timer_fires() {
    let mut page = Page::fresh();
    let later = Millis(360_000);
    page.now = Now { wall: page.now.wall + later, monotonic: page.now.monotonic + later };
    assert!(!page.can("a"));
    assert_eq!(page.reason("a"), "expired");
    page.tell(Event::Woke);
    assert_eq!(page.status(), Status::Expired);
}

#[test]
fn a_document_can_shorten_the_time_to_live_but_not_prolong_it() {
    for (ttl, lives) in [(0, 1_000), (10, 10_000), (9_999_999, 300_000)] {
        let mut page = Page::started();
        page.answer(&format!(r#"{{"permissions":["a"],"ttl":{ttl}}}"#));
        page.pass(lives - 1);
        assert_eq!((page.status(), page.fetches()), (Status::Fresh, 1), "ttl {ttl}");
        page.pass(1);
        assert_eq!((page.status(), page.fetches()), (Status::Stale, 2), "ttl {ttl}");
    }
}

#[test]
fn several_reasons_to_load_lead_to_one_request_in_flight() {
    let mut page = Page::started();
    for _ in 0..50 {
        page.tell(Event::RefreshRequested);
        page.tell(Event::Invalidated);
        page.tell(Event::Woke);
    }
    assert_eq!(page.fetches(), 1);
    page.answer(&document(1, &["a"]));
    assert_eq!(page.fetches(), 2);
    page.answer(&document(1, &["a"]));
    assert_eq!(page.fetches(), 2);
    assert_eq!(page.rests, 1);
}

#[test]
fn f8_an_answer_to_a_request_from_before_an_invalidation_is_not_fresh() {
    let mut page = Page::started();
    page.tell(Event::Invalidated);
    page.answer(&document(1, &["a"]));
    assert_eq!((page.status(), page.fetches()), (Status::Stale, 2));
    page.answer(&document(2, &["b"]));
    assert_eq!((page.status(), page.fetches()), (Status::Fresh, 2));
    assert!(!page.can("a") && page.can("b"));
}

#[test]
fn f7_a_lower_version_is_ignored_and_an_equal_one_only_extends_freshness() {
    let mut page = Page::fresh();
    page.tell(Event::RefreshRequested);
    page.answer(&document(7, &["b"]));
    page.tell(Event::RefreshRequested);
    page.answer(&document(6, &["a"]));
    assert!(page.can("b") && !page.can("a"));
    assert_eq!(page.problems, ["older-version"]);
    page.pass(100_000);
    page.tell(Event::RefreshRequested);
    let published = page.publications.len();
    page.answer(&document(7, &["a", "b", "c"]));
    assert!(page.can("b") && !page.can("a"));
    assert!(
        page.publications.get(published..).unwrap().iter().all(|publication| !publication.content)
    );
}

#[test]
fn an_expired_set_does_not_lower_the_known_version() {
    let mut page = Page::started();
    page.answer(&document(7, &["a"]));
    page.pass(300_000);
    page.pass(60_000);
    assert_eq!(page.status(), Status::Expired);
    page.tell(Event::RefreshRequested);
    while !matches!(page.requests.last(), Some(Effect::Fetch { .. })) || !page.session.is_loading()
    {
        page.pass(1000);
    }
    page.answer(&document(6, &["a", "b"]));
    assert!(!page.can("b"));
}

#[test]
fn a_403_causes_one_load_at_once_and_then_one_for_each_window() {
    let mut page = Page::fresh();
    page.observe(403);
    assert_eq!((page.status(), page.fetches()), (Status::Stale, 2));
    assert!(page.can("a"));
    page.answer(&document(1, &["a"]));
    for _ in 0..500 {
        page.pass(10);
        page.observe(403);
        page.observe(403);
    }
    page.answer(&document(1, &["a"]));
    assert_eq!(page.fetches(), 3);
    assert!(page.publications.iter().skip(2).all(|publication| !publication.content));
}

#[test]
fn f16_a_hundred_403_a_second_cause_one_load_for_each_window() {
    let mut page = Page::fresh();
    for _ in 0..60_000 / 10 {
        page.pass(10);
        page.observe(403);
        if page.session.is_loading() {
            page.answer(&document(1, &["a"]));
        }
        assert!(page.can("a"), "the set was emptied");
    }
    assert!(page.fetches() <= 2 + 60 / 5, "{} loads in a minute", page.fetches());
}

#[test]
fn a_401_of_an_api_empties_the_set_until_the_endpoint_has_answered() {
    let mut page = Page::fresh();
    page.observe(401);
    assert_eq!((page.status(), page.fetches()), (Status::Loading, 2));
    assert!(!page.can("a"));
    page.answer(&document(1, &["a"]));
    assert!(page.can("a"));
    page.observe(401);
    assert!(page.can("a"), "the endpoint contradicted the first 401 just now");
}

#[test]
fn f15_a_401_of_the_endpoint_ends_in_unauthenticated_without_another_request() {
    let mut page = Page::fresh();
    page.observe(401);
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::Unauthorized });
    assert_eq!(page.status(), Status::Unauthenticated);
    assert_eq!((page.problems.as_slice(), page.rests), (["unauthenticated"].as_slice(), 2));
    page.observe(401);
    page.tell(Event::Invalidated);
    page.pass(3_600_000);
    assert_eq!((page.fetches(), page.timer), (2, None));
    page.tell(Event::RefreshRequested);
    assert_eq!((page.fetches(), page.status()), (3, Status::Loading));
}

#[test]
fn a_higher_version_in_a_response_causes_a_load_at_once() {
    let mut page = Page::fresh();
    let header = |page: &Page, text| {
        let version = VersionHeader::parse(text);
        assert!(version.is_some());
        let observation = Observation::of_status(200, page.session.ticket());
        Event::Observed(Observation { version, ..observation })
    };
    for ignored in ["1;sub=\"u-1\"", "0"] {
        page.tell(header(&page, ignored));
        assert_eq!(page.fetches(), 1, "{ignored}");
    }
    page.tell(header(&page, "3;sub=\"u-1\""));
    page.tell(header(&page, "3;sub=\"u-1\""));
    assert_eq!((page.status(), page.fetches()), (Status::Stale, 2));
    page.answer(&document(2, &["b"]));
    assert_eq!((page.status(), page.fetches()), (Status::Stale, 2), "a replica lags");
    page.pass(1000);
    page.answer(&document(3, &["c"]));
    assert_eq!((page.status(), page.fetches()), (Status::Fresh, 3));
}

#[test]
fn a_bad_answer_leaves_the_set_and_is_retried_within_bounds() {
    let bad: [(&str, &str); 4] = [
        ("<!doctype html>", "malformed-document"),
        ("{\"permissions\":7}", "malformed-document"),
        ("", "malformed-document"),
        ("{}", "malformed-document"),
    ];
    for (body, code) in bad {
        let mut page = Page::fresh();
        page.tell(Event::RefreshRequested);
        page.answer(body);
        assert_eq!(page.problems, [code]);
        assert!(page.can("a"));
        page.pass(1000);
        assert_eq!(page.fetches(), 3, "a retry within a second");
    }
}

#[test]
fn a_session_without_any_answer_has_failed_and_retries_less_and_less_often() {
    let mut page = Page::started();
    page.fail(Failure::Network("offline".into()), None);
    assert_eq!(page.status(), Status::Failed);
    for _ in 0..3_600 {
        page.pass(1000);
        if page.session.is_loading() {
            page.fail(Failure::Status(500), None);
        }
    }
    assert!((60..400).contains(&page.fetches()), "{} loads in an hour", page.fetches());
    assert!(!page.can("a") && !page.can("!a"));
    assert_eq!(page.reason("a"), "not-loaded");
}

#[test]
fn retry_after_is_obeyed_up_to_a_cap() {
    let mut page = Page::started();
    page.fail(Failure::Status(503), Some(Millis(20_000)));
    page.pass(19_999);
    assert_eq!(page.fetches(), 1);
    page.pass(1001);
    assert_eq!(page.fetches(), 2);
    page.fail(Failure::Status(503), Some(Millis(u64::MAX)));
    page.pass(300_000 + 2_000);
    assert_eq!(page.fetches(), 3);
}

#[test]
fn f30_retries_of_many_pages_spread_evenly() {
    let mut slots = [0_u32; 10];
    for seed in 0..10_000_u64 {
        let config = Config { seed, ..Config::new(Source::Endpoint) };
        let mut page = Page::of(config);
        page.fail(Failure::Status(503), None);
        // Calls that waited for the failed load are resolved before another load begins.
        assert!(page.fetches() == 1 && !page.session.is_busy(), "seed {seed}");
        let delay = page.timer.unwrap() - page.now.monotonic;
        slots[usize::try_from(delay.0 / 101).unwrap()] += 1;
    }
    assert!(slots.iter().all(|count| (850..1150).contains(count)), "{slots:?}");
}

#[test]
fn a_request_without_an_answer_is_given_up_and_its_late_answer_ignored() {
    let mut page = Page::started();
    let lost = page.generation();
    page.pass(15_000);
    assert_eq!((page.aborts, page.problems.as_slice()), (1, ["timeout"].as_slice()));
    page.answer_to(lost, &document(1, &["a"]));
    assert!(!page.can("a"));
    page.pass(1000);
    assert_eq!(page.fetches(), 2);
}

#[test]
fn f11_a_304_prolongs_the_set_and_is_an_error_without_one() {
    let mut page = Page::fresh();
    page.pass(200_000);
    page.tell(Event::RefreshRequested);
    assert!(
        matches!(page.requests.last(), Some(Effect::Fetch { etag: Some(etag), .. }) if etag == "\"e\"")
    );
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::NotModified });
    page.pass(299_000);
    assert_eq!(page.status(), Status::Fresh);
    let mut page = Page::started();
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::NotModified });
    assert_eq!(
        (page.status(), page.problems.as_slice()),
        (Status::Failed, ["unexpected-not-modified"].as_slice())
    );
}

#[test]
fn f11_a_304_to_a_request_without_an_entity_tag_is_an_error() {
    let mut page = Page::new(Config::new(Source::Endpoint));
    page.tell(Event::Started { bootstrap: Some(document(1, &["a"])), stored: None });
    page.tell(Event::RefreshRequested);
    page.tell(Event::Answered { generation: page.generation(), answer: Answer::NotModified });
    assert_eq!(page.problems, ["unexpected-not-modified"]);
    assert!(page.can("a"));
}

#[test]
fn an_endpoint_slower_than_the_time_to_live_is_asked_with_pauses() {
    let lifetimes = Lifetimes { ttl: Millis(1000), ..Lifetimes::default() };
    let config = Config { lifetimes, ..Config::new(Source::Endpoint) };
    let mut page = Page::of(config);
    for _ in 0..10 {
        page.pass(3000);
        page.answer(&document(1, &["a"]));
        assert!(!page.session.is_loading(), "there is a pause of a second first");
        page.pass(1000);
        assert!(page.session.is_loading());
    }
}

#[test]
fn a_bootstrap_needs_no_request_until_it_is_stale() {
    let mut page = Page::new(Config::new(Source::Endpoint));
    page.tell(Event::Started { bootstrap: Some(document(1, &["a"])), stored: None });
    assert_eq!((page.status(), page.fetches()), (Status::Fresh, 0));
    page.pass(300_000);
    assert_eq!((page.status(), page.fetches()), (Status::Stale, 1));
    let mut page = Page::new(Config::new(Source::Endpoint));
    page.tell(Event::Started { bootstrap: Some("{}".into()), stored: None });
    assert_eq!((page.fetches(), page.problems.as_slice()), (1, ["malformed-document"].as_slice()));
}

#[test]
fn a_bootstrap_without_a_source_expires_without_a_request() {
    let mut page = Page::new(Config::new(Source::Bootstrap));
    page.tell(Event::Started { bootstrap: Some("[\"a\"]".into()), stored: None });
    assert!(page.can("a") && page.problems.is_empty());
    page.tell(Event::RefreshRequested);
    assert!(!page.session.is_busy() && page.session.has_failed() && page.can("a"));
    assert_eq!(page.problems, ["no-source"]);
    page.pass(360_000);
    assert_eq!((page.status(), page.requests.len(), page.timer), (Status::Expired, 0, None));
}

#[test]
fn a_disposed_session_ignores_all_events() {
    let mut page = Page::fresh();
    page.tell(Event::RefreshRequested);
    let generation = page.generation();
    page.tell(Event::Disposed);
    assert_eq!((page.aborts, page.timer), (1, None));
    page.answer_to(generation, &document(2, &["a"]));
    page.tell(Event::RefreshRequested);
    page.pass(1_000_000);
    assert!(!page.can("a"));
    assert_eq!((page.fetches(), page.status()), (2, Status::Idle));
}

#[test]
fn an_online_event_after_a_failure_and_a_success_causes_no_load() {
    let mut page = Page::fresh();
    page.tell(Event::RefreshRequested);
    page.fail(Failure::Status(500), None);
    page.pass(1_000);
    page.answer(&document(1, &["a"]));
    page.pass(10_000);
    let before = page.fetches();
    page.tell(Event::Life(Life::Online));
    assert_eq!((page.fetches(), page.status()), (before, Status::Fresh));
}

#[test]
fn a_set_that_a_401_empties_is_published_before_the_load_begins() {
    let mut page = Page::fresh();
    let observation = Observation::of_status(401, page.session.ticket());
    let effects = page.session.handle(page.now, Event::Observed(observation));
    let at = |is: fn(&Effect) -> bool| effects.iter().position(is);
    let published = at(|effect| matches!(effect, Effect::Publish(it) if it.content));
    let begun = at(|effect| matches!(effect, Effect::Notice(Notice::Load(Cause::Unauthorized))));
    let fetched = at(|effect| matches!(effect, Effect::Fetch { .. }));
    assert!(published.is_some() && published < begun && begun < fetched, "{effects:?}");
}

#[test]
fn provisional_claims_are_published_before_the_endpoint_is_asked() {
    let mut page =
        Page::of(Config { has_token: true, reads_claims: true, ..Config::new(Source::Endpoint) });
    let token = Ok(Some(token(r#""sub":"u-1","permissions":["a"]"#)));
    let generation = page.generation();
    let effects = page.session.handle(page.now, Event::TokenAnswered { generation, token });
    let token = effects.iter().find_map(|effect| match effect {
        Effect::ReadClaims { token, .. } => Some(token),
        _ => None,
    });
    let is_asked = effects.iter().any(|effect| matches!(effect, Effect::Fetch { .. }));
    assert!(!is_asked, "{effects:?}");
    let read = page.claims(token.unwrap());
    let effects = page.session.handle(page.now, Event::ClaimsRead { generation, read });
    let published = effects.iter().position(|effect| matches!(effect, Effect::Publish(_)));
    let fetched = effects.iter().position(|effect| matches!(effect, Effect::Fetch { .. }));
    assert!(published.is_some() && published < fetched, "{effects:?}");
}
