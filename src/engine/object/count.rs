//! How many own something: a count that is looked at, or whose last owner does something by letting go.
//!
//! Owners come without notice of each other. Those that go do notice each other, all of them: which of them is the last
//! is decided by their order, and a search that puts one aside as one that is not the last would overlook that it may
//! have become the last meanwhile.

use super::{By, Primitive, Reply, View};
use crate::engine::TaskId;
use crate::engine::order::Edges;

#[derive(Clone, Debug, Default)]
pub(crate) struct Count {
    /// Those that keep the value alive.
    owners: u64,
    /// Those that only know where it is.
    observers: u64,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// One owner more.
    Clone,
    /// One owner less.
    Drop,
    /// One observer more, by an owner or an observer.
    Downgrade,
    /// One observer less.
    DropWeak,
    /// An observer becomes an owner, if there is one still.
    Upgrade,
    /// Takes the value out if there is no other owner.
    TryUnwrap,
    /// Lends the value out if there is no other owner and no observer.
    GetMut,
    /// Looks how many there are.
    Count,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    /// An owner comes that others have let in: there are more than before.
    Add,
    /// An owner goes, not the last.
    Sub,
    /// An observer comes or goes.
    Observe,
    /// An observer became an owner.
    Revive,
    /// The last owner goes.
    Last,
    /// Looked, and left all as it was.
    Read,
}

/// What owners that go hand on to the last.
const VALUE: u64 = 0;

/// The view has the owners in its lower half, and the observers in its upper.
const HALF: u32 = 32;

fn owners(View(view): View) -> u64 {
    view & ((1 << HALF) - 1)
}

impl Count {
    /// With one owner.
    pub(crate) fn new() -> Self {
        Count { owners: 1, observers: 0 }
    }
}

impl Primitive for Count {
    type Action = Action;
    type Access = Access;

    fn name(action: Action) -> &'static str {
        match action {
            Action::Clone => "clone",
            Action::Drop => "drop",
            Action::Downgrade => "downgrade",
            Action::DropWeak => "drop weak",
            Action::Upgrade => "upgrade",
            Action::TryUnwrap => "try_unwrap",
            Action::GetMut => "get_mut",
            Action::Count => "count",
        }
    }

    fn view(&self) -> View {
        View(self.observers << HALF | self.owners)
    }

    fn access(&self, action: Action, view: View) -> Access {
        match action {
            Action::Clone => Access::Add,
            Action::Drop | Action::TryUnwrap if owners(view) == 1 => Access::Last,
            Action::Drop => Access::Sub,
            Action::Downgrade | Action::DropWeak => Access::Observe,
            Action::Upgrade if owners(view) > 0 => Access::Revive,
            Action::Upgrade | Action::TryUnwrap | Action::GetMut | Action::Count => Access::Read,
        }
    }

    fn after(&self, view: View, access: Access) -> View {
        let View(all) = view;
        match access {
            Access::Add | Access::Revive => View(all + 1),
            Access::Sub => View(all.saturating_sub(1)),
            // Whether it came or went does not matter to who does not look.
            Access::Observe | Access::Last | Access::Read => view,
        }
    }

    fn commute(one: Access, other: Access) -> bool {
        use Access::{Add, Last, Observe, Read, Revive, Sub};
        match (one, other) {
            (Read, Read) => true,
            (Read, _) | (_, Read) => false,
            (Last | Sub, Last | Sub) | (Last, Add) | (Add, Last) => false,
            // Without the new owner, the one that goes would have been the last.
            (Revive, Last | Sub) | (Last | Sub, Revive) => false,
            (Last, Observe) | (Observe | Add | Sub | Revive, _) => true,
        }
    }

    fn is_read(access: Access) -> bool {
        access == Access::Read
    }

    fn lane(access: Access) -> usize {
        match access {
            Access::Last | Access::Sub => 0,
            Access::Add => 1,
            Access::Revive => 2,
            Access::Observe => 3,
            Access::Read => 4,
        }
    }

    fn is_ordered(lane: usize) -> bool {
        lane == 0
    }

    fn meets(access: Access, lane: usize) -> bool {
        match access {
            Access::Last => lane != 3,
            Access::Sub => lane != 1 && lane != 3,
            Access::Add | Access::Revive => lane == 0 || lane == 4,
            Access::Observe => lane == 4,
            Access::Read => lane != 4,
        }
    }

    fn covers(earlier: Access, later: Access) -> bool {
        matches!(earlier, Access::Last | Access::Sub) && matches!(later, Access::Sub | Access::Revive)
    }

    fn is_effective(access: Access) -> bool {
        access != Access::Read
    }

    fn synchronize(&self, action: Action, access: Access, edges: &mut Edges<'_>) {
        match (action, access) {
            (_, Access::Sub) => edges.release(VALUE),
            (_, Access::Last) => {
                edges.release(VALUE);
                edges.acquire(VALUE);
            }
            (Action::Upgrade, Access::Revive) => edges.acquire(VALUE),
            (Action::GetMut, _) if self.owners == 1 && self.observers == 0 => edges.acquire(VALUE),
            _ => {}
        }
    }

    fn apply(&mut self, action: Action, _: By, _: &mut Vec<TaskId>) -> Reply {
        let alone = self.owners == 1;
        match action {
            Action::Clone => self.owners += 1,
            Action::Drop => self.owners = self.owners.saturating_sub(1),
            Action::TryUnwrap if alone => self.owners = 0,
            Action::Upgrade if self.owners > 0 => self.owners += 1,
            Action::GetMut if alone && self.observers == 0 => {}
            Action::Downgrade => self.observers += 1,
            Action::DropWeak => self.observers = self.observers.saturating_sub(1),
            Action::Upgrade | Action::TryUnwrap | Action::GetMut => return Reply::WouldBlock,
            Action::Count => {}
        }
        Reply::Done
    }
}
