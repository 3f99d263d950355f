//! Fairness: a task that pauses again and again, while others could go on or it reads old values, is not followed for
//! ever. Loops that do nothing else are known as such, and wait (`polling`); this is for those whose rounds have an effect:
//! they count something, or take a lock of the program's own and give it back. Whether a program has such a loop that goes on
//! is found out: when an execution was left that had not ended.

use super::world::World;
use super::{Fact, TaskId};
use std::cell::Cell;
use std::panic::Location;

/// So often in a row a task pauses before others have to go on, and it reads what is newest.
pub(super) const PAUSES_MAX: u32 = 32;

/// Who paused last, and how often in a row.
#[derive(Debug)]
pub(super) struct Patience {
    /// Whether anybody is to wait for others for that.
    is_limited: bool,
    task: TaskId,
    /// Only those count between which it had an effect.
    pauses: u32,
    has_acted: bool,
    place: Option<&'static Location<'static>>,
    /// Where, in any execution so far, something was left out for that.
    cut: Cell<Option<&'static Location<'static>>>,
}

impl Patience {
    pub(super) fn new(is_limited: bool) -> Self {
        let task = TaskId::MAIN;
        Patience { is_limited, task, pauses: 0, has_acted: false, place: None, cut: Cell::new(None) }
    }

    /// A new execution begins.
    pub(super) fn begin(&mut self) {
        (self.pauses, self.has_acted) = (0, false);
    }

    pub(super) fn pause(&mut self, task: TaskId, place: &'static Location<'static>) {
        self.act(task, false);
        if std::mem::take(&mut self.has_acted) {
            (self.pauses, self.place) = (self.pauses + 1, Some(place));
        }
    }

    /// The task does something.
    #[inline]
    pub(super) fn act(&mut self, task: TaskId, has_effect: bool) {
        if self.task != task {
            (self.task, self.pauses, self.has_acted) = (task, 0, false);
        }
        self.has_acted |= has_effect;
    }

    /// Whether some task has paused so often in a row.
    pub(super) fn has_run_out(&self) -> bool {
        self.pauses >= PAUSES_MAX
    }

    /// Whether the task has, and that is not to go on.
    #[inline]
    pub(super) fn is_over(&self, task: TaskId) -> bool {
        self.is_limited && self.has_run_out() && self.task == task
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
    /// Whether the execution, which is to be left, does not end for the sake of a loop that is followed for ever. Samples let
    /// others go on by chance.
    pub(super) fn goes_on_in_a_loop(&self) -> bool {
        !self.samples && !self.facts.has(Fact::LoopsGoOn) && self.patience.has_run_out()
    }

    /// Whether the task is not to go on, since it has paused again and again, and others can. It is asked of who would
    /// otherwise be chosen.
    pub(crate) fn is_unfair(&self, task: TaskId) -> bool {
        let is_unfair =
            self.patience.is_over(task) && !self.must_go_on() && self.enabled().any(|other| other != task);
        if is_unfair {
            self.patience.cut();
        }
        is_unfair
    }
}
