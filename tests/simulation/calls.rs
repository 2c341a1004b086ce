//! The application's own requests, guarded as the facade guards them: responses are observed, and a
//! request that met a 401 is replayed once, when the session permits it.

use permgate_core::session::{Event, Observation, Status, Verdict};
use permgate_core::wire::VersionHeader;

use crate::call::{Call, Trouble};
use crate::server;
use crate::world::World;

impl World {
    /// The application sends a request.
    pub(crate) fn call(&mut self, id: usize, trouble: Trouble, is_once: bool) {
        let user = self.user_of_call(id);
        self.send_call(id, Call { ticket: 0, user, is_once, is_replay: false, trouble });
    }

    /// The user that the page believes to be signed in.
    fn user_of_call(&self, id: usize) -> Option<usize> {
        if self.setting.has_token() {
            self.tabs[id].token.map(|token| self.server.credentials[token].user)
        } else if self.tabs[id].session.status() == Status::Unauthenticated {
            None
        } else {
            self.tabs[id].oracle.owner
        }
    }

    fn send_call(&mut self, id: usize, call: Call) {
        let credential = self.credential(id);
        self.see_token(id);
        let call = Call { ticket: self.tabs[id].session.ticket(), ..call };
        let Some(there) = self.trip() else { return };
        self.after(there, None, move |world| {
            let user = world.server.authenticate(credential, world.time);
            if world.server.is_down(world.time) {
                return;
            }
            let (status, challenge) = match (user, call.trouble) {
                (None, _) if world.setting.redirects => (302, None),
                (None, _) | (_, Trouble::Refused) => (401, None),
                (_, Trouble::Redirected) => (302, None),
                (_, Trouble::Forbidden) => (403, None),
                (_, Trouble::StepUp) => {
                    (401, Some(r#"Bearer error="insufficient_user_authentication""#))
                }
                (_, Trouble::DpopNonce) => (401, Some(r#"DPoP error="use_dpop_nonce""#)),
                (_, Trouble::None) => (200, None),
            };
            // A sign-in page does not come from the API, so its response has no version.
            let version = user.filter(|_| status != 302).map(|user| VersionHeader {
                version: world.server.header(user, world.time, &mut world.random),
                subject: Some(server::subject(user).into()),
            });
            let Some(back) = world.trip() else { return };
            world.after(back, Some(id), move |world| {
                world.call_answered(id, call, status, version, challenge);
            });
        });
    }

    /// The guard asks the application's function for the token of each request, and tells the
    /// session.
    fn see_token(&mut self, id: usize) {
        if self.setting.has_token()
            && let Some(credential) = self.credential(id)
        {
            let text = self.server.credentials[credential].text.clone();
            self.tell(id, Event::TokenSeen(text), None);
        }
    }

    fn call_answered(
        &mut self,
        id: usize,
        call: Call,
        status: u16,
        version: Option<VersionHeader>,
        challenge: Option<&'static str>,
    ) {
        let observation = Observation {
            status,
            version,
            challenge: challenge.map(String::from),
            ticket: call.ticket,
            is_replay: call.is_replay,
        };
        let before = self.answers(id);
        self.tell(id, Event::Observed(observation), None);
        if status == 302 && before != self.answers(id) {
            return self.fail(id, format!("an answer that was redirected hides {before:?}"));
        }
        if status == 401 && !call.is_replay && !call.is_once {
            self.judge_call(id, call);
        }
    }

    fn judge_call(&mut self, id: usize, call: Call) {
        if self.tabs[id].session.verdict(call.ticket) == Verdict::Replay {
            // The current token may show that another user is signed in.
            self.see_token(id);
        }
        match self.tabs[id].session.verdict(call.ticket) {
            Verdict::Pass => {}
            Verdict::Wait => self.tabs[id].waiting.push(call),
            Verdict::Replay => {
                let now = self.user_of_call(id);
                // Without a token the page acts for no user.
                let is_for_nobody = now.is_none() && self.setting.has_token();
                if call.user.is_some() && now != call.user && !is_for_nobody {
                    let message =
                        format!("a request of user {:?} is sent again for {now:?}", call.user);
                    return self.fail(id, message);
                }
                self.tabs[id].ledger.replays += 1;
                // The replay usually gets the right answer.
                let trouble = if self.random.percent(80) { Trouble::None } else { call.trouble };
                self.send_call(id, Call { is_replay: true, trouble, ..call });
            }
        }
    }

    /// A renewal has ended: all waiting requests ask for their verdict again.
    pub(crate) fn settle_calls(&mut self, id: usize) {
        for call in std::mem::take(&mut self.tabs[id].waiting) {
            self.judge_call(id, call);
        }
    }
}
