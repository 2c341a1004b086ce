//! The numbers that cross the border between Rust and TypeScript. `tests/border/` compares this
//! table, and the words of the core, with `js/src/border.ts` and the declared types.

/// Declares an enumeration whose variants cross the border as numbers.
macro_rules! numbers {
    (
        $(#[$doc:meta])*
        $name:ident: $number:ident { $($(#[$variant_doc:meta])* $variant:ident = $value:literal,)* }
    ) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, PartialEq, Eq)]
        #[repr($number)]
        pub enum $name {
            $($(#[$variant_doc])* $variant = $value,)*
        }

        impl $name {
            /// Every variant by its name, with its number.
            pub const TABLE: &'static [(&'static str, $number)] =
                &[$((stringify!($variant), $value),)*];

            /// The variant of a number, if there is one.
            #[must_use]
            pub const fn of(number: $number) -> Option<Self> {
                match number {
                    $($value => Some(Self::$variant),)*
                    _ => None,
                }
            }

            /// The number of this variant.
            #[must_use]
            pub const fn number(self) -> $number {
                self as $number
            }
        }
    };
}

numbers! {
    /// The events of the application, the page and other tabs, for `Engine::tell`.
    Told: u8 {
        /// The page is visible.
        Shown = 0,
        /// The page is not visible.
        Hidden = 1,
        /// The page is frozen, or in the back/forward cache.
        Suspended = 2,
        /// The page resumes.
        Resumed = 3,
        /// There is a network.
        Online = 4,
        /// There is no network.
        Offline = 5,
        /// The user went to another view.
        Navigated = 6,
        /// The application wants the set to be loaded now.
        Refresh = 7,
        /// The application doubts the held set.
        Invalidate = 8,
        /// The token is the text; without a text, nobody is signed in.
        Token = 9,
        /// The application has set another token function.
        TokenProvider = 10,
        /// The application used the token in the text for a request of its own.
        TokenSeen = 11,
        /// The user works in the tenant in the text, or in none.
        Tenant = 12,
        /// The user signed out.
        SignedOut = 13,
        /// Another tab sent the text.
        Tab = 14,
        /// The timer has fired.
        Timer = 15,
    }
}

numbers! {
    /// What the host is asked, for `Engine::answered`.
    Asked: u8 {
        /// The policies of the application.
        Policies = 0,
        /// The token of the application.
        Token = 1,
        /// The document of the endpoint.
        Document = 2,
        /// New credentials.
        Renewal = 3,
    }
}

numbers! {
    /// The answer to a requirement.
    Decided: u8 {
        /// It is denied.
        Denied = 0,
        /// It is granted.
        Granted = 1,
        /// No decision is known.
        Unknown = 2,
        /// The requirement or the resource is malformed.
        Malformed = 3,
    }
}

numbers! {
    /// The verdict on a request that got 401.
    Verdict: u8 {
        /// The application gets the refusal.
        Pass = 0,
        /// The request is sent again.
        Replay = 1,
        /// The verdict is not known yet.
        Wait = 2,
    }
}

numbers! {
    /// Why a stream ended; any other number is the HTTP status of a rejected stream.
    StreamEnd: u16 {
        /// A network error.
        Broken = 0,
        /// The response is not an event stream.
        NotAStream = 1,
        /// The other side closed the stream.
        Closed = 200,
    }
}

/// A number that JavaScript represents exactly; no counter gets beyond that.
pub(crate) fn counter(value: u64) -> u32 {
    u32::try_from(value).unwrap_or(u32::MAX)
}
