//! The optional parts in this build: the module that most pages download leaves some of them out.
//! Code of an absent part is compiled and then removed by the optimiser.

/// The dialect `shiro`.
pub(crate) const SHIRO: bool = cfg!(feature = "shiro");
/// Catalogues, and sets that are packed with one.
pub(crate) const CATALOGUE: bool = cfg!(feature = "catalogue");
/// The grants of roles.
pub(crate) const ROLES: bool = cfg!(feature = "roles");
/// Policies that are fetched: a catalogue, or the grants of roles.
pub(crate) const POLICIES: bool = CATALOGUE || ROLES;
/// Layouts of documents other than the permgate one.
pub(crate) const LAYOUTS: bool = cfg!(feature = "layouts");
/// Sets that are read from the claims of a token.
pub(crate) const CLAIMS: bool = cfg!(feature = "claims");
/// Documents that are stored for the next load of the page.
pub(crate) const STORAGE: bool = cfg!(feature = "storage");
