//! Plain memory: accesses that nothing orders, one of them a write, are in a data race.

use super::{By, Primitive, Reply, View};
use crate::engine::TaskId;

#[derive(Clone, Debug, Default)]
pub(crate) struct Cell;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Read,
    Write,
}

pub(crate) use super::atomic::Access;

impl Primitive for Cell {
    type Action = Action;
    type Access = Access;

    fn name(action: Action) -> &'static str {
        match action {
            Action::Read => "read",
            Action::Write => "write",
        }
    }

    fn view(&self) -> View {
        View(0)
    }

    fn access(&self, action: Action, _: View) -> Access {
        match action {
            Action::Read => Access::Read,
            Action::Write => Access::Write,
        }
    }

    fn commute(one: Access, other: Access) -> bool {
        super::atomic::Atomic::commute(one, other)
    }

    fn is_read(access: Access) -> bool {
        super::atomic::Atomic::is_read(access)
    }

    fn lane(access: Access) -> usize {
        super::atomic::Atomic::lane(access)
    }

    fn is_ordered(lane: usize) -> bool {
        super::atomic::Atomic::is_ordered(lane)
    }

    fn meets(access: Access, lane: usize) -> bool {
        super::atomic::Atomic::meets(access, lane)
    }

    fn covers(earlier: Access, later: Access) -> bool {
        super::atomic::Atomic::covers(earlier, later)
    }

    fn apply(&mut self, _: Action, _: By, _: &mut Vec<TaskId>) -> Reply {
        Reply::Done
    }
}
