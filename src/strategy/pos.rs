//! Partial order sampling: each announced operation has a random priority, the highest that can go on
//! does, and those that it is in a race with are drawn anew. So the order of two operations that race is
//! a matter of their own luck, not of how many steps come before them.
//!
//! After Yuan, Yang, Gu, "Partial Order Aware Concurrency Sampling", CAV 2018, the basic algorithm.
//! Departures:
//!
//! * Whether an exchange that waits would succeed is not known, so it races like one that does.
//! * The first operation of a round of a polling loop goes last: what it polls for is for others to do.

use super::sampler::Sample;
use crate::engine::object::AtomicAction;
use crate::engine::{Action, Event, TaskId, World, dependent};
use fastrand::Rng;

#[derive(Default)]
pub(crate) struct Pos {
    /// By the tasks' numbers.
    pending: Vec<Pending>,
}

/// The operation that a task has announced.
#[derive(Clone, Copy, Debug, Default)]
struct Pending {
    /// Which of its task's; 0 is none.
    index: u32,
    priority: u64,
}

const LAST: u64 = 0;

impl Sample for Pos {
    fn begin(&mut self, _: &mut Rng) {
        self.pending.clear();
    }

    fn pick(&mut self, rng: &mut Rng, world: &World, _: usize) -> Option<TaskId> {
        let executed = world.trace.events.last();
        for &task in world.spawned() {
            if self.pending.len() <= task.index() {
                self.pending.resize(task.index() + 1, Pending::default());
            }
            let pending = &mut self.pending[task.index()];
            let Some(event) = next_event(world, task) else { continue };
            let is_new = pending.index != event.index;
            if is_new || executed.is_some_and(|executed| dependent(executed, &event)) {
                *pending = Pending { index: event.index, priority: rng.u64(LAST + 1..) };
            }
            if world.is_held(task) {
                pending.priority = LAST;
            }
        }
        let priority = |task: &TaskId| self.pending[task.index()].priority;
        world.enabled().max_by_key(priority)
    }
}

/// What the task is about to do.
fn next_event(world: &World, task: TaskId) -> Option<Event> {
    let choice = world.choices(task).next()?;
    let event = world.foresee(task, choice)?;
    Some(match event.operation.action {
        Action::Atomic(AtomicAction::Exchange { .. }) => event.as_write(),
        _ => event,
    })
}
