//! The user of the current credentials, as the oracle sees it, and the knowledge that survives a
//! change of user.

use std::rc::Rc;

use permgate_core::session::Now;

use super::Oracle;
use super::card::Card;
use super::lost::Lost;
use crate::server::subject;
use crate::vouchers::Voucher;

impl Oracle {
    /// Reads a token, unless it was the last one read.
    pub(super) fn read(&mut self, text: &str) -> Rc<Card> {
        if let Some(card) = self.card.as_ref().filter(|card| card.text == text) {
            return Rc::clone(card);
        }
        let card = Rc::new(Card::read(text, &self.setting.subject_claim()));
        self.card = Some(Rc::clone(&card));
        card
    }

    /// The credentials change to these.
    pub(super) fn adopt(&mut self, now: Now, text: &str) {
        let card = self.read(text);
        self.cannot_be_earlier(card.issued, now);
        let is_same = self.text.as_deref() == Some(text);
        if !is_same {
            self.text = Some(text.to_owned());
        }
        self.end = card.end;
        let Some(who) = card.who.clone() else {
            // A token that names no user is presumed to belong to the same user.
            if !is_same {
                self.presume(now);
            }
            return;
        };
        if self.who.as_ref() == Some(&who) || self.earlier_subject.as_ref() == Some(&who) {
            (self.who, self.earlier_subject, self.is_presumed) = (Some(who), None, false);
            return self.believe_stored(now);
        }
        let is_of = |user: Option<usize>| user.map(subject) == Some(who.as_str());
        let voucher = self.voucher.as_ref().filter(|voucher| !self.is_over(voucher, now));
        // The owner of a dropped set stays known. The owner is forgotten when the credentials are lost,
        // and at a message of another tab only if it signs this user out.
        let of_before = self.owner.filter(|_| self.reason.is_none());
        let carried = voucher.map_or(of_before, |voucher| voucher.paper.subject);
        let is_held = voucher.is_some();
        let stored = self.stored.as_ref().and_then(|stored| stored.paper.subject);
        let is_first = self.who.is_none() && self.earlier_subject.is_none();
        if !(is_first && (is_of(carried) || (!is_held && is_of(stored)))) {
            // If the page has dropped the set of another user by now, the stored data are this user's.
            let is_kept = is_first
                && is_of(stored)
                && voucher.is_some_and(|voucher| self.may_be_over(voucher, now));
            let stored = self.stored.take_if(|_| is_kept);
            self.begin_afresh();
            self.stored = stored;
        }
        self.last_user = (0..crate::server::USERS).find(|user| subject(*user) == who);
        self.who = Some(who);
        self.believe_stored(now);
    }

    /// Believes the data that an earlier page stored about the subject of the token.
    pub(super) fn believe_stored(&mut self, now: Now) {
        let Some(stored) = &self.stored else { return };
        let is_ours = stored.paper.subject.map(subject) == self.who.as_deref()
            && stored.paper.subject.is_some();
        let is_held = self.voucher.as_ref().is_some_and(|voucher| !self.is_over(voucher, now));
        if !is_held && !self.has_answered && is_ours && stored.paper.tenant == self.tenant {
            self.floor = stored.paper.version;
            self.voucher = Some(Voucher {
                paper: stored.paper.clone(),
                requested_wall: stored.requested_wall,
                requested_monotonic: None,
                doubted: None,
                sequence: 0,
                ends: None,
            });
        }
    }

    /// The credentials change to credentials that name no user: the set is in doubt, and after a sign-out
    /// no user is presumed.
    pub(super) fn presume(&mut self, now: Now) {
        if self.is_gone {
            return self.begin_afresh();
        }
        self.is_presumed = true;
        self.earlier_subject = self.who.take().or(self.earlier_subject.take());
        if let Some(voucher) = &mut self.voucher {
            voucher.doubted.get_or_insert(now);
        }
    }

    /// Drops the set.
    pub(super) fn drop_set(&mut self) {
        let was_kept =
            self.voucher.take().is_some_and(|voucher| voucher.requested_monotonic.is_none());
        if was_kept {
            // The page may never have used it: it may be too old, or from another issuer.
            self.floor = None;
        }
    }

    pub(super) fn begin_afresh(&mut self) {
        (self.ask, self.token_ask, self.voucher, self.stored) = (None, None, None, None);
        (self.floor, self.owner, self.is_presumed) = (None, None, false);
        (self.restart, self.newest_request) = (Vec::new(), None);
        (self.who, self.earlier_subject) = (None, None);
        self.revoked.clear();
        self.strangers.clear();
        (self.has_answered, self.awaits_dialog) = (false, false);
    }

    /// The credentials are refused: everything known about their user is dropped.
    pub(super) fn lose(&mut self, reason: &'static str) {
        self.drop_set();
        self.lost = Some(Lost {
            who: self.who.take(),
            earlier_subject: self.earlier_subject.take(),
            floor: self.floor.take(),
            revoked: std::mem::take(&mut self.revoked),
            text: self.text.take(),
        });
        self.reason = Some(reason);
    }

    /// The user is asked to sign in again: the knowledge about that user still counts.
    pub(super) fn keep_in_mind(&mut self, lost: Lost) {
        let Lost { who, earlier_subject, floor, revoked, text } = lost;
        // The application is asked for a token other than this one.
        self.refused = text.or(self.refused.take());
        (self.who, self.earlier_subject, self.floor, self.revoked) =
            (who, earlier_subject, floor, revoked);
        self.was_refused = true;
    }

    /// A token is seen while the user is asked to sign in again: about another user, nothing is known.
    pub(super) fn see_stranger(&mut self, text: &str) {
        let card = self.read(text);
        let is_same = match &card.who {
            Some(who) => self.who.as_ref() == Some(who),
            None => self.refused.as_deref() == Some(text),
        };
        if !is_same {
            (self.who, self.earlier_subject, self.floor, self.owner) =
                (card.who.clone(), None, None, None);
            self.revoked.clear();
        }
    }

    pub(super) fn forget(&mut self, reason: &'static str) {
        self.begin_afresh();
        self.text = None;
        self.reason = Some(reason);
    }
}
