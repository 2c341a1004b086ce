//! The early request: the session is made after its first requests were sent, with the clock times
//! of that moment, and gets the answers so far with the times at which they came.

use alloc::vec;

use super::*;

/// A page whose module is loaded `late` milliseconds after its requests were sent: the session gets
/// earlier answers with their own times, and then the clocks are read.
fn late_module(late: u64, config: Config, answers: &[(u64, Event)]) -> Page {
    let mut page = Page::of(config);
    let begun = page.now;
    let at =
        |time| Now { wall: begun.wall + Millis(time), monotonic: begun.monotonic + Millis(time) };
    for (time, event) in answers.iter().filter(|(time, _)| *time <= late) {
        page.now = at(*time);
        page.tell(event.clone());
    }
    page.now = at(late);
    page.timer = None;
    page.tell(Event::TimerFired);
    for (time, event) in answers.iter().filter(|(time, _)| *time > late) {
        page.pass(begun.monotonic.0 + time - page.now.monotonic.0);
        page.tell(event.clone());
    }
    page
}

/// The same page with a module that was loaded from the beginning.
fn early_module(late: u64, config: Config, answers: &[(u64, Event)]) -> Page {
    let mut page = Page::of(config);
    let begun = page.now.monotonic.0;
    let reach = |page: &mut Page, time: u64| {
        page.pass((begun + time).saturating_sub(page.now.monotonic.0));
    };
    for (time, event) in answers.iter().filter(|(time, _)| *time <= late) {
        reach(&mut page, *time);
        page.tell(event.clone());
    }
    reach(&mut page, late);
    for (time, event) in answers.iter().filter(|(time, _)| *time > late) {
        reach(&mut page, *time);
        page.tell(event.clone());
    }
    page
}

fn answered(body: &str) -> Event {
    let answer = Answer::Document { body: body.into(), etag: Some("\"e\"".into()) };
    Event::Answered { generation: 1, answer }
}

fn failed(failure: Failure) -> Event {
    Event::Answered { generation: 1, answer: Answer::Failed { failure, retry_after: None } }
}

