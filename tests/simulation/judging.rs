//! After every step, asks a tab all questions, and compares its answers with those that the oracle
//! vouches for.

use std::sync::Arc;

use permgate_core::Requirement;
use permgate_core::session::{Now, Status};

use crate::memo::Memo;
use crate::questions::{Answers, Questions};
use crate::world::World;

impl World {
    /// The current answers of a tab. If the answers of its set are known, only one question is
    /// asked again, a different one after each step. Without a usable set, all questions are asked.
    pub(crate) fn answers(&self, id: usize) -> Answers {
        let (tab, now) = (&self.tabs[id], self.now(id));
        let Some(set) = tab.session.set(now) else { return self.ask(id, now) };
        let mut memo = tab.memo.borrow_mut();
        if let Some(memo) = memo.as_ref().filter(|memo| Arc::ptr_eq(&memo.set, set)) {
            self.ask_one(id, now, memo.answers);
            return memo.answers;
        }
        let answers = self.ask(id, now);
        *memo = Some(Memo { set: Arc::clone(set), answers });
        answers
    }

    /// Asks all questions.
    fn ask(&self, id: usize, now: Now) -> Answers {
        let session = &self.tabs[id].session;
        let ask = |questions: &[[Requirement; 2]]| {
            let (mut yes, mut no) = (0, 0);
            for (index, [question, opposite]) in questions.iter().enumerate() {
                let bit = |requirement| {
                    u8::from(session.decide(now, requirement, None).is_granted()) << index
                };
                yes |= bit(question);
                no |= bit(opposite);
            }
            (yes, no)
        };
        let (granted, denied) = ask(&self.questions.permissions);
        let (roles, not_roles) = ask(&self.questions.roles);
        Answers { granted, denied, roles, not_roles }
    }

    /// Asks one question again: the set must give the same answer as before.
    fn ask_one(&self, id: usize, now: Now, before: Answers) {
        let Questions { permissions, roles } = &self.questions;
        let step = usize::try_from(self.steps).unwrap();
        let (turn, side) = (step / 2 % (permissions.len() + roles.len()), step % 2);
        let (index, questions, bits) = match turn.checked_sub(permissions.len()) {
            Some(index) => (index, &roles[index], [before.roles, before.not_roles]),
            None => (turn, &permissions[turn], [before.granted, before.denied]),
        };
        let decision = self.tabs[id].session.decide(now, &questions[side], None);
        let was_granted = bits[side] & (1 << index) != 0;
        assert_eq!(decision.is_granted(), was_granted, "one set gives two answers");
    }

    /// Judges a tab, and one of the other tabs.
    pub(crate) fn judge(&mut self, id: usize) {
        self.judge_one(id);
        let other = usize::try_from(self.steps).unwrap() % self.tabs.len();
        if other != id && self.tabs[other].is_alive {
            self.judge_one(other);
        }
    }

    pub(crate) fn judge_one(&mut self, id: usize) {
        let now = self.now(id);
        let answers = self.answers(id);
        let may = self.tabs[id].oracle.may(now);
        if !answers.is_within(may) {
            self.fail(
                id,
                format!("the tab answers {answers:?}, but the oracle vouches for at most {may:?}"),
            );
            let description = self.tabs[id].oracle.describe();
            self.note(id, || description);
        }
        let status = self.tabs[id].session.status();
        if answers != Answers::default() && !matches!(status, Status::Fresh | Status::Stale) {
            self.fail(id, format!("the tab grants permissions although its status is {status:?}"));
        }
        if let Some(wrong) = self.tabs[id].oracle.wrong() {
            self.fail(id, wrong);
        }
        if self.tabs[id].oracle.must_be_quiet() && self.tabs[id].stream.is_some() {
            self.fail(id, "a stream is open although nobody is signed in");
        }
    }
}
