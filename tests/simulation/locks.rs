//! Locks of tabs, and messages between tabs, as a browser grants and delivers them.

use permgate_core::session::Event;

use crate::browser::Lock;
use crate::world::World;

impl World {
    pub(crate) fn contend(&mut self, id: usize, contest: u64, name: &str, steal: bool) {
        self.leave_locks(id);
        let locks = &mut self.browser.locks;
        let index = locks.iter().position(|lock| lock.name == name).unwrap_or_else(|| {
            locks.push(Lock { name: name.into(), holder: None, queue: Vec::new() });
            locks.len() - 1
        });
        if steal && let Some((loser, lost_contest)) = locks[index].holder.take() {
            self.after(1, Some(loser), move |world| {
                world.tell(loser, Event::Led { contest: lost_contest, leads: false }, None);
            });
            self.browser.locks[index].queue.insert(0, (id, contest));
        } else {
            locks[index].queue.push((id, contest));
        }
        self.grant_lock(index);
    }

    /// A tab releases its locks, and waits for none.
    pub(crate) fn leave_locks(&mut self, id: usize) {
        for index in 0..self.browser.locks.len() {
            let lock = &mut self.browser.locks[index];
            lock.queue.retain(|(waiting, _)| *waiting != id);
            if lock.holder.is_some_and(|(holder, _)| holder == id) {
                lock.holder = None;
                self.grant_lock(index);
            }
        }
    }

    fn grant_lock(&mut self, index: usize) {
        let lock = &mut self.browser.locks[index];
        if lock.holder.is_some() || lock.queue.is_empty() {
            return;
        }
        let (id, contest) = lock.queue.remove(0);
        lock.holder = Some((id, contest));
        let delay = 1 + self.random.below(20);
        self.after(delay, Some(id), move |world| {
            world.tell(id, Event::Led { contest, leads: true }, None);
        });
    }

    /// Sends a message of a tab to all others; some do not get it.
    pub(crate) fn broadcast(&mut self, from: usize, text: &str) {
        for id in 0..self.tabs.len() {
            let tab = &self.tabs[id];
            // A page in the back/forward cache receives no messages.
            let is_deaf = tab.frozen.is_some() && self.setting.timers_freeze;
            if id == from || !tab.is_alive || is_deaf {
                continue;
            }
            if !self.is_calm && self.random.percent(self.browser.loss) {
                continue;
            }
            let (text, delay) = (text.to_owned(), 1 + self.random.below(20));
            self.after(delay, Some(id), move |world| world.tell(id, Event::Told(text), None));
        }
    }
}
