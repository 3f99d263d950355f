//! Optimal dynamic partial-order reduction: one execution of each trace class, and none given up.
//!
//! After Abdulla, Aronsson, Jonsson, Sagonas, "Source Sets: A Foundation for Optimal Dynamic Partial
//! Order Reduction", JACM 2017, Algorithm 2. That is in `sequential`, to be read first; it works on the path in
//! `tree`, whose points have wakeup trees (`wakeup`) and sleep sets (`sleep`). Departures:
//!
//! * The recursion is a stack, and the executions' common beginning is kept: a race is looked at once,
//!   after the first execution that has it, not after each.
//! * Objects are numbered by their first use, so which object an event of another execution is about is not always known.
//!   Where that matters and nothing tells, more is explored than has to be: a trace class may be seen twice.
//! * The sequence inserted for a race ends with the race's second event; events after it are left out.
//! * An operation that waits competes with what had made it wait, not with what let it go on (see
//!   `engine::race`), which the paper leaves to its section on blocking; so do operations that
//!   wait forever, at the end of an execution.
//! * Whether an exchange or a try would succeed the other way round is known (see `World::reversed`), so
//!   failed ones are reads.
//! * Of an operation there may be something to choose (whom a notification wakes). The choices are branches like
//!   others, put into the tree where the first of them is made.
//! * Several workers can explore one tree: `parallel` and `frontier`.

mod frontier;
mod parallel;
mod sequential;
mod sleep;
mod tree;
#[cfg(test)]
mod validate;
mod wakeup;
mod weak;

pub(crate) use frontier::Frontier;

use crate::engine::{Choice, End, Event, Scheduler, Second, World, dependent};
use std::sync::Arc;
use tree::{Item, Tree};

/// What the search takes for dependent.
pub(crate) type Relation = fn(&Event, &Event) -> bool;

pub(crate) struct Dpor {
    dependent: Relation,
    tree: Tree,
    /// Room for the sequence that is to be inserted into a wakeup tree.
    sequence: Vec<Item>,
    has_begun: bool,
    /// What other workers share, and what of their path this one has still to follow.
    frontier: Option<Arc<Frontier>>,
    script: Vec<Event>,
    /// The search instead, if there is something to choose at each access of an atomic.
    weak: weak::Search,
}

impl Dpor {
    pub(crate) fn new() -> Self {
        Dpor::with_relation(dependent)
    }

    /// A search that takes another relation for the dependence: to see that a wrong one is noticed.
    pub(crate) fn with_relation(dependent: Relation) -> Self {
        Dpor {
            dependent,
            tree: Tree::default(),
            sequence: Vec::new(),
            has_begun: false,
            frontier: None,
            script: Vec::new(),
            weak: weak::Search::default(),
        }
    }
}

impl Scheduler for Dpor {
    fn analyses(&self) -> bool {
        true
    }

    fn begin(&mut self, world: &mut World) -> bool {
        if !self.has_begun {
            self.has_begun = true;
            return true;
        }
        if world.is_weak() {
            return self.weak.begin(world, self.frontier.as_deref());
        }
        self.share(world);
        let has_more = self.go_back(world) || self.go_on_elsewhere(world);
        #[cfg(test)]
        self.validate(world);
        has_more
    }

    fn choose(&mut self, world: &World) -> Choice {
        if world.is_weak() {
            return self.weak.choose(world);
        }
        if let Some(choice) = self.follow(world) {
            return choice;
        }
        if self.tree.depth() == world.trace.events.len() {
            self.tree.enter(world, self.dependent);
        }
        let choice = self.next(world);
        if let Choice::Run(task, chosen) = choice {
            if world.is_stuck() {
                self.let_others_go_first(world, task);
            }
            if world.has_choices(task) {
                self.settle(chosen);
                self.branch(world, task, chosen);
            }
        }
        choice
    }

    /// As if each branch of a scheduling point led to as much as any other (Knuth, "Estimating the Efficiency
    /// of Backtrack Programs", 1975). What is still to be found at earlier points is not known, so it is
    /// mostly too much.
    fn estimate(&self) -> Option<f64> {
        if self.frontier.is_some() {
            return None;
        }
        if let Some(explored) = self.weak.estimate() {
            return Some(explored);
        }
        let (mut explored, mut share) = (0.0, 1.0);
        for node in self.tree.nodes() {
            let width = f64::from(node.explored) + 1.0 + self.tree.forest.len(node.wakeup) as f64;
            explored += share * f64::from(node.explored) / width;
            share /= width;
        }
        Some(explored)
    }

    fn end(&mut self, world: &mut World, end: &End) {
        if world.is_weak() {
            return self.weak.end(world, end, self.frontier.as_deref());
        }
        match end {
            // Nothing more is explored of this program as it is.
            End::Diverged(_) | End::GivenUp | End::Learned(_) => return,
            // It could be turned about for ever, and proves nothing.
            End::Endless => world.trace.races.clear(),
            _ => world.race_pending(),
        }
        let races = std::mem::take(&mut world.trace.races);
        for race in &races {
            // Whoever was here first has seen to the races of the path.
            if !matches!(race.second, Second::Executed(position) if position < self.script.len()) {
                self.reverse(world, race);
            }
        }
        world.trace.races = races;
        self.script.clear();
        self.correct(world);
        self.tree.cut(world.trace.events.len());
    }
}
