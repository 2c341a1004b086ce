//! Documents that are kept for a later life of the page: bound to whom they are about, believed
//! only together with credentials of the same subject, and asked for anew at once.

use alloc::boxed::Box;
use alloc::string::String;

use super::config::Source;
use super::effect::{Effect, Effects, Problem};
use super::held::Held;
use super::load::Flight;
use super::time::Millis;
use super::{Origin, Session};
use crate::json::{Value, Writer};
use crate::wire::Document;

/// A document of an earlier life.
#[derive(Clone, Debug)]
pub(super) struct Stored {
    pub(super) subject: String,
    pub(super) document: Box<str>,
    pub(super) etag: Option<String>,
    /// Who issued the token that told the subject.
    issuer: Option<String>,
    /// When it was asked for, on the time line of this session: before its beginning.
    asked: Millis,
}

impl Session {
    /// Takes what was kept. With a cookie nobody can say whose it is before the endpoint has: then
    /// only its entity tag is of use.
    pub(super) fn take_stored(&mut self, text: &str) {
        self.stored = self.read_stored(text);
        self.forgets_stored = self.stored.is_none();
    }

    fn read_stored(&self, text: &str) -> Option<Stored> {
        let keeps = self.config.persists
            && self.config.source == Source::Endpoint
            && !self.config.asks_policies;
        let value = Value::parse(text).ok().filter(|_| keeps)?;
        let word = |key: &str| match value.member(key) {
            Some(Value::String(text)) => Some(text.clone()),
            _ => None,
        };
        let asked = match value.member("asked") {
            Some(Value::Number(number)) => Millis(number.whole()?),
            _ => return None,
        };
        // A clock that was set back since says nothing of how old it is.
        let wall = self.clock.wall();
        if asked > wall || word("tenant") != self.config.reading.tenant {
            return None;
        }
        let asked = self.clock.elapsed() - (wall - asked);
        let document = word("document")?.into_boxed_str();
        let issuer = word("issuer");
        Some(Stored { subject: word("subject")?, document, etag: word("etag"), issuer, asked })
    }

    /// The credentials tell who it is: what was kept of the same subject answers, as a set in doubt,
    /// until the endpoint has.
    pub(super) fn believe_stored(&mut self) {
        let subject = self.identity.subject();
        let issuer = self.identity.issuer();
        let is_ours =
            |one: &&Stored| subject == Some(&one.subject) && issuer == one.issuer.as_deref();
        let Some(stored) = self.stored.as_ref().filter(is_ours) else {
            return;
        };
        if self.held.is_some() || !self.awaits_first_answer {
            return;
        }
        let Ok(document) = self.config.reading.document(&stored.document) else { return };
        if document.subject.as_deref() != subject || self.in_our_tenant_of(&document) {
            return;
        }
        let now = self.clock.elapsed();
        let (etag, asked, text) = (stored.etag.clone(), stored.asked, stored.document.clone());
        let times = self.times(&document, asked, None).doubted(now, self.config.stale);
        if now >= times.believed_until {
            return;
        }
        let mut held = self.held_of(document, etag, times, (Origin::Storage, asked));
        held.text = Some(text);
        self.floor = held.version;
        self.hold(held);
    }

    fn in_our_tenant_of(&self, document: &Document) -> bool {
        document.tenant != self.config.reading.tenant && self.config.reading.tenant.is_some()
    }

    /// The endpoint confirms what was kept from an earlier life of the page.
    pub(super) fn accept_stored(&mut self, flight: &Flight, effects: &mut Effects) {
        let Some(stored) = self.stored.take() else { return };
        match self.config.reading.document(&stored.document) {
            Ok(document) => {
                self.accept_document(document, stored.etag, Some(stored.document), flight, effects);
            }
            Err(error) => self.fail(Problem::MalformedDocument(error), None, effects),
        }
    }

    /// Has what is held kept.
    pub(super) fn store(&mut self, held: &Held, effects: &mut Effects) {
        self.forgets_stored = false;
        let Some((subject, text)) = held.owner.subject.as_ref().zip(held.text.as_ref()) else {
            return;
        };
        let mut writer = Writer::default();
        writer.open_object();
        let texts = [
            ("subject", Some(subject.as_str())),
            ("tenant", self.config.reading.tenant.as_deref()),
            ("etag", held.etag.as_deref()),
            ("issuer", self.identity.issuer()),
            ("document", Some(&**text)),
        ];
        for (key, text) in texts {
            if let Some(text) = text {
                writer.key(key);
                writer.string(text);
            }
        }
        writer.key("asked");
        writer.number(self.clock.wall_at(held.asked).0);
        writer.close_object();
        effects.push(Effect::Store(Some(writer.finish())));
    }
}
