//! The early request: the requests of the first load are sent while the module is still
//! downloading.
//!
//! The session is made when the module is loaded, with the times of the clocks at the request, and
//! gets the answers so far with the times at which they came. A session depends only on its events
//! and their times, not on the moment at which it processes them: so the world passes the events at
//! once, and holds back the effects that need a module. No other event reaches a page without its
//! module; messages of other tabs are kept until the module is loaded.

use permgate_core::session::{Effect, Event};

use crate::tab::Waiting;
use crate::world::World;

impl World {
    /// From now on, the tab waits for its module, if its first load can be sent without the
    /// module: a stored document has an entity tag that belongs to the request, and a bootstrap
    /// makes the request unnecessary.
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

    /// The module is loaded: it performs the effects that were held back, reads the clocks, and
    /// gets the messages of other tabs.
    pub(crate) fn module_comes(&mut self, id: usize) {
        let Some(Waiting { effects, messages, .. }) = self.tabs[id].waiting_for_module.take()
        else {
            return;
        };
        self.note(id, || "the module comes".into());
        for effect in effects {
            self.perform(id, effect);
        }
        self.tell(id, Event::TimerFired, None);
        for text in messages {
            self.tell(id, Event::Told(text), None);
        }
    }

    /// Whether an event reaches a page without its module now. Messages of other tabs are kept;
    /// events of the browser are lost.
    pub(crate) fn reaches(&mut self, id: usize, event: &Event) -> bool {
        let Some(waiting) = &mut self.tabs[id].waiting_for_module else { return true };
        match event {
            Event::Started { .. } | Event::TokenAnswered { .. } => true,
            Event::Answered { .. } => !std::mem::replace(&mut waiting.is_answered, true),
            Event::Told(text) => {
                waiting.messages.push(text.clone());
                false
            }
            _ => {
                self.fail(id, format!("a page without its module gets {event:?}"));
                false
            }
        }
    }

    /// Holds back effects that need a module. A load must be the first load of the session: a later
    /// one would begin at a time in the past.
    pub(crate) fn hold_back(&mut self, id: usize, effect: Effect) -> Option<Effect> {
        let Some(waiting) = &mut self.tabs[id].waiting_for_module else { return Some(effect) };
        match effect {
            Effect::AskToken { generation } | Effect::Fetch { generation, .. } => {
                if generation > 1 {
                    self.fail(id, "a second load begins before the module is loaded");
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
