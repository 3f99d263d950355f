//! Plain memory, whose accesses must not race: two of different tasks, one of them a write, that nothing orders.
//! An access is no operation of a task's, since where none races it does not matter when it is done; it is only
//! looked at whether it races. An atomic has such memory, too, which is accessed as the atomic is: those accesses do not
//! race with each other, but with plain ones.

use super::{By, Primitive, Reply, View};
use crate::engine::TaskId;
use crate::engine::order::Order;
use std::convert::Infallible;
use std::panic::Location;

#[derive(Clone, Debug, Default)]
pub(crate) struct Cell {
    /// The last write, with which all later accesses are ordered.
    written: Option<PlainAccess>,
    /// Reads since then, the last of each task.
    read: Vec<PlainAccess>,
    /// Accesses of the atomic since then, the last read and the last write of each task.
    atomic: Vec<PlainAccess>,
}

/// Which part of an access something is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum AccessPart {
    /// All of it: the memory is made.
    Making,
    Beginning,
    Ending,
}

/// A task's access of plain memory, or of an atomic as such.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlainAccess {
    pub(crate) task: TaskId,
    /// Of the task's own.
    time: u32,
    pub(crate) is_write: bool,
    is_atomic: bool,
    pub(crate) place: &'static Location<'static>,
}

impl PlainAccess {
    /// An access that the task makes now.
    pub(in crate::engine) fn now(
        order: &Order,
        task: TaskId,
        is_write: bool,
        place: &'static Location<'static>,
    ) -> Self {
        PlainAccess { task, time: order.now(task), is_write, is_atomic: false, place }
    }

    /// The same, as the end of an access that began earlier: it was over before the task last handed anything on, as far
    /// as anybody can tell. (A guard gives its lock back, and is still there.)
    pub(in crate::engine) fn ended(self) -> Self {
        PlainAccess { time: self.time.saturating_sub(1), ..self }
    }

    /// The same, as an access of an atomic, which writes or reads.
    pub(in crate::engine) fn of_atomic(self, is_write: bool) -> Self {
        PlainAccess { is_atomic: true, is_write, ..self }
    }
}

impl Cell {
    /// Adds an access that is made now, and says which earlier one it races with. (An atomic one may have been made a
    /// moment ago, so that what it has released comes after it, and what it has acquired before.)
    pub(in crate::engine) fn access(
        &mut self,
        order: &Order,
        mut access: PlainAccess,
    ) -> Option<PlainAccess> {
        let races = |earlier: &&PlainAccess| {
            earlier.task != access.task
                && (earlier.is_write || access.is_write)
                && !(earlier.is_atomic && access.is_atomic)
                && !order.has_seen(access.task, earlier.task, earlier.time)
        };
        if let Some(earlier) = self.written.iter().chain(&self.read).chain(&self.atomic).find(races) {
            return Some(*earlier);
        }
        let own =
            self.written.iter().chain(&self.read).chain(&self.atomic).filter(|own| own.task == access.task);
        // What has ended is not earlier than what it was the end of.
        access.time = own.map(|own| own.time).fold(access.time, u32::max);
        if access.is_write && !access.is_atomic {
            self.read.clear();
            self.atomic.clear();
            self.written = Some(access);
            return None;
        }
        let known = if access.is_atomic { &mut self.atomic } else { &mut self.read };
        let is_same =
            |earlier: &&mut PlainAccess| (earlier.task, earlier.is_write) == (access.task, access.is_write);
        match known.iter_mut().find(is_same) {
            Some(own) => *own = access,
            None => known.push(access),
        }
        None
    }
}

/// There is no such thing.
pub(crate) type Action = Infallible;
/// There is no such thing.
pub(crate) type Access = Infallible;

/// Nobody waits for plain memory.
impl Primitive for Cell {
    type Action = Infallible;
    type Access = Infallible;

    fn name(action: Infallible) -> &'static str {
        match action {}
    }

    fn view(&self) -> View {
        View(0)
    }

    fn access(&self, action: Infallible, _: View) -> Infallible {
        action
    }

    fn commute(one: Infallible, _: Infallible) -> bool {
        match one {}
    }

    fn is_read(access: Infallible) -> bool {
        match access {}
    }

    fn covers(earlier: Infallible, _: Infallible) -> bool {
        match earlier {}
    }

    fn apply(&mut self, action: Infallible, _: By, _: &mut Vec<TaskId>) -> Reply {
        match action {}
    }
}
