//! Judges after every step: asks a tab everything, and compares its answers with what the oracle vouches for.

use permgate_core::Requirement;
use permgate_core::session::Status;

use crate::questions::Answers;
use crate::world::World;

impl World {
    /// What a tab answers now.
    pub(crate) fn answers(&self, id: usize) -> Answers {
        let (session, now) = (&self.tabs[id].session, self.now(id));
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

    /// Compares a tab, and one of the others, with what can be vouched for.
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
                format!("it answers {answers:?}, but at most {may:?} can be vouched for"),
            );
            let told = self.tabs[id].oracle.told();
            self.note(id, || told);
        }
        let status = self.tabs[id].session.status();
        if answers != Answers::default() && !matches!(status, Status::Fresh | Status::Stale) {
            self.fail(id, format!("it grants though it is {status:?}"));
        }
        if let Some(wrong) = self.tabs[id].oracle.wrong() {
            self.fail(id, wrong);
        }
        if self.tabs[id].oracle.must_be_quiet() && self.tabs[id].stream.is_some() {
            self.fail(id, "a stream is open though nobody is signed in");
        }
    }
}
