//! Other tabs of the same origin: one holds the stream for all, and they tell each other what makes
//! a set doubtful. Nothing depends on it for being right: a tab that hears nothing opens a stream of
//! its own, and the time to live runs in every tab. What another tab says lowers authority at most.

use alloc::string::String;

use super::effect::{Effect, Effects};
use super::evidence::EVIDENCE_WINDOW;
use super::identity::Identity;
use super::notice::{Cause, Notice};
use super::push::notice;
use super::time::Millis;
use super::{Absence, Session};
use crate::json::{Value, Writer};
use crate::wire::{PushMessage, VersionHeader};

/// How long a tab waits for a word of the one that holds the stream, at first.
const GRACE: Millis = Millis::from_seconds(3);
/// How long it may be silent after that, before another one takes the stream.
const SILENCE: Millis = Millis::from_seconds(40);
/// Spreads those who take it.
const SPREAD: Millis = Millis::from_seconds(5);
/// A sign of life is passed on at most this often.
const ALIVE_EVERY: Millis = Millis::from_seconds(5);

/// What a tab knows of the others.
#[derive(Clone, Debug)]
pub(super) struct Tabs {
    contest: u64,
    /// What is contended for: the stream of one subject in one tenant.
    name: Option<String>,
    leads: bool,
    /// Until when the one that leads is believed to be there.
    patience: Millis,
    told_alive: Option<Millis>,
}

impl Tabs {
    pub(super) fn new() -> Self {
        Self { contest: 0, name: None, leads: false, patience: Millis(0), told_alive: None }
    }
}

impl Session {
    /// Whether a stream is this tab's business.
    pub(super) fn leads(&self) -> bool {
        !self.config.tabs || self.tabs.leads || self.whom().is_none()
    }

    /// Whom this tab is about, where that is told.
    pub(super) fn whom(&self) -> Option<&str> {
        self.identity.subject().or(self.owner.subject.as_deref())
    }

    /// Whether it can be told whom messages are about: with a cookie, about the browser's one user.
    fn has_tabs(&self) -> bool {
        self.config.tabs && (!self.config.has_token || self.whom().is_some())
    }

    /// What tabs of this subject contend for; none where there is nothing to share.
    fn contended(&self) -> Option<String> {
        if !self.config.tabs || !self.keeps_channel() || self.held.is_none() {
            return None;
        }
        let subject = self.whom()?;
        Some([subject, "\n", self.owner.tenant.as_deref().unwrap_or_default()].concat())
    }

    /// Contends for the stream, and takes it from one that is not heard of any more.
    pub(super) fn tend_tabs(&mut self, effects: &mut Effects) {
        let now = self.clock.elapsed();
        // A set that is gone for a moment is no reason to let others have the stream.
        let is_in_doubt = self.held.is_none() && self.keeps_channel() && self.whom().is_some();
        let name = if is_in_doubt { self.tabs.name.clone() } else { self.contended() };
        if name != self.tabs.name {
            if self.tabs.name.is_some() {
                effects.push(Effect::Yield);
                self.set_leads(false, effects);
            }
            self.tabs.name = name;
            if self.tabs.name.is_some() {
                self.contend(GRACE, false, effects);
                self.tell_tabs("hello", None, &[], effects);
            }
        } else if self.tabs.name.is_some() && !self.tabs.leads && now >= self.tabs.patience {
            self.contend(SILENCE, true, effects);
        }
    }

    fn contend(&mut self, patience: Millis, steal: bool, effects: &mut Effects) {
        let Some(name) = self.tabs.name.clone() else { return };
        self.tabs.contest += 1;
        self.be_patient(patience);
        effects.push(Effect::Contend { contest: self.tabs.contest, name, steal });
    }

    fn be_patient(&mut self, patience: Millis) {
        let spread = self.backoff.up_to(SPREAD);
        self.tabs.patience = self.clock.elapsed() + patience + spread;
    }

    pub(super) fn next_of_tabs(&self) -> Option<Millis> {
        let waits = self.tabs.name.is_some() && !self.tabs.leads;
        waits.then_some(self.tabs.patience)
    }

    fn set_leads(&mut self, leads: bool, effects: &mut Effects) {
        if self.tabs.leads != leads {
            self.tabs.leads = leads;
            self.tabs.told_alive = None;
            notice(effects, Notice::Leads(leads));
        }
    }

    pub(super) fn led(&mut self, contest: u64, leads: bool, effects: &mut Effects) {
        if contest != self.tabs.contest || self.tabs.name.is_none() {
            return;
        }
        self.set_leads(leads, effects);
        if leads {
            self.channel.hurry(self.clock.elapsed());
        } else {
            // Another tab took it: that one speaks now.
            self.contend(SILENCE, false, effects);
        }
    }

