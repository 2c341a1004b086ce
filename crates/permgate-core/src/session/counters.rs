//! Counters, each of a type of its own, so that they cannot be confused. Outside the session they
//! are plain numbers that are passed back.

macro_rules! counters {
    ($($(#[$doc:meta])* $name:ident,)*) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
        pub(super) struct $name(pub(super) u64);

        impl $name {
            /// Counts up by one.
            pub(super) fn advance(&mut self) -> Self {
                self.0 += 1;
                *self
            }
        }
    )*};
}

counters! {
    /// Numbers the loads: only the answer to the newest one is used.
    Generation,
    /// Numbers the credentials, those of all users together.
    Ticket,
    /// Numbers the changes of user.
    Epoch,
    /// Numbers the requests for new credentials.
    RenewalNumber,
    /// Numbers the streams.
    StreamNumber,
    /// Numbers the contests for the lead among tabs.
    ContestNumber,
    /// Counts the changes of the held set.
    Revision,
}

impl Ticket {
    /// The previous number.
    pub(super) fn before(self) -> Self {
        Self(self.0.saturating_sub(1))
    }
}
