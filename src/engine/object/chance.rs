//! What may happen for no reason of the program's own, as often as the exploration's bound says: the choice 1
//! (or more, if there are several ways), or not: the choice 0; and lots that the program draws. It concerns no other task.

use super::{By, Primitive, Reply, View};
use crate::engine::{Bounds, TaskId};

/// The nowhere that such choices are made at.
#[derive(Clone, Debug, Default)]
pub(crate) struct Chances;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A wait ends because its time is up.
    Timeout,
    /// A wait ends without a reason.
    SpuriousWakeup,
    /// A weak exchange fails without a reason.
    WeakFailure,
    /// A future is dropped where it waits, in one of so many ways.
    Cancellation(u8),
    /// A read of a socket brings less than there is, in one of so many ways.
    ShortRead(u8),
    /// A write to a socket takes less than it is given.
    ShortWrite,
    /// A connection breaks, in one of so many ways.
    Disconnection(u8),
    /// Nothing: a task that does nothing but pause has to be stopped somewhere.
    Pause,
    /// A lot is drawn among so many, which are all explored: where a `select!` starts.
    Start(u8),
    /// One of so many times is up that somebody waits for who has something else to do: its number from 1, or none. In all it
    /// waits for `set`.
    Times { count: u32, set: u32 },
    /// The same, of a bounded kind.
    Early { count: u32, set: u32 },
}

/// How many bounded kinds there are.
pub(in crate::engine) const BOUNDED_CHANCES: usize = 8;

impl Action {
    /// Which of the bounded kinds it is.
    pub(in crate::engine) fn bounded(self) -> Option<usize> {
        match self {
            Action::Timeout | Action::Early { .. } => Some(0),
            Action::SpuriousWakeup => Some(1),
            Action::WeakFailure => Some(2),
            Action::Pause => Some(3),
            Action::Cancellation(_) => Some(4),
            Action::ShortRead(_) => Some(5),
            Action::ShortWrite => Some(6),
            Action::Disconnection(_) => Some(7),
            Action::Start(_) | Action::Times { .. } => None,
        }
    }

    /// In how many ways it may happen.
    pub(in crate::engine) fn ways(self) -> usize {
        match self {
            Action::Cancellation(ways) | Action::ShortRead(ways) | Action::Disconnection(ways) => {
                usize::from(ways)
            }
            Action::Early { count, .. } => count as usize,
            _ => 1,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) struct Access;

impl Bounds {
    /// How often it may happen in an execution.
    pub(in crate::engine) fn of(self, chance: Action) -> usize {
        match chance {
            Action::Timeout | Action::Early { .. } => self.timeouts_max,
            Action::SpuriousWakeup => self.spurious_max,
            Action::WeakFailure => self.weak_failures_max,
            Action::Cancellation(_) => self.cancellations_max,
            Action::ShortRead(_) => self.short_reads_max,
            Action::ShortWrite => self.short_writes_max,
            Action::Disconnection(_) => self.disconnections_max,
            Action::Pause | Action::Start(_) | Action::Times { .. } => 0,
        }
    }
}

impl Primitive for Chances {
    type Action = Action;
    type Access = Access;

    fn name(action: Action) -> &'static str {
        match action {
            Action::Timeout | Action::Times { .. } | Action::Early { .. } => "time is up?",
            Action::SpuriousWakeup => "spurious wakeup?",
            Action::WeakFailure => "spurious failure?",
            Action::Cancellation(_) => "cancellation?",
            Action::ShortRead(_) => "short read?",
            Action::ShortWrite => "short write?",
            Action::Disconnection(_) => "disconnection?",
            Action::Pause => "pause",
            Action::Start(_) => "select",
        }
    }

    fn view(&self) -> View {
        View(0)
    }

    fn access(&self, _: Action, _: View) -> Access {
        Access
    }

    fn commute(_: Access, _: Access) -> bool {
        true
    }

    fn is_read(_: Access) -> bool {
        true
    }

    fn is_ordered(_: usize) -> bool {
        false
    }

    fn meets(_: Access, _: usize) -> bool {
        false
    }

    fn is_effective(_: Access) -> bool {
        false
    }

    fn covers(_: Access, _: Access) -> bool {
        false
    }

    fn apply(&mut self, _: Action, _: By, _: &mut Vec<TaskId>) -> Reply {
        Reply::Done
    }
}
