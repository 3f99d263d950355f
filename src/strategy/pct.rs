//! Probabilistic concurrency testing: tasks have random priorities, the highest that can go on does, and
//! after a few random steps whoever made them falls behind the others.
//!
//! After Burckhardt, Kothari, Musuvathi, Nagarakatte, "A Randomized Scheduler with Probabilistic
//! Guarantees of Finding Bugs", ASPLOS 2010, Algorithm 1. With n tasks and k steps, a bug that needs d
//! ordering constraints shows in an execution with a probability of at least 1/(n k^(d−1)). Departures:
//!
//! * n is not known before: a task is given its priority when it is spawned.
//! * k is the longest execution so far; the first has no change points, since nothing is known.
//! * A task that has to wait in a polling loop falls behind all others: what it polls for is theirs to do.

use super::sampler::{Sample, below};
use crate::engine::{TaskId, World};
use fastrand::Rng;
use std::cmp::Reverse;

pub(crate) struct Pct {
    depth: usize,
    /// Of the longest execution.
    steps: usize,
    /// After so many steps the running task falls behind; at most `depth` − 1 points.
    change_points: Vec<usize>,
    /// By the tasks' numbers.
    priorities: Vec<Priority>,
    /// How many tasks have one.
    drawn: usize,
    /// How many tasks were made to wait.
    waits: u64,
}

/// Least first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
enum Priority {
    /// Behind all others, since it waited: last the one that waited last.
    Waited(Reverse<u64>),
    /// It was running at a change point, of which this many come after it.
    Changed(usize),
    Drawn(u64),
}

impl Pct {
    pub(crate) fn new(depth: usize) -> Self {
        Pct { depth, steps: 0, change_points: Vec::new(), priorities: Vec::new(), drawn: 0, waits: 0 }
    }
}

impl Sample for Pct {
    fn begin(&mut self, rng: &mut Rng) {
        self.drawn = 0;
        self.change_points.clear();
        if self.steps > 0 {
            let steps = self.steps;
            let points = std::iter::repeat_with(|| 1 + below(rng, steps)).take(self.depth - 1);
            self.change_points.extend(points);
        }
    }

    fn pick(&mut self, rng: &mut Rng, world: &World, _: usize) -> Option<TaskId> {
        let spawned = world.spawned();
        // Fewer than before are there only if the execution was begun again and did not repeat itself.
        for task in spawned.get(self.drawn..).unwrap_or_default() {
            if self.priorities.len() <= task.index() {
                self.priorities.resize(task.index() + 1, Priority::Drawn(0));
            }
            self.priorities[task.index()] = Priority::Drawn(rng.u64(..));
        }
        self.drawn = spawned.len();
        for (place, &point) in self.change_points.iter().enumerate() {
            if point == world.position() {
                self.priorities[world.running().index()] = Priority::Changed(self.depth - place);
            }
        }
        for &task in spawned.iter().filter(|&&task| world.is_held(task)) {
            self.waits += 1;
            self.priorities[task.index()] = Priority::Waited(Reverse(self.waits));
        }
        world.enabled().max_by_key(|task| self.priorities[task.index()])
    }

    fn end(&mut self, steps: usize) {
        self.steps = self.steps.max(steps);
    }
}
