//! The cache of verified tokens: which tokens it keeps, for how long, and how many.

use std::sync::Arc;
use std::time::Duration;

use super::{MAX_TOKENS, VerifiedTokens};
use crate::clock::Timestamp;
use crate::proof::Proof;
use crate::store::TokenMark;

const NOW: Timestamp = Timestamp::from_unix_ms(1_800_000_000_000);

fn proof(subject: &str) -> Arc<Proof> {
    let expires_at = NOW.plus(Duration::from_secs(900));
    Arc::new(Proof::Token {
        digest: [7; 32],
        subject: subject.into(),
        mark: TokenMark::default(),
        issued_at: NOW,
        expires_at,
    })
}

#[test]
fn a_token_is_cached_under_its_whole_text_until_it_expires() {
    let tokens = VerifiedTokens::default();
    tokens.insert("a.b.c", proof("u-1"), 0);
    assert_eq!(tokens.get("a.b.c", NOW), Some(proof("u-1")));
    for other in ["a.b.d", "a.b.c ", "a.b", "A.b.c", ""] {
        assert_eq!(tokens.get(other, NOW), None, "{other}");
    }
    let last = NOW.plus(Duration::from_millis(899_999));
    assert!(tokens.get("a.b.c", last).is_some());
    assert_eq!(tokens.get("a.b.c", last.plus(Duration::from_millis(1))), None);
}

#[test]
fn f56_the_cache_holds_the_tokens_of_two_generations_and_no_more() {
    let tokens = VerifiedTokens::default();
    tokens.insert("kept", proof("u-0"), 0);
    for number in 0..5 * MAX_TOKENS {
        tokens.insert(&format!("t-{number}"), proof("u-1"), 0);
        if number % 1000 == 0 {
            assert!(tokens.get("kept", NOW).is_some(), "asked for after {number} others");
        }
    }
    let held = tokens.lock();
    assert!(held.younger.len() + held.older.len() <= 2 * MAX_TOKENS);
    drop(held);
    assert_eq!(tokens.get("t-0", NOW), None);
}

#[test]
fn a_token_that_was_verified_before_the_cache_was_cleared_is_not_inserted() {
    let tokens = VerifiedTokens::default();
    let before = tokens.forgotten();
    tokens.insert("early", proof("u-1"), before);
    tokens.forget_all();
    tokens.insert("late", proof("u-1"), before);
    assert_eq!((tokens.get("early", NOW), tokens.get("late", NOW)), (None, None));
    tokens.insert("late", proof("u-1"), tokens.forgotten());
    assert_eq!(tokens.get("late", NOW), Some(proof("u-1")));
}
