//! Fairness: a task that pauses again and again, while others could go on or it reads old values, is not followed for
//! ever. Loops that do nothing else are known as such, and wait (`polling`); this is for those whose rounds have an effect:
//! they count something, or take a lock of the program's own and give it back.

use super::TaskId;
use super::world::World;
use std::cell::Cell;
use std::panic::Location;

/// So often in a row a task pauses before others have to go on, and it reads what is newest.
pub(super) const PAUSES_MAX: u32 = 32;

/// Who paused last, and how often in a row.
#[derive(Debug)]
pub(super) struct Patience {
    task: TaskId,
    pauses: u32,
    place: Option<&'static Location<'static>>,
    /// Where, in any execution so far, something was left out for that.
    cut: Cell<Option<&'static Location<'static>>>,
}

impl Patience {
    pub(super) fn new() -> Self {
        Patience { task: TaskId::MAIN, pauses: 0, place: None, cut: Cell::new(None) }
    }

    /// A new execution begins.
    pub(super) fn begin(&mut self) {
        self.pauses = 0;
    }

    pub(super) fn pause(&mut self, task: TaskId, place: &'static Location<'static>) {
        self.act(task);
        (self.pauses, self.place) = (self.pauses + 1, Some(place));
    }

    /// The task does something.
    #[inline]
    pub(super) fn act(&mut self, task: TaskId) {
        if self.task != task {
            (self.task, self.pauses) = (task, 0);
        }
    }

    /// Whether the task has paused so often in a row.
    #[inline]
    pub(super) fn is_over(&self, task: TaskId) -> bool {
        self.pauses >= PAUSES_MAX && self.task == task
    }

    /// Notes that something is left out for that.
    pub(super) fn cut(&self) {
        if self.cut.get().is_none() {
            self.cut.set(self.place);
        }
    }

    /// Where that was.
    pub(super) fn cut_place(&self) -> Option<&'static Location<'static>> {
        self.cut.get()
    }
}

impl World {
    /// Whether the task is not to go on, since it has paused again and again, and others can. It is asked of who would
    /// otherwise be chosen.
    pub(crate) fn is_unfair(&self, task: TaskId) -> bool {
        let is_unfair =
            self.patience.is_over(task) && !self.must_go_on() && self.others_enabled().next().is_some();
        if is_unfair {
            self.patience.cut();
        }
        is_unfair
    }
}
