//! An execution that need not be seen to its end is left: of what still happens nothing is kept. But it does happen, so
//! that tasks end and drop what they own. A search that begins many executions in vain would leak all that, and a
//! coroutine whose task has not ended cannot be used again.

use super::Engine;
use crate::engine::TaskId;
use crate::engine::event::ONLY_CHOICE;
use crate::engine::scheduling::End;

/// After so many steps it is left in its middle: perhaps its tasks poll for what nobody does.
const STEPS_MAX: usize = 10_000;

impl Engine {
    /// Nothing new can come of the execution. What its scheduler has to know it learns here.
    pub(super) fn leave(&mut self) {
        self.scheduler.end(&mut self.world, &End::Redundant);
        self.world.rehearses = true;
        self.world.release_all();
        self.leaving = Some(STEPS_MAX.min(self.settings.steps_max));
        self.go_on_to_leave();
    }

    /// Has the tasks go on in turn; whether the execution is being left.
    pub(super) fn leaves(&mut self) -> bool {
        if self.leaving.is_some() {
            self.go_on_to_leave();
        }
        self.leaving.is_some()
    }

    fn go_on_to_leave(&mut self) {
        let (next, left) = (self.next_in_turn(), self.leaving.unwrap_or(0).checked_sub(1));
        match (next, left) {
            (Some(task), Some(_)) => {
                self.leaving = left;
                self.set_next(task, self.world.nth_choice(task, 0).unwrap_or(ONLY_CHOICE));
            }
            _ => self.end = Some(End::Redundant),
        }
    }

    /// The next after the running task that can go on; itself if there is no other.
    fn next_in_turn(&self) -> Option<TaskId> {
        let running = self.world.running;
        let ready = || self.world.ready.iter();
        ready().find(|&task| task > running).or_else(|| ready().next())
    }

    /// Whether it came to this only while it was being left, so that nobody is to hear of it. What is learned then, or
    /// cannot be done, is so of the program.
    pub(super) fn is_left(&self, end: &End) -> bool {
        self.leaving.is_some() && matches!(end, End::DataRace(_))
    }
}
