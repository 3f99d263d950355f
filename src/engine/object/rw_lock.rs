//! A reader-writer lock: many readers or one writer.

use super::{By, Primitive, Reply, View, Waiting};
use crate::engine::TaskId;
use crate::engine::order::Edges;
use crate::engine::task_set::TaskSet;

#[derive(Clone, Debug, Default)]
pub(crate) struct RwLock {
    writer: Option<TaskId>,
    readers: TaskSet,
    /// Those of readers that have it more than once.
    again: Vec<TaskId>,
    reader_count: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Takes it with other readers, once nobody writes.
    Read,
    /// Takes it to read if nobody writes.
    TryRead,
    ReadUnlock,
    /// Takes it alone, once nobody reads or writes.
    Write,
    /// Takes it alone if nobody reads or writes.
    TryWrite,
    WriteUnlock,
    /// Shares what the task had alone.
    Downgrade,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    Acquire,
    Release,
    /// As a reader.
    AcquireShared,
    ReleaseShared,
    /// Lets other readers in, and stays as one of them.
    Share,
    /// Found it taken.
    Fail,
}

const WRITER: View = View(u64::MAX);
const FREE: View = View(0);

/// What writers hand on: to all.
const WRITTEN: u64 = 0;
/// What readers hand on: to writers.
const READ: u64 = 1;

impl RwLock {
    fn enter(&mut self, task: TaskId) {
        if self.readers.contains(task) {
            self.again.push(task);
        }
        self.readers.insert(task);
        self.reader_count += 1;
    }

    fn leave(&mut self, task: TaskId) {
        self.reader_count -= 1;
        if let Some(at) = self.again.iter().position(|&reader| reader == task) {
            self.again.swap_remove(at);
        } else if !self.readers.remove(task)
            // A guard that another task drops gives back that reader's share, whoever it is.
            && self.again.pop().is_none()
            && let Some(reader) = self.readers.nth(0)
        {
            self.readers.remove(reader);
        }
    }
}

impl Primitive for RwLock {
    type Action = Action;
    type Access = Access;

    fn name(action: Action) -> &'static str {
        match action {
            Action::Read => "read",
            Action::TryRead => "try_read",
            Action::Write => "write",
            Action::TryWrite => "try_write",
            Action::ReadUnlock | Action::WriteUnlock => "unlock",
            Action::Downgrade => "downgrade",
        }
    }

    /// How many readers there are; or that somebody writes.
    fn view(&self) -> View {
        self.writer.map_or(View(self.reader_count), |_| WRITER)
    }

    fn waiting(action: Action) -> Waiting {
        match action {
            Action::Read => Waiting::Queue(0),
            Action::Write => Waiting::Queue(1),
            _ => Waiting::Never,
        }
    }

    fn enables(&self, action: Action, view: View) -> bool {
        match action {
            Action::Read => view != WRITER,
            Action::Write => view == FREE,
            _ => true,
        }
    }

    fn access(&self, action: Action, view: View) -> Access {
        match action {
            Action::Read => Access::AcquireShared,
            Action::TryRead if view != WRITER => Access::AcquireShared,
            Action::ReadUnlock => Access::ReleaseShared,
            Action::Write => Access::Acquire,
            Action::TryWrite if view == FREE => Access::Acquire,
            Action::WriteUnlock => Access::Release,
            Action::Downgrade => Access::Share,
            Action::TryRead | Action::TryWrite => Access::Fail,
        }
    }

    fn after(&self, View(readers): View, access: Access) -> View {
        match access {
            Access::AcquireShared => View(readers + 1),
            Access::ReleaseShared => View(readers.saturating_sub(1)),
            _ => View(readers),
        }
    }

    fn commute(one: Access, other: Access) -> bool {
        use Access::{AcquireShared, Fail, ReleaseShared};
        match (one, other) {
            (Fail, Fail) => true,
            // Readers do not notice each other.
            (AcquireShared | ReleaseShared, AcquireShared | ReleaseShared) => true,
            _ => false,
        }
    }

    fn is_read(access: Access) -> bool {
        access == Access::Fail
    }

    fn lane(access: Access) -> usize {
        match access {
            Access::Acquire | Access::Release | Access::Share => 0,
            Access::AcquireShared | Access::ReleaseShared => 1,
            Access::Fail => 2,
        }
    }

    fn is_ordered(lane: usize) -> bool {
        lane == 0
    }

    fn meets(access: Access, lane: usize) -> bool {
        lane == 0 || lane != RwLock::lane(access)
    }

    fn covers(earlier: Access, _: Access) -> bool {
        RwLock::lane(earlier) == 0
    }

    fn waits_for_all_of(action: Action, access: Access) -> bool {
        (action, access) == (Action::Write, Access::AcquireShared)
    }

    fn is_effective(_: Access) -> bool {
        false
    }

    fn synchronize(&self, _: Action, access: Access, edges: &mut Edges<'_>) {
        match access {
            Access::AcquireShared => edges.acquire(WRITTEN),
            Access::ReleaseShared => edges.release(READ),
            Access::Acquire => {
                edges.acquire(WRITTEN);
                edges.acquire(READ);
            }
            Access::Release | Access::Share => edges.release(WRITTEN),
            Access::Fail => {}
        }
    }

    fn apply(&mut self, action: Action, by: By, _: &mut Vec<TaskId>) -> Reply {
        match action {
            Action::TryRead if self.writer.is_some() => return Reply::WouldBlock,
            Action::Read | Action::TryRead => self.enter(by.task),
            Action::ReadUnlock => self.leave(by.task),
            Action::TryWrite if self.writer.is_some() || self.reader_count > 0 => {
                return Reply::WouldBlock;
            }
            Action::Write | Action::TryWrite => self.writer = Some(by.task),
            Action::WriteUnlock => self.writer = None,
            Action::Downgrade => {
                self.writer = None;
                self.enter(by.task);
            }
        }
        Reply::Done
    }

    fn holders(&self) -> Vec<TaskId> {
        self.writer.into_iter().chain(self.readers.iter()).collect()
    }
}
