//! An atomic. Its value lives here, as bits, and what a load reads is `memory`'s to say.

use super::{By, Primitive, Reply, View};
use crate::engine::TaskId;
use crate::engine::memory::Place;
use crate::engine::order::Edges;
use std::sync::atomic::Ordering;

#[derive(Clone, Debug)]
pub(crate) struct Atomic {
    pub(in crate::engine) place: Place,
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

/// What its value hands on.
const VALUE: u64 = 0;

impl Atomic {
    pub(crate) fn new(value: u64) -> Self {
        Atomic { place: Place::new(value) }
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
        match action {
            Action::Load(_) => Access::Read,
            Action::Exchange { expected, .. } if expected != value => Access::Read,
            Action::Store(_) | Action::Update(..) | Action::Exchange { .. } => Access::Write,
        }
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
