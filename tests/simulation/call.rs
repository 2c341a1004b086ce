//! One of the application's own requests.

/// What kind of trouble a request meets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Trouble {
    None,
    /// 401 though the credentials are good.
    Refused,
    Forbidden,
    /// Redirected to a page: one that follows a form, or a sign-in page though the credentials are good.
    Redirected,
    StepUp,
    DpopNonce,
}

/// One request of the application.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Call {
    pub(crate) ticket: u64,
    /// Who it was meant to be from.
    pub(crate) user: Option<usize>,
    /// Its body can be read only once.
    pub(crate) is_once: bool,
    pub(crate) is_replay: bool,
    pub(crate) trouble: Trouble,
}
