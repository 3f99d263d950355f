//! What was changed, so that it can be changed back.

use super::Order;
use crate::engine::ObjectId;
use crate::engine::clock::Clocks;

#[derive(Clone, Copy, Debug)]
pub(super) enum Kind {
    Seen,
    Fenced,
    Unfenced,
    View,
}

#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    /// A clock of this width, which the last of [`Undo::counts`] are of.
    Clock { kind: Kind, clock: usize, width: usize },
    /// A slot has this view now, which was not there before, or was free.
    Begun { object: ObjectId, slot: u64, view: usize, is_new: bool },
    /// A slot had this view, which is free now.
    Forgotten { object: ObjectId, slot: u64, view: usize },
}

#[derive(Debug, Default)]
pub(super) struct Undo {
    pub(super) changes: Vec<Change>,
    counts: Vec<u32>,
}

impl Undo {
    pub(super) fn clear(&mut self) {
        self.changes.clear();
        self.counts.clear();
    }
}

impl Order {
    /// What another keeps of its changes becomes this one's.
    pub(super) fn copy_changes(&mut self, other: &Order) {
        if let (Some(undo), Some(other)) = (&mut self.undo, &other.undo) {
            undo.changes.clone_from(&other.changes);
            undo.counts.clone_from(&other.counts);
        }
    }

    /// From here on it is kept what changes.
    pub(in crate::engine) fn keep_changes(&mut self) {
        self.undo.get_or_insert_default();
    }

    /// From here on it is not.
    pub(in crate::engine) fn forget_changes(&mut self) {
        self.undo = None;
    }

    /// How many changes were kept so far.
    pub(in crate::engine) fn change_count(&self) -> usize {
        self.undo.as_ref().map_or(0, |undo| undo.changes.len())
    }

    /// Changes back what has changed since there were so many changes.
    pub(in crate::engine) fn undo(&mut self, changes: usize) {
        while let Some(Undo { changes: kept, counts }) = &mut self.undo
            && kept.len() > changes
            && let Some(change) = kept.pop()
        {
            match change {
                Change::Clock { kind, clock, width } => {
                    let clocks = match kind {
                        Kind::Seen => &mut self.seen,
                        Kind::Fenced => &mut self.fenced,
                        Kind::Unfenced => &mut self.unfenced,
                        Kind::View => &mut self.views,
                    };
                    clocks.restore(clock, &counts[counts.len() - width..]);
                    counts.truncate(counts.len() - width);
                }
                Change::Begun { object, slot, view, is_new } => {
                    self.slots.remove(object, slot);
                    match is_new {
                        true => self.views.truncate(view),
                        false => self.free.push(view),
                    }
                }
                Change::Forgotten { object, slot, view } => {
                    self.free.pop();
                    self.slots.insert(object, slot, view);
                }
            }
        }
    }

    /// A clock is about to be changed.
    pub(super) fn change(&mut self, kind: Kind, clock: usize) {
        let Some(undo) = &mut self.undo else { return };
        let clocks: &Clocks = match kind {
            Kind::Seen => &self.seen,
            Kind::Fenced => &self.fenced,
            Kind::Unfenced => &self.unfenced,
            Kind::View => &self.views,
        };
        undo.changes.push(Change::Clock { kind, clock, width: clocks.width() });
        undo.counts.extend_from_slice(clocks.get(clock));
    }
}
