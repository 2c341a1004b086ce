//! Whose set a session holds: what happens when the user, the token or the tenant is another one.

use alloc::string::String;
use alloc::sync::Arc;

use super::Session;
use super::config::Source;
use super::credentials::{Identity, Known, Standing};
use super::effect::Effects;
use super::notice::Cause;
use super::subject::Absence;

/// What survives a change of subject.
#[derive(Clone, Copy, Debug, Default)]
struct Survives {
    /// That the endpoint has spoken about the same credentials: claims are not believed again.
    endpoint: bool,
    /// The requests that were sent before anybody was known: they are the first user's.
    requests: bool,
}

impl Session {
    pub(super) fn token_changed(&mut self, token: Option<String>, effects: &mut Effects) {
        let Some(token) = token else { return self.forget_credentials(effects) };
        self.supply.setup.take_tokens();
        self.come_back();
        self.adopt(self.credentials.read(token, self.supply.setup.tenant()));
        self.restart(Cause::Credentials, effects);
    }

    /// The application's function gave a token for one of its own requests. If it is another user's,
    /// nothing of the first one survives. It signs nobody in.
    pub(super) fn token_seen(&mut self, token: String, effects: &mut Effects) {
        if self.credentials.token().is_some_and(|known| known.text() == token) {
            return;
        }
        let token = self.credentials.read(token, self.supply.setup.tenant());
        if self.is_nobody() {
            let identity = token.identity();
            if *self.credentials.identity() != identity {
                // The requests are not those of the user who may be asked to come back.
                self.credentials.identify(identity);
                self.credentials.begin_epoch(false);
                self.supply.subject.forget_was_held();
            }
            return;
        }
        let before = self.credentials.identity().clone();
        self.adopt(token);
        // A load that awaits its own token goes on.
        let awaits_token = before == Identity::Untold && self.is_loading();
        if *self.credentials.identity() != before && !awaits_token {
            self.restart(Cause::Credentials, effects);
        }
    }

    /// Takes a token; nothing of another user survives it.
    pub(super) fn adopt(&mut self, token: Arc<Known>) {
        let identity = token.identity();
        if identity != *self.credentials.identity() {
            self.become_somebody(identity);
        }
        if !self.credentials.adopt(token) {
            self.supply.subject.distrust_claims();
        }
    }

    /// Another tenant is another subject: nothing of the first one survives.
    pub(super) fn tenant_changed(&mut self, tenant: Option<String>, effects: &mut Effects) {
        if !self.supply.setup.change_tenant(tenant) {
            return;
        }
        let is_signed_out = self.is_nobody() && !self.is_loading();
        let standing = self.credentials.standing();
        self.forget_subject(Survives { endpoint: true, ..Survives::default() });
        if is_signed_out {
            // The user who is being asked may still answer; what was sent before is not sent again.
            let is_asking = standing == Standing::Asking;
            self.credentials.set_standing(if is_asking { standing } else { standing.nobody() });
            return;
        }
        self.restart(Cause::Tenant, effects);
        if self.supply.setup.source() == Source::Bootstrap {
            self.supply.subject.set_absence(Absence::Idle);
        }
    }

    pub(super) fn become_somebody(&mut self, identity: Identity) {
        let subject = &self.supply.subject;
        let is_told_now =
            *self.credentials.identity() == Identity::Untold && identity.subject().is_some();
        let is_owner = subject.owner().subject.as_deref() == identity.subject();
        let is_stored_of = !subject.is_held()
            && subject.stored().is_some_and(|one| Some(&*one.subject) == identity.subject());
        // What was sent before anybody was known was sent by the user whom the first token names.
        let is_first =
            is_told_now && !subject.was_held() && !self.credentials.standing().is_nobody();
        self.credentials.identify(identity);
        // What the page carried, or kept, about the subject that the token names is not somebody
        // else's.
        if is_told_now && (is_owner || is_stored_of) {
            return;
        }
        self.forget_subject(Survives { requests: is_first, ..Survives::default() });
    }

    /// What is sent from now on is somebody else's. INVARIANT: nothing of a subject survives but
    /// what is moved over by name.
    fn forget_subject(&mut self, survives: Survives) {
        self.credentials.begin_epoch(survives.requests);
        self.credentials.set_standing(Standing::Assumed);
        self.channel.begin_afresh();
        let (supply, at, _) = self.parts();
        let before = supply.change_subject(at);
        if survives.endpoint {
            supply.subject.keep_endpoint_of(&before);
        }
    }

    pub(super) fn forget_credentials(&mut self, effects: &mut Effects) {
        let before = self.credentials.standing();
        self.credentials.drop_token();
        self.become_somebody(Identity::Untold);
        self.restart(Cause::Credentials, effects);
        self.supply.loader.rest();
        self.credentials.forget_everybody(before);
    }
}
