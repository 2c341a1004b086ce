//! An authority for the tokens of an OpenID Connect provider (feature `oidc`).
//!
//! It verifies tokens with keys that the provider publishes as a JSON Web Key Set (RFC 7517). The
//! application returns the permissions of a token's subject ([`Rights`]): claims in the token are
//! as old as the token, and a revocation would take effect only when it expires.
//!
//! ```no_run
//! use std::sync::Arc;
//! use permgate_axum::oidc::{KeySource, OidcAuthority, Rights, Token, Verifier};
//! use permgate_axum::{Problem, SharedSet, SystemClock};
//!
//! struct Store;
//!
//! impl Rights for Store {
//!     async fn rights(&self, token: &Token) -> Result<Option<(u64, SharedSet)>, Problem> {
//!         // The version and the set of `token.subject`, from the application's store.
//! #       drop(token);
//!         Ok(None)
//!     }
//! }
//!
//! let clock = Arc::new(SystemClock);
//! let keys = KeySource::new("https://id.example/.well-known/jwks.json", clock.clone())?;
//! let verifier = Verifier::new("https://id.example", "my-api", keys, clock);
//! let identify = permgate_axum::Identify::new(OidcAuthority::new(verifier, Store));
//! # Ok::<_, permgate_axum::oidc::KeySourceError>(())
//! ```

mod download;
mod keys;
#[cfg(feature = "oidc-rs256")]
mod roca;
mod source;
mod token;

use axum::http::request::Parts;

use crate::authority::{Authentication, Authority, Standing};
use crate::bearer::bearer;
use crate::problem::Problem;
use crate::shared_set::SharedSet;

pub use download::{DownloadError, MAX_KEY_SET_BYTES};
pub use keys::Algorithm;
pub use source::{KeySource, KeySourceError};
pub use token::{MAX_TOKEN_BYTES, Token, TokenError, Verifier};

/// Returns the permissions of the subject of a token.
pub trait Rights: Send + Sync + 'static {
    /// The version and the set of the token's subject at this moment; none when the subject is
    /// unknown, or the session of the token was ended. Like [`Authority::standing`], it must see
    /// each change that was acknowledged before the call.
    ///
    /// # Errors
    /// When the store fails. The problem is the response.
    fn rights(
        &self,
        token: &Token,
    ) -> impl Future<Output = Result<Option<(u64, SharedSet)>, Problem>> + Send;
}

/// An [`Authority`] whose credentials are bearer tokens of an OpenID Connect provider.
#[derive(Debug)]
pub struct OidcAuthority<R> {
    verifier: Verifier,
    rights: R,
}

impl<R: Rights> OidcAuthority<R> {
    /// An authority that trusts this verifier, and asks the application for rights.
    pub fn new(verifier: Verifier, rights: R) -> Self {
        Self { verifier, rights }
    }
}

impl<R: Rights> Authority for OidcAuthority<R> {
    type Proof = Token;

    async fn authenticate(&self, parts: &Parts) -> Result<Authentication<Token>, Problem> {
        let token = match bearer(&parts.headers) {
            Ok(Some(token)) => token,
            Ok(None) => return Ok(Authentication::Anonymous),
            Err(advice) => return Ok(Authentication::Refused(advice.into())),
        };
        match self.verifier.verify(token).await {
            Ok(token) => Ok(Authentication::Proof(token)),
            Err(error @ TokenError::NoKeys(_)) => Err(error.unavailable()),
            Err(error) => Ok(Authentication::Refused(error.to_string())),
        }
    }

    async fn standing(&self, token: &Token) -> Result<Option<Standing>, Problem> {
        if self.verifier.has_expired(token) {
            return Ok(None);
        }
        let Some((version, set)) = self.rights.rights(token).await? else { return Ok(None) };
        Ok(Some(Standing {
            expires_at: Some(token.expires_at),
            session: token.session.clone(),
            ..Standing::new(token.subject.as_str(), version, set)
        }))
    }
}

#[cfg(test)]
mod tests;
