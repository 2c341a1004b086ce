//! Numbers that only count up, each of a type of its own, so that no two are confused. Outside of
//! the session they are plain numbers: names to be given back.

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) struct $name(pub(super) u64);

        impl $name {
            /// Counts one further.
            pub(super) fn advance(&mut self) -> Self {
                self.0 += 1;
                *self
            }
        }
    )*};
}

counters! {
    /// Numbers the loads: only the answer to the newest one is looked at.
    Generation,
    /// Numbers the credentials, those of all users together.
    Ticket,
    /// Numbers the changes of user.
    Epoch,
    /// Numbers the questions for new credentials.
    RenewalNumber,
    /// Numbers the streams.
    StreamNumber,
    /// Numbers the contests for the lead among tabs.
    ContestNumber,
    /// Counts the changes of what is held.
    Revision,
}

impl Ticket {
    /// The one before.
    pub(super) fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}
