//! The list of choices that fixes an execution: what a strategy made, a token carries and a replay
//! follows.

mod fact;
mod memory;
mod orderings;

pub(crate) use fact::{Fact, Facts, Mark, fnv1a};
pub use memory::Memory;
pub(crate) use orderings::{Kind, Site, Substitution};

/// Fixes an execution of a program under [`Backend::Native`](crate::Backend::Native).
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct Schedule {
    /// Who goes on at each step.
    pub(crate) picks: Vec<Pick>,
    /// What may happen for no reason of the program's own.
    pub(crate) bounds: Bounds,
    /// What was known of the program, and so told apart.
    pub(crate) facts: Facts,
}

/// One choice: a task, and what there was to choose of its operation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Pick {
    /// In the order of spawning; `main` is 0.
    pub(crate) task: u32,
    /// Whom a `notify_one` wakes, whether a timeout fires; 0 where there is nothing to choose.
    pub(crate) choice: u32,
    /// A few bits of what the step did and where, by which a replay notices that the code has changed;
    /// 0 where that is not kept.
    pub(crate) mark: u8,
}

/// How often in an execution things may happen that a program cannot bring about.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Bounds {
    /// Waits that end because their time is up.
    pub(crate) timeouts_max: usize,
    /// Waits that end without a reason.
    pub(crate) spurious_max: usize,
    /// Weak exchanges that fail without a reason.
    pub(crate) weak_failures_max: usize,
    /// Futures that are dropped where they wait.
    pub(crate) cancellations_max: usize,
    /// Reads of a socket that bring less than there is.
    pub(crate) short_reads_max: usize,
    /// Writes to a socket that take less than they are given.
    pub(crate) short_writes_max: usize,
    /// Connections that break.
    pub(crate) disconnections_max: usize,
}

impl Schedule {
    /// The memory model that it was made in, as far as that matters.
    pub(crate) fn memory(&self) -> Memory {
        match self.facts.has(Fact::OrderingsAreWeak) {
            true => Memory::Rust,
            false => Memory::SequentiallyConsistent,
        }
    }

    /// How many steps it has.
    pub fn len(&self) -> usize {
        self.picks.len()
    }

    /// Whether it has no step.
    pub fn is_empty(&self) -> bool {
        self.picks.is_empty()
    }
}
