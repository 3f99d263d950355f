//! Something of a library whose code runs between two scheduling points: of a call it is known what it is called,
//! and whether it leaves the callee as it was. What comes of it the library alone knows, so nothing here waits.

use super::{By, Primitive, Reply, View};
use crate::engine::TaskId;
use crate::engine::order::Edges;

#[derive(Clone, Debug)]
pub(crate) struct Callee {
    /// What it is to the user.
    pub(crate) what: &'static str,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Action {
    /// What the call is called. Two references, so that an action stays small.
    pub(crate) name: &'static &'static str,
    pub(crate) kind: Kind,
}

/// What is known of a call beforehand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Kind {
    /// It changes the callee for good.
    Change,
    /// It may come to nothing, or is undone later, as the taking of a lock is.
    Attempt,
    /// As [`Kind::Attempt`], of a future: who is told to wait is woken by the library.
    Poll,
    /// It leaves the callee as it was.
    Look,
    /// There is one more who has a part in the callee, or one less: seen by none who only looks.
    Count,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    Change,
    Attempt,
    Look,
    Count,
}

impl Access {
    /// Whether it is as good as a look to those who look.
    fn is_light(self) -> bool {
        matches!(self, Access::Look | Access::Count)
    }
}

/// What one call hands on to all that come after it.
const CALLS: u64 = 0;

impl Primitive for Callee {
    type Action = Action;
    type Access = Access;

    fn name(action: Action) -> &'static str {
        action.name
    }

    fn view(&self) -> View {
        View(0)
    }

    fn access(&self, action: Action, _: View) -> Access {
        match action.kind {
            Kind::Change => Access::Change,
            Kind::Attempt | Kind::Poll => Access::Attempt,
            Kind::Look => Access::Look,
            Kind::Count => Access::Count,
        }
    }

    fn commute(one: Access, other: Access) -> bool {
        one.is_light() && other.is_light()
    }

    fn is_read(access: Access) -> bool {
        access == Access::Look
    }

    fn lane(access: Access) -> usize {
        usize::from(access.is_light())
    }

    fn is_ordered(lane: usize) -> bool {
        lane == 0
    }

    fn meets(access: Access, lane: usize) -> bool {
        !access.is_light() || lane == 0
    }

    fn covers(earlier: Access, _: Access) -> bool {
        !earlier.is_light()
    }

    fn is_effective(access: Access) -> bool {
        access == Access::Change
    }

    fn synchronize(&self, _: Action, access: Access, edges: &mut Edges<'_>) {
        edges.acquire(CALLS);
        if !access.is_light() {
            edges.release(CALLS);
        }
    }

    fn apply(&mut self, _: Action, _: By, _: &mut Vec<TaskId>) -> Reply {
        Reply::Done
    }
}
