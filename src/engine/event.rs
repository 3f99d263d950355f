//! Operations that tasks announce, and the events that they become; which events depend on each other.

use super::object::View;
use super::{Access, Action, ObjectId, TaskId};
use std::panic::Location;

/// What a task is about to do to an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(crate) object: ObjectId,
    pub(crate) action: Action,
    /// Where the program asks for it.
    pub(crate) place: &'static Location<'static>,
}

/// The one choice where there is nothing to choose.
pub(crate) const ONLY_CHOICE: u32 = 0;
/// Any of the choices that there are when its time comes.
pub(crate) const ANY_CHOICE: u32 = u32::MAX;

/// An operation that was executed. Not every field is the same in equivalent executions: see each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) task: TaskId,
    /// Which event of its task this is, from 1.
    pub(crate) index: u32,
    pub(crate) operation: Operation,
    pub(crate) access: Access,
    /// What was chosen, where there was a choice: whom a notification woke, by its number.
    pub(crate) choice: u32,
    /// The object right before it. An atomic may hold an address, which may be another in the next execution.
    pub(crate) view: View,
}

impl Event {
    /// The same, if it writes: what an exchange may come to that is still to be done.
    pub(crate) fn as_write(self) -> Self {
        Event { access: Access::written(), ..self }
    }

    /// A few bits of what was done and where, the same in every run of the same code.
    pub(crate) fn mark(&self) -> u8 {
        let Operation { action, place, .. } = self.operation;
        let position = [place.line().to_le_bytes(), place.column().to_le_bytes()].concat();
        let bytes = action.name().bytes().chain(place.file().bytes()).chain(position);
        // Fowler, Noll, Vo, 1991: FNV-1a, folded.
        let hash =
            bytes.fold(0x811c_9dc5_u32, |hash, byte| (hash ^ u32::from(byte)).wrapping_mul(0x0100_0193));
        hash.to_le_bytes().into_iter().fold(0, |folded, byte| folded ^ byte)
    }
}

impl Action {
    /// Whether it is the same kind of action; values may differ.
    pub(crate) fn is_like(self, other: Action) -> bool {
        self == other || self.name() == other.name()
    }
}

/// Whether the order of two neighbouring events can be noticed. Symmetric.
#[inline]
pub(crate) fn dependent(one: &Event, other: &Event) -> bool {
    // A task's events are in its program's order.
    one.task == other.task
        // One changes what the other sees: a value, whether a lock is free, who waits.
        || one.operation.object == other.operation.object && !one.access.commutes(other.access)
}
