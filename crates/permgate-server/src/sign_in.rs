//! Verifies passwords: in a bounded line, within budgets, and in the same time for unknown names.

mod device;
mod line;
mod peer;
mod throttle;

use std::sync::Arc;

use axum::http::{HeaderMap, HeaderValue, StatusCode, header};

use crate::audit::Counting;
use crate::clock::Clock;
use crate::config::Config;
use crate::password::{PasswordCost, PasswordError, hash_password};
use crate::problem::Problem;
use crate::secret::{Mac, RandomnessError, random_bytes};
use crate::storage::{Storage, blocking};
use crate::store::Account;
use device::Devices;
use line::{Full, Lane, Line, Turn};
use throttle::{Attempt, Throttle};

pub(crate) use peer::{Connected, Peer};

/// When to try again after the line was full, in seconds: from 1 to 3, so that clients that were
/// refused do not all return at once.
const RETRY_AFTER_SPREAD: u8 = 3;

/// Signs users in by their passwords.
pub(crate) struct SignIn {
    storage: Arc<Storage>,
    clock: Arc<dyn Clock>,
    counting: Counting,
    cost: PasswordCost,
    line: Line,
    throttle: Throttle,
    devices: Devices,
    // Verified when a user name is unknown, so that the answer takes as long as for a known name.
    decoy_hash: String,
}

impl SignIn {
    pub(crate) fn new(
        storage: Arc<Storage>,
        clock: Arc<dyn Clock>,
        counting: Counting,
        mac: &Mac,
        config: &Config,
    ) -> Result<Self, PasswordError> {
        Ok(Self {
            storage,
            clock,
            counting,
            cost: config.password_cost,
            line: Line::new(config.password_cost),
            throttle: Throttle::default(),
            devices: Devices::new(mac, config.secure_cookies),
            decoy_hash: hash_password("", config.password_cost)?,
        })
    }

    /// The cookie for a device on which a user has just signed in.
    pub(crate) fn device_cookie(&self, username: &str) -> Result<String, RandomnessError> {
        self.devices.cookie(username)
    }

    /// Hashes a password for a signed-in user.
    ///
    /// # Errors
    /// 503 when too many passwords are waiting.
    pub(crate) async fn hash_password(
        &self,
        peer: Peer,
        password: String,
    ) -> Result<String, Problem> {
        let cost = self.cost;
        let mut turn = self.turn(Lane::Known, peer).await?;
        let hash = blocking(move || turn.memory().hash(&password, cost)).await?;
        hash.map_err(|error| Problem::internal(&error))
    }

    /// The account with this name and password, if there is one.
    ///
    /// # Errors
    /// 429 when too many attempts have failed, 503 when too many are waiting, or when the store
    /// fails.
    pub(crate) async fn authenticate(
        self: &Arc<Self>,
        username: &str,
        password: String,
        peer: Peer,
        headers: &HeaderMap,
    ) -> Result<Option<Account>, Problem> {
        let attempt = Attempt::new(username, peer, self.devices.known(headers, username));
        // Checked before any work is spent on the attempt, and again after the wait.
        let pass = self.throttle.check(&attempt, self.clock.now())?;
        if !pass.wait.is_zero() {
            let Ok(_place) = pass.among.try_acquire() else {
                return Err(throttle::too_many(8000));
            };
            tokio::time::sleep(pass.wait).await;
        }
        let mut turn = self.turn(pass.lane, attempt.peer()).await?;
        self.throttle.check(&attempt, self.clock.now())?;
        let name = username.to_owned();
        let account = self.storage.read(move |store| store.account(&name)).await?;
        let hash =
            account.as_ref().map_or(&self.decoy_hash, |account| &account.password_hash).clone();
        let (sign_in, is_known) = (Arc::clone(self), account.is_some());
        let matches = blocking(move || {
            // The decoy is the hash of the empty password: without an account no password matches.
            let matches = turn.memory().verify(&password, &hash) && is_known;
            // Recorded before the next attempt gets its turn, even if the client has hung up
            // meanwhile.
            let now = sign_in.clock.now();
            match matches {
                true => sign_in.throttle.succeeded(&attempt, now),
                false => sign_in.throttle.failed(&attempt, now),
            }
            drop(turn);
            matches
        });
        let matches = matches.await?;
        if !matches {
            let subject = account.as_ref().map(|account| account.subject.as_str());
            self.counting.failed_sign_in(username, subject);
        }
        Ok(account.filter(|_| matches))
    }

    /// How many attempts wait to be hashed.
    pub(crate) fn waiting(&self) -> usize {
        self.line.waiting()
    }

    /// Takes all turns: others wait until these are dropped.
    #[cfg(test)]
    pub(crate) async fn all_turns(&self) -> Result<Vec<impl Sized>, Problem> {
        let mut turns = Vec::new();
        for _ in 0..line::WORKERS {
            let peer = Peer::of(std::net::Ipv4Addr::LOCALHOST.into());
            turns.push(self.turn(Lane::Known, peer).await?);
        }
        Ok(turns)
    }

    async fn turn(&self, lane: Lane, peer: Peer) -> Result<Turn, Problem> {
        self.line.turn(lane, peer).await.map_err(|Full| busy())
    }
}

/// 503: the line is full.
fn busy() -> Problem {
    // Without randomness all clients return at once, which is no reason to fail.
    let random = random_bytes().map_or(0, |bytes| bytes.first().copied().unwrap_or(0));
    let detail = "too many users are signing in; try again in a moment";
    let status = StatusCode::SERVICE_UNAVAILABLE;
    let seconds = 1 + u16::from(random % RETRY_AFTER_SPREAD);
    Problem::new(status, "too-many-sign-ins", "Too many sign-ins", detail)
        .with_header(header::RETRY_AFTER, HeaderValue::from(seconds))
}
