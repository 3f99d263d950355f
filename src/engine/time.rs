//! Virtual time. Each task has a clock, in nanoseconds since the execution began, which moves only where the task has
//! waited for a time that was up. What others do reaches a task no earlier than their clocks showed when they did it:
//! through the objects that both use, and where tasks begin, end and are woken. So what the clocks of an execution
//! show is what one clock of a machine that takes no time for its steps could have shown; and no schedule is another
//! for the sake of time. (A task may be given a later time than need be: where accesses commute that are no reads.)
//!
//! A task that does nothing but look at its clock would never see time pass. So it does see it, the more the longer
//! it looks, once nobody else can do anything: see [`Clock::look`].

use super::world::World;
use super::{ObjectId, TaskId};

const MICROSECOND: u64 = 1_000;
const MINUTE: u64 = 60_000_000_000;

/// How often a task may look at its clock and do nothing else before that takes time.
const LOOKS_MAX: u32 = 64;

/// A task's clock.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Clock {
    now: u64,
    /// How often its task has paused or looked in vain, since a wait has ended because its time was up.
    idle: u32,
    has_paused: bool,
    /// How often its task has looked, since it had so many events.
    looks: u32,
    events: u32,
}

/// What clocks showed when objects were used.
#[derive(Debug, Default)]
pub(super) struct Times {
    /// Whether any clock has moved.
    has_passed: bool,
    /// Whether any has in some execution, and whether any task has looked at its.
    has_ever_passed: bool,
    is_looked_at: bool,
    /// Whether all that are left are in loops.
    only_loops_are_left: bool,
    /// By object: at its last change, and when it was last read.
    objects: Vec<[u64; 2]>,
}

impl Clock {
    /// The task looks, after so many events, and while others can do something or not.
    fn look(&mut self, events: u32, is_alone: bool) -> bool {
        self.looks = if events == self.events { self.looks + 1 } else { 1 };
        self.events = events;
        let is_idle = is_alone && self.has_paused || self.looks > LOOKS_MAX;
        self.has_paused = false;
        if is_idle {
            let step = MICROSECOND << self.idle.min(26);
            self.now = self.now.saturating_add(step.min(MINUTE));
            self.idle += 1;
        }
        is_idle
    }

    fn move_to(&mut self, time: u64) {
        self.now = self.now.max(time);
    }
}

impl Times {
    pub(super) fn begin(&mut self) {
        self.has_ever_passed |= self.has_passed;
        (self.has_passed, self.only_loops_are_left) = (false, false);
        self.objects.clear();
    }

    pub(super) fn is_looked_at_as_it_passes(&self) -> bool {
        self.is_looked_at && (self.has_ever_passed || self.has_passed)
    }
}

impl World {
    /// What the running task sees on its clock.
    pub(super) fn look_at_clock(&mut self) -> u64 {
        let is_alone = self.times.only_loops_are_left || self.ready.is_empty();
        let task = &mut self.tasks[self.running.index()];
        self.times.is_looked_at = true;
        self.times.has_passed |= task.clock.look(task.events, is_alone);
        task.clock.now
    }

    /// What the running task's clock shows, if it does not look.
    pub(super) fn time(&self) -> u64 {
        self.tasks[self.running.index()].clock.now
    }

    /// The running task has waited until then.
    pub(super) fn pass_time(&mut self, until: u64) {
        let clock = &mut self.tasks[self.running.index()].clock;
        clock.move_to(until);
        (clock.idle, clock.has_paused) = (0, false);
        self.times.has_passed = true;
    }

    /// The tasks that go on from here are all in loops, which nobody else will end.
    pub(super) fn let_time_pass(&mut self) {
        self.times.only_loops_are_left = true;
    }

    /// The running task has paused.
    pub(super) fn note_pause(&mut self) {
        self.tasks[self.running.index()].clock.has_paused = true;
    }

    /// The task has just done something to an object.
    #[inline]
    pub(super) fn keep_time(&mut self, task: TaskId, object: ObjectId, is_read: bool) {
        if self.times.has_passed {
            self.keep_time_of(task, object, is_read);
        }
    }

    #[cold]
    fn keep_time_of(&mut self, task: TaskId, object: ObjectId, is_read: bool) {
        let (clock, index) = (&mut self.tasks[task.index()].clock, object.index());
        if object == ObjectId::NOWHERE {
            return;
        }
        if self.times.objects.len() <= index {
            self.times.objects.resize(index + 1, [0; 2]);
        }
        let [changed, read] = &mut self.times.objects[index];
        clock.move_to(*changed);
        if is_read {
            *read = clock.now.max(*read);
        } else {
            clock.move_to(*read);
            *changed = clock.now;
        }
        let now = clock.now;
        for woken in 0..self.woken.len() {
            self.tasks[self.woken[woken].index()].clock.move_to(now);
        }
    }

    /// What the task does next comes after all that `other` has done.
    pub(super) fn pass_on_time(&mut self, task: TaskId, other: TaskId) {
        let now = self.tasks[other.index()].clock.now;
        self.tasks[task.index()].clock.move_to(now);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn who_only_looks_sees_more_and_more_time_pass_after_a_while() {
        let mut clock = Clock::default();
        for _ in 0..LOOKS_MAX {
            assert!(!clock.look(7, false));
        }
        assert_eq!(clock.now, 0);
        let looks_until_an_hour = (1..).find(|_| clock.look(7, false) && clock.now >= 60 * MINUTE);
        assert!(looks_until_an_hour.is_some_and(|looks| looks < 100), "{looks_until_an_hour:?}");
    }

    #[test]
    fn who_pauses_sees_time_pass_only_if_nobody_else_can_do_anything() {
        let mut clock = Clock { has_paused: true, ..Clock::default() };
        assert!(!clock.look(1, false));
        clock.has_paused = true;
        assert!(clock.look(2, true));
        assert_eq!(clock.now, MICROSECOND);
        assert!(!clock.look(3, true), "it has not paused again");
    }
}
