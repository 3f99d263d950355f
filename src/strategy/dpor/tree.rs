//! The part of the tree of executions that a search is in: the path from its root, with what is still to be
//! explored from each scheduling point, and what need not be.

use super::Relation;
use super::frontier::Point;
use super::sleep::Sleep;
use super::wakeup::{Branches, Fit, Forest};
use crate::engine::{ANY_CHOICE, Event, ObjectId, Operation, TaskId, Watched, World};
use std::sync::Arc;

/// A path through the tree.
#[derive(Default)]
pub(super) struct Tree {
    /// A scheduling point before each event of the last execution. Beyond `depth`, room for more.
    nodes: Vec<Node>,
    depth: usize,
    /// Where the nodes' wakeup trees live.
    pub(super) forest: Forest,
}

/// A scheduling point.
#[derive(Default)]
pub(super) struct Node {
    /// How many objects there were: those are the same in whatever is explored from here.
    pub(super) known: usize,
    /// What need not come next.
    pub(super) sleep: Sleep,
    /// How many branches were explored from here, to estimate how far the search is.
    pub(super) explored: u32,
    /// What is still to be explored from here.
    pub(super) wakeup: Branches,
    /// What was handed down together with the present choice.
    pub(super) below: Branches,
    /// Where other workers find what is to be explored from here: then `sleep` is as it was when the
    /// present branch, `taken`, was taken, and `wakeup` has that branch only.
    pub(super) point: Option<Arc<Point>>,
    pub(super) taken: Option<Event>,
    /// Whether what is asleep here is awake below the present choice: see [`Branch::wakes`](super::wakeup).
    pub(super) wakes: bool,
}

/// An event of a sequence: where the trace has it, or the race's second.
#[derive(Clone, Copy)]
pub(super) struct Item {
    pub(super) event: Event,
    pub(super) position: Option<usize>,
}

impl Tree {
    pub(super) fn depth(&self) -> usize {
        self.depth
    }

    /// The path.
    pub(super) fn nodes(&self) -> &[Node] {
        &self.nodes[..self.depth]
    }

    pub(super) fn nodes_mut(&mut self) -> &mut [Node] {
        &mut self.nodes[..self.depth]
    }

    pub(super) fn last(&mut self) -> Option<&mut Node> {
        self.nodes_mut().last_mut()
    }

    /// A scheduling point of the path, and where wakeup trees live.
    pub(super) fn at(&mut self, position: usize) -> (&mut Node, &mut Forest) {
        (&mut self.nodes[..self.depth][position], &mut self.forest)
    }

    /// The scheduling point after the last event of the trace.
    pub(super) fn enter(&mut self, world: &World, dependent: Relation) {
        if self.nodes.len() == self.depth {
            self.nodes.push(Node::default());
        }
        let (before, rest) = self.nodes.split_at_mut(self.depth);
        let node = &mut rest[0];
        (node.wakeup, node.below, node.known) = (Branches::NONE, Branches::NONE, world.object_count());
        (node.point, node.taken, node.explored, node.wakes) = (None, None, 0, false);
        match (before.last_mut(), world.trace.events.last()) {
            (Some(parent), Some(event)) => {
                node.wakeup = std::mem::take(&mut parent.below);
                match parent.wakes {
                    true => node.sleep = Sleep::default(),
                    false => node.sleep.inherit(&parent.sleep, event, dependent),
                }
            }
            _ => node.sleep = Sleep::default(),
        }
        self.depth += 1;
    }

    /// Leaves the last point, from which nothing is left to be explored.
    pub(super) fn leave(&mut self) {
        self.depth -= 1;
    }

    /// Throws away what was handed down to where an execution of `len` events did not get.
    pub(super) fn cut(&mut self, len: usize) {
        while self.depth > len {
            self.depth -= 1;
            let node = &mut self.nodes[self.depth];
            let (wakeup, below) = (std::mem::take(&mut node.wakeup), std::mem::take(&mut node.below));
            self.forest.clear(wakeup);
            self.forest.clear(below);
        }
        if let Some(node) = self.depth.checked_sub(1).map(|last| &mut self.nodes[last]) {
            let below = std::mem::take(&mut node.below);
            self.forest.clear(below);
        }
    }

    /// Begins another path.
    pub(super) fn replace(&mut self, path: impl Iterator<Item = Node>) {
        self.nodes.clear();
        self.nodes.extend(path);
        self.depth = self.nodes.len();
    }
}

/// Compares events that come after a scheduling point in executions of old with those of the present one.
#[derive(Clone, Copy)]
pub(super) struct Comparison<'a> {
    pub(super) dependent: Relation,
    pub(super) world: &'a World,
}

impl Comparison<'_> {
    /// Where an event fits into a sequence of the present execution, whose items are ordered by `before`. There were
    /// `known` objects at the point after which the event was planned. It comes after others that are not in the
    /// sequence, of the tasks `apart`.
    pub(super) fn fit(
        self,
        event: &Event,
        known: usize,
        sequence: &[Item],
        apart: &[TaskId],
        before: impl Fn(&Item, &Item) -> bool,
    ) -> Fit {
        match sequence.iter().position(|item| item.event.task == event.task) {
            // The same task with another choice.
            Some(at) if !is_same_choice(&sequence[at].event, event) => Fit::No,
            Some(at) if sequence[..at].iter().any(|earlier| before(earlier, &sequence[at])) => Fit::No,
            Some(at) => Fit::Initial(at),
            None => self.fit_apart(event, known, sequence, apart),
        }
    }

    /// How an event of a task that has none in the sequence relates to it: whether it depends on any of it.
    ///
    /// An object that was not known at the point may have another number in each execution. What the event's
    /// task does here as its event of that number tells which one it is, unless the task went another way before.
    /// Where nothing tells, it is not sure that the event depends on the sequence, if it would depend on it in case the
    /// objects are the same.
    fn fit_apart(self, event: &Event, known: usize, sequence: &[Item], apart: &[TaskId]) -> Fit {
        let depends = |event: &Event| sequence.iter().any(|item| (self.dependent)(event, &item.event));
        if event.operation.object.index() < known && event.watched == Watched::default() {
            return if depends(event) { Fit::No } else { Fit::Independent };
        }
        let here = if apart.contains(&event.task) { None } else { self.world.here(event) };
        if let Some((here, is_sure)) = here {
            return match (depends(&here), is_sure) {
                (true, true) => Fit::No,
                (true, false) => Fit::Unknown,
                (false, _) => Fit::Independent,
            };
        }
        let is_young = |object: ObjectId| object.index() >= known;
        let may_depend = |item: &Item| {
            let theirs = item.event.operation.object;
            let object = match event.operation.object {
                object if is_young(object) && is_young(theirs) => theirs,
                object if is_young(object) => ObjectId::NOWHERE,
                object => object,
            };
            let operation = Operation { object, ..event.operation };
            (self.dependent)(&Event { operation, watched: event.watched.or_any(), ..*event }, &item.event)
        };
        if sequence.iter().any(may_depend) { Fit::Unknown } else { Fit::Independent }
    }
}

fn is_same_choice(one: &Event, other: &Event) -> bool {
    one.choice == other.choice || one.choice == ANY_CHOICE || other.choice == ANY_CHOICE
}
