//! Plain memory, whose accesses must not race: two of different tasks, one of them a write, that nothing orders.
//! An access is no operation of a task's, since where none races it does not matter when it is done; it is only
//! looked at whether it races.

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
}

/// A task's access of plain memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct PlainAccess {
    pub(crate) task: TaskId,
    /// Of the task's own.
    time: u32,
    pub(crate) is_write: bool,
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
        PlainAccess { task, time: order.now(task), is_write, place }
    }
}

impl Cell {
    /// Adds an access that is made now, and says which earlier one it races with.
    pub(in crate::engine) fn access(&mut self, order: &Order, access: PlainAccess) -> Option<PlainAccess> {
        let races = |earlier: &&PlainAccess| {
            earlier.task != access.task
                && (earlier.is_write || access.is_write)
                && !order.has_seen(access.task, earlier.task, earlier.time)
        };
        if let Some(earlier) = self.written.iter().chain(&self.read).find(races) {
            return Some(*earlier);
        }
        if access.is_write {
            self.read.clear();
            self.written = Some(access);
        } else if let Some(own) = self.read.iter_mut().find(|earlier| earlier.task == access.task) {
            *own = access;
        } else {
            self.read.push(access);
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
