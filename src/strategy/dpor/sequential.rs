//! The paper's algorithm, as one worker runs it: what comes next at a scheduling point, and what a race, once it
//! was seen, adds to the wakeup trees. Each function here is a line or two of Algorithm 2.

use super::tree::{Comparison, Item, Node};
use super::wakeup::{Fit, Forest};
use super::{Dpor, parallel};
use crate::engine::{Choice, Event, Race, TaskId, World, describe};

impl Dpor {
    /// Goes back to the last scheduling point from which something is left to be explored; whether there is any.
    /// What was explored from each point is asleep there from then on.
    pub(super) fn go_back(&mut self, world: &mut World) -> bool {
        while let Some(position) = self.tree.depth().checked_sub(1) {
            let (node, forest) = self.tree.at(position);
            let has_more = if node.point.is_some() {
                parallel::take_next(node, forest)
            } else {
                if let Some(&explored) = world.trace.events.get(position) {
                    node.sleep.add(explored, super::sleep::Why::Explored);
                    node.explored += 1;
                }
                !node.wakeup.is_empty()
            };
            if has_more {
                world.trace.truncate(position);
                return true;
            }
            self.tree.leave();
        }
        false
    }

    /// What is next at the scheduling point that was entered last: the wakeup tree's first branch, if it has one,
    /// and else anybody who is not asleep.
    pub(super) fn next(&mut self, world: &World) -> Choice {
        let (node, forest) = self.tree.at(self.tree.depth() - 1);
        node.wakes = false;
        while let Some((event, below, wakes)) = forest.pop(&mut node.wakeup) {
            if world.is_unfair(event.task) {
                forest.clear(below);
                continue;
            }
            if let Some(choice) = world.can_repeat(&event) {
                (node.below, node.wakes) = (below, wakes);
                return Choice::Run(event.task, choice);
            }
            if !world.is_held(event.task) {
                return Choice::Diverged(describe(&event));
            }
            // A task that polls has nothing new to read here.
            forest.clear(below);
        }
        let mut has_enabled = false;
        for task in world.enabled() {
            has_enabled = true;
            if world.is_unfair(task) {
                continue;
            }
            if let Some(choice) = world.choices(task).find(|&choice| !node.sleep.has(task, choice)) {
                return Choice::Run(task, choice);
            }
        }
        if has_enabled { Choice::Redundant } else { Choice::Nobody }
    }

    /// Sees to it that the race's events will also come in the other order: what does not happen after the first
    /// (the paper's notdep), and then the second, is a sequence to be explored where the first was chosen.
    pub(super) fn reverse(&mut self, world: &World, race: &Race) {
        let trace = &world.trace;
        self.sequence.clear();
        self.sequence.extend(
            (race.first + 1..trace.end(race))
                .filter(|&position| trace.stays(position, race))
                .map(|position| Item { event: trace.events[position], position: Some(position) }),
        );
        let Some(second) = world.reversed(race, self.sequence.iter().map(|item| item.event)) else {
            return;
        };
        self.sequence.push(Item { event: second, position: None });
        let dependent = self.dependent;
        let before = |one: &Item, other: &Item| match (one.position, other.position) {
            (Some(one), Some(other)) => trace.happens_before(one, other),
            (Some(position), None) => trace.is_in_past(position, race) || dependent(&one.event, &other.event),
            _ => false,
        };
        self.insert(world, race.first, before);
    }

    /// Sees to it that the task, for which there is something to choose here, also makes its other choices.
    pub(super) fn branch(&mut self, world: &World, task: TaskId, choice: u32) {
        for other in world.choices(task).filter(|&other| other != choice) {
            self.insert_here(world, world.foresee(task, other));
        }
    }

    /// Nobody could go on, and now this task does since its time is up: sees to it that others whose time may be up
    /// also do so.
    pub(super) fn let_others_go_first(&mut self, world: &World, task: TaskId) {
        for other in world.enabled().filter(|&other| other != task) {
            for choice in world.choices(other) {
                self.insert_here(world, world.foresee(other, choice));
            }
        }
    }

    /// Puts one event into the wakeup tree of the scheduling point that was entered last.
    fn insert_here(&mut self, world: &World, event: Option<Event>) {
        let Some(event) = event else { return };
        self.sequence.clear();
        self.sequence.push(Item { event, position: None });
        self.insert(world, self.tree.depth() - 1, |_, _| false);
    }

    /// Puts the sequence into the wakeup tree of a scheduling point, unless it need not come next.
    fn insert(&mut self, world: &World, position: usize, before: impl Fn(&Item, &Item) -> bool) {
        let (node, forest) = self.tree.at(position);
        let comparison = Comparison { dependent: self.dependent, world };
        let fit = |event: &Event, known: usize, sequence: &[Item], apart: &[TaskId]| {
            comparison.fit(event, known, sequence, apart, &before)
        };
        match &self.frontier {
            Some(frontier) if node.point.is_some() => {
                parallel::insert(node, &mut self.sequence, fit, frontier);
            }
            _ => insert(node, forest, &mut self.sequence, fit),
        }
    }
}

fn insert(
    node: &mut Node,
    forest: &mut Forest,
    sequence: &mut Vec<Item>,
    fit: impl Fn(&Event, usize, &[Item], &[TaskId]) -> Fit,
) {
    if !node.sleep.has_weak_initial(|event| fit(event, node.known, sequence, &[])) {
        forest.insert(&mut node.wakeup, sequence, node.known, |item| item.event, fit);
    }
}
