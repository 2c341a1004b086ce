//! What is asked after every step, and what may be answered.

use permgate_core::Requirement;
use permgate_core::session::Status;

use crate::server::{NAMES, ROLES};
use crate::world::World;

/// The questions, read once: each with its opposite.
pub(crate) struct Questions {
    permissions: Vec<[Requirement; 2]>,
    roles: Vec<[Requirement; 2]>,
}

impl Questions {
    pub(crate) fn new() -> Self {
        let both = |text: String| {
            [Requirement::parse(&text).unwrap(), Requirement::parse(&format!("!{text}")).unwrap()]
        };
        Self {
            permissions: NAMES.iter().map(|name| both((*name).into())).collect(),
            roles: ROLES.iter().map(|role| both(format!("role({role})"))).collect(),
        }
    }
}

/// What a tab answers: which names are granted, whose opposite is, and the same of roles.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    pub(crate) granted: u8,
    pub(crate) denied: u8,
    pub(crate) roles: u8,
    pub(crate) not_roles: u8,
}

impl Answers {
    /// Whether everything that is answered here is answered there, too.
    fn is_within(self, other: Self) -> bool {
        self.granted & !other.granted == 0
            && self.denied & !other.denied == 0
            && self.roles & !other.roles == 0
            && self.not_roles & !other.not_roles == 0
    }

    /// All that can be said of someone with these permissions and roles.
    pub(crate) fn of(grants: u8, roles: u8) -> Self {
        Self { granted: grants, denied: !grants & 0x1F, roles, not_roles: !roles & 3 }
    }
}

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
