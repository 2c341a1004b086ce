//! Whose set a session holds: what happens when the user, the token or the tenant is another one.

use alloc::string::String;

use super::config::Source;
use super::effect::Effects;
use super::held::Owner;
use super::identity::Identity;
use super::notice::Cause;
use super::renewal::Cycle;
use super::{Absence, Session};

impl Session {
    pub(super) fn token_changed(&mut self, token: Option<String>, effects: &mut Effects) {
        match token {
            None => self.forget_credentials(effects),
            Some(token) => {
                self.take_tokens();
                self.come_back();
                self.adopt(token);
                self.restart(Cause::Credentials, effects);
            }
        }
    }

    /// The application's function gave a token for one of its own requests. If it is another user's,
    /// nothing of the first one survives. Who signed out is not signed in by it.
    pub(super) fn token_seen(&mut self, token: String, effects: &mut Effects) {
        let is_nobody = self.absence == Absence::Unauthenticated && self.held.is_none();
        if self.token.as_ref() == Some(&token) {
            return;
        }
        if is_nobody {
            let identity = Identity::of(&token);
            if self.identity != identity {
                // What it is sent with is not the one's who may be asked to come back.
                self.identity = identity;
                self.begin_epoch();
            }
            return;
        }
        let before = self.identity.clone();
        self.adopt(token);
        // A load that awaits its own token goes on.
        let awaits_token = before == Identity::Untold && self.flight.is_some();
        if self.identity != before && !awaits_token {
            self.restart(Cause::Credentials, effects);
        }
    }

    /// From here on there is a token to ask for; where there was no source, it is the source.
    pub(super) fn take_tokens(&mut self) {
        self.config.has_token = true;
        if self.config.source == Source::Bootstrap {
            self.config.source = Source::Token;
        }
    }

    /// Takes a token; nothing of another user survives it.
    pub(super) fn adopt(&mut self, token: String) {
        let identity = Identity::of(&token);
        if identity != self.identity {
            self.become_somebody(identity);
        }
        if self.token_tenant.as_ref().is_none_or(|(known, _)| *known != token) {
            self.token_tenant = Some((token.clone(), self.config.reading.tenant.clone()));
        }
        if self.refused.as_ref() == Some(&token) {
            self.awaits_first_answer = false;
        }
        if self.token.as_ref() != Some(&token) {
            self.ticket += 1;
        }
        self.token = Some(token);
    }

    /// Another tenant is another subject: nothing of the first one survives.
    pub(super) fn tenant_changed(&mut self, tenant: Option<String>, effects: &mut Effects) {
        if self.config.reading.tenant == tenant {
            return;
        }
        self.config.reading.tenant = tenant;
        let is_signed_out = self.absence == Absence::Unauthenticated
            && self.held.is_none()
            && self.flight.is_none();
        let asking = self.cycle.filter(|cycle| *cycle == Cycle::Asking);
        self.forget_subject();
        if is_signed_out {
            // Whoever is being asked may still answer; what was sent before is not sent again.
            self.cycle = asking;
            self.absence = Absence::Unauthenticated;
            return;
        }
        self.restart(Cause::Tenant, effects);
        if self.config.source == Source::Bootstrap {
            self.absence = Absence::Idle;
        }
    }

    pub(super) fn become_somebody(&mut self, identity: Identity) {
        let told_now = self.identity == Identity::Untold && identity.subject().is_some();
        // Whoever it was whose set was held last, be it gone by now.
        let ours = self.owner.subject.as_deref() == identity.subject();
        self.identity = identity;
        let was_ours = self.held.is_none()
            && self
                .stored
                .as_ref()
                .is_some_and(|one| Some(&*one.subject) == self.identity.subject());
        // What the page carried, or kept, about the subject that the token names is not somebody
        // else's.
        if told_now && (ours || was_ours) {
            return;
        }
        self.awaits_first_answer = true;
        // What was sent before anybody was known was sent by whom the first token names.
        let is_first = told_now && !self.was_held;
        let first_ticket = self.epoch_ticket;
        let was_signed_out = self.absence == Absence::Unauthenticated;
        self.forget_subject();
        if is_first && !was_signed_out {
            self.epoch_ticket = first_ticket;
        }
    }

    /// What is sent from now on is somebody else's.
    pub(super) fn begin_epoch(&mut self) {
        self.was_held = false;
        self.epoch += 1;
        self.ticket += 1;
        self.epoch_ticket = self.ticket;
    }

    fn forget_subject(&mut self) {
        self.begin_epoch();
        self.awaits_judge = false;
        self.cycle = None;
        self.bootstrap = None;
        self.stored = None;
        self.forgets_stored = self.config.persists;
        self.overheard = None;
        self.given_up = None;
        self.revocations.clear();
        self.channel.begin_afresh();
        self.is_probe = false;
        self.owner = Owner::default();
        self.floor = None;
        self.announced = None;
        self.forbidden = None;
        self.unauthorized = None;
        self.drop_held(Absence::Loading);
    }

    pub(super) fn forget_credentials(&mut self, effects: &mut Effects) {
        self.token = None;
        self.become_somebody(Identity::Untold);
        self.restart(Cause::Credentials, effects);
        self.absence = Absence::Unauthenticated;
        self.was_signed_out = true;
        self.due = None;
    }
}