    /// The stream of this tab is alive: the others need none.
    pub(super) fn tell_alive(&mut self, effects: &mut Effects) {
        let now = self.clock.elapsed();
        if self.tabs.leads && self.tabs.told_alive.is_none_or(|told| now >= told + ALIVE_EVERY) {
            self.tabs.told_alive = Some(now);
            self.tell_tabs("alive", None, &[], effects);
        }
    }

    pub(super) fn tell_version(&self, header: &VersionHeader, effects: &mut Effects) {
        self.tell_tabs("version", Some(header.version), &[], effects);
    }

    /// Tells the other tabs something about the subject of this one.
    pub(super) fn tell_tabs(
        &self,
        kind: &'static str,
        version: Option<u64>,
        permissions: &[&str],
        effects: &mut Effects,
    ) {
        if !self.has_tabs() {
            return;
        }
        let mut writer = Writer::default();
        writer.open_object();
        let texts = [
            ("type", Some(kind)),
            ("subject", self.whom()),
            ("tenant", self.owner.tenant.as_deref()),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                writer.key(key);
                writer.string(text);
            }
        }
        if let Some(version) = version {
            writer.key("version");
            writer.number(version);
        }
        if !permissions.is_empty() {
            writer.key("permissions");
            writer.strings(permissions.iter().copied());
        }
        writer.close_object();
        effects.push(Effect::Tell(writer.finish()));
    }

    /// Another tab says something, or whoever can write to the same channel.
    pub(super) fn told(&mut self, text: &str, effects: &mut Effects) {
        let Some(value) = Value::parse(text).ok().filter(|_| self.has_tabs()) else { return };
        let word = |key: &str| match value.member(key) {
            Some(Value::String(text)) => Some(text.as_str()),
            _ => None,
        };
        let Some(kind) = word("type") else { return };
        let (subject, tenant) = (word("subject"), word("tenant"));
        let is_ours = subject == self.whom();
        let is_same = is_ours && tenant == self.owner.tenant.as_deref();
        // With a cookie, the browser has one user.
        let shares_credentials = !self.config.has_token;
        let kind = match kind {
            "hello" if is_same => {
                if self.tabs.leads && self.channel.is_live(self.clock.elapsed()) {
                    self.tabs.told_alive = None;
                    self.tell_alive(effects);
                }
                return;
            }
            "alive" if is_same => {
                self.be_patient(SILENCE);
                return;
            }
            "version" | "revoked" | "invalidated"
                if self.held.is_none() && (is_ours || self.whom().is_none()) =>
            {
                // The answer that is awaited may have been made before.
                self.hear_forbidden(Cause::Tab);
                let message = PushMessage::parse("", text, self.config.reading.language);
                if let (true, Ok(PushMessage::Revoked { version, permissions })) =
                    (is_ours, message)
                {
                    self.revoke(version, permissions, Cause::Tab, effects);
                }
                "invalidated"
            }
            "invalidated" if is_same => {
                self.hear_forbidden(Cause::Tab);
                "invalidated"
            }
            "session-revoked" if is_ours || shares_credentials => {
                self.doubt_credentials(Cause::Tab, effects);
                "session-revoked"
            }
            "signed-out" if is_ours || (shares_credentials && subject.is_none()) => {
                self.forget_credentials(effects);
                self.signed_out = true;
                "signed-out"
            }
            "signed-in" if shares_credentials && !(is_ours && self.held.is_some()) => {
                self.hear_sign_in(effects);
                "signed-in"
            }
            "version" | "revoked" if is_same => {
                let language = self.config.reading.language;
                match PushMessage::parse("", text, language) {
                    Ok(PushMessage::Version(header)) => {
                        // Without a version of ours, there is nothing to compare it with.
                        if self.held.as_ref().is_some_and(|held| held.version.is_none()) {
                            self.hear_forbidden(Cause::Tab);
                        } else {
                            self.hear_of(&header, Cause::Tab);
                        }
                        "version"
                    }
                    Ok(PushMessage::Revoked { version, permissions }) => {
                        self.revoke(version, permissions, Cause::Tab, effects);
                        "revoked"
                    }
                    _ => return,
                }
            }
            _ => return,
        };
        notice(effects, Notice::Tab(kind));
    }

    /// Somebody signed in, in another tab, with the cookie that this tab has, too.
    fn hear_sign_in(&mut self, effects: &mut Effects) {
        if self.identity != Identity::Untold {
            return;
        }
        if self.absence == Absence::Unauthenticated && self.held.is_none() {
            self.come_back();
            let now = self.clock.elapsed();
            let moment = self.sign_in_heard.map_or(now, |last| now.max(last + EVIDENCE_WINDOW));
            self.sign_in_heard = Some(moment);
            self.load_at(moment, Cause::Tab);
        } else {
            self.doubt_credentials(Cause::Tab, effects);
        }
    }
}
