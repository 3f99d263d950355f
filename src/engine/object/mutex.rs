//! A mutex: one task at a time.

use super::{By, Primitive, Reply, View, Waiting};
use crate::engine::TaskId;
use crate::engine::order::Edges;

#[derive(Clone, Debug, Default)]
pub(crate) struct Mutex {
    holder: Option<TaskId>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Takes it, once it is free.
    Lock,
    /// Takes it if it is free.
    TryLock,
    Unlock,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    Acquire,
    Release,
    /// Found it taken.
    Fail,
}

/// What its holders hand on.
const HELD: u64 = 0;

const FREE: View = View(0);
const TAKEN: View = View(1);

impl Primitive for Mutex {
    type Action = Action;
    type Access = Access;

    fn name(action: Action) -> &'static str {
        match action {
            Action::Lock => "lock",
            Action::TryLock => "try_lock",
            Action::Unlock => "unlock",
        }
    }

    fn view(&self) -> View {
        if self.holder.is_none() { FREE } else { TAKEN }
    }

    fn waiting(action: Action) -> Waiting {
        if action == Action::Lock { Waiting::Queue(0) } else { Waiting::Never }
    }

    fn enables(&self, action: Action, view: View) -> bool {
        action != Action::Lock || view == FREE
    }

    fn access(&self, action: Action, view: View) -> Access {
        match action {
            Action::Lock => Access::Acquire,
            Action::TryLock if view == FREE => Access::Acquire,
            Action::TryLock => Access::Fail,
            Action::Unlock => Access::Release,
        }
    }

    fn commute(one: Access, other: Access) -> bool {
        (one, other) == (Access::Fail, Access::Fail)
    }

    fn is_read(access: Access) -> bool {
        access == Access::Fail
    }

    fn lane(access: Access) -> usize {
        usize::from(access == Access::Fail)
    }

    fn is_ordered(lane: usize) -> bool {
        lane == 0
    }

    fn meets(access: Access, lane: usize) -> bool {
        access != Access::Fail || lane == 0
    }

    fn covers(earlier: Access, _: Access) -> bool {
        earlier != Access::Fail
    }

    fn is_effective(_: Access) -> bool {
        false
    }

    fn synchronize(&self, _: Action, access: Access, edges: &mut Edges<'_>) {
        match access {
            Access::Acquire => edges.acquire(HELD),
            Access::Release => edges.release(HELD),
            Access::Fail => {}
        }
    }

    fn apply(&mut self, action: Action, by: By, _: &mut Vec<TaskId>) -> Reply {
        match action {
            Action::TryLock if self.holder.is_some() => return Reply::WouldBlock,
            Action::Lock | Action::TryLock => self.holder = Some(by.task),
            Action::Unlock => self.holder = None,
        }
        Reply::Done
    }

    fn holders(&self) -> Vec<TaskId> {
        self.holder.into_iter().collect()
    }
}
