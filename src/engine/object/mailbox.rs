//! A mailbox: letters are put in one behind the other, and who owns it takes all that are there.

use super::{By, Causes, Choices, Primitive, Reply, View, Waiting};
use crate::engine::TaskId;
use crate::engine::order::Edges;

#[derive(Clone, Debug, Default)]
pub(crate) struct Mailbox {
    /// The event that put in the first letter that is there.
    filled_by: Option<usize>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// Puts a letter in.
    Put,
    /// Takes all letters, once there is one.
    Take,
    /// Takes all letters, if there are any.
    TryTake,
    /// Takes all letters; while there are none, one of so many times that its owner waits for may be up, whose number
    /// from 1 is the choice. In all it waits for `set`: a loop that waits for less and less comes to an end.
    Await { times: u32, set: u32 },
    /// As `Await`, but none of the times is up before nobody can do anything.
    AwaitLate { times: u32, set: u32 },
    /// What that becomes then.
    BeUp { times: u32, set: u32 },
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    Change,
    /// Found it empty.
    InVain,
}

/// What who puts a letter in hands on.
const LETTERS: u64 = 0;

const EMPTY: View = View(0);
const FILLED: View = View(1);

impl Primitive for Mailbox {
    type Action = Action;
    type Access = Access;

    fn name(action: Action) -> &'static str {
        match action {
            Action::Put => "put",
            Action::Take => "take",
            Action::TryTake => "try_take",
            Action::Await { .. } | Action::AwaitLate { .. } => "await",
            Action::BeUp { .. } => "be up",
        }
    }

    fn view(&self) -> View {
        self.filled_by.map_or(EMPTY, |_| FILLED)
    }

    fn waiting(action: Action) -> Waiting {
        if waits(action) { Waiting::Queue(0) } else { Waiting::Never }
    }

    fn enables(&self, action: Action, view: View) -> bool {
        !waits(action) || view == FILLED
    }

    fn access(&self, action: Action, view: View) -> Access {
        match action {
            Action::Put | Action::Take => Access::Change,
            _ if view == EMPTY => Access::InVain,
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
        if waits(action) {
            causes.enabling.extend(self.filled_by);
        }
    }

    fn synchronize(&self, action: Action, access: Access, edges: &mut Edges<'_>) {
        match (action, access) {
            (_, Access::InVain) => {}
            (Action::Put, Access::Change) => edges.release(LETTERS),
            (_, Access::Change) => edges.acquire(LETTERS),
        }
    }

    fn choices(&self, action: Action) -> Choices<'_> {
        match action {
            Action::Await { times, .. } | Action::AwaitLate { times, .. } | Action::BeUp { times, .. }
                if self.filled_by.is_none() =>
            {
                Choices::Numbered { first: 1, count: times }
            }
            _ => Choices::ONE,
        }
    }

    fn may_choose(action: Action) -> bool {
        matches!(action, Action::Await { .. } | Action::AwaitLate { .. } | Action::BeUp { .. })
    }

    fn timed_out(action: Action) -> Option<Action> {
        match action {
            Action::AwaitLate { times, set } => Some(Action::BeUp { times, set }),
            _ => None,
        }
    }

    fn is_timed_out(action: Action) -> bool {
        matches!(action, Action::BeUp { .. })
    }

    fn apply(&mut self, action: Action, by: By, _: &mut Vec<TaskId>) -> Reply {
        match action {
            Action::Put => {
                self.filled_by.get_or_insert(by.position);
            }
            Action::Take => self.filled_by = None,
            _ if self.filled_by.is_none() => return Reply::WouldBlock,
            _ => self.filled_by = None,
        }
        Reply::Done
    }
}

/// Whether it waits until there is a letter.
fn waits(action: Action) -> bool {
    matches!(action, Action::Take | Action::AwaitLate { .. })
}
