//! Which events may not be swapped.

use super::{Access, Event};

/// Whether the order of two neighbouring events can be noticed. Symmetric.
pub(crate) fn dependent(one: &Event, other: &Event) -> bool {
    // A task's events are in its program's order.
    one.task == other.task
        // One changes what the other sees: a value, or whether a mutex is free.
        || one.operation.object == other.operation.object && !(one.access.is_read() && other.access.is_read())
}

/// What `second` does if it comes right before `first`, with which it is in a reversible race.
///
/// It finds its object as `first` did: nobody changed the object between the two, or they would not be
/// in a race; except for a mutex, which `first` found free when it took it.
pub(crate) fn reversed(first: &Event, second: &Event) -> Event {
    let was_free = first.access == Access::Acquire;
    Event { access: second.operation.action.access(first.before, was_free), before: first.before, ..*second }
}
