//! Concurrent objects, each with its sequential specification and with mistakes that can be switched on, so
//! that a check can be seen to find them: [`OBJECTS`].
//!
//! A file is one object, with the weakest orderings that will do. Its operations read as the right ones; a fault is a
//! condition at the very line that it breaks. Which scenarios are drawn is fixed, so that a check finds the same each time.

mod arc_slot;
mod balancer;
mod barrier;
mod buffered_registers;
mod job_queue;
mod ms_queue;
mod once_cell;
mod plain;
mod ring;
mod rw_lock;
mod semaphore;
mod sequence_lock;
mod ticket_lock;
mod token_bucket;
mod treiber_stack;
mod work_stealing;

use crate::checker::audit;
use crate::property::{Object, ObjectReport};
use crate::{Checker, Memory, Orderings};
use std::hash::Hash;
use std::time::Duration;

/// A concurrent object, as it should be and with each of its faults.
pub struct ConcurrentObject {
    /// As its file is called.
    pub name: &'static str,
    /// In one line.
    pub about: &'static str,
    /// Checks it as it should be.
    pub check: fn() -> ObjectReport,
    /// Small programs that use it, each of which needs some of the orderings that it declares.
    pub clients: &'static [Client],
    /// What can be broken in it.
    pub faults: &'static [SeededFault],
}

/// A small program that asserts what an object promises.
pub struct Client {
    /// Unique within its object.
    pub name: &'static str,
    /// What runs.
    pub run: fn(),
}

/// A mistake that real code has had.
pub struct SeededFault {
    /// Unique within its object.
    pub name: &'static str,
    /// What was done instead of the right thing, in one line.
    pub about: &'static str,
    /// Checks the object with this mistake.
    pub check: fn() -> ObjectReport,
    /// Why two tasks and four operations are too few to show it; `None` if they suffice.
    pub needs: Option<Needs>,
}

/// The least scenario that shows a fault, where it is not a small one.
pub struct Needs {
    /// How many tasks it has.
    pub tasks: usize,
    /// How many operations all of it has.
    pub operations: usize,
    /// What each of them is for.
    pub why: &'static str,
}

impl ConcurrentObject {
    /// Which of the orderings that it declares its clients need.
    ///
    /// # Panics
    /// As [`Checker::orderings`] does.
    #[track_caller]
    pub fn orderings(&self, checker: &Checker) -> Orderings {
        checker.expect_memory_of_rust();
        let trial = |client: &Client| {
            checker.trial(Some(client.name.to_string()), client.run, |()| true, ToString::to_string)
        };
        audit(&self.clients.iter().map(trial).collect::<Vec<_>>())
    }
}

impl Client {
    const fn new(name: &'static str, run: fn()) -> Self {
        Client { name, run }
    }
}

impl SeededFault {
    const fn new(name: &'static str, about: &'static str, check: fn() -> ObjectReport) -> Self {
        SeededFault { name, about, check, needs: None }
    }

    const fn needs(self, tasks: usize, operations: usize, why: &'static str) -> Self {
        SeededFault { needs: Some(Needs { tasks, operations, why }), ..self }
    }
}

/// All of them.
pub const OBJECTS: &[ConcurrentObject] = &[
    treiber_stack::OBJECT,
    ms_queue::OBJECT,
    ring::OBJECT,
    sequence_lock::OBJECT,
    ticket_lock::OBJECT,
    rw_lock::OBJECT,
    once_cell::OBJECT,
    arc_slot::OBJECT,
    semaphore::OBJECT,
    barrier::OBJECT,
    token_bucket::OBJECT,
    job_queue::OBJECT,
    balancer::OBJECT,
    buffered_registers::OBJECT,
    work_stealing::OBJECT,
];

/// An object that is checked in the same scenarios each time, and shrunk until nothing more can be left out.
fn object<O, M>(
    object: impl Fn() -> O + Send + Sync + 'static,
    model: impl Fn() -> M + Send + Sync + 'static,
) -> Object<O, M>
where
    O: Send + Sync + 'static,
    M: Clone + Eq + Hash + 'static,
{
    Object::new(object, model)
        .seed(1)
        .scenarios(SCENARIOS)
        .operations_max(4)
        // What their orderings allow besides is explored of their clients, which are smaller.
        .checker(Checker::new().memory(Memory::SequentiallyConsistent).executions_max(10_000))
        .shrink_time_max(Duration::from_secs(60))
}

/// Enough for each fault to be found; an object that is right is looked at in all of them.
const SCENARIOS: u32 = 40;
