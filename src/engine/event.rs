//! Operations that tasks announce, and the events that they become.

use super::{ObjectId, TaskId};

/// What a task is about to do to an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(crate) object: ObjectId,
    pub(crate) action: Action,
}

#[derive(Clone, Copy, Debug)]
pub(crate) enum Action {
    /// Reads an atomic.
    Load,
    /// Writes an atomic, whatever it held.
    Store,
    /// Writes an atomic if it holds this, as bits.
    Exchange { expected: u64 },
    /// Takes a mutex, once it is free.
    Lock,
    /// Takes a mutex if it is free.
    TryLock,
    /// Gives a mutex back.
    Unlock,
}

/// What an operation did to its object, as far as others can notice.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    /// Left it as it was: a load, and an exchange or a try that failed.
    Read,
    /// Wrote an atomic.
    Write,
    /// Took a mutex.
    Acquire,
    /// Gave a mutex back.
    Release,
}

/// An operation that was executed. Not every field is the same in equivalent executions: see each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) task: TaskId,
    /// Which event of its task this is, from 1.
    pub(crate) index: u32,
    pub(crate) operation: Operation,
    pub(crate) access: Access,
    /// What an atomic held before, as bits. An address may be another in the next execution.
    pub(crate) before: u64,
}

impl Access {
    /// Whether it leaves the object as it was.
    pub(crate) fn is_read(self) -> bool {
        self == Access::Read
    }
}

impl Action {
    /// Whether it is the same kind of action; values may differ.
    pub(crate) fn is_like(self, other: Action) -> bool {
        std::mem::discriminant(&self) == std::mem::discriminant(&other)
    }

    /// What it does to an atomic that holds `before`, or a mutex that is free or not.
    pub(crate) fn access(self, before: u64, is_free: bool) -> Access {
        match self {
            Action::Load => Access::Read,
            Action::Store => Access::Write,
            Action::Exchange { expected } if before == expected => Access::Write,
            Action::Exchange { .. } => Access::Read,
            Action::Lock => Access::Acquire,
            Action::TryLock if is_free => Access::Acquire,
            Action::TryLock => Access::Read,
            Action::Unlock => Access::Release,
        }
    }
}
