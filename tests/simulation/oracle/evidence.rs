//! The oracle's judgement of evidence against a set: refusals, and messages of streams and tabs.

use permgate_core::language::Language;
use permgate_core::session::{Now, Observation};
use permgate_core::wire::{PushMessage, Refusal, VersionHeader};

use super::{Oracle, TOLERANCE, passed};
use crate::server::{NAMES, subject};
use crate::setting::Credentials;
use crate::vouchers::{PATIENCE, Revoked, SessionState};

/// The window in which a 401 empties the set only once.
const WINDOW: u64 = 5_000;
/// About how many other users the session asks the endpoint at most.
const STRANGERS_MAX: usize = 4;
/// The largest difference between the clocks of a page and of a server when a token expires.
const CLOCK_DIFFERENCE: u64 = 30_000;

impl Oracle {
    pub(super) fn observed(&mut self, now: Now, observation: &Observation, state: SessionState) {
        if observation.ticket >= state.ticket
            && state.holds
            && let Some(VersionHeader { subject: Some(name), .. }) = &observation.version
        {
            self.hear_name(now, name);
        }
        let refusal = Refusal::of(observation.challenge.as_deref());
        let is_refused = observation.status == 401 && refusal == Refusal::Credentials;
        if !is_refused || observation.ticket < state.ticket {
            return;
        }
        if observation.is_replay {
            // The session no longer awaits the answer of an open dialog.
            self.awaits_dialog = false;
            self.lose("a request that was sent again met 401");
        } else {
            if self.setting.is_alone && !state.is_judging && !state.is_nobody {
                self.refused.clone_from(&self.text);
            }
            self.was_refused = true;
            self.has_answered = true;
            self.doubt_credentials(now);
        }
    }

    /// The API named the user of a request. Where only the server knows the user, a name that is not
    /// the one of the set casts doubt on the set, once.
    fn hear_name(&mut self, now: Now, name: &str) {
        if self.who.is_some() || self.setting.is_alone {
            return;
        }
        let Some(voucher) = &mut self.voucher else { return };
        let is_another = voucher.paper.subject.is_some_and(|user| subject(user) != name);
        if is_another
            && self.strangers.len() < STRANGERS_MAX
            && !self.strangers.iter().any(|stranger| stranger == name)
        {
            self.strangers.push(name.into());
            self.is_named = voucher.doubted.is_none();
            voucher.doubted.get_or_insert(now);
        }
    }

    /// Another tab announced a user who is not the one of the set: with a cookie, the browser has one
    /// user.
    pub(super) fn hear_user(&mut self, now: Now, text: &str) {
        let is_user = ["signed-in", "present"]
            .iter()
            .any(|kind| text.starts_with(&format!(r#"{{"type":"{kind}""#)));
        if let (Credentials::Cookie, true, Some(voucher)) =
            (self.setting.credentials, is_user, &mut self.voucher)
        {
            self.is_named = voucher.doubted.is_none();
            voucher.doubted.get_or_insert(now);
        }
    }

    /// Whether a message of another tab may be about this user.
    pub(super) fn is_of_ours(&self, text: &str) -> bool {
        let whom = self.who.as_deref().or(self.owner.map(subject));
        let about = match whom {
            Some(whom) => text.contains(&format!(r#""subject":"{whom}""#)),
            None => false,
        };
        // With a cookie, the browser has one user.
        let is_shared = self.setting.credentials == Credentials::Cookie;
        about || (is_shared && !text.contains("subject"))
    }

    pub(super) fn is_current(&self, channel: u64) -> bool {
        self.channel.is_some_and(|(current, _)| current == channel)
    }

    fn doubt_credentials(&mut self, now: Now) {
        if self.window.is_none_or(|window| passed(window, now) > WINDOW + TOLERANCE) {
            self.drop_set();
        }
        self.window = Some(now);
    }

    /// Whether the token has expired, or is about to, by the clock of the device or by the newest
    /// time of issue: then a server that ends the session has not revoked it.
    fn token_may_have_ended(&self, now: Now) -> bool {
        let time = self.latest_by_tokens().max(now.wall.0);
        self.end.is_some_and(|end| end * 1000 <= time + CLOCK_DIFFERENCE + TOLERANCE)
    }

    /// A message was pushed, or passed on by another tab.
    pub(super) fn message_received(
        &mut self,
        now: Now,
        kind: &str,
        data: &str,
        by_stream: Option<bool>,
    ) {
        let message = match VersionHeader::parse(data).filter(|_| kind == "header") {
            Some(header) => Ok(PushMessage::Version(header)),
            None => PushMessage::parse(kind, data, Language::default()),
        };
        if let Ok(
            PushMessage::Version(header) | PushMessage::Revoked { version: Some(header), .. },
        ) = &message
        {
            let owner =
                self.voucher.as_ref().and_then(|voucher| voucher.paper.subject).map(subject);
            // A stream about another user also casts doubt on the set.
            if header.subject.is_some() && header.subject.as_deref() != owner {
                self.window = Some(now);
            }
        }
        match message {
            Ok(PushMessage::Revoked { version, permissions }) => {
                let bits = NAMES.iter().enumerate().filter(|(_, name)| {
                    permissions.iter().any(|pattern| pattern.as_str() == **name)
                });
                let mask = bits.fold(0, |mask, (index, _)| mask | (1 << index));
                let (version, subject) =
                    version.map_or((None, None), |header| (Some(header.version), header.subject));
                let sequence = self.sequence;
                // No answer will reach a version of an earlier counter.
                let is_late = self.restarted_from.is_some_and(|floor| version > Some(floor));
                let patience = (by_stream.is_none() || is_late).then_some(PATIENCE);
                self.revoked.push(Revoked { subject, version, mask, sequence, patience });
            }
            // The application is asked for a token; the set is kept, unless it expires.
            Ok(PushMessage::SessionRevoked) if self.token_may_have_ended(now) => {
                self.window = Some(now);
            }
            Ok(PushMessage::SessionRevoked) if by_stream == Some(true) => {
                self.doubt_credentials(now);
            }
            Ok(_) => {}
            Err(_) => self.window = Some(now),
        }
    }
}
