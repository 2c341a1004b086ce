//! `decisions.json`: the outcome and reason of requirements on documents.

use permgate_core::json::Value;
use permgate_core::{Decision, Requirement, Resource, ResourcePattern};

use crate::file::{check, differ, items, language, read, reading, text, text_of};

#[test]
fn decisions_are_as_the_vectors_say() {
    let sets = read("decisions.json");
    let cases: usize =
        items(&sets).iter().map(|set| items(set.member("cases").unwrap()).len()).sum();
    assert!(cases >= 400, "only {cases} cases");
    check(&sets, 60, &|vector| {
        let reading = reading(vector);
        let document = match reading.document(&text(vector.member("document").unwrap())) {
            Ok(document) => document,
            Err(error) => return vec![format!("the document is refused: {error}")],
        };
        let set = document.into_set();
        let set = match &reading.policies.catalogue {
            Some(catalogue) => set.with_catalogue(catalogue.clone()),
            None => set,
        };
        let mut wrong = Vec::new();
        for case in items(vector.member("cases").unwrap()) {
            let question = text_of(case, "ask").unwrap();
            let requirement = Requirement::parse_in(question, language(vector));
            let resource = text_of(case, "on").map(Resource::parse).transpose();
            let decision = match (&requirement, &resource) {
                (Ok(requirement), Ok(_)) if case.member("somewhere").is_some() => {
                    set.somewhere(requirement)
                }
                (Ok(requirement), Ok(resource)) => set.decide(requirement, resource.as_ref()),
                _ => Decision::malformed(),
            };
            wrong.extend(compare(case, &decision).map(|it| format!("{}: {it}", text(case))));
        }
        wrong
    });
}

fn compare(case: &Value, decision: &Decision<'_>) -> Option<String> {
    let outcome = differ("outcome", &decision.outcome.as_str(), &text_of(case, "outcome").unwrap());
    let reason = text_of(case, "reason");
    let reason = reason.and_then(|reason| differ("reason", &decision.reason.code(), &reason));
    let grant = case.member("grant").and_then(|expected| {
        let found = decision.reason.grant().map(|grant| {
            let resource = grant.resource.as_ref().map(ResourcePattern::as_str);
            (Some(grant.pattern.as_str()), resource, Some(grant.effect.as_str()))
        });
        let word = |key| text_of(expected, key);
        differ("grant", &found, &Some((word("permission"), word("resource"), word("effect"))))
    });
    let message = text_of(case, "message");
    let message = message.and_then(|it| differ("message", &decision.to_string().as_str(), &it));
    outcome.or(reason).or(grant).or(message)
}
