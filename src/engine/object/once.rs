//! One-time initialization: nothing was done yet, somebody is at it, it failed, or it is done for good.

use super::{By, Causes, Primitive, Reply, View, Waiting};
use crate::engine::TaskId;
use crate::engine::order::Edges;

#[derive(Clone, Debug, Default)]
pub(crate) struct Once {
    progress: Progress,
    /// The event that ended the last attempt.
    ended_by: Option<usize>,
}

#[derive(Clone, Copy, Debug, Default)]
enum Progress {
    #[default]
    Unset,
    /// By this task.
    Running(TaskId),
    /// The last attempt panicked.
    Poisoned,
    Complete,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Waits for the attempt that somebody is at, and begins another, if it is not done; after one that has panicked only if
    /// that is `forced`.
    Call { forced: bool },
    /// Ends the task's attempt: it is done.
    Complete,
    /// Ends it: it panicked.
    Poison,
    /// Looks whether it is done.
    IsCompleted,
    /// Waits until it is done, or an attempt has panicked.
    Wait,
    /// Waits until it is done.
    WaitForce,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    Begin,
    End,
    /// Found how an attempt ended, and that nobody is at another.
    Find,
    /// Found that it is not done, be somebody at it or not.
    Miss,
}

/// What attempts hand on, to all who see that they ended.
const ENDED: u64 = 0;

const UNSET: View = View(0);
const RUNNING: View = View(1);
const POISONED: View = View(2);
const COMPLETE: View = View(3);

const ATTEMPTS: usize = 0;
const FOUND: usize = 1;
const MISSED: usize = 2;

impl Primitive for Once {
    type Action = Action;
    type Access = Access;

    fn name(action: Action) -> &'static str {
        match action {
            Action::Call { .. } => "call_once",
            Action::Complete => "complete",
            Action::Poison => "poison",
            Action::IsCompleted => "is_completed",
            Action::Wait => "wait",
            Action::WaitForce => "wait_force",
        }
    }

    fn view(&self) -> View {
        match self.progress {
            Progress::Unset => UNSET,
            Progress::Running(_) => RUNNING,
            Progress::Poisoned => POISONED,
            Progress::Complete => COMPLETE,
        }
    }

    fn waiting(action: Action) -> Waiting {
        match action {
            Action::Call { .. } => Waiting::Queue(0),
            Action::Wait => Waiting::Queue(1),
            Action::WaitForce => Waiting::Queue(2),
            Action::Complete | Action::Poison | Action::IsCompleted => Waiting::Never,
        }
    }

    fn enables(&self, action: Action, view: View) -> bool {
        match action {
            Action::Call { .. } => view != RUNNING,
            Action::Wait => view == COMPLETE || view == POISONED,
            Action::WaitForce => view == COMPLETE,
            Action::Complete | Action::Poison | Action::IsCompleted => true,
        }
    }

    fn access(&self, action: Action, view: View) -> Access {
        match action {
            Action::Call { forced } if view == UNSET || forced && view != COMPLETE => Access::Begin,
            Action::Complete | Action::Poison => Access::End,
            Action::IsCompleted if view != COMPLETE => Access::Miss,
            Action::Call { .. } | Action::IsCompleted | Action::Wait | Action::WaitForce => Access::Find,
        }
    }

    fn after(&self, view: View, access: Access) -> View {
        if access == Access::Begin { RUNNING } else { view }
    }

    fn commute(one: Access, other: Access) -> bool {
        use Access::{Begin, Find, Miss};
        matches!((one, other), (Find | Miss, Find | Miss) | (Begin, Miss) | (Miss, Begin))
    }

    fn is_read(access: Access) -> bool {
        matches!(access, Access::Find | Access::Miss)
    }

    fn lane(access: Access) -> usize {
        match access {
            Access::Begin | Access::End => ATTEMPTS,
            Access::Find => FOUND,
            Access::Miss => MISSED,
        }
    }

    fn is_ordered(lane: usize) -> bool {
        lane == ATTEMPTS
    }

    fn meets(access: Access, lane: usize) -> bool {
        match access {
            Access::Begin => lane != MISSED,
            Access::End => true,
            Access::Find | Access::Miss => lane == ATTEMPTS,
        }
    }

    fn covers(earlier: Access, later: Access) -> bool {
        match earlier {
            Access::End => true,
            // Who missed it before notices the end, but not the beginning.
            Access::Begin => later != Access::End,
            Access::Find | Access::Miss => false,
        }
    }

    fn causes(&self, action: Action, causes: &mut Causes) {
        if Once::waiting(action) != Waiting::Never {
            causes.enabling.extend(self.ended_by);
        }
    }

    fn is_effective(access: Access) -> bool {
        access == Access::End
    }

    fn synchronize(&self, action: Action, _: Access, edges: &mut Edges<'_>) {
        match action {
            Action::Complete | Action::Poison => edges.release(ENDED),
            Action::Call { .. } | Action::IsCompleted | Action::Wait | Action::WaitForce => {
                edges.acquire(ENDED);
            }
        }
    }

    fn apply(&mut self, action: Action, by: By, _: &mut Vec<TaskId>) -> Reply {
        let reply = match self.progress {
            Progress::Complete => Reply::Done,
            // Who only looks does not notice whether somebody tries again.
            Progress::Poisoned if action != Action::IsCompleted => Reply::Poisoned,
            _ => Reply::Unset,
        };
        let progress = match action {
            Action::Call { forced } if reply == Reply::Unset || forced && reply == Reply::Poisoned => {
                Progress::Running(by.task)
            }
            Action::Complete => Progress::Complete,
            Action::Poison => Progress::Poisoned,
            Action::Call { .. } | Action::IsCompleted | Action::Wait | Action::WaitForce => return reply,
        };
        self.progress = progress;
        if matches!(action, Action::Complete | Action::Poison) {
            self.ended_by = Some(by.position);
            return Reply::Done;
        }
        reply
    }

    fn holders(&self) -> Vec<TaskId> {
        match self.progress {
            Progress::Running(task) => vec![task],
            _ => Vec::new(),
        }
    }
}
