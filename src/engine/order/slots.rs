//! Which view each slot of an object has. An object numbers its slots as it likes, mostly upwards.

use crate::engine::ObjectId;

/// By objects; of each, in the order of its slots.
#[derive(Debug, Default)]
pub(super) struct Slots(Vec<Vec<(u64, usize)>>);

impl Slots {
    pub(super) fn get(&self, object: ObjectId, slot: u64) -> Option<usize> {
        let slots = self.0.get(object.index())?;
        Some(slots[place(slots, slot).ok()?].1)
    }

    /// The slot has none yet.
    pub(super) fn insert(&mut self, object: ObjectId, slot: u64, view: usize) {
        if self.0.len() <= object.index() {
            self.0.resize_with(object.index() + 1, Vec::new);
        }
        let slots = &mut self.0[object.index()];
        let place = place(slots, slot).unwrap_or_else(|place| place);
        slots.insert(place, (slot, view));
    }

    pub(super) fn remove(&mut self, object: ObjectId, slot: u64) -> Option<usize> {
        let slots = self.0.get_mut(object.index())?;
        let place = place(slots, slot).ok()?;
        Some(slots.remove(place).1)
    }

    pub(super) fn clear(&mut self) {
        self.0.iter_mut().for_each(Vec::clear);
    }
}

impl Clone for Slots {
    fn clone(&self) -> Self {
        Slots(self.0.clone())
    }

    fn clone_from(&mut self, other: &Self) {
        self.0.clone_from(&other.0);
    }
}

/// Where the slot is, or would be.
fn place(slots: &[(u64, usize)], slot: u64) -> Result<usize, usize> {
    match slots.last() {
        Some(&(last, _)) if last < slot => Err(slots.len()),
        _ => slots.binary_search_by_key(&slot, |&(known, _)| known),
    }
}
