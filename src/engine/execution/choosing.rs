//! Who is next, and when an execution is over.

use super::Engine;
use crate::engine::Fact;
use crate::engine::TaskId;
use crate::engine::scheduling::{Choice, Divergence, End};
use crate::engine::task::{State, Task};
use crate::engine::world::describe;

impl Engine {
    /// Chooses who is next, or finds that the execution is over.
    pub(super) fn choose(&mut self) {
        if self.end.is_some() || self.leaves() || self.rehearses() {
            return;
        }
        if self.is_outliving() && !self.has_others() {
            return self.go_on_with_main(|task| matches!(task.state, State::Ended) && !task.is_background);
        }
        let step = self.world.position;
        if !self.world.held.is_empty() {
            self.release_insisted();
        }
        if self.world.ready.is_empty() && !self.go_on_otherwise() {
            return;
        }
        let is_long = step.max(self.world.pauses) >= self.settings.steps_max;
        if is_long && self.world.enabled().next().is_some() {
            if self.world.goes_on_in_a_loop() {
                self.find_out(Fact::LoopsGoOn);
            }
            self.end.get_or_insert(End::Endless);
            return;
        }
        if !self.world.held.is_empty() {
            self.world.note_bound();
        }
        if self.world.has_writers && self.world.is_barred() {
            self.world.note_barred();
        }
        let world = &self.world;
        let choice = match world.trace.events.get(step) {
            Some(event) => match world.can_repeat(event) {
                Some(_) => Choice::Run(event.task, event.choice),
                None => Choice::Diverged(describe(event)),
            },
            // Only what was done is done again.
            None if self.comparison.is_some() => match world.enabled().next() {
                Some(_) => Choice::Diverged("the end of the execution".to_string()),
                None => Choice::Nobody,
            },
            None => {
                self.settings.pulse.rest();
                let choice = self.scheduler.choose(world);
                self.settings.pulse.resume();
                choice
            }
        };
        match choice {
            Choice::Run(task, choice) => self.set_next(task, choice),
            Choice::Diverged(expected) => {
                let next = |task| world.foresee(task, world.choices(task).next()?);
                let found = world.enabled().filter_map(next);
                let found = one_of(&found.map(|event| describe(&event)).collect::<Vec<_>>());
                self.diverge(expected, found);
            }
            Choice::Redundant => self.leave(),
            Choice::Nobody => self.end_for_want_of_tasks(),
        }
    }

    /// Lets the task go on that did so when this execution was run before.
    #[cold]
    fn release_insisted(&mut self) {
        let insisted = match self.world.trace.events.get(self.world.position) {
            Some(event) => Some(event.task),
            None => self.scheduler.insists_on(&self.world),
        };
        if let Some(task) = insisted.filter(|&task| self.world.is_held(task)) {
            self.world.release(task);
        }
    }

    /// Nobody can do anything as it is. Lets those go on who wait only for the sake of a bound, or has waits with a
    /// time end, or finds out whether who polls does so for ever; if not even that, the execution is over. Whether
    /// somebody is to be chosen now.
    #[cold]
    fn go_on_otherwise(&mut self) -> bool {
        if self.world.release_bounded() {
            return !self.world.ready.is_empty() || self.go_on_otherwise();
        }
        if self.world.become_stuck() || self.world.held.is_empty() {
            return true;
        }
        if self.world.release_to_choose() {
            // Somebody's time is up.
            return !self.world.ready.is_empty() || self.world.become_stuck();
        }
        if self.livelock == Some(self.world.position) {
            if self.is_outliving() {
                self.go_on_with_main(|_| true);
            } else {
                self.end = Some(if self.is_over() { End::Finished } else { End::Polling });
            }
            return false;
        }
        self.rehearse_together();
        false
    }

    fn end_for_want_of_tasks(&mut self) {
        if self.is_outliving() {
            return self.go_on_with_main(|_| true);
        }
        self.end = Some(if self.is_over() { End::Finished } else { End::Blocked });
    }

    /// Whether main has ended and all that the program is not over without.
    fn is_over(&self) -> bool {
        let has_ended = |task: &Task| matches!(task.state, State::Absent | State::Ended);
        has_ended(&self.world.tasks[TaskId::MAIN.index()]) && !self.has_others()
    }

    pub(super) fn diverge(&mut self, expected: String, found: String) {
        self.end = Some(End::Diverged(Divergence { step: self.world.position, expected, found }));
    }

    pub(super) fn set_next(&mut self, task: TaskId, choice: u32) {
        let world = &mut self.world;
        world.is_cut |= world.must_go_on() && world.others_enabled().next().is_some();
        world.preempts = task != world.running && world.is_enabled(world.running);
        world.preemptions += usize::from(world.preempts);
        let chosen = &mut world.tasks[task.index()];
        chosen.choice = choice;
        if let State::Announced(operation) = chosen.state {
            self.settings.pulse.beat(task, operation.place);
        }
        self.next = Some(task);
    }
}

/// What can be done instead: the first few of it.
fn one_of(found: &[String]) -> String {
    match found {
        [] => "nobody can go on".to_string(),
        [first, second, _, others @ ..] if !others.is_empty() => {
            format!("{first}, or {second}, or one of {} others", others.len() + 1)
        }
        _ => found.join(", or "),
    }
}
