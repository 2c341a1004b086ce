//! Whether a user is signed in, and how the session finds out.
//!
//! A refused request is judged by the source first, which also returns a renewed token if there is
//! one. If the source refuses, too, the application is asked for new credentials, once for all
//! waiting requests; then the source proves them. Requests are replayed only with credentials of
//! the same user.

/// The state of the credentials.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::session) enum Standing {
    /// They are assumed to be valid.
    Assumed,
    /// A request met 401: the source judges whether the credentials are gone.
    Judging,
    /// The application is asked for new credentials.
    Asking,
    /// The source judges the new credentials.
    Proving,
    /// Nobody is signed in.
    Nobody {
        /// The user signed out: do not look for a sign-in elsewhere, or ask for one.
        has_left: bool,
        /// The user was asked to sign in, and did not.
        was_asked: bool,
    },
    /// Nobody is signed in, and a load looks for a sign-in in another tab. A 401 must not open the
    /// login dialog.
    Probing {
        /// The user was asked to sign in, and did not.
        was_asked: bool,
    },
}

impl Standing {
    /// Whether nobody is signed in, as far as is known.
    pub(in crate::session) fn is_nobody(self) -> bool {
        matches!(self, Self::Asking | Self::Nobody { .. } | Self::Probing { .. })
    }

    /// Whether requests that met a 401 wait for the outcome.
    pub(in crate::session) fn is_waiting(self) -> bool {
        matches!(self, Self::Judging | Self::Asking | Self::Proving)
    }

    pub(in crate::session) fn is_probing(self) -> bool {
        matches!(self, Self::Probing { .. })
    }

    /// Whether the application may be asked for new credentials.
    pub(in crate::session) fn may_ask(self) -> bool {
        match self {
            Self::Assumed | Self::Judging | Self::Asking => true,
            Self::Proving => false,
            Self::Nobody { has_left, was_asked } => !has_left && !was_asked,
            Self::Probing { was_asked } => !was_asked,
        }
    }

    /// Nobody is signed in from here on; what is known about that is kept.
    pub(in crate::session) fn nobody(self) -> Self {
        match self {
            Self::Nobody { .. } => self,
            Self::Probing { was_asked } => Self::Nobody { has_left: false, was_asked },
            _ => Self::Nobody { has_left: false, was_asked: false },
        }
    }

    /// The user signed out, and is not asked to come back.
    pub(in crate::session) fn signed_out(self) -> Self {
        let was_asked = matches!(self.nobody(), Self::Nobody { was_asked: true, .. });
        Self::Nobody { has_left: true, was_asked }
    }

    /// The user was asked to sign in, and did not.
    pub(in crate::session) fn declined(self) -> Self {
        let has_left = matches!(self, Self::Nobody { has_left: true, .. });
        Self::Nobody { has_left, was_asked: true }
    }

    /// The user may be asked again: there is news.
    pub(in crate::session) fn come_back(self) -> Self {
        match self {
            Self::Nobody { .. } => Self::Nobody { has_left: false, was_asked: false },
            Self::Probing { .. } => Self::Probing { was_asked: false },
            other => other,
        }
    }

    /// A load begins, which also looks for a user, unless that is already being done.
    pub(in crate::session) fn begin_load(self) -> Self {
        match self {
            Self::Nobody { .. } => Self::Assumed,
            other => other,
        }
    }
}
