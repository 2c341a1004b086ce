//! Which parts this build has: the module that most pages download leaves some of them out. What is
//! left out is compiled all the same, and dropped by the optimiser.

/// The dialect `shiro`.
pub(crate) const SHIRO: bool = cfg!(feature = "shiro");
/// Catalogues, and sets that are packed by one.
pub(crate) const CATALOGUE: bool = cfg!(feature = "catalogue");
/// What roles stand for.
pub(crate) const ROLES: bool = cfg!(feature = "roles");
/// Policies that are fetched: a catalogue, or what roles stand for.
pub(crate) const POLICIES: bool = CATALOGUE || ROLES;
/// Layouts of documents other than the permgate one.
pub(crate) const LAYOUTS: bool = cfg!(feature = "layouts");
/// Sets that are read from the claims of a token.
pub(crate) const CLAIMS: bool = cfg!(feature = "claims");
/// Documents that are kept for a later life of the page.
pub(crate) const STORAGE: bool = cfg!(feature = "storage");
