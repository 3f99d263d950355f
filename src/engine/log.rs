//! What an execution's tasks did, for readers. Kept only when asked for: exploring needs none of it.

use super::object::Reply;
use super::{Access, ObjectId, Operation, TaskId};
use std::panic::Location;

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
        /// What only the caller knows: its function's name, and values as text.
        note: Option<Note>,
    },
    /// It accessed plain memory.
    Accessed {
        object: ObjectId,
        is_write: bool,
        place: &'static Location<'static>,
    },
    Spawned(TaskId, &'static Location<'static>),
    /// It begins to wait for a task's end.
    Joins(TaskId, &'static Location<'static>),
    Joined(TaskId, &'static Location<'static>),
    Panicked(String, Option<String>),
    Ended,
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
