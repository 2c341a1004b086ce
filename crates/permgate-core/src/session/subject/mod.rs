//! The state of one subject in one tenant, all of which ends with a change of user.

mod held;
mod revocations;
mod versions;
mod windows;

use alloc::string::String;
use alloc::sync::Arc;
use alloc::vec::Vec;

pub use held::Origin;
pub(super) use held::{Held, Owner, Times};
pub(super) use versions::Heard;
pub(super) use windows::EVIDENCE_WINDOW;

use super::counters::{Generation, Revision};
use super::status::Status;
use crate::decision::Reason;
use crate::parts::STORAGE;
use crate::pattern::Pattern;
use crate::set::PermissionSet;
use crate::time::{Millis, Moment};
use crate::wire::VersionHeader;
use revocations::Revocations;
use versions::Versions;
use windows::Windows;

/// Why no set is held. Whether nobody is signed in is known by the credentials.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Absence {
    Idle,
    #[default]
    Loading,
    Failed,
    Expired,
}

/// A set, or the reason why there is none.
#[derive(Clone, Debug)]
enum Holding {
    Absent(Absence),
    Held(Held),
}

impl Default for Holding {
    fn default() -> Self {
        Self::Absent(Absence::default())
    }
}

/// A document that an earlier page stored.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) subject: String,
    /// The issuer of the token that named the subject.
    pub(super) issuer: Option<String>,
    pub(super) document: alloc::boxed::Box<str>,
    pub(super) etag: Option<String>,
    /// When it was requested, on the time line of this session: before its beginning.
    pub(super) requested_at: Moment,
}

/// The state of one subject in one tenant.
#[derive(Clone, Debug, Default)]
pub(super) struct Subject {
    holding: Holding,
    /// Counts the changes of the held set, across subjects.
    revision: Revision,
    /// The subject and tenant of the newest set.
    owner: Owner,
    versions: Versions,
    revocations: Revocations,
    windows: Windows,
    /// Whether the endpoint has answered: claims of a token are believed until then.
    has_heard_endpoint: bool,
    /// Until when the newest set was to be believed, even if it was dropped before.
    vouched_until: Option<Moment>,
    /// Whether a set was ever held.
    was_held: bool,
    stored: Option<Stored>,
    /// The bootstrap, with its time, while it waits for the policies.
    bootstrap: Option<(String, Moment)>,
}

impl Subject {
    /// The subject of a session that has not started.
    pub(super) fn idle() -> Self {
        Self { holding: Holding::Absent(Absence::Idle), ..Self::default() }
    }

    /// Begins another subject without any state; returns the previous one.
    pub(super) fn replace(&mut self) -> Self {
        let before = core::mem::take(self);
        self.revision = before.revision;
        if before.held().is_some() {
            self.revision.advance();
        }
        before
    }

    /// Keeps whether the endpoint has answered, since it answered to the same credentials.
    pub(super) fn keep_endpoint_of(&mut self, before: &Self) {
        self.has_heard_endpoint = before.has_heard_endpoint;
        // Requests were sent for a user whom no token named.
        self.was_held = before.was_held;
    }

    /// The endpoint's answer is about another user than the held set: that set stays until the new
    /// one replaces it, so that an equal one causes no change.
    pub(super) fn become_another(&mut self) {
        let before = core::mem::take(self);
        self.holding = before.holding;
        self.revision = before.revision;
        self.owner = before.owner;
        self.versions = Versions::of_another(before.versions);
        self.has_heard_endpoint = before.has_heard_endpoint;
    }

    // The held set.

    pub(super) fn held(&self) -> Option<&Held> {
        match &self.holding {
            Holding::Held(held) => Some(held),
            Holding::Absent(_) => None,
        }
    }

    fn held_mut(&mut self) -> Option<&mut Held> {
        match &mut self.holding {
            Holding::Held(held) => Some(held),
            Holding::Absent(_) => None,
        }
    }

    pub(super) fn is_held(&self) -> bool {
        self.held().is_some()
    }

    pub(super) fn version(&self) -> Option<u64> {
        self.held()?.version
    }

    pub(super) fn times(&self) -> Option<Times> {
        self.held().map(|held| held.times)
    }

    pub(super) fn revision(&self) -> Revision {
        self.revision
    }

    pub(super) fn owner(&self) -> &Owner {
        &self.owner
    }

    /// Why no set is held.
    pub(super) fn absence(&self) -> Option<Absence> {
        match self.holding {
            Holding::Absent(absence) => Some(absence),
            Holding::Held(_) => None,
        }
    }

    /// Changes the reason why no set is held; a held set stays.
    pub(super) fn set_absence(&mut self, absence: Absence) {
        if let Holding::Absent(before) = &mut self.holding {
            *before = absence;
        }
    }

