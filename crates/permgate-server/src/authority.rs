//! Whom the credentials of a request show: tokens and cookie sessions, as of this moment.

use std::time::Duration;

use axum::http::request::Parts;
use permgate_axum::{Authentication, Authority, Standing};

use crate::clock::Timestamp;
use crate::credentials::Credentials;
use crate::problem::Problem;
use crate::proof::{Proof, Quick};
use crate::secret::digest;
use crate::state::{AppState, failed};
use crate::token::Verified;

/// How late a session may tell when it was last used: so that not every request is a write.
const SEEN_WITHIN: Duration = Duration::from_secs(300);

impl Authority for AppState {
    type Proof = Proof;

    async fn authenticate(&self, parts: &Parts) -> Result<Authentication<Proof>, Problem> {
        let credentials = Credentials::read(&parts.headers, self.session_cookie());
        Ok(match self.proof(&credentials) {
            Ok(Some(proof)) => Authentication::Proof(proof),
            Ok(None) => Authentication::Anonymous,
            Err(why) => Authentication::Refused(why),
        })
    }

    async fn standing(&self, proof: &Proof) -> Result<Option<Standing>, Problem> {
        let now = self.now();
        // Some microseconds of work, for which no other thread is woken when nothing is waited for.
        if self.store().is_free() {
            let found = proof.quick_holder(self.store().as_ref(), self.sets(), now);
            match found.map_err(|error| failed(&error))? {
                Quick::Nobody => return Ok(None),
                Quick::Known { standing, seen_at } => {
                    self.note_use(proof, seen_at, now);
                    return Ok(Some(standing));
                }
                Quick::NotBuilt { .. } => {}
            }
        }
        let (state, proof) = (self.clone(), proof.clone());
        self.with_store(move |store| proof.holder(store, state.sets(), now)).await
    }
}

impl AppState {
    /// Takes note that a session is used, in the background. One at a time: of many requests that
    /// come at once one is enough, and no change waits behind them.
    fn note_use(&self, proof: &Proof, seen_at: Option<Timestamp>, now: Timestamp) {
        let is_late = seen_at.is_some_and(|seen_at| seen_at.plus(SEEN_WITHIN) <= now);
        let Some(turn) = is_late.then(|| self.turn_to_touch()).flatten() else { return };
        let (state, session) = (self.clone(), *proof.digest());
        tokio::spawn(async move {
            // Should it fail, the next request takes note.
            drop(state.with_writer(move |store| store.touch_session(&session, now)).await);
            drop(turn);
        });
    }

    /// What credentials show, as far as can be seen without the store; none when they show nobody.
    pub(crate) fn proof(&self, credentials: &Credentials) -> Result<Option<Proof>, String> {
        match credentials {
            Credentials::None => Ok(None),
            Credentials::Unusable(why) => Err((*why).into()),
            Credentials::Bearer(token) => {
                let now = self.now();
                if let Some(proof) = self.verified().get(token, now) {
                    return Ok(Some(proof));
                }
                let verified = self.tokens().verify(token, now).map_err(|e| e.to_string())?;
                let Verified { subject, expires_at, digest, mark } = verified;
                let proof = Proof::Token { digest, subject, mark, expires_at };
                self.verified().insert(token, proof.clone());
                Ok(Some(proof))
            }
            Credentials::Session(secret) => Ok(Some(Proof::Session(digest(secret.as_bytes())))),
        }
    }
}
