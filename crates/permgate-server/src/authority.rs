//! Judges credentials: whose token or cookie session a request carries, and whether it is valid
//! now.

use std::sync::Arc;
use std::time::Duration;

use axum::http::request::Parts;
use permgate_axum::{Authentication, Authority, SetCache, Standing};
use tokio::sync::Semaphore;

use crate::clock::{Clock, Timestamp};
use crate::credentials::Credentials;
use crate::problem::Problem;
use crate::proof::{Proof, Quick};
use crate::secret::digest;
use crate::storage::{Storage, failed};
use crate::store::SigningKeys;
use crate::token::Tokens;
use crate::verified::VerifiedTokens;

/// The accuracy of a session's last use, so that not every request causes a write.
const SEEN_WITHIN: Duration = Duration::from_secs(300);

/// The judge of credentials. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Judge(Arc<Inner>);

struct Inner {
    storage: Arc<Storage>,
    clock: Arc<dyn Clock>,
    session_cookie: &'static str,
    tokens: Tokens,
    /// Tokens whose signature was verified.
    verified: VerifiedTokens,
    /// The sets that are already built, by subject and version.
    sets: SetCache,
    /// Held while a use of a session is being recorded.
    touching: Arc<Semaphore>,
}

impl Authority for Judge {
    // All requests with the same token share it.
    type Proof = Arc<Proof>;

    async fn authenticate(&self, parts: &Parts) -> Result<Authentication<Arc<Proof>>, Problem> {
        let credentials = Credentials::read(&parts.headers, self.0.session_cookie);
        Ok(match self.proof(&credentials) {
            Ok(Some(proof)) => Authentication::Proof(proof),
            Ok(None) => Authentication::Anonymous,
            Err(why) => Authentication::Refused(why),
        })
    }

    async fn standing(&self, proof: &Arc<Proof>) -> Result<Option<Standing>, Problem> {
        let now = self.0.clock.now();
        let store = self.0.storage.store();
        // This takes some microseconds, so no other thread is woken for it when no lock must be
        // waited for.
        if store.is_free() {
            let found = proof.quick_holder(store.as_ref(), &self.0.sets, now);
            match found.map_err(|error| failed(&error))? {
                Quick::Nobody => return Ok(None),
                Quick::Known { standing, seen_at } => {
                    self.note_use(proof, seen_at, now);
                    return Ok(Some(standing));
                }
                Quick::NotBuilt { .. } => {}
            }
        }
        let (judge, proof) = (Arc::clone(&self.0), Arc::clone(proof));
        self.0.storage.read(move |store| proof.holder(store, &judge.sets, now)).await
    }
}

impl Judge {
    pub(crate) fn new(
        storage: Arc<Storage>,
        clock: Arc<dyn Clock>,
        session_cookie: &'static str,
        tokens: Tokens,
    ) -> Self {
        Self(Arc::new(Inner {
            storage,
            clock,
            session_cookie,
            tokens,
            verified: VerifiedTokens::default(),
            sets: SetCache::default(),
            touching: Arc::new(Semaphore::new(1)),
        }))
    }

    /// Makes and verifies tokens.
    pub(crate) fn tokens(&self) -> &Tokens {
        &self.0.tokens
    }

    /// Verifies with other keys from now on. Tokens that were verified before must be verified
    /// again.
    pub(crate) fn replace_keys(&self, keys: &SigningKeys) {
        self.0.tokens.replace_keys(keys);
        // After the keys, so that a token that was verified before is not put back.
        self.0.verified.forget_all();
    }

    /// Records in the background that a session is used. Only one record is written at a time: of
    /// many simultaneous requests one is enough, and no change has to wait behind them.
    fn note_use(&self, proof: &Proof, seen_at: Option<Timestamp>, now: Timestamp) {
        let is_late = seen_at.is_some_and(|seen_at| seen_at.plus(SEEN_WITHIN) <= now);
        if !is_late {
            return;
        }
        let Ok(turn) = Arc::clone(&self.0.touching).try_acquire_owned() else { return };
        let (storage, session) = (Arc::clone(&self.0.storage), *proof.digest());
        tokio::spawn(async move {
            // If the write fails, the next request records the use.
            drop(storage.write(move |store| store.touch_session(&session, now)).await);
            drop(turn);
        });
    }

    /// The session or token to end when these credentials sign out; none if this server did not
    /// issue them. The clock is ignored: it may be ahead, and the credentials would be valid again
    /// once it is put right.
    pub(crate) fn to_be_ended(&self, credentials: &Credentials<'_>) -> Option<Proof> {
        match credentials {
            Credentials::None | Credentials::Unusable(_) => None,
            Credentials::Bearer(token) => {
                let always = Timestamp::from_unix_ms(0);
                self.0.tokens.verify(token, always).ok().map(Proof::from)
            }
            Credentials::Session(secret) => Some(Proof::Session(digest(secret.as_bytes()))),
        }
    }

    /// The proof in credentials, as far as it can be judged without the store; none without
    /// credentials.
    ///
    /// # Errors
    /// When the credentials are not valid; the text says what to do.
    pub(crate) fn proof(
        &self,
        credentials: &Credentials<'_>,
    ) -> Result<Option<Arc<Proof>>, String> {
        match credentials {
            Credentials::None => Ok(None),
            Credentials::Unusable(why) => Err((*why).into()),
            Credentials::Bearer(token) => {
                let now = self.0.clock.now();
                if let Some(proof) = self.0.verified.get(token, now) {
                    return Ok(Some(proof));
                }
                let forgotten = self.0.verified.forgotten();
                let verified = self.0.tokens.verify(token, now).map_err(|e| e.to_string())?;
                let proof = Arc::new(Proof::from(verified));
                self.0.verified.insert(token, Arc::clone(&proof), forgotten);
                Ok(Some(proof))
            }
            Credentials::Session(secret) => {
                Ok(Some(Arc::new(Proof::Session(digest(secret.as_bytes())))))
            }
        }
    }
}
