//! What a parked task waits for: its token, which is there or not.

use super::{By, Causes, Primitive, Reply, View, Waiting};
use crate::engine::TaskId;
use crate::engine::order::Edges;

#[derive(Clone, Debug, Default)]
pub(crate) struct Token {
    /// The event that brought it, if it is there.
    set_by: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Takes it, once it is there.
    Park,
    /// Takes it if it is there.
    TryPark,
    /// Makes it be there.
    Unpark,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    Change,
    /// Found it as it was to be left.
    InVain,
}

/// What who brings the token hands on.
const TOKEN: u64 = 0;

const ABSENT: View = View(0);
const THERE: View = View(1);

impl Primitive for Token {
    type Action = Action;
    type Access = Access;

    fn name(action: Action) -> &'static str {
        match action {
            Action::Park => "park",
            Action::TryPark => "park_timeout",
            Action::Unpark => "unpark",
        }
    }

    fn view(&self) -> View {
        self.set_by.map_or(ABSENT, |_| THERE)
    }

    fn waiting(action: Action) -> Waiting {
        if action == Action::Park { Waiting::Queue(0) } else { Waiting::Never }
    }

    fn enables(&self, action: Action, view: View) -> bool {
        action != Action::Park || view == THERE
    }

    fn access(&self, action: Action, view: View) -> Access {
        match action {
            Action::TryPark if view == ABSENT => Access::InVain,
            Action::Unpark if view == THERE => Access::InVain,
            _ => Access::Change,
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

    fn causes(&self, action: Action, causes: &mut Causes) {
        if action == Action::Park {
            causes.enabling.extend(self.set_by);
        }
    }

    fn timed_out(action: Action) -> Option<Action> {
        (action == Action::Park).then_some(Action::TryPark)
    }

    fn is_timed_out(action: Action) -> bool {
        action == Action::TryPark
    }

    fn synchronize(&self, action: Action, access: Access, edges: &mut Edges<'_>) {
        match action {
            Action::Unpark => edges.release(TOKEN),
            Action::Park => edges.acquire(TOKEN),
            Action::TryPark if access == Access::Change => edges.acquire(TOKEN),
            Action::TryPark => {}
        }
    }

    fn apply(&mut self, action: Action, by: By, _: &mut Vec<TaskId>) -> Reply {
        match action {
            Action::TryPark if self.set_by.is_none() => return Reply::WouldBlock,
            Action::Park | Action::TryPark => self.set_by = None,
            Action::Unpark => {
                self.set_by.get_or_insert(by.position);
            }
        }
        Reply::Done
    }
}