    /// The set that decides at `now`, or why there is none.
    pub(super) fn believed(&self, now: Moment) -> Result<&Arc<PermissionSet>, Reason<'static>> {
        match &self.holding {
            Holding::Held(held) if now < held.times.believed_until => Ok(&held.set),
            Holding::Held(_) => Err(Reason::Expired),
            Holding::Absent(absence) => Err(match absence {
                Absence::Idle | Absence::Loading => Reason::NotLoaded,
                Absence::Failed => Reason::LoadFailed,
                Absence::Expired => Reason::Expired,
            }),
        }
    }

    pub(super) fn status(&self, now: Moment) -> Status {
        match &self.holding {
            Holding::Held(held) if now < held.times.fresh_until => Status::Fresh,
            Holding::Held(_) => Status::Stale,
            Holding::Absent(absence) => match absence {
                Absence::Idle => Status::Idle,
                Absence::Loading => Status::Loading,
                Absence::Failed => Status::Failed,
                Absence::Expired => Status::Expired,
            },
        }
    }

    pub(super) fn drop_held(&mut self, absence: Absence) {
        if self.is_held() {
            self.revision.advance();
        }
        self.holding = Holding::Absent(absence);
    }

    /// Drops a set that is no longer believed.
    pub(super) fn expire(&mut self, now: Moment) {
        if self.times().is_some_and(|times| now >= times.believed_until) {
            self.drop_held(Absence::Expired);
        }
    }

    /// The held set is out of date: it is no longer fresh, and believed for a while.
    pub(super) fn doubt(&mut self, now: Moment, stale: Millis) {
        if let Some(held) = self.held_mut() {
            held.times = held.times.doubted(now, stale);
            self.vouched_until = self.times().map(|times| times.believed_until);
        }
    }

    /// A load failed.
    pub(super) fn fail(&mut self) {
        if matches!(self.absence(), Some(Absence::Idle | Absence::Loading)) {
            self.set_absence(Absence::Failed);
        }
    }

    /// Holds a set. A set with equal content only changes times and entity tag. An equal version
    /// means equal content only if policies do not change (`has_fixed_policies`).
    pub(super) fn hold(&mut self, mut new: Held, has_fixed_policies: bool, now: Moment) {
        self.was_held = true;
        self.owner = new.owner.clone();
        self.vouched_until = Some(new.times.believed_until);
        match &mut self.holding {
            Holding::Held(held) if has_fixed_policies && held.is_same_version_as(&new) => {
                held.renew(&mut new);
                held.etag = new.etag.or(held.etag.take());
            }
            Holding::Held(held) if held.says_the_same_as(&new) => {
                held.renew(&mut new);
                held.etag = new.etag;
            }
            holding => {
                *holding = Holding::Held(new);
                self.revision.advance();
            }
        }
        self.look(now);
    }

    /// The endpoint confirmed the held set. [`Subject::look`] follows.
    pub(super) fn confirm(&mut self, requested_at: Moment, times: Times) {
        if let Some(held) = self.held_mut() {
            (held.times, held.requested_at, held.origin) = (times, requested_at, Origin::Endpoint);
            self.vouched_until = Some(times.believed_until);
        }
    }

    /// Applies the revocations to the held set, and drops it if it is no longer believed.
    pub(super) fn look(&mut self, now: Moment) {
        self.apply_revocations();
        self.expire(now);
    }

    /// The held set was read with other policies, and must be sent in full.
    pub(super) fn forget_etag(&mut self) {
        if let Some(held) = self.held_mut() {
            held.etag = None;
        }
    }

    /// The entity tag of the held or stored document.
    pub(super) fn etag(&self) -> Option<&String> {
        match (self.held(), self.stored()) {
            (Some(held), _) => held.etag.as_ref(),
            (None, Some(stored)) => stored.etag.as_ref(),
            (None, None) => None,
        }
    }

    pub(super) fn was_held(&self) -> bool {
        self.was_held
    }

    /// The application sends requests of another user, who is unknown until the endpoint names the
    /// user. Versions and revocations belong to the previous user.
    pub(super) fn forget_owner(&mut self) {
        self.was_held = false;
        self.owner = Owner::default();
        self.versions = Versions::of_another(core::mem::take(&mut self.versions));
        self.revocations = Revocations::default();
    }

    pub(super) fn trusts_claims(&self) -> bool {
        !self.has_heard_endpoint
    }

    /// Claims of a token are no longer believed beside the endpoint.
    pub(super) fn distrust_claims(&mut self) {
        self.has_heard_endpoint = true;
    }

    // The bootstrap and the stored document.

    pub(super) fn stored(&self) -> Option<&Stored> {
        self.stored.as_ref().filter(|_| STORAGE)
    }

    pub(super) fn keep_stored(&mut self, stored: Option<Stored>) {
        self.stored = stored;
    }

    pub(super) fn take_stored(&mut self) -> Option<Stored> {
        self.stored.take().filter(|_| STORAGE)
    }

    pub(super) fn has_bootstrap(&self) -> bool {
        self.bootstrap.is_some()
    }

    pub(super) fn keep_bootstrap(&mut self, bootstrap: Option<(String, Moment)>) {
        self.bootstrap = bootstrap;
    }

    pub(super) fn take_bootstrap(&mut self) -> Option<(String, Moment)> {
        self.bootstrap.take()
    }

    // Versions.

    /// Later sets begin at this version, whatever was known before.
    pub(super) fn begin_at(&mut self, version: Option<u64>) {
        self.versions.begin_at(version);
    }

    /// The known version and that of an answer, if the answer is older.
    pub(super) fn is_behind(&self, received: Option<u64>) -> Option<(u64, u64)> {
        self.versions.known_above(received)
    }

    /// A load that began at `started` brought a version below the known one: returns whether it is
    /// accepted, since the server's counter restarted.
    pub(super) fn restarts(&mut self, received: u64, started: Moment) -> bool {
        let restarts = self.versions.restarts(received, started, self.vouched_until);
        if restarts {
            self.versions.restart_at(received);
            self.revocations.lose_their_versions();
        }
        restarts
    }

    /// When the next load may show more about a counter that restarted.
    pub(super) fn next_of_restart(&self) -> Option<Moment> {
        self.versions.next_of_restart()
    }

    /// A version was announced: returns whether that is news.
    pub(super) fn hear(&mut self, header: &VersionHeader) -> Heard {
        if header.subject.is_none() || header.subject == self.owner.subject {
            self.versions.stand(header.version);
        }
        let Holding::Held(held) = &self.holding else {
            self.versions.overhear(header);
            return Heard::Nothing;
        };
        match (&header.subject, &held.owner.subject) {
            (Some(theirs), Some(ours)) if theirs != ours => Heard::Nothing,
            _ => self.versions.hear(header.version, held.version),
        }
    }

    /// Whether a version is about a user other than that of the held set, and that user's name was
    /// not heard before.
    pub(super) fn hears_stranger(&mut self, header: &VersionHeader) -> bool {
        let Holding::Held(held) = &self.holding else { return false };
        match (&header.subject, &held.owner.subject) {
            (Some(theirs), Some(ours)) if theirs != ours => self.versions.hear_stranger(theirs),
            _ => false,
        }
    }

    /// A set came: versions that were overheard can be compared with it.
    pub(super) fn meet(&mut self, new: &Held) {
        self.versions.meet(&new.owner, new.version);
    }

    /// Whether another load may bring a newer version, which was announced.
    pub(super) fn reach(&mut self, version: Option<u64>) -> bool {
        self.versions.reach(version) || self.revocations.await_later_than(version)
    }

    // Revocations.

    /// Revokes permissions: they are unknown from here on, until an answer that is newer.
    pub(super) fn revoke(
        &mut self,
        version: Option<u64>,
        generation: Generation,
        is_hearsay: bool,
        permissions: Vec<Pattern>,
    ) -> bool {
        let is_hearsay = is_hearsay || self.versions.is_of_earlier_counter(version);
        match self.revocations.add(version, generation, is_hearsay, permissions) {
            Some(newest) => {
                // Older answers than all of these are not believed.
                self.versions.raise(newest);
                self.drop_held(Absence::Loading);
                false
            }
            None => {
                self.apply_revocations();
                true
            }
        }
    }

    /// An answer of this version, to this load, is newer than some of the revocations.
    pub(super) fn outlive_revocations(&mut self, version: Option<u64>, generation: Generation) {
        self.revocations.outlive(version, generation);
    }

    /// Applies the revocations to the held set.
    fn apply_revocations(&mut self) {
        let Holding::Held(held) = &mut self.holding else { return };
        let revoked = self.revocations.names();
        if !held.set.revoked().iter().eq(revoked.clone()) {
            Arc::make_mut(&mut held.set).revoke(revoked.cloned().collect());
            self.revision.advance();
        }
    }

    // Windows.

    pub(super) fn after_forbidden(&mut self, now: Moment) -> Moment {
        self.windows.after_forbidden(now)
    }

    pub(super) fn unauthorized_until(&self, now: Moment) -> Option<Moment> {
        self.windows.unauthorized_until(now)
    }

    /// A 401 empties the set.
    pub(super) fn empty(&mut self, now: Moment) {
        self.windows.begin_unauthorized(now);
        self.drop_held(Absence::Loading);
    }

    pub(super) fn forget_unauthorized(&mut self) {
        self.windows.forget_unauthorized();
    }
}
