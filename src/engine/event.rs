//! Operations that tasks announce, and the events that they become; which events depend on each other.

use super::object::View;
#[cfg(test)]
use super::object::{AtomicAction, State};
use super::{Access, Action, ObjectId, TaskId};
use crate::schedule::fnv1a;
use std::panic::Location;
#[cfg(test)]
use std::sync::atomic::Ordering;

/// What a task is about to do to an object.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Operation {
    pub(crate) object: ObjectId,
    pub(crate) action: Action,
    /// Where the program asks for it.
    pub(crate) place: &'static Location<'static>,
}

/// The one choice where there is nothing to choose.
pub(crate) const ONLY_CHOICE: u32 = 0;
/// Any of the choices that there are when its time comes.
pub(crate) const ANY_CHOICE: u32 = u32::MAX;

/// A wait ended since its time was up and nobody else could do anything. Where there are several times, it is the first.
pub(crate) const TIME_UP: u32 = 1;

/// An operation that was executed. Not every field is the same in equivalent executions: see each.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Event {
    pub(crate) task: TaskId,
    /// Which event of its task this is, from 1.
    pub(crate) index: u32,
    pub(crate) operation: Operation,
    pub(crate) access: Access,
    /// What was chosen, where there was a choice: whom a notification woke, by its number.
    pub(crate) choice: u32,
    /// The object right before it. An atomic may hold an address, which may be another in the next execution.
    pub(crate) view: View,
    /// The objects of which some change let the task go on that had polled, besides the operation's own.
    pub(crate) watched: Watched,
}

/// A set of objects, a bit for those whose numbers are alike: it has what it should, and may have more.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Watched(u64);

impl Watched {
    pub(super) fn add(&mut self, object: ObjectId) {
        self.0 |= 1 << (object.index() % 64);
    }

    /// What cannot be told from any other.
    pub(crate) fn or_any(self) -> Self {
        if self.0 == 0 { self } else { Watched(u64::MAX) }
    }

    fn has(self, object: ObjectId) -> bool {
        self.0 >> (object.index() % 64) & 1 == 1
    }
}

impl Event {
    /// Whether its task had to wait, and its time was up.
    #[inline]
    pub(crate) fn is_time_up(&self) -> bool {
        (TIME_UP..ANY_CHOICE).contains(&self.choice) && self.operation.action.is_timed_out()
    }

    /// A task's first event, by its number: a store to the object of that number.
    #[cfg(test)]
    pub(crate) fn store(task: usize, object: usize) -> Self {
        let (state, action) = (State::atomic(0), Action::Atomic(AtomicAction::Store(Ordering::SeqCst)));
        let (task, object, place) = (TaskId::new(task), ObjectId::new(object), Location::caller());
        let (access, view, watched) = (Access::written(), state.view(), Watched::default());
        let operation = Operation { object, action, place };
        Event { task, index: 1, operation, access, choice: ONLY_CHOICE, view, watched }
    }

    /// The same, if it writes: what an exchange may come to that is still to be done.
    pub(crate) fn as_write(self) -> Self {
        Event { access: Access::written(), ..self }
    }

    /// A few bits of what was done and where, the same in every run of the same code.
    pub(crate) fn mark(&self) -> u8 {
        let Operation { action, place, .. } = self.operation;
        let position = [place.line().to_le_bytes(), place.column().to_le_bytes()].concat();
        let hash = fnv1a(action.name().bytes().chain(place.file().bytes()).chain(position));
        hash.to_le_bytes().into_iter().fold(0, |folded, byte| folded ^ byte)
    }
}

impl Action {
    /// Whether it is the same kind of action; values may differ.
    pub(crate) fn is_like(self, other: Action) -> bool {
        self == other || self.name() == other.name()
    }
}

/// Whether the order of two neighbouring events can be noticed. Symmetric.
#[inline]
pub(crate) fn dependent(one: &Event, other: &Event) -> bool {
    // A task's events are in its program's order.
    one.task == other.task
        // One changes what the other sees: a value, whether a lock is free, who waits.
        || one.operation.object == other.operation.object && !one.access.commutes(other.access)
        || (one.watched != Watched::default() || other.watched != Watched::default()) && lets_go_on(one, other)
        // That the time was up depends on everything before, and everything after on that.
        || one.is_time_up() || other.is_time_up()
}

/// Whether one changes what the other's task has polled.
fn lets_go_on(one: &Event, other: &Event) -> bool {
    let lets = |change: &Event, event: &Event| {
        event.watched.has(change.operation.object) && !change.access.is_read()
    };
    lets(one, other) || lets(other, one)
}
