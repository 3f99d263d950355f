//! An atomic. Its value lives here, as bits, and what a load reads is `memory`'s to say.

use super::{By, Cell, Primitive, Reply, View};
use crate::engine::memory::Place;
use crate::engine::order::Edges;
use crate::engine::{Kind, TaskId};
use std::sync::atomic::Ordering;

#[derive(Clone, Debug)]
pub(crate) struct Atomic {
    pub(in crate::engine) place: Place,
    /// Where it is: it may be accessed as what is no atomic, by who has it alone.
    pub(in crate::engine) plain: Cell,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    Load(Ordering),
    Store(Ordering),
    /// Reads and writes in one.
    Update(Update, Ordering),
    /// Writes if it holds `expected`.
    Exchange {
        expected: u64,
        success: Ordering,
        failure: Ordering,
    },
}

/// What an update makes of the value, by name: its caller computes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Update {
    Swap,
    Add,
    Sub,
    Max,
    Min,
    And,
    Nand,
    Or,
    Xor,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Access {
    /// A load, or an exchange that found something else.
    Read,
    Write,
}

/// A value from here on is an address or the like.
pub(in crate::engine) const ADDRESSES: u64 = 1 << 32;

/// What its value hands on.
const VALUE: u64 = 0;

impl Atomic {
    pub(crate) fn new(value: u64) -> Self {
        Atomic { place: Place::new(value), plain: Cell::default() }
    }
}

impl Action {
    /// Whether it reads what the atomic holds.
    pub(crate) fn reads(self) -> bool {
        !matches!(self, Action::Store(_))
    }

    /// Whether it writes if the atomic holds this, or would if it could read this.
    pub(crate) fn writes(self, value: u64) -> bool {
        match self {
            Action::Load(_) => false,
            Action::Store(_) | Action::Update(..) => true,
            Action::Exchange { expected, .. } => expected == value,
        }
    }

    /// Whether it goes by an address, or the like, whether it writes: which may be another in the next execution.
    pub(crate) fn goes_by_address(self) -> bool {
        matches!(self, Action::Exchange { expected, .. } if expected >= ADDRESSES)
    }

    /// Its ordering; of an exchange one of two, by whether it writes.
    pub(in crate::engine) fn ordering(self, writes: bool) -> Ordering {
        match self {
            Action::Load(ordering) | Action::Store(ordering) | Action::Update(_, ordering) => ordering,
            Action::Exchange { success, failure, .. } => match writes {
                true => success,
                false => failure,
            },
        }
    }

    /// The same with other orderings: what `instead` makes of each.
    pub(in crate::engine) fn with_orderings(self, instead: impl Fn(Kind, Ordering) -> Ordering) -> Self {
        match self {
            Action::Load(ordering) => Action::Load(instead(Kind::Load, ordering)),
            Action::Store(ordering) => Action::Store(instead(Kind::Store, ordering)),
            Action::Update(update, ordering) => Action::Update(update, instead(Kind::Update, ordering)),
            Action::Exchange { expected, success, failure } => Action::Exchange {
                expected,
                success: instead(Kind::Update, success),
                failure: instead(Kind::Load, failure),
            },
        }
    }

    /// Whether it leaves to the memory model what `SeqCst` would not.
    pub(in crate::engine) fn is_weak(self) -> bool {
        [true, false].iter().any(|&writes| self.ordering(writes) != Ordering::SeqCst)
    }
}

impl Primitive for Atomic {
    type Action = Action;
    type Access = Access;

    fn name(action: Action) -> &'static str {
        match action {
            Action::Load(_) => "load",
            Action::Store(_) => "store",
            Action::Update(update, _) => match update {
                Update::Swap => "swap",
                Update::Add => "fetch_add",
                Update::Sub => "fetch_sub",
                Update::Max => "fetch_max",
                Update::Min => "fetch_min",
                Update::And => "fetch_and",
                Update::Nand => "fetch_nand",
                Update::Or => "fetch_or",
                Update::Xor => "fetch_xor",
            },
            Action::Exchange { .. } => "compare_exchange",
        }
    }

    /// The value. It may be an address, which may be another in the next execution.
    fn view(&self) -> View {
        View(self.place.value())
    }

    fn access(&self, action: Action, View(value): View) -> Access {
        if action.writes(value) { Access::Write } else { Access::Read }
    }

    fn commute(one: Access, other: Access) -> bool {
        (one, other) == (Access::Read, Access::Read)
    }

    fn is_read(access: Access) -> bool {
        access == Access::Read
    }

    /// Reads apart, since there may be many between two writes.
    fn lane(access: Access) -> usize {
        usize::from(access == Access::Read)
    }

    fn is_ordered(lane: usize) -> bool {
        lane == 0
    }

    fn meets(access: Access, lane: usize) -> bool {
        access == Access::Write || lane == 0
    }

    fn covers(earlier: Access, _: Access) -> bool {
        earlier == Access::Write
    }

    fn synchronize(&self, action: Action, access: Access, edges: &mut Edges<'_>) {
        match (action, access) {
            (Action::Load(order), _) => edges.load(VALUE, order),
            (Action::Store(order), _) => edges.store(VALUE, order),
            (Action::Update(_, order), _) => edges.update(VALUE, order),
            (Action::Exchange { success, .. }, Access::Write) => edges.update(VALUE, success),
            (Action::Exchange { failure, .. }, Access::Read) => edges.load(VALUE, failure),
        }
    }

    /// The value is changed by `World::perform`, which has been told what to.
    fn apply(&mut self, _: Action, _: By, _: &mut Vec<TaskId>) -> Reply {
        Reply::Done
    }
}
