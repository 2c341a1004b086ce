//! The questions that are asked after every step, and their answers.

use permgate_core::Requirement;

use crate::server::{NAMES, ROLES};

/// The questions, parsed once, each with its negation.
pub(crate) struct Questions {
    pub(crate) permissions: Vec<[Requirement; 2]>,
    pub(crate) roles: Vec<[Requirement; 2]>,
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

/// The answers of a tab: which names and roles are granted, and which of their negations.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Answers {
    pub(crate) granted: u8,
    pub(crate) denied: u8,
    pub(crate) roles: u8,
    pub(crate) not_roles: u8,
}

impl Answers {
    /// Whether the other answers include all of these grants.
    pub(crate) fn is_within(self, other: Self) -> bool {
        self.granted & !other.granted == 0
            && self.denied & !other.denied == 0
            && self.roles & !other.roles == 0
            && self.not_roles & !other.not_roles == 0
    }

    /// The complete answers for a user with these permissions and roles.
    pub(crate) fn of(grants: u8, roles: u8) -> Self {
        Self { granted: grants, denied: !grants & 0x1F, roles, not_roles: !roles & 3 }
    }
}
