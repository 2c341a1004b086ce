//! The answers of the source: which of them the oracle accepts, and which it refuses.

use permgate_core::session::{Answer, Now};

use super::Oracle;
use crate::server::{Paper, subject};
use crate::vouchers::{Ask, PATIENCE, SessionState};

impl Oracle {
    /// The token of the load under way has arrived.
    pub(super) fn token_received(&mut self, now: Now, text: &str) {
        if !self.setting.is_alone {
            return;
        }
        let is_refused = self.refused.as_deref() == Some(text);
        // The load goes on, whoever the user is, and the age of the set counts from the token's arrival.
        let ask = self.ask.take();
        self.adopt(now, text);
        self.token_issued(now, text);
        let (text, line) = (self.text.clone(), self.line);
        self.ask = ask.map(|ask| Ask { text, now, line, ..ask });
        if is_refused {
            self.lose("the token was refused before");
        }
    }

    /// The claims of the token become the set.
    pub(super) fn claims_read(
        &mut self,
        now: Now,
        generation: u64,
        paper: Option<Paper>,
        state: SessionState,
    ) {
        let ask = self.ask.take_if(|ask| ask.generation == generation);
        let time = self.time_of_issuers(now);
        // The set of a token that has expired expires at once.
        let ends = self.end.map(|end| self.line + (end * 1000).saturating_sub(time));
        if let (Some(ask), Some(paper)) = (ask, paper)
            && self.accept(now, &ask, paper, state)
            && let Some(voucher) = &mut self.voucher
        {
            voucher.ends = ends;
        }
    }

    pub(super) fn answered(
        &mut self,
        now: Now,
        generation: u64,
        (answer, paper): (&Answer, Option<Paper>),
        state: SessionState,
    ) {
        let Some(ask) = self.ask.take_if(|ask| ask.generation == generation) else { return };
        match answer {
            Answer::Document { .. } => {
                let Some(paper) = paper else { return };
                if self.accept(now, &ask, paper, state) {
                    self.stored = None;
                }
            }
            Answer::NotModified => {
                let voucher = self.voucher.as_ref().map(|voucher| &voucher.paper);
                let stored = self.stored.as_ref().map(|stored| &stored.paper);
                let mut papers = voucher.into_iter().chain(stored);
                let same = papers.find(|paper| paper.etag.is_some() && paper.etag == ask.etag);
                if let Some(paper) = same.cloned() {
                    self.accept(now, &ask, paper, state);
                }
            }
            // A 401 to earlier credentials says nothing about the current ones.
            Answer::Unauthorized if ask.text != self.text => {}
            Answer::Unauthorized => {
                self.lose("the source answered 401");
            }
            Answer::Failed { .. } => {}
        }
    }

    /// Whether a document may be believed from now on.
    fn accept(&mut self, now: Now, ask: &Ask, paper: Paper, state: SessionState) -> bool {
        let before = Box::new(self.clone());
        let named = paper.subject.map(subject);
        let is_accepted = self.judge(now, ask, paper, state);
        if is_accepted
            && let Some(named) = named
            && let Some(announced) = self.announced.take()
            && !announced.contains(&format!(r#""subject":"{named}""#))
        {
            self.window = Some(now);
        }
        self.before_answer = is_accepted.then_some(before);
        is_accepted
    }

    fn judge(&mut self, now: Now, ask: &Ask, paper: Paper, state: SessionState) -> bool {
        if let (Some(who), Some(user)) = (&self.who, paper.subject)
            && *who != subject(user)
        {
            return false;
        }
        if paper.tenant != self.tenant && self.tenant > 0 {
            return false;
        }
        // After a 401, an answer to credentials that name no user may be about any user.
        let is_unsure = state.is_judging && self.was_refused && self.who.is_none();
        let is_another = if self.is_presumed || is_unsure {
            self.owner.is_none() || self.owner != paper.subject
        } else {
            self.owner.is_some() && paper.subject.is_some() && self.owner != paper.subject
        };
        if self.owner != paper.subject {
            self.strangers.clear();
        }
        if is_another {
            (self.floor, self.earlier_subject) = (None, None);
            self.revoked.clear();
        }
        self.is_presumed &= ask.text != self.text;
        self.was_refused = false;
        // The set that an earlier page stored may have been too old for this page.
        let is_kept =
            self.voucher.as_ref().is_some_and(|voucher| voucher.requested_monotonic.is_none());
        let is_unknown = is_kept && !state.holds;
        if let (Some(floor), Some(version)) = (self.floor, paper.version)
            && version < floor
            && !is_unknown
        {
            if !self.restarts(ask, version) {
                return false;
            }
            self.restarted_from = Some(floor);
            // Revocations that are not newer than this answer end.
            self.revoked.retain(|one| one.version.is_none_or(|version| version > floor));
            for one in &mut self.revoked {
                one.patience.get_or_insert(PATIENCE);
            }
        }
        self.restart.clear();
        self.revoked.retain_mut(|one| {
            let is_older =
                one.version.zip(paper.version).is_some_and(|(one, answered)| answered < one);
            if is_older && ask.sequence > one.sequence {
                one.patience = one.patience.map(|patience| patience - 1);
            }
            one.patience != Some(0)
        });
        self.floor = paper.version.or(self.floor);
        self.owner = paper.subject.or(self.owner);
        self.last_user = self.owner.or(self.last_user);
        self.has_answered = true;
        (self.awaits_dialog, self.reason, self.has_heard_tabs) = (false, None, false);
        let doubted = self.voucher.as_ref().and_then(|voucher| voucher.doubted);
        self.newest_request = Some(ask.line);
        self.hold(paper, ask.now, ask.sequence);
        // If the set was doubted after this request, the doubt still counts, from now on.
        if let (Some(doubted), Some(voucher)) = (doubted, &mut self.voucher)
            && doubted.wall > ask.now.wall
            && doubted.monotonic > ask.now.monotonic
        {
            voucher.doubted = Some(now);
        }
        true
    }
}
