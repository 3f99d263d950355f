//! Which events may not be swapped.

use super::{Access, Event};

/// Whether the order of two neighbouring events can be noticed. Symmetric.
pub(crate) fn dependent(one: &Event, other: &Event) -> bool {
    // A task's events are in its program's order.
    one.task == other.task
        // One changes what the other sees: a value, whether a lock is free, who waits.
        || one.operation.object == other.operation.object && !commute(one.access, other.access)
}

/// Whether two accesses of one object come to the same in either order.
fn commute(one: Access, other: Access) -> bool {
    use Access::{
        AcquireShared, Call, Close, Full, Leave, Private, Read, Receive, ReleaseShared, Return, Send, TrySend,
    };
    match (one, other) {
        (Private, _) | (_, Private) => true,
        (Read | Full, Read | Full) => true,
        // Of a history it matters only which operations had returned before another was called.
        (Call, Call) | (Return, Return) => true,
        // Readers of a lock do not notice each other.
        (AcquireShared | ReleaseShared, AcquireShared | ReleaseShared) => true,
        // Neither side of a channel notices the other, but by what it waits for: a message is received
        // after it was sent, and room is there after a receipt, which is a cause and no choice.
        (Send, Receive) | (Receive, Send) => true,
        // Only who looks whether senders are left notices that one leaves.
        (Leave, Leave | Send | TrySend | Full | Receive | Close)
        | (Send | TrySend | Full | Receive | Close, Leave) => true,
        _ => false,
    }
}
