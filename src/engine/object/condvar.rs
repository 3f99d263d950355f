//! A condition to wait for. Waiting is two events, this and giving the mutex back, and then a lock.

use super::{By, Choices, Primitive, Reply, View};
use crate::engine::TaskId;
use crate::engine::task_set::TaskSet;

#[derive(Clone, Debug, Default)]
pub(crate) struct Condvar {
    waiters: TaskSet,
    count: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Begins to wait.
    Wait,
    /// Wakes one of those who wait; any.
    NotifyOne,
    /// Wakes all who wait.
    NotifyAll,
    /// Waits no longer.
    GiveUp,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    Change,
    /// Found nobody to wake.
    InVain,
}

impl Primitive for Condvar {
    type Action = Action;
    type Access = Access;

    fn name(action: Action) -> &'static str {
        match action {
            Action::Wait => "wait",
            Action::NotifyOne => "notify_one",
            Action::NotifyAll => "notify_all",
            Action::GiveUp => "give up waiting",
        }
    }

    /// How many wait.
    fn view(&self) -> View {
        View(self.count)
    }

    fn access(&self, action: Action, View(waiters): View) -> Access {
        if matches!(action, Action::Wait | Action::GiveUp) || waiters > 0 {
            Access::Change
        } else {
            Access::InVain
        }
    }

    fn commute(one: Access, other: Access) -> bool {
        (one, other) == (Access::InVain, Access::InVain)
    }

    fn is_read(access: Access) -> bool {
        access == Access::InVain
    }

    fn lane(access: Access) -> usize {
        usize::from(access == Access::InVain)
    }

    fn is_ordered(lane: usize) -> bool {
        lane == 0
    }

    fn meets(access: Access, lane: usize) -> bool {
        access == Access::Change || lane == 0
    }

    fn covers(earlier: Access, _: Access) -> bool {
        earlier == Access::Change
    }

    fn choices(&self, action: Action) -> Choices<'_> {
        match action {
            Action::NotifyOne if self.count > 0 => Choices::Tasks(&self.waiters),
            _ => Choices::ONE,
        }
    }

    fn chooses_tasks(action: Action) -> bool {
        action == Action::NotifyOne
    }

    fn is_timed_out(action: Action) -> bool {
        action == Action::GiveUp
    }

    fn apply(&mut self, action: Action, by: By, woken: &mut Vec<TaskId>) -> Reply {
        match action {
            Action::Wait => {
                self.waiters.insert(by.task);
                self.count += 1;
            }
            Action::NotifyOne => {
                let waiter = TaskId::new(by.choice as usize);
                if self.count > 0 && self.waiters.remove(waiter) {
                    woken.push(waiter);
                    self.count -= 1;
                }
            }
            Action::GiveUp => {
                if self.waiters.remove(by.task) {
                    self.count -= 1;
                }
            }
            Action::NotifyAll => {
                woken.extend(self.waiters.iter());
                self.waiters.clear();
                self.count = 0;
            }
        }
        Reply::Done
    }
}
