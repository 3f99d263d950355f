//! What was changed, so that it can be changed back.

use super::super::super::{ObjectId, TaskId};
use super::psc::{First, NodeSet};
use super::{Graph, Run};

/// What it was before is told, as far as that is not to be seen.
#[derive(Clone, Copy, Debug)]
pub(super) enum Change {
    /// An object was set, so that it has another first value, or one that came later.
    Set(ObjectId),
    /// The task has begun a run.
    Run(TaskId),
    /// The task has left its run.
    Left(TaskId, usize),
    /// An access has come; whether anything had been `SeqCst`.
    Access(bool),
    /// The store that is there in modification order has one more reader.
    Read(ObjectId, usize),
    /// A store has come there; where the floor had been.
    Written(ObjectId, usize, u32),
    /// A fence has come; whether anything had been `SeqCst`, and any fence.
    Fence(bool, bool),
    /// The floor of an object had been there.
    Floor(ObjectId, u32),
    /// A node of `psc` has come.
    Node,
    /// It had these edges to others.
    Edges(usize, NodeSet),
    /// After that fence of `psc` this had come first of an object, or nothing had.
    First(usize, ObjectId, Option<First>),
}

impl Graph {
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
        self.undo.as_ref().map_or(0, Vec::len)
    }

    pub(super) fn note(&mut self, change: Change) {
        if let Some(undo) = &mut self.undo {
            undo.push(change);
        }
    }

    /// Changes back what has changed since there were so many changes.
    pub(in crate::engine) fn undo(&mut self, changes: usize) {
        while let Some(undo) = &mut self.undo
            && undo.len() > changes
            && let Some(change) = undo.pop()
        {
            self.change_back(change);
        }
    }

    fn change_back(&mut self, change: Change) {
        match change {
            Change::Set(object) => {
                let place = &mut self.places[object.index()];
                place.remove(place.stores.len() - 1);
            }
            Change::Run(task) => {
                self.open[task.index()] = None;
                if let Some(Run { elsewhere, .. }) = self.runs.pop() {
                    self.clocks.truncate(elsewhere);
                }
            }
            Change::Left(task, run) => {
                self.runs[run].left_at = None;
                self.open[task.index()] = Some(run);
            }
            Change::Access(had_seq_cst) => {
                if let Some(access) = self.accesses.pop() {
                    self.clocks.truncate(access.point.clock);
                }
                self.has_seq_cst = had_seq_cst;
            }
            Change::Read(object, at) => {
                let before = self.readers.pop().and_then(|reader| reader.before);
                self.places[object.index()].stores[at].reader = before;
            }
            Change::Written(object, at, floor) => {
                let place = &mut self.places[object.index()];
                place.remove(at);
                place.floor = floor;
            }
            Change::Fence(had_seq_cst, had_fence) => {
                if let Some(point) = self.fences.pop() {
                    self.clocks.truncate(point.clock);
                }
                (self.has_seq_cst, self.has_seq_cst_fence) = (had_seq_cst, had_fence);
            }
            Change::Floor(object, before) => self.places[object.index()].floor = before,
            Change::Node => self.psc.pop(),
            Change::Edges(node, before) => self.psc.edges[node] = before,
            Change::First(fence, object, before) => {
                let after = &mut self.psc.fences[fence].after;
                match (before, after.iter_mut().find(|(known, _)| *known == object)) {
                    (Some(before), Some((_, first))) => *first = before,
                    _ => {
                        after.pop();
                    }
                }
            }
        }
    }
}
