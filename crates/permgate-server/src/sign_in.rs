//! Verifying passwords: in a bounded line, within budgets, and in the same time for unknown names.

mod device;
mod line;
mod peer;
mod throttle;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::config::Config;
use crate::password::{PasswordError, hash_password};
use crate::problem::Problem;
use crate::secret::{Mac, RandomnessError, random_bytes};
use crate::state::{AppState, blocking};
use crate::store::Account;
use device::Devices;
use line::{Full, Lane, Line, Turn};
use throttle::{Attempt, Throttle};

pub(crate) use peer::{Connected, Peer};
pub use peer::{Network, NetworkError};

/// When to come again after the line was full, in seconds: from 1 to 3, so that not all who were
/// sent away come at once.
const RETRY_AFTER_SPREAD: u8 = 3;

/// What signing in takes.
pub(crate) struct SignIn {
    line: Line,
    throttle: Throttle,
    devices: Devices,
    // Verified when a user name is unknown, so that the answer takes as long as for a known one.
    decoy_hash: String,
}

impl SignIn {
    pub(crate) fn new(mac: &Mac, config: &Config) -> Result<Self, PasswordError> {
        Ok(Self {
            line: Line::new(config.password_cost),
            throttle: Throttle::default(),
            devices: Devices::new(mac, config.secure_cookies),
            decoy_hash: hash_password("", config.password_cost)?,
        })
    }

    /// The cookie for a device on which somebody has just signed in.
    pub(crate) fn device_cookie(&self, username: &str) -> Result<String, RandomnessError> {
        self.devices.cookie(username)
    }

    async fn turn(&self, lane: Lane, peer: Peer) -> Result<Turn, Problem> {
        self.line.turn(lane, peer).await.map_err(|Full| busy())
    }
}

impl AppState {
    /// Hashes a password for somebody who is signed in.
    ///
    /// # Errors
    /// 503 when too many passwords wait already.
    pub(crate) async fn hash_password(
        &self,
        peer: Peer,
        password: String,
    ) -> Result<String, Problem> {
        let cost = self.config().password_cost;
        let mut turn = self.sign_in().turn(Lane::Known, peer).await?;
        let hash = blocking(move || turn.memory().hash(&password, cost)).await?;
        hash.map_err(|error| Problem::internal(&error))
    }

    /// The account with this name and password, if there is one.
    ///
    /// # Errors
    /// 429 when too many tries have failed, 503 when too many wait, or when the store fails.
    pub(crate) async fn authenticate(
        &self,
        username: &str,
        password: String,
        peer: Peer,
        headers: &HeaderMap,
    ) -> Result<Option<Account>, Problem> {
        let SignIn { throttle, devices, decoy_hash, .. } = self.sign_in();
        let attempt = Attempt::new(username, peer, devices.known(headers, username));
        // Before anything is spent on it, and again after others had their turn.
        let pass = throttle.check(&attempt, self.now())?;
        if !pass.wait.is_zero() {
            let Ok(_place) = pass.among.try_acquire() else {
                return Err(throttle::too_many(8000));
            };
            tokio::time::sleep(pass.wait).await;
        }
        let mut turn = self.sign_in().turn(pass.lane, attempt.peer()).await?;
        throttle.check(&attempt, self.now())?;
        let name = username.to_owned();
        let account = self.with_store(move |store| store.account(&name)).await?;
        let hash = account.as_ref().map_or(decoy_hash, |account| &account.password_hash).clone();
        let (state, is_known) = (self.clone(), account.is_some());
        let matches = blocking(move || {
            // The decoy's password is the empty one: without an account nothing matches.
            let matches = turn.memory().verify(&password, &hash) && is_known;
            // Before the next one has the turn, and also when the client has hung up meanwhile.
            let throttle = &state.sign_in().throttle;
            match matches {
                true => throttle.succeeded(&attempt, state.now()),
                false => throttle.failed(&attempt, state.now()),
            }
            drop(turn);
            matches
        });
        let matches = matches.await?;
        Ok(account.filter(|_| matches))
    }
}

/// 503: the line is full.
fn busy() -> Problem {
    // Without randomness they all come at once, which is no reason to fail.
    let random = random_bytes().map_or(0, |bytes| bytes.first().copied().unwrap_or(0));
    let detail = "too many sign in at once; try again in a moment";
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let seconds = 1 + u16::from(random % RETRY_AFTER_SPREAD);
    Problem::new(status, "too-many-sign-ins", "Too many sign-ins", detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
}
