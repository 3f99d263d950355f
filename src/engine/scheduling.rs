//! What passes between the engine and who uses it: a scheduler's choices, how an execution ends, what a task
//! that wants to perform something is to do.

use super::object::Reply;
use super::world::World;
use super::{Bounds, Fact, Facts, Memory, Pulse, Substitution, Switch, TaskId};
use std::sync::Arc;

/// Decides who is next. Called in this order, again and again: `begin`; `choose` at each scheduling
/// point that the last execution did not have; `end`.
pub(crate) trait Scheduler: Send {
    /// Leaves in the world's trace what the next execution begins with; false if there is no next.
    fn begin(&mut self, world: &mut World) -> bool;

    /// Who is next.
    fn choose(&mut self, world: &World) -> Choice;

    /// Who has to go on, though a loop of its is known to wait: who runs an execution again may know more of its loops than
    /// was known then, and goes by what was done.
    fn insists_on(&self, _: &World) -> Option<TaskId> {
        None
    }

    /// Learns how an execution went.
    fn end(&mut self, world: &mut World, end: &End);

    /// Whether it asks for races, and for what happens before what.
    fn analyses(&self) -> bool {
        false
    }

    /// Whether it looks only at some of all executions.
    fn samples(&self) -> bool {
        false
    }

    /// Whether it has each loop be rehearsed that it meets, and not only one of many that look alike: each time the execution
    /// begins again.
    fn knows_each_loop(&self) -> bool {
        !self.samples()
    }

    /// How much of all there is has been explored, from 0 to 1, if it can tell.
    fn estimate(&self) -> Option<f64> {
        None
    }
}

pub(crate) enum Choice {
    /// This task, which is enabled, with this of its operation's choices.
    Run(TaskId, u32),
    /// No task is enabled.
    Nobody,
    /// What was to be explored next is not what the task has announced: what was expected of it.
    Diverged(String),
    /// Some task is enabled, but every way to go on has been explored.
    Redundant,
}

/// How an execution ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum End {
    /// All tasks have ended.
    Finished,
    /// No task can go on.
    Blocked,
    /// The tasks that are left poll for what nobody will change.
    Polling,
    /// It went on for too many steps.
    Endless,
    /// Two tasks access a cell with nothing that orders them, one of them to write.
    DataRace([TaskId; 2]),
    /// Equivalent to one that was explored.
    Redundant,
    /// It did not do again what it had done.
    Diverged(Divergence),
    /// A task found out that it cannot be checked, and said why elsewhere.
    GivenUp,
    /// All has to be explored anew, knowing this.
    Learned(Fact),
    /// A loop was rehearsed: it is to run again up to where it was.
    Rehearsed,
}

/// Where an execution went another way than it had.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Divergence {
    /// From 0.
    pub(crate) step: usize,
    pub(crate) expected: String,
    pub(crate) found: String,
}

/// What came of an operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Performed {
    pub(crate) reply: Reply,
    pub(crate) choice: u32,
    /// What an atomic held, as bits.
    pub(crate) value: u64,
    /// What it was made.
    pub(crate) after: u64,
    /// Whether it was changed.
    pub(crate) is_changed: bool,
    /// Whether a log is kept, in which its values would be of interest.
    pub(crate) is_logged: bool,
}

/// What a task does after it has announced an operation.
pub(crate) enum Announced {
    /// It performs the operation: it was chosen.
    Go,
    /// It stops until it is chosen.
    Stop(Switch),
}

/// A task that was just spawned.
pub(crate) struct Spawned {
    pub(crate) spawner: TaskId,
    pub(crate) task: TaskId,
}

/// What does not change from execution to execution.
#[derive(Clone, Debug)]
pub(crate) struct Settings {
    pub(crate) steps_max: usize,
    /// How often in an execution a task may be left that could go on.
    pub(crate) preemptions_max: Option<usize>,
    pub(crate) bounds: Bounds,
    pub(crate) memory: Memory,
    /// Orderings in the place of those that the program declares.
    pub(crate) substitution: Option<Arc<Substitution>>,
    /// What is known of the program.
    pub(crate) facts: Facts,
    /// Whether to log what the tasks do.
    pub(crate) logs: bool,
    /// Where others see how an execution goes on.
    pub(crate) pulse: Arc<Pulse>,
}
