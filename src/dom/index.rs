//! The index from requirement to elements: which elements are to be written when an outcome flips.

use permgate_core::{Outcome, Requirement, Resource};

/// Elements to write, by the state to write.
pub(crate) type Writes = [Vec<u32>; 3];

/// The number of a state in the border's language.
pub(crate) fn state(outcome: Outcome) -> usize {
    match outcome {
        Outcome::Denied => 0,
        Outcome::Granted => 1,
        Outcome::Unknown => 2,
    }
}

/// A requirement on the page.
pub(crate) enum Asked {
    /// As it was written.
    Readable(Requirement, Option<Resource>),
    /// It could not be read: denied for good.
    Malformed,
}

struct Entry {
    asked: Asked,
    outcome: Outcome,
    members: Vec<u32>,
    /// In the last update.
    flipped: bool,
}

/// From this share of all elements on (one in so many), going through all of them pays.
const MANY: usize = 8;

/// Where an element stands in its entry.
#[derive(Clone, Copy)]
struct Place {
    key: u32,
    position: usize,
}

/// The elements of one root, by requirement.
#[derive(Default)]
pub(crate) struct Index {
    // By key; a free key holds none.
    entries: Vec<Option<Entry>>,
    // By number; a free number holds none.
    places: Vec<Option<Place>>,
    size: usize,
}

impl Index {
    pub(crate) fn size(&self) -> usize {
        self.size
    }

    /// Whether the requirement of a key is known.
    pub(crate) fn knows(&self, key: u32) -> bool {
        matches!(self.entries.get(key as usize), Some(Some(_)))
    }

    /// Takes a requirement in, with what is decided on it now.
    pub(crate) fn learn(&mut self, key: u32, asked: Asked, outcome: Outcome) {
        let key = key as usize;
        if self.entries.len() <= key {
            self.entries.resize_with(key + 1, || None);
        }
        if let Some(slot) = self.entries.get_mut(key) {
            *slot = Some(Entry { asked, outcome, members: Vec::new(), flipped: false });
        }
    }

    /// Puts an element under its requirement; one that stands there already is written only
    /// `again`. Gives the key that has no elements at the moment.
    pub(crate) fn put(
        &mut self,
        number: u32,
        key: u32,
        again: bool,
        writes: &mut Writes,
    ) -> Option<u32> {
        let held = self.places.get(number as usize).copied().flatten();
        if held.is_some_and(|place| place.key == key) {
            if let (true, Some(Some(entry))) = (again, self.entries.get(key as usize))
                && let Some(list) = writes.get_mut(state(entry.outcome))
            {
                list.push(number);
            }
            return None;
        }
        let emptied = self.take(number);
        let Some(Some(entry)) = self.entries.get_mut(key as usize) else { return emptied };
        let place = Place { key, position: entry.members.len() };
        entry.members.push(number);
        if let Some(list) = writes.get_mut(state(entry.outcome)) {
            list.push(number);
        }
        let number = number as usize;
        if self.places.len() <= number {
            self.places.resize(number + 1, None);
        }
        if let Some(slot) = self.places.get_mut(number) {
            *slot = Some(place);
            self.size += 1;
        }
        emptied
    }

    /// Takes an element out. Gives the key that has no elements at the moment.
    pub(crate) fn take(&mut self, number: u32) -> Option<u32> {
        let place = self.places.get_mut(number as usize)?.take()?;
        self.size -= 1;
        let slot = self.entries.get_mut(place.key as usize)?;
        let members = &mut slot.as_mut()?.members;
        members.swap_remove(place.position);
        if let Some(moved) = members.get(place.position).copied()
            && let Some(Some(moved)) = self.places.get_mut(moved as usize)
        {
            moved.position = place.position;
        }
        members.is_empty().then_some(place.key)
    }

    /// Forgets a requirement, if it has no elements. True when it was forgotten just now.
    pub(crate) fn release(&mut self, key: u32) -> bool {
        match self.entries.get_mut(key as usize) {
            Some(slot) if slot.as_ref().is_some_and(|entry| entry.members.is_empty()) => {
                *slot = None;
                true
            }
            _ => false,
        }
    }

    /// Decides requirements anew, and lists the elements of those that flipped; `decide` gives
    /// none where nothing changed.
    pub(crate) fn update(
        &mut self,
        decide: impl Fn(&Requirement, Option<&Resource>) -> Option<Outcome>,
    ) -> Writes {
        let mut count = 0;
        for entry in self.entries.iter_mut().flatten() {
            entry.flipped = false;
            let Asked::Readable(requirement, resource) = &entry.asked else { continue };
            if let Some(outcome) = decide(requirement, resource.as_ref())
                && outcome != entry.outcome
            {
                entry.outcome = outcome;
                entry.flipped = true;
                count += entry.members.len();
            }
        }
        self.flipped(count * MANY > self.size)
    }

    /// The elements of the requirements that flipped.
    ///
    /// Many of them in the order of their numbers, which is that of the page: neighbours on the
    /// page are neighbours in memory, and writing to them in turn takes two thirds of the time.
    fn flipped(&self, by_number: bool) -> Writes {
        let mut writes = Writes::default();
        if by_number {
            for (number, place) in (0_u32..).zip(&self.places) {
                let Some(place) = place else { continue };
                let Some(Some(entry)) = self.entries.get(place.key as usize) else { continue };
                if let Some(list) = writes.get_mut(state(entry.outcome)).filter(|_| entry.flipped) {
                    list.push(number);
                }
            }
            return writes;
        }
        for entry in self.entries.iter().flatten().filter(|entry| entry.flipped) {
            if let Some(list) = writes.get_mut(state(entry.outcome)) {
                list.extend_from_slice(&entry.members);
            }
        }
        writes
    }

    /// Calls `look` with each requirement and the number of one of its elements.
    pub(crate) fn for_each(&self, look: &mut dyn FnMut(&Requirement, u32)) {
        for entry in self.entries.iter().flatten() {
            if let (Asked::Readable(requirement, _), Some(first)) =
                (&entry.asked, entry.members.first())
            {
                look(requirement, *first);
            }
        }
    }

    /// What the element of a number asks for.
    pub(crate) fn asked(&self, number: u32) -> Option<&Asked> {
        let place = (*self.places.get(number as usize)?)?;
        self.entries.get(place.key as usize)?.as_ref().map(|entry| &entry.asked)
    }
}

#[cfg(all(test, not(target_arch = "wasm32")))]
mod tests;
