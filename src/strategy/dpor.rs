//! Optimal dynamic partial-order reduction: one execution of each trace class, and none given up.
//!
//! After Abdulla, Aronsson, Jonsson, Sagonas, "Source Sets: A Foundation for Optimal Dynamic Partial
//! Order Reduction", JACM 2017, Algorithm 2. Departures:
//!
//! * The recursion is a stack, and the executions' common beginning is kept: a race is looked at once,
//!   after the first execution that has it, not after each.
//! * The sequence inserted for a race ends with the race's second event; events after it are left out.
//! * An operation that waits competes with what had made it wait, not with what let it go on (see
//!   `engine::competition`), which the paper leaves to its section on blocking; so do operations that
//!   wait forever, at the end of an execution.
//! * Whether an exchange or a try would succeed the other way round is known (see `Trace::reversed`), so
//!   failed ones are reads.
//! * An operation may go several ways (whom a notification wakes). They are branches like others, put
//!   into the tree where the first of them is chosen.

use super::wakeup::{Branches, Fit, Forest};
use crate::engine::{ANY_WAY, Choice, End, Event, Race, Scheduler, TaskId, World, dependent, describe};

/// What the search takes for dependent.
pub(crate) type Relation = fn(&Event, &Event) -> bool;

pub(crate) struct Dpor {
    dependent: Relation,
    /// A scheduling point before each event of the last execution. Beyond `depth`, room for more.
    nodes: Vec<Node>,
    depth: usize,
    forest: Forest,
    sequence: Vec<Item>,
    has_begun: bool,
}

#[derive(Default)]
struct Node {
    /// What need not come next: everything after it has been explored.
    sleep: Vec<Event>,
    /// What is still to be explored from here.
    tree: Branches,
    /// What was handed down together with the present choice.
    below: Branches,
}

/// An event of a sequence: where the trace has it, or the race's second.
#[derive(Clone, Copy)]
struct Item {
    event: Event,
    position: Option<usize>,
}

impl Dpor {
    pub(crate) fn new() -> Self {
        Dpor::with_relation(dependent)
    }

    /// A search that takes another relation for the dependence: to see that a wrong one is noticed.
    pub(crate) fn with_relation(dependent: Relation) -> Self {
        Dpor {
            dependent,
            nodes: Vec::new(),
            depth: 0,
            forest: Forest::default(),
            sequence: Vec::new(),
            has_begun: false,
        }
    }

    /// The scheduling point after the last event of the trace.
    fn enter(&mut self, world: &World) {
        if self.nodes.len() == self.depth {
            self.nodes.push(Node::default());
        }
        let (before, rest) = self.nodes.split_at_mut(self.depth);
        let node = &mut rest[0];
        (node.tree, node.below) = (Branches::NONE, Branches::NONE);
        node.sleep.clear();
        if let (Some(parent), Some(event)) = (before.last_mut(), world.trace.events.last()) {
            node.tree = std::mem::take(&mut parent.below);
            let dependent = self.dependent;
            node.sleep.extend(parent.sleep.iter().filter(|asleep| !dependent(asleep, event)));
        }
        self.depth += 1;
    }

    /// Sees to it that the race's events will also come in the other order.
    fn reverse(&mut self, world: &World, race: &Race) {
        let trace = &world.trace;
        self.sequence.clear();
        self.sequence.extend(
            (race.first + 1..trace.end(race))
                .filter(|&position| trace.stays(position, race))
                .map(|position| Item { event: trace.events[position], position: Some(position) }),
        );
        let Some(second) = trace.reversed(race, self.sequence.iter().map(|item| item.event)) else {
            return;
        };
        self.sequence.push(Item { event: second, position: None });
        let dependent = self.dependent;
        let before = |one: &Item, other: &Item| match (one.position, other.position) {
            (Some(one), Some(other)) => trace.happens_before(one, other),
            (Some(position), None) => trace.is_in_past(position, race) || dependent(&one.event, &other.event),
            _ => false,
        };
        let fit = |event: &Event, sequence: &[Item]| fit(event, sequence, dependent, before);
        let node = &mut self.nodes[race.first];
        let is_weak_initial = |asleep: &Event| !matches!(fit(asleep, &self.sequence), Fit::No);
        if !node.sleep.iter().any(is_weak_initial) {
            self.forest.insert(&mut node.tree, &mut self.sequence, |item| item.event, fit);
        }
    }

