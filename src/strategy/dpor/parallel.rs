//! Several workers explore one tree: how one lets others have what it has not explored yet, and takes up what they
//! have left. What they have in common is `frontier`'s.

use super::Dpor;
use super::frontier::{Branch, Frontier, Point, State, Taken};
use super::sleep::Why;
use super::tree::{Item, Node};
use super::wakeup::{Fit, Forest};
use crate::engine::{Choice, Event, TaskId, World, describe};
use std::sync::Arc;

impl Dpor {
    /// One of several searches of the same tree. The first begins at its root.
    pub(crate) fn sharing(frontier: Arc<Frontier>, is_first: bool) -> Self {
        Dpor { frontier: Some(frontier), has_begun: !is_first, ..Dpor::new() }
    }

    /// If another worker has nothing to do: lets it have the branches of the first scheduling point that has
    /// any, which brings the most work.
    pub(super) fn share(&mut self, world: &World) {
        let Some(frontier) = self.frontier.clone().filter(|frontier| frontier.classes.is_hungry()) else {
            return;
        };
        let has_work = |node: &Node| node.point.is_none() && !node.wakeup.is_empty();
        let Some(last) = self.tree.nodes().iter().position(has_work) else {
            return;
        };
        let mut shared: Vec<Arc<Point>> = Vec::new();
        for position in 0..=last {
            if self.tree.nodes()[position].point.is_some() {
                continue;
            }
            let before = position.checked_sub(1).map(|before| {
                let point = self.tree.nodes()[before].point.clone();
                (point.expect("points are shared from the root on"), world.trace.events[before])
            });
            let (node, forest) = self.tree.at(position);
            let mut state = State { sleep: node.sleep.clone(), ..State::default() };
            if let Some(&present) = world.trace.events.get(position) {
                state.sleep.add(present, Why::Exploring);
            }
            let wakeup = std::mem::take(&mut node.wakeup);
            state.wakeup = state.forest.graft(forest, wakeup);
            let point = Point::new(before, node.known, state);
            node.point = Some(Arc::clone(&point));
            shared.push(point);
        }
        frontier.classes.share(shared.into_iter());
    }

    /// Takes up what another worker has left, if any does.
    pub(super) fn go_on_elsewhere(&mut self, world: &mut World) -> bool {
        let Some(frontier) = &self.frontier else { return false };
        let forest = &mut self.tree.forest;
        let take =
            |point: &Arc<Point>| point.take(forest).map(|branch| Taken { point: Arc::clone(point), branch });
        let Some(Taken { point, branch }) = frontier.classes.take(take) else { return false };
        world.trace.truncate(0);
        let mut path = vec![point];
        while let Some((before, event)) = &path[path.len() - 1].before {
            self.script.push(*event);
            path.push(Arc::clone(before));
        }
        self.script.reverse();
        let node = |point: Arc<Point>| Node { known: point.known, point: Some(point), ..Node::default() };
        self.tree.replace(path.into_iter().rev().map(node));
        let (last, forest) = self.tree.at(self.tree.depth() - 1);
        begin(last, forest, branch);
        true
    }

    /// The next step of another worker's path to where this one takes over.
    pub(super) fn follow(&self, world: &World) -> Option<Choice> {
        let event = self.script.get(world.trace.events.len())?;
        Some(match world.can_repeat(event) {
            Some(choice) => Choice::Run(event.task, choice),
            None => Choice::Diverged(describe(event)),
        })
    }

    /// Where there was something to choose, only this choice of what was taken is being explored.
    pub(super) fn settle(&mut self, choice: u32) {
        if let Some(Node { point: Some(point), taken: Some(taken), .. }) = self.tree.last() {
            let settled = Event { choice, ..*taken };
            point.correct(taken, &settled);
            *taken = settled;
        }
    }

    /// Tells others what the branches that were taken from their points turned out to be.
    pub(super) fn correct(&mut self, world: &World) {
        for (node, event) in self.tree.nodes_mut().iter_mut().zip(&world.trace.events) {
            if let (Some(point), Some(taken)) = (&node.point, node.taken.take()) {
                point.correct(&taken, event);
            }
        }
    }
}

/// Takes the next branch of a scheduling point that others know; whether there is any.
pub(super) fn take_next(node: &mut Node, forest: &mut Forest) -> bool {
    let branch = node.point.as_ref().and_then(|point| point.take(forest));
    branch.map(|branch| begin(node, forest, branch)).is_some()
}

/// Begins a branch that was taken.
fn begin(node: &mut Node, forest: &mut Forest, Branch { event, below, sleep, wakes }: Branch) {
    node.taken = Some(event);
    node.sleep = sleep;
    node.wakeup = forest.branch(event, node.known, wakes, below);
}

/// Puts a sequence into the wakeup tree of a scheduling point that others know, unless it need not come next.
pub(super) fn insert(
    node: &Node,
    sequence: &mut Vec<Item>,
    fit: impl Fn(&Event, usize, &[Item], &[TaskId]) -> Fit,
    frontier: &Frontier,
) {
    let Some(point) = &node.point else { return };
    let mut state = point.lock();
    let State { sleep, wakeup, forest } = &mut *state;
    if !sleep.has_weak_initial(|event| fit(event, node.known, sequence, &[])) {
        forest.insert(wakeup, sequence, node.known, |item| item.event, fit);
        drop(state);
        frontier.classes.announce();
    }
}