/// All events of a page, except for answers.
fn happenings() -> Vec<Event> {
    let of = |sub: &str| Some(token(&format!(r#""sub":"{sub}""#)));
    let tab_message = |kind: &str| Event::Told(format!(r#"{{"type":"{kind}","subject":"u-1"}}"#));
    let mut events = vec![
        Event::TimerFired,
        Event::Woke,
        Event::TokenChanged(of("u-1")),
        Event::TokenChanged(of("u-2")),
        Event::TokenChanged(Some("opaque".into())),
        Event::TokenChanged(None),
        Event::TokenSeen(of("u-2").unwrap()),
        Event::TokenProviderChanged,
        Event::TenantChanged(Some("acme".into())),
        Event::TenantChanged(None),
        Event::Invalidated,
        Event::RefreshRequested,
        Event::SignedOut,
        Event::Disposed,
        Event::RenewalAnswered { renewal: 1, outcome: Ok(Renewal::Renewed) },
        Event::PoliciesAnswered { generation: 1, policies: Err("late".into()) },
        Event::TokenAnswered { generation: 1, token: Ok(of("u-2")) },
        Event::Pushed { channel: 1, kind: "session-revoked".into(), data: "{}".into() },
        Event::ChannelEnded { channel: 1, end: ChannelEnd::Closed, retry_after: None },
        answered(&document(7, &["b"])),
    ];
    events.extend([401, 403].map(|status| Event::Observed(Observation::of_status(status, 0))));
    events.extend(
        [Life::Shown, Life::Hidden, Life::Suspended, Life::Resumed, Life::Online, Life::Navigated]
            .map(Event::Life),
    );
    events.extend(["signed-out", "signed-in", "invalidated", "session-revoked"].map(tab_message));
    events
}

/// The visible state of a page, and its requests.
fn visible_state(page: &Page) -> String {
    let view = page.session.view().map(|view| {
        (view.subject, view.tenant, view.version, view.fresh_until, view.expires_at, view.asked_at)
    });
    format!(
        "{:?} {view:?} {} {} {:?} {} {:?}",
        page.status(),
        page.can("a"),
        page.can("b"),
        page.requests,
        page.aborts,
        page.problems,
    )
}

fn configs() -> Vec<Config> {
    let cookie = Config { tabs: true, asks_renewal: true, ..Config::new(Source::Endpoint) };
    let renews = Config { renews: true, ..cookie.clone() };
    let policies = Config { asks_policies: true, ..Config::new(Source::Endpoint) };
    let token = Config { has_token: true, renews: true, ..Config::new(Source::Endpoint) };
    vec![cookie, renews, policies, token]
}

/// Early answers of every kind at a time; tokens and policies come before them.
fn answers(config: &Config, time: u64) -> Vec<Vec<(u64, Event)>> {
    let mut before = Vec::new();
    if config.asks_policies {
        before.push((
            time / 3,
            Event::PoliciesAnswered { generation: 1, policies: Ok(PolicyTexts::default()) },
        ));
    }
    if config.has_token {
        let token = Ok(Some(token(r#""sub":"u-1""#)));
        before.push((time / 2, Event::TokenAnswered { generation: 1, token }));
    }
    [
        answered(&document(1, &["a"])),
        answered(&document_of("u-2", 1, &["a"])),
        answered("<!doctype html>"),
        Event::Answered { generation: 1, answer: Answer::Unauthorized },
        failed(Failure::Status(503)),
        failed(Failure::Network("lost".into())),
    ]
    .into_iter()
    .map(|last| [before.clone(), vec![(time, last)]].concat())
    .collect()
}

#[test]
fn a_page_whose_module_comes_late_behaves_like_one_whose_module_was_there_for_every_event() {
    // The module is loaded before the answer and after it, within the time-out of the request.
    for (arrival, late) in [(900, 1), (900, 600), (900, 901), (900, 4_000)] {
        for config in configs() {
            for answers in answers(&config, arrival) {
                for event in happenings() {
                    let is_failure = matches!(
                        answers.last(),
                        Some((_, Event::Answered { answer: Answer::Failed { .. }, .. }))
                    );
                    // The page whose module was loaded from the beginning has already retried a failed load.
                    if is_failure && late > arrival + 1 {
                        continue;
                    }
                    let [mut ours, mut theirs] = [late_module, early_module]
                        .map(|page| page(late, config.clone(), &answers));
                    for page in [&mut ours, &mut theirs] {
                        page.tell(event.clone());
                        page.pass(0);
                    }
                    assert_eq!(
                        visible_state(&ours),
                        visible_state(&theirs),
                        "{late} {event:?} {answers:?} {config:?}"
                    );
                }
            }
        }
    }
}

#[test]
fn an_early_answer_in_time_is_believed_although_the_module_comes_after_the_time_out() {
    let page = late_module(
        100_000,
        Config::new(Source::Endpoint),
        &[(900, answered(&document(1, &["a"])))],
    );
    assert!(page.can("a"));
    let view = page.session.view().unwrap();
    assert_eq!((view.asked_at.0, view.fresh_until.0), (START, START + TTL_DEFAULT.0));
    assert_eq!((page.fetches(), page.problems.len()), (1, 0));
}

#[test]
fn an_early_answer_that_expired_before_the_module_came_grants_nothing_and_is_requested_again() {
    let page = late_module(
        400_000,
        Config::new(Source::Endpoint),
        &[(900, answered(&document(1, &["a"])))],
    );
    assert!(!page.can("a"));
    assert_eq!((page.status(), page.fetches()), (Status::Expired, 2));
}

#[test]
fn an_early_request_without_an_answer_in_time_is_given_up_when_the_module_comes() {
    let mut page = late_module(20_000, Config::new(Source::Endpoint), &[]);
    assert_eq!((page.problems.as_slice(), page.aborts), (&["timeout"][..], 1));
    page.tell(answered(&document(1, &["a"])));
    assert!(!page.can("a"), "a later answer is ignored");
}

#[test]
fn an_early_token_starts_the_time_out_of_its_request() {
    let config = Config { has_token: true, ..Config::new(Source::Endpoint) };
    let token_answer =
        Event::TokenAnswered { generation: 1, token: Ok(Some(token(r#""sub":"u-1""#))) };
    let page = late_module(
        14_000,
        config,
        &[(5_000, token_answer), (13_000, answered(&document(1, &["a"])))],
    );
    assert!(page.can("a"));
    assert_eq!(page.session.view().unwrap().asked_at.0, START + 5_000);
}

#[test]
fn no_early_answer_begins_another_load_before_the_module_comes() {
    for config in configs() {
        for answers in answers(&config, 900) {
            let mut page = Page::of(config.clone());
            for (time, event) in answers {
                page.now.wall = Millis(START + time);
                page.now.monotonic = Millis(5_000 + time);
                page.tell(event);
            }
            assert_eq!(page.generation(), 1, "{config:?}");
        }
    }
}
