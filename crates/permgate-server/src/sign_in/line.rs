//! The line in front of password hashing: two hashes at once, a bounded number of waiting attempts,
//! fair turns.
//!
//! Hashing a password takes 19 MiB and a core for about 20 ms. The memory of two workers is
//! allocated once and passed from turn to turn, so that a flood of sign-ins takes no more memory
//! than two hashes. Waiting attempts are served by lane, and within a lane the peers take turns: a
//! peer that sends a hundred attempts delays only itself.

use std::collections::{BTreeMap, VecDeque};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::oneshot;

use super::peer::Peer;
use crate::password::{Memory, PasswordCost};

/// How many passwords are hashed at once: few enough to leave room for other work on two cores.
pub(super) const WORKERS: usize = 2;

/// How many attempts may wait. At 20 ms each the last one waits for less than a second.
const MAX_WAITING: usize = 64;

/// The lanes, in the order in which they are served.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Lane {
    /// Signed-in users, and known devices.
    Known,
    /// Everybody else.
    Ordinary,
    /// Peers with many failures.
    Suspect,
}

/// The line. Cheap to clone.
#[derive(Clone)]
pub(crate) struct Line {
    inner: Arc<Mutex<Inner>>,
    cost: PasswordCost,
}

#[derive(Default)]
struct Inner {
    free: Vec<Memory>,
    waiting: usize,
    lanes: BTreeMap<Lane, Queue>,
}

/// The waiting sign-ins of one lane.
#[derive(Default)]
struct Queue {
    by_peer: BTreeMap<Peer, VecDeque<oneshot::Sender<Turn>>>,
    /// The peers with waiting attempts, in the order of their turns.
    order: VecDeque<Peer>,
}

/// A turn to hash in; when it is dropped, the next attempt gets it.
pub(crate) struct Turn {
    // None only while it is being passed on.
    memory: Option<Memory>,
    line: Line,
}

/// Too many attempts are waiting.
#[derive(Debug, PartialEq, Eq)]
pub(crate) struct Full;

impl Line {
    pub(crate) fn new(cost: PasswordCost) -> Self {
        let free = (0..WORKERS).map(|_| Memory::default()).collect();
        let inner = Inner { free, ..Inner::default() };
        Self { inner: Arc::new(Mutex::new(inner)), cost }
    }

    /// Waits for a turn.
    ///
    /// # Errors
    /// When too many attempts wait: immediately, or later when attempts with priority arrive.
    pub(crate) async fn turn(&self, lane: Lane, peer: Peer) -> Result<Turn, Full> {
        let turn = {
            let mut inner = self.lock();
            if let Some(memory) = inner.free.pop() {
                return Ok(Turn { memory: Some(memory), line: self.clone() });
            }
            inner.wait(lane, peer)?
        };
        turn.await.map_err(|_| Full)
    }

    fn pass_on(&self, mut memory: Memory) {
        memory.shrink_to(self.cost);
        loop {
            let next = {
                let mut inner = self.lock();
                let Some(next) = inner.next() else {
                    inner.free.push(memory);
                    return;
                };
                next
            };
            let turn = Turn { memory: Some(memory), line: self.clone() };
            match next.send(turn) {
                Ok(()) => return,
                // The client that waited has gone.
                Err(mut turn) => match turn.memory.take() {
                    Some(back) => memory = back,
                    None => return,
                },
            }
        }
    }

    // Nothing under the lock can panic halfway through a change.
    fn lock(&self) -> MutexGuard<'_, Inner> {
        self.inner.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// How many attempts wait.
    pub(crate) fn waiting(&self) -> usize {
        self.lock().waiting
    }
}

impl Inner {
    fn wait(&mut self, lane: Lane, peer: Peer) -> Result<oneshot::Receiver<Turn>, Full> {
        if self.waiting >= MAX_WAITING {
            self.forget_gone();
        }
        if self.waiting >= MAX_WAITING {
            self.make_room(lane, peer)?;
        }
        let (sender, turn) = oneshot::channel();
        let queue = self.lanes.entry(lane).or_default();
        let of_peer = queue.by_peer.entry(peer).or_default();
        if of_peer.is_empty() {
            queue.order.push_back(peer);
        }
        of_peer.push_back(sender);
        self.waiting += 1;
        Ok(turn)
    }

    /// Makes room by refusing the latest attempt of the peer with the most attempts in the last
    /// lane, unless that attempt has priority over the new one.
    fn make_room(&mut self, lane: Lane, peer: Peer) -> Result<(), Full> {
        let last = self.lanes.iter_mut().rev().find(|(_, queue)| !queue.order.is_empty());
        let Some((&last_lane, queue)) = last else { return Err(Full) };
        let held = queue.by_peer.get(&peer).map_or(0, VecDeque::len);
        let Some((&longest, of_longest)) =
            queue.by_peer.iter_mut().max_by_key(|(_, waiting)| waiting.len())
        else {
            return Err(Full);
        };
        let may = lane < last_lane || (lane == last_lane && of_longest.len() > held + 1);
        if !may {
            return Err(Full);
        }
        of_longest.pop_back();
        if of_longest.is_empty() {
            queue.by_peer.remove(&longest);
            queue.order.retain(|waiting| *waiting != longest);
        }
        self.waiting -= 1;
        Ok(())
    }

    /// The next attempt of the first lane that is not empty.
    fn next(&mut self) -> Option<oneshot::Sender<Turn>> {
        for queue in self.lanes.values_mut() {
            while let Some(peer) = queue.order.pop_front() {
                let Some(of_peer) = queue.by_peer.get_mut(&peer) else { continue };
                let next = of_peer.pop_front();
                if of_peer.is_empty() {
                    queue.by_peer.remove(&peer);
                } else {
                    queue.order.push_back(peer);
                }
                if next.is_some() {
                    self.waiting -= 1;
                    return next;
                }
            }
        }
        None
    }

    /// Removes attempts whose clients have hung up.
    fn forget_gone(&mut self) {
        for queue in self.lanes.values_mut() {
            for waiting in queue.by_peer.values_mut() {
                waiting.retain(|tell| !tell.is_closed());
            }
            queue.by_peer.retain(|_, waiting| !waiting.is_empty());
            let Queue { by_peer, order } = queue;
            order.retain(|peer| by_peer.contains_key(peer));
        }
        let queues = self.lanes.values().flat_map(|queue| queue.by_peer.values());
        self.waiting = queues.map(VecDeque::len).sum();
    }
}

impl Turn {
    /// The memory to hash in.
    pub(crate) fn memory(&mut self) -> &mut Memory {
        self.memory.get_or_insert_default()
    }
}

impl Drop for Turn {
    fn drop(&mut self) {
        if let Some(memory) = self.memory.take() {
            self.line.pass_on(memory);
        }
    }
}

#[cfg(test)]
mod tests;
