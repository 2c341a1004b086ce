//! The early request: what the first load asks is asked while the module is still being downloaded.
//!
//! The session is made when the module comes, with the clocks of when the page asked, and is told
//! what has come by then with the time at which it came. What a session does depends on what it is
//! told and when, not on when that is worked out: so the world tells it at once, and holds back what
//! only a module that is there can do. Nothing else reaches a page without its module; what other
//! tabs say is heard, and told in the end.

use permgate_core::session::{Effect, Event};

use crate::tab::Waiting;
use crate::world::World;

impl World {
    /// From here on until it comes, the tab waits for its module, if its first load may be asked for
    /// without it: a document that was kept has a tag that belongs to the request, and one that the
    /// page carries makes none necessary.
    pub(crate) fn wait_for_module(&mut self, id: usize) {
        let is_simple = self.tabs[id].storage.is_none() && !self.setting.bootstraps;
        if !self.setting.asks_early || self.is_calm || !is_simple {
            return;
        }
        self.tabs[id].waiting_for_module = Some(Waiting::default());
        let longest = *self.random.pick(&[300, 3_000, 30_000, 700_000]);
        let delay = self.random.below(longest);
        self.after(delay, Some(id), move |world| world.module_comes(id));
    }

    /// The module is there: it does what was held back, looks at the clocks, and hears the others.
    pub(crate) fn module_comes(&mut self, id: usize) {
        let Some(Waiting { effects, heard, .. }) = self.tabs[id].waiting_for_module.take() else {
            return;
        };
        self.note(id, || "the module comes".into());
        for effect in effects {
            self.perform(id, effect);
        }
        self.tell(id, Event::TimerFired, None);
        for text in heard {
            self.tell(id, Event::Told(text), None);
        }
    }

    /// Whether a page without its module is told this, as it happens. What others say is kept; what
    /// the browser says is lost.
    pub(crate) fn reaches(&mut self, id: usize, event: &Event) -> bool {
        let Some(waiting) = &mut self.tabs[id].waiting_for_module else { return true };
        match event {
            Event::Started { .. } | Event::TokenAnswered { .. } => true,
            Event::Answered { .. } => !std::mem::replace(&mut waiting.is_answered, true),
            Event::Told(text) => {
                waiting.heard.push(text.clone());
                false
            }
            _ => {
                self.fail(id, format!("a page without its module is told {event:?}"));
                false
            }
        }
    }

    /// Holds back what only a module that is there does. Of loads it must be the first one: a later
    /// one would begin at a time that is past.
    pub(crate) fn hold_back(&mut self, id: usize, effect: Effect) -> Option<Effect> {
        let Some(waiting) = &mut self.tabs[id].waiting_for_module else { return Some(effect) };
        match effect {
            Effect::AskToken { generation } | Effect::Fetch { generation, .. } => {
                if generation > 1 {
                    self.fail(id, "a second load begins before the module is there");
                }
                Some(effect)
            }
            effect => {
                waiting.effects.push(effect);
                None
            }
        }
    }
}
