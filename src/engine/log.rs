//! What an execution's tasks did, for readers. Kept only when asked for: exploring needs none of it.

use super::object::{PlainAccess, Reply};
use super::{Access, ObjectId, Operation, TaskId};
use std::panic::Location;
use std::sync::atomic::Ordering;

/// Something that a task did.
#[derive(Clone, Debug)]
pub(crate) struct Entry {
    pub(crate) task: TaskId,
    pub(crate) deed: Deed,
    /// Whether another task could have gone on before it and was left.
    pub(crate) preempts: bool,
}

#[derive(Clone, Debug)]
pub(crate) enum Deed {
    /// It performed an operation.
    Event {
        operation: Operation,
        choice: u32,
        reply: Reply,
        woken: Vec<TaskId>,
        /// The event by which an atomic got the value after the one that was read, or behind which this one's goes.
        overlooks: Option<usize>,
        /// What only the caller knows: its function's name, and values as text.
        note: Option<Note>,
    },
    /// It accessed plain memory.
    Accessed {
        object: ObjectId,
        access: PlainAccess,
        /// Whether the access is that the cell was made.
        makes: bool,
    },
    /// The access that it was about to make races with this earlier one.
    Raced(PlainAccess),
    /// It set a fence between its accesses.
    Fenced(Ordering, &'static Location<'static>),
    Spawned(TaskId, &'static Location<'static>),
    /// It begins to wait for a task's end.
    Joins(TaskId, &'static Location<'static>),
    Joined(TaskId, &'static Location<'static>),
    Panicked(String, Option<String>),
    Ended,
    /// It runs an event loop, whose tasks are none of the engine's.
    Loop(LoopDeed),
}

/// A task of an event loop: the loop's number, which no other loop has, and the task's in it; 0 is the loop's own
/// future.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct LoopTask {
    pub(crate) event_loop: u64,
    pub(crate) task: u64,
}

/// What was done by, or to, a task of an event loop.
#[derive(Clone, Debug)]
pub(crate) enum LoopDeed {
    /// The loop begins, with its own future.
    Begins(LoopTask),
    Spawns(LoopTask, &'static Location<'static>),
    /// From here on the thread does what the task does, up to its `Pends` or `Ends`.
    Polls(LoopTask),
    /// The task gives way: it awaits the ends of these tasks, or something else.
    Pends {
        awaits: Vec<LoopTask>,
        /// Whether nobody has what would wake it.
        is_forgotten: bool,
        place: Option<&'static Location<'static>>,
    },
    Ends {
        is_aborted: bool,
    },
    /// A future of this number, that may be dropped where it waits, does; and where, if that is known.
    Suspends(u64, Option<&'static Location<'static>>),
    /// That future is dropped where it waits: what it is called, and where it was said that it may be.
    Drops(u64, String, &'static Location<'static>),
    /// The future that was polled last is dropped, since its time is up: what it is called, and where that was set.
    Elapses(String, &'static Location<'static>),
    Wakes(LoopTask),
    Aborts(LoopTask, &'static Location<'static>),
    /// The task is aborted since its set is dropped, which was made there.
    DropsWithSet(LoopTask, &'static Location<'static>),
}

/// The values of an operation, as text.
#[derive(Clone, Debug)]
pub(crate) struct Note {
    /// What the operation came to; the engine fills it in.
    pub(crate) access: Access,
    pub(crate) function: &'static str,
    pub(crate) before: String,
    pub(crate) after: String,
}
