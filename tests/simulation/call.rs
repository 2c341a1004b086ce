//! One of the application's own requests.

/// The fault that a request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    /// A 401 although the credentials are valid.
    Refused,
    Forbidden,
    /// A redirect to a page: the one after a form, or a sign-in page although the credentials are
    /// valid.
    Redirected,
    StepUp,
    DpopNonce,
}

/// One request of the application.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) ticket: u64,
    /// The user for whom the page meant to send the request.
    pub(crate) user: Option<usize>,
    /// Whether the body can be read only once.
    pub(crate) is_once: bool,
    pub(crate) is_replay: bool,
    pub(crate) trouble: Trouble,
}