    /// Sees to it that the task, which goes one way from here, will also go its others.
    fn branch(&mut self, world: &World, task: TaskId, way: u32) {
        let dependent = self.dependent;
        let fit = |event: &Event, sequence: &[Item]| fit(event, sequence, dependent, |_, _| false);
        let node = &mut self.nodes[self.depth - 1];
        for other in world.ways(task).filter(|&other| other != way) {
            let Some(event) = world.foresee(task, other) else { continue };
            self.sequence.clear();
            self.sequence.push(Item { event, position: None });
            let is_weak_initial = |asleep: &Event| !matches!(fit(asleep, &self.sequence), Fit::No);
            if !node.sleep.iter().any(is_weak_initial) {
                self.forest.insert(&mut node.tree, &mut self.sequence, |item| item.event, fit);
            }
        }
    }

    /// What is next at the scheduling point that was entered last.
    fn next(&mut self, world: &World) -> Choice {
        let node = &mut self.nodes[self.depth - 1];
        while let Some((event, below)) = self.forest.pop(&mut node.tree) {
            if let Some(way) = world.can_repeat(&event) {
                node.below = below;
                return Choice::Run(event.task, way);
            }
            if !world.is_patient(event.task) {
                return Choice::Diverged(describe(&event));
            }
            // A task that polls has nothing new to read here.
            self.forest.clear(below);
        }
        let is_awake = |task: TaskId, way: u32| {
            !node.sleep.iter().any(|asleep| asleep.task == task && asleep.way == way)
        };
        let mut has_enabled = false;
        for task in world.enabled() {
            has_enabled = true;
            if let Some(way) = world.ways(task).find(|&way| is_awake(task, way)) {
                return Choice::Run(task, way);
            }
        }
        if has_enabled { Choice::Redundant } else { Choice::Nobody }
    }
}

/// Where an event fits into a sequence whose items are ordered by `before`.
fn fit(event: &Event, sequence: &[Item], dependent: Relation, before: impl Fn(&Item, &Item) -> bool) -> Fit {
    match sequence.iter().position(|item| item.event.task == event.task) {
        // The same task going another way.
        Some(at) if !is_same_way(&sequence[at].event, event) => Fit::No,
        Some(at) if sequence[..at].iter().any(|earlier| before(earlier, &sequence[at])) => Fit::No,
        Some(at) => Fit::Initial(at),
        None if sequence.iter().any(|item| dependent(event, &item.event)) => Fit::No,
        None => Fit::Independent,
    }
}

fn is_same_way(one: &Event, other: &Event) -> bool {
    one.way == other.way || one.way == ANY_WAY || other.way == ANY_WAY
}

impl Scheduler for Dpor {
    fn begin(&mut self, world: &mut World) -> bool {
        if !self.has_begun {
            self.has_begun = true;
            return true;
        }
        while self.depth > 0 {
            let position = self.depth - 1;
            let node = &mut self.nodes[position];
            if let Some(explored) = world.trace.events.get(position) {
                node.sleep.push(*explored);
            }
            if !node.tree.is_empty() {
                world.trace.truncate(position);
                return true;
            }
            self.depth -= 1;
        }
        false
    }

    fn choose(&mut self, world: &World) -> Choice {
        if self.depth == world.trace.events.len() {
            self.enter(world);
        }
        let choice = self.next(world);
        if let Choice::Run(task, way) = choice
            && world.has_ways(task)
        {
            self.branch(world, task, way);
        }
        choice
    }

    fn end(&mut self, world: &mut World, _: &End) {
        world.race_pending();
        let races = std::mem::take(&mut world.trace.races);
        for race in &races {
            self.reverse(world, race);
        }
        world.trace.races = races;
        // What was handed down to where the execution did not get.
        while self.depth > world.trace.events.len() {
            self.depth -= 1;
            let node = &mut self.nodes[self.depth];
            let (tree, below) = (std::mem::take(&mut node.tree), std::mem::take(&mut node.below));
            self.forest.clear(tree);
            self.forest.clear(below);
        }
        if let Some(node) = self.depth.checked_sub(1).map(|last| &mut self.nodes[last]) {
            let below = std::mem::take(&mut node.below);
            self.forest.clear(below);
        }
    }
}
