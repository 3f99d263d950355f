//! Calls of an object under check, and returns: of a history it matters only which operations had returned
//! before another was called.

use super::{By, Primitive, Reply, View};
use crate::engine::TaskId;

#[derive(Clone, Debug, Default)]
pub(crate) struct History;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Call,
    Return,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    Call,
    Return,
}

impl Primitive for History {
    type Action = Action;
    type Access = Access;

    fn name(action: Action) -> &'static str {
        match action {
            Action::Call => "call",
            Action::Return => "return",
        }
    }

    fn view(&self) -> View {
        View(0)
    }

    fn access(&self, action: Action, _: View) -> Access {
        match action {
            Action::Call => Access::Call,
            Action::Return => Access::Return,
        }
    }

    fn commute(one: Access, other: Access) -> bool {
        one == other
    }

    fn is_read(_: Access) -> bool {
        false
    }

    fn lane(access: Access) -> usize {
        usize::from(access == Access::Return)
    }

    fn is_ordered(_: usize) -> bool {
        false
    }

    fn meets(access: Access, lane: usize) -> bool {
        lane != History::lane(access)
    }

    fn covers(_: Access, _: Access) -> bool {
        false
    }

    fn apply(&mut self, _: Action, _: By, _: &mut Vec<TaskId>) -> Reply {
        Reply::Done
    }
}
